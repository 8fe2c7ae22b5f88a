"""What a post carries beside its words: pictures, the post that it answers, people who are called; and its earlier words."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from sqlmodel import Session, col, func, select

from tamemap import clock
from tamemap.domain.writing import reference
from tamemap.errors import Conflict, Invalid
from tamemap.models import Picture, Post, PostPicture, PostVersion
from tamemap.queries.post_parts import readable
from tamemap.services import pictures, post_mentions

if TYPE_CHECKING:
    from collections.abc import Sequence

    from tamemap.domain.actors import Actor
    from tamemap.models import Topic

MOST_VERSIONS = 50


@dataclass(frozen=True, slots=True)
class Parts:
    """What goes with a new post, checked."""

    pictures: tuple[Picture, ...] = ()
    quoted_id: int | None = None


def checked(db: Session, actor: Actor, topic: Topic | None, *, wanted: Sequence[str], quoted: str) -> Parts:
    """What the actor wants a new post to carry: waiting pictures of their own (up to four) and a post of the same ``topic``
    (None: it is only being opened).

    Raises Invalid at ``pictures`` (``post_pictures_many``, ``photo_unknown``) and at ``quoted`` (``post_quote_gone``).
    """
    ids = tuple(dict.fromkeys(wanted))
    if len(ids) > pictures.MOST:
        raise Invalid.at("pictures", "post_pictures_many", limit=pictures.MOST)
    found = None
    if quoted:
        here = Post.public_id == reference(quoted), Post.topic_id == (topic.id if topic else None)
        found = db.exec(select(Post).where(*here)).first()
        if found is None or not readable(found):
            raise Invalid.at("quoted", "post_quote_gone")
    try:
        taken = tuple(pictures.take_cover(db, actor, public_id=one) for one in ids)
    except Invalid:
        raise Invalid.at("pictures", "photo_unknown") from None
    return Parts(taken, found.id if found else None)


def add(db: Session, post: Post, topic: Topic, parts: Parts) -> tuple[int, ...]:
    """Give a new post what it carries; answers who is called in it."""
    called = post_mentions.resolve(db, topic, post.body)
    post.html, post.quoted_id = called.html, parts.quoted_id
    db.add(post)
    db.add_all(PostPicture(post_id=post.id or 0, picture_id=one.id or 0, position=at) for at, one in enumerate(parts.pictures))
    db.flush()
    return post_mentions.keep(db, post, called.people)


def carries(db: Session, post: Post, *, wanted: Sequence[str], quoted: str) -> bool:
    """Whether a post carries just these pictures and that quote."""
    here = select(Picture.public_id).join(PostPicture, col(PostPicture.picture_id) == Picture.id)
    there = set(db.exec(here.where(PostPicture.post_id == post.id)))
    answered = db.exec(select(Post.public_id).where(Post.id == post.quoted_id)).first() if post.quoted_id else ""
    return there == set(wanted) and (answered or "") == quoted


def change_words(db: Session, post: Post, topic: Topic, body: str) -> tuple[int, ...]:
    """Another text for a post: the one before stays as a version. Answers who is called now and was not before.

    Raises Conflict ``post_changes_many`` after 50 changes.
    """
    count = db.exec(select(func.count()).where(PostVersion.post_id == post.id)).one()
    if count >= MOST_VERSIONS:
        raise Conflict("post_changes_many", limit=MOST_VERSIONS)
    before = PostVersion(post_id=post.id or 0, body=post.body, html=post.html, written_at=post.edited_at or post.created_at)
    db.add(before)
    called = post_mentions.resolve(db, topic, body)
    post.body, post.html, post.edited_at = body, called.html, clock.now()
    db.add(post)
    db.flush()
    return post_mentions.keep(db, post, called.people)
