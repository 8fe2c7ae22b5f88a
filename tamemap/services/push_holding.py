"""What one worker has in hand to tell somebody, no other one tells: notices are held while their messages are on the way.

A held notice is to be shown at the moment until which it is held: who dies with it in hand loses nothing.
"""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from sqlmodel import col, select

from tamemap import clock
from tamemap.models import Notice
from tamemap.services import outbox

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping, Sequence
    from datetime import datetime

    from sqlmodel import Session

HELD = outbox.LEASE - timedelta(minutes=1)
"""So long; the entry in the outbox of a worker that has died comes back when this is over."""


def hold(db: Session, ids: Collection[int], until: datetime) -> bool:
    """Whether nobody else has any of these notices in hand; then nobody else gets them. For services; the caller commits."""
    waiting = col(Notice.id).in_(ids), col(Notice.push_at) <= clock.now()
    rows = db.exec(select(Notice).where(*waiting).with_for_update(skip_locked=True)).all()
    if len(rows) < len(ids):
        return False
    for row in rows:
        row.push_at = until
    db.add_all(rows)
    return True


def held(db: Session, ids: Collection[int], until: datetime) -> Sequence[Notice]:
    """Those that are still in hand: what was renewed meanwhile, or waits for other hours by now, is another's."""
    return db.exec(select(Notice).where(col(Notice.id).in_(ids), Notice.push_at == until).with_for_update()).all()


def let_go(db: Session, since: Mapping[int, datetime | None], until: datetime) -> None:
    """Nothing has become of it: they are to be shown when they were to be shown before."""
    for row in held(db, since, until):
        row.push_at = since[row.id or 0]
        db.add(row)
