"""What the form for hiding places on a flyer's pictures shows: each picture, its edit, what may not be meant for everybody."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from sqlalchemy import select

from tamemap.domain.picture_edits import Box, Edit, stored_edit
from tamemap.domain.reading_shown import private_shown
from tamemap.errors import Gone
from tamemap.models import Flyer, Picture, Reading
from tamemap.queries.picture_edits import editable
from tamemap.queries.pictures import PictureView, picture_view, pictures_of

if TYPE_CHECKING:
    from sqlmodel import Session

    from tamemap.domain.actors import Actor

ACROSS = 6  # places to hide, side by side
MOST_DOWN = 12


@dataclass(frozen=True, slots=True)
class BlurView:
    """One picture; ``found`` are (kind, box) in parts of what is shown. ``down`` rows of ``ACROSS`` places lie over it.

    ``edit`` is None where its original was forgotten: then nothing on it can be hidden any more.
    """

    public_id: str
    picture: PictureView
    edit: Edit | None
    found: tuple[tuple[str, Box], ...]
    down: int

    def place(self, number: int) -> Box:
        """The place of that number, counted row by row from 0. Raises IndexError for one that there is not."""
        row, column = divmod(number, ACROSS)
        if not 0 <= number < ACROSS * self.down:
            raise IndexError(number)
        return column / ACROSS, row / self.down, 1 / ACROSS, 1 / self.down


def blurrable(db: Session, actor: Actor, *, public_id: str) -> tuple[BlurView, ...]:
    """The pictures of a flyer that this actor may change. Raises as ``picture_edits.editable``; () for a flyer without any."""
    flyer = db.execute(select(Flyer).where(Flyer.public_id == public_id)).scalars().first()  # type: ignore[arg-type]
    return tuple(_view(db, actor, row) for row in pictures_of(db, flyer.id or 0)) if flyer else ()


def _view(db: Session, actor: Actor, row: Picture) -> BlurView:
    try:
        edit: Edit | None = editable(db, actor, public_id=row.public_id).edit
    except Gone:
        edit = None
    mine = (Reading.original == row.original, Reading.owner_hash == row.owner_hash, Reading.state == "read")
    reading = db.execute(select(Reading).where(*mine)).scalars().first() if row.original else None  # type: ignore[arg-type]
    found = private_shown(reading.sheets, row.page, stored_edit(row.edit)) if reading else []
    down = min(MOST_DOWN, max(2, round(ACROSS * row.height / row.width)))
    return BlurView(row.public_id, picture_view(row, outside=False), edit, tuple(found), down)
