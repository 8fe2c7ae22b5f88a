"""Flyers as schema.org things (JSON-LD), for those who search: Event as Google's event page asks for it (2025-12-10)."""

from __future__ import annotations

import re
import unicodedata
from typing import TYPE_CHECKING, Any

from tamemap import clock, urls
from tamemap.domain.dates import said_when
from tamemap.formats.faces import address_of
from tamemap.i18n import DEFAULT, t

if TYPE_CHECKING:
    from collections.abc import Iterable

    from tamemap.formats.faces import Face, Picture

SCHEMA = "https://schema.org"
_FREE = re.compile(r"(?:入場|参加費?|観覧|料金)?(?:は|:|、)?無料(?:です)?[。!]?|free", re.IGNORECASE)
_PRICE = re.compile(
    r"(?:(?:入場料|参加費|料金|一般|おひとり|お一人様?|1人)(?:は|:|、|\s)*)?[¥\\]?(\d{1,3}(?:,\d{3})+|\d{1,6})円?"
)


def event(face: Face, lang: str = DEFAULT) -> dict[str, Any] | None:
    """The flyer as an Event; None for one without dates, which is no event."""
    begins, ends = said_when(face.when)
    if begins is None:
        return None
    page = urls.absolute(urls.flyer_page(face.public_id))
    made = {
        "@context": SCHEMA,
        "@type": "Event",
        "@id": page,
        "url": page,
        "name": face.title,
        "startDate": begins,
        "endDate": ends,
        "eventStatus": f"{SCHEMA}/EventScheduled",
        "eventAttendanceMode": f"{SCHEMA}/OfflineEventAttendanceMode",
        "location": _place(face),
        "image": _images(face),
        "description": face.body or face.title,
        "keywords": t(f"category.{face.category}", lang),
        "organizer": _organiser(face),
        "offers": _offer(face, page),
        "isAccessibleForFree": _price(face.fee) == 0 or None,
        "inLanguage": "ja",
    }
    return {name: value for name, value in made.items() if value not in (None, "", [])}


def _place(face: Face) -> dict[str, Any]:
    return {
        "@type": "Place",
        "name": face.venue or face.municipality_name,
        "address": address_of(face),
        "geo": {"@type": "GeoCoordinates", "latitude": face.lat, "longitude": face.lng},
    }


def _images(face: Face) -> list[str]:
    """The sheets as they are, and the broad image that shows the flyer elsewhere: several ratios, as those who search like it."""
    sheets = [_address(picture) for picture in face.pictures if picture.sizes]
    return [*sheets, urls.absolute(urls.flyer_preview(face.public_id))] if sheets else []


def _address(picture: Picture) -> str:
    largest = max(picture.sizes, key=lambda one: one.size)
    return urls.absolute(urls.picture(picture.name, largest.size, "jpeg"))


def _organiser(face: Face) -> dict[str, Any] | None:
    if not face.organiser:
        return None
    # who gives no address of their own is found by the flyer
    return {"@type": "Organization", "name": face.organiser, "url": face.url or urls.absolute(urls.flyer_page(face.public_id))}


def _offer(face: Face, page: str) -> dict[str, Any] | None:
    price = _price(face.fee)
    if price is None:
        return None
    return {
        "@type": "Offer",
        "price": price,
        "priceCurrency": "JPY",
        "availability": f"{SCHEMA}/InStock",
        "url": page,
        # whoever has read the flyer may come
        "validFrom": clock.tokyo(face.created_at).isoformat(timespec="seconds"),
    }


def _price(fee: str) -> int | None:
    """The price in yen where the fee says one thing only (無料, 500円); None where it would have to be guessed."""
    plain = unicodedata.normalize("NFKC", fee).strip()
    if _FREE.fullmatch(plain):
        return 0
    found = _PRICE.fullmatch(plain)
    return int(found[1].replace(",", "")) if found else None


def organisation(name: str, path: str, description: str, elsewhere: str, town: str) -> dict[str, Any]:
    """A group as an Organization (schema.org): its page here, its own pages elsewhere, the town it works in."""
    page = urls.absolute(path)
    made = {
        "@context": SCHEMA,
        "@type": "Organization",
        "@id": page,
        "url": page,
        "name": name,
        "description": description,
        "sameAs": elsewhere,
        "areaServed": {"@type": "City", "name": town},
    }
    return {key: value for key, value in made.items() if value}


def item_list(name: str, address: str, flyers: Iterable[tuple[str, str]]) -> dict[str, Any]:
    """A list of flyers, each ``(public id, title)``, in the order of its page; the pages themselves say the rest."""
    return {
        "@context": SCHEMA,
        "@type": "ItemList",
        "name": name,
        "url": address,
        "itemListElement": [
            {"@type": "ListItem", "position": at, "name": title, "url": urls.absolute(urls.flyer_page(public_id))}
            for at, (public_id, title) in enumerate(flyers, start=1)
        ],
    }
