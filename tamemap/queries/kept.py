"""Which of the things that a phone has kept still stand, for somebody without any account."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from sqlalchemy import and_, func, select

from tamemap import clock
from tamemap.domain.placements import UP
from tamemap.models import Flyer, Map, Picture, Placement, PlacementChange, Topic

if TYPE_CHECKING:
    from collections.abc import Collection
    from datetime import datetime

    from sqlmodel import Session

    from tamemap.domain.actors import Actor


@dataclass(frozen=True, slots=True)
class Standing:
    """``things``: flyers and topics that a guest may read, with when that last changed; ``pictures``: names that still open.

    ``person_id`` is who asks, None for a guest.
    """

    things: dict[str, datetime]
    pictures: tuple[str, ...]
    person_id: int | None


def standing(db: Session, actor: Actor, *, ids: Collection[str], pictures: Collection[str]) -> Standing:
    """What is not in the answer has left, or never was: nobody learns which. The same for every asker, whoever they are."""
    things = _flyers(db, ids) | _topics(db, ids) if ids else {}
    return Standing(things, _pictures(db, pictures) if pictures else (), actor.person_id)


def _flyers(db: Session, ids: Collection[str]) -> dict[str, datetime]:
    """A change is one of its words, of where it stands, and its last day going by."""
    stands = (
        select(Placement.flyer_id, func.max(Placement.until).label("until"))
        .join(Flyer, Flyer.id == Placement.flyer_id)
        .where(Flyer.public_id.in_(ids), Flyer.deleted_at == None, Placement.state == UP)  # type: ignore[attr-defined]  # noqa: E711
        .group_by(Placement.flyer_id)
        .subquery()
    )
    query = (
        select(Flyer.public_id, Flyer.updated_at, stands.c.until, func.max(PlacementChange.changed_at))
        .join(stands, stands.c.flyer_id == Flyer.id)
        .outerjoin(PlacementChange, PlacementChange.flyer_id == Flyer.id)
        .group_by(Flyer.public_id, Flyer.updated_at, stands.c.until)
    )
    now, found = clock.now(), {}
    for public_id, updated_at, until, moved_at in db.execute(query):
        found[public_id] = max(moment for moment in (updated_at, until, moved_at) if moment is not None and moment <= now)
    return found


def _topics(db: Session, ids: Collection[str]) -> dict[str, datetime]:
    """Their titles and first words stand beside flyers; talking goes on without these changing."""
    open_ones = Topic.deleted_at == None, Topic.held_at == None  # noqa: E711
    query = select(Topic.public_id, Topic.created_at).where(Topic.public_id.in_(ids), *open_ones)  # type: ignore[attr-defined]
    return dict(db.execute(query).tuples().all())


def _pictures(db: Session, names: Collection[str]) -> tuple[str, ...]:
    """As ``pictures.stored_picture`` opens them for a guest: each face's name while its flyer stands on such a map."""
    found: list[str] = []
    for name, kind in ((Picture.resident_name, "resident"), (Picture.outside_name, "regional")):
        query = (
            select(name)
            .join(Flyer, and_(Flyer.id == Picture.flyer_id, Flyer.deleted_at == None))  # type: ignore[arg-type]  # noqa: E711
            .join(Placement, Placement.flyer_id == Flyer.id)
            .join(Map, Map.id == Placement.map_id)
            .where(name.in_(names), Picture.hidden_at == None, Placement.state == UP, Map.kind == kind)  # type: ignore[attr-defined]  # noqa: E711
        )
        found += db.execute(query.distinct()).scalars()
    return tuple(sorted(found))
