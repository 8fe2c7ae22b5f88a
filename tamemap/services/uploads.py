"""Photographs that come in pieces: what has arrived is kept for a day, so that a cut line costs one piece and not the whole.

The pieces lie in the store (any worker finds them), each behind the upload's own salt: no two uploads share a file there.
"""

from __future__ import annotations

import re
import secrets
from dataclasses import asdict, dataclass
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

from sqlmodel import col, func, select

from tamemap import clock
from tamemap import db as database
from tamemap.config import settings
from tamemap.errors import Invalid, NotFound, TooLarge, TooMany
from tamemap.gateways.imaging import Gps
from tamemap.gateways.storage import storage_from
from tamemap.models import Upload
from tamemap.services import pictures

if TYPE_CHECKING:
    from sqlmodel import Session

    from tamemap.domain.actors import Actor

FILE_MOST = 20 * 1024 * 1024
PIECE_MOST = 1024 * 1024
# what one person or browser may have unfinished
WAITING_MOST = 40
BYTES_MOST = 5 * FILE_MOST
KEPT_FOR = timedelta(hours=24)
SUFFIX = ".part"
KEY = re.compile(r"[0-9a-f]{32}")


@dataclass(frozen=True, slots=True)
class UploadView:
    """How far an upload is: bytes that arrived, of how many (0: nothing is known of it), and what it became when it was whole."""

    arrived: int = 0
    size: int = 0
    photos: tuple[pictures.WaitingView, ...] = ()


def _begun(db: Session, actor: Actor, key: str, size: int) -> Upload:
    """Raises Invalid for a key that is none and without an owner, TooLarge, TooMany when too much is under way."""
    if not KEY.fullmatch(key):
        raise Invalid("upload_key_wrong")
    if not actor.owner_hash:
        raise Invalid.at("photo", "photo_without_owner")
    row = _find(db, actor, key)
    if row is None:
        if not 0 < size <= FILE_MOST:
            raise Invalid.at("photo", "photo_empty") if size <= 0 else TooLarge("photo_too_large", limit=FILE_MOST >> 20)
        mine = col(Upload.owner_hash) == actor.owner_hash, col(Upload.arrived) < col(Upload.size)
        count, bytes_coming = db.exec(select(func.count(), func.coalesce(func.sum(Upload.size), 0)).where(*mine)).one()
        if count >= WAITING_MOST or bytes_coming + size > BYTES_MOST:
            raise TooMany("photos_waiting", retry_after=3600)
        row = Upload(owner_hash=actor.owner_hash, key=key, size=size, salt=secrets.token_hex(16), created_at=clock.now())
        db.add(row)
        db.flush()
    return row


def take(db: Session, actor: Actor, *, key: str, size: int, offset: int, data: bytes) -> UploadView:
    """Keep the bytes from ``offset`` on, if they are the next ones of this upload; answers how far it is then.

    A piece that was there before, or that comes too early, changes nothing. Raises as ``_begun`` does, and Invalid for more bytes
    than were announced.
    """
    row = _begun(db, actor, key, size)
    if row.photos or offset != row.arrived or not data:
        return _view(row)
    if offset + len(data) > row.size or len(data) > PIECE_MOST:
        raise Invalid("upload_too_long")
    name = storage_from(settings()).put(bytes.fromhex(row.salt) + data, SUFFIX, private=True)
    row.pieces, row.arrived = [*row.pieces, name], offset + len(data)
    db.add(row)
    db.flush()
    return _view(row)


def whole(db: Session, actor: Actor, *, key: str) -> tuple[str, ...]:
    """The names of the pieces of an upload of one's own. Raises NotFound for what was not begun."""
    return tuple(_own(db, actor, key).pieces)


def joined(names: tuple[str, ...]) -> bytes:
    """The file made of its pieces. No transaction. Raises NotFound for pieces that are gone."""
    store = storage_from(settings())
    return b"".join(store.get(name)[16:] for name in names)


def complete(db: Session, actor: Actor, *, key: str, prepared: pictures.Prepared) -> UploadView:
    """Let an upload whose bytes were decoded wait to be posted, as ``pictures.keep`` does and raises; once only."""
    row = _own(db, actor, key)
    if not row.photos:
        kept = pictures.keep(db, actor, prepared=prepared, read=True)
        row.photos = [asdict(one) | {"taken_at": one.taken_at.isoformat() if one.taken_at else None} for one in kept]
        _drop(row)
        db.add(row)
        db.flush()
    return _view(row)


def refuse(db: Session, actor: Actor, *, key: str) -> None:
    """Forget an upload of one's own that has become no picture. Twice is once."""
    row = _find(db, actor, key)
    if row is not None and not row.photos:
        _drop(row)
        db.delete(row)
        db.flush()


def sweep() -> int:
    """Forget uploads a day after they were begun, with their pieces; answers how many. Opens its own transaction."""
    return forget(col(Upload.created_at) < clock.now() - KEPT_FOR)


def forget(which: Any) -> int:
    """Forget the uploads that this SQL condition names, with their pieces; answers how many. Opens its own transaction."""
    with database.transaction(write=True) as db:
        rows = db.exec(select(Upload).where(which)).all()
        for row in rows:
            _drop(row)
            db.delete(row)
    return len(rows)


def _find(db: Session, actor: Actor, key: str) -> Upload | None:
    asked = select(Upload).where(Upload.owner_hash == actor.owner_hash, Upload.key == key)
    return db.exec(asked.with_for_update()).first() if KEY.fullmatch(key) and actor.owner_hash else None


def _own(db: Session, actor: Actor, key: str) -> Upload:
    row = _find(db, actor, key)
    if row is None:
        raise NotFound("upload_unknown")
    return row


def _drop(row: Upload) -> None:
    store = storage_from(settings())
    for name in row.pieces:
        store.delete(name)
    row.pieces = []


def _view(row: Upload) -> UploadView:
    return UploadView(row.arrived, row.size, tuple(_waiting(one) for one in row.photos))


def _waiting(kept: dict[str, Any]) -> pictures.WaitingView:
    gps = Gps(**kept["gps"]) if kept["gps"] else None
    taken_at = datetime.fromisoformat(kept["taken_at"]) if kept["taken_at"] else None
    return pictures.WaitingView(**kept | {"gps": gps, "taken_at": taken_at})
