"""``/b/{board}/{topic}/live``: a topic as it goes on, for those who have its page open (Server-Sent Events).

``hello`` says at which revision the stream begins, ``news`` what has changed, ``gone`` that the topic is not there any more and
the stream ends. The ``id`` of each is the topic's revision: a browser whose line was broken says it in ``Last-Event-ID``, a page
that was drawn at a revision in ``?since=``, and gets what it has missed. Everybody gets the same bytes, made once: a guest's.
"""

from __future__ import annotations

import asyncio
import random
import signal
from functools import lru_cache, partial
from typing import TYPE_CHECKING, Any

import orjson
from starlette.responses import Response, StreamingResponse
from starlette.routing import Route

from tamemap.domain.writing import reference
from tamemap.errors import NotFound, TamemapError
from tamemap.live import Seat, hub
from tamemap.web.board_document import said, who
from tamemap.web.callers import client_of
from tamemap.web.respond import language
from tamemap.web.templating import render

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Callable
    from types import FrameType

    from starlette.requests import Request
    from starlette.types import Receive, Scope, Send

    from tamemap.live_memory import Step

    Handler = Callable[[int, FrameType | None], Any]

# seconds without news after which a comment is sent, so that nothing on the way takes the line for dead
HEARTBEAT = 20.0
BEAT = b":\n\n"
# proxies such as nginx would otherwise keep the words until they have a buffer full of them
HEADERS = {"Cache-Control": "no-store", "X-Accel-Buffering": "no"}
LARGEST = 2**31


class Stream(StreamingResponse):
    """The stream of one reader; their place is given back however it ends."""

    def __init__(self, seat: Seat, since: int, lang: str) -> None:
        super().__init__(_events(seat, since, lang), media_type="text/event-stream", headers=HEADERS)
        self.seat = seat

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Send until the reader goes or the topic is over."""
        try:
            await super().__call__(scope, receive, send)
        finally:
            hub().leave(self.seat)


async def live(request: Request) -> Response:
    """A reader takes their place. 404 and 410 as the topic's page; 429 or 503 with ``Retry-After`` where there is no room."""
    if request.method == "HEAD":
        return Response(media_type="text/event-stream", headers=HEADERS)
    topic = reference(request.path_params["topic"])
    try:
        seat = await hub().sit(topic, client_of(request))
        if seat.memory.now.topic.board != request.path_params["board"]:
            hub().leave(seat)
            raise NotFound("topic_unknown")
    except TamemapError as error:
        again = {"Retry-After": str(error.params["retry_after"])} if "retry_after" in error.params else {}
        return Response(status_code=error.status, headers={"Cache-Control": "no-store"} | again)
    return Stream(seat, _since(request, seat.memory.now.revision), language(request))


def _since(request: Request, now: int) -> int:
    """What the reader has seen; all that there is now, where nothing is said about it."""
    said = request.headers.get("last-event-id") or request.query_params.get("since", "")
    return min(int(said), LARGEST) if said.isascii() and said.isdigit() and len(said) < 20 else now


async def _events(seat: Seat, since: int, lang: str) -> AsyncIterator[bytes]:
    memory, seen = seat.memory, since
    # not all at the same moment, when a server has started again
    yield b"retry: %d\n" % random.randint(2000, 6000) + _event("hello", seen, {"revision": seen})  # noqa: S311
    while not memory.over:
        for step in memory.missed(seen):
            seen = step.revision
            yield _news(step, lang)
        if not memory.over:
            await memory.wait(seen, HEARTBEAT)
            if seen >= memory.now.revision and not memory.over:
                yield BEAT
    if not hub().closed:
        yield _event("gone", seen, {})


@lru_cache(maxsize=256)
def _news(step: Step, lang: str) -> bytes:
    """A change for all who read in this language."""
    posts = [
        {
            "id": one.public_id,
            "state": "gone" if one.deleted else "new" if one.public_id in step.new else "changed",
            "held": one.held,
            "html": render("live_post.html", lang, post=one, board={"slug": step.topic.board}, said=lambda at: said(at, lang),
                           who=lambda author: who(author, lang)).strip(),
        }
        for one in step.posts
    ]  # fmt: skip
    data = {
        "revision": step.revision,
        "count": step.topic.posts_count,
        "changed": step.changed,
        "whole": step.whole,
        "order": step.order,
        "posts": posts,
    }
    return _event("news", step.revision, data)


def _event(name: str, number: int, data: dict[str, Any]) -> bytes:
    return b"id: %d\nevent: %s\ndata: %s\n\n" % (number, name.encode(), orjson.dumps(data))


async def end_with_process() -> None:
    """Let all streams end when the process is told to stop: the server waits for every answer, and these have no end.

    To be run once on the event loop of each server process, after the server has set its own handlers, which still are called.
    """
    loop = asyncio.get_running_loop()
    for number in (signal.SIGTERM, signal.SIGINT):
        before = signal.getsignal(number)
        signal.signal(number, partial(_stop, loop, before if callable(before) else None))
        # as the loop itself sets it: what is under way in the system goes on
        signal.siginterrupt(number, False)


def _stop(loop: asyncio.AbstractEventLoop, before: Handler | None, number: int, frame: FrameType | None) -> None:
    loop.call_soon_threadsafe(hub().close)
    if before:
        before(number, frame)


routes = [Route("/b/{board}/{topic}/live", live)]
