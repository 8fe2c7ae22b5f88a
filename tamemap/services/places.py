"""Finding a place by its name: the gazetteer first, then the geocoder, whose answers are remembered."""

from __future__ import annotations

from dataclasses import asdict
from datetime import timedelta
from typing import TYPE_CHECKING, Any

from sqlmodel import Session, select

from tamemap import clock
from tamemap import db as database
from tamemap.config import settings
from tamemap.domain.folding import fold_place
from tamemap.domain.geography import Bounds, valid_point
from tamemap.errors import NotFound
from tamemap.gateways.geocoder import Found, geocoder
from tamemap.models import GeocoderAnswer
from tamemap.queries.maps import PlaceView, locate, map_view, places

if TYPE_CHECKING:
    from tamemap.domain.actors import Actor

REMEMBERED_FOR = timedelta(days=90)
ENOUGH = 5
MOST_LETTERS = 80


def search(actor: Actor, *, q: str, slug: str = "", limit: int = 8) -> tuple[PlaceView, ...]:
    """Places that fit the words, within the towns that we know. Opens its own transactions: the geocoder may take seconds."""
    q = q.strip()[:MOST_LETTERS]
    with database.transaction(write=False) as db:
        known = places(db, actor, q=q, slug=slug, limit=limit)
        bounds = Bounds(*map_view(db, actor, slug=slug).bounds) if slug else None
        answer = _remembered(db, q) if len(known) < ENOUGH else ()
    if len(known) >= ENOUGH or len(fold_place(q)) < 2:
        return known
    if answer is None:
        answer = geocoder().search(q, bounds=bounds, limit=limit)
        if answer:
            _remember(q, answer)
    with database.transaction(write=False) as db:
        found = [view for one in answer if (view := _within_towns(db, actor, one)) is not None]
    names = {view.name for view in known}
    return (*known, *(view for view in found if view.name not in names))[:limit]


def _remembered(db: Session, q: str) -> tuple[Found, ...] | None:
    row = db.exec(select(GeocoderAnswer).where(GeocoderAnswer.question == _question(q))).first()
    if row is None or row.asked_at < clock.now() - REMEMBERED_FOR:
        return None
    return tuple(Found(**one) for one in row.found)


def _question(q: str) -> str:
    return f"{settings().geocoder}:{fold_place(q)}"[:200]


def _remember(q: str, answer: tuple[Found, ...]) -> None:
    with database.transaction(write=True) as db:
        found: list[dict[str, Any]] = [asdict(one) for one in answer]
        db.merge(GeocoderAnswer(question=_question(q), found=found, asked_at=clock.now()))


def _within_towns(db: Session, actor: Actor, one: Found) -> PlaceView | None:
    point = valid_point(one.lat, one.lng)
    if point is None:
        return None
    try:
        here = locate(db, actor, point=point).map
    except NotFound:
        return None
    return PlaceView(one.name, "address", one.address, here.municipality_code or "", here.municipality_name,
                     here.slug, here.name, point.lat, point.lng, one.source)  # fmt: skip
