"""「もう貼ってあります」: who was about to put up a flyer that stands already joins it, and both are thanked."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import TYPE_CHECKING

from sqlmodel import select

from tamemap import urls
from tamemap.domain.permissions import in_scope
from tamemap.domain.placements import UP
from tamemap.errors import Forbidden, Invalid, NotFound
from tamemap.models import Flyer, Notice, Person
from tamemap.queries.flyer import flyer as flyer_view
from tamemap.services import notices

if TYPE_CHECKING:
    from sqlmodel import Session

    from tamemap.domain.actors import Actor


@dataclass(frozen=True, slots=True)
class Joined:
    """The flyer that was joined; ``told`` when its poster has heard of it now."""

    public_id: str
    title: str
    told: bool


def join(db: Session, actor: Actor, *, public_id: str) -> Joined:
    """Say that the flyer one had in hand stands already: its poster is thanked, once for each who joins. Guests may, too.

    Raises NotFound for a flyer that stands on no map the actor can see, Invalid at ``flyer`` for one's own, Forbidden for a
    program that may not post.
    """
    if not in_scope(actor, "flyer.post"):
        raise Forbidden("token_scope_missing")
    view = flyer_view(db, actor, public_id=public_id)
    if not any(one.state == UP for one in view.placements):
        raise NotFound("flyer_unknown")
    row = db.exec(select(Flyer).where(Flyer.public_id == view.public_id)).one()
    if actor.person_id is not None and row.poster_id == actor.person_id:
        raise Invalid.at("flyer", "flyer_is_yours")
    return Joined(view.public_id, view.title, _thank(db, actor, row))


def _thank(db: Session, actor: Actor, row: Flyer) -> bool:
    person = db.get(Person, actor.person_id) if actor.person_id is not None else None
    code = "flyer_joined" if person else "flyer_joined_by_guest"
    params = {"title": row.title} | ({"name": person.name} if person else {})
    url = urls.flyer_page(row.public_id)
    stored = json.dumps(params, ensure_ascii=False)
    before = select(Notice.id).where(Notice.person_id == row.poster_id, Notice.code == code, Notice.url == url)
    if row.poster_id is None or db.exec(before.where(Notice.params == stored)).first() is not None:
        return False
    notices.tell(db, person_id=row.poster_id, code=code, params=params, url=url)
    return True
