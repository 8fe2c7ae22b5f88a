"""What somebody leaves behind: counted for the page that asks them, and looked up by the service."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from sqlalchemy import and_
from sqlalchemy.orm import aliased
from sqlmodel import Session, col, func, select

from tamemap import clock
from tamemap.domain.actors import STRONG_LIFE
from tamemap.domain.permissions import demand_self
from tamemap.models import Flyer, Group, GroupMember, Municipality, Post, Role, SignedIn, Topic

if TYPE_CHECKING:
    from sqlalchemy import ColumnElement

    from tamemap.domain.actors import Actor


@dataclass(frozen=True, slots=True)
class LeavingView:
    """What is there when somebody wants to leave.

    ``flyers`` and ``posts`` (with the topics opened, ``topics``) are their own; ``group_flyers`` and ``office_posts`` stand in
    the name of a group or a town, which keeps them. ``groups`` would be without an owner, ``towns`` without a lead.
    ``needs_proof``: they came in too long ago, and must show once more who they are.
    """

    name: str
    mail: str
    flyers: int
    group_flyers: int
    posts: int
    topics: int
    office_posts: int
    groups: tuple[GroupAlone, ...]
    towns: tuple[TownAlone, ...]
    needs_proof: bool


@dataclass(frozen=True, slots=True)
class GroupAlone:
    """An active group that has no other owner."""

    slug: str
    name: str
    municipality_code: str


@dataclass(frozen=True, slots=True)
class TownAlone:
    """A town that has no other lead."""

    code: str
    name: str
    region_id: int


def leaving_view(db: Session, actor: Actor) -> LeavingView:
    """What the actor would leave behind. Raises Unauthenticated for a guest, Forbidden for a program."""
    person_id = demand_self(actor)
    own = (Flyer.poster_id == person_id, col(Flyer.deleted_at).is_(None))
    flyers = select(func.count(), func.count(col(Flyer.group_id))).where(*own)
    flyer_count, group_count = db.exec(flyers).one()
    said = (Post.author_id == person_id, col(Post.deleted_at).is_(None))
    posts = db.exec(select(func.count()).select_from(Post).where(*said, private_post())).one()
    every = db.exec(select(func.count()).select_from(Post).where(*said)).one()
    opened = (Topic.author_id == person_id, col(Topic.deleted_at).is_(None), private_topic())
    return LeavingView(
        name=actor.name,
        mail=actor.mail,
        flyers=flyer_count - group_count,
        group_flyers=group_count,
        posts=posts,
        topics=db.exec(select(func.count()).select_from(Topic).where(*opened)).one(),
        office_posts=every - posts,
        groups=groups_left_alone(db, person_id),
        towns=towns_left_alone(db, person_id),
        needs_proof=not freshly_shown(db, actor),
    )


def private_post() -> ColumnElement[bool]:
    """What makes a post a person's own: neither a group's nor a town's."""
    return and_(col(Post.group_id).is_(None), col(Post.author_kind) == "member")


def private_topic() -> ColumnElement[bool]:
    """What makes a topic a person's own: it was opened neither in a group's name nor in a town's, as its first post says."""
    first = aliased(Post)
    # said aloud: two levels down it would be any topic, and the first post of the whole town
    began = select(func.min(first.id)).where(first.topic_id == Topic.id).correlate(Topic).scalar_subquery()
    office = select(Post.id).where(Post.id == began, Post.author_kind != "member").exists()
    return and_(col(Topic.group_id).is_(None), ~office)


def freshly_shown(db: Session, actor: Actor) -> bool:
    """Whether this session was opened, or its person shown by a passkey or a code, within ``STRONG_LIFE``.

    Whoever finds a telephone that lies open must not be able to erase its owner's account.
    """
    opened = db.get(SignedIn, actor.session_id) if actor.session_id is not None else None
    if opened is None:
        return False
    return max(opened.created_at, opened.strong_at or opened.created_at) > clock.now() - STRONG_LIFE


def groups_left_alone(db: Session, person_id: int) -> tuple[GroupAlone, ...]:
    """The active groups of which this person is the only owner."""
    other = aliased(GroupMember)
    another = select(other.id).where(other.group_id == Group.id, other.role == "owner", other.person_id != person_id)
    rows = db.exec(
        select(Group)
        .join(GroupMember, GroupMember.group_id == Group.id)
        .where(GroupMember.person_id == person_id, GroupMember.role == "owner", Group.state == "active", ~another.exists())
        .order_by(Group.id)
    ).all()
    return tuple(GroupAlone(row.slug, row.name, row.municipality_code) for row in rows)


def towns_left_alone(db: Session, person_id: int) -> tuple[TownAlone, ...]:
    """The towns of which this person is the only lead."""
    other = aliased(Role)
    another = select(other.id).where(
        other.municipality_code == Role.municipality_code, other.level == "lead", other.person_id != person_id
    )
    rows = db.exec(
        select(Municipality)
        .join(Role, Role.municipality_code == Municipality.code)
        .where(Role.person_id == person_id, Role.role == "staff", Role.level == "lead", ~another.exists())
        .order_by(Municipality.code)
    ).all()
    return tuple(TownAlone(row.code, row.name, row.region_id) for row in rows)
