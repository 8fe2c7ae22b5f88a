"""Reads about groups (団体): their public page, and in whose name somebody may post."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from sqlmodel import Session, col, select

from tamemap import clock
from tamemap.domain.groups import ACTIVE, CLOSED
from tamemap.domain.permissions import allowed, demand
from tamemap.domain.placements import UP
from tamemap.domain.writing import excerpt, reference
from tamemap.errors import Forbidden, Gone, Invalid, NotFound
from tamemap.models import Board, Flyer, Group, Map, Municipality, Placement, Topic
from tamemap.queries.flyers import CardView, cards, cards_query
from tamemap.queries.grounds import ground_of

if TYPE_CHECKING:
    from datetime import datetime

    from tamemap.domain.actors import Actor, Ground

MOST_FLYERS, MOST_TOPICS = 60, 10


@dataclass(frozen=True, slots=True)
class GroupView:
    """A group as everybody may know it; ``html`` is safe to show as it stands. ``is_member`` is about the viewer."""

    slug: str
    name: str
    municipality_code: str
    municipality_name: str
    map_slug: str
    description: str
    html: str
    excerpt: str
    contact: str
    url: str
    state: str
    version: int
    is_member: bool
    may_manage: bool


@dataclass(frozen=True, slots=True)
class GroupTopic:
    """A topic that the group has opened."""

    public_id: str
    board: str
    board_name: str
    title: str
    posts_count: int
    last_post_at: datetime


@dataclass(frozen=True, slots=True)
class GroupPage:
    """All that a group's public page shows: the flyers that are up, the soonest first, and the latest topics."""

    group: GroupView
    flyers: tuple[CardView, ...]
    topics: tuple[GroupTopic, ...]


def group_page(db: Session, actor: Actor, *, slug: str) -> GroupPage:
    """A group's public page; everybody sees the outside face of its flyers.

    Raises NotFound, also for a group that is only asked for or was declined, and Gone for a closed one.
    """
    row = public_row(db, slug)
    return GroupPage(view_of(db, actor, row), _flyers_of(db, row), _topics_of(db, row))


def public_row(db: Session, slug: object) -> Group:
    """The row of an active group (for queries and services). Raises as ``group_page``."""
    row = db.exec(select(Group).where(Group.slug == reference(slug))).first()
    if row is None or row.state not in {ACTIVE, CLOSED}:
        raise NotFound("group_unknown")
    if row.state == CLOSED:
        raise Gone("group_closed", group=row.name)
    return row


def view_of(db: Session, actor: Actor, row: Group) -> GroupView:
    """One group (for queries and services)."""
    town, map_slug = db.exec(
        select(Municipality.name, Map.slug)
        .outerjoin(Map, col(Map.municipality_code) == Municipality.code)
        .where(Municipality.code == row.municipality_code)
    ).one()
    ground = ground_of(db, row.municipality_code)
    return GroupView(
        slug=row.slug,
        name=row.name,
        municipality_code=row.municipality_code,
        municipality_name=town,
        map_slug=map_slug or "",
        description=row.description,
        html=row.html,
        excerpt=excerpt(row.html),
        contact=row.contact,
        url=row.url,
        state=row.state,
        version=row.version,
        is_member=row.id in actor.groups,
        may_manage=allowed(actor, "group.change", ground, group_id=row.id),
    )


def _flyers_of(db: Session, row: Group) -> tuple[CardView, ...]:
    standing = (
        Flyer.group_id == row.id,
        col(Flyer.deleted_at).is_(None),
        Placement.state == UP,
        Placement.until > clock.now(),
    )
    order = Placement.soon_at, col(Placement.id).desc()
    found = db.execute(cards_query().where(*standing).order_by(*order).limit(2 * MOST_FLYERS)).all()
    # one card per flyer; where it stands outside, too, with the pictures of that face
    outside = [one for one in found if one[0].map_id != _town_map_id(db, one[1].municipality_code)]
    regional = {one[1].id for one in outside}
    inside = [one for one in found if one[1].id not in regional]
    made = {card.public_id: card for card in cards(db, outside, outside=True, resident_face=False)}
    made |= {card.public_id: card for card in cards(db, inside, outside=False, resident_face=False)}
    return tuple(made[public_id] for public_id in dict.fromkeys(one[1].public_id for one in found))[:MOST_FLYERS]


def _town_map_id(db: Session, code: str) -> Any:
    return db.exec(select(Map.id).where(Map.municipality_code == code)).first()


def _topics_of(db: Session, row: Group) -> tuple[GroupTopic, ...]:
    query = (
        select(Topic, Board)
        .join(Board, col(Board.id) == Topic.board_id)
        .where(Topic.group_id == row.id, col(Topic.deleted_at).is_(None), col(Topic.held_at).is_(None))
        .order_by(col(Topic.last_post_at).desc(), col(Topic.id).desc())
        .limit(MOST_TOPICS)
    )
    return tuple(
        GroupTopic(topic.public_id, board.slug, board.name, topic.title, topic.posts_count, topic.last_post_at)
        for topic, board in db.exec(query)
    )


def active_groups(db: Session, actor: Actor) -> tuple[str, ...]:
    """The slugs of all groups that have a page, for those who list pages."""
    return tuple(db.exec(select(Group.slug).where(Group.state == ACTIVE).order_by(Group.slug)))


def speaking_as(db: Session, actor: Actor, slug: object, verb: str, ground: Ground) -> Group | None:
    """The group in whose name the actor posts or writes (for services and queries); None: in their own.

    A group's program speaks for its group, whether it says so or not, a town's only in its town. Raises Invalid at ``group`` for
    one that is not there or is closed, Unauthenticated, Forbidden (``not_allowed_group_only``, ``token_other_place``).
    """
    if not slug and actor.scopes is not None and len(actor.groups) == 1:
        row = db.get_one(Group, next(iter(actor.groups)))
    elif not slug:
        if actor.scopes is not None and ground.municipality_code not in {None, *actor.staff_of}:
            raise Forbidden("token_other_place")
        return None
    else:
        try:
            row = public_row(db, slug)
        except (NotFound, Gone) as error:
            raise Invalid.at("group", error.code, **error.params) from None
    demand(actor, verb, ground, group_id=row.id)
    return row
