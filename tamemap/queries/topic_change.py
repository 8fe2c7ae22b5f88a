"""A topic as somebody sees it who may change what it carries."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tamemap.domain.permissions import demand
from tamemap.errors import Conflict, NotFound
from tamemap.queries.boards import TopicView, is_author, load_topic, views_of_topics
from tamemap.queries.grounds import ground_of_map

if TYPE_CHECKING:
    from sqlmodel import Session

    from tamemap.domain.actors import Actor


def topic_to_change(db: Session, actor: Actor, *, board: str, topic: str, kind: str = "") -> TopicView:
    """A topic of this board (and of this kind) whose cards or place the actor may change.

    Raises NotFound, Gone, Unauthenticated, Forbidden, Conflict ``topic_closed`` where nothing is changed any more.
    """
    row, here, map_ = load_topic(db, topic, actor=actor)
    if here.slug != board or kind not in {"", row.kind}:
        raise NotFound("topic_unknown")
    demand(actor, "topic.change", ground_of_map(map_), author=is_author(db, actor, row), group_id=row.group_id)
    view = views_of_topics(db, actor, [row], here, map_)[0]
    if not view.may_change:
        raise Conflict("topic_closed")
    return view
