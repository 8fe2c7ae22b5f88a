"""Leaving: what ends at once, in one transaction. What takes longer (pictures, words, other people's notices) follows in the
background: ``services.traces``.

The person's row stays as an empty shell, because the audit trail of the town refers to it; nothing in it tells who it was.
"""

from __future__ import annotations

from dataclasses import dataclass, fields
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

from sqlmodel import col, delete, or_, select, update

from tamemap import clock, i18n, session, urls
from tamemap.domain.actors import Ground
from tamemap.domain.permissions import demand_self
from tamemap.errors import Invalid, Unauthenticated
from tamemap.models import (
    AccessToken,
    AuditEntry,
    BoardFollow,
    Fan,
    Group,
    GroupMember,
    Handshake,
    Identity,
    Invitation,
    MascotVoice,
    Mention,
    Notice,
    Objection,
    Passkey,
    Person,
    PushSubscription,
    Role,
    SignedIn,
    SignInCode,
    Suspension,
    Tie,
    TopicMark,
)
from tamemap.models.base import new_public_id
from tamemap.queries.grounds import ground_of
from tamemap.queries.leaving import freshly_shown, groups_left_alone, towns_left_alone
from tamemap.services import authority, notices, outbox, traces

if TYPE_CHECKING:
    from sqlmodel import Session

    from tamemap.domain.actors import Actor

FLYERS = ("keep", "take_down")
POSTS = ("keep", "remove")
# for so long the goodbye by mail is tried again: shorter than the outbox is patient, so that the address is gone in any case
GOODBYE_LIFE = timedelta(hours=6)

ENDS: tuple[Any, ...] = (PushSubscription.person_id, SignedIn.person_id, Identity.person_id, Passkey.person_id,
                         Handshake.person_id, Handshake.other_id,
                         SignInCode.person_id, Role.person_id, GroupMember.person_id, Fan.person_id, Tie.person_id,
                         Notice.person_id, Objection.person_id,
                         Suspension.person_id, Mention.person_id, MascotVoice.person_id, TopicMark.person_id,
                         BoardFollow.person_id)  # fmt: skip
"""The rows that end at once. Where else a person is referred to: ``services.traces``."""


@dataclass(frozen=True, slots=True)
class Left:
    """How somebody has left: what happens to flyers (keep, take_down) and posts (keep, remove); ``mail``: whether a goodbye
    is on its way to the address that was theirs.
    """

    flyers: str
    posts: str
    mail: bool


def leave(db: Session, actor: Actor, *, flyers: str, posts: str, lang: str = i18n.DEFAULT) -> Left:
    """Erase the actor's account: all ways in, sessions, roles, memberships and what they told of themselves end now, the rest
    in the background.

    Raises Unauthenticated (for a guest; ``leave_needs_proof`` when they came in too long ago), Forbidden for a program, Invalid
    ``choice_missing`` at ``flyers`` or ``posts``.
    """
    person_id = demand_self(actor)
    if flyers not in FLYERS:
        raise Invalid.at("flyers", "choice_missing")
    if posts not in POSTS:
        raise Invalid.at("posts", "choice_missing")
    if not freshly_shown(db, actor):
        raise Unauthenticated("leave_needs_proof")
    locked = select(Person).where(Person.id == person_id).with_for_update().execution_options(populate_existing=True)
    person = db.exec(locked).one()
    if person.left_at is not None:  # a double tap: the other one was first
        raise Unauthenticated("sign_in_first")
    _tell_who_stays(db, person_id)
    _end_offices(db, actor, person)
    _end_invitations(db, person)
    _end_tokens(db, person_id)
    _end_requests(db, person_id)
    for column in ENDS:
        db.exec(delete(column.class_).where(column == person_id))
    db.exec(delete(SignInCode).where(col(SignInCode.mail) == person.mail))
    outbox.put(db, "leave", _payload(person, flyers, posts, lang))
    mail = bool(person.mail)
    _empty(person)
    db.add(person)
    db.flush()
    return Left(flyers, posts, mail)


