"""Everything that is kept of a person, for that person alone, to take along: all but what could open their account.

The names of the dataclasses' fields are the keys of ``tamemap.json`` (docs/privacy.md describes them).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from sqlmodel import Session, col, or_, select

from tamemap import clock
from tamemap.domain.permissions import demand_self
from tamemap.models import (
    AccessToken,
    AuditEntry,
    Fan,
    Group,
    GroupMember,
    Identity,
    Invitation,
    Map,
    Municipality,
    Notice,
    Objection,
    Passkey,
    Person,
    Region,
    Role,
    SignedIn,
    Suspension,
    Tie,
)
from tamemap.queries.belongings_followed import devices_of, followed_by
from tamemap.queries.belongings_written import FlyerTaken, PictureTaken, Written, flyers_of, written_by

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import datetime

    from tamemap.domain.actors import Actor

EXPORTED = {
    "access_token.person_id": "tokens",
    "audit_entry.actor_id": "deeds",
    "board_follow.person_id": "following",
    "fan.person_id": "about",
    "flyer.poster_id": "flyers",
    "group.asked_by": "groups",
    "group_member.person_id": "groups",
    "identity.person_id": "ways",
    "invitation.invited_by": "invitations",
    "notice.person_id": "notices",
    "objection.person_id": "objections",
    "passkey.person_id": "ways",
    "poll_vote.person_id": "votes",
    "post.author_id": "posts",
    "reaction.person_id": "reactions",
    "push_subscription.person_id": "push_devices",
    "report.reporter_id": "reports",
    "role.person_id": "roles",
    "signed_in.person_id": "devices",
    "suspension.person_id": "suspensions",
    "tie.person_id": "ties",
    "topic.author_id": "topics",
    "topic_mark.person_id": "following",
}
"""Where a person is referred to, and under which key that is taken along."""

LEFT_OUT = {
    "care_case.author_id": "about others' reports; what was decided about oneself stands in one's notices",
    "care_case.looking_by": "lives while somebody looks",
    "case_decision.decided_by": "a deed for a town: it stands under deeds",
    "care_setting.changed_by": "a deed for a town: it stands under deeds",
    "mascot.made_by": "a deed for a town: it stands under deeds",
    "mascot_voice.person_id": "an office: what was written stands under posts",
    "mention.person_id": "others' words, in which one was called",
    "objection.decided_by": "a deed for a town: it stands under deeds",
    "reply_template.made_by": "a deed for a town: it stands under deeds",
    "group.decided_by": "a deed for a town: it stands under deeds",
    "handshake.other_id": "lives for minutes, and holds nothing but secrets",
    "handshake.person_id": "lives for minutes, and holds nothing but secrets",
    "placement.decided_by": "a deed for a town: it stands under deeds; on one's own flyers under their history",
    "placement_change.actor_id": "a deed for a town: it stands under deeds; on one's own flyers under their history",
    "residence_code_batch.made_by": "a deed for a town: it stands under deeds",
    "sign_in_code.person_id": "lives for minutes, and holds nothing but secrets",
}
"""Where a person is referred to that is not taken along, and why."""


@dataclass(frozen=True, slots=True)
class Profile:
    """Who somebody is."""

    id: str
    name: str
    mail: str
    mail_notices: bool
    digest: str
    quiet_from: str
    quiet_to: str
    digest_day: int | None
    digest_hour: int | None
    digest_map: str
    told_by: str
    duty_days: str
    seen_at: datetime | None
    residence_code: str
    residence: str
    district: str
    proved_code: str
    proved_at: datetime | None
    since: datetime


@dataclass(frozen=True, slots=True)
class Way:
    """A way in: ``kind`` is passkey, or the provider's name. What proves it is not here."""

    kind: str
    name: str
    since: datetime
    used_at: datetime | None


@dataclass(frozen=True, slots=True)
class About:
    """What was told as a fan."""

    prefecture: str
    age_band: str
    gender: str
    interests: tuple[str, ...]
    updated_at: datetime


@dataclass(frozen=True, slots=True)
class Belongings:
    """All of it; rows of small tables as mappings from their columns."""

    exported_at: datetime
    profile: Profile
    ways: tuple[Way, ...]
    devices: tuple[dict[str, Any], ...]
    push_devices: tuple[dict[str, Any], ...]
    about: About | None
    ties: tuple[dict[str, Any], ...]
    roles: tuple[dict[str, Any], ...]
    groups: tuple[dict[str, Any], ...]
    invitations: tuple[dict[str, Any], ...]
    tokens: tuple[dict[str, Any], ...]
    flyers: tuple[FlyerTaken, ...]
    topics: tuple[dict[str, Any], ...]
    posts: tuple[dict[str, Any], ...]
    reactions: tuple[dict[str, Any], ...]
    votes: tuple[dict[str, Any], ...]
    following: tuple[dict[str, Any], ...]
    reports: tuple[dict[str, Any], ...]
    objections: tuple[dict[str, Any], ...]
    suspensions: tuple[dict[str, Any], ...]
    notices: tuple[dict[str, Any], ...]
    deeds: tuple[dict[str, Any], ...]

    @property
    def all_pictures(self) -> tuple[PictureTaken, ...]:
        """The pictures of flyers and of posts."""
        return tuple(one for own in self.flyers for one in own.pictures) + tuple(
            one for post in self.posts for one in post["pictures"]
        )


