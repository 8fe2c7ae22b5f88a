"""A new process reads the fullest maps up before anybody asks for them: their first reader then waits no longer than any other.

It goes on behind what people ask for, in one thread; a map that cannot be read now is read by its first reader, as all others.
"""

from __future__ import annotations

import gc
import logging
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


async def read_ahead() -> None:
    """Read up the maps that are crowded; to be run once on the event loop of each server process. Raises nothing."""
    # what the program itself consists of stays: Python's collector would look through its 300,000 objects again and again, and
    # each time everybody waits for a tenth of a second and more
    gc.collect()
    gc.freeze()
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
