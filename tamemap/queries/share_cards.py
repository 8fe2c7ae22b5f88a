"""Reads for the image that goes with a flyer's shared address."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from typing import TYPE_CHECKING

from sqlalchemy import select

from tamemap.formats.share_card import LAYOUT, Words
from tamemap.models import Picture
from tamemap.queries.flyer import flyer

if TYPE_CHECKING:
    from collections.abc import Callable

    from sqlmodel import Session

    from tamemap.domain.actors import Actor
    from tamemap.queries.flyer import FlyerView

# in ``Picture.variants``, beside the formats of the smallest size: a card goes wherever its picture goes
CARD = "card-"
SOURCE = 960  # pixels of the long side of what a card is made of


@dataclass(frozen=True, slots=True)
class CardWanted:
    """A card as it has to be: its words, the stored JPEG that it is made of, the picture's id, the key under which it is kept,
    and its own stored name where it was made already (else empty)."""

    words: Words
    source: str
    picture: str
    key: str
    kept: str


def card_wanted(db: Session, actor: Actor, *, public_id: str, words: Callable[[FlyerView], Words]) -> CardWanted:
    """The card of a flyer in the face that the actor sees; other words or another picture are another card.

    Raises as ``queries.flyer.flyer``.
    """
    shown = flyer(db, actor, public_id=public_id)
    said = words(shown)
    if not shown.pictures or not shown.pictures[0].sizes:
        return CardWanted(said, "", "", "", "")
    first = shown.pictures[0]
    variants = db.execute(select(Picture.variants).where(Picture.public_id == first.public_id)).scalar_one()  # type: ignore[call-overload]
    source = variants[str(first.at_least(SOURCE).size)].get("jpeg", "")
    digest = hashlib.blake2b(repr((said, source, LAYOUT)).encode(), digest_size=8).hexdigest()
    key = CARD + digest
    return CardWanted(said, source, first.public_id, key, variants[str(first.sizes[0].size)].get(key, ""))
