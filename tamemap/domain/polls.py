"""アンケート: what makes a good one, and when it is over."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from tamemap import clock
from tamemap.domain.writing import check_text
from tamemap.errors import Invalid

if TYPE_CHECKING:
    from collections.abc import Sequence

QUESTION_LIMIT = 120
OPTION_LIMIT = 80
FEWEST, MOST = 2, 10
BEFORE, AFTER = "before", "after"
RESULTS = (BEFORE, AFTER)
"""When the counts are shown: all the time, or only when the poll is over."""
LONGEST = timedelta(days=366)


def check_options(options: Sequence[object]) -> tuple[str, ...]:
    """The answers to choose from, tidied; empty ones fall away. Raises Invalid at ``options``."""
    found = tuple(
        check_text(one, field="options", limit=OPTION_LIMIT) for one in options if not isinstance(one, str) or one.strip()
    )
    if not FEWEST <= len(found) <= MOST:
        raise Invalid.at("options", "poll_options_count", fewest=FEWEST, most=MOST)
    if len({one.casefold() for one in found}) < len(found):
        raise Invalid.at("options", "poll_options_same")
    return found


def read_end(text: str) -> datetime | None:
    """When a poll ends, from ISO 8601 to the minute (in Tokyo, when it does not say where); None for nothing.

    Raises Invalid at ``ends_at``: it is no moment, past, or more than a year away.
    """
    if not text.strip():
        return None
    try:
        moment = datetime.fromisoformat(text.strip()).replace(second=0, microsecond=0)
        there = moment if moment.tzinfo else moment.replace(tzinfo=clock.TOKYO)
        end = there.astimezone(clock.now().tzinfo)
    except (ValueError, OverflowError):
        raise Invalid.at("ends_at", "poll_end_wrong") from None
    if not clock.now() < end <= clock.now() + LONGEST:
        raise Invalid.at("ends_at", "poll_end_wrong")
    return end


def is_over(*, ends_at: datetime | None, closed_at: datetime | None, topic_closed: bool) -> bool:
    """Whether nobody can vote any more: at the minute of its end, when it was closed, or with its topic."""
    return topic_closed or closed_at is not None or (ends_at is not None and ends_at <= clock.now())


def check_choice(chosen: Sequence[object], *, several: bool, among: int) -> tuple[int, ...]:
    """The positions chosen, each once: one, or with ``several`` at least one. Raises Invalid at ``option``."""
    positions = sorted({one for one in chosen if type(one) is int and 0 <= one < among})
    if not positions or len(positions) != len({repr(one) for one in chosen}) or (len(positions) > 1 and not several):
        raise Invalid.at("option", "poll_choose_several" if several else "poll_choose_one")
    return tuple(positions)
