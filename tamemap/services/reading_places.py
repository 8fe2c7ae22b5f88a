"""Where a venue that was read is: as people have confirmed it, as the gazetteer has it, else as the geocoder says."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from tamemap.config import settings
from tamemap.domain.actors import SYSTEM
from tamemap.domain.geography import valid_point
from tamemap.errors import NotFound
from tamemap.queries.maps import locate
from tamemap.services import places

if TYPE_CHECKING:
    from sqlmodel import Session

    from tamemap.domain.reading_gazetteer import Gazetteer, Spot

OUTSIDE = frozenset({"gsi", "nominatim"})  # sources that are no list of ours


def town_at(db: Session, lat: float | None, lng: float | None) -> str | None:
    """The municipality in which a photograph was taken."""
    point = valid_point(lat, lng) if lat is not None and lng is not None else None
    try:
        return locate(db, SYSTEM, point=point).map.municipality_code if point else None
    except NotFound:
        return None


def place_of(fields: dict[str, Any], gazetteer: Gazetteer, taken_in: str | None) -> dict[str, Any] | None:
    """``{name, lat, lng, why}`` for the fields of a sheet, ``why`` known, gazetteer or geocoder; None where nobody knows.

    The flyer's own address says the town before the place of the photograph does. No transaction: the geocoder may take seconds.
    """
    venue, address = _value(fields, "venue"), _value(fields, "address")
    if not venue and not address:
        return None
    code = gazetteer.code_of(address) or taken_in
    spot = gazetteer.spot(venue, code) if venue else None
    if spot is not None:
        return _said(spot, "known" if spot.known else "gazetteer")
    if asked := _asked(address or venue, whole=bool(address)):
        return asked
    quarter = gazetteer.quarter(address, code) if address and code else None
    return _said(quarter, "gazetteer") if quarter else None


def _value(fields: dict[str, Any], name: str) -> str:
    return str(fields[name]["value"]) if fields.get(name) else ""


def _said(spot: Spot, why: str) -> dict[str, Any]:
    return {"name": spot.name, "lat": spot.lat, "lng": spot.lng, "why": why}


def _asked(words: str, *, whole: bool) -> dict[str, Any] | None:
    if settings().geocoder == "off":
        return None
    found = [one for one in places.search(SYSTEM, q=words, limit=3) if one.source in OUTSIDE and one.lat is not None]
    # one name in two towns is no answer
    if not found or (not whole and len({one.municipality_code for one in found}) > 1):
        return None
    return {"name": found[0].name, "lat": found[0].lat, "lng": found[0].lng, "why": "geocoder"}
