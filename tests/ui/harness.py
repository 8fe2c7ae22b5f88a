"""A browser's tab on one screen, without the browser: State handlers are called with what a socket would carry."""

from __future__ import annotations

import asyncio
import inspect
from concurrent.futures import ThreadPoolExecutor
from contextvars import copy_context
from datetime import timedelta
from typing import TYPE_CHECKING, Any

import reflex as rx
from reflex.istate.data import RouterData
from reflex_base.event import Event
from reflex_base.event.processor.base_state_processor import _prepare_event_payload
from sqlmodel import SQLModel

from tamemap import clock, db, session
from tamemap.models import SignedIn

if TYPE_CHECKING:
    from reflex_base.event import EventHandler

    from tamemap.domain.actors import Actor

# what a browser may send instead of what the screen sends
FORGED: tuple[Any, ...] = (
    None, 0, -1, 2**70, 1.5, True, "", " ", "nobody", "../../etc/passwd", "' OR 1=1 --", "<script>", "x" * 100_000, "\x00",
    "2222222222zz", [], ["nobody"], [None], [["2222222222zz"]], ["2222222222zz"] * 51,
    {}, {"body": 1}, {"reason": []}, {"title": {}}, {"name": None},
)  # fmt: skip


def signed_in(actor: Actor) -> str:
    """The token of a new session of this person."""
    token = session.new_token()
    with db.transaction(write=True) as tx:
        now = clock.now()
        tx.add(SignedIn(token_hash=session.hashed(token), person_id=actor.person_id, created_at=now, seen_at=now, strong_at=now,
                        expires_at=now + timedelta(days=9)))  # fmt: skip
    return token


class Tab:
    """One tab: its State, the cookies of its handshake, and the handlers that follow from those called."""

    def __init__(self, state: type[rx.State], actor: Actor | None = None, *, guest_key: str = "", path: str = "/") -> None:
        cookies = [f"{session.COOKIE}={signed_in(actor)}"] if actor else []
        cookies += [f"{session.GUEST_COOKIE}={guest_key}"] if guest_key else []
        root = rx.State(_reflex_internal_init=True)
        headers = {"cookie": "; ".join(cookies), "origin": "http://localhost:8000"}
        root.router = RouterData.from_router_data({"headers": headers, "asPath": path, "pathname": "/", "ip": "192.0.2.7"})
        self.state = root.get_substate(state.get_full_name().split(".")[1:])

    def __getattr__(self, name: str) -> Any:
        return getattr(self.state, name)

    def send(self, handler: str, /, **payload: Any) -> Tab:
        """Call a handler as the socket does, and those that it asks for; answers itself."""
        called = self._run(type(self.state).event_handlers[handler], payload)
        # in a thread of its own: a browser test before this one may have left its loop running in ours
        with ThreadPoolExecutor(1) as pool:
            pool.submit(copy_context().run, asyncio.run, called).result()
        return self

    async def _run(self, handler: EventHandler, payload: dict[str, Any]) -> None:
        made = handler.fn(self.state, **_prepare_event_payload(handler, payload))
        asked = [one async for one in made] if inspect.isasyncgen(made) else [await made]
        for one in asked:
            for event in Event.from_event_type(one) if one else []:
                await self._run(type(self.state).event_handlers[event.name.rpartition(".")[2]], event.payload)


def everything() -> dict[str, list[Any]]:
    """All rows of all tables, to see that nothing has changed."""
    with db.transaction(write=False) as tx:
        return {
            table.name: sorted(map(repr, tx.connection().execute(table.select()).all()))
            for table in SQLModel.metadata.sorted_tables
        }
