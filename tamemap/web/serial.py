"""Frozen views as the JSON of the API. Addresses are made here, dates are said as the API says them."""

from __future__ import annotations

from dataclasses import fields
from typing import TYPE_CHECKING, Any

from tamemap import clock, urls
from tamemap.config import settings
from tamemap.domain.dates import DateLabel, date_label, said_when
from tamemap.queries.pictures import THUMB

if TYPE_CHECKING:
    from tamemap.queries.authors import GroupRef
    from tamemap.queries.flyer import FlyerView, PlacementView
    from tamemap.queries.flyers import CardView
    from tamemap.queries.maps import MapView, PlaceView
    from tamemap.queries.pictures import PictureView

LABEL = tuple(field.name for field in fields(DateLabel))


def moment(value: Any) -> str:
    """A moment with Tokyo's offset."""
    return clock.tokyo(value).isoformat(timespec="seconds")


def thumb_json(picture: PictureView | None) -> dict[str, Any] | None:
    """The smallest size of a picture."""
    if picture is None or not picture.sizes:
        return None
    size = picture.at_least(THUMB)
    addresses = {name: urls.picture(picture.name, size.size, name) for name in size.formats}
    return addresses | {"width": size.width, "height": size.height, "blur": picture.blur}


def label_json(label: DateLabel | None) -> dict[str, Any] | None:
    """A date tab; None for a flyer without dates."""
    return {name: getattr(label, name) for name in LABEL} if label else None


def picture_json(picture: PictureView, title: str) -> dict[str, Any]:
    """A picture with all its sizes and what stands on it; ``alt`` is short: its flyer's title."""
    return {
        "id": picture.public_id,
        "width": picture.width,
        "height": picture.height,
        "blur": picture.blur,
        "alt": title,
        "words": picture.words,
        "sizes": {
            str(size.size): {name: urls.picture(picture.name, size.size, name) for name in size.formats}
            | {"width": size.width, "height": size.height}
            for size in picture.sizes
        },
    }


def card_json(card: CardView, lang: str) -> dict[str, Any]:
    """A flyer in a list; ``distance`` in metres."""
    starts_at, ends_at = said_when(card.when)
    label = date_label(card.when, lang)
    return {
        "id": card.public_id,
        "url": urls.flyer_page(card.public_id),
        "title": card.title,
        "category": card.category,
        "starts_at": starts_at,
        "ends_at": ends_at,
        "all_day": card.when.all_day,
        "date_label": label_json(label),
        "venue": card.venue,
        "lat": card.lat,
        "lng": card.lng,
        "municipality": {"code": card.municipality_code, "name": card.municipality_name},
        "map": card.map_slug,
        "distance": round(card.distance) if card.distance is not None else None,
        "thumb": thumb_json(card.thumb),
        "state": card.state,
    }


def placement_json(view: PlacementView) -> dict[str, Any]:
    """A standing on one map; the reason only where there is one to see."""
    data = {"map": view.map_slug, "map_name": view.map_name, "kind": view.kind, "state": view.state}
    data |= {"since": moment(view.since), "until": moment(view.until)}
    return data | ({"reason": view.reason} if view.reason else {})


def group_ref_json(group: GroupRef | None) -> dict[str, Any] | None:
    """The group in whose name something stands; without an address where it has no page any more."""
    if group is None:
        return None
    return {"slug": group.slug, "name": group.name, "url": urls.absolute(urls.group_page(group.slug)) if group.active else None}


def flyer_json(view: FlyerView, lang: str) -> dict[str, Any]:
    """One face of a flyer: ``page`` is its address here, ``url`` the one that it names itself."""
    starts_at, ends_at = said_when(view.when)
    label = date_label(view.when, lang)
    data = {
        "id": view.public_id,
        "page": urls.absolute(urls.flyer_page(view.public_id)),
        "face": view.face,
        "title": view.title,
        "category": view.category,
        "starts_at": starts_at,
        "ends_at": ends_at,
        "all_day": view.when.all_day,
        "date_label": label_json(label),
        "body": view.body,
        "venue": view.venue,
        "address": view.address,
        "fee": view.fee,
        "phone": view.phone,
        "organiser": view.organiser,
        "url": view.url,
        "lat": view.lat,
        "lng": view.lng,
        "municipality": {"code": view.municipality_code, "name": view.municipality_name},
        "map": view.map_slug,
        "pictures": [picture_json(picture, view.title) for picture in view.pictures],
        "placements": [placement_json(one) for one in view.placements],
        "state": view.state,
        "version": view.version,
        "created_at": moment(view.created_at),
        "updated_at": moment(view.updated_at),
        "may_change": view.may_change,
        "may_decide": view.may_decide,
    }
    data["group"] = group_ref_json(view.group)
    return data | ({"hidden_outside": list(view.hidden_outside)} if view.may_change else {})


def map_json(view: MapView) -> dict[str, Any]:
    """A map; bounds are west, south, east, north."""
    town = {"code": view.municipality_code, "name": view.municipality_name} if view.municipality_code else None
    return {
        "slug": view.slug,
        "name": view.name,
        "kind": view.kind,
        "municipality": town,
        "region": {"slug": view.region_slug, "name": view.region_name},
        "above": view.above_slug,
        "above_name": view.above_name,
        "url": urls.absolute(urls.map_page(view.slug)),
        "centre": {"lat": view.lat, "lng": view.lng},
        "zoom": view.zoom,
        "bounds": list(view.bounds),
        "counts": {"up": view.up},
        "version": view.version,
        "guests_may_post": view.guests_may_post,
        "hold_guests": view.hold_guests,
        "proof_for": list(view.proof_for),
        "tiles": {"url": settings().tile_url, "attribution": settings().tile_attribution},
    }


def place_json(place: PlaceView) -> dict[str, Any]:
    """A named place."""
    return {
        "name": place.name,
        "kind": place.kind,
        "address": place.address,
        "municipality": {"code": place.municipality_code, "name": place.municipality_name},
        "map": {"slug": place.map_slug, "name": place.map_name},
        "lat": place.lat,
        "lng": place.lng,
        "source": place.source,
    }