def belongings(db: Session, actor: Actor) -> Belongings:
    """Everything of the actor's. Raises Unauthenticated for a guest, Forbidden for a program."""
    person = db.get_one(Person, demand_self(actor))
    written: Written = written_by(db, person.id or 0)
    notices = db.exec(select(Notice).where(Notice.person_id == person.id).order_by(Notice.id)).all()
    deeds = db.exec(select(AuditEntry).where(AuditEntry.actor_id == person.id).order_by(AuditEntry.id)).all()
    fan = db.get(Fan, person.id)
    return Belongings(
        exported_at=clock.now(),
        profile=_profile(db, person),
        ways=_ways(db, person),
        devices=_rows(
            db.exec(select(SignedIn).where(SignedIn.person_id == person.id).order_by(SignedIn.id)),
            "device way created_at seen_at expires_at",
        ),
        push_devices=devices_of(db, person.id or 0),
        about=About(fan.prefecture, fan.age_band, fan.gender, tuple(fan.interests.split()), fan.updated_at) if fan else None,
        ties=_rows(db.exec(select(Tie).where(Tie.person_id == person.id).order_by(Tie.id)), "municipality_code kind since"),
        roles=_roles(db, person),
        groups=_groups(db, person),
        invitations=_invitations(db, person),
        tokens=_rows(
            db.exec(select(AccessToken).where(AccessToken.person_id == person.id).order_by(AccessToken.id)),
            "name scopes created_at expires_at used_at ended_at",
        ),
        flyers=flyers_of(db, person.id or 0),
        topics=written.topics,
        posts=written.posts,
        reactions=written.reactions,
        votes=written.votes,
        following=followed_by(db, person.id or 0),
        reports=written.reports,
        objections=_rows(
            db.exec(select(Objection).where(Objection.person_id == person.id).order_by(Objection.id)),
            "words made_at outcome answer decided_at",
        ),
        suspensions=_rows(
            db.exec(select(Suspension).where(Suspension.person_id == person.id).order_by(Suspension.id)),
            "since until lifted_at",
        ),
        notices=_rows(notices, "code params url created_at read_at"),
        deeds=_rows(deeds, "at actor_kind verb municipality_code thing thing_id detail"),
    )


def _rows(rows: Iterable[Any], names: str) -> tuple[dict[str, Any], ...]:
    return tuple({name: getattr(row, name) for name in names.split()} for row in rows)


def _profile(db: Session, person: Person) -> Profile:
    town = db.get(Municipality, person.residence_code) if person.residence_code else None
    chosen = db.get(Map, person.digest_map_id) if person.digest_map_id else None
    return Profile(
        id=person.public_id,
        name=person.name,
        mail=person.mail or "",
        mail_notices=person.mail_notices,
        digest=person.digest,
        quiet_from=person.quiet_from,
        quiet_to=person.quiet_to,
        digest_day=person.digest_day,
        digest_hour=person.digest_hour,
        digest_map=chosen.slug if chosen else "",
        told_by=person.told_by,
        duty_days=person.duty_days,
        seen_at=person.seen_at,
        residence_code=person.residence_code or "",
        residence=town.name if town else "",
        district=person.district,
        proved_code=person.proved_code or "",
        proved_at=person.proved_at,
        since=person.created_at,
    )


def _ways(db: Session, person: Person) -> tuple[Way, ...]:
    providers = db.exec(select(Identity).where(Identity.person_id == person.id).order_by(Identity.id)).all()
    passkeys = db.exec(select(Passkey).where(Passkey.person_id == person.id).order_by(Passkey.id)).all()
    ways = [Way(one.provider, "", one.created_at, one.used_at) for one in providers]
    return (*ways, *(Way("passkey", one.name, one.created_at, one.used_at) for one in passkeys))


def _roles(db: Session, person: Person) -> tuple[dict[str, Any], ...]:
    rows = db.exec(
        select(Role, Region.slug)
        .outerjoin(Region, col(Region.id) == Role.region_id)
        .where(Role.person_id == person.id)
        .order_by(Role.id)
    ).all()
    names = "role level department municipality_code granted_at"
    return tuple(_rows([role], names)[0] | {"region": region or ""} for role, region in rows)


def _groups(db: Session, person: Person) -> tuple[dict[str, Any], ...]:
    """Groups that they speak for, or have asked for; what they wrote when they asked is theirs."""
    rows = db.exec(
        select(Group, GroupMember)
        .outerjoin(GroupMember, (GroupMember.group_id == Group.id) & (GroupMember.person_id == person.id))
        .where(or_(col(GroupMember.id).is_not(None), Group.asked_by == person.id))
        .order_by(Group.id)
    ).all()
    return tuple(
        {
            "slug": group.slug,
            "name": group.name,
            "state": group.state,
            "role": member.role if member else "",
            "since": member.since if member else None,
            "asked_words": group.asked_words if group.asked_by == person.id else "",
        }
        for group, member in rows
    )


def _invitations(db: Session, person: Person) -> tuple[dict[str, Any], ...]:
    """Those that they sent, without whom to, and those that came to their address."""
    rows = db.exec(
        select(Invitation, Group.slug)
        .outerjoin(Group, col(Group.id) == Invitation.group_id)
        .where(or_(Invitation.invited_by == person.id, Invitation.mail == (person.mail or "-")))
        .order_by(Invitation.id)
    ).all()
    names = "municipality_codes role department created_at expires_at outcome answered_at"
    return tuple(
        _rows([row], names)[0] | {"group": group or "", "sent_by_me": row.invited_by == person.id} for row, group in rows
    )
