"""Moderation in plain names: what staff may decide about a thing, by which rules, and for how long somebody rests."""

from __future__ import annotations

from datetime import timedelta

# their words stand under care.decision.<decision>
DECISIONS = ("keep", "close", "hold", "hide_picture", "remove", "warn", "suspend")
# their words stand under care.rule.<rule>
RULES = ("personal_data", "harassment", "advertising", "wrong_facts", "off_topic", "unlawful", "other")
# days
SUSPENSIONS = (1, 7, 30)
# for how long it counts that somebody looks at a case
LOOKING_FOR = timedelta(minutes=15)
# cases decided in one go
AT_ONCE = 50
WORDS_LIMIT = 1000

FITS: dict[str, frozenset[str]] = {
    "keep": frozenset({"flyer", "topic", "post", "group"}),
    "close": frozenset({"topic"}),
    "hold": frozenset({"flyer", "topic", "post"}),
    "hide_picture": frozenset({"flyer", "post"}),
    "remove": frozenset({"flyer", "topic", "post", "group"}),
    "warn": frozenset({"flyer", "topic", "post", "group"}),
    "suspend": frozenset({"flyer", "topic", "post", "group"}),
}
"""To which kinds of things a decision can be applied."""

ABOUT_PEOPLE = frozenset({"warn", "suspend"})
"""Decisions about who wrote; they may follow one about the thing."""

FINAL = frozenset({("remove", "group"), ("warn", "flyer"), ("warn", "topic"), ("warn", "post"), ("warn", "group")})
"""What was done and cannot be taken back: a group that is closed, words that were read."""


def fits(decision: str, thing: str) -> bool:
    """Whether this can be decided about such a thing."""
    return thing in FITS[decision]


def may_follow(decision: str, standing: frozenset[str]) -> bool:
    """Whether a case that has these ``standing`` decisions may get one more: what is held waits for another, and who wrote may
    be warned or suspended besides."""
    return decision not in standing and ("hold" in standing or decision in ABOUT_PEOPLE)
