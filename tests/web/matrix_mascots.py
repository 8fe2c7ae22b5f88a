"""A mascot for the table of permissions tried through HTTP, and a topic in which it may answer."""

from __future__ import annotations

import secrets
from typing import TYPE_CHECKING

from tamemap import clock
from tamemap.models import Mascot, MascotVoice
from tests.factories import HITOYOSHI
from tests.web.matrix_things import Thing, board

if TYPE_CHECKING:
    from sqlmodel import Session

    from tests.web.matrix_cast import Caller


def mascot(tx: Session, caller: Caller) -> Thing:
    """A mascot of 人吉市 that names the caller, whoever they are: being named is not enough."""
    made = board()(tx, caller)
    row = Mascot(municipality_code=HITOYOSHI, name=secrets.token_hex(6), made_at=clock.now())
    tx.add(row)
    tx.flush()
    if caller.actor.person_id is not None:
        tx.add(MascotVoice(mascot_id=row.id, person_id=caller.actor.person_id))
        tx.flush()
    made.known |= {"mascot": row.public_id, "name": row.name}
    made.authors = frozenset()
    return made
