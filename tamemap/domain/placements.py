"""How a flyer comes to stand on a map and leaves it: the states and the only ways between them."""

from __future__ import annotations

import math
from datetime import timedelta
from typing import TYPE_CHECKING

from tamemap.errors import Conflict, Unauthenticated

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import datetime

    from tamemap.domain.actors import Actor
    from tamemap.domain.dates import When

HELD, UP, RECALLED, WITHDRAWN, PAST = "held", "up", "recalled", "withdrawn", "past"

# what lasts longer than 2 to this power of days, or is not known to be shorter
LASTS_LONG = 15

# verb → from → to; "" is: not on that map yet
WAYS: dict[str, dict[str, str]] = {
    "tick": {"": UP, WITHDRAWN: UP, UP: UP, HELD: HELD},
    "tick_held": {"": HELD, WITHDRAWN: HELD, UP: UP, HELD: HELD},
    "untick": {"": WITHDRAWN, UP: WITHDRAWN, HELD: WITHDRAWN, WITHDRAWN: WITHDRAWN, RECALLED: RECALLED},
    "hold": {UP: HELD, HELD: HELD},
    "up": {HELD: UP, RECALLED: UP, UP: UP},
    "recall": {HELD: RECALLED, UP: RECALLED, RECALLED: RECALLED},
    "delete": {HELD: WITHDRAWN, UP: WITHDRAWN, RECALLED: RECALLED, WITHDRAWN: WITHDRAWN},
}


def next_state(verb: str, state: str) -> str:
    """The state after the verb. Raises Conflict where there is no such way (a recalled flyer is not put up by its poster)."""
    try:
        return WAYS[verb][state]
    except KeyError:
        raise Conflict("recalled_by_staff" if state == RECALLED else "decision_impossible", state=state) from None


def first_state(actor: Actor, *, guests_may_post: bool, hold_guests: bool) -> str:
    """How a new flyer stands: a guest's is held where the map says so. Raises Unauthenticated where guests may not post."""
    if not actor.is_guest:
        return UP
    if not guests_may_post:
        raise Unauthenticated("sign_in_to_post")
    return HELD if hold_guests else UP


def until(when: When, since: datetime, days_without_date: int) -> datetime:
    """When a placement ends by itself: with the flyer's dates, else after that many days."""
    return when.over_at() or since + timedelta(days=days_without_date)


def shown_state(state: str, until_: datetime, now: datetime) -> str:
    """The state as people see it: what is up beyond its end is past."""
    return PAST if state == UP and until_ <= now else state


def lasts(begins: datetime, ends: datetime) -> int:
    """How long, for an index of days: the smallest n with at most 2**n days between; ``LASTS_LONG`` for the rest."""
    days = (ends - begins) / timedelta(days=1)
    return min(LASTS_LONG, math.ceil(math.log2(days))) if days > 1 else 0


def begun(start: datetime) -> Iterator[tuple[int, datetime | None]]:
    """For each :func:`lasts` the earliest beginning of what is not over at ``start``; None where it may be any."""
    for power in range(LASTS_LONG):
        # a minute more: the migration reckoned the older rows in fractions of days
        back = timedelta(days=2**power, minutes=1)
        yield power, start - back if start.year > 100 else None
    yield LASTS_LONG, None
