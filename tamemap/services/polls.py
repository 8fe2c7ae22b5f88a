"""アンケート: asking something in a topic, voting, ending it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlmodel import col, delete, select

from tamemap import clock
from tamemap.domain.polls import QUESTION_LIMIT, RESULTS, check_choice, check_options, is_over, read_end
from tamemap.domain.writing import check_text
from tamemap.errors import Conflict, Forbidden, Invalid, Unauthenticated
from tamemap.models import Poll, PollOption, PollVote
from tamemap.queries.boards import TopicView, is_author, load_topic
from tamemap.queries.boards import topic as read_topic
from tamemap.queries.grounds import ground_of_map
from tamemap.queries.polls import load_poll
from tamemap.queries.themes import topic_closed
from tamemap.services.authority import ask_first, demand
from tamemap.services.openness import demand_open

if TYPE_CHECKING:
    from collections.abc import Sequence

    from sqlmodel import Session

    from tamemap.domain.actors import Actor


def open_poll(
    db: Session,
    actor: Actor,
    *,
    topic: str,
    question: str,
    options: Sequence[object],
    several: bool = False,
    results: str = "before",
    ends_at: str = "",
) -> TopicView:
    """Put a poll into a topic that has none: 2 to 10 ``options``, ``ends_at`` as ISO 8601 (in Tokyo), empty without an end.

    Raises NotFound, Gone, Unauthenticated, Forbidden, Conflict as ``demand_open`` or ``poll_already``, and Invalid at
    ``question``, ``options``, ``results`` or ``ends_at``.
    """
    row, board, map_ = load_topic(db, topic, lock=True, actor=actor)
    ground, author = ground_of_map(map_), is_author(db, actor, row)
    ask_first(actor, "poll.open", ground, author=author, group_id=row.group_id)
    if topic_closed(row, board):
        raise Conflict("topic_closed")
    # what is asked in a theme may be prepared before it opens
    demand_open(actor, board, map_)
    if db.exec(select(Poll.id).where(Poll.topic_id == row.id)).first() is not None:
        raise Conflict("poll_already")
    question = check_text(question, field="question", limit=QUESTION_LIMIT)
    choices = check_options(options)
    if results not in RESULTS:
        raise Invalid.at("results", "poll_results_wrong")
    poll = Poll(
        topic_id=row.id,  # type: ignore[arg-type]  # it is stored
        question=question,
        several=several,
        results=results,
        ends_at=read_end(ends_at),
        created_at=clock.now(),
    )
    db.add(poll)
    db.flush()
    db.add_all([PollOption(poll_id=poll.id, position=at, words=one) for at, one in enumerate(choices)])  # type: ignore[arg-type]
    db.flush()
    demand(db, actor, "poll.open", ground, author=author, group_id=row.group_id, thing="topic", thing_id=row.public_id)
    return read_topic(db, actor, public_id=row.public_id)


def vote(db: Session, actor: Actor, *, poll: str, options: Sequence[object]) -> TopicView:
    """Choose (positions, from 0) in place of what the actor chose before, until the poll is over.

    On a board of residents only who may write there. Raises NotFound, Gone, Unauthenticated, Forbidden (programs, too), Conflict
    ``poll_over`` or ``topic_closed``, and Invalid at ``option``.
    """
    # votes on one poll take turns: one's old choice and the new one are never counted both
    row, public_id = load_poll(db, poll, lock=True)
    topic, board, map_ = load_topic(db, public_id, actor=actor)
    ground = ground_of_map(map_)
    if actor.scopes is not None:
        raise Forbidden("token_scope_missing")
    demand(db, actor, "poll.vote", ground)
    if board.writers == "residents":
        ask_first(actor, "post.write_residents", ground)
    if actor.person_id is None:
        raise Unauthenticated("sign_in_first")
    if topic_closed(topic, board):
        raise Conflict("topic_closed")
    if is_over(ends_at=row.ends_at, closed_at=row.closed_at, topic_closed=False):
        raise Conflict("poll_over")
    among = db.exec(select(PollOption.id).where(PollOption.poll_id == row.id).order_by(col(PollOption.position))).all()
    chosen = check_choice(options, several=row.several, among=len(among))
    db.exec(delete(PollVote).where(col(PollVote.poll_id) == row.id, col(PollVote.person_id) == actor.person_id))
    now = clock.now()
    db.add_all([PollVote(poll_id=row.id, option_id=among[at], person_id=actor.person_id, created_at=now) for at in chosen])  # type: ignore[arg-type]
    db.flush()
    return read_topic(db, actor, public_id=topic.public_id)


def close_poll(db: Session, actor: Actor, *, poll: str) -> TopicView:
    """End a poll now. Ending it twice changes nothing. Raises NotFound, Gone, Unauthenticated, Forbidden."""
    row, public_id = load_poll(db, poll, lock=True)
    topic, _, map_ = load_topic(db, public_id, actor=actor)
    demand(db, actor, "poll.close", ground_of_map(map_), author=is_author(db, actor, topic), group_id=topic.group_id,
           thing="topic", thing_id=topic.public_id)  # fmt: skip
    if row.closed_at is None:
        row.closed_at = clock.now()
        db.add(row)
        db.flush()
    return read_topic(db, actor, public_id=topic.public_id)
