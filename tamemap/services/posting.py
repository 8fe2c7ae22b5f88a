"""Posting as a phone does it: a request that may come twice, with pictures that came before or come along."""

from __future__ import annotations

import hashlib
import json
from dataclasses import asdict, dataclass, replace
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

from sqlmodel import col, select

from tamemap import clock
from tamemap.errors import Conflict, Invalid
from tamemap.models import IdempotentAnswer
from tamemap.queries.flyer import PlacementView
from tamemap.services import flyers, pictures, unasked

if TYPE_CHECKING:
    from collections.abc import Mapping

    from sqlmodel import Session

    from tamemap.domain.actors import Actor

KEPT_FOR = timedelta(hours=24)
# a phone may be without signal for weeks between sending a flyer and hearing the answer
POSTED_FOR = timedelta(days=30)
NOBODY = "guest"
KEY_MOST = 200


@dataclass(frozen=True, slots=True)
class Submission:
    """One request to post: the fields, pictures already waiting, pictures that came along, and what makes it the same again.

    ``who``: the public id of the person who wrote it (``guest`` for none), where the sender says so: it is posted in nobody
    else's name. ``unseen``: the poster has not seen what was read from the pictures.
    """

    raw: Mapping[str, str]
    picture_ids: tuple[str, ...] = ()
    prepared: tuple[pictures.Prepared, ...] = ()
    hidden: tuple[str, ...] = ()
    outside: bool = False
    may_post: bool = False
    map_slug: str = ""
    group: str = ""
    key: str = ""
    body_hash: str = ""
    who: str = ""
    unseen: bool = False


def with_pictures(submission: Submission, prepared: tuple[pictures.Prepared, ...]) -> Submission:
    """The same submission with the pictures that came along, decoded."""
    return replace(submission, prepared=prepared)


def submit(db: Session, actor: Actor, *, submission: Submission) -> flyers.Posted:
    """Post a flyer once per ``key``: the same key with the same body gets the first answer again, with another body Conflict.

    Raises as ``flyers.post`` does; a refused request leaves its key free.
    """
    answered = answer_of(db, actor, key=submission.key, body_hash=submission.body_hash, who=submission.who)
    if answered is not None:
        return answered
    waiting = [view.public_id for one in submission.prepared for view in pictures.keep(db, actor, prepared=one, read=True)]
    picture_ids = (*submission.picture_ids, *waiting)
    shows = submission.unseen and unasked.shows_private(db, actor, public_ids=picture_ids)
    posted = flyers.post(
        db,
        actor,
        raw=submission.raw,
        picture_ids=picture_ids,
        hidden=submission.hidden,
        outside=submission.outside,
        may_post=submission.may_post,
        map_slug=submission.map_slug,
        group=submission.group,
    )
    if shows:
        unasked.tell(db, public_id=posted.public_id)
        posted = replace(posted, notes=(*posted.notes, unasked.NOTE))
    if submission.key:
        db.add(
            IdempotentAnswer(
                key_hash=_key_hash(actor.owner_hash or actor.client, submission.key),
                body_hash=submission.body_hash,
                status=201,
                answer=json.dumps(asdict(posted), default=datetime.isoformat),
                created_at=clock.now(),
                kept_until=clock.now() + POSTED_FOR,
            )
        )
        db.flush()
    return posted


def answer_of(db: Session, actor: Actor, *, key: str, body_hash: str, who: str = "") -> flyers.Posted | None:
    """The first answer to that key within a month, or None. Raises Conflict when the body is another one, or when the actor is
    not ``who`` wrote it; Invalid for a bad key.
    """
    if who and who != (actor.public_id or NOBODY):
        raise Conflict("written_by_another")
    if not key:
        return None
    check_key(key)
    # what a guest had sent before they signed in on the same browser is theirs
    owners = {actor.owner_hash or actor.client, actor.guest_hash or actor.owner_hash or actor.client}
    hashes = [_key_hash(owner, key) for owner in owners]
    row = db.exec(select(IdempotentAnswer).where(col(IdempotentAnswer.key_hash).in_(hashes))).first()
    if row is None:
        return None
    if row.created_at < clock.now() - POSTED_FOR:
        db.delete(row)
        db.flush()
        return None
    if row.body_hash != body_hash:
        raise Conflict("key_used_otherwise")
    return _posted(json.loads(row.answer))


def check_key(key: str) -> None:
    """Raise Invalid for a key that is too long, or not of printable ASCII."""
    if len(key) > KEY_MOST or not key.isascii() or not key.isprintable():
        raise Invalid.at("Idempotency-Key", "key_wrong", limit=KEY_MOST)


def _key_hash(owner: str, key: str) -> str:
    return hashlib.sha256(f"{owner}\n{key}".encode()).hexdigest()


def _posted(data: dict[str, Any]) -> flyers.Posted:
    placements = tuple(
        PlacementView(**one | {name: datetime.fromisoformat(one[name]) for name in ("since", "until")})
        for one in data["placements"]
    )
    return flyers.Posted(data["public_id"], placements, tuple(data["notes"]))
