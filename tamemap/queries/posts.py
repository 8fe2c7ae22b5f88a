"""Reads about what is written in a topic, and the taps on it."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from sqlmodel import Session, col, select

from tamemap import clock
from tamemap.domain.asking import read_cursor, write_cursor
from tamemap.domain.permissions import allowed
from tamemap.domain.writing import reference
from tamemap.errors import Gone, Invalid, NotFound
from tamemap.models import Board, Map, Post, Topic
from tamemap.queries.authors import AuthorView, author_views, key_of_post
from tamemap.queries.boards import is_author, load_topic, sees_held
from tamemap.queries.grounds import ground_of_map
from tamemap.queries.held import seeing, seen_posts
from tamemap.queries.held_why import rules_of
from tamemap.queries.post_parts import Parts, parts_of, quote_view
from tamemap.queries.taps import taps_on
from tamemap.queries.themes import closed_for, period_of
from tamemap.queries.topic_cursor import MOST_ROWS

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from tamemap.domain.actors import Actor
    from tamemap.queries.authors import AuthorKey
    from tamemap.queries.link_cards import LinkCard
    from tamemap.queries.pictures import PictureView
    from tamemap.queries.post_parts import QuoteView

# their words stand under reactions.<kind>
REACTIONS = ("like", "thanks", "join", "cheer")


@dataclass(frozen=True, slots=True)
class ReactionView:
    """How many tapped this, and whether the actor did; all kinds are there, also with 0."""

    kind: str
    count: int
    mine: bool


@dataclass(frozen=True, slots=True)
class PostView:
    """One post; ``html`` is safe to show as it stands.

    A ``deleted`` one is a tombstone: no author, no html, no taps, so that the answers around it keep their sense. ``body`` is
    the Markdown for whoever may change it, empty for others. What waits for staff is ``held``: for its author and for staff it
    is there, for all others it is a tombstone, too; ``held_by`` says to the first two which rule of ``domain.caring.RULES``
    holds it, if one does. ``official``: the town's answer. ``quote``: the post that it answers;
    ``cards``: what it links to on this installation.
    """

    public_id: str
    topic: str
    author: AuthorView | None
    html: str
    body: str
    created_at: datetime
    edited: bool
    deleted: bool
    reactions: tuple[ReactionView, ...]
    may_change: bool
    may_remove: bool
    official: bool = False
    held: bool = False
    pictures: tuple[PictureView, ...] = ()
    quote: QuoteView | None = None
    cards: tuple[LinkCard, ...] = ()
    held_by: str = ""


@dataclass(frozen=True, slots=True)
class PostPage:
    """Some posts of a topic, the oldest first; ``next`` is the cursor of the following page, None on the last."""

    items: tuple[PostView, ...]
    next: str | None


def load_post(
    db: Session, public_id: object, *, lock: bool = False, actor: Actor | None = None, standing: bool = False
) -> tuple[Post, Topic, Board, Map]:
    """A post's row with those of its topic, board and map (for services and queries), for this ``actor`` as ``load_topic``;
    with ``standing`` only one that was not removed.

    Raises NotFound (``post_held``, ``topic_held``); Gone when the post (``post_gone``) or its topic (``topic_gone``) was removed.
    """
    query = select(Post).where(Post.public_id == reference(public_id))
    if lock:
        # the topic before its post, as all writers do: nobody waits for somebody who waits for them
        its_topic = select(Post.topic_id).where(Post.public_id == reference(public_id)).scalar_subquery()
        db.exec(select(Topic.id).where(Topic.id == its_topic).with_for_update()).all()
    post = db.exec(query.with_for_update() if lock else query).first()
    if post is None:
        raise NotFound("post_unknown")
    topic, board, map_ = db.exec(
        select(Topic, Board, Map)
        .join(Board, col(Board.id) == Topic.board_id)
        .join(Map, col(Map.id) == Board.map_id)
        .where(Topic.id == post.topic_id)
    ).one()
    if topic.deleted_at is not None:
        raise Gone("topic_gone")
    if standing and post.deleted_at is not None:
        raise Gone("post_gone")
    if actor is not None:
        for row, code in ((topic, "topic_held"), (post, "post_held")):
            if not sees_held(db, actor, row, ground_of_map(map_)):
                raise NotFound(code)
    return post, topic, board, map_


def posts(db: Session, actor: Actor, *, topic: str, cursor: str | None = None, limit: int = 50) -> PostPage:
    """The posts of a topic, at most 100 a page. Raises NotFound, Gone, and Invalid at ``cursor`` for one that is not ours."""
    row, _, map_ = load_topic(db, topic, actor=actor)
    return posts_in(db, actor, row, map_, cursor=cursor, limit=limit)


def posts_in(db: Session, actor: Actor, row: Topic, map_: Map, *, cursor: str | None, limit: int) -> PostPage:
    """The same of a topic that was read already (for queries)."""
    size = max(1, min(limit, 100))
    here = Post.topic_id == row.id, seen_posts(), col(Post.id) > after_post(cursor)
    query = select(Post).where(*here).order_by(col(Post.id)).limit(size + 1)
    found = db.scalars(query, seeing(actor, ground_of_map(map_))).all()
    return posts_page(db, actor, found, row, map_, size=size)


def after_post(cursor: str | None) -> int:
    """The number of the post behind which a page begins. Raises Invalid at ``cursor`` for one that is not ours."""
    if not cursor:
        return 0
    (last,) = read_cursor(cursor, int)
    if not 0 <= last < MOST_ROWS:
        raise Invalid.at("cursor", "cursor_wrong")
    return last


def posts_page(db: Session, actor: Actor, found: Sequence[Post], row: Topic, map_: Map, *, size: int) -> PostPage:
    """The page of these posts, of which one more than ``size`` was read (for queries)."""
    return PostPage(
        items=post_views(db, actor, found[:size], row, map_),
        next=write_cursor(found[size - 1].id) if len(found) > size else None,
    )


def post_views(db: Session, actor: Actor, rows: Sequence[Post], topic: Topic, map_: Map) -> tuple[PostView, ...]:
    """These posts of one topic as the actor sees them."""
    ground = ground_of_map(map_)
    standing = [row for row in rows if row.deleted_at is None and sees_held(db, actor, row, ground)]
    shown = {row.id for row in standing}
    parts = parts_of(db, standing, map_)
    authors = author_views(db, actor, (key_of_post(row) for row in (*standing, *parts.quoted_ones)), here=map_.municipality_code)
    taps = taps_on(db, actor, [row.id for row in standing])
    rules = rules_of(db, "post", [row.public_id for row in standing if row.held_at is not None])
    return tuple(
        _tombstone(row, topic)
        if row.id not in shown
        else replace(
            _view(db, actor, row, topic=topic, map_=map_, authors=authors, taps=taps[row.id], parts=parts),
            held_by=rules.get(row.public_id, ""),
        )
        for row in rows
    )


def _view(
    db: Session,
    actor: Actor,
    row: Post,
    *,
    topic: Topic,
    map_: Map,
    authors: dict[AuthorKey, AuthorView],
    taps: dict[str, tuple[int, bool]],
    parts: Parts,
) -> PostView:
    mine = is_author(db, actor, row)
    ground = ground_of_map(map_)
    quoted = parts.quoted.get(row.quoted_id)
    open_now = topic.closed_at is None and not period_of(topic).over(clock.now()) and closed_for(actor, map_) is None
    may_change = open_now and not actor.is_guest and allowed(actor, "post.change", ground, author=mine)
    return PostView(
        public_id=row.public_id,
        topic=topic.public_id,
        author=authors[key_of_post(row)],
        html=row.html,
        body=row.body if may_change else "",
        created_at=row.created_at,
        edited=row.edited_at is not None,
        deleted=False,
        reactions=tuple(ReactionView(kind, *taps.get(kind, (0, False))) for kind in REACTIONS),
        may_change=may_change,
        may_remove=allowed(actor, "post.remove", ground, author=mine, group_id=row.group_id),
        official=row.official,
        held=row.held_at is not None,
        pictures=parts.pictures.get(row.id, ()),
        quote=quote_view(quoted, authors.get(key_of_post(quoted)) if quoted else None),
        cards=parts.cards.get(row.id, ()),
    )


def _tombstone(row: Post, topic: Topic) -> PostView:
    return PostView(
        public_id=row.public_id,
        topic=topic.public_id,
        author=None,
        html="",
        body="",
        created_at=row.created_at,
        edited=False,
        deleted=True,
        reactions=(),
        may_change=False,
        may_remove=False,
        held=row.deleted_at is None,
    )
