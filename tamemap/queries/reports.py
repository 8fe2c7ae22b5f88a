"""Reads about reports: what was pointed at, and what waits at the desk."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from sqlmodel import Session, and_, col, or_, select

from tamemap import urls
from tamemap.domain.actors import Ground
from tamemap.domain.writing import excerpt
from tamemap.errors import Forbidden, Gone, NotFound, Unauthenticated
from tamemap.models import Board, Flyer, Group, Map, Municipality, Post, Report, Topic
from tamemap.queries.boards import load_topic
from tamemap.queries.flyer import flyer
from tamemap.queries.grounds import ground_of, ground_of_map
from tamemap.queries.groups import public_row
from tamemap.queries.posts import load_post

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from tamemap.domain.actors import Actor


@dataclass(frozen=True, slots=True)
class Reported:
    """What somebody points at: its title (a post's is its topic's), the ground it stands on, and its page.

    ``excerpt`` is how a post begins, empty for anything else.
    """

    title: str
    ground: Ground
    url: str
    excerpt: str = ""


@dataclass(frozen=True, slots=True)
class ReportView:
    """A report at the desk; who made it is not said. ``url`` and ``excerpt`` are empty for what is gone meanwhile."""

    public_id: str
    thing: str
    thing_id: str
    title: str
    excerpt: str
    url: str
    municipality_name: str
    reason: str
    words: str
    created_at: datetime


def reported(db: Session, actor: Actor, *, thing: str, thing_id: str) -> Reported:
    """The thing, if the actor can see it. Raises NotFound, or Gone."""
    if thing == "flyer":
        seen = flyer(db, actor, public_id=thing_id)
        return Reported(seen.title, ground_of(db, seen.municipality_code), urls.flyer_page(thing_id))
    if thing == "group":
        group = public_row(db, thing_id)
        return Reported(group.name, ground_of(db, group.municipality_code), urls.group_page(thing_id))
    if thing == "topic":
        topic, board, map_ = load_topic(db, thing_id, actor=actor)
        return Reported(topic.title, ground_of_map(map_), urls.topic_page(board.slug, topic.public_id))
    post, topic, board, map_ = load_post(db, thing_id, actor=actor)
    if post.deleted_at is not None:
        raise Gone("post_gone")
    page = urls.topic_page(board.slug, topic.public_id)
    return Reported(topic.title, ground_of_map(map_), page, excerpt(post.html))


def ground_of_report(db: Session, row: Report) -> Ground:
    """Where a report belongs; for one without municipality (the region's boards) the region is that of the board's map."""
    if row.municipality_code is not None:
        return ground_of(db, row.municipality_code)
    region_id = db.exec(
        select(Map.region_id)
        .join(Board, col(Board.map_id) == Map.id)
        .join(Topic, col(Topic.board_id) == Board.id)
        .outerjoin(Post, and_(col(Post.topic_id) == Topic.id, col(Post.public_id) == row.thing_id))
        .where(or_(col(Topic.public_id) == row.thing_id, col(Post.id).is_not(None)))
    ).first()
    if region_id is None:
        raise NotFound("report_unknown")
    return Ground(None, region_id)


def open_reports(db: Session, actor: Actor, *, limit: int = 50) -> tuple[ReportView, ...]:
    """The reports that wait for the actor's decision, the oldest first, at most 100. Raises Unauthenticated, Forbidden."""
    if actor.waiting:
        raise Unauthenticated("desk_needs_proof")
    if not actor.may_enter_desk:
        raise Unauthenticated("sign_in_first") if actor.is_guest else Forbidden("not_allowed_staff_only")
    query = select(Report).where(col(Report.closed_at).is_(None), _for(actor))
    rows = db.exec(query.order_by(col(Report.id)).limit(max(1, min(limit, 100)))).all()
    codes = {row.municipality_code for row in rows}
    found = db.exec(select(Municipality.code, Municipality.name).where(col(Municipality.code).in_(codes)))
    towns: dict[str | None, str] = {code: name for code, name in found}  # noqa: C416  rows are not plain pairs
    things = _flyers(db, rows) | _groups(db, rows) | _topics(db, rows) | _posts(db, rows)
    return tuple(
        ReportView(
            row.public_id,
            row.thing,
            row.thing_id,
            *things.get((row.thing, row.thing_id), ("", "", "")),
            municipality_name=towns.get(row.municipality_code, ""),
            reason=row.reason,
            words=row.words,
            created_at=row.created_at,
        )
        for row in rows
    )


def _for(actor: Actor) -> Any:
    """Those of the actor's towns; an operator's also from all towns and boards of the region."""
    if actor.operator_of_all:
        return True
    regions = actor.operator_of
    towns = select(Municipality.code).where(col(Municipality.region_id).in_(regions))
    topics = (
        select(Topic.id)
        .join(Board, col(Board.id) == Topic.board_id)
        .join(Map, col(Map.id) == Board.map_id)
        .where(col(Map.region_id).in_(regions))
    )
    things = select(Topic.public_id).where(col(Topic.id).in_(topics))
    written = select(Post.public_id).where(col(Post.topic_id).in_(topics))
    code, thing_id = col(Report.municipality_code), col(Report.thing_id)
    of_region = and_(code.is_(None), or_(thing_id.in_(things), thing_id.in_(written)))
    return or_(code.in_(actor.staff_of), code.in_(towns), of_region)


def _ids(rows: Sequence[Report], thing: str) -> list[str]:
    return [row.thing_id for row in rows if row.thing == thing]


def _flyers(db: Session, rows: Sequence[Report]) -> dict[tuple[str, str], tuple[str, str, str]]:
    wanted = col(Flyer.public_id).in_(_ids(rows, "flyer")), col(Flyer.deleted_at).is_(None)
    found = db.exec(select(Flyer.public_id, Flyer.title).where(*wanted))
    return {("flyer", public_id): (title, "", urls.flyer_page(public_id)) for public_id, title in found}


def _groups(db: Session, rows: Sequence[Report]) -> dict[tuple[str, str], tuple[str, str, str]]:
    wanted = col(Group.slug).in_(_ids(rows, "group")), Group.state == "active"
    found = db.exec(select(Group).where(*wanted))
    return {("group", row.slug): (row.name, excerpt(row.html), urls.group_page(row.slug)) for row in found}


def _topics(db: Session, rows: Sequence[Report]) -> dict[tuple[str, str], tuple[str, str, str]]:
    wanted = col(Topic.public_id).in_(_ids(rows, "topic")), col(Topic.deleted_at).is_(None)
    found = db.exec(select(Topic, Board.slug).join(Board).where(*wanted))
    return {("topic", topic.public_id): (topic.title, "", urls.topic_page(slug, topic.public_id)) for topic, slug in found}


def _posts(db: Session, rows: Sequence[Report]) -> dict[tuple[str, str], tuple[str, str, str]]:
    wanted = col(Post.public_id).in_(_ids(rows, "post")), col(Post.deleted_at).is_(None)
    found = db.exec(
        select(Post, Topic, Board.slug)
        .join(Topic, col(Topic.id) == Post.topic_id)
        .join(Board, col(Board.id) == Topic.board_id)
        .where(*wanted, col(Topic.deleted_at).is_(None))
    )
    return {
        ("post", post.public_id): (topic.title, excerpt(post.html), urls.topic_page(slug, topic.public_id))
        for post, topic, slug in found
    }
