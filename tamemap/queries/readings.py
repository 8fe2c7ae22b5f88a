"""Reads about readings: one as its owner sees it, and how often the rules were right."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from sqlalchemy import select

from tamemap.domain.folding import fold
from tamemap.domain.reading_field import SURE
from tamemap.domain.writing import reference
from tamemap.errors import NotFound
from tamemap.models import Picture, Reading, ReadingOutcome

if TYPE_CHECKING:
    from sqlmodel import Session

    from tamemap.domain.actors import Actor


@dataclass(frozen=True, slots=True)
class SheetView:
    """One sheet: ``corners`` in parts of the upright photograph (None for a PDF's page), ``size`` of the sheet laid flat in
    pixels, boxes (x, y, width, height) in parts of it; those ``around`` in parts of the whole upright photograph. ``fields`` has
    all names of the form, None for what it does not say.
    """

    corners: list[list[float]] | None
    found: bool
    page: int
    size: list[int]
    fields: dict[str, Any]
    lines: list[dict[str, Any]]
    private: list[dict[str, Any]]
    around: list[dict[str, Any]] | None
    place: dict[str, Any] | None


@dataclass(frozen=True, slots=True)
class ReadingView:
    """A reading as its owner sees it; ``photo`` is the public id of the picture that waits, None when that was posted."""

    public_id: str
    state: str
    code: str
    sheets: tuple[SheetView, ...]
    photo: str | None


@dataclass(frozen=True, slots=True)
class FlatSource:
    """What a sheet laid flat is made of: the private file, the corners in parts of the photograph (None: all), the PDF's page."""

    original: str
    corners: tuple[tuple[float, float], ...] | None
    page: int


def reading(db: Session, actor: Actor, *, public_id: str) -> ReadingView:
    """One of the actor's own. Raises NotFound for every other."""
    row = _own(db, actor, public_id)
    same = (Picture.original == row.original, Picture.owner_hash == row.owner_hash, Picture.flyer_id.is_(None))  # type: ignore[union-attr]
    photo = db.execute(select(Picture.public_id).where(*same).order_by(Picture.page, Picture.id)).scalars().first()
    # what is being read anew shows nothing old
    done = row.state not in {"waiting", "reading"}
    return ReadingView(row.public_id, row.state, row.code, tuple(_sheet(one) for one in row.sheets) if done else (), photo)


def _own(db: Session, actor: Actor, public_id: str) -> Reading:
    row = db.execute(select(Reading).where(Reading.public_id == reference(public_id))).scalars().first()
    if row is None or not actor.owner_hash or row.owner_hash != actor.owner_hash:
        raise NotFound("reading_unknown")
    return row


def _sheet(kept: dict[str, Any]) -> SheetView:
    return SheetView(**{name: kept.get(name) for name in SheetView.__dataclass_fields__})  # type: ignore[arg-type]


def flat_source(db: Session, actor: Actor, *, public_id: str, sheet: int) -> FlatSource:
    """What the picture of a sheet is made of. Raises NotFound for what is not the actor's own, and for unknown sheets."""
    row = _own(db, actor, public_id)
    if not 0 <= sheet < len(row.sheets):
        raise NotFound("reading_sheet_unknown")
    kept = _sheet(row.sheets[sheet])
    corners = tuple((x, y) for x, y in kept.corners) if kept.corners else None
    return FlatSource(row.original, corners, kept.page)


@dataclass(frozen=True, slots=True)
class FieldFigures:
    """How one field fared: ``read`` of ``all`` had a value, ``right`` of them were posted so; the same of those marked sure.

    ``missed``: people gave what was not read. ``reasons``: per reason how many were read and how many of them were right.
    """

    field: str
    all: int
    read: int
    right: int
    sure: int
    sure_right: int
    missed: int
    reasons: tuple[tuple[str, int, int], ...]


def figures(db: Session, actor: Actor) -> tuple[FieldFigures, ...]:
    """What came of readings, field by field. A value is right when people posted it as it was read (spelled alike)."""
    rows = db.execute(select(ReadingOutcome)).scalars().all()
    names = list(dict.fromkeys(row.field for row in sorted(rows, key=lambda row: row.id or 0)))
    return tuple(_figures(name, [row for row in rows if row.field == name]) for name in names)


def _figures(name: str, rows: list[ReadingOutcome]) -> FieldFigures:
    read = [row for row in rows if row.read]
    right = [row for row in read if fold(row.read) == fold(row.confirmed)]
    sure = [row for row in read if row.confidence >= SURE]
    reasons, held = Counter(row.reason for row in read), Counter(row.reason for row in right)
    return FieldFigures(
        field=name,
        all=len(rows),
        read=len(read),
        right=len(right),
        sure=len(sure),
        sure_right=sum(row in right for row in sure),
        missed=sum(not row.read for row in rows),
        reasons=tuple((reason, count, held[reason]) for reason, count in reasons.most_common()),
    )