def _payload(person: Person, flyers: str, posts: str, lang: str) -> dict[str, Any]:
    """What the worker needs to find the traces; forgotten as soon as it is done."""
    found: dict[str, Any] = {"person": person.id, "public_id": person.public_id, "name": person.name, "mail": person.mail or ""}
    found |= {"flyers": flyers, "posts": posts, "left_at": clock.now().isoformat()}
    if person.mail:
        until = clock.now() + GOODBYE_LIFE
        found["goodbye"] = {"to": person.mail, "subject": i18n.t("mail.goodbye.subject", lang),
                            "text": i18n.t("mail.goodbye.text", lang, link=urls.absolute("/")),
                            "until": until.isoformat()}  # fmt: skip
    return found


def _empty(person: Person) -> None:
    person.mail, person.name, person.public_id = None, "", new_public_id()
    person.residence_code, person.district, person.proved_code, person.proved_at = None, "", None, None
    person.mail_notices, person.digest, person.digested_at = False, "off", None
    person.told_by, person.duty_days, person.digest_day, person.digest_hour, person.digest_map_id = "", "", None, None, None
    person.quiet_from, person.quiet_to, person.seen_at, person.seen_before = "", "", None, None
    # the day is enough for the town's figures
    person.created_at = clock.day_start(clock.tokyo(person.created_at).date())
    person.left_at = clock.now()


def _tell_who_stays(db: Session, person_id: int) -> None:
    """Staff hear of groups that nobody speaks for any more, operators of towns that nobody leads."""
    for group in groups_left_alone(db, person_id):
        staff = select(Role.person_id).where(Role.role == "staff", Role.municipality_code == group.municipality_code)
        for other in db.exec(staff.distinct()).all():
            if other != person_id:
                url = f"/g/{group.slug}/manage"
                notices.tell(db, person_id=other, code="group_without_owner", params={"title": group.name}, url=url)
    for town in towns_left_alone(db, person_id):
        region = or_(col(Role.region_id) == town.region_id, col(Role.region_id).is_(None))
        operators = select(Role.person_id).where(Role.role == "operator", region)
        for other in db.exec(operators.distinct()).all():
            if other != person_id:
                notices.tell(db, person_id=other, code="town_without_lead", params={"title": town.name}, url="/desk")


def _end_offices(db: Session, actor: Actor, person: Person) -> None:
    """That an office has ended stands in the audit trail, as its beginning does."""
    for role in db.exec(select(Role).where(Role.person_id == person.id)).all():
        ground = ground_of(db, role.municipality_code) if role.municipality_code else None
        if ground is None and role.region_id is not None:
            ground = Ground(None, role.region_id)
        detail = {"ended": True, "left": True, "role": role.role}
        authority.record(db, actor, "staff.change", ground, thing="person", thing_id=person.public_id, detail=detail)


def _end_invitations(db: Session, person: Person) -> None:
    waiting = (col(Invitation.invited_by) == person.id, col(Invitation.outcome) == "")
    db.exec(update(Invitation).where(*waiting).values(outcome="withdrawn", answered_at=clock.now()))
    db.exec(delete(Invitation).where(col(Invitation.mail) == person.mail))


def _end_tokens(db: Session, person_id: int) -> None:
    """Tokens that have left a trace in the audit trail stay as empty shells, like the person."""
    now = clock.now()
    for row in db.exec(select(AccessToken).where(AccessToken.person_id == person_id)).all():
        if db.exec(select(AuditEntry.id).where(AuditEntry.token_id == row.id).limit(1)).first() is None:
            db.delete(row)
            continue
        row.name, row.token_hash, row.ended_at = "", session.hashed(session.new_token()), row.ended_at or now
        db.add(row)
    db.flush()


def _end_requests(db: Session, person_id: int) -> None:
    """A request for a group that was never granted, and for which nobody else stands, is no group."""
    others = select(GroupMember.group_id).where(GroupMember.person_id != person_id)
    never = (col(Group.asked_by) == person_id, col(Group.state).in_(("asked", "declined")), col(Group.id).not_in(others))
    ids = db.exec(select(Group.id).where(*never)).all()
    for table in (GroupMember, Invitation):
        db.exec(delete(table).where(col(table.group_id).in_(ids)))
    db.exec(delete(Group).where(col(Group.id).in_(ids)))


def finish(payload: dict[str, Any]) -> None:
    """Take away in the background what ``leave`` has left over: what it wrote into the outbox. Twice is once."""
    wanted = {field.name: payload[field.name] for field in fields(traces.Leaver)}
    traces.erase(traces.Leaver(**wanted | {"left_at": datetime.fromisoformat(payload["left_at"])}))
