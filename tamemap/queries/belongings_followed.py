"""What a person follows and how far they have read, and on which devices they are told of it, to take along."""

from __future__ import annotations

from typing import Any

from sqlmodel import Session, col, select

from tamemap.models import Board, BoardFollow, Post, PushSubscription, Topic, TopicMark


def followed_by(db: Session, person_id: int) -> tuple[dict[str, Any], ...]:
    """Boards that they follow, then topics with a mark: ``following`` yes, no or never said (None), ``read_to`` the public id
    of the last post that they have read (empty: none), ``since`` when that was marked last."""
    boards = db.exec(
        select(Board.slug, BoardFollow.since)
        .join(Board, col(Board.id) == BoardFollow.board_id)
        .where(BoardFollow.person_id == person_id)
        .order_by(col(BoardFollow.id))
    ).all()
    topics = db.exec(
        select(TopicMark, Topic.public_id, Board.slug, Post.public_id)
        .join(Topic, col(Topic.id) == TopicMark.topic_id)
        .join(Board, col(Board.id) == Topic.board_id)
        .outerjoin(Post, col(Post.id) == TopicMark.read_to)
        .where(TopicMark.person_id == person_id)
        .order_by(col(TopicMark.id))
    ).all()
    return (
        *({"board": slug, "topic": "", "following": True, "read_to": "", "since": since} for slug, since in boards),
        *(
            {"board": slug, "topic": topic, "following": mark.following, "read_to": last or "", "since": mark.marked_at}
            for mark, topic, slug, last in topics
        ),
    )


def devices_of(db: Session, person_id: int) -> tuple[dict[str, Any], ...]:
    """Devices that show notices; without the keys that could write to them."""
    rows = db.exec(select(PushSubscription).where(PushSubscription.person_id == person_id).order_by(col(PushSubscription.id)))
    names = ("device", "endpoint", "created_at", "success_at")
    return tuple({name: getattr(row, name) for name in names} for row in rows)
