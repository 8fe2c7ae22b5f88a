"""Who a Reflex event comes from: the cookies of the socket's handshake, never anything that the page sends."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tamemap.door import Credentials

if TYPE_CHECKING:
    import reflex as rx


def credentials(state: rx.State) -> Credentials:
    """The credentials of the browser behind this State, to be looked up anew at each event."""
    return Credentials.from_cookies(state.router.headers.cookie or "", client=state.router.session.client_ip)
