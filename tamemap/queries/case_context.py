"""Where a thing of a case stands: a post in its topic, a topic on its board, a flyer on its maps with what it says."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from sqlmodel import Session, col, select

from tamemap import urls
from tamemap.domain.dates import When
from tamemap.models import Board, Flyer, Map, Post, Topic
from tamemap.queries.flyer import PlacementView, placements_of

if TYPE_CHECKING:
    from collections.abc import Iterable

# what a flyer says besides its title and words, in the order of reading
FACTS = ("venue", "address", "fee", "phone", "organiser", "url")


@dataclass(frozen=True, slots=True)
class ContextView:
    """``place``: the names and addresses of board and topic, the larger first; empty for a flyer, which has ``placements``, its
    ``category``, ``when`` and other ``facts`` (names of ``post.field.…`` with what is said)."""

    place: tuple[tuple[str, str], ...] = ()
    placements: tuple[PlacementView, ...] = ()
    category: str = ""
    when: When | None = None
    facts: tuple[tuple[str, str], ...] = ()


def context_of(db: Session, kind: str, thing_id: str) -> ContextView:
    """Where this stands; also of what was taken away, as long as the rows are there."""
    if kind == "flyer":
        row = db.exec(select(Flyer).where(Flyer.public_id == thing_id)).first()
        return ContextView() if row is None else _flyer(db, row)
    if kind == "group":
        return ContextView()
    here = select(Board.name, Board.slug, Map.name, Topic.title, Topic.public_id, Topic.deleted_at)
    joined = here.join(Map, col(Map.id) == Board.map_id).join(Topic, col(Topic.board_id) == Board.id)
    if kind == "topic":
        joined = joined.where(Topic.public_id == thing_id)
    else:
        joined = joined.join(Post, col(Post.topic_id) == Topic.id).where(Post.public_id == thing_id)
    return ContextView(place=tuple(_place(db.exec(joined))))


def _place(rows: Iterable[tuple[str, str, str, str, str, object]]) -> Iterable[tuple[str, str]]:
    for board, slug, map_name, title, topic, deleted_at in rows:
        yield f"{map_name} {board}", urls.board_page(slug)
        # a topic that was taken away has no page any more
        yield title, urls.topic_page(slug, topic) if deleted_at is None else ""


def _flyer(db: Session, row: Flyer) -> ContextView:
    return ContextView(
        placements=placements_of(db, row),
        category=row.category,
        when=When(row.starts_at, row.ends_at, row.all_day),
        facts=tuple((name, getattr(row, name)) for name in FACTS if getattr(row, name)),
    )
