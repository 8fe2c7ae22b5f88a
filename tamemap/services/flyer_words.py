"""What stands on a flyer's pictures, as text: read by the machine, corrected by people; the pictures' text alternative.

A text holds everything that is on the sheet, so no part of it can be kept from strangers by itself: where a flyer hides a field
outside, its outside face has none of the text, and no search from outside finds it by that.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlmodel import select

from tamemap.domain.flyers import cleaned
from tamemap.errors import Invalid
from tamemap.models import Flyer
from tamemap.queries.flyer import FlyerView
from tamemap.queries.flyer import flyer as flyer_view
from tamemap.queries.pictures import WORDS_LIMIT, pictures_of
from tamemap.services import flyers

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from sqlmodel import Session

    from tamemap.domain.actors import Actor


def put(db: Session, row: Flyer, words: Sequence[str]) -> None:
    """Write the texts of a flyer's pictures, in their order, hidden ones left out; what is not given stays (for services).

    Raises Invalid at ``words`` for more texts than pictures and for one beyond ``WORDS_LIMIT`` signs.
    """
    shown = pictures_of(db, row.id or 0)
    if len(words) > len(shown):
        raise Invalid.at("words", "words_too_many", limit=len(shown))
    for picture, text in zip(shown, words, strict=False):
        picture.words = cleaned(text, lines=True)
        if len(picture.words) > WORDS_LIMIT:
            raise Invalid.at("words", "too_long", limit=WORDS_LIMIT)
        db.add(picture)
    db.flush()


def change(
    db: Session,
    actor: Actor,
    *,
    public_id: str,
    raw: Mapping[str, str],
    words: Sequence[str] | None = None,
    hidden: Iterable[str] | None = None,
    version: int | None = None,
    group: str | None = None,
) -> FlyerView:
    """Change some of a flyer's facts as ``flyers.change`` does, and with ``words`` the texts of its pictures.

    Raises as both.
    """
    # what is written down of a change by office names the texts, too
    named = raw if words is None else {**raw, "words": ""}
    view = flyers.change(db, actor, public_id=public_id, raw=named, hidden=hidden, version=version, group=group)
    if words is None:
        return view
    put(db, db.exec(select(Flyer).where(Flyer.public_id == view.public_id)).one(), words)
    return flyer_view(db, actor, public_id=view.public_id)
