"""How often a client may do something: counted in Redis when there is one, else in this process.

For what rows cannot count, because guests leave none or can drop their cookie. What may be counted from rows is.
"""

from __future__ import annotations

import logging
import math
import time
from functools import lru_cache
from ipaddress import IPv6Address, ip_address

from limits import RateLimitItemPerSecond
from limits.errors import StorageError
from limits.storage import Storage, storage_from_string
from limits.strategies import MovingWindowRateLimiter

from tamemap.config import settings
from tamemap.errors import TooMany

log = logging.getLogger(__name__)
_counted = True


def demand(what: str, client: str, *, amount: int, seconds: int, code: str) -> None:
    """Count one ``what`` of this client (a network address); raise TooMany ``code`` after ``amount`` within ``seconds``.

    A refused one does not count. Without a client (the command line, tests) nothing is counted.
    """
    if not client:
        return
    limiter = _limiter(settings().redis_url, str(settings().data_dir))
    item = RateLimitItemPerSecond(amount, seconds, namespace="tamemap")
    who = household(client)
    try:
        passes = limiter.hit(item, what, who)
        free_at = 0 if passes else limiter.get_window_stats(item, what, who).reset_time
    except StorageError:
        # Redis is away: a town that cannot sign in is worse than one that is not counted for a while
        _say(counted=False)
        return
    _say(counted=True)
    if passes:
        return
    raise TooMany(code, retry_after=max(1, math.ceil(free_at - time.time())))


def household(client: str) -> str:
    """The address under which a client is counted: a household has a whole IPv6 /64, and single ones of it count nothing."""
    try:
        address = ip_address(client.split("%", maxsplit=1)[0])
    except ValueError:
        return client
    if isinstance(address, IPv6Address):
        return str(address.ipv4_mapped or IPv6Address(int(address) >> 64 << 64))
    return str(address)


def _say(*, counted: bool) -> None:
    """Tell the log of each change once: every request of an hour without Redis would say the same."""
    global _counted  # noqa: PLW0603  one storage per process
    if counted != _counted:
        _counted = counted
        log.warning("limits are counted again" if counted else "limits are not counted: their storage does not answer")


@lru_cache(maxsize=4)
def _limiter(redis_url: str, _installation: str) -> MovingWindowRateLimiter:
    storage = storage_from_string(redis_url or "memory://", wrap_exceptions=True)
    if not isinstance(storage, Storage):
        raise TypeError("only synchronous storages count here")
    return MovingWindowRateLimiter(storage)
