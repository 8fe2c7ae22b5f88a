"""Whose turn it is to ask a service outside, among all processes of all machines: one small key in Redis."""

from __future__ import annotations

import logging
from functools import cached_property
from typing import TYPE_CHECKING

from redis import Redis, RedisError

if TYPE_CHECKING:
    from redis.commands.core import Script

log = logging.getLogger(__name__)
PATIENCE = 1.0  # seconds that Redis has to answer
# by Redis' own clock, as machines' clocks differ: the next free moment is taken, unless it is too far away
_TAKE = """
local time = redis.call('TIME')
local now = time[1] * 1000 + math.floor(time[2] / 1000)
local free = math.max(now, tonumber(redis.call('GET', KEYS[1]) or 0))
if free - now > tonumber(ARGV[2]) then return -1 end
redis.call('SET', KEYS[1], string.format('%.0f', free + ARGV[1]), 'PX', free - now + 2 * ARGV[1])
return free - now
"""


class Crowded(Exception):
    """So many wait for their turn that nobody would wait for this one."""


class SharedTurns:
    """Turns that are ``delay_seconds`` apart for whoever names the same service in the same Redis."""

    def __init__(self, redis_url: str, service: str, *, delay_seconds: float, longest_seconds: float) -> None:
        self._url, self._key = redis_url, f"tamemap:turns:{service}"
        self._delay, self._longest = round(delay_seconds * 1000), round(longest_seconds * 1000)

    @cached_property
    def _take(self) -> Script:
        client: Redis = Redis.from_url(self._url, socket_timeout=PATIENCE, socket_connect_timeout=PATIENCE)
        return client.register_script(_TAKE)

    def wait(self) -> float | None:
        """Take the next turn and say in how many seconds it is; None where Redis does not answer.

        Raises Crowded for one further away than ``longest_seconds``: it is not taken.
        """
        try:
            found = int(self._take(keys=[self._key], args=[self._delay, self._longest]))
        except RedisError as error:
            log.warning("turns are counted in this process alone: %s", type(error).__name__)
            return None
        if found < 0:
            raise Crowded
        return found / 1000
