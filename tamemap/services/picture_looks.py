"""Looking once at pictures of before there were looks, so that they are compared too (for the worker).

A few at a time, the newest first; each is looked at once and for all, also one that is damaged or gone. Opens its own
transactions, and reads files outside of them.
"""

from __future__ import annotations

import logging
import time
from typing import TYPE_CHECKING, Any

from sqlmodel import col, literal_column, select, update

from tamemap import db as database
from tamemap.config import settings
from tamemap.domain.looks import NONE
from tamemap.errors import NotFound
from tamemap.gateways.looks import look_of
from tamemap.gateways.storage import storage_from
from tamemap.models import Picture

if TYPE_CHECKING:
    from sqlalchemy.engine import Row

    from tamemap.gateways.storage import Storage

log = logging.getLogger(__name__)
MOST = 400  # pictures in one go: some seconds
AT_ONCE = 20  # in one transaction, and so many are looked at again by who was interrupted
PATIENCE = 20.0  # seconds: a slow store must not keep the worker from its other duties

# said to the database as it stands: the index of what is unseen is found by these very words
_UNSEEN = col(Picture.look) == literal_column("''")


def any_unseen() -> bool:
    """Whether there is a picture that nobody has looked at."""
    with database.transaction(write=False) as db:
        return db.exec(select(Picture.id).where(_UNSEEN).limit(1)).first() is not None


def look(most: int = MOST) -> int:
    """Look at up to ``most`` pictures; answers at how many. Who is edited meanwhile keeps the look of the edit.

    Raises Unavailable, or OSError, when the store is away: what was looked at until then is kept.
    """
    seen, end = 0, time.monotonic() + PATIENCE
    while seen < most and time.monotonic() < end:
        with database.transaction(write=False) as db:
            unseen = select(Picture.id, Picture.variants).where(_UNSEEN).order_by(col(Picture.id).desc())
            rows = db.execute(unseen.limit(min(AT_ONCE, most - seen))).all()
        if not rows:
            break
        store = storage_from(settings())
        looks = {row.id: _look_of(store, row) for row in rows}
        with database.transaction(write=True) as db:
            for which, found in looks.items():
                db.exec(update(Picture).where(col(Picture.id) == which, _UNSEEN).values(look=found))
        seen += len(rows)
    return seen


def _look_of(store: Storage, row: Row[Any]) -> str:
    """The look of the smallest size that there is; ``NONE`` for a picture that cannot be looked at."""
    shown = sorted((int(size), entry["jpeg"]) for size, entry in row.variants.items() if "jpeg" in entry)
    for _, name in shown:
        try:
            data = store.get(name)
        except NotFound:
            continue
        try:
            return look_of(data)
        except (OSError, SyntaxError, ValueError):
            log.warning("picture %d is damaged: it is compared with nothing", row.id)
    return NONE
