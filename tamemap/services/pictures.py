"""Pictures on their way: kept as soon as they arrive, while their poster still types; the large sizes come from the worker.

Decoding takes up to a second and never happens inside a transaction: ``prepare`` and ``picture_sizes`` are called without one.
"""

from __future__ import annotations

import hashlib
import hmac
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

from sqlmodel import Text, cast, col, delete, func, or_, select, update

from tamemap import clock
from tamemap import db as database
from tamemap.config import settings
from tamemap.domain.permissions import in_scope
from tamemap.domain.writing import reference
from tamemap.errors import Forbidden, Invalid, NotFound, TooMany
from tamemap.gateways import imaging
from tamemap.gateways.storage import storage_from
from tamemap.models import Flyer, Picture, Topic
from tamemap.models.base import new_public_id
from tamemap.queries.pictures import is_waiting, waiting_ones
from tamemap.services import outbox, reading_learnt, readings
from tamemap.services.picture_sizes import AT_ONCE, PreparedPage, finish, in_store

if TYPE_CHECKING:
    from collections.abc import Collection

    from sqlmodel import Session

    from tamemap.domain.actors import Actor

MOST = 4
WAITING_MOST = 40  # pictures that one person or browser may have waiting
WAITING_FOR = timedelta(hours=24)
# whose a picture is that was discarded: no actor is called so
LET_GO = "let go"


@dataclass(frozen=True, slots=True)
class Prepared:
    """An upload that was decoded and put into the store; ``original`` is its private name there."""

    original: str
    pages: tuple[PreparedPage, ...]
    gps: imaging.Gps | None
    taken_at: datetime | None


@dataclass(frozen=True, slots=True)
class WaitingView:
    """A picture that waits to be posted, as its owner sees it."""

    public_id: str
    width: int
    height: int
    blur: str
    gps: imaging.Gps | None
    taken_at: datetime | None
    reading: str | None = None


def prepare(data: bytes) -> Prepared:
    """Decode an upload and store it. No transaction. Raises TooLarge, Unsupported, Invalid, Unavailable as imaging does."""
    made = imaging.render(data, sizes=AT_ONCE, max_pages=MOST)
    store = storage_from(settings())
    original = store.put(data, f".{made.kind}", private=True)
    pages = tuple(in_store(page) for page in made.pages)
    return Prepared(original, pages, made.gps, made.taken_at)


def keep(db: Session, actor: Actor, *, prepared: Prepared, read: bool = False) -> tuple[WaitingView, ...]:
    """Keep a prepared upload for this actor until it is posted, a row per page; with ``read`` it is read meanwhile (``reading``).

    Raises Invalid without an owner (neither a session nor a guest's key), TooMany when too many are waiting.
    """
    if not actor.owner_hash:
        raise Invalid.at("photo", "photo_without_owner")
    if not any(in_scope(actor, verb) for verb in ("flyer.post", "post.write")):
        raise Forbidden("token_scope_missing")
    waiting = select(func.count()).select_from(Picture)
    waiting = waiting.where(Picture.owner_hash == actor.owner_hash, waiting_ones())
    if db.exec(waiting).one() + len(prepared.pages) > WAITING_MOST:
        raise TooMany("photos_waiting", retry_after=3600)
    reading = readings.ask(db, actor, original=prepared.original) if read else None
    views = []
    for number, page in enumerate(prepared.pages):
        public_id = new_public_id()
        row = Picture(
            public_id=public_id,
            owner_hash=actor.owner_hash,
            original=prepared.original,
            page=number,
            width=page.width,
            height=page.height,
            blur=page.blur,
            variants=page.variants,
            look=page.look,
            resident_name=_face_name("resident", prepared.original, public_id),
            outside_name=_face_name("outside", prepared.original, public_id),
            gps_lat=prepared.gps.lat if prepared.gps else None,
            gps_lng=prepared.gps.lng if prepared.gps else None,
            created_at=clock.now(),
        )
        db.add(row)
        db.flush()
        outbox.put(db, "pictures", {"picture": public_id})
        views.append(WaitingView(public_id, page.width, page.height, page.blur, prepared.gps, prepared.taken_at, reading))
    return tuple(views)


def _face_name(face: str, original: str, public_id: str) -> str:
    # keyed, so that one face's address cannot be found from the other's
    message = f"{face}:{original}:{public_id}".encode()
    return hmac.new(settings().secret(), message, hashlib.sha256).hexdigest()[:32]


def rename(row: Picture) -> None:
    """Give a picture new names in addresses (for services): the former ones, and what browsers keep under them, are over."""
    chance = new_public_id()
    row.resident_name = _face_name("resident", row.original, f"{row.public_id}:{chance}")
    row.outside_name = _face_name("outside", row.original, f"{row.public_id}:{chance}")


def discard(db: Session, actor: Actor, *, public_id: str) -> None:
    """Forget a waiting picture of one's own: it is nobody's now, and goes with its files when those of its day go (``sweep``).

    Raises NotFound for any other.
    """
    row = _waiting_of(db, actor, public_id)
    owner, row.owner_hash, row.gps_lat, row.gps_lng = row.owner_hash, LET_GO, None, None
    db.add(row)
    db.flush()
    readings.forget_upload(db, owner_hash=owner, original=row.original)


