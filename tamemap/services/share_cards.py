"""Keeping the image that goes with a flyer's shared address, so that it is drawn once for each state of the flyer."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlmodel import select

from tamemap.models import Picture
from tamemap.queries.share_cards import CARD
from tamemap.services import outbox

if TYPE_CHECKING:
    from sqlmodel import Session

    from tamemap.domain.actors import Actor


def keep(db: Session, actor: Actor, *, picture: str, key: str, name: str) -> None:
    """Remember the stored card ``name`` at its picture; the worker deletes the one before. Twice is once.

    Whoever asks for a card may be the one for whom it is drawn: nothing comes from them but that they asked. For a picture that
    is gone meanwhile the card is deleted.
    """
    row = db.exec(select(Picture).where(Picture.public_id == picture).with_for_update()).first()
    if row is None:
        outbox.put(db, "picture_files", {"names": [name]})
        return
    smallest = min(row.variants, key=int)
    entry = row.variants[smallest]
    former = [value for known, value in entry.items() if known.startswith(CARD) and value != name]
    row.variants = row.variants | {
        smallest: {known: value for known, value in entry.items() if not known.startswith(CARD)} | {key: name}
    }
    db.add(row)
    if former:
        outbox.put(db, "picture_files", {"names": former})
