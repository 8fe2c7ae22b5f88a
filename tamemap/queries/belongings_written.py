"""What a person has made, to take along: flyers with their pictures and their history, topics, posts, reactions, reports."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from sqlmodel import Session, col, select

from tamemap.domain.flyers import LIMITS
from tamemap.models import (
    Board,
    Flyer,
    Group,
    Map,
    Picture,
    Placement,
    PlacementChange,
    Poll,
    PollOption,
    PollVote,
    Post,
    PostVersion,
    Reaction,
    Report,
    Topic,
)
from tamemap.queries.post_parts import picture_rows

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import datetime


@dataclass(frozen=True, slots=True)
class PictureTaken:
    """A picture: ``file`` is its name in the ZIP (empty: it has no JPEG), ``stored`` that in the store, for our own eyes;
    ``words`` is what stands on it."""

    file: str
    width: int
    height: int
    stored: str
    words: str = ""


@dataclass(frozen=True, slots=True)
class FlyerTaken:
    """A flyer with all its fields; ``placements`` where it stands, ``history`` how that came about."""

    id: str
    fields: dict[str, str]
    category: str
    municipality_code: str
    starts_at: datetime | None
    ends_at: datetime | None
    all_day: bool
    hidden_outside: tuple[str, ...]
    lat: float
    lng: float
    group: str
    pictures: tuple[PictureTaken, ...]
    placements: tuple[dict[str, Any], ...]
    history: tuple[dict[str, Any], ...]
    created_at: datetime
    updated_at: datetime
    deleted_at: datetime | None


@dataclass(frozen=True, slots=True)
class Written:
    """What was written and tapped."""

    topics: tuple[dict[str, Any], ...]
    posts: tuple[dict[str, Any], ...]
    reactions: tuple[dict[str, Any], ...]
    votes: tuple[dict[str, Any], ...]
    reports: tuple[dict[str, Any], ...]


def flyers_of(db: Session, person_id: int) -> tuple[FlyerTaken, ...]:
    """A person's flyers, the oldest first, taken-down ones too; four reads, however many there are."""
    rows = db.exec(
        select(Flyer, Group.slug)
        .outerjoin(Group, col(Group.id) == Flyer.group_id)
        .where(Flyer.poster_id == person_id)
        .order_by(Flyer.id)
    ).all()
    mine = select(Flyer.id).where(Flyer.poster_id == person_id)
    pictures: dict[int | None, list[Picture]] = defaultdict(list)
    for picture in db.exec(select(Picture).where(col(Picture.flyer_id).in_(mine)).order_by(Picture.position, Picture.id)):
        pictures[picture.flyer_id].append(picture)
    standings = _by_flyer(db, Placement, mine, "state since until reason")
    steps = _by_flyer(db, PlacementChange, mine, "from_state to_state actor_kind reason changed_at")
    return tuple(_taken(row, group or "", pictures[row.id], standings[row.id], steps[row.id]) for row, group in rows)


def _by_flyer(db: Session, table: Any, mine: Any, names: str) -> dict[int | None, list[dict[str, Any]]]:
    query = select(table, Map.slug).join(Map, col(Map.id) == table.map_id).where(col(table.flyer_id).in_(mine)).order_by(table.id)
    found: dict[int | None, list[dict[str, Any]]] = defaultdict(list)
    for row, slug in db.exec(query):
        found[row.flyer_id].append({"map": slug} | {name: getattr(row, name) for name in names.split()})
    return found


def _taken(
    row: Flyer, group: str, pictures: list[Picture], standings: list[dict[str, Any]], steps: list[dict[str, Any]]
) -> FlyerTaken:
    return FlyerTaken(
        id=row.public_id,
        fields={name: getattr(row, name) for name in LIMITS},
        category=row.category,
        municipality_code=row.municipality_code,
        starts_at=row.starts_at,
        ends_at=row.ends_at,
        all_day=row.all_day,
        hidden_outside=tuple(row.hidden_outside),
        lat=row.lat,
        lng=row.lng,
        group=group,
        pictures=tuple(_picture(f"flyers/{row.public_id}", number, one) for number, one in enumerate(pictures, 1)),
        placements=tuple(standings),
        history=tuple(steps),
        created_at=row.created_at,
        updated_at=row.updated_at,
        deleted_at=row.deleted_at,
    )


