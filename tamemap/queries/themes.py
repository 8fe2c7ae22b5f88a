"""Reads about themes (お題): their period, their cover, their closing words; and whether writing is open on a map."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from sqlmodel import Session, col, select

from tamemap import clock
from tamemap.domain.permissions import allowed
from tamemap.domain.quiet import Closed, Quiet, closed_now
from tamemap.domain.themes import Period
from tamemap.models import Picture
from tamemap.queries.grounds import ground_of_map
from tamemap.queries.pictures import PictureView, picture_view
from tamemap.queries.together import Asked, Question, among, ask, read

if TYPE_CHECKING:
    from collections.abc import Sequence

    from tamemap.domain.actors import Actor
    from tamemap.models import Board, Map, Topic


@dataclass(frozen=True, slots=True)
class ThemeView:
    """What a theme has beside a topic; ``closing_html`` is safe to show and empty until the theme is over."""

    period: Period
    coming: bool
    over: bool
    cover: PictureView | None
    closing_html: str


def period_of(row: Topic) -> Period:
    """When a topic is open (for queries and services)."""
    return Period(row.opens_at, row.ends_at)


def topic_closed(row: Topic, board: Board) -> bool:
    """Whether nothing more is written in a topic: closed by hand, by its period, or with its board."""
    return row.closed_at is not None or board.closed_at is not None or period_of(row).over(clock.now())


COVERS = Question(select(Picture).where(among(col(Picture.id), "cover_ids")), "cover_ids")


def theme_asks(rows: Sequence[Topic]) -> tuple[Asked, ...]:
    """What :func:`theme_views` asks the database (for who asks ahead)."""
    return (ask(COVERS, [row.cover_id for row in rows if row.kind == "theme"]),)


def theme_views(db: Session, rows: Sequence[Topic], map_: Map) -> dict[int | None, ThemeView]:
    """The themes among these topics of one map, by row number."""
    (found,) = read(db, *theme_asks(rows))
    covers = {one.id: one for (one,) in found}
    return {row.id: _view(row, covers.get(row.cover_id), map_) for row in rows if row.kind == "theme"}


def _view(row: Topic, cover: Picture | None, map_: Map) -> ThemeView:
    period, now = period_of(row), clock.now()
    over = period.over(now) or row.closed_at is not None
    shown = picture_view(cover, outside=map_.kind == "regional") if cover is not None and cover.hidden_at is None else None
    return ThemeView(period, period.coming(now), over, shown, row.closing_html if over else "")


def closed_for(actor: Actor, map_: Map) -> Closed | None:
    """Why writing rests on a map's boards at present; None while it is open, and for its staff, who may always write."""
    if allowed(actor, "board.close_writing", ground_of_map(map_)):
        return None
    return map_closed(map_)


def map_closed(map_: Map) -> Closed | None:
    """Why writing rests on a map's boards at present, whoever asks; None while it is open."""
    quiet = Quiet(map_.writing_closed_at, map_.writing_closed_words, map_.night_from, map_.night_to)
    return closed_now(quiet, clock.now())
