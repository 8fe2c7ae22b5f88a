"""A tab's State belongs to whoever it has shown things to: for anybody else it begins anew.

Reflex keys a State by a token that the tab keeps, not by the person. The tab of a public computer stays when one neighbour
signs out and the next one comes; and a token may become known. Handlers ask at every call who is there, but what the State
still holds would be sent to the newcomer by itself.
"""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING, Any

from reflex.middleware import Middleware

from tamemap.door import Credentials, acall
from tamemap.ui.components.asking import Asking
from tamemap.ui.visitor import credentials

if TYPE_CHECKING:
    import reflex as rx
    from reflex.state import BaseState, StateUpdate
    from reflex_base.event import Event

    from tamemap.domain.actors import Actor

# the events with which a page begins, or comes back after its socket was down: all that a State holds is sent then
BEGINNINGS = ("hydrate", "hydrate_and_load")


class OwnTab(Middleware):
    """Empties the States of a tab before an event of somebody else than they were filled for."""

    async def preprocess(self, app: rx.App, state: BaseState, event: Event) -> StateUpdate | None:
        """Look whose tab it is; the event then goes on."""
        shown = credentials(state)  # type: ignore[arg-type]  # the root of all States
        beginning = event.name.rpartition(".")[2] in BEGINNINGS
        if beginning and shown.session_token and not await acall(_signed_in, shown):
            shown = Credentials("", shown.guest_key)
        whose = "/".join(map(_hashed, (shown.session_token, shown.guest_key)))
        for one in state.substates.values():
            if isinstance(one, Asking) and one._whose != whose:
                if not _is_still(one._whose, whose):
                    one.reset()
                one._whose = whose
        return None


def _hashed(key: str) -> str:
    return hashlib.sha256(key.encode()).hexdigest() if key else ""


def _is_still(before: str, now: str) -> bool:
    """Whether somebody shows all that the former one showed: who has signed in meanwhile is still the same visitor."""
    return all(old in {"", new} for old, new in zip(before.split("/"), now.split("/"), strict=False))


def _signed_in(db: Any, actor: Actor) -> bool:
    return not actor.is_guest
