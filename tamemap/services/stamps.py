"""A map's version rises with everything on it that a reader could see, and each placement keeps the version of its last change.

It listens to the session instead of being called, as the search's index does, so that no service can forget it: a hidden
picture or a blurred face leaves the tiles like a recalled flyer does. The versions rise once, at the end of the transaction;
there the placements and then the maps' rows are locked for a moment only, in one order, so that no two writers wait for each
other.

Bulk statements are not seen: who uses one raises the flyer's own version as well, which is seen.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from sqlalchemy import event, inspect
from sqlalchemy.orm import Session as OrmSession
from sqlmodel import col, select, update

from tamemap.models import Flyer, Map, Picture, Placement

if TYPE_CHECKING:
    from sqlmodel import Session

TOUCHED = "tamemap.flyers_touched"
# by which column the flyer is found, and what of the row no reader sees
_MATTERS: dict[Any, tuple[str, frozenset[str]]] = {
    Flyer: ("id", frozenset({"poster_id", "guest_hash", "group_id"})),
    Placement: ("flyer_id", frozenset({"stamp", "reason", "decided_by"})),
    Picture: ("flyer_id", frozenset({"owner_hash", "original", "gps_lat", "gps_lng"})),
}


@event.listens_for(OrmSession, "after_flush")
def _follow(db: Session, _context: object) -> None:
    # a flyer that is new stands nowhere until it has a placement
    seen = [row for row in (*db.new, *db.deleted) if isinstance(row, Placement | Picture)]
    seen += [row for row in db.dirty if type(row) in _MATTERS and _changed(row)]
    found: set[int | None] = db.info.setdefault(TOUCHED, set())
    found.update(getattr(row, _MATTERS[type(row)][0]) for row in seen)


def _changed(row: Any) -> bool:
    unseen = _MATTERS[type(row)][1]
    return any(one.history.has_changes() for one in inspect(row).attrs if one.key not in unseen)


@event.listens_for(OrmSession, "before_commit")
def _rise(db: Session) -> None:
    if db.in_nested_transaction():
        return
    db.flush()
    flyers = db.info.pop(TOUCHED, set()) - {None}
    if not flyers:
        return
    here = col(Placement.flyer_id).in_(flyers)
    # first what another writer may hold already whose turn at the maps comes later: whoever waits holds no map meanwhile
    db.exec(select(Placement.id).where(here).order_by(col(Placement.id)).with_for_update(key_share=True)).all()
    # not against those who have only named these maps in a row of theirs: two of them would wait for each other
    maps = db.scalars(select(Map.id).where(col(Map.id).in_(select(Placement.map_id).where(here))).order_by(col(Map.id))
                      .with_for_update(key_share=True)).all()  # fmt: skip
    if not maps:
        return
    quietly = {"synchronize_session": False}
    db.execute(update(Map).where(col(Map.id).in_(maps)).values(version=Map.version + 1).execution_options(**quietly))
    version = select(Map.version).where(Map.id == Placement.map_id).scalar_subquery()
    db.execute(update(Placement).where(here).values(stamp=version).execution_options(**quietly))
