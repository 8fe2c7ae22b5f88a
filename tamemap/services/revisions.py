"""A topic's revision rises with everything in it that a reader could see: whoever reads it live asks for this number only.

It listens to the session instead of being called, as the search's index does, so that no service can forget it: what a flush
writes is remembered, and the revision of each topic rises once, at the end of the transaction. There its row is locked for a
moment only. Who locks a post locks its topic before (``queries.posts.load_post``, :func:`hold`), so that no two writers wait for
each other.

Bulk statements are not seen: who uses one calls :func:`touch`. Taps (reactions) do not count: a reader sees them with the next
thing that does. Nor do names of people and groups.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from sqlalchemy import event, inspect
from sqlalchemy.orm import Session as OrmSession
from sqlmodel import col, select, update

from tamemap.models import Picture, Poll, PollVote, Post, PostPicture, Topic, TopicFlyer

if TYPE_CHECKING:
    from collections.abc import Iterable

    from sqlmodel import Session

TOUCHED = "tamemap.topics_touched"
_TOPIC = (
    *("title", "flyer_id", "lat", "lng", "place_name", "opens_at", "ends_at", "cover_id", "closing_html"),
    *("answer_state", "answer_words", "answered_at", "held_at", "closed_at", "deleted_at"),
)
# what of a row a reader sees, and the column by which its topic is found
_MATTERS: dict[Any, tuple[tuple[str, ...], str]] = {
    Topic: (_TOPIC, "id"),
    Post: (("html", "author_id", "mascot_id", "quoted_id", "official", "held_at", "deleted_at"), "topic_id"),
    Poll: (("question", "ends_at", "closed_at"), "topic_id"),
    TopicFlyer: (("position",), "topic_id"),
    PostPicture: (("position",), "post_id"),
    PollVote: (("option_id",), "poll_id"),
    Picture: (("hidden_at",), "id"),
}


@event.listens_for(OrmSession, "after_flush")
def _follow(db: Session, _context: object) -> None:
    # a picture alone stands nowhere yet: what puts it into a post counts
    seen = [row for row in (*db.new, *db.deleted) if type(row) in _MATTERS and not isinstance(row, Picture)]
    seen += [row for row in db.dirty if type(row) in _MATTERS and _changed(row)]
    for row in seen:
        _touched(db).add((type(row), getattr(row, _MATTERS[type(row)][1])))


def _changed(row: Any) -> bool:
    state = inspect(row)
    return any(state.attrs[name].history.has_changes() for name in _MATTERS[type(row)][0])


def _touched(db: Session) -> set[tuple[Any, int | None]]:
    found: set[tuple[Any, int | None]] = db.info.setdefault(TOUCHED, set())
    return found


def touch(db: Session, topics: Iterable[int | None]) -> None:
    """What readers see in these topics has changed past the session (row numbers; for services)."""
    _touched(db).update((Topic, one) for one in topics)


def hold(db: Session, topics: Iterable[int | None]) -> None:
    """Lock these topics' rows until the end of the transaction, before their posts are locked or written (for services)."""
    wanted = {one for one in topics if one is not None}
    # not against those who have only named these topics in a row of theirs: two of them would wait for each other
    db.exec(select(Topic.id).where(col(Topic.id).in_(wanted)).order_by(col(Topic.id)).with_for_update(key_share=True)).all()


@event.listens_for(OrmSession, "before_commit")
def _rise(db: Session) -> None:
    if db.in_nested_transaction():
        return
    db.flush()
    ids = _topics(db, db.info.pop(TOUCHED, set()))
    if len(ids) > 1:
        hold(db, ids)
    if ids:
        higher = update(Topic).where(col(Topic.id).in_(ids)).values(revision=col(Topic.revision) + 1)
        db.execute(higher.execution_options(synchronize_session=False))


def _topics(db: Session, touched: set[tuple[Any, int | None]]) -> set[int | None]:
    """The row numbers of the topics in which these things stand."""
    by: dict[Any, set[int | None]] = {}
    for kind, number in touched:
        by.setdefault(kind, set()).add(number)
    ids = {one for kind, numbers in by.items() if _MATTERS[kind][1] == "topic_id" or kind is Topic for one in numbers}
    if polls := by.get(PollVote):
        ids.update(db.scalars(select(Poll.topic_id).where(col(Poll.id).in_(polls))))
    if posts := by.get(PostPicture):
        ids.update(db.scalars(select(Post.topic_id).where(col(Post.id).in_(posts))))
    if pictures := by.get(Picture):
        inside = select(PostPicture.post_id).where(col(PostPicture.picture_id).in_(pictures))
        ids.update(db.scalars(select(Post.topic_id).where(col(Post.id).in_(inside))))
        ids.update(db.scalars(select(Topic.id).where(col(Topic.cover_id).in_(pictures))))
    return ids
