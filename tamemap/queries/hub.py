"""My page as the hub of everything: what the rows that lead further say, in one read each."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from sqlmodel import Session, col, func, select

from tamemap import clock
from tamemap.domain.permissions import demand_self
from tamemap.domain.residence import proof_ends, proof_holds
from tamemap.models import Fan, Group, GroupMember, Identity, Municipality, Passkey, Person, SignedIn, Tie

if TYPE_CHECKING:
    from datetime import datetime

    from tamemap.domain.actors import Actor

SHOWN = ("active", "asked")


@dataclass(frozen=True, slots=True)
class HubGroup:
    """A group of mine: ``role`` is owner or editor, ``state`` active or asked (staff have not answered yet)."""

    slug: str
    name: str
    role: str
    state: str


@dataclass(frozen=True, slots=True)
class HubView:
    """What the rows of my page say.

    Ways in: ``mail`` (whether there is an address), names of ``providers``, number of ``passkeys``; ``devices`` signed in.
    ``residence`` the town that I say I live in, ``proved`` the one that I have proved, until ``proved_until`` (empty, None:
    none). ``told`` whether I have told anything as a fan, ``tied_to`` the number of towns. ``digest`` and the quiet hours as in
    ``queries.notice_settings``. ``desk_waits``: there is a desk for me, once I have shown who I am.
    """

    mail: bool
    providers: tuple[str, ...]
    passkeys: int
    devices: int
    residence: str
    proved: str
    proved_until: datetime | None
    told: bool
    tied_to: int
    groups: tuple[HubGroup, ...]
    mail_notices: bool
    digest: str
    quiet_from: str
    quiet_to: str
    desk_waits: bool


def hub(db: Session, actor: Actor) -> HubView:
    """The rows of the actor's own page. Raises Unauthenticated for a guest, Forbidden for a program."""
    person_id = demand_self(actor)
    person = db.get_one(Person, person_id)
    holds = proof_holds(person.proved_at, clock.now())
    codes = (person.residence_code or "", person.proved_code or "")
    towns = {row.code: row.name for row in db.exec(select(Municipality).where(col(Municipality.code).in_(codes)))}
    providers = select(Identity.provider).where(Identity.person_id == person_id).order_by(Identity.id)
    sessions = (SignedIn.person_id == person_id, SignedIn.expires_at > clock.now())
    return HubView(
        mail=bool(person.mail),
        providers=tuple(dict.fromkeys(db.exec(providers).all())),
        passkeys=_count(db, Passkey, Passkey.person_id == person_id),
        devices=_count(db, SignedIn, *sessions),
        residence=towns.get(person.residence_code or "", ""),
        proved=towns.get(person.proved_code or "", "") if holds else "",
        proved_until=proof_ends(person.proved_at) if holds and person.proved_at else None,
        told=db.get(Fan, person_id) is not None,
        tied_to=db.exec(select(func.count(col(Tie.municipality_code).distinct())).where(Tie.person_id == person_id)).one(),
        groups=_groups(db, person_id),
        mail_notices=person.mail_notices,
        digest=person.digest,
        quiet_from=person.quiet_from,
        quiet_to=person.quiet_to,
        desk_waits=actor.waiting,
    )


def _count(db: Session, table: type, *which: object) -> int:
    return db.exec(select(func.count()).select_from(table).where(*which)).one()


def _groups(db: Session, person_id: int) -> tuple[HubGroup, ...]:
    """The groups that I speak for, and those that I have asked for (of which I may not be a member yet)."""
    member = select(Group, GroupMember.role).join(GroupMember, GroupMember.group_id == Group.id)
    rows = db.exec(member.where(GroupMember.person_id == person_id, col(Group.state).in_(SHOWN)).order_by(Group.name)).all()
    found = {group.slug: HubGroup(group.slug, group.name, role, group.state) for group, role in rows}
    for group in db.exec(select(Group).where(Group.asked_by == person_id, Group.state == "asked")).all():
        found.setdefault(group.slug, HubGroup(group.slug, group.name, "owner", group.state))
    return tuple(found.values())
