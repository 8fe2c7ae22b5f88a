"""Taking back what was done to a topic: opening a closed one again, bringing back one that staff have taken away."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlmodel import col, select

from tamemap import clock, urls
from tamemap.domain.permissions import allowed
from tamemap.domain.writing import reference
from tamemap.errors import Conflict, Forbidden, Gone, NotFound
from tamemap.models import Board, Map, Topic
from tamemap.queries.board_rooms import UNDO_FOR
from tamemap.queries.boards import TopicView, is_author, load_topic
from tamemap.queries.boards import topic as read_topic
from tamemap.queries.grounds import ground_of_map
from tamemap.queries.themes import period_of
from tamemap.queries.topic_deeds import closed_by_office
from tamemap.services import case_outside, notices
from tamemap.services.authority import demand
from tamemap.services.introductions import shown_anew

if TYPE_CHECKING:
    from sqlmodel import Session

    from tamemap.domain.actors import Actor


def reopen_topic(db: Session, actor: Actor, *, topic: str) -> TopicView:
    """Open a topic that was closed by hand; a theme whose period goes on is pinned again. Twice is once.

    What staff have closed, only staff open. Raises NotFound, Gone, Unauthenticated, Forbidden, Conflict ``topic_closed`` for
    a theme whose period is over (it is opened again by another end).
    """
    row, _, map_ = load_topic(db, topic, lock=True, actor=actor)
    ground, mine = ground_of_map(map_), is_author(db, actor, row)
    demand(db, actor, "topic.close", ground, author=mine, group_id=row.group_id,
                       thing="topic", thing_id=row.public_id, detail={"reopened": True})  # fmt: skip
    if period_of(row).over(clock.now()):
        raise Conflict("topic_closed")
    if row.closed_at is not None:
        if not allowed(actor, "topic.remove", ground) and closed_by_office(db, row):
            raise Forbidden("not_allowed_staff_only")
        row.closed_at, row.pinned = None, row.kind == "theme"
        db.add(row)
        db.flush()
        case_outside.stands_again(db, thing="topic", thing_id=row.public_id, decisions=("close",))
    return read_topic(db, actor, public_id=row.public_id)


def restore_topic(db: Session, actor: Actor, *, topic: str) -> TopicView:
    """Bring back a topic that staff took away within a day; its author is told. One that stands changes nothing.

    Raises NotFound, Gone ``topic_gone`` after that time, Unauthenticated, Forbidden.
    """
    row = db.exec(select(Topic).where(Topic.public_id == reference(topic)).with_for_update()).first()
    if row is None:
        raise NotFound("topic_unknown")
    board, map_ = db.exec(select(Board, Map).join(Map).where(col(Board.id) == row.board_id)).one()
    demand(db, actor, "topic.remove", ground_of_map(map_), thing="topic", thing_id=row.public_id, detail={"restored": True})
    if row.deleted_at is None:
        return read_topic(db, actor, public_id=row.public_id)
    if row.deleted_at <= clock.now() - UNDO_FOR or not row.title:
        raise Gone("topic_gone")
    row.deleted_at = None
    db.add(row)
    db.flush()
    case_outside.stands_again(db, thing="topic", thing_id=row.public_id, decisions=("remove",))
    shown_anew(db, row)
    if row.author_id is not None and row.author_id != actor.person_id:
        url = urls.topic_page(board.slug, row.public_id)
        notices.tell(db, person_id=row.author_id, code="topic_restored", params={"title": row.title}, url=url)
    return read_topic(db, actor, public_id=row.public_id)
