"""Keeping something from being seen until staff have looked at it, and letting it stand (for services).

What is held is whole: words, pictures, cards. It counts nowhere, nobody is told of it, and when it is let go it appears as if it
were written then.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlmodel import Session, col, select, update

from tamemap import clock
from tamemap.domain.actors import SYSTEM
from tamemap.domain.caring import RULES
from tamemap.domain.placements import HELD, UP, next_state
from tamemap.models import Flyer, Placement, PlacementChange, Post, Topic
from tamemap.services import revisions
from tamemap.services.announcing import announce
from tamemap.services.introductions import shown_anew
from tamemap.services.placing import move

if TYPE_CHECKING:
    from datetime import datetime

    from tamemap.models import Case


def written(db: Session, thing: str, thing_id: str) -> Post | Topic:
    """The row of a post or a topic, locked; of a post the topic's before."""
    if thing == "post":
        revisions.hold(db, db.exec(select(Post.topic_id).where(Post.public_id == thing_id)).all())
        return db.exec(select(Post).where(Post.public_id == thing_id).with_for_update()).one()
    return db.exec(select(Topic).where(Topic.public_id == thing_id).with_for_update()).one()


def hold_written(db: Session, row: Post | Topic, at: datetime) -> bool:
    """Hold what stands on a board; a post counts in its topic no longer. Answers False where it is held already."""
    if row.held_at is not None:
        return False
    row.held_at = at
    db.add(row)
    db.flush()
    shown_anew(db, row)
    if isinstance(row, Post):
        count(db, row, -1)
    return True


def let_stand(db: Session, row: Post | Topic, *, first: bool) -> None:
    """Let what was held stand; ``first``: nobody else has seen it yet, so it appears now and is told of as new."""
    if row.held_at is None:
        return
    row.held_at = None
    if isinstance(row, Topic) and first:
        row.last_post_at = clock.now()
    db.add(row)
    db.flush()
    shown_anew(db, row)
    if isinstance(row, Post):
        count(db, row, 1, at=clock.now() if first else None)
    if first:
        announce(db, row if isinstance(row, Post) else _opening(db, row))


def _opening(db: Session, topic: Topic) -> Post:
    """The post with which a topic was opened."""
    return db.exec(select(Post).where(Post.topic_id == topic.id).order_by(col(Post.id)).limit(1)).one()


def count(db: Session, post: Post, by: int, *, at: datetime | None = None) -> None:
    """Let its topic count the post (``by`` 1 or -1), and stand where the latest ones are (``at``)."""
    # counted in the database, not in Python: somebody may be answering at this moment
    values: dict[str, object] = {"posts_count": col(Topic.posts_count) + by} | ({"last_post_at": at} if at else {})
    more = update(Topic).where(col(Topic.id) == post.topic_id).values(**values)
    db.exec(more.execution_options(synchronize_session=False))
    db.expire(db.get_one(Topic, post.topic_id))


def seen_by_nobody(row: Case, thing: Post | Topic) -> bool:
    """Whether a rule held it as it was written and it has waited since, so that nobody else has seen it."""
    return row.source in RULES and row.opened_at == thing.created_at and thing.held_at == thing.created_at


def hold_flyer(db: Session, row: Flyer) -> bool:
    """Let a flyer wait for staff wherever it stands; answers whether it stood anywhere."""
    standing = db.exec(select(Placement.map_id).where(Placement.flyer_id == row.id, Placement.state == UP)).all()
    return _move(db, row, list(standing), next_state("hold", UP))


def flyer_up_again(db: Session, row: Flyer) -> bool:
    """Let a flyer stand again where the installation itself let it wait; answers whether there was such a place."""
    waiting = db.exec(select(Placement.map_id).where(Placement.flyer_id == row.id, Placement.state == HELD)).all()
    return _move(db, row, [one for one in waiting if _held_by_rule(db, row, one)], next_state("up", HELD))


def _held_by_rule(db: Session, row: Flyer, map_id: int) -> bool:
    here = PlacementChange.flyer_id == row.id, PlacementChange.map_id == map_id
    last = db.exec(select(PlacementChange).where(*here).order_by(col(PlacementChange.id).desc())).first()
    # nobody in person, and no guest either
    return last is not None and last.actor_id is None and (last.from_state, last.actor_kind) == (UP, "operator")


def _move(db: Session, row: Flyer, map_ids: list[int], state: str) -> bool:
    for map_id in map_ids:
        move(db, SYSTEM, row, map_id, state)
    if map_ids:
        row.version += 1
        row.updated_at = clock.now()
        db.add(row)
        db.flush()
    return bool(map_ids)
