"""Reading flyers beside the outbox: one photograph at a time, so that no mail waits behind one."""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING

from tamemap.gateways.reader_setting import reader_from_settings
from tamemap.services.reading_work import read_next

if TYPE_CHECKING:
    import threading

LOOK_EVERY = 0.5  # seconds: somebody looks at the photograph and waits
REST = 5.0  # after an error

log = logging.getLogger(__name__)


def keep_reading(stop: threading.Event) -> None:
    """Read what waits, until told to stop; the photograph in hand is read to its end."""
    reader = reader_from_settings()
    try:
        while not stop.is_set():
            try:
                wait = 0.0 if read_next(reader) else LOOK_EVERY
            except Exception:
                # a database or a store that is away comes back; what was in hand is taken up again when its lease ends
                log.exception("reading goes on after an error")
                wait = REST
            stop.wait(wait)
    finally:
        reader.close()
