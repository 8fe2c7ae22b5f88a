"""The same request twice is one deed: what a phone sends again after it lost the answer is answered again, not done again."""

from __future__ import annotations

import hashlib
import json
from typing import TYPE_CHECKING, Any

from sqlmodel import select

from tamemap import clock
from tamemap.errors import Conflict
from tamemap.models import IdempotentAnswer
from tamemap.services.posting import KEPT_FOR, check_key

if TYPE_CHECKING:
    from collections.abc import Callable

    from sqlmodel import Session

    from tamemap.domain.actors import Actor


def once(
    db: Session, actor: Actor, *, act: Callable[[Session, Actor], dict[str, Any]], key: str, route: str, body_hash: str
) -> dict[str, Any]:
    """What ``act`` answers (plain JSON); for the same ``key`` on the same route within a day the first answer, not done again.

    Raises what ``act`` raises (the key is free again then), Invalid for a key that is none, Conflict
    ``key_used_otherwise`` for the key with another body. Without a key it is simply done.
    """
    if not key:
        return act(db, actor)
    check_key(key)
    key_hash = hashlib.sha256(f"{actor.owner_hash or actor.client}\n{route}\n{key}".encode()).hexdigest()
    row = db.exec(select(IdempotentAnswer).where(IdempotentAnswer.key_hash == key_hash)).first()
    if row is not None and row.created_at >= clock.now() - KEPT_FOR:
        if row.body_hash != body_hash:
            raise Conflict("key_used_otherwise")
        kept: dict[str, Any] = json.loads(row.answer)
        return kept
    if row is not None:
        db.delete(row)
        db.flush()
    answer = act(db, actor)
    db.add(
        IdempotentAnswer(key_hash=key_hash, body_hash=body_hash, status=201, answer=json.dumps(answer), created_at=clock.now())
    )
    db.flush()
    return answer
