"""A raw Socket.IO connection to the screens' events: what any program may send, without a browser and its manners."""

from __future__ import annotations

import json
import secrets
import time
from contextlib import suppress
from typing import TYPE_CHECKING, Any

from simple_websocket import Client, ConnectionClosed

if TYPE_CHECKING:
    import reflex as rx

# Engine.IO protocol 4 packets, and Socket.IO protocol 5 ones behind the 4
PING, PONG, CONNECT, EVENT = "2", "3", "40", "42"
NAMESPACE = "/_event"
LONGEST = 15.0
SUFFIX = "_rx_state_"
ROOT = "reflex___state____state"


class _Client(Client):
    """Names the port in its Host header, as browsers do."""

    def handshake(self) -> None:
        """Shake hands."""
        self.host = f"{self.host}:{self.port}"
        super().handshake()


class RawSocket:
    """One tab's socket: its handshake is as given, everything after it is sent by hand.

    ``token`` is the tab's; ``heard`` all that the server has said in it: pairs of an event's name and its data.
    """

    def __init__(self, address: str, *, cookie: str = "", origin: str = "", token: str = "", auth: Any = None) -> None:
        self.token = token or secrets.token_hex(16)
        self.heard: list[tuple[str, Any]] = []
        headers = {"Cookie": cookie} if cookie else {}
        headers |= {"Origin": origin} if origin else {}
        url = f"{address.replace('http', 'ws', 1)}{NAMESPACE}/?token={self.token}&EIO=4&transport=websocket"
        self.wire = _Client(url, headers=headers)
        # without waiting for the server's first packet: the client does not hear one that comes along with the handshake
        self.wire.send(f"{CONNECT}{NAMESPACE}," + (json.dumps(auth) if auth is not None else ""))
        self._until(lambda raw: raw.startswith(CONNECT))
        # as a page does at first: all that its State holds is sent once, and from then on only what changes
        self.send(ROOT, "hydrate")
        self._until(lambda _: "is_hydrated" in self.said(ROOT))

    def emit(self, name: str, *data: Any) -> None:
        """Send a Socket.IO event."""
        self.wire.send(f"{EVENT}{NAMESPACE},{json.dumps([name, *data])}")

    def send(self, state: type[rx.State] | str, handler: str, payload: Any = None, *, path: str = "/", **router: Any) -> None:
        """Send an event to a State's handler; ``router`` is what the client claims about itself."""
        full = state if isinstance(state, str) else state.get_full_name()
        router_data = {"pathname": path, "asPath": path, "query": {}} | router
        self.emit(
            "event", {"name": f"{full}.{handler}", "payload": {} if payload is None else payload, "router_data": router_data}
        )

    def ask(self, state: type[rx.State], handler: str, payload: Any = None, **router: Any) -> dict[str, Any]:
        """Send an event, wait until the handler is through, and answer all that was said about its State meanwhile."""
        start, full = len(self.heard), state.get_full_name()
        self.send(state, handler, payload, **router)
        # every handler of ours ends with that word
        self._until(lambda _: self.said(full, start).get("busy") == "")
        return self.said(full, start)

    def said(self, state: str, start: int = 0) -> dict[str, Any]:
        """What was said about a State since then, the latest of each var."""
        found: dict[str, Any] = {}
        for name, data in self.heard[start:]:
            if name == "event":
                found |= (data.get("delta") or {}).get(state, {})
        return {name.removesuffix(SUFFIX): value for name, value in found.items()}

    def all_said(self) -> str:
        """Everything that the server has said, as text."""
        return json.dumps(self.heard, ensure_ascii=False)

    def ended(self) -> bool:
        """Whether the server hangs up."""
        try:
            self._until(lambda _: False)
        except ConnectionClosed:
            return True
        except TimeoutError:
            return False
        return False

    def close(self) -> None:
        """Hang up, if that has not been done."""
        with suppress(ConnectionClosed):
            self.wire.close()

    def _until(self, done: Any) -> None:
        end = time.monotonic() + LONGEST
        while (left := end - time.monotonic()) > 0:
            raw = self.wire.receive(left)
            if raw is None:
                break
            if raw == PING:
                self.wire.send(PONG)
                continue
            # only silence is too long: a busy machine works through many events, one after the other
            end = time.monotonic() + LONGEST
            if raw.startswith(EVENT):
                name, *data = json.loads(raw[len(EVENT) :].removeprefix(f"{NAMESPACE},"))
                self.heard.append((name, data[0] if data else None))
            if done(raw):
                return
        raise TimeoutError(f"nothing came; heard so far: {self.all_said()[-2000:]}")
