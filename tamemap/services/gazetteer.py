"""The gazetteer, filled from a town's own open data: community halls, libraries, parks."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from sqlmodel import select

from tamemap.domain.geography import Outline, checked_point, town_of
from tamemap.errors import Invalid, NotFound
from tamemap.models import Municipality, Place
from tamemap.services.installation import demand_operator, folded_place

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from sqlmodel import Session

    from tamemap.domain.actors import Actor


@dataclass(frozen=True, slots=True)
class NewPlace:
    """A facility of a town's open data; both degrees or neither."""

    name: str
    kana: str = ""
    lat: float | None = None
    lng: float | None = None
    # where another town's code stands in the row, it decides; else the point does
    municipality_code: str = ""


@dataclass(frozen=True, slots=True)
class Imported:
    """What became of imported places: ``outside`` lie in none of our towns and were left out."""

    added: int
    changed: int
    same: int
    outside: int


def import_places(db: Session, actor: Actor, *, places: Sequence[NewPlace], source: str) -> Imported:
    """Put a town's facilities into the gazetteer, or bring them up to date (same town, same name). For the operator of all.

    A place lies in the town that its point is in, without a point in the town of its code; in none of ours: left out. Raises
    Unauthenticated, Forbidden, NotFound (``municipality_unknown``) when there is no town at all, Invalid for a wrong point.
    """
    demand_operator(actor)
    outlines = {row.code: Outline.from_geojson(row.outline) for row in db.exec(select(Municipality)).all()}
    if not outlines:
        raise NotFound("municipality_unknown")
    known = {(row.municipality_code, row.name): row for row in db.exec(select(Place).where(Place.kind == "facility")).all()}
    counts = dict.fromkeys(("added", "changed", "same", "outside"), 0)
    for one in places:
        counts[_import_place(db, one, outlines, known, source)] += 1
    db.flush()
    return Imported(**counts)


def _import_place(
    db: Session, one: NewPlace, outlines: Mapping[str, Outline], known: dict[tuple[str, str], Place], source: str
) -> str:
    if (one.lat is None) != (one.lng is None):
        raise Invalid.at("lat", "position_wrong")
    point = None if one.lat is None else checked_point(one.lat, one.lng)
    code = town_of(point, outlines) if point else one.municipality_code
    if not code or code not in outlines:
        return "outside"
    facts: dict[str, Any] = {
        "kana": one.kana[:160],
        "folded": folded_place(one.name, one.kana),
        "lat": one.lat,
        "lng": one.lng,
        "source": source[:120],
    }
    row = known.get((code, one.name))
    if row is None:
        row = Place(municipality_code=code, kind="facility", name=one.name[:120], **facts)
        known[code, one.name] = row
        db.add(row)
        return "added"
    if all(getattr(row, key) == value for key, value in facts.items()):
        return "same"
    for key, value in facts.items():
        setattr(row, key, value)
    db.add(row)
    return "changed"
