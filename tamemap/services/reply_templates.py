"""Words that a town's staff use again and again when they decide."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlmodel import Session, func, select

from tamemap import clock
from tamemap.domain.care import WORDS_LIMIT
from tamemap.domain.writing import check_text, reference
from tamemap.errors import Conflict, NotFound
from tamemap.models import ReplyTemplate
from tamemap.queries.grounds import ground_of
from tamemap.services.authority import ask_first, demand

if TYPE_CHECKING:
    from tamemap.domain.actors import Actor

NAME_LIMIT = 40
MOST = 50


def make(db: Session, actor: Actor, *, municipality_code: str, name: str, words: str) -> str:
    """Keep words under a name, for the staff of that town; its id. Raises NotFound, Forbidden, Invalid, Conflict beyond 50."""
    ground = ground_of(db, reference(municipality_code))
    ask_first(actor, "template.make", ground)
    name = check_text(name, field="name", limit=NAME_LIMIT)
    words = check_text(words, field="words", limit=WORDS_LIMIT, lines=True)
    kept = select(func.count()).select_from(ReplyTemplate).where(ReplyTemplate.municipality_code == municipality_code)
    if db.exec(kept).one() >= MOST:
        raise Conflict("templates_too_many", limit=MOST)
    row = ReplyTemplate(municipality_code=municipality_code, name=name, words=words, made_by=actor.person_id, made_at=clock.now())
    db.add(row)
    db.flush()
    demand(db, actor, "template.make", ground, thing="template", thing_id=row.public_id)
    return row.public_id


def remove(db: Session, actor: Actor, *, template: str) -> None:
    """Forget a template. Raises NotFound, Unauthenticated, Forbidden."""
    row = db.exec(select(ReplyTemplate).where(ReplyTemplate.public_id == reference(template)).with_for_update()).first()
    if row is None:
        raise NotFound("template_unknown")
    ground = ground_of(db, row.municipality_code)
    demand(db, actor, "template.make", ground, thing="template", thing_id=row.public_id, detail={"removed": True})
    db.delete(row)
    db.flush()
