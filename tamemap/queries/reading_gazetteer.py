"""All that our own tables know of places, for readings (``domain.reading_gazetteer``)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlalchemy import select

from tamemap.domain.folding import fold_place
from tamemap.domain.reading_gazetteer import Gazetteer, Spot, beginnings
from tamemap.models import KnownVenue, Municipality, Place

if TYPE_CHECKING:
    from sqlmodel import Session

    from tamemap.domain.actors import Actor


def gazetteer(db: Session, actor: Actor) -> Gazetteer:
    """All places of all our towns, and the venues that people have confirmed there."""
    towns: dict[str, str] = dict(db.execute(select(Municipality.code, Municipality.name)).tuples().all())
    columns = (Place.municipality_code, Place.kind, Place.name, Place.lat, Place.lng)
    rows = db.execute(select(*columns).order_by(Place.id)).all()
    venues = db.execute(select(KnownVenue).order_by(KnownVenue.id)).scalars().all()
    quarters = {
        (code, name): Spot(name, code, lat, lng, fold_place(name))
        for code, kind, name, lat, lng in rows
        if kind == "town" and lat is not None
    }
    spots = [Spot(one.name, one.municipality_code, one.lat, one.lng, one.folded, known=True) for one in venues]
    spots += [
        Spot(name, code, lat, lng, fold_place(name)) for code, kind, name, lat, lng in rows if kind != "town" and lat is not None
    ]
    return Gazetteer(
        tuple(beginnings(towns, ((code, name) for code, kind, name, _, _ in rows if kind == "town"))),
        {fold_place(name): name for name in [*(one.name for one in venues), *(row[2] for row in rows if row[1] != "town")]},
        tuple(spots),
        quarters,
        towns,
    )
