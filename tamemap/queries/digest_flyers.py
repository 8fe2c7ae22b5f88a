"""The flyers that have come up on a map between two moments, for a mail that gathers them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from sqlmodel import Session, col, func, select

from tamemap import clock
from tamemap.domain.placements import UP
from tamemap.models import Map, Placement
from tamemap.queries.flyers import CardView, cards, cards_query, shows_resident_face

if TYPE_CHECKING:
    from datetime import datetime

    from tamemap.domain.actors import Actor

MOST = 20


@dataclass(frozen=True, slots=True)
class NewFlyers:
    """Those that stand there still, the next to happen first, at most 20; ``total``: how many there are."""

    map_name: str
    map_slug: str
    items: tuple[CardView, ...]
    total: int


def new_flyers(db: Session, actor: Actor, *, map_id: int, since: datetime, until: datetime) -> NewFlyers | None:
    """As this reader may see them; None for none."""
    here = db.get(Map, map_id)
    standing = Placement.map_id == map_id, Placement.state == UP, Placement.until > clock.now()
    new = *standing, Placement.since > since, Placement.since <= until
    total = db.exec(select(func.count()).select_from(Placement).where(*new)).one()
    if here is None or not total:
        return None
    order = col(Placement.soon_at), col(Placement.since).desc(), col(Placement.id)
    rows = list(db.execute(cards_query().where(*new).order_by(*order).limit(MOST)).all())
    items = cards(db, rows, outside=here.kind == "regional", resident_face=shows_resident_face(actor, here))
    return NewFlyers(here.name, here.slug, items, total)
