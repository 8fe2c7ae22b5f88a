"""Reads of many flyers: a map's list and the cards in it."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from sqlalchemy import and_, func, or_, select

from tamemap import clock
from tamemap.domain.asking import Wanted, read_cursor, write_cursor
from tamemap.domain.cells import ranges_of_bounds
from tamemap.domain.dates import When
from tamemap.domain.geography import Point, distance_metres
from tamemap.domain.placements import UP, shown_state
from tamemap.models import Flyer, Map, Municipality, Placement
from tamemap.queries.maps import MapView, map_view
from tamemap.queries.pictures import PictureView, first_pictures, picture_view

if TYPE_CHECKING:
    from datetime import datetime

    from sqlalchemy.engine import Row
    from sqlmodel import Session

    from tamemap.domain.actors import Actor


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
class CardsPage:
    """A page of cards, how many there are in all, and the cursor of the next page (empty: none)."""

    items: tuple[CardView, ...]
    next: str
    total: int


def shows_resident_face(actor: Actor, here: MapView) -> bool:
    """Whether this reader sees the resident face throughout this map: who lives there or curates it, on its resident map."""
    if here.kind != "resident":
        return False
    return (
        actor.residence_code == here.municipality_code
        or here.municipality_code in actor.staff_of
        or actor.operator_of_all
        or here.region_id in actor.operator_of
    )


def conditions(here: MapView, wanted: Wanted, *, resident_face: bool, now: datetime) -> list[Any]:
    """The WHERE of a map's reads over placement and flyer (joined): what stands there and fits the wishes."""
    where: list[Any] = [Placement.map_id == here.id, Placement.state == UP]
    if wanted.past:
        where.append(Placement.until <= now)
    elif wanted.when is None or wanted.when.end > now:
        # only who asks for days gone by finds what is over
        where.append(Placement.until > now)
    if wanted.when is not None:
        where += [Placement.starts_at < wanted.when.end, Placement.until > wanted.when.start]  # type: ignore[operator]
    if wanted.categories:
        where.append(Placement.category.in_(wanted.categories))  # type: ignore[attr-defined]
    folded = Flyer.folded if resident_face else Flyer.folded_outside
    where += [folded.contains(word, autoescape=True) for word in wanted.words]  # type: ignore[attr-defined]
    if wanted.bounds is not None:
        bounds = wanted.bounds
        ranges = [and_(Placement.cell >= first, Placement.cell < end) for first, end in ranges_of_bounds(bounds)]
        where += [
            or_(*ranges),
            Placement.lat.between(bounds.south, bounds.north),  # type: ignore[attr-defined]
            Placement.lng.between(bounds.west, bounds.east),  # type: ignore[attr-defined]
        ]
    return where


def flyers_of_map(db: Session, actor: Actor, *, slug: str, wanted: Wanted) -> CardsPage:
    """The flyers standing on a map that fit the wishes. Raises NotFound for the map, Invalid for a cursor not ours."""
    here = map_view(db, actor, slug=slug)
    now = clock.now()
    face = shows_resident_face(actor, here)
    where = conditions(here, wanted, resident_face=face, now=now)
    counting = select(func.count()).select_from(Placement)
    if wanted.words:
        counting = counting.join(Flyer, Flyer.id == Placement.flyer_id)
    total = db.execute(counting.where(*where)).scalar_one()
    query = cards_query().where(*where)
    query, key_of = _ordered(query, wanted)
    rows = db.execute(query.limit(wanted.limit + 1)).all()
    page = rows[: wanted.limit]
    more = write_cursor(*key_of(page[-1], page)) if len(rows) > wanted.limit else ""
    return CardsPage(cards(db, page, outside=here.kind == "regional", resident_face=face, near=wanted.near), more, total)


def cards_query() -> Any:
    """Placement, flyer, town's name and town's map for cards."""
    return (
        select(Placement, Flyer, Municipality.name, Map.slug)
        .join(Flyer, Flyer.id == Placement.flyer_id)
        .join(Municipality, Municipality.code == Flyer.municipality_code)
        .join(Map, Map.municipality_code == Flyer.municipality_code)
    )


def _ordered(query: Any, wanted: Wanted) -> tuple[Any, Any]:
    """The query in the wished order after its cursor, and how to find the key of the last row of a page."""
    if wanted.sort == "near" and wanted.near is not None:
        offset = read_cursor(wanted.cursor, int)[0] if wanted.cursor else 0
        shrink = math.cos(math.radians(wanted.near.lat)) ** 2
        d_lat, d_lng = Placement.lat - wanted.near.lat, Placement.lng - wanted.near.lng
        query = query.order_by(d_lat * d_lat + d_lng * d_lng * shrink, Placement.id).offset(max(0, offset))
        return query, lambda _last, page: (max(0, offset) + len(page),)
    if wanted.sort == "new":
        if wanted.cursor:
            moment, last_id = read_cursor(wanted.cursor, (int, float), int)
            since = clock.from_timestamp(moment)
            query = query.where(or_(Placement.since < since, and_(Placement.since == since, Placement.id < last_id)))
        query = query.order_by(Placement.since.desc(), Placement.id.desc())  # type: ignore[attr-defined]
        return query, lambda last, _page: (last[0].since.timestamp(), last[0].id)
    # soon: by the first day; those without dates last, newest first
    if wanted.cursor:
        moment, last_id = read_cursor(wanted.cursor, (int, float, type(None)), int)
        after = and_(Placement.starts_at == None, Placement.id < last_id)  # noqa: E711
        if moment is not None:
            starts = clock.from_timestamp(moment)
            after = or_(
                Placement.starts_at == None,  # noqa: E711
                Placement.starts_at > starts,  # type: ignore[operator]
                and_(Placement.starts_at == starts, Placement.id < last_id),
            )
        query = query.where(after)
    query = query.order_by(Placement.starts_at.is_(None), Placement.starts_at, Placement.id.desc())  # type: ignore[union-attr]
    return query, lambda last, _page: (last[0].starts_at.timestamp() if last[0].starts_at else None, last[0].id)


def cards(
    db: Session,
    rows: list[Row[Any]],
    *,
    outside: bool,
    resident_face: bool,
    near: Point | None = None,
) -> tuple[CardView, ...]:
    """Cards of ``cards_query`` rows; ``outside`` chooses the pictures' names, ``resident_face`` the fields."""
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
