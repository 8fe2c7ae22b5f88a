"""Flyers that may be the one somebody is about to put up: near it on the same days, or with a picture that looks the same."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from sqlalchemy import select

from tamemap import clock
from tamemap.domain.asking import Wanted
from tamemap.domain.geography import Bounds
from tamemap.domain.looks import NONE, SAME, UNSEEN, difference
from tamemap.domain.placements import UP
from tamemap.models import Picture, Placement
from tamemap.queries.flyers import CardView, cards, cards_query, flyers_of_map, shows_resident_face
from tamemap.queries.maps import map_view

if TYPE_CHECKING:
    from sqlmodel import Session

    from tamemap.domain.actors import Actor
    from tamemap.domain.dates import Span
    from tamemap.domain.geography import Point
    from tamemap.queries.maps import MapView

NEAR = 300  # metres
MOST = 3  # of each kind: nobody compares more
NEWEST = 3000  # pictures that are compared: those of the flyers put up last


@dataclass(frozen=True, slots=True)
class AlikeView:
    """A flyer that stands already; ``why`` is ``picture`` (looks the same) or ``near`` (within 300 metres on these days)."""

    card: CardView
    why: str


def alike(
    db: Session, actor: Actor, *, slug: str, photos: tuple[str, ...], near: Point | None = None, when: Span | None = None
) -> tuple[AlikeView, ...]:
    """What stands on this map and may be the same flyer, what looks the same first; at most three of a kind.

    ``photos`` are waiting pictures of the actor's own (others are passed over); without ``when`` nothing near is found: without a
    day no day is the same. Raises NotFound for the map.
    """
    here = map_view(db, actor, slug=slug)
    same = _looking_the_same(db, actor, here, photos)
    seen = {card.public_id for card in same}
    beside = [card for card in _beside(db, actor, here, near, when) if card.public_id not in seen] if near and when else []
    return (*(AlikeView(card, "picture") for card in same), *(AlikeView(card, "near") for card in beside[:MOST]))


def _beside(db: Session, actor: Actor, here: MapView, near: Point, when: Span) -> list[CardView]:
    square = Bounds(near.lng, near.lat, near.lng, near.lat).padded(NEAR)
    wanted = Wanted(when=when, bounds=square, near=near, sort="near", limit=50)
    found = flyers_of_map(db, actor, slug=here.slug, wanted=wanted).items
    return [card for card in found if card.when.starts_at is not None and (card.distance or 0) <= NEAR]


def _compared() -> Any:
    return Picture.look.not_in((UNSEEN, NONE))  # type: ignore[attr-defined]


def _looking_the_same(db: Session, actor: Actor, here: MapView, photos: tuple[str, ...]) -> tuple[CardView, ...]:
    own = select(Picture.look).where(Picture.public_id.in_(photos), _compared(), Picture.flyer_id.is_(None))  # type: ignore[attr-defined,union-attr]
    looks = db.execute(own.where(Picture.owner_hash == actor.owner_hash)).scalars().all() if actor.owner_hash else []
    if not looks:
        return ()
    standing = (
        select(Placement.id, Picture.look)
        .join(Picture, Picture.flyer_id == Placement.flyer_id)
        .where(Placement.map_id == here.id, Placement.state == UP, Placement.until > clock.now())
        .where(_compared(), Picture.hidden_at.is_(None))  # type: ignore[union-attr]
        .order_by(Placement.since.desc(), Placement.id)  # type: ignore[attr-defined]
        .limit(NEWEST)
    )
    nearest: dict[int, int] = {}
    for placement, look in db.execute(standing):
        bits = min(difference(look, one) for one in looks)
        if bits <= min(SAME, nearest.get(placement, SAME)):
            nearest[placement] = bits
    best = sorted(nearest, key=lambda one: (nearest[one], one))[:MOST]
    rows = {row[0].id: row for row in db.execute(cards_query().where(Placement.id.in_(best)))}  # type: ignore[union-attr]
    face = shows_resident_face(actor, here)
    return cards(db, [rows[one] for one in best], outside=here.kind == "regional", resident_face=face)
