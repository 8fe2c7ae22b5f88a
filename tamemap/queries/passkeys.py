"""What somebody can show once more, so that the desk opens."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from sqlmodel import Session, func, select

from tamemap.models import Passkey

if TYPE_CHECKING:
    from tamemap.domain.actors import Actor


@dataclass(frozen=True, slots=True)
class Proofs:
    """What a person can show: how many ``passkeys``, and whether a code can go to their own ``mail`` address (empty: none).

    ``waiting``: the desk waits for it in this session.
    """

    waiting: bool
    mail: str
    passkeys: int


def proofs(db: Session, actor: Actor) -> Proofs:
    """What the signed-in person can show; nothing for a guest or a program."""
    if actor.person_id is None or actor.scopes is not None:
        return Proofs(waiting=False, mail="", passkeys=0)
    count = db.exec(select(func.count()).select_from(Passkey).where(Passkey.person_id == actor.person_id)).one()
    return Proofs(waiting=actor.waiting, mail=actor.mail, passkeys=count)
