"""People who are called by name (@名前) in a post: who is meant, and telling them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from sqlmodel import Session, col, delete, or_, select

from tamemap import urls
from tamemap.domain.calling import MOST, may_call
from tamemap.domain.writing import render_calling, render_markdown
from tamemap.models import Board, Mention, Notice, Person, Post, Topic
from tamemap.services import notices

if TYPE_CHECKING:
    from collections.abc import Iterable


@dataclass(frozen=True, slots=True)
class Called:
    """The safe HTML of a post, with the names in it that are somebody's, and the numbers of these people."""

    html: str
    people: tuple[int, ...]


def resolve(db: Session, topic: Topic, body: str) -> Called:
    """Who is called in these words: people who wrote in the topic in their own name, or opened it; at most ten.

    Everybody of a name is meant, whoever comes first in the text goes first. What is held or removed makes nobody known.
    """
    named = _people(db, topic) if may_call(body) else {}
    if not named:
        return Called(render_markdown(body), ())
    _, called = render_calling(body, named)
    meant: list[int] = []
    kept: list[str] = []
    for name in called:
        if len(meant) + len(named[name]) > MOST and meant:
            break
        meant += named[name][: MOST - len(meant)]
        kept.append(name)
    return Called(render_calling(body, kept)[0], tuple(meant))


def _people(db: Session, topic: Topic) -> dict[str, list[int]]:
    """By the name: the numbers of those who can be called in the topic."""
    # who speaks for a group or lends a mascot their words stays behind it
    own = col(Post.group_id).is_(None), col(Post.mascot_id).is_(None)
    here = select(Post.author_id).where(
        Post.topic_id == topic.id, *own, col(Post.deleted_at).is_(None), col(Post.held_at).is_(None)
    )
    opened = col(Person.id) == topic.author_id
    hidden = select(Post.id).where(Post.topic_id == topic.id, Post.author_id == topic.author_id, ~own[1]).limit(1)
    if topic.group_id is not None or db.exec(hidden).first() is not None:
        opened = col(Person.id).is_(None)
    query = select(Person.name, Person.id).where(or_(col(Person.id).in_(here), opened), col(Person.left_at).is_(None))
    found: dict[str, list[int]] = {}
    for name, number in db.exec(query.order_by(col(Person.id))):
        if name and number is not None:
            found.setdefault(name, []).append(number)
    return found


def keep(db: Session, post: Post, people: Iterable[int]) -> tuple[int, ...]:
    """Write down who is called in a post, and forget who no longer is; answers who is new."""
    wanted = tuple(people)
    there = set(db.exec(select(Mention.person_id).where(Mention.post_id == post.id)))
    gone = there.difference(wanted)
    if gone:
        db.exec(delete(Mention).where(col(Mention.post_id) == post.id, col(Mention.person_id).in_(gone)))
    new = tuple(number for number in wanted if number not in there)
    db.add_all(Mention(post_id=post.id or 0, person_id=number) for number in new)
    db.flush()
    return new


def tell(db: Session, post: Post, topic: Topic, board: Board, *, name: str, people: Iterable[int]) -> None:
    """Tell these people that they are called in a post; ``name`` is who wrote. Nobody is told while it is held.

    Several posts of a topic are one notice as long as that is unread; it leads to the latest.
    """
    if post.held_at is not None:
        return
    here = urls.post_page(board.slug, topic.public_id, post.public_id)
    for number in people:
        if number == post.author_id:
            continue
        older = _unread(db, number, urls.post_page(board.slug, topic.public_id, ""))
        if older is not None:
            older.url = here
            db.add(older)
            db.flush()
        notices.tell(db, person_id=number, code="mentioned", params={"title": topic.title, "name": name}, url=here)


def _unread(db: Session, person_id: int, beginning: str) -> Notice | None:
    """Their unread notice about another post of the same topic."""
    here = col(Notice.url).startswith(beginning, autoescape=True), col(Notice.read_at).is_(None)
    return db.exec(select(Notice).where(Notice.person_id == person_id, Notice.code == "mentioned", *here)).first()
