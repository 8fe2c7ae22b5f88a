"""Reads about the flyers that topics are about."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from sqlalchemy import Integer, bindparam
from sqlmodel import Session, col, select

from tamemap import clock
from tamemap.domain.placements import UP
from tamemap.domain.writing import reference
from tamemap.models import Flyer, Placement
from tamemap.models.base import UtcDateTime
from tamemap.queries.together import Asked, Question, among, ask, read

if TYPE_CHECKING:
    from collections.abc import Collection

    from tamemap.models import Map


@dataclass(frozen=True, slots=True)
class FlyerRef:
    """The flyer that a topic is about, while it stands on the board's map."""

    public_id: str
    title: str


def flyer_on_map(db: Session, public_id: object, map_: Map) -> int | None:
    """The row number of a flyer that stands on this map now, else None."""
    query = select(Flyer.id).join(Placement).where(Flyer.public_id == reference(public_id), *_standing(map_))
    return db.exec(query).first()


REFS = Question(
    select(Flyer.id, Flyer.public_id, Flyer.title)
    .join(Placement)
    .where(
        among(col(Flyer.id), "ref_ids"),
        Placement.map_id == bindparam("ref_map", type_=Integer),
        Placement.state == UP,
        Placement.until > bindparam("ref_now", type_=UtcDateTime),
        col(Flyer.deleted_at).is_(None),
    ),
    "ref_ids",
    lambda row: row[0],
)


def ref_ask(ids: Collection[int | None], map_: Map) -> Asked:
    """What :func:`flyer_refs` asks the database (for who asks ahead)."""
    return ask(REFS, ids, ref_map=map_.id, ref_now=clock.now())


def flyer_refs(db: Session, ids: Collection[int | None], map_: Map) -> dict[int | None, FlyerRef]:
    """The flyers of these row numbers that stand on that map."""
    (found,) = read(db, ref_ask(ids, map_))
    return {row_id: FlyerRef(public_id, title) for row_id, public_id, title in found}


def _standing(map_: Map) -> tuple[Any, ...]:
    # what was unticked, recalled, deleted or is over leaves the boards at the same moment as the map
    return (
        Placement.map_id == map_.id,
        Placement.state == UP,
        Placement.until > clock.now(),
        col(Flyer.deleted_at).is_(None),
    )
