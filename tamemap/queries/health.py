"""Reads about the installation itself: does the database answer, is a worker alive, what waits. Nothing about anybody."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING

from sqlmodel import case, col, func, select, text

from tamemap import clock
from tamemap.domain.placements import UP
from tamemap.models import Flyer, Heartbeat, Map, OutboxEntry, Placement, Reading

if TYPE_CHECKING:
    from sqlmodel import Session

    from tamemap.domain.actors import Actor

WORKER = "worker"
LATE, DAY = timedelta(minutes=5), timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Vitals:
    """How the installation is: ``worker_age`` in seconds since a worker's last sign of life, None before the first."""

    worker_age: float | None
    outbox_waiting: int
    outbox_dead: int
    flyers_up: int


def worker_age(db: Session, actor: Actor) -> float | None:
    """Seconds since a worker was last alive; None when none ever was. It answers, so the database does."""
    beat_at = db.exec(select(Heartbeat.beat_at).where(Heartbeat.name == WORKER)).first()
    return (clock.now() - beat_at).total_seconds() if beat_at else None


@dataclass(frozen=True, slots=True)
class Pulse:
    """What readiness asks of the database: which tables it has (Alembic's revision), and since when a worker is silent."""

    tables: str
    worker_age: float | None


def pulse(db: Session, actor: Actor) -> Pulse:
    """It answers, so the database does."""
    tables = db.connection().execute(text("SELECT version_num FROM alembic_version")).scalar_one_or_none()
    return Pulse(str(tables or ""), worker_age(db, actor))


@dataclass(frozen=True, slots=True)
class Waiting:
    """How many entries of the outbox of each ``kind`` are ``waiting``, ``late`` (due for five minutes) or ``dead``; readings by
    state of the last day."""

    entries: dict[tuple[str, str], int]
    readings: dict[str, int]


def waiting(db: Session, actor: Actor) -> Waiting:
    """What the workers have before them, by kind: a kind is a job, such as ``mail`` or ``pictures``."""
    now = clock.now()
    state = case((col(OutboxEntry.dead_at).is_not(None), "dead"), (col(OutboxEntry.due_at) < now - LATE, "late"), else_="waiting")
    label = state.label("state")
    undone = select(OutboxEntry.kind, label, func.count()).where(col(OutboxEntry.done_at).is_(None)).group_by("kind", "state")
    lately = select(Reading.state, func.count()).where(col(Reading.asked_at) > now - DAY).group_by(Reading.state)
    return Waiting(
        {(kind, said): count for kind, said, count in db.exec(undone)},
        dict(db.exec(lately).all()),
    )


def vitals(db: Session, actor: Actor) -> Vitals:
    """The figures that monitoring asks for."""
    undone = select(func.count()).select_from(OutboxEntry).where(col(OutboxEntry.done_at).is_(None))
    standing = (
        select(func.count())
        .select_from(Placement)
        .join(Map)
        .join(Flyer)
        .where(
            Map.kind == "resident",
            Placement.state == UP,
            Placement.until > clock.now(),
            col(Flyer.deleted_at).is_(None),
        )
    )
    return Vitals(
        worker_age=worker_age(db, actor),
        outbox_waiting=db.exec(undone.where(col(OutboxEntry.dead_at).is_(None))).one(),
        outbox_dead=db.exec(undone.where(col(OutboxEntry.dead_at).is_not(None))).one(),
        flyers_up=db.exec(standing).one(),
    )
