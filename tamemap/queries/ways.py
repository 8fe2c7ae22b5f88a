"""Reads about ways in, and about what an account has before it becomes one with another."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING

from sqlmodel import Session, col, func, select

from tamemap import clock
from tamemap.domain.permissions import demand_self
from tamemap.gateways import oidc
from tamemap.models import Flyer, Group, GroupMember, Identity, Municipality, Passkey, Person, Post, Role, SignedIn

if TYPE_CHECKING:
    from datetime import datetime

    from tamemap.domain.actors import Actor

SEEN_EVERY = timedelta(minutes=10)
"""A session that is in use says so this often, not at each call: most calls only read."""


@dataclass(frozen=True, slots=True)
class PasskeyView:
    """One's own passkey; ``used_at`` None: not used yet."""

    public_id: str
    name: str
    created_at: datetime
    used_at: datetime | None


@dataclass(frozen=True, slots=True)
class IdentityView:
    """One's own account at another program; ``works`` while that program is configured here."""

    public_id: str
    provider: str
    created_at: datetime
    used_at: datetime
    works: bool


@dataclass(frozen=True, slots=True)
class Ways:
    """A person's ways in. ``mail`` is empty for none."""

    mail: str
    passkeys: tuple[PasskeyView, ...]
    identities: tuple[IdentityView, ...]

    @property
    def working(self) -> int:
        """By how many of them the person can come in today."""
        return bool(self.mail) + len(self.passkeys) + sum(one.works for one in self.identities)


@dataclass(frozen=True, slots=True)
class Belongings:
    """What an account has: how many flyers and posts, which groups and roles (``role``, name of the place or empty), and ways."""

    name: str
    flyers: int
    posts: int
    groups: tuple[str, ...]
    roles: tuple[tuple[str, str], ...]
    ways: Ways


def ways(db: Session, actor: Actor) -> Ways:
    """The actor's own ways in. Raises Unauthenticated for a guest, Forbidden for a program."""
    return ways_of(db, db.get_one(Person, demand_self(actor)))


def ways_of(db: Session, person: Person) -> Ways:
    """A person's ways in, for services that have asked already."""
    configured = {one.name for one in oidc.configured()}
    passkeys = db.exec(select(Passkey).where(Passkey.person_id == person.id).order_by(col(Passkey.id)))
    identities = db.exec(select(Identity).where(Identity.person_id == person.id).order_by(col(Identity.id)))
    return Ways(
        mail=person.mail or "",
        passkeys=tuple(PasskeyView(row.public_id, row.name, row.created_at, row.used_at) for row in passkeys),
        identities=tuple(
            IdentityView(row.public_id, row.provider, row.created_at, row.used_at, row.provider in configured)
            for row in identities
        ),
    )


def unseen(db: Session, actor: Actor) -> bool:
    """Whether the present session has not been written down as seen for ten minutes."""
    if actor.session_id is None:
        return False
    row = db.get(SignedIn, actor.session_id)
    return row is not None and row.seen_at <= clock.now() - SEEN_EVERY


def belongings(db: Session, person: Person) -> Belongings:
    """What a person's account has, for services that have asked already."""
    flyers = select(func.count()).select_from(Flyer).where(Flyer.poster_id == person.id)
    posts = select(func.count()).select_from(Post).where(Post.author_id == person.id, col(Post.deleted_at).is_(None))
    groups = (
        select(Group.name)
        .join(GroupMember, col(GroupMember.group_id) == Group.id)
        .where(GroupMember.person_id == person.id)
        .order_by(col(Group.name))
    )
    roles = (
        select(Role.role, Municipality.name)
        .outerjoin(Municipality, col(Municipality.code) == Role.municipality_code)
        .where(Role.person_id == person.id)
        .order_by(col(Role.id))
    )
    return Belongings(
        name=person.name,
        flyers=db.exec(flyers).one(),
        posts=db.exec(posts).one(),
        groups=tuple(db.exec(groups)),
        roles=tuple((role, town or "") for role, town in db.exec(roles)),
        ways=ways_of(db, person),
    )
