"""Telling people of a post that was held at first and is there now (for services)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlmodel import Session, select

from tamemap.models import Board, Group, Mention, Person, Topic
from tamemap.services import following, post_mentions

if TYPE_CHECKING:
    from tamemap.models import Post


def announce(db: Session, post: Post) -> None:
    """Tell those who follow its topic (or board) of this post, and whom it calls by name."""
    topic, board = db.exec(select(Topic, Board).join(Board).where(Topic.id == post.topic_id)).one()
    following.announce(db, post)
    who = select(Group.name).where(Group.id == post.group_id)
    if post.group_id is None:
        who = select(Person.name).where(Person.id == post.author_id)
    called = tuple(db.exec(select(Mention.person_id).where(Mention.post_id == post.id)))
    post_mentions.tell(db, post, topic, board, name=db.exec(who).first() or "", people=called)
