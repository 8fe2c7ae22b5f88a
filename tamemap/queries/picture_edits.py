"""What an edit of a picture starts from, for whoever may edit it: the owner of a waiting one, the poster of a flyer and staff."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from sqlmodel import select

from tamemap.domain.permissions import demand
from tamemap.domain.picture_edits import Edit, stored_edit
from tamemap.domain.writing import reference
from tamemap.errors import Gone, NotFound
from tamemap.models import Flyer, Picture
from tamemap.queries.grounds import ground_of, is_author
from tamemap.queries.pictures import is_waiting

if TYPE_CHECKING:
    from sqlmodel import Session

    from tamemap.domain.actors import Actor


@dataclass(frozen=True, slots=True)
class EditableView:
    """A picture that this actor may edit: its original's private name, which page of it this is, and its present edit."""

    public_id: str
    original: str
    page: int
    edit: Edit


def own_original(db: Session, actor: Actor, *, public_id: str) -> EditableView:
    """The picture, for whoever sent it, waiting or posted. Raises NotFound for everybody else, staff too: only what is shown of
    a photo is anybody's business; Gone when the flyer has left or the original was forgotten.
    """
    row = db.exec(select(Picture).where(Picture.public_id == reference(public_id))).first()
    if row is None or not actor.owner_hash or row.owner_hash != actor.owner_hash:
        raise NotFound("photo_unknown")
    return editable(db, actor, public_id=public_id)


def editable(db: Session, actor: Actor, *, public_id: str) -> EditableView:
    """The picture, if this actor may edit it.

    Raises NotFound for others' waiting pictures and for those in posts, on themes and of mascots; Gone when the flyer has left
    or its original was forgotten with whoever sent it; Forbidden or Unauthenticated for others' flyers.
    """
    row = db.exec(select(Picture).where(Picture.public_id == reference(public_id))).first()
    if row is None:
        raise NotFound("photo_unknown")
    if row.flyer_id is None:
        if not actor.owner_hash or row.owner_hash != actor.owner_hash or not is_waiting(db, row):
            raise NotFound("photo_unknown")
    else:
        flyer = db.get_one(Flyer, row.flyer_id)
        if flyer.deleted_at is not None:
            raise Gone("flyer_gone")
        ground = ground_of(db, flyer.municipality_code)
        demand(actor, "flyer.change", ground, author=is_author(db, actor, flyer), group_id=flyer.group_id)
    if not row.original:
        raise Gone("photo_original_gone")
    return EditableView(row.public_id, row.original, row.page, stored_edit(row.edit))
