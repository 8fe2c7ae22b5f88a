"""Reads about boards and their topics."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from sqlmodel import Session, col, func, select

from tamemap.domain.answers import KINDS as ANSWERED
from tamemap.domain.asking import write_cursor
from tamemap.domain.permissions import allowed
from tamemap.domain.residence import asks_proof
from tamemap.domain.writing import reference
from tamemap.errors import Gone, NotFound
from tamemap.models import Board, Map, Post, Topic
from tamemap.queries.authors import AuthorView, author_views, key_of_topic
from tamemap.queries.grounds import ground_of_map, still_speaks
from tamemap.queries.introductions import PlaceRef, opening_words, place_of
from tamemap.queries.mascots import still_voice
from tamemap.queries.polls import PollView, poll_views
from tamemap.queries.themes import ThemeView, closed_for, map_closed, theme_views, topic_closed
from tamemap.queries.together import ahead, ask, read
from tamemap.queries.topic_asks import EDGES, officials, openings, topic_asks
from tamemap.queries.topic_cards import topic_cards
from tamemap.queries.topic_cursor import MOST, list_asks, order_of
from tamemap.queries.topic_flyers import FlyerRef, flyer_refs
from tamemap.queries.town_answers import AnswerView, answer_views

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from tamemap.domain.actors import Actor, Ground
    from tamemap.domain.quiet import Closed
    from tamemap.queries.flyers import CardView

# who may write on a board, as a verb of the permissions table
WRITE_VERBS = {"members": "post.write", "residents": "post.write_residents", "staff": "post.write_staff"}


@dataclass(frozen=True, slots=True)
class BoardView:
    """A board of a map; ``writers`` is members, residents or staff. ``needs_proof``: its map asks for proof of residence from
    those who open topics there. ``may_write`` is answering, ``may_open`` opening a topic. ``closed``: put away; ``quiet``: why
    writing rests on the map at present, for whoever it is."""

    slug: str
    name: str
    description: str
    writers: str
    map_slug: str
    map_name: str
    topics_count: int
    may_write: bool
    may_open_theme: bool
    may_open: bool = False
    needs_proof: bool = False
    closed: bool = False
    quiet: Closed | None = None


@dataclass(frozen=True, slots=True)
class TopicView:
    """A topic; in lists ``excerpt`` is the beginning of its first post (at most 80 signs, empty when that was removed or is
    held). ``held``: it waits for staff; only its author and they see it. ``answer``: the town's, to proposals and questions.
    """

    public_id: str
    board: str
    kind: str
    title: str
    author: AuthorView
    posts_count: int
    created_at: datetime
    last_post_at: datetime
    pinned: bool
    closed: bool
    excerpt: str
    flyer: FlyerRef | None
    may_write: bool
    may_close: bool
    may_remove: bool
    needs_proof: bool = False
    answer: AnswerView | None = None
    may_answer: bool = False
    poll: PollView | None = None
    may_poll: bool = False
    held: bool = False
    theme: ThemeView | None = None
    quiet: Closed | None = None  # why writing rests on the map at present
    cards: tuple[CardView, ...] = ()  # the flyers that it carries
    place: PlaceRef | None = None  # of an introduction
    may_change: bool = False  # its cards, its place


@dataclass(frozen=True, slots=True)
class TopicPage:
    """Some topics of a board; ``next`` is the cursor of the following page, None on the last."""

    items: tuple[TopicView, ...]
    next: str | None


def load_board(db: Session, slug: object) -> tuple[Board, Map]:
    """A board's row with its map's (for services and queries). Raises NotFound."""
    found = db.exec(select(Board, Map).join(Map).where(Board.slug == reference(slug))).first()
    if found is None:
        raise NotFound("board_unknown")
    return found[0], found[1]


def load_topic(db: Session, public_id: object, *, lock: bool = False, actor: Actor | None = None) -> tuple[Topic, Board, Map]:
    """A topic's row with its board's and map's, for this ``actor`` (None: whatever it holds, for who decides about it).

    Raises NotFound, also for one that is held and not for this actor (``topic_held``), or Gone for one that was removed.
    """
    query = select(Topic, Board, Map).join(Board, col(Board.id) == Topic.board_id).join(Map, col(Map.id) == Board.map_id)
    query = query.where(Topic.public_id == reference(public_id))
    return standing_topic(db, actor, db.exec(query.with_for_update(of=Topic) if lock else query).all())


def standing_topic(db: Session, actor: Actor | None, found: Sequence[Any]) -> tuple[Topic, Board, Map]:
    """The only row of those found, if there is one; raises as ``load_topic`` (for queries)."""
    if not found:
        raise NotFound("topic_unknown")
    topic, board, map_ = found[0]
    if topic.deleted_at is not None:
        raise Gone("topic_gone")
    if actor is not None and not sees_held(db, actor, topic, ground_of_map(map_)):
        raise NotFound("topic_held")
    return topic, board, map_


def sees_held(db: Session, actor: Actor, row: Topic | Post, ground: Ground) -> bool:
    """Whether the actor sees this, which may be held: its author, their group and staff do."""
    if row.held_at is None:
        return True
    return allowed(actor, "post.see_held", ground, author=is_author(db, actor, row), group_id=row.group_id)


def board_view(actor: Actor, board: Board, map_: Map, count: int) -> BoardView:
    """A row of ``board_rows`` as the actor sees it (for queries)."""
    ground = ground_of_map(map_)
    open_now = board.closed_at is None and closed_for(actor, map_) is None
    return BoardView(
        slug=board.slug,
        name=board.name,
        description=board.description,
        writers=board.writers,
        map_slug=map_.slug,
        map_name=map_.name,
        topics_count=count,
        may_write=open_now and may_write(actor, board, ground),
        may_open_theme=open_now and allowed(actor, "topic.open_theme", ground) and not actor.is_guest,
        may_open=open_now and may_write(actor, board, ground, "topic.open"),
        needs_proof=asks_proof(ground, WRITE_VERBS[board.writers], "topic.open"),
        closed=board.closed_at is not None,
        quiet=map_closed(map_),
    )


def board_rows(*where: Any) -> Any:
    """The SELECT of boards with their maps and how many topics stand there, in their order (for queries)."""
    here = col(Topic.deleted_at).is_(None), col(Topic.held_at).is_(None)
    count = select(func.count(col(Topic.id))).where(Topic.board_id == Board.id, *here).scalar_subquery()
    return select(Board, Map, count).join(Map).where(*where).order_by(col(Board.position), col(Board.id))  # type: ignore[call-overload]


def _board_views(db: Session, actor: Actor, *where: Any) -> tuple[BoardView, ...]:
    return tuple(board_view(actor, *row) for row in db.exec(board_rows(*where)))


def boards_of_map(db: Session, actor: Actor, *, slug: str) -> tuple[BoardView, ...]:
    """The boards of a map in their order, without those put away. Raises NotFound for an unknown map."""
    if db.exec(select(Map.id).where(Map.slug == reference(slug))).first() is None:
        raise NotFound("map_unknown")
    return _board_views(db, actor, Map.slug == slug, col(Board.closed_at).is_(None))


def board(db: Session, actor: Actor, *, slug: str) -> BoardView:
    """One board. Raises NotFound."""
    if found := _board_views(db, actor, Board.slug == reference(slug)):
        return found[0]
    raise NotFound("board_unknown")


def topics(db: Session, actor: Actor, *, board: str, cursor: str | None = None, limit: int = 20) -> TopicPage:
    """The topics of a board: pinned ones first, then by their latest post; at most 50 a page.

    A topic that gets a new post while somebody pages moves up and is not seen again, but none is seen twice. Raises NotFound,
    and Invalid at ``cursor`` (``cursor_wrong``) for one that is not ours.
    """
    return topics_on(db, actor, *load_board(db, board), cursor=cursor, limit=limit)


def topics_on(db: Session, actor: Actor, row: Board, map_: Map, *, cursor: str | None, limit: int) -> TopicPage:
    """The same of a board that was read already (for queries)."""
    ground = ground_of_map(map_) if actor.may_enter_desk else None
    (listed,) = read(db, list_asks(actor, ground, board=row.slug, cursor=cursor, limit=limit)[0])
    size, found = max(1, min(limit, MOST)), sorted((one for (one,) in listed), key=order_of, reverse=True)
    last = found[size - 1] if len(found) > size else None
    return TopicPage(
        items=views_of_topics(db, actor, found[:size], row, map_),
        next=write_cursor(last.pinned, last.last_post_at.isoformat(), last.id) if last else None,
    )


def topic(db: Session, actor: Actor, *, public_id: str) -> TopicView:
    """One topic. Raises NotFound (``topic_held`` for one that waits for staff), or Gone for one that was removed."""
    row, board_row, map_ = load_topic(db, public_id, actor=actor)
    return views_of_topics(db, actor, [row], board_row, map_)[0]


def views_of_topics(db: Session, actor: Actor, rows: Sequence[Topic], board: Board, map_: Map) -> tuple[TopicView, ...]:
    """These topics of one board as the actor sees them (for queries)."""
    if not rows:
        return ()
    (edges,) = read(db, ask(EDGES, [row.id for row in rows]))
    with ahead(db, *topic_asks(actor, rows, edges, map_), known=[officials(edges, rows)]):
        return _views(db, actor, rows, opening=openings(edges), board=board, map_=map_)


def _views(
    db: Session, actor: Actor, rows: Sequence[Topic], *, opening: dict[int, Post], board: Board, map_: Map
) -> tuple[TopicView, ...]:
    ground = ground_of_map(map_)
    keys = {row.id: key_of_topic(row, opening.get(row.id or 0)) for row in rows}
    authors = author_views(db, actor, keys.values(), here=map_.municipality_code)
    flyers = flyer_refs(db, [row.flyer_id for row in rows], map_)
    open_to_me = may_write(actor, board, ground) and closed_for(actor, map_) is None
    themes, quiet = theme_views(db, rows, map_), map_closed(map_)
    answers = answer_views(db, actor, rows)
    mine = frozenset(row.id for row in rows if is_author(db, actor, row))
    carried = topic_cards(db, actor, rows, map_)
    polls = poll_views(db, actor, rows, ground, residents=board.writers == "residents", authored=mine)

    def may(verb: str, row: Topic) -> bool:
        return allowed(actor, verb, ground, author=row.id in mine, group_id=row.group_id)

    return tuple(
        TopicView(
            public_id=row.public_id,
            board=board.slug,
            kind=row.kind,
            title=row.title,
            author=authors[keys[row.id]],
            posts_count=row.posts_count,
            created_at=row.created_at,
            last_post_at=row.last_post_at,
            pinned=row.pinned,
            closed=topic_closed(row, board),
            excerpt=opening_words(opening.get(row.id or 0)),
            flyer=flyers.get(row.flyer_id),
            may_write=open_to_me and not topic_closed(row, board) and not (row.id in themes and themes[row.id].coming),
            may_close=row.closed_at is None and may("topic.close", row),
            may_remove=allowed(actor, "topic.remove", ground),
            needs_proof=asks_proof(ground, WRITE_VERBS[board.writers]),
            answer=answers.get(row.id),
            may_answer=row.kind in ANSWERED and allowed(actor, "topic.answer", ground),
            poll=polls.get(row.id or 0),
            may_poll=row.closed_at is None and row.id not in polls and may("poll.open", row),
            held=row.held_at is not None,
            theme=themes.get(row.id),
            quiet=quiet,
            cards=carried.get(row.id, ()),
            place=place_of(row, map_),
            may_change=open_to_me and not topic_closed(row, board) and may("topic.change", row),
        )
        for row in rows
    )


def may_write(actor: Actor, board: Board, ground: Ground, *more: str) -> bool:
    """Whether the actor may write there in their own name (and may do ``more``), or in that of one of their groups."""
    if actor.is_guest:
        return False
    return all(allowed(actor, verb, ground) for verb in (WRITE_VERBS[board.writers], *more)) or any(
        may_speak(actor, board, ground, group_id, None) for group_id in actor.groups
    )


def may_speak(actor: Actor, board: Board, ground: Ground, group_id: int, town: str | None) -> bool:
    """Whether the actor may write there in that group's name: among residents only for a group of their ``town``."""
    if board.writers == "staff" or (board.writers == "residents" and (town is None or town != ground.municipality_code)):
        return False
    return allowed(actor, "post.write_as_group", ground, group_id=group_id)


def is_author(db: Session, actor: Actor, row: Topic | Post) -> bool:
    """Whether the actor wrote it; nobody is the author of what has none, and a token is not the person who made it.

    What stands in a group's name is its writer's only as long as they speak for the group.
    """
    mine = row.author_id is not None and row.author_id == actor.person_id and actor.scopes is None
    return mine and still_speaks(db, actor, row.group_id) and still_voice(db, actor, row)
