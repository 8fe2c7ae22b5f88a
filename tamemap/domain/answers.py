"""市の返事: what becomes of a proposal or a question, step by step."""

from __future__ import annotations

KINDS = frozenset({"proposal", "question"})
"""The kinds of topics that the town answers."""

WAITING = "waiting"
"""Shown until the town has answered for the first time; it is not stored."""

RECEIVED, CONSIDERING, ADOPTED, DECLINED = "received", "considering", "adopted", "declined"
STATES = (RECEIVED, CONSIDERING, ADOPTED, DECLINED)
"""What the town may answer, in the order in which it goes on. Words stand under ``answers.state.<state>``."""

WORDS_LIMIT = 1000
BODY_LIMIT = 6000


def may_follow(before: str, after: str) -> bool:
    """Whether the town may answer so after that: it may change its mind, but what was answered is never unsaid."""
    return after in STATES and (before in {"", RECEIVED} or after != RECEIVED)
