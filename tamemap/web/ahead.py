"""What a new process does before anybody asks. It reads the fullest maps up: their first reader waits no longer than any other.

That goes on behind what people ask for, in one thread; a map that cannot be read now is read by its first reader, as all others.
"""

from __future__ import annotations

import gc
import logging
import sys
from functools import partial
from typing import TYPE_CHECKING, Any

from anyio import to_thread

from tamemap import door
from tamemap.domain.asking import Wanted
from tamemap.queries.crowded import crowded_maps
from tamemap.queries.tiles import bring_to_hand

if TYPE_CHECKING:
    from collections.abc import Callable

log = logging.getLogger("tamemap.web")
# with fewer flyers a map is read up in some 50 ms; of more in all a process would grow by hundreds of MB that nobody may need
LEAST, MOST = 1000, 150_000
TURN = 0.0005


async def settle() -> None:
    """Once in each server process, when all is imported: whoever asks is not kept waiting by Python itself."""
    # what the program consists of stays: the collector would look through its 300,000 objects again and again, each time a tenth
    # of a second and more in which nobody is answered
    gc.collect()
    gc.freeze()
    # each question to SQLite gives the others their turn; where one of them has much to do, the answer waits for this long (5 ms
    # by default) to have its own again
    sys.setswitchinterval(TURN)


async def read_ahead() -> None:
    """Read up the maps that are crowded; to be run once on the event loop of each server process. Raises nothing."""
    maps = await _called(partial(door.call, crowded_maps, door.GUEST, least=LEAST, most=MOST))
    for slug in maps or ():
        many = await _called(partial(door.call, bring_to_hand, door.GUEST, slug=slug, wanted=Wanted()))
        log.info("read ahead: %s, %s flyers", slug, many)


async def _called(work: Callable[[], Any]) -> Any:
    try:
        return await to_thread.run_sync(work)
    except Exception:  # whatever is wrong with the database, the process begins all the same
        log.exception("a map could not be read ahead")
        return None
