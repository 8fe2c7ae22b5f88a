"""Reads about polls: how many chose what, and what the one who asks has chosen. Who chose what else is told to nobody."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from typing import TYPE_CHECKING

from sqlalchemy import Integer, bindparam, case
from sqlmodel import Session, col, func, select

from tamemap.domain.permissions import allowed
from tamemap.domain.polls import AFTER, is_over
from tamemap.domain.writing import reference
from tamemap.errors import NotFound
from tamemap.models import Poll, PollOption, PollVote, Topic
from tamemap.queries.together import Asked, Question, among, ask, read

if TYPE_CHECKING:
    from collections.abc import Collection, Sequence
    from datetime import datetime

    from tamemap.domain.actors import Actor, Ground


@dataclass(frozen=True, slots=True)
class OptionView:
    """One answer; ``count`` and ``share`` (whole percent of all votes) are None as long as results are not shown."""

    position: int
    words: str
    count: int | None
    share: int | None
    mine: bool


@dataclass(frozen=True, slots=True)
class PollView:
    """A poll as the actor sees it. ``total`` counts votes: with ``several``, one person may have given more than one.

    ``results`` is before or after; ``over``: nobody can vote any more. ``may_vote`` says nothing about the board.
    """

    public_id: str
    question: str
    options: tuple[OptionView, ...]
    several: bool
    results: str
    ends_at: datetime | None
    over: bool
    total: int
    may_vote: bool
    may_close: bool

    @property
    def voted(self) -> bool:
        """Whether the actor has chosen."""
        return any(one.mine for one in self.options)

    @property
    def shown(self) -> bool:
        """Whether the counts are shown."""
        return all(one.count is not None for one in self.options)


def load_poll(db: Session, public_id: object, *, lock: bool = False) -> tuple[Poll, str]:
    """A poll's row and its topic's public id (for services). Raises NotFound."""
    query = select(Poll).where(Poll.public_id == reference(public_id))
    row = db.exec(query.with_for_update() if lock else query).first()
    if row is None:
        raise NotFound("poll_unknown")
    return row, db.exec(select(Topic.public_id).where(Topic.id == row.topic_id)).one()


POLLS = Question(select(Poll).where(among(col(Poll.topic_id), "polls_in")), "polls_in", lambda row: row[0].topic_id)
OPTIONS = Question(
    select(PollOption, Poll.topic_id)
    .join(Poll, col(Poll.id) == PollOption.poll_id)
    .where(among(col(Poll.topic_id), "options_in")),
    "options_in",
    lambda row: row[1],
)
# topic, option, how many, and how many of them are the one's who asks
VOTES = Question(
    select(
        Poll.topic_id,
        PollVote.option_id,
        func.count(),
        func.sum(case((col(PollVote.person_id) == bindparam("voter", type_=Integer), 1), else_=0)),
    )
    .join(Poll, col(Poll.id) == PollVote.poll_id)
    .where(among(col(Poll.topic_id), "votes_in"))
    .group_by(col(Poll.topic_id), col(PollVote.option_id)),
    "votes_in",
    lambda row: row[0],
)


def poll_asks(actor: Actor, topics: Collection[int | None]) -> tuple[Asked, ...]:
    """What :func:`poll_views` asks the database about topics of these row numbers (for who asks ahead)."""
    person_id = actor.person_id if actor.scopes is None else None
    return ask(POLLS, topics), ask(OPTIONS, topics), ask(VOTES, topics, voter=person_id)


def poll_views(
    db: Session, actor: Actor, rows: Sequence[Topic], ground: Ground, *, residents: bool, authored: frozenset[int | None]
) -> dict[int, PollView]:
    """The polls of these topics, by the topic's row number; ``residents``: on a board where only they write, ``authored``: the
    topics that are the actor's."""
    topics = {row.id or 0: row for row in rows}
    polls, listed, votes = read(db, *poll_asks(actor, list(topics)))
    options = defaultdict(list)
    for option, _ in sorted(listed, key=lambda row: row[0].position):
        options[option.poll_id].append(option)
    counts = {option_id: count for _, option_id, count, _ in votes}
    mine = {option_id for _, option_id, _, own in votes if own}
    may_vote = _may_vote(actor, ground, residents=residents)
    found = {}
    for (poll,) in polls:
        topic = topics[poll.topic_id]
        over = is_over(ends_at=poll.ends_at, closed_at=poll.closed_at, topic_closed=topic.closed_at is not None)
        close = allowed(actor, "poll.close", ground, author=topic.id in authored, group_id=topic.group_id)
        found[poll.topic_id] = _view(poll, options[poll.id or 0], counts, mine, over=over, may=(may_vote, close))
    return found


def _may_vote(actor: Actor, ground: Ground, *, residents: bool) -> bool:
    if actor.is_guest or actor.scopes is not None or not allowed(actor, "poll.vote", ground):
        return False
    return not residents or allowed(actor, "post.write_residents", ground)


def _view(
    poll: Poll, options: list[PollOption], counts: dict[int, int], mine: set[int], *, over: bool, may: tuple[bool, bool]
) -> PollView:
    total = sum(counts.get(one.id or 0, 0) for one in options)
    shown = over or poll.results != AFTER
    return PollView(
        public_id=poll.public_id,
        question=poll.question,
        options=tuple(
            OptionView(
                position=one.position,
                words=one.words,
                count=counts.get(one.id or 0, 0) if shown else None,
                share=round(100 * counts.get(one.id or 0, 0) / max(total, 1)) if shown else None,
                mine=one.id in mine,
            )
            for one in options
        ),
        several=poll.several,
        results=poll.results,
        ends_at=poll.ends_at,
        over=over,
        total=total,
        may_vote=may[0] and not over,
        may_close=may[1] and not over,
    )
