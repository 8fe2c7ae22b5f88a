"""What must still happen after a commit: put in the transaction that decides it, claimed and done by the worker.

These are called by services and by the worker only, never through the door; each says which transaction it needs.
"""

from __future__ import annotations

import hashlib
import re
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

from sqlmodel import col, select, update

from tamemap import clock
from tamemap.models import OutboxEntry

if TYPE_CHECKING:
    from collections.abc import Collection

    from sqlmodel import Session

RETRIES = (
    timedelta(minutes=1),
    timedelta(minutes=5),
    timedelta(minutes=30),
    timedelta(hours=2),
    timedelta(hours=6),
)
# a worker that dies in the middle of an entry holds it this long; longer than any handler takes
LEASE = timedelta(minutes=10)
# what was in hand so often without any end is what its workers die of
MOST_CLAIMS = 12
_MAIL_ADDRESS = re.compile(r"[^\s<>'\"(),:;]+@[^\s<>'\"(),:;]+")


@dataclass(frozen=True, slots=True)
class Claimed:
    """An entry that this worker has in hand; ``tries`` counts this one too, ``once`` is the same at each of them."""

    id: int
    kind: str
    payload: dict[str, Any]
    tries: int
    once: str


def put(db: Session, kind: str, payload: dict[str, Any], due_at: datetime | None = None) -> int:
    """Add an entry to the caller's transaction: it happens if, and only if, that commits. Answers its id.

    ``kind`` names a handler of the worker (``mail``: to, subject, text, perhaps until and stop; ``pictures``: picture; …);
    ``payload`` is plain JSON. Without ``due_at`` it is due at once.
    """
    now = clock.now()
    entry = OutboxEntry(kind=kind, payload=payload, created_at=now, due_at=due_at or now)
    db.add(entry)
    db.flush()
    assert entry.id is not None  # noqa: S101  flushed above
    return entry.id


def _waiting(kinds: Collection[str] | None) -> tuple[Any, ...]:
    which = (col(OutboxEntry.done_at).is_(None), col(OutboxEntry.dead_at).is_(None), OutboxEntry.due_at <= clock.now())
    return which if kinds is None else (*which, col(OutboxEntry.kind).in_(kinds))


def any_due(db: Session, kinds: Collection[str] | None = None) -> bool:
    """Whether there is something to claim; a read, so that an idle worker never takes SQLite's write lock."""
    return db.exec(select(OutboxEntry.id).where(*_waiting(kinds)).limit(1)).first() is not None


def due(db: Session, limit: int = 1, kinds: Collection[str] | None = None) -> tuple[Claimed, ...]:
    """Claim up to ``limit`` due entries (of these kinds), the longest waiting first, for this worker alone.

    The caller commits at once. No other worker gets them before the lease ends: rows that another one holds are skipped
    (PostgreSQL), or it waits for the write lock and then sees them leased (SQLite). What no worker has survived so far is dead,
    so that the others of its kind are not held up for ever.
    """
    rows = db.exec(
        select(OutboxEntry)
        .where(*_waiting(kinds))
        .order_by(col(OutboxEntry.due_at), col(OutboxEntry.id))
        .limit(limit)
        .with_for_update(skip_locked=True)
    ).all()
    for row in rows:
        if row.tries >= MOST_CLAIMS:
            row.dead_at, row.error = clock.now(), row.error or "no worker has come back from it"
        else:
            row.tries, row.due_at = row.tries + 1, clock.now() + LEASE
        db.add(row)
    db.flush()
    alive = (row for row in rows if row.dead_at is None)
    return tuple(Claimed(row.id or 0, row.kind, dict(row.payload), row.tries, _once(row)) for row in alive)


def _once(row: OutboxEntry) -> str:
    return hashlib.sha256(f"{row.id} {row.created_at.isoformat()}".encode()).hexdigest()[:32]


def done(db: Session, entry_id: int) -> None:
    """It has happened. Its payload is forgotten: it may hold an address, a code, what somebody wrote."""
    db.exec(update(OutboxEntry).where(col(OutboxEntry.id) == entry_id).values(done_at=clock.now(), payload={}, error=""))


def failed(db: Session, entry_id: int, error: Exception | str) -> None:
    """It has not happened: due again after 1 min, 5 min, 30 min, 2 h, 6 h, then dead (kept for the operator to see)."""
    row = db.get(OutboxEntry, entry_id)
    if row is None or row.done_at is not None:
        return
    row.error = _described(error)
    if row.tries > len(RETRIES):
        row.dead_at = clock.now()
    else:
        row.due_at = clock.now() + RETRIES[max(row.tries, 1) - 1]
    db.add(row)
    db.flush()


def _described(error: Exception | str) -> str:
    # mail servers repeat addresses in their refusals; errors are kept and logged, so they hold none
    text = error if isinstance(error, str) else f"{type(error).__name__}: {error}"
    return _MAIL_ADDRESS.sub("…", text.replace("\x00", ""))[:300]
