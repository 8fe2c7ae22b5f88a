"""What a decision does to its thing, by the services that the thing has anyway, and how it is taken back (for services)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlmodel import Session, col, select, update

from tamemap import clock
from tamemap.domain.care import FINAL
from tamemap.domain.writing import reference
from tamemap.errors import Conflict, Invalid
from tamemap.i18n import t
from tamemap.models import Case, CaseDecision, Flyer, Group, Picture, PlacementChange, Post, Suspension, Topic
from tamemap.services import boards, decisions, flyers, groups, posts, revisions
from tamemap.services.placing import move

if TYPE_CHECKING:
    from datetime import datetime

    from tamemap.domain.actors import Actor


def title_of(db: Session, row: Case) -> str:
    """The thing by name; a post is named after its topic."""
    if row.thing == "flyer":
        found = db.exec(select(Flyer.title).where(Flyer.public_id == row.thing_id))
    elif row.thing == "group":
        found = db.exec(select(Group.name).where(Group.slug == row.thing_id))
    elif row.thing == "topic":
        found = db.exec(select(Topic.title).where(Topic.public_id == row.thing_id))
    else:
        found = db.exec(select(Topic.title).join(Post, col(Post.topic_id) == Topic.id).where(Post.public_id == row.thing_id))
    return found.first() or ""


def do(db: Session, actor: Actor, row: Case, made: CaseDecision, *, picture: str) -> None:
    """Do what was decided. Raises Gone, Conflict where the thing is not there any more, Invalid at ``picture``."""
    if made.decision == "hold":
        _hold(db, actor, row, made)
    elif made.decision == "remove":
        _remove(db, actor, row, made)
    elif made.decision == "hide_picture":
        _hide(db, row, made, picture)


def _written(db: Session, row: Case) -> Post | Topic:
    """The row of a post or a topic, locked; of a post the topic's before."""
    if row.thing == "post":
        revisions.hold(db, db.exec(select(Post.topic_id).where(Post.public_id == row.thing_id)).all())
        return db.exec(select(Post).where(Post.public_id == row.thing_id).with_for_update()).one()
    return db.exec(select(Topic).where(Topic.public_id == row.thing_id).with_for_update()).one()


def _flyer(db: Session, row: Case) -> Flyer:
    return db.exec(select(Flyer).where(Flyer.public_id == row.thing_id).with_for_update()).one()


def _hold(db: Session, actor: Actor, row: Case, made: CaseDecision) -> None:
    if row.thing == "flyer":
        reason = t(f"care.rule.{made.rule}")
        decisions.decide(db, actor, public_id=row.thing_id, decision="recall", reason=reason, told=True)
        return
    held = _written(db, row)
    if held.deleted_at is not None:
        raise Conflict("case_thing_gone")
    held.held_at = made.decided_at
    db.add(held)
    db.flush()


def _remove(db: Session, actor: Actor, row: Case, made: CaseDecision) -> None:
    reason = t(f"care.rule.{made.rule}")
    if row.thing == "flyer":
        decisions.decide(db, actor, public_id=row.thing_id, decision="delete", reason=reason, told=True)
    elif row.thing == "group":
        groups.close(db, actor, slug=row.thing_id)
    elif row.thing == "topic":
        boards.remove_topic(db, actor, topic=row.thing_id, reason=reason, told=True)
    elif posts.remove_post(db, actor, post=row.thing_id, reason=reason, told=True).again:
        raise Conflict("case_thing_gone")


def _hide(db: Session, row: Case, made: CaseDecision, picture: str) -> None:
    flyer = _flyer(db, row)
    found = db.exec(select(Picture).where(Picture.public_id == reference(picture), Picture.flyer_id == flyer.id)).first()
    if found is None:
        raise Invalid.at("picture", "case_picture_missing")
    if found.hidden_at is not None or flyer.deleted_at is not None:
        raise Conflict("case_thing_gone")
    found.hidden_at = made.decided_at
    db.add(found)
    flyers.touch(db, flyer)


def let_go(db: Session, actor: Actor, row: Case, made: CaseDecision) -> None:
    """Take back what this decision did. Raises Conflict ``case_final`` where nobody can any more."""
    if (made.decision, row.thing) in FINAL:
        raise Conflict("case_final")
    if made.decision == "suspend":
        mine = col(Suspension.decision_id) == made.id, col(Suspension.lifted_at).is_(None)
        db.exec(update(Suspension).where(*mine).values(lifted_at=clock.now()).execution_options(synchronize_session=False))
    elif made.decision == "hide_picture":
        flyer = _flyer(db, row)
        hidden = col(Picture.flyer_id) == flyer.id, col(Picture.hidden_at) == made.decided_at
        db.exec(update(Picture).where(*hidden).values(hidden_at=None).execution_options(synchronize_session=False))
        flyers.touch(db, flyer)
    elif row.thing == "flyer" and made.decision in {"hold", "remove"}:
        _stand_again(db, actor, row, made.decided_at)
    elif made.decision == "hold":
        held = _written(db, row)
        held.held_at = None
        db.add(held)
    elif made.decision == "remove":
        _bring_back(db, row)
    made.undone_at = clock.now()
    db.add(made)
    db.flush()


def _stand_again(db: Session, actor: Actor, row: Case, at: datetime) -> None:
    """Let a flyer stand again where it stood before that moment."""
    flyer = _flyer(db, row)
    if flyer.deleted_at not in {None, at}:
        raise Conflict("case_final")
    flyer.deleted_at = None
    steps = select(PlacementChange).where(PlacementChange.flyer_id == flyer.id, PlacementChange.changed_at == at)
    for step in db.exec(steps.order_by(col(PlacementChange.id))).all():
        if step.from_state not in {"", step.to_state}:
            move(db, actor, flyer, step.map_id, step.from_state)
    flyers.touch(db, flyer)


def _bring_back(db: Session, row: Case) -> None:
    """A removed post or topic stands again, as long as its words are kept."""
    written = _written(db, row)
    if written.deleted_at is None or (isinstance(written, Post) and not written.body):
        raise Conflict("case_final")
    written.deleted_at = None
    db.add(written)
    db.flush()
    if isinstance(written, Post):
        more = update(Topic).where(col(Topic.id) == written.topic_id).values(posts_count=col(Topic.posts_count) + 1)
        db.exec(more.execution_options(synchronize_session=False))