def _picture(folder: str, number: int, picture: Picture) -> PictureTaken:
    """The largest size there is as JPEG, which every program opens."""
    sizes = [made for _, made in sorted(picture.variants.items(), key=lambda one: int(one[0])) if "jpeg" in made]
    if not sizes:
        return PictureTaken("", picture.width, picture.height, "", picture.words)
    largest = sizes[-1]
    return PictureTaken(f"{folder}/{number}.jpg", largest["width"], largest["height"], largest["jpeg"], picture.words)


def written_by(db: Session, person_id: int) -> Written:
    """What a person wrote, the oldest first; of what they took back only that it was there."""
    topics = db.exec(
        select(Topic, Board.slug)
        .join(Board, col(Board.id) == Topic.board_id)
        .where(Topic.author_id == person_id)
        .order_by(Topic.id)
    ).all()
    posts = db.exec(
        select(Post, Topic.public_id, Topic.title)
        .join(Topic, col(Topic.id) == Post.topic_id)
        .where(Post.author_id == person_id)
        .order_by(Post.id)
    ).all()
    taps = db.exec(
        select(Reaction, Post.public_id)
        .join(Post, col(Post.id) == Reaction.post_id)
        .where(Reaction.person_id == person_id)
        .order_by(Reaction.id)
    ).all()
    parts = _parts(db, person_id)
    reports = db.exec(select(Report).where(Report.reporter_id == person_id).order_by(Report.id)).all()
    return Written(
        topics=tuple({"id": row.public_id, "board": board} | _of(row, "kind title created_at deleted_at")
                     for row, board in topics),
        posts=tuple({"id": row.public_id, "topic": topic, "topic_title": title}
                    | _of(row, "author_kind body created_at edited_at deleted_at") | parts(row)
                    for row, topic, title in posts),
        reactions=tuple({"post": post} | _of(row, "kind created_at") for row, post in taps),
        votes=_votes(db, person_id),
        reports=tuple(_of(row, "thing thing_id reason words created_at closed_at") for row in reports),
    )  # fmt: skip


def _parts(db: Session, person_id: int) -> Callable[[Post], dict[str, Any]]:
    """What a post of this person carries: its pictures, what it said before, and which post it answers."""
    mine = select(Post.id).where(Post.author_id == person_id)
    pictures: dict[int, list[Picture]] = defaultdict(list)
    for post_id, one in picture_rows(db, mine):
        pictures[post_id].append(one)
    earlier: dict[int | None, list[dict[str, Any]]] = defaultdict(list)
    for version in db.exec(select(PostVersion).where(col(PostVersion.post_id).in_(mine)).order_by(PostVersion.id)):
        earlier[version.post_id].append(_of(version, "body written_at"))
    rows = select(Post.id, Post.public_id).where(col(Post.id).in_(select(Post.quoted_id).where(Post.author_id == person_id)))
    quoted = {number: public_id for number, public_id in db.exec(rows)}  # noqa: C416  rows are not plain pairs

    def parts(row: Post) -> dict[str, Any]:
        shown = enumerate(pictures[row.id or 0], 1)
        return {
            "pictures": tuple(_picture(f"posts/{row.public_id}", number, one) for number, one in shown),
            "earlier": tuple(earlier[row.id]),
            "quoted": quoted.get(row.quoted_id, ""),
        }

    return parts


def _votes(db: Session, person_id: int) -> tuple[dict[str, Any], ...]:
    rows = db.exec(
        select(PollVote, PollOption.words, Poll.question, Topic.public_id)
        .join(PollOption, col(PollOption.id) == PollVote.option_id)
        .join(Poll, col(Poll.id) == PollVote.poll_id)
        .join(Topic, col(Topic.id) == Poll.topic_id)
        .where(PollVote.person_id == person_id)
        .order_by(PollVote.id)
    )
    return tuple({"topic": topic, "question": question, "choice": words, "created_at": row.created_at}
                 for row, words, question, topic in rows)  # fmt: skip


def _of(row: Any, names: str) -> dict[str, Any]:
    return {name: getattr(row, name) for name in names.split()}