def take(db: Session, actor: Actor, *, public_ids: tuple[str, ...], flyer: Flyer) -> None:
    """Give waiting pictures of the actor's own to a flyer, in that order (for services). Raises Invalid at ``photo``."""
    for position, public_id in enumerate(public_ids):
        try:
            row = _waiting_of(db, actor, public_id)
        except NotFound:
            raise Invalid.at("photo", "photo_unknown") from None
        # where the photo was taken is the poster's business only, and it has done its work
        row.flyer_id, row.position, row.gps_lat, row.gps_lng = flyer.id, position, None, None
        db.add(row)
    db.flush()
    reading_learnt.learn(db, actor, flyer=flyer)


def take_cover(db: Session, actor: Actor, *, public_id: str) -> Picture:
    """A waiting picture of the actor's own for what is no flyer: the cover of a theme, the face of a mascot, a picture in a
    post (for services; the caller's row says where it belongs). Raises Invalid at ``photo``.
    """
    try:
        row = _waiting_of(db, actor, public_id)
    except NotFound:
        raise Invalid.at("photo", "photo_unknown") from None
    row.gps_lat, row.gps_lng = None, None
    db.add(row)
    return row


def _waiting_of(db: Session, actor: Actor, public_id: str) -> Picture:
    row = db.exec(select(Picture).where(Picture.public_id == reference(public_id))).first()
    if row is None or not actor.owner_hash or row.owner_hash != actor.owner_hash:
        raise NotFound("photo_unknown")
    if not is_waiting(db, row):
        raise NotFound("photo_unknown")
    return row


def sweep() -> int:
    """Forget pictures that were never posted, a day after they came; answers how many. Their files follow by the outbox, so
    that they go also where this worker dies now: nobody would know of them any more.

    So goes a cover that was replaced, one whose theme was taken away a day ago, and what stood in a post that is forgotten.
    """
    with database.transaction(write=True) as db:
        gone = col(Topic.deleted_at) < clock.now() - WAITING_FOR
        db.exec(update(Topic).where(gone, col(Topic.cover_id).is_not(None)).values(cover_id=None))
        old = select(Picture).where(waiting_ones(), Picture.created_at < clock.now() - WAITING_FOR)
        rows = db.exec(old).all()
        for row in rows:
            db.delete(row)
        if names := sorted({name for row in rows for name in _files(row)}):
            outbox.put(db, "picture_files", {"names": names})
    return len(rows)


def erase(which: Any) -> int:
    """Take the pictures that this SQL condition names away for good, rows and files, the originals too; answers how many.

    For the worker; opens its own transactions. The files go first: who is interrupted in between only does it once more.
    """
    with database.transaction(write=False) as db:
        rows = db.exec(select(Picture).where(which)).all()
        ids = {row.id for row in rows}
        _delete_unused(db, {name for row in rows for name in _files(row)}, but=ids)
    with database.transaction(write=True) as db:
        db.exec(delete(Picture).where(col(Picture.id).in_(ids)))
    return len(rows)


def disown(which: Any) -> int:
    """Keep what is shown of these pictures and forget whose they were: the owner, and the originals with what cameras write
    into them. For the worker; opens its own transactions. Raises as ``finish`` does, which makes the large sizes before.
    """
    with database.transaction(write=False) as db:
        rows = db.exec(select(Picture).where(which)).all()
    for row in rows:
        with suppress(NotFound):  # an original that is gone makes no large sizes any more
            finish(row.public_id)
    ids = {row.id for row in rows}
    with database.transaction(write=False) as db:
        _delete_unused(db, {row.original for row in rows if row.original}, but=ids)
    with database.transaction(write=True) as db:
        db.exec(update(Picture).where(col(Picture.id).in_(ids)).values(owner_hash="", original="", gps_lat=None, gps_lng=None))
    return len(rows)


def forget_files(names: Collection[str]) -> None:
    """Delete these files where no picture shows them any more (for the worker; opens its own transaction). Twice is once."""
    with database.transaction(write=False) as db:
        _delete_unused(db, set(names))


def shown_files(row: Picture) -> set[str]:
    """The names in the store of everything that is shown of a picture."""
    return {value for entry in row.variants.values() for value in entry.values() if isinstance(value, str)}


def _files(row: Picture) -> set[str]:
    return shown_files(row) | ({row.original} if row.original else set())


def _delete_unused(db: Session, names: set[str], but: Collection[int | None] = ()) -> None:
    """Delete these files, unless a picture that is not among ``but`` has them too."""
    # names are made of the content: the same photo may have been posted by somebody else, or again
    store = storage_from(settings())
    asked = sorted(names)
    for some in (asked[at : at + 20] for at in range(0, len(asked), 20)):
        # the database looks through its rows, so that an installation's million pictures are not made into objects here
        shown = cast(Picture.variants, Text)
        told = or_(col(Picture.original).in_(some), *(shown.contains(name, autoescape=True) for name in some))
        used = {name for row in db.exec(select(Picture).where(told)) if row.id not in but for name in _files(row)}
        for name in set(some) - used:
            store.delete(name)
