"""What a decision does to its thing, by the services that the thing has anyway, and how it is taken back (for services)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from sqlmodel import Session, col, select, update

from tamemap import clock
from tamemap.domain.care import FINAL
from tamemap.domain.writing import reference
from tamemap.errors import Conflict, Invalid
from tamemap.i18n import t
from tamemap.models import Case, CaseDecision, Flyer, Group, Picture, PlacementChange, Post, PostPicture, Suspension, Topic
from tamemap.services import boards, decisions, flyers, groups, holding, posts, search_index
from tamemap.services.introductions import shown_anew
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
    elif made.decision == "close":
        _close(db, actor, row)


def _close(db: Session, actor: Actor, row: Case) -> None:
    topic = holding.written(db, row.thing, row.thing_id)
    if isinstance(topic, Post) or topic.deleted_at is not None or topic.closed_at is not None:
        raise Conflict("case_thing_gone" if topic.deleted_at is not None else "topic_closed")
    boards.close_topic(db, actor, topic=row.thing_id, told=True)


def _flyer(db: Session, row: Case) -> Flyer:
    return db.exec(select(Flyer).where(Flyer.public_id == row.thing_id).with_for_update()).one()


def _hold(db: Session, actor: Actor, row: Case, made: CaseDecision) -> None:
    if row.thing == "flyer":
        reason = t(f"care.rule.{made.rule}")
        decisions.decide(db, actor, public_id=row.thing_id, decision="recall", reason=reason, told=True)
        return
    held = holding.written(db, row.thing, row.thing_id)
    if held.deleted_at is not None:
        raise Conflict("case_thing_gone")
    holding.hold_written(db, held, made.decided_at)


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
    here = _pictures(db, row)
    found = db.exec(select(Picture).where(Picture.public_id == reference(picture), here)).first()
    if found is None:
        raise Invalid.at("picture", "case_picture_missing")
    thing = _flyer(db, row) if row.thing == "flyer" else holding.written(db, row.thing, row.thing_id)
    if found.hidden_at is not None or thing.deleted_at is not None:
        raise Conflict("case_thing_gone")
    found.hidden_at = made.decided_at
    db.add(found)
    db.flush()
    if isinstance(thing, Flyer):
        flyers.touch(db, thing)


def _pictures(db: Session, row: Case) -> Any:
    """The condition for the pictures of a flyer or a post."""
    if row.thing == "flyer":
        return col(Picture.flyer_id) == _flyer(db, row).id
    return col(Picture.id).in_(
        select(PostPicture.picture_id).where(PostPicture.post_id == holding.written(db, row.thing, row.thing_id).id)
    )


def let_go(db: Session, actor: Actor, row: Case, made: CaseDecision, *, appears: bool = True) -> None:
    """Take back what this decision did; without ``appears`` what was written stays out of sight, for it is about to be removed.

    Raises Conflict ``case_final`` where nobody can any more.
    """
    if (made.decision, row.thing) in FINAL:
        raise Conflict("case_final")
    if made.decision == "suspend":
        mine = col(Suspension.decision_id) == made.id, col(Suspension.lifted_at).is_(None)
        db.exec(update(Suspension).where(*mine).values(lifted_at=clock.now()).execution_options(synchronize_session=False))
    elif made.decision == "hide_picture":
        hidden = _pictures(db, row), col(Picture.hidden_at) == made.decided_at
        db.exec(update(Picture).where(*hidden).values(hidden_at=None).execution_options(synchronize_session=False))
        if row.thing == "flyer":
            flyers.touch(db, _flyer(db, row))
            # the bulk statement above went past the index
            search_index.index(db, _flyer(db, row))
    elif row.thing == "flyer" and made.decision in {"hold", "remove"}:
        _stand_again(db, actor, row, made.decided_at)
    elif made.decision == "hold":
        held = holding.written(db, row.thing, row.thing_id)
        if appears:
            holding.let_stand(db, held, first=holding.seen_by_nobody(row, held))
    elif made.decision == "remove":
        _bring_back(db, row)
    elif made.decision == "close":
        _open_again(db, row)
    made.undone_at = clock.now()
    db.add(made)
    db.flush()


def _open_again(db: Session, row: Case) -> None:
    topic = holding.written(db, row.thing, row.thing_id)
    if isinstance(topic, Topic):
        topic.closed_at, topic.pinned = None, topic.kind == "theme"
        db.add(topic)


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
    written = holding.written(db, row.thing, row.thing_id)
    if written.deleted_at is None or (isinstance(written, Post) and not written.body):
        raise Conflict("case_final")
    written.deleted_at = None
    db.add(written)
    db.flush()
    shown_anew(db, written)
    if written.held_at is not None:
        holding.let_stand(db, written, first=holding.seen_by_nobody(row, written))
    elif isinstance(written, Post):
        holding.count(db, written, 1)
