"""One photograph from waiting to read: what the worker does, between its short transactions without any."""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING, Any

from sqlmodel import col, select

from tamemap import clock
from tamemap import db as database
from tamemap.config import settings
from tamemap.domain.actors import SYSTEM
from tamemap.errors import NotFound
from tamemap.gateways.reader import Readout
from tamemap.gateways.storage import storage_from
from tamemap.models import Picture
from tamemap.queries.reading_gazetteer import gazetteer
from tamemap.services import readings
from tamemap.services.reading_late import arrived
from tamemap.services.reading_places import place_of, town_at
from tamemap.services.reading_sheets import sheets_of

if TYPE_CHECKING:
    from tamemap.gateways.reader import Reader

log = logging.getLogger(__name__)


def read_next(reader: Reader) -> bool:
    """Read the photograph whose turn it is; False when none waits. Opens its own transactions.

    Whatever the reader does, the reading ends: what broke it, and what it had no time for on a busy machine, is tried once more,
    then it is ``lost`` or ``late``. Never the photograph.
    """
    claimed = readings.begin()
    if claimed is None:
        return False
    try:
        data = storage_from(settings()).get(claimed.original)
    except NotFound:
        finish(claimed, Readout("refused", code="photo_gone"))
        return True
    finish(claimed, reader.read(data, corners=claimed.corners))
    return True


def finish(claimed: readings.Claimed, out: Readout) -> None:
    """Write down what came of it, unless it was asked for anew meanwhile. Opens its own transactions."""
    if out.again and claimed.tries < readings.MOST_TRIES:
        with database.transaction(write=True) as db:
            if row := readings.in_hand(db, claimed):
                row.state = "waiting"
                db.add(row)
        return
    sheets = _sheets(claimed, out)
    with database.transaction(write=True) as db:
        row = readings.in_hand(db, claimed)
        if row is None:
            return
        row.state, row.code, row.cpu, row.peak, row.done_at = out.state, out.code, out.cpu, out.peak, clock.now()
        row.sheets = sheets
        db.add(row)
        db.flush()
        arrived(db, row)
    log.info("reading %s: %s, %.1f s, %d MB", claimed.id, out.state, out.cpu, out.peak >> 20)


def _sheets(claimed: readings.Claimed, out: Readout) -> list[dict[str, Any]]:
    if not out.pages:
        return []
    with database.transaction(write=False) as db:
        known = gazetteer(db, SYSTEM)
        same = (Picture.original == claimed.original, Picture.owner_hash == claimed.owner_hash)
        picture = db.exec(select(Picture).where(*same).order_by(col(Picture.page))).first()
        taken_in = town_at(db, picture.gps_lat, picture.gps_lng) if picture else None
    sheets = sheets_of(out, today=clock.today(), gazetteer=known)
    return [sheet | {"place": place_of(sheet["fields"], known, taken_in)} for sheet in sheets]
