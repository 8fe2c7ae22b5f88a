"""Leaving without anybody noticing: told to go, a process says so at ``/readyz``, goes on answering for a while, then goes.

The one who starts the processes (``cli_serve``) sends ``LEAVE`` to each and waits; whoever stands in front looks at ``/readyz``
meanwhile and sends people elsewhere.
"""

from __future__ import annotations

import asyncio
import signal

from tamemap.live import hub

LEAVE = signal.SIGUSR1
_leaving = asyncio.Event()


def is_leaving() -> bool:
    """Whether this process has been told that it will go soon."""
    return _leaving.is_set()


def leave_soon() -> None:
    """From now on this process says that it goes. Streams, which have no end, end now: their readers come again elsewhere."""
    _leaving.set()
    hub().close()


async def heed_leave() -> None:
    """Listen for ``LEAVE``; to be run once on the event loop of each server process."""
    asyncio.get_running_loop().add_signal_handler(LEAVE, leave_soon)
