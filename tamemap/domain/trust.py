"""How well people are known in a region, in five levels with plain names, and what each level may.

Nothing of it is stored: it is worked out anew from what stands and from what staff decided (``queries.trust``). The names of the
levels stand under ``trust.level.<number>``; ``docs/care.md`` shows this table, and a test holds it against this file.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

AGAINST = ("hold", "remove", "warn", "suspend")
"""Decisions that count against whose thing it was, as long as nobody has taken them back."""
REMEMBERED = timedelta(days=180)
"""For so long they count."""
NEWCOMER, FAMILIAR, REGULAR, RELIED_ON, OFFICE = range(5)


@dataclass(frozen=True, slots=True)
class History:
    """Somebody in one region: how many posts and flyers of theirs stand, on how many days they were written, since when; how
    often staff decided against them within ``REMEMBERED`` (``suspended``: also a suspension); whether they have proved that
    they live there, and whether they are staff or an operator there."""

    deeds: int = 0
    days: int = 0
    first: datetime | None = None
    against: int = 0
    suspended: bool = False
    proven: bool = False
    office: bool = False


NOBODY = History()


@dataclass(frozen=True, slots=True)
class Step:
    """What a level asks for: so many deeds, on so many days, the first of them so long ago."""

    deeds: int
    days: int
    age: timedelta


STEPS = {
    FAMILIAR: Step(3, 2, timedelta(days=1)),
    REGULAR: Step(10, 5, timedelta(days=14)),
    RELIED_ON: Step(50, 20, timedelta(days=60)),
}


@dataclass(frozen=True, slots=True)
class May:
    """What a level may: ``links`` and ``contacts`` in posts, and not having its ``first`` posts held or being counted in a
    ``surge``, where a town has these rules; ``again``: the same words in several places. ``per_minute`` posts are taken at
    most; of a town's number of posts within ten minutes it may have ``floods`` times as many (0: as many as it likes).
    ``words``: not even the town's words hold it."""

    links: bool
    contacts: bool
    first: bool
    surge: bool
    again: bool
    per_minute: int
    floods: int
    words: bool


MAY = {
    NEWCOMER: May(links=False, contacts=False, first=False, surge=False, again=False, per_minute=6, floods=1, words=False),
    FAMILIAR: May(links=True, contacts=True, first=True, surge=True, again=False, per_minute=10, floods=1, words=False),
    REGULAR: May(links=True, contacts=True, first=True, surge=True, again=True, per_minute=10, floods=2, words=False),
    RELIED_ON: May(links=True, contacts=True, first=True, surge=True, again=True, per_minute=10, floods=0, words=False),
    OFFICE: May(links=True, contacts=True, first=True, surge=True, again=True, per_minute=10, floods=0, words=True),
}
"""The one table of what each level may."""


def level(history: History, now: datetime) -> int:
    """0 to 4. Good deeds raise it, and a proof of residence is as good as the first step; each decision against somebody takes
    one level away, a suspension all of them. Staff and operators are always at the top."""
    if history.office:
        return OFFICE
    if history.suspended:
        return NEWCOMER
    reached = FAMILIAR if history.proven else NEWCOMER
    for number, step in STEPS.items():
        old = history.first is not None and now - history.first >= step.age
        if old and history.deeds >= step.deeds and history.days >= step.days:
            reached = max(reached, number)
    return max(NEWCOMER, reached - history.against)
