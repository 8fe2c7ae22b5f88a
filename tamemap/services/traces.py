"""What is left of somebody who has left, taken away in the background: small transactions, in an order that may be broken off
anywhere and begun again (for the worker; each opens its own transactions).

Other people's notices come first, while it can still be known which titles to look for; a flyer leaves the maps before its
pictures leave the store, and its row is emptied last.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

from sqlalchemy import and_, or_
from sqlmodel import col, delete, select, update

from tamemap import clock, i18n
from tamemap import db as database
from tamemap.config import settings
from tamemap.domain.actors import SYSTEM
from tamemap.domain.flyers import LIMITS
from tamemap.domain.placements import HELD, UP, WITHDRAWN
from tamemap.gateways.mail import mail_from_settings
from tamemap.models import (
    AccessToken,
    AuditEntry,
    CareSetting,
    Case,
    CaseDecision,
    Flyer,
    Group,
    Invitation,
    Mascot,
    Municipality,
    Objection,
    Picture,
    Placement,
    PlacementChange,
    PollVote,
    Post,
    Reaction,
    Reading,
    ReplyTemplate,
    Report,
    ResidenceCodeBatch,
    Topic,
    Upload,
)
from tamemap.queries.leaving import private_post, private_topic
from tamemap.queries.pictures import waiting_ones
from tamemap.services import mentions, pictures, post_traces, reports, revisions, uploads
from tamemap.services.introductions import shown_anew
from tamemap.services.placing import move, refresh

if TYPE_CHECKING:
    from sqlmodel import Session

AT_ONCE = 50
DAY = timedelta(days=1)

UNTIED: tuple[Any, ...] = (Placement.decided_by, PlacementChange.actor_id, Group.asked_by, Group.decided_by,
                           Invitation.invited_by, ResidenceCodeBatch.made_by, PollVote.person_id, Case.author_id,
                           Case.looking_by, CaseDecision.decided_by, Objection.decided_by, ReplyTemplate.made_by,
                           Mascot.made_by, CareSetting.changed_by)  # fmt: skip
"""Where the deed stays and its doer goes."""

WRITTEN: tuple[Any, ...] = (Flyer.poster_id, Topic.author_id, Post.author_id, Reaction.person_id, Report.reporter_id)
"""What they made: each has its own function below."""

STAYS: tuple[Any, ...] = (AuditEntry.actor_id, AccessToken.person_id)
"""The town's trail of what was done in its name refers to an empty shell, and so do the tokens that stand in it."""


@dataclass(frozen=True, slots=True)
class Leaver:
    """Whose traces are looked for, and what they wished: ``flyers`` keep or take_down, ``posts`` keep or remove.

    ``left_at``: what reaches the address afterwards is somebody's who comes anew.
    """

    person: int
    flyers: str
    posts: str
    mail: str
    name: str
    public_id: str
    left_at: datetime


def erase(leaver: Leaver) -> None:
    """Take away all traces. Twice is once."""
    _forget_mentions(leaver)
    _erase_flyers(leaver)
    _disown_flyers(leaver)
    _waiting_pictures(leaver)
    while _some_posts(leaver):
        pass
    while _some_topics(leaver):
        pass
    _reactions_and_reports(leaver)
    with database.transaction(write=True) as db:
        db.exec(update(Group).where(col(Group.asked_by) == leaver.person).values(asked_words=""))
        # what staff wrote to them about what was theirs was between the two
        about = select(Case.id).where(Case.author_id == leaver.person)
        db.exec(update(CaseDecision).where(col(CaseDecision.case_id).in_(about)).values(words=""))
        for column in UNTIED:
            db.exec(update(column.class_).where(column == leaver.person).values({column.key: None}))
    if leaver.mail:
        mail_from_settings(settings()).forget(leaver.mail, before=leaver.left_at)


