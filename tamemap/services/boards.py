"""Topics on boards: opening them, closing them, taking them away. What is written in them: ``services.posts``."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlmodel import col, select

from tamemap import clock
from tamemap.domain.writing import POST_LIMIT, TITLE_LIMIT, check_text
from tamemap.errors import Invalid
from tamemap.models import Topic
from tamemap.queries.boards import (
    WRITE_VERBS,
    TopicView,
    is_author,
    load_board,
    load_topic,
)
from tamemap.queries.boards import topic as read_topic
from tamemap.queries.grounds import ground_of_map
from tamemap.queries.topic_flyers import flyer_on_map
from tamemap.services import caring, case_files, case_outside, following, post_parts, reports
from tamemap.services.authority import ask_first, demand
from tamemap.services.introductions import checked_place, shown_anew
from tamemap.services.openness import demand_open
from tamemap.services.posts import MINUTE, Removed, add_post, checked_reason, demand_rest
from tamemap.services.topic_cards import checked_cards, put_cards
from tamemap.services.turns import take_turn
from tamemap.services.voices import Voice, note_mascot, voice_of

if TYPE_CHECKING:
    from collections.abc import Sequence

    from sqlmodel import Session

    from tamemap.domain.actors import Actor
    from tamemap.domain.introductions import Place
    from tamemap.models import Board, Map

# their words stand under topic_kinds.<kind>
KINDS = ("talk", "theme", "question", "proposal", "introduction", "flyer")


def open_topic(
    db: Session, actor: Actor, *, board: str, kind: str, title: str, body: str, flyer: str | None = None, group: str = "",
    pictures: Sequence[str] = (), flyers: Sequence[str] = (), lat: object = None, lng: object = None, place_name: object = "",
) -> TopicView:  # fmt: skip
    """Open a topic with its first post; a theme (お題, by staff) is pinned. ``flyer`` is one that stands on the board's map,
    ``group`` the slug of the group in whose name it is opened (or ``mascot:`` and an id); ``pictures`` are up to four
    waiting ones of the actor's own, ``flyers`` are carried as cards, in their order. An introduction may have a place.

    The same topic twice within a minute (a double tap) is one topic. Raises NotFound, Unauthenticated, Forbidden, Invalid at
    ``kind``, ``title``, ``body``, ``flyer``, ``flyers``, ``pictures``, ``place`` or ``group``, Conflict as ``demand_open``, and
    TooMany ``posts_too_many``.
    """
    board_row, map_ = load_board(db, board)
    voice = voice_of(db, actor, board_row, map_, group)
    person_id = voice.person_id
    if kind not in KINDS:
        raise Invalid.at("kind", "topic_kind_wrong")
    if kind == "theme" and not voice.own:
        raise Invalid.at("group", "group_opens_no_theme")
    verb, ground = "topic.open_theme" if kind == "theme" else "topic.open", ground_of_map(map_)
    if voice.own:
        ask_first(actor, verb, ground)
    demand_open(actor, board_row, map_)
    title = check_text(title, field="title", limit=TITLE_LIMIT)
    body = check_text(body, field="body", limit=POST_LIMIT, lines=True)
    flyer_id, cards = _flyer(db, kind, flyer, map_), checked_cards(db, flyers, map_)
    place = checked_place(kind, map_, lat, lng, place_name)
    take_turn(db, f"write:{person_id}")
    if same := _opened_just_now(db, board_row, voice, kind, title):
        return read_topic(db, actor, public_id=same.public_id)
    demand_rest(db, person_id, map_.region_id)
    parts = post_parts.checked(db, actor, None, wanted=pictures, quoted="")
    now = clock.now()
    row = Topic(
        board_id=board_row.id, kind=kind, title=title, author_id=person_id, group_id=voice.group_id, flyer_id=flyer_id,  # type: ignore[arg-type]
        pinned=kind == "theme", posts_count=1, created_at=now, last_post_at=now,
    )  # fmt: skip
    _put_up(db, row, cards, place)
    post = add_post(db, voice, row, body)
    post_parts.add(db, post, row, parts)
    caring.care_for(db, post, row, map_, opening=True)
    following.wrote(db, actor, post, row)
    note_mascot(db, actor, voice, thing="topic", thing_id=row.public_id)
    # a theme on the residents' board is one deed, not two
    if voice.own and not demand(db, actor, verb, ground, thing="topic", thing_id=row.public_id):
        demand(db, actor, WRITE_VERBS[board_row.writers], ground, thing="topic", thing_id=row.public_id)
    return read_topic(db, actor, public_id=row.public_id)


def _put_up(db: Session, row: Topic, cards: Sequence[int], place: Place | None) -> None:
    if place is not None:
        row.lat, row.lng, row.place_name = place.point.lat, place.point.lng, place.name
    db.add(row)
    db.flush()
    put_cards(db, row, cards)
    shown_anew(db, row)


def _opened_just_now(db: Session, board: Board, voice: Voice, kind: str, title: str) -> Topic | None:
    by = Topic.author_id == voice.person_id, col(Topic.group_id).is_not_distinct_from(voice.group_id)
    own = Topic.board_id == board.id, *by, Topic.kind == kind, Topic.title == title
    return db.exec(select(Topic).where(*own, Topic.created_at > clock.now() - MINUTE, col(Topic.deleted_at).is_(None))).first()


def _flyer(db: Session, kind: str, flyer: str | None, map_: Map) -> int | None:
    if not flyer:
        if kind == "flyer":
            raise Invalid.at("flyer", "topic_needs_flyer")
        return None
    found = flyer_on_map(db, flyer, map_)
    if found is None:
        raise Invalid.at("flyer", "flyer_not_on_map")
    return found


def remove_topic(db: Session, actor: Actor, *, topic: str, reason: str, rule: str = "", told: bool = False) -> Removed:
    """Take a whole topic away (staff, with a reason and a rule, as ``posts.remove_post``); cases of its posts are closed.

    Raises NotFound, Gone ``topic_gone`` the second time, Unauthenticated, Forbidden, and Invalid at ``reason`` or ``rule``.
    """
    row, _, map_ = load_topic(db, topic, lock=True)
    demand(db, actor, "topic.remove", ground_of_map(map_), thing="topic", thing_id=row.public_id)
    reason, rule = checked_reason(reason), case_outside.checked_rule(rule)
    row.deleted_at = clock.now()
    db.add(row)
    db.flush()
    shown_anew(db, row)
    if not told and not is_author(db, actor, row):
        _decided(db, actor, row, map_, "remove", rule, reason)
    reports.settle(db, thing="topic", thing_id=row.public_id)
    case_files.shut_within(db, row.id)
    return Removed(row.public_id, again=False)


def _decided(db: Session, actor: Actor, row: Topic, map_: Map, *said: str) -> None:
    """``said``: the decision, by which rule, in which words."""
    deed = case_outside.Deed("topic", row.public_id, ground_of_map(map_), row.title, *said)
    case_outside.decided(db, actor, deed)


def close_topic(db: Session, actor: Actor, *, topic: str, reason: str = "", rule: str = "", told: bool = False) -> TopicView:
    """Close a topic: it can be read, nothing more is written; a theme is no longer pinned. Closing it twice changes nothing.

    That staff close somebody else's is a decision, by a ``rule`` and perhaps with a ``reason``, as ``posts.remove_post``. Raises
    NotFound, Gone, Unauthenticated, Forbidden, and Invalid at ``reason`` or ``rule``.
    """
    row, _, map_ = load_topic(db, topic, lock=True, actor=actor)
    by_office = demand(db, actor, "topic.close", ground_of_map(map_), author=is_author(db, actor, row), group_id=row.group_id,
                       thing="topic", thing_id=row.public_id)  # fmt: skip
    if row.closed_at is None:
        row.closed_at, row.pinned = clock.now(), False
        db.add(row)
        db.flush()
        if by_office and not told:
            words = checked_reason(reason) if reason.strip() else ""
            _decided(db, actor, row, map_, "close", case_outside.checked_rule(rule), words)
            reports.settle(db, thing="topic", thing_id=row.public_id)
    return read_topic(db, actor, public_id=row.public_id)
