"""Signs of life, and forgetting in time what nobody needs any more: personal data is a liability."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING, Any

from sqlalchemy.exc import IntegrityError
from sqlmodel import col, delete, func, or_, select, update

from tamemap import clock
from tamemap.models import (
    Handshake,
    Heartbeat,
    IdempotentAnswer,
    Invitation,
    Notice,
    OutboxEntry,
    Post,
    Reaction,
    SignedIn,
    SignInCode,
    Topic,
)
from tamemap.services import post_traces

if TYPE_CHECKING:
    from datetime import datetime

    from sqlmodel import Session

    from tamemap.domain.actors import Actor

DAY = timedelta(days=1)
WEEK = timedelta(days=7)
MONTH = timedelta(days=30)
# a dead letter holds an address: the operator has three months to look at it
DEAD_LIFE = timedelta(days=90)
NOTICE_LIFE = timedelta(days=366)


@dataclass(frozen=True, slots=True)
class Swept:
    """How many rows of each kind were forgotten."""

    codes: int
    handshakes: int
    sessions: int
    answers: int
    outbox: int
    notices: int
    posts: int
    invitations: int = 0


def beat(db: Session, actor: Actor, *, name: str) -> None:
    """Write down that the part called ``name`` (``worker``, ``sweep``) is alive at this moment."""
    now = clock.now()
    if not db.exec(update(Heartbeat).where(col(Heartbeat.name) == name).values(beat_at=now)).rowcount:
        _first_beat(db, name, now)


def take_turn(db: Session, actor: Actor, *, name: str, length: timedelta) -> bool:
    """Take the turn called ``name`` for so long; False where another worker has it. Of two at once one gets it."""
    now = clock.now()
    free = update(Heartbeat).where(col(Heartbeat.name) == name, col(Heartbeat.beat_at) <= now - length).values(beat_at=now)
    if db.exec(free).rowcount:
        return True
    return db.get(Heartbeat, name) is None and _first_beat(db, name, now)


def _first_beat(db: Session, name: str, now: datetime) -> bool:
    try:
        with db.begin_nested():
            db.add(Heartbeat(name=name, beat_at=now))
    except IntegrityError:
        # another worker was first, a moment ago
        return False
    return True


def sweep(db: Session, actor: Actor) -> Swept:
    """Forget sign-in codes, handshakes and answers to retried requests after a day (those about posted flyers after a month),
    ended sessions, outbox entries a week after they were done (90 days after they died), notices after a year, the words of
    removed posts (with their earlier words and pictures) after 30 days, invitations (they hold an address) 30 days after they
    could last be taken up. A theme that has been over for a week is no longer pinned: it makes room for the next one.
    """
    now = clock.now()
    removed = col(Post.deleted_at) < now - MONTH
    db.exec(delete(Reaction).where(col(Reaction.post_id).in_(select(Post.id).where(removed))))
    over = col(Topic.pinned), col(Topic.ends_at) < now - WEEK
    db.exec(update(Topic).where(*over).values(pinned=False))
    post_traces.forget_parts(db, removed)
    answered = func.coalesce(IdempotentAnswer.kept_until, IdempotentAnswer.created_at)
    return Swept(
        codes=_forget(db, SignInCode, col(SignInCode.created_at) < now - DAY),
        handshakes=_forget(db, Handshake, col(Handshake.created_at) < now - DAY),
        sessions=_forget(db, SignedIn, col(SignedIn.expires_at) <= now),
        answers=_forget(db, IdempotentAnswer, answered < now - DAY),
        outbox=_forget(db, OutboxEntry, or_(col(OutboxEntry.done_at) < now - WEEK, col(OutboxEntry.dead_at) < now - DEAD_LIFE)),
        notices=_forget(db, Notice, col(Notice.created_at) < now - NOTICE_LIFE),
        posts=db.exec(update(Post).where(removed, col(Post.body) != "").values(body="", html="")).rowcount,
        invitations=_forget(db, Invitation, col(Invitation.expires_at) < now - MONTH),
    )


def _forget(db: Session, table: Any, which: Any) -> int:
    return db.exec(delete(table).where(which)).rowcount
