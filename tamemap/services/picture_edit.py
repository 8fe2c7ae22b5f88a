"""Editing a picture: its sheet cut out and laid flat, places on it made unreadable, and all of that taken back.

The original stays as it was sent and private. What is shown is made of it anew and gets new names in addresses, so that no
address and no copy kept by a browser's cache shows what was hidden meanwhile. Decoding never happens inside a transaction:
first ``queries.picture_edits.editable``, then ``prepare`` without one, then ``keep``.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING

from sqlmodel import select

from tamemap import clock
from tamemap.config import settings
from tamemap.domain.picture_edits import Edit, stored_edit
from tamemap.errors import Conflict
from tamemap.gateways.storage import storage_from
from tamemap.models import Flyer, Picture
from tamemap.queries.picture_edits import EditableView, editable
from tamemap.services import outbox, picture_sizes, pictures, reading_late
from tamemap.services.flyers import hold_again, loaded, touch
from tamemap.services.reading_learnt import KEPT

if TYPE_CHECKING:
    from sqlmodel import Session

    from tamemap.domain.actors import Actor

# nobody can ask for the old files any more; who takes an edit back at once finds them still there
FILES_STAY = timedelta(minutes=10)


@dataclass(frozen=True, slots=True)
class EditedView:
    """A picture after its edit. ``resident_name`` is its name in addresses; ``flyer`` and ``version`` of the flyer it is on."""

    public_id: str
    width: int
    height: int
    blur: str
    edit: Edit
    resident_name: str
    flyer: str
    version: int


def prepare(view: EditableView, *, edit: Edit) -> picture_sizes.PreparedPage:
    """The edited picture in its first sizes, in the store. No transaction. Raises as ``gateways.imaging_flat.render_edit``."""
    data = storage_from(settings()).get(view.original)
    return picture_sizes.rendered(data, view.page, edit)


def keep(
    db: Session,
    actor: Actor,
    *,
    public_id: str,
    edit: Edit,
    prepared: picture_sizes.PreparedPage | None,
    version: int | None = None,
) -> EditedView:
    """Show the picture as edited from now on; the worker makes the large sizes. ``prepared`` None: the edit stands already.

    A posted flyer's version rises, its text follows what is hidden (``reading_late.hide``), and what a guest has changed waits
    for staff again. Raises as ``editable``, PreconditionFailed for another ``version`` of the flyer, Conflict when somebody else
    edited it at the same moment.
    """
    view = editable(db, actor, public_id=public_id)
    flyer = db.exec(select(Flyer).join(Picture).where(Picture.public_id == view.public_id)).first()
    if flyer is not None:
        flyer = loaded(db, actor, flyer.public_id, "flyer.change", version, detail={"picture": view.public_id})
    row = db.exec(select(Picture).where(Picture.public_id == view.public_id).with_for_update()).one()
    if prepared is None:
        if stored_edit(row.edit) != edit:
            raise Conflict("flyer_changed_meanwhile")
        return _view(row, flyer)
    before, earlier = pictures.shown_files(row), stored_edit(row.edit)
    kept = {name: value for name, value in row.edit.items() if name == KEPT}  # of a blur whose words are still being read
    row.edit, row.variants, row.blur = edit.stored() | kept, prepared.variants, prepared.blur
    row.width, row.height, row.look = prepared.width, prepared.height, prepared.look
    pictures.rename(row)
    db.add(row)
    db.flush()
    outbox.put(db, "pictures", {"picture": row.public_id})
    if unused := sorted(before - pictures.shown_files(row)):
        outbox.put(db, "picture_files", {"names": unused}, clock.now() + FILES_STAY)
    if flyer is not None:
        reading_late.hide(db, row, earlier)
        touch(db, flyer)
        hold_again(db, actor, flyer)
    return _view(row, flyer)


def _view(row: Picture, flyer: Flyer | None) -> EditedView:
    on, version = (flyer.public_id, flyer.version) if flyer else ("", 0)
    edit = stored_edit(row.edit)
    return EditedView(row.public_id, row.width, row.height, row.blur, edit, row.resident_name, on, version)
