"""Telling people of a post that was held at first and is there now (for services)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlmodel import Session, select

from tamemap import urls
from tamemap.models import Board, Group, Person, Topic
from tamemap.services import notices

if TYPE_CHECKING:
    from tamemap.models import Post


def announce(db: Session, post: Post) -> None:
    """Tell its topic's author of this post, when somebody else wrote it."""
    topic, slug = db.exec(select(Topic, Board.slug).join(Board).where(Topic.id == post.topic_id)).one()
    if topic.author_id == post.author_id:
        return
    who = select(Group.name).where(Group.id == post.group_id)
    if post.group_id is None:
        who = select(Person.name).where(Person.id == post.author_id)
    params = {"title": topic.title, "name": db.exec(who).first() or ""}
    url = urls.topic_page(slug, topic.public_id)
    notices.tell(db, person_id=topic.author_id, code="topic_answered", params=params, url=url)
