"""Two accounts of one person become one, when both have been proved."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tamemap import session
from tamemap.services import handshakes

if TYPE_CHECKING:
    from sqlmodel import Session

    from tamemap.domain.actors import Actor


def offer(db: Session, actor: Actor, *, other_id: int, browser_key: str) -> str:
    """Remember that the signed-in actor has just proved to be the person ``other_id`` too; the key for ``/me/merge?key=``."""
    key = session.new_token()
    handshakes.begin(db, actor, kind="merge", key=key, browser_key=browser_key, purpose="add", other_id=other_id)
    return key
