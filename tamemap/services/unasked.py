"""What a poster was never asked: faces and the like on pictures that went up before anybody had seen what was read from them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlmodel import col, select

from tamemap import urls
from tamemap.domain.picture_edits import stored_edit
from tamemap.domain.reading_shown import private_shown
from tamemap.models import Flyer, Picture, Reading
from tamemap.services import notices, readings

if TYPE_CHECKING:
    from collections.abc import Sequence

    from sqlmodel import Session

    from tamemap.domain.actors import Actor

NOTE = "private_seen"


def shows_private(db: Session, actor: Actor, *, public_ids: tuple[str, ...]) -> bool:
    """Whether something private was found, and is not blurred, on these waiting pictures of the actor's own (for services)."""
    mine = col(Picture.public_id).in_(public_ids), Picture.owner_hash == actor.owner_hash, col(Picture.flyer_id).is_(None)
    return _shows(db, db.exec(select(Picture).where(*mine)).all())


def tell(db: Session, *, public_id: str) -> None:
    """Tell the poster that their flyer's pictures show something private (for services); a guest has no notices."""
    flyer = db.exec(select(Flyer).where(Flyer.public_id == public_id)).one()
    url = urls.flyer_blur(public_id)
    notices.tell(db, person_id=flyer.poster_id, code="flyer_private", params={"title": flyer.title}, url=url)


def _shows(db: Session, pictures: Sequence[Picture]) -> bool:
    return any(_is_seen(row, picture) for picture in pictures for row in _readings_of(db, picture))


def _readings_of(db: Session, picture: Picture) -> list[Reading]:
    mine = Reading.original == picture.original, Reading.owner_hash == picture.owner_hash
    return list(db.exec(select(Reading).where(*mine, col(Reading.state).not_in(readings.UNDONE))))


def _is_seen(row: Reading, picture: Picture) -> bool:
    return bool(private_shown(row.sheets, picture.page, stored_edit(picture.edit)))
