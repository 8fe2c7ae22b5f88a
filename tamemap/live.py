"""Who reads a topic live in this process, and what is new in it: asked of the database once for all of them, as a guest.

One query per tick asks for the revisions of all topics that have readers here; one reading follows where one has risen. Nothing
is asked while nobody reads. Several processes and machines need nothing but the database they share.

Whoever comes is told what stands at that moment. Where a topic shows things that others decide about (flyers, links to them), it
is read anew for them, since no revision rises with those.

Everything here happens on the event loop of the process; ``hub`` is the one hub of it.
"""

from __future__ import annotations

import asyncio
import logging
import time
import traceback
from collections import Counter
from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING

from tamemap import door
from tamemap.errors import Gone, NotFound, TooMany, Unavailable
from tamemap.gateways.limits import household
from tamemap.live_memory import Memory
from tamemap.queries.live import revisions, standing

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

    from tamemap.queries.live import Standing

log = logging.getLogger("tamemap.live")
# seconds between two questions to the database
EVERY = 1.2
# readers of a process, well below the connections that a server takes at once (cli_run.AT_ONCE); and of one network address: a
# school or a town hall may have a single one
MOST, MOST_OF_CLIENT = 500, 200
RETRY = 30
# topics that are kept although nobody here reads them by a stream
SPARE = 64


@dataclass(frozen=True, slots=True, eq=False)
class Seat:
    """A reader's place: to be given back by :meth:`Hub.leave`."""

    topic: str
    client: str
    memory: Memory


async def _rest() -> None:
    await asyncio.sleep(EVERY)


class Hub:
    """The readers of a process and the topics they read. ``rest`` is what lies between two looks at the database."""

    def __init__(self, *, rest: Callable[[], Awaitable[None]] = _rest, timer: Callable[[], float] = time.monotonic) -> None:
        self._rest, self._timer = rest, timer
        self._seats: dict[str, set[Seat]] = {}
        self._clients: Counter[str] = Counter()
        self._memories: dict[str, Memory] = {}
        self._reading: dict[str, asyncio.Lock] = {}
        self._task: asyncio.Task[None] | None = None
        self._begun = 0
        self.closed = False

    async def sit(self, topic: str, client: str = "") -> Seat:
        """A place for a reader at this network address. Raises NotFound, Gone, TooMany ``live_too_many`` and Unavailable
        ``live_full``, both with ``retry_after``."""
        who = household(client)
        if self.closed or self.readers >= MOST:
            raise Unavailable("live_full", retry_after=RETRY)
        if client and self._clients[who] >= MOST_OF_CLIENT:
            raise TooMany("live_too_many", retry_after=RETRY)
        self._clients[who] += 1
        try:
            memory = await self._known(topic)
        except BaseException:
            self._stand_up(who)
            raise
        seat = Seat(topic, who, memory)
        self._seats.setdefault(topic, set()).add(seat)
        if self._task is None or self._task.done():
            self._task = asyncio.get_running_loop().create_task(self._look_on())
        return seat

    def leave(self, seat: Seat) -> None:
        """Give a place back; with the last one the looking ends. Twice is once."""
        here = self._seats.get(seat.topic, set())
        if seat not in here:
            return
        here.discard(seat)
        self._stand_up(seat.client)
        if not here:
            self._seats.pop(seat.topic)
            self._memories.pop(seat.topic, None)
        if not self._seats and self._task is not None:
            self._task.cancel()
            self._task = None

    def _stand_up(self, client: str) -> None:
        self._clients[client] -= 1
        if not self._clients[client]:
            del self._clients[client]

    @property
    def readers(self) -> int:
        """How many read by a stream here, or are about to."""
        return self._clients.total()

    async def latest(self, topic: str, revision: int) -> Standing:
        """A topic as everybody sees it, at least at this revision: out of memory, else by one reading that others share.

        However often and with whatever number it is asked, a topic is read no more often than by a tick; one that carries things
        which others decide about, once at a time. Raises NotFound, Gone.
        """
        begun, memory = self._begun, self._memories.get(topic)
        fresh = memory is not None and self._timer() - memory.at < EVERY
        # what nobody reads by a stream is looked at by no tick: it may have been taken away meanwhile
        if memory is None or memory.carries:
            memory = await self._read(topic, since=begun)
        elif not (fresh or topic in self._seats):
            memory = await self._read(topic, since=memory.begun)
        elif memory.now.revision < revision:
            if fresh:
                await self._rest()
            memory = await self._read(topic, since=memory.begun)
        return memory.now

    async def look(self) -> None:
        """One tick: what has changed in the topics that are read here?"""
        watched = [*self._seats]
        numbers = await door.acall(revisions, door.GUEST, topics=watched)
        for topic in watched:
            memory = self._memories.get(topic)
            if memory is None or memory.now.revision == numbers.get(topic):
                continue
            if topic in numbers:
                try:
                    await self._read(topic, since=memory.begun)
                except (NotFound, Gone):
                    self._end(topic)
            else:
                self._end(topic)

    def close(self) -> None:
        """The process stops: all streams end, and nobody is let in any more."""
        self.closed = True
        for topic in [*self._memories]:
            self._end(topic)
        if self._task is not None:
            self._task.cancel()

    def _end(self, topic: str) -> None:
        if memory := self._memories.pop(topic, None):
            memory.end()

    async def _known(self, topic: str) -> Memory:
        """A topic as it stands now, not at the last tick."""
        begun, memory = self._begun, self._memories.get(topic)
        if memory is not None and not memory.carries:
            numbers = await door.acall(revisions, door.GUEST, topics=[topic])
            if numbers.get(topic) == memory.now.revision and self._memories.get(topic) is memory:
                return memory
        return await self._read(topic, since=begun)

    async def _read(self, topic: str, *, since: int) -> Memory:
        """Read a topic, unless somebody has begun to and done so after that many readings had begun here."""
        async with self._reading.setdefault(topic, asyncio.Lock()):
            memory = self._memories.get(topic)
            if memory is not None and memory.begun > since:
                return memory
            self._begun += 1
            begun = self._begun
            try:
                now = await door.acall(standing, door.GUEST, topic=topic)
            finally:
                self._reading.pop(topic, None)
            if memory is None:
                memory = self._memories[topic] = Memory(now, self._timer(), begun)
                self._make_room()
            else:
                memory.at, memory.begun = self._timer(), begun
                memory.go_on(now)
            return memory

    def _make_room(self) -> None:
        spare = [topic for topic in self._memories if topic not in self._seats]
        for topic in spare[:-SPARE]:
            del self._memories[topic]

    async def _look_on(self) -> None:
        while self._seats:
            await self._rest()
            try:
                await self.look()
            except Exception as error:
                # the place and the kind, without the message; the next tick tries again
                log.error("%s in\n%s", type(error).__name__, "".join(traceback.format_tb(error.__traceback__)))


@lru_cache(maxsize=1)
def hub() -> Hub:
    """The hub of this process, made on first use."""
    return Hub()