def _doomed(leaver: Leaver) -> Any:
    """Which of their flyers go: all or, where they stay, those that stand nowhere any more. A group keeps its own."""
    seen = select(Placement.id).where(Placement.flyer_id == Flyer.id, col(Placement.state).in_((UP, HELD))).exists()
    own = and_(col(Flyer.poster_id) == leaver.person, or_(col(Flyer.group_id).is_(None), col(Flyer.deleted_at).is_not(None)))
    if leaver.flyers == "take_down":
        return own
    return and_(own, or_(col(Flyer.deleted_at).is_not(None), ~seen))


def _gone_posts(leaver: Leaver) -> Any:
    return and_(col(Post.author_id) == leaver.person,
                or_(col(Post.deleted_at).is_not(None), private_post() if leaver.posts == "remove" else False))  # type: ignore[arg-type]  # fmt: skip


def _forget_mentions(leaver: Leaver) -> None:
    with database.transaction(write=False) as db:
        flyers = db.exec(select(Flyer.public_id).where(Flyer.poster_id == leaver.person)).all()
        titles = set(db.exec(select(Flyer.title).where(_doomed(leaver))).all())
        if leaver.posts == "remove":
            titles |= set(db.exec(select(Topic.title).where(Topic.author_id == leaver.person, private_topic())).all())
        posts = db.exec(select(Post.public_id).where(Post.author_id == leaver.person, Post.created_at > clock.now() - DAY)).all()
        topics = db.exec(
            select(Topic.public_id).where(Topic.author_id == leaver.person, Topic.created_at > clock.now() - DAY)
        ).all()
    mentions.forget_in_notices(titles, leaver.name)
    mentions.forget_answers({*flyers, *posts, *topics, leaver.public_id}, leaver.name, leaver.mail)
    mentions.forget_mails(leaver.mail, leaver.name, before=leaver.left_at)
    post_traces.forget_name(leaver.name)


def _erase_flyers(leaver: Leaver) -> None:
    """Off the maps, out of the store, out of the rows; what stays is the number in the address, which says that it is gone."""
    with database.transaction(write=False) as db:
        ids = db.exec(select(Flyer.id).where(_doomed(leaver))).all()
    for flyer_id in ids:
        with database.transaction(write=True) as db:
            _withdraw(db, db.get_one(Flyer, flyer_id))
    pictures.erase(col(Picture.flyer_id).in_(ids))
    for flyer_id in ids:
        with database.transaction(write=True) as db:
            _empty(db, db.get_one(Flyer, flyer_id))


def _withdraw(db: Session, row: Flyer) -> None:
    for standing in db.exec(select(Placement).where(Placement.flyer_id == row.id, Placement.state != WITHDRAWN)).all():
        move(db, SYSTEM, row, standing.map_id, WITHDRAWN)
    row.deleted_at = row.deleted_at or clock.now()
    db.add(row)
    db.flush()


def _empty(db: Session, row: Flyer) -> None:
    town = db.get_one(Municipality, row.municipality_code)
    for name in LIMITS:
        setattr(row, name, "")
    row.category, row.starts_at, row.ends_at, row.all_day, row.hidden_outside = "other", None, None, False, []
    row.folded, row.folded_outside, row.guest_hash, row.poster_id = "", "", None, None
    # where somebody stood with a camera, or lives, is theirs too
    row.lat, row.lng = town.office_lat, town.office_lng
    row.version += 1
    db.add(row)
    db.flush()
    refresh(db, row)
    _forget_reasons(db, [row.id])
    _settle(db, "flyer", [row.public_id])


def _forget_reasons(db: Session, flyer_ids: Any) -> None:
    """What staff wrote to the poster about the flyer was between the two."""
    for table in (Placement, PlacementChange):
        db.exec(update(table).where(col(table.flyer_id).in_(flyer_ids)).values(reason=""))


def _settle(db: Session, thing: str, public_ids: list[str]) -> None:
    for public_id in public_ids:
        reports.settle(db, thing=thing, thing_id=public_id)
    db.exec(update(Report).where(col(Report.thing) == thing, col(Report.thing_id).in_(public_ids)).values(words=""))


