"""Emptying the outbox: claim in one short transaction, act outside of any, write down the end in another."""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING, Any

from tamemap import db as database
from tamemap.services import outbox

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

log = logging.getLogger(__name__)
AT_ONCE = 100


def _never() -> bool:
    return False


def drain(
    handlers: Mapping[str, Callable[[dict[str, Any]], None]],
    *,
    most: int = AT_ONCE,
    stopping: Callable[[], bool] = _never,
) -> int:
    """Act on up to ``most`` due entries of the kinds that have a handler here; answers how many succeeded.

    A handler that raises has failed: its entry is tried again later, the others go on. Two workers never have the same entry
    in hand; a handler sees one twice only when its worker died in the middle of it. Ends early, between two entries, once
    ``stopping`` says so.
    """
    succeeded = 0
    for _ in range(most):
        if stopping():
            break
        with database.transaction(write=False) as db:
            if not outbox.any_due(db, handlers.keys()):
                break
        with database.transaction(write=True) as db:
            claimed = outbox.due(db, limit=1, kinds=handlers.keys())
        for entry in claimed:
            succeeded += _act(entry, handlers[entry.kind])
    return succeeded


def _act(entry: outbox.Claimed, handler: Callable[[dict[str, Any]], None]) -> bool:
    try:
        handler(entry.payload | {"once": entry.once})
    except Exception as error:
        # whatever a handler raises: this entry waits, the worker goes on. The log has codes and ids only
        log.warning("outbox entry %s (%s) failed, try %s: %s", entry.id, entry.kind, entry.tries, type(error).__name__)
        with database.transaction(write=True) as db:
            outbox.failed(db, entry.id, error)
        return False
    with database.transaction(write=True) as db:
        outbox.done(db, entry.id)
    return True
