"""Reads about people: who is calling, who somebody is."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from sqlalchemy import Integer, String, bindparam
from sqlmodel import Session, col, select

from tamemap import clock, session
from tamemap.domain.actors import STRONG_LIFE, Actor, Ground
from tamemap.domain.permissions import demand_self
from tamemap.domain.residence import proof_holds
from tamemap.domain.writing import reference
from tamemap.errors import NotFound, Unauthenticated
from tamemap.models import AccessToken, Group, GroupMember, Municipality, Person, Region, Role, SignedIn, Suspension
from tamemap.models.base import UtcDateTime
from tamemap.queries.notices import unread
from tamemap.queries.together import Question, ask, read

if TYPE_CHECKING:
    from datetime import datetime

    from tamemap.models.person import Person as PersonRow


@dataclass(frozen=True, slots=True)
class RoleView:
    """A role: ``staff`` of a municipality (``level`` curator or lead, ``department``), ``operator`` of a region, or of all."""

    role: str
    municipality_code: str
    municipality_name: str
    region_slug: str
    region_name: str
    level: str = ""
    department: str = ""


@dataclass(frozen=True, slots=True)
class GroupRole:
    """A group that somebody speaks for, as ``owner`` or ``editor``."""

    slug: str
    name: str
    role: str


@dataclass(frozen=True, slots=True)
class Me:
    """Who I am, for myself only: the mail address is in it."""

    public_id: str
    name: str
    mail: str
    residence_code: str | None
    residence_name: str
    roles: tuple[RoleView, ...]
    may_enter_desk: bool
    unread_notices: int
    groups: tuple[GroupRole, ...] = ()
    proved_code: str | None = None


@dataclass(frozen=True, slots=True)
class PersonView:
    """What anybody may know of a person: no address, no residence; staff and operators openly as such."""

    public_id: str
    name: str
    roles: tuple[RoleView, ...]
    since: datetime


_NOW = bindparam("session_now", type_=UtcDateTime)
_HASH = bindparam("session_hash", type_=String)
OPENED = Question(
    select(Person, SignedIn)
    .join(SignedIn, col(SignedIn.person_id) == Person.id)
    .where(SignedIn.token_hash == _HASH, SignedIn.expires_at > _NOW, col(Person.left_at).is_(None))
)


def _belonging(person_id: Any) -> tuple[Question, ...]:
    """The questions for the roles of a person, the active groups that they speak for (with their role there), and where they
    may not write at present."""
    return (
        Question(select(Role).where(Role.person_id == person_id)),
        Question(
            select(GroupMember.group_id, GroupMember.role)
            .join(Group, col(Group.id) == GroupMember.group_id)
            .where(GroupMember.person_id == person_id, Group.state == "active")
        ),
        Question(
            select(Suspension.id, Suspension.region_id, Suspension.until).where(
                Suspension.person_id == person_id, Suspension.until > _NOW, col(Suspension.lifted_at).is_(None)
            )
        ),
    )


OF_PERSON = _belonging(bindparam("belongs_to", type_=Integer))
OF_SESSION = _belonging(select(SignedIn.person_id).where(SignedIn.token_hash == _HASH).scalar_subquery())


def actor_of_session(db: Session, *, token: str, guest_key: str = "", client: str = "") -> Actor:
    """The actor for a session token; a guest when there is none, or it has ended."""
    guest_hash = session.hashed(guest_key) if guest_key else None
    guest = Actor(guest_hash=guest_hash, client=client)
    if not token:
        return guest
    values = {"session_hash": session.hashed(token), "session_now": clock.now()}
    signed, *belonging = read(db, *(ask(one, **values) for one in (OPENED, *OF_SESSION)))
    if not signed:
        return guest
    person, opened = signed[0]
    strong = opened.strong_at is not None and opened.strong_at > clock.now() - STRONG_LIFE
    return _actor(person, belonging, guest_hash=guest_hash, client=client, strong=strong, session_id=opened.id)


def actor_of_person(db: Session, person: PersonRow, *, strong: bool = True, session_id: int | None = None) -> Actor:
    """The actor that a person is, with all roles; those for the desk only where the session is ``strong``."""
    values = {"belongs_to": person.id, "session_now": clock.now()}
    return _actor(person, read(db, *(ask(one, **values) for one in OF_PERSON)), strong=strong, session_id=session_id)


def _actor(
    person: PersonRow,
    belonging: list[list[Any]],
    *,
    strong: bool,
    session_id: int | None,
    guest_hash: str | None = None,
    client: str = "",
) -> Actor:
    # those for the desk only where the session is strong
    roles, groups, stopped = belonging
    held = [role for (role,) in roles] if strong else []
    operators = [role for role in held if role.role == "operator"]
    staff = {role.municipality_code: role for role in held if role.role == "staff" and role.municipality_code}
    return Actor(
        person_id=person.id,
        public_id=person.public_id,
        name=person.name,
        mail=person.mail or "",
        residence_code=person.residence_code,
        proved_code=person.proved_code if proof_holds(person.proved_at, clock.now()) else None,
        staff_of=frozenset(staff),
        leads=frozenset(code for code, role in staff.items() if role.level == "lead"),
        operator_of=frozenset(role.region_id for role in operators if role.region_id is not None),
        operator_of_all=any(role.region_id is None for role in operators),
        waiting=bool(roles) and not strong,
        groups=frozenset(group_id for group_id, _ in groups),
        owns=frozenset(group_id for group_id, role in groups if role == "owner"),
        suspended=tuple((region_id, until) for _, region_id, until in sorted(stopped)),
        session_id=session_id,
        guest_hash=guest_hash,
        client=client,
    )


def actor_of_token(db: Session, *, token: str, client: str = "") -> Actor:
    """The actor that a program's bearer token stands for: its organisation, within its scopes, as long as its maker may.

    Raises Unauthenticated ``token_wrong`` for one that is unknown, over, or whose maker no longer acts for the organisation.
    """
    row = db.exec(
        select(AccessToken)
        .join(Person, Person.id == AccessToken.person_id)
        .where(
            AccessToken.token_hash == session.hashed(token),
            AccessToken.expires_at > clock.now(),
            col(AccessToken.ended_at).is_(None),
            col(Person.left_at).is_(None),
        )
    ).first()
    if row is None:
        raise Unauthenticated("token_wrong")
    organisation = _organisation(db, row, db.get_one(Person, row.person_id))
    if organisation is None:
        raise Unauthenticated("token_wrong")
    return replace(organisation, name=row.name, client=client, scopes=frozenset(row.scopes.split()), token_id=row.id)


def still_counts(db: Session, row: AccessToken, maker: PersonRow) -> bool:
    """Whether the maker of a token may still act for its organisation."""
    return maker.left_at is None and _organisation(db, row, maker) is not None


def _organisation(db: Session, row: AccessToken, person: PersonRow) -> Actor | None:
    """The group or the town that the token stands for, as an actor; None when its maker may no longer act for it."""
    maker = actor_of_person(db, person)
    if row.group_id is not None and row.group_id in maker.owns:
        return Actor(
            person_id=maker.person_id,
            public_id=maker.public_id,
            groups=frozenset({row.group_id}),
            suspended=maker.suspended,
        )
    if row.municipality_code is not None and _leads(db, maker, row.municipality_code):
        return Actor(person_id=maker.person_id, public_id=maker.public_id, staff_of=frozenset({row.municipality_code}))
    return None


def _leads(db: Session, maker: Actor, municipality_code: str) -> bool:
    town = db.get(Municipality, municipality_code)
    return municipality_code in maker.leads or (
        town is not None and maker.kind_on(Ground(town.code, town.region_id)) == "operator"
    )


def _roles(db: Session, person_id: int | None) -> tuple[RoleView, ...]:
    rows = db.exec(
        select(Role, Municipality, Region)
        .outerjoin(Municipality, col(Municipality.code) == Role.municipality_code)
        .outerjoin(Region, col(Region.id) == Role.region_id)
        .where(Role.person_id == person_id)
        .order_by(col(Role.id))
    )
    return tuple(
        RoleView(
            role=role.role,
            municipality_code=role.municipality_code or "",
            municipality_name=town.name if town else "",
            region_slug=region.slug if region else "",
            region_name=region.name if region else "",
            level=role.level if role.role == "staff" else "",
            department=role.department,
        )
        for role, town, region in rows
    )


def me(db: Session, actor: Actor) -> Me:
    """Who is signed in. Raises Unauthenticated for a guest, Forbidden for a program's token."""
    demand_self(actor)
    residence = db.get(Municipality, actor.residence_code) if actor.residence_code else None
    return Me(
        public_id=actor.public_id,
        name=actor.name,
        mail=actor.mail,
        residence_code=actor.residence_code,
        residence_name=residence.name if residence else "",
        roles=_roles(db, actor.person_id),
        may_enter_desk=actor.may_enter_desk,
        proved_code=actor.proved_code,
        unread_notices=unread(db, actor),
        groups=spoken_for(db, actor),
    )


def spoken_for(db: Session, actor: Actor) -> tuple[GroupRole, ...]:
    """The active groups in whose name the actor may post and write, by name."""
    if not actor.groups:
        return ()
    rows = db.exec(select(Group).where(col(Group.id).in_(actor.groups)).order_by(Group.name))
    return tuple(GroupRole(row.slug, row.name, "owner" if row.id in actor.owns else "editor") for row in rows)


def person_view(db: Session, actor: Actor, *, public_id: str) -> PersonView:
    """Somebody, as anybody may know them. Raises NotFound, also for those who have left."""
    row = db.exec(select(Person).where(Person.public_id == reference(public_id), col(Person.left_at).is_(None))).first()
    if row is None:
        raise NotFound("person_unknown")
    return PersonView(row.public_id, row.name, _roles(db, row.id), row.created_at)
