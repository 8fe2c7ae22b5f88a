"""Reads of many flyers: a map's list and the cards in it."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from sqlalchemy import select

from tamemap import clock
from tamemap.domain.dates import When
from tamemap.domain.geography import Point, distance_metres
from tamemap.domain.placements import UP, shown_state
from tamemap.domain.writing import reference
from tamemap.errors import NotFound
from tamemap.models import Flyer, Map, Municipality, Placement
from tamemap.queries.asked import page_over
from tamemap.queries.picking import pick, stands_now, true_until
from tamemap.queries.pictures import PictureView, first_pictures, picture_view
from tamemap.queries.pinned import pinned
from tamemap.queries.place_names import with_places

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from sqlmodel import Session

    from tamemap.domain.actors import Actor
    from tamemap.domain.asking import Wanted
    from tamemap.models import Picture
    from tamemap.queries.maps import MapView
    from tamemap.queries.pinned import Pinned


@dataclass(frozen=True, slots=True)
class CardView:
    """A flyer as a card in a list; ``distance`` in metres when a place was given, ``map_slug`` is its town's map."""

    public_id: str
    title: str
    category: str
    when: When
    venue: str
    lat: float
    lng: float
    municipality_code: str
    municipality_name: str
    map_slug: str
    distance: float | None
    thumb: PictureView | None
    since: datetime
    until: datetime
    state: str


@dataclass(frozen=True, slots=True)
class Truth:
    """How long what was read of a map holds: as long as the map has this ``version``, and not after ``until``.

    ``one_face``: nobody at all sees anything else.
    """

    version: int
    until: datetime
    one_face: bool


@dataclass(frozen=True, slots=True)
class CardsPage:
    """A page of cards, how many there are in all, and the cursor of the next page (empty: none)."""

    items: tuple[CardView, ...]
    next: str
    total: int
    truth: Truth


def map_at(db: Session, slug: str) -> Any:
    """A map's row of what reads of many flyers need (id, slug, version, kind, municipality_code, region_id). Raises NotFound."""
    query = select(Map.id, Map.slug, Map.version, Map.kind, Map.municipality_code, Map.region_id)  # type: ignore[call-overload]
    if found := db.execute(query.where(Map.slug == reference(slug))).first():
        return found
    raise NotFound("map_unknown")


def shows_resident_face(actor: Actor, here: MapView | Map) -> bool:
    """Whether this reader sees the resident face throughout this map: who lives there or curates it, on its resident map."""
    if here.kind != "resident":
        return False
    return (
        actor.residence_code == here.municipality_code
        or here.municipality_code in actor.staff_of
        or actor.operator_of_all
        or here.region_id in actor.operator_of
    )


def flyers_of_map(db: Session, actor: Actor, *, slug: str, wanted: Wanted) -> CardsPage:
    """The flyers standing on a map that fit the wishes. Raises NotFound for the map, Invalid for a cursor not ours."""
    here, now = map_at(db, slug), clock.now()
    face, known, wanted = shows_resident_face(actor, here), pinned(db, here), with_places(db, here, wanted)
    if stands_now(wanted, now):
        picked = pick(known, wanted, resident_face=face, now=now)
        found = cards_of(db, here, known, picked.ids, resident_face=face, near=wanted.near)
        return CardsPage(found, picked.next, picked.total, truth(here, picked.true_until))
    page = page_over(db, here, wanted, resident_face=face, now=now)
    rows = {row[0].id: row for row in db.execute(cards_query().where(Placement.id.in_(page.ids)))}  # type: ignore[union-attr]
    listed = [rows[one] for one in page.ids]
    found = cards(db, listed, outside=here.kind == "regional", resident_face=face, near=wanted.near)
    # the past grows when something that stands is over
    return CardsPage(found, page.next, page.total, truth(here, true_until(known.pins, now)))


def truth(here: Any, until: datetime) -> Truth:
    """How long a reading of that map holds."""
    return Truth(here.version, until, here.kind == "regional")


def cards_of(
    db: Session, here: Any, known: Pinned, ids: tuple[int, ...], *, resident_face: bool, near: Point | None = None
) -> tuple[CardView, ...]:
    """Cards of standing placements in the order of their ``ids``, out of memory; those that nobody has asked for yet are read."""
    missing = [one for one in ids if (one, resident_face) not in known.cards]
    found = {one: known.cards[one, resident_face] for one in ids if (one, resident_face) in known.cards}
    if missing:
        query = cards_query().where(Placement.id.in_(missing), Placement.state == UP)  # type: ignore[union-attr]
        rows = db.execute(query).all()
        made = cards(db, rows, outside=here.kind == "regional", resident_face=resident_face)
        read = {row[0].id: card for row, card in zip(rows, made, strict=True)}
        # another reader may know a newer version than this transaction reads: what it does not see must not be kept for others
        if known.version == here.version:
            known.remember({(one, resident_face): card for one, card in read.items()})
        found |= read
    listed = tuple(found[one] for one in ids if one in found)
    if near is None:
        return listed
    return tuple(replace(card, distance=distance_metres(near, Point(card.lat, card.lng))) for card in listed)


def cards_query() -> Any:
    """Placement, flyer, town's name and town's map for cards."""
    return (
        select(Placement, Flyer, Municipality.name, Map.slug)
        .join(Flyer, Flyer.id == Placement.flyer_id)
        .join(Municipality, Municipality.code == Flyer.municipality_code)
        .join(Map, Map.municipality_code == Flyer.municipality_code)
    )


def cards(
    db: Session,
    rows: Sequence[Any],
    *,
    outside: bool,
    resident_face: bool,
    near: Point | None = None,
    pictures: dict[int, Picture] | None = None,
) -> tuple[CardView, ...]:
    """Cards of ``cards_query`` rows; ``outside`` chooses the pictures' names, ``resident_face`` the fields. ``pictures`` are the
    first ones of the flyers, where they have been read already."""
    if pictures is None:
        pictures = first_pictures(db, [flyer.id for _, flyer, _, _ in rows])
    now = clock.now()
    found = []
    for placement, flyer, town, town_slug in rows:
        picture = pictures.get(flyer.id)
        found.append(
            CardView(
                public_id=flyer.public_id,
                title=flyer.title,
                category=flyer.category,
                when=When(flyer.starts_at, flyer.ends_at, flyer.all_day),
                venue=flyer.venue if resident_face or "venue" not in flyer.hidden_outside else "",
                lat=flyer.lat,
                lng=flyer.lng,
                municipality_code=flyer.municipality_code,
                municipality_name=town,
                map_slug=town_slug,
                distance=distance_metres(near, Point(flyer.lat, flyer.lng)) if near else None,
                thumb=picture_view(picture, outside=outside) if picture else None,
                since=placement.since,
                until=placement.until,
                state=shown_state(placement.state, placement.until, now),
            )
        )
    return tuple(found)
