"""Following topics and boards, and how far somebody has read. What followers are told: ``services.fan_out``."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from sqlmodel import and_, col, delete, func, select, update

from tamemap import clock, urls
from tamemap.db import IntegrityError
from tamemap.domain.permissions import demand_self
from tamemap.domain.writing import reference
from tamemap.errors import NotFound
from tamemap.models import BoardFollow, Mention, Notice, Post, TopicMark
from tamemap.queries.boards import load_board, load_topic
from tamemap.services import outbox

if TYPE_CHECKING:
    from sqlmodel import Session

    from tamemap.domain.actors import Actor
    from tamemap.models import Board, Topic

# the notices that opening a topic answers
TOPIC_CODES = ("topic_news", "topic_answered", "board_news", "mentioned")


@dataclass(frozen=True, slots=True)
class Followed:
    """Whether the actor follows it now."""

    following: bool


@dataclass(frozen=True, slots=True)
class Read:
    """How many posts of others are still unread in the topic, and whether the actor follows it."""

    unread: int
    following: bool


def follow_topic(db: Session, actor: Actor, *, topic: str, on: bool) -> Followed:
    """Follow a topic from now on, or say that one does not want to; twice changes nothing.

    Raises NotFound, Gone, Unauthenticated, Forbidden for a program.
    """
    person_id = demand_self(actor)
    row, _, _ = load_topic(db, topic, actor=actor)
    mark = _mark(db, person_id, row)
    if mark.following is not on:
        mark.following, mark.marked_at = on, clock.now()
        db.add(mark)
        db.flush()
    return Followed(on)


def follow_board(db: Session, actor: Actor, *, board: str, on: bool) -> Followed:
    """Be told of new topics on a board, or no more; twice changes nothing. Raises NotFound, Unauthenticated, Forbidden."""
    person_id = demand_self(actor)
    row, _ = load_board(db, board)
    mine = col(BoardFollow.board_id) == row.id, col(BoardFollow.person_id) == person_id
    if not on:
        db.exec(delete(BoardFollow).where(*mine))
    elif db.exec(select(BoardFollow.id).where(*mine)).first() is None:
        try:
            with db.begin_nested():
                db.add(BoardFollow(board_id=row.id, person_id=person_id, since=clock.now()))  # type: ignore[arg-type]  # stored
                db.flush()
        except IntegrityError:  # two taps at the same moment: the other one counts
            pass
    return Followed(on)


def mark_read(db: Session, actor: Actor, *, topic: str, to: str = "") -> Read:
    """Remember that the actor has read a topic up to the post ``to`` (empty: all of it); a mark never goes back. What they were
    told about this topic counts as read, too.

    Raises NotFound (``post_unknown`` for a post of another topic), Gone, Unauthenticated, Forbidden for a program.
    """
    person_id = demand_self(actor)
    row, board, _ = load_topic(db, topic, actor=actor)
    last = _last_post(db, row, to)
    mark = _mark(db, person_id, row, read_to=last)
    if last > mark.read_to:
        mark.read_to, mark.marked_at = last, clock.now()
        db.add(mark)
        db.flush()
    about = col(Notice.url).in_(_pages_about(db, mark, row, board)), col(Notice.code).in_(TOPIC_CODES)
    unread = col(Notice.person_id) == person_id, col(Notice.read_at).is_(None)
    db.exec(update(Notice).where(*unread, *about).values(read_at=clock.now()))
    others = Post.topic_id == row.id, col(Post.id) > mark.read_to, col(Post.author_id).is_distinct_from(person_id)
    standing = col(Post.deleted_at).is_(None), col(Post.held_at).is_(None)
    count = db.exec(select(func.count()).select_from(Post).where(*others, *standing)).one()
    return Read(count, mark.following is True)


def _pages_about(db: Session, mark: TopicMark, topic: Topic, board: Board) -> list[str]:
    """Where notices about what was read lead: to the topic, or to a post in which the reader is called."""
    called = col(Mention.post_id) == Post.id, Mention.person_id == mark.person_id
    here = select(Post.public_id).join(Mention, and_(*called)).where(Post.topic_id == topic.id, col(Post.id) <= mark.read_to)
    own = [urls.post_page(board.slug, topic.public_id, one) for one in db.exec(here)]
    return [urls.topic_page(board.slug, topic.public_id), *own]


def _last_post(db: Session, topic: Topic, to: str) -> int:
    """The row number of the post that was read last."""
    if not to:
        return db.exec(select(func.max(Post.id)).where(Post.topic_id == topic.id)).one() or 0
    found = db.exec(select(Post.id).where(Post.topic_id == topic.id, Post.public_id == reference(to))).first()
    if found is None:
        raise NotFound("post_unknown")
    return found


def _mark(db: Session, person_id: int, topic: Topic, *, read_to: int | None = None) -> TopicMark:
    """The person's mark in this topic, perhaps a new one that is set at ``read_to``: else what stands there is not news."""
    mine = select(TopicMark).where(TopicMark.person_id == person_id, TopicMark.topic_id == topic.id).with_for_update()
    found = db.exec(mine).first()
    if found is not None:
        return found
    last = _last_post(db, topic, "") if read_to is None else read_to
    try:
        with db.begin_nested():
            made = TopicMark(person_id=person_id, topic_id=topic.id, read_to=last, marked_at=clock.now())  # type: ignore[arg-type]
            db.add(made)
            db.flush()
    except IntegrityError:  # opened in two tabs at the same moment
        return db.exec(mine).one()
    return made


def wrote(db: Session, actor: Actor, post: Post, topic: Topic) -> None:
    """Within the transaction of a new post (for services): its writer follows the topic, unless they have said no (a program
    follows nothing); and followers will be told."""
    if actor.scopes is None and post.author_id is not None:
        mark = _mark(db, post.author_id, topic)
        if mark.following is None:
            mark.following, mark.marked_at = True, clock.now()
            db.add(mark)
            db.flush()
    announce(db, post)


def announce(db: Session, post: Post) -> None:
    """Have the followers told of a post, once the caller's transaction commits (for services): when it was written, and again
    when one that was held is let go. What is held or removed when the worker comes to it is told to nobody."""
    at = clock.now().isoformat(timespec="microseconds")
    outbox.put(db, "followers", {"post": post.public_id, "at": at})
