"""What one screen needs at once, in one transaction: the home screen, a picked flyer with its talk, my page, the desk."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from sqlmodel import Session, col, select

from tamemap.domain.placements import HELD, UP
from tamemap.models import Board, Flyer, Map, Topic
from tamemap.queries import staff
from tamemap.queries.boards import BoardView, TopicPage, TopicView, boards_of_map, topic, topics
from tamemap.queries.flyer import FlyerView, OwnView, at_desk, demand_desk, flyer, mine
from tamemap.queries.history import ChangeView, history
from tamemap.queries.hub import HubView, hub
from tamemap.queries.maps import MapView, map_view, maps
from tamemap.queries.marks import BoardMarks, board_marks
from tamemap.queries.mascots import SpokenMascot, spoken_mascots
from tamemap.queries.people import GroupRole, Me, me, spoken_for
from tamemap.queries.suspensions import rest_on_map, rests
from tamemap.queries.topic_cards import speaks_of

if TYPE_CHECKING:
    from tamemap.domain.actors import Actor
    from tamemap.domain.resting import Rest

MOST_TALKS = 5


@dataclass(frozen=True, slots=True)
class HomeView:
    """A town's boards and the topics of one of them; ``board`` is its slug, empty for a map without boards."""

    signed_in: bool
    map: MapView
    boards: tuple[BoardView, ...]
    board: str
    topics: TopicPage
    groups: tuple[GroupRole, ...]  # in whose name the viewer may write
    own: BoardMarks  # what the viewer has read and follows there
    rest: Rest | None = None  # why the viewer may not write here
    mascots: tuple[SpokenMascot, ...] = ()  # as whom they may write


def home(db: Session, actor: Actor, *, slug: str, board: str = "") -> HomeView:
    """The home screen of a map; an unknown board is taken for the first. Raises NotFound for an unknown map."""
    here = map_view(db, actor, slug=slug)
    boards = boards_of_map(db, actor, slug=slug)
    chosen = next((one.slug for one in boards if one.slug == board), boards[0].slug if boards else "")
    page = topics(db, actor, board=chosen) if chosen else TopicPage((), None)
    own = board_marks(db, actor, board=chosen, map_slug=slug, topics=[one.public_id for one in page.items])
    rest = rest_on_map(db, actor, slug=slug)
    groups, mascots = spoken_for(db, actor), spoken_mascots(db, actor, slug=slug)
    return HomeView(not actor.is_guest, here, boards, chosen, page, groups, own, rest, mascots)


@dataclass(frozen=True, slots=True)
class PickedView:
    """A flyer and what is said about it on a map's boards; ``board`` is where a talk about it would begin, empty: nowhere."""

    flyer: FlyerView
    talks: tuple[TopicView, ...]
    board: str


def picked(db: Session, actor: Actor, *, public_id: str, slug: str) -> PickedView:
    """A flyer beside a map. Raises as ``queries.flyer.flyer`` does; nothing is said about a flyer that does not stand there."""
    seen = flyer(db, actor, public_id=public_id)
    if not any(view.map_slug == slug and view.state == UP for view in seen.placements):
        return PickedView(seen, (), "")
    about = (
        select(Topic.public_id)
        .join(Board, col(Board.id) == Topic.board_id)
        .join(Map, col(Map.id) == Board.map_id)
        .join(Flyer, speaks_of())
        .where(Flyer.public_id == public_id, Map.slug == slug, col(Topic.deleted_at).is_(None), col(Topic.held_at).is_(None))
        .order_by(col(Topic.last_post_at).desc())
        .limit(MOST_TALKS)
    )
    talks = tuple(topic(db, actor, public_id=talk) for talk in db.exec(about).all())
    boards = boards_of_map(db, actor, slug=slug)
    open_to = [one.slug for one in boards if one.may_open or (actor.is_guest and one.writers != "staff")]
    return PickedView(seen, talks, open_to[0] if open_to else "")


@dataclass(frozen=True, slots=True)
class MyPage:
    """A person's page; ``me`` and ``hub`` are None for a guest, whose flyers are those of this browser."""

    me: Me | None
    hub: HubView | None
    flyers: tuple[OwnView, ...]
    rests: tuple[Rest, ...] = ()  # where I may not write at present


def my_page(db: Session, actor: Actor) -> MyPage:
    """Who I am, what leads further from here, and what I posted."""
    if actor.is_guest:
        return MyPage(None, None, mine(db, actor))
    return MyPage(me(db, actor), hub(db, actor), mine(db, actor), rests(db, actor))


@dataclass(frozen=True, slots=True)
class DeskView:
    """Flyers at the desk in one state, the towns that are curated there (for those who curate several), and which of
    ``queries.staff.PAGES`` the viewer may open."""

    flyers: tuple[OwnView, ...]
    towns: tuple[MapView, ...]
    may: frozenset[str] = frozenset()


def desk(db: Session, actor: Actor, *, state: str = HELD, municipality: str = "", limit: int = 50) -> DeskView:
    """The desk, perhaps of one municipality only. Raises Unauthenticated or NotFound for those who have none."""
    # the wish for one town is rare, the rows of the others are few: all are read, and the others left out
    found = at_desk(db, actor, state=state, limit=limit if not municipality else limit * 10)
    if municipality:
        found = tuple(one for one in found if one.card.municipality_code == municipality)[:limit]
    return DeskView(found, tuple(one for one in maps(db, actor) if _curates(actor, one)), staff.desk(db, actor).may)


def _curates(actor: Actor, one: MapView) -> bool:
    if one.municipality_code is None:
        return False
    return one.municipality_code in actor.staff_of or one.region_id in actor.operator_of or actor.operator_of_all


@dataclass(frozen=True, slots=True)
class CaseView:
    """One flyer at the desk in full: all its facts and its history."""

    flyer: FlyerView
    history: tuple[ChangeView, ...]


def case(db: Session, actor: Actor, *, public_id: str) -> CaseView:
    """A flyer with its history, for staff. Raises Unauthenticated or NotFound for those who have no desk, NotFound, Gone."""
    if not actor.may_enter_desk:
        demand_desk(actor)
    steps = history(db, actor, public_id=public_id)
    return CaseView(flyer(db, actor, public_id=public_id), steps)
