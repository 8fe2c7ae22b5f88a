"""Reads about the installation itself: does the database answer, is a worker alive, what waits. Nothing about anybody."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from sqlmodel import col, func, select

from tamemap import clock
from tamemap.domain.placements import UP
from tamemap.models import Flyer, Heartbeat, Map, OutboxEntry, Placement

if TYPE_CHECKING:
    from sqlmodel import Session

    from tamemap.domain.actors import Actor

WORKER = "worker"


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
