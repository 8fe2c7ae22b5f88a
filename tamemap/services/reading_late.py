"""Readings and flyers that hang already: words that come late, faces that nobody was asked about, text that goes with a blur."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlmodel import col, select

from tamemap import clock
from tamemap.domain.actors import SYSTEM
from tamemap.domain.picture_edits import stored_edit
from tamemap.domain.reading_shown import private_shown
from tamemap.gateways.reader_setting import reading_is_on
from tamemap.models import Flyer, Picture, Reading
from tamemap.services import unasked
from tamemap.services.flyers import touch
from tamemap.services.reading_learnt import KEPT, learn, words_of

if TYPE_CHECKING:
    from sqlmodel import Session

    from tamemap.domain.picture_edits import Edit


def arrived(db: Session, row: Reading) -> None:
    """A reading is done, and its upload may hang on flyers already (for services): their pictures get their words, and who was
    quicker than the reader is told of what may not be meant for everybody. Where words came, the flyer's version rises.
    """
    posted = select(Flyer).join(Picture, col(Picture.flyer_id) == Flyer.id)
    posted = posted.where(Picture.original == row.original, Picture.owner_hash == row.owner_hash)
    flyers = {flyer.id: flyer for flyer in db.exec(posted.where(col(Flyer.deleted_at).is_(None))).all()}.values()
    for flyer in flyers:
        # what is read again after a blur was looked at by whoever blurred it
        if row.asked_at <= flyer.created_at and _seen(db, row, flyer):
            unasked.tell(db, public_id=flyer.public_id)
    for flyer in flyers:
        if learn(db, SYSTEM, flyer=flyer):
            touch(db, flyer)


def _seen(db: Session, row: Reading, flyer: Flyer) -> bool:
    mine = select(Picture).where(Picture.flyer_id == flyer.id, Picture.original == row.original)
    return any(private_shown(row.sheets, one.page, stored_edit(one.edit)) for one in db.exec(mine).all())


def hide(db: Session, row: Picture, before: Edit) -> None:
    """After the edit of a picture that hangs (for services): where something more is hidden, its words go at once and are those
    of what can still be read, as soon as that is known: as people had corrected them.
    """
    now = stored_edit(row.edit)
    if now.corners == before.corners and set(now.blur) <= set(before.blur):
        return
    before_words, row.words = row.words, ""
    mine = (Reading.original == row.original, Reading.owner_hash == row.owner_hash)
    reading = db.exec(select(Reading).where(*mine).with_for_update()).first()
    if before_words and (reading is not None or reading_is_on()):
        # what people had corrected of what can still be read comes back with the rest
        row.edit = row.edit | {KEPT: {"words": before_words, "edit": before.stored()}}
    if reading is not None and reading.state == "read":
        row.words = words_of(reading, row)
        row.edit = {name: value for name, value in row.edit.items() if name != KEPT}
    elif reading is None and reading_is_on():
        db.add(Reading(owner_hash=row.owner_hash, original=row.original, asked_at=clock.now()))
    db.add(row)
    db.flush()
