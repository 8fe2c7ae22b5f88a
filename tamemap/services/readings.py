"""Readings: asked for when a photograph arrives, read by the worker one after the other, forgotten with the upload.

What the worker does (``begin``, ``finish``) opens its own transactions, none of which is open while the reader works.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

from sqlalchemy.orm import aliased
from sqlmodel import and_, col, delete, exists, func, or_, select, update

from tamemap import clock
from tamemap import db as database
from tamemap.domain.picture_edits import read_corners
from tamemap.domain.writing import reference
from tamemap.errors import Conflict, NotFound
from tamemap.gateways.reader_setting import reading_is_on
from tamemap.models import Picture, Reading, ReadingOutcome

if TYPE_CHECKING:
    from collections.abc import Sequence

    from sqlmodel import Session

    from tamemap.domain.actors import Actor

KEPT_FOR = timedelta(hours=24)
OUTCOMES_KEPT_FOR = timedelta(days=366)
MOST_TRIES = 2
# a worker that dies in the middle holds a photograph for this long; longer than any reading takes (``gateways.reader.SECONDS``)
LEASE = timedelta(seconds=150)
# whose photographs were read within this time lets others go first
LATELY = timedelta(minutes=10)
UNDONE = ("waiting", "reading")
AGAIN = ("lost", "late", "off")


@dataclass(frozen=True, slots=True)
class Claimed:
    """A reading that this worker has in hand since ``began``; ``corners`` in pixels of the upright photograph."""

    id: int
    owner_hash: str
    original: str
    corners: list[list[float]] | None
    tries: int
    began: datetime


def ask(db: Session, actor: Actor, *, original: str) -> str | None:
    """Have this upload of the actor's read; answers the reading's public id, None where nothing is read (for services).

    The same upload is one reading, and is read again only where nothing came of it.
    """
    if not reading_is_on():
        return None
    asked = select(Reading).where(Reading.owner_hash == actor.owner_hash, Reading.original == original)
    row = db.exec(asked.order_by(col(Reading.id))).first()
    if row is None:
        row = Reading(owner_hash=actor.owner_hash, original=original, asked_at=clock.now())
    elif row.state not in UNDONE:
        row.asked_at = clock.now()
        if row.state in AGAIN:
            row.state, row.tries = "waiting", 0
    db.add(row)
    db.flush()
    return row.public_id


def of(db: Session, actor: Actor, public_id: str) -> Reading:
    """A reading of the actor's own, locked (for services). Raises NotFound for any other."""
    row = db.exec(select(Reading).where(Reading.public_id == reference(public_id)).with_for_update()).first()
    if row is None or not actor.owner_hash or row.owner_hash != actor.owner_hash:
        raise NotFound("reading_unknown")
    return row


def set_corners(db: Session, actor: Actor, *, public_id: str, corners: Any, sheet: int = 0) -> None:
    """Read again what lies between four corners (in parts of the upright photograph), or with None as found by itself.

    Only of the sheet that is pointed at something is known then. Raises NotFound, Invalid at ``corners``, Conflict for a PDF and
    for a photograph whose size nobody knows yet.
    """
    row = of(db, actor, public_id)
    if not 0 <= sheet < max(1, len(row.sheets)):
        raise NotFound("reading_sheet_unknown")
    wanted = read_corners(corners)
    if wanted is not None:
        wide, high = _size(db, row)
        row.corners = [[round(x * wide, 1), round(y * high, 1)] for x, y in wanted]
    else:
        row.corners = None
    row.state, row.tries, row.asked_at = "waiting", 0, clock.now()
    db.add(row)
    db.flush()


def _size(db: Session, row: Reading) -> Sequence[int]:
    """Of the upright photograph, in pixels."""
    if row.sheets:
        known: list[int] = row.sheets[0]["photo"]
        if not all(known):
            raise Conflict("reading_without_corners")
        return known
    same = (Picture.original == row.original, Picture.owner_hash == row.owner_hash)
    picture = db.exec(select(Picture).where(*same).order_by(col(Picture.page))).first()
    if picture is None or picture.edit or row.original.endswith(".pdf"):
        raise Conflict("reading_without_corners")
    return picture.width, picture.height


def begin() -> Claimed | None:
    """The next photograph to be read, for this worker alone; None when there is none.

    First comes whoever has had the fewest lately, then whoever waits longest. What a worker died over is taken up once more,
    then it is lost.
    """
    now = clock.now()
    with database.transaction(write=False) as db:
        if db.exec(select(Reading.id).where(_due(now)).limit(1)).first() is None:
            return None
    with database.transaction(write=True) as db:
        broken = and_(col(Reading.state) == "reading", col(Reading.started_at) < now - LEASE, col(Reading.tries) >= MOST_TRIES)
        db.exec(update(Reading).where(broken).values(state="lost", done_at=now))
        other = aliased(Reading)
        lately = select(func.count(other.id)).where(  # type: ignore[arg-type]
            other.owner_hash == Reading.owner_hash,
            other.id != Reading.id,
            other.started_at > now - LATELY,  # type: ignore[operator]
        )
        turn = (lately.correlate(Reading).scalar_subquery(), col(Reading.asked_at), col(Reading.id))
        row = db.exec(select(Reading).where(_due(now)).order_by(*turn).limit(1).with_for_update(skip_locked=True)).first()
        if row is None:
            return None
        row.state, row.started_at, row.tries = "reading", now, row.tries + 1
        db.add(row)
        db.flush()
        return Claimed(row.id or 0, row.owner_hash, row.original, row.corners, row.tries, now)


def _due(now: datetime) -> Any:
    """Waiting, or in the hands of a worker that seems to have died."""
    held = and_(col(Reading.state) == "reading", col(Reading.started_at) < now - LEASE)
    return or_(col(Reading.state) == "waiting", held)


def in_hand(db: Session, claimed: Claimed) -> Reading | None:
    """The claimed row, locked; None when it is gone or was asked for anew meanwhile (for services)."""
    row = db.exec(select(Reading).where(Reading.id == claimed.id).with_for_update()).first()
    return row if row is not None and row.state == "reading" and row.started_at == claimed.began else None


def forget(db: Session) -> int:
    """Forget readings a day after they were asked for, and those whose upload is gone; answers how many. What was
    read beside what was posted (``ReadingOutcome``) goes after a year.
    """
    kept = exists().where(col(Picture.original) == Reading.original, col(Picture.owner_hash) == Reading.owner_hash)
    db.exec(delete(ReadingOutcome).where(col(ReadingOutcome.made_at) < clock.now() - OUTCOMES_KEPT_FOR))
    return db.exec(delete(Reading).where(or_(col(Reading.asked_at) < clock.now() - KEPT_FOR, ~kept))).rowcount


def forget_upload(db: Session, *, owner_hash: str, original: str) -> None:
    """Forget what was read of an upload, once no picture of the owner's waits that was made of it (for services)."""
    waiting = select(Picture.id).where(
        Picture.owner_hash == owner_hash, Picture.original == original, col(Picture.flyer_id).is_(None)
    )
    if db.exec(waiting.limit(1)).first() is None:
        db.exec(delete(Reading).where(col(Reading.owner_hash) == owner_hash, col(Reading.original) == original))