def _disown_flyers(leaver: Leaver) -> None:
    """What stays up stays without a poster, a group's flyers with their group."""
    with database.transaction(write=False) as db:
        ids = db.exec(select(Flyer.id).where(Flyer.poster_id == leaver.person)).all()
    pictures.disown(col(Picture.flyer_id).in_(ids))
    with database.transaction(write=True) as db:
        _forget_reasons(db, ids)
        db.exec(update(Flyer).where(col(Flyer.id).in_(ids)).values(poster_id=None, guest_hash=None))


def _waiting_pictures(leaver: Leaver) -> None:
    post_traces.let_pictures_go(_gone_posts(leaver))
    with database.transaction(write=True) as db:
        db.exec(delete(Reading).where(col(Reading.owner_hash) == f"person:{leaver.person}"))
    uploads.forget(col(Upload.owner_hash) == f"person:{leaver.person}")
    own = col(Picture.owner_hash) == f"person:{leaver.person}"
    pictures.erase(and_(own, waiting_ones()))
    # on a flyer, a theme or in a post that is no longer theirs
    pictures.disown(own)


def _some_posts(leaver: Leaver) -> bool:
    """Some of the posts; answers whether there were any."""
    with database.transaction(write=True) as db:
        rows = db.exec(select(Post).where(_gone_posts(leaver)).limit(AT_ONCE)).all()
        revisions.hold(db, [row.topic_id for row in rows])
        for row in rows:
            if row.deleted_at is None:
                row.deleted_at = clock.now()
                by = 0 if row.held_at else 1  # what is held is not counted
                fewer = update(Topic).where(col(Topic.id) == row.topic_id).values(posts_count=col(Topic.posts_count) - by)
                db.exec(fewer.execution_options(synchronize_session=False))
            row.body, row.html, row.author_id = "", "", None
            db.add(row)
        db.flush()
        db.exec(delete(Reaction).where(col(Reaction.post_id).in_([row.id for row in rows])))
        post_traces.forget_parts(db, col(Post.id).in_([row.id for row in rows]))
        _settle(db, "post", [row.public_id for row in rows])
        if not rows:
            db.exec(update(Post).where(col(Post.author_id) == leaver.person).values(author_id=None))
        return bool(rows)


def _some_topics(leaver: Leaver) -> bool:
    """Some of the topics. Where only their own words are removed, a topic stays for those who answered, without its title."""
    with database.transaction(write=True) as db:
        found = select(Topic, private_topic()).where(Topic.author_id == leaver.person).limit(AT_ONCE)
        rows = db.exec(found).all()
        for row, own in rows:
            row.author_id = None
            if own and (leaver.posts == "remove" or row.deleted_at is not None):
                empty = row.posts_count <= 0 or row.deleted_at is not None
                row.deleted_at = (row.deleted_at or clock.now()) if empty else None
                row.title = "" if empty else i18n.t("leave.topic_title")
                shown_anew(db, row)
                row.lat, row.lng, row.place_name = None, None, ""
                _settle(db, "topic", [row.public_id])
            db.add(row)
        db.flush()
        return bool(rows)


def _reactions_and_reports(leaver: Leaver) -> None:
    """A report stays as the sign that something was reported: which thing, and for which of our reasons."""
    own = or_(col(Report.reporter_id) == leaver.person, col(Report.reporter_hash) == f"person:{leaver.person}")
    with database.transaction(write=True) as db:
        db.exec(delete(Reaction).where(col(Reaction.person_id) == leaver.person))
        # without its words a report for another reason says nothing
        silent = (own, col(Report.reason) == "other", col(Report.closed_at).is_(None))
        db.exec(update(Report).where(*silent).values(closed_at=clock.now()))
        db.exec(update(Report).where(own).values(reporter_id=None, reporter_hash="", words=""))
