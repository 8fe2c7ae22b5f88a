"""The periodic tasks, each a thin call of services."""

from __future__ import annotations

import logging
from datetime import timedelta
from typing import TYPE_CHECKING

from huey import crontab

from tamemap import clock
from tamemap import db as database
from tamemap.domain.actors import SYSTEM
from tamemap.models import Heartbeat
from tamemap.services import (
    case_backlog,
    digests,
    housekeeping,
    picture_looks,
    pictures,
    readings,
    residence,
    search_index,
    uploads,
)

if TYPE_CHECKING:
    from huey import Huey

log = logging.getLogger(__name__)
# a little under a day, so that a sweep at the same minute every day counts
SWEEP_EVERY = timedelta(hours=20)
# each shorter than what lies between two of them, and longer than the workers' clocks are apart
SWEEP_TURN, NEWS_TURN = timedelta(hours=3), timedelta(minutes=30)
LOOKS_TURN = timedelta(seconds=40)


def heartbeat() -> None:
    """Say that the worker is alive; readiness asks how long ago that was."""
    with database.transaction(write=True) as db:
        housekeeping.beat(db, SYSTEM, name="worker")


def sweep() -> None:
    """Forget what is due to be forgotten, in rows and in stored pictures; remind of proofs of residence that end soon."""
    with database.transaction(write=True) as db:
        swept = housekeeping.sweep(db, SYSTEM)
    with database.transaction(write=True) as db:
        reminded = residence.remind(db, SYSTEM)
    with database.transaction(write=True) as db:
        case_backlog.catch_up(db, SYSTEM)
    files = pictures.sweep()
    uploads.sweep()
    with database.transaction(write=True) as db:
        readings.forget(db)
    with database.transaction(write=True) as db:
        search_index.tidy(db)
    with database.transaction(write=True) as db:
        housekeeping.beat(db, SYSTEM, name="sweep")
    database.checkpoint()
    log.info("swept %s, pictures %s, reminded %d", swept, files, reminded)


def sweep_if_due() -> bool:
    """Sweep once a day, also where the machine is off at night: the hour does not matter, the last time does."""
    with database.transaction(write=False) as db:
        last = db.get(Heartbeat, "sweep")
    if last is not None and last.beat_at > clock.now() - SWEEP_EVERY:
        return False
    # every worker of every machine asks; one of them sweeps, and where it dies another one does some hours later
    if not _is_ours("sweep-turn", SWEEP_TURN):
        return False
    sweep()
    return True


def _is_ours(name: str, length: timedelta) -> bool:
    """Whether this worker may do this now: each turn is for one of all workers, and so long no other one gets it."""
    with database.transaction(write=True) as db:
        return housekeeping.take_turn(db, SYSTEM, name=name, length=length)


def gather_news() -> None:
    """Make the mails that gather what is new, for those whose gathering is due."""
    if not _is_ours("news-turn", NEWS_TURN):
        return
    log.info("gathered news for %d", digests.gather())


def look_at_pictures() -> None:
    """Some of the pictures from before there were looks; where all are looked at this costs one read."""
    if picture_looks.any_unseen() and _is_ours("looks-turn", LOOKS_TURN):
        log.info("looked at %d pictures", picture_looks.look())


def register(queue: Huey) -> None:
    """Put the periodic tasks on a queue: the heartbeat and the pictures of before every minute; every hour the news, and
    the question whether to sweep."""
    queue.periodic_task(crontab(), name="heartbeat")(heartbeat)
    queue.periodic_task(crontab(), name="looks")(look_at_pictures)
    queue.periodic_task(crontab(minute="7"), name="sweep")(sweep_if_due)
    queue.periodic_task(crontab(minute="2"), name="news")(gather_news)
