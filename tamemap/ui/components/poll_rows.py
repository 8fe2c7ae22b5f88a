"""A poll as the screens keep it: plain and small."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from tamemap.i18n import t
from tamemap.ui.components.words import moment_words

if TYPE_CHECKING:
    from tamemap.queries.polls import PollView


@dataclass
class PollOptionRow:
    """One answer; ``count_words`` is empty while results are not shown."""

    position: str = ""
    words: str = ""
    count_words: str = ""
    share: int = 0
    mine: bool = False


@dataclass
class PollRow:
    """A poll; ``id`` empty: there is none."""

    id: str = ""
    question: str = ""
    several: bool = False
    shown: bool = False
    facts: str = ""
    may_vote: bool = False
    voted: bool = False
    options: list[PollOptionRow] = field(default_factory=list)


def poll_row(view: PollView | None) -> PollRow:
    """From a poll, or the lack of one."""
    if view is None:
        return PollRow()
    facts = [t("poll.total", n=view.total)]
    if view.over:
        facts.append(t("poll.over"))
    elif view.ends_at:
        facts.append(t("poll.until", when=moment_words(view.ends_at)))
    if not view.shown:
        facts.append(t("poll.results_later"))
    options = [
        PollOptionRow(
            position=str(one.position),
            words=one.words,
            count_words="" if one.count is None else t("poll.count", n=one.count, share=one.share),
            share=one.share or 0,
            mine=one.mine,
        )
        for one in view.options
    ]
    return PollRow(view.public_id, view.question, view.several, view.shown, " · ".join(facts), view.may_vote, view.voted, options)
