"""What the States of all screens have in common: asking through the door, and saying what came of it."""

from __future__ import annotations

import logging
import traceback
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any, Concatenate, ParamSpec, TypeVar

import reflex as rx

from tamemap.door import acall
from tamemap.errors import TamemapError
from tamemap.i18n import t, words
from tamemap.ui.components.words import said, said_at_fields
from tamemap.ui.visitor import credentials

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    P = ParamSpec("P")
    R = TypeVar("R")

log = logging.getLogger("tamemap.ui")


class Asking(rx.State, mixin=True):
    """Mixed into each screen's State. What stands here is for the eyes only: never an authority about anything."""

    problem: str = ""  # what went wrong, in words
    wrong: rx.Field[dict[str, str]] = rx.field(default_factory=dict)  # field → what to do about it
    toast: str = ""  # what has been done, in words
    toast_number: int = 0  # so that the same words twice are said twice
    undo: str = ""  # what 元に戻す would undo; empty: nothing
    busy: str = ""  # what is under way
    # what the visitor showed for whom this was filled, hashed: session's token, guest's key (see ``ui.tabs``)
    _whose: str = ""

    @contextmanager
    def _answering(self) -> Iterator[None]:
        """The body of every handler: whatever is refused inside ends it and becomes words on the screen."""
        self.problem, self.wrong = "", {}
        try:
            yield
        except TamemapError as error:
            self.wrong = said_at_fields(error)
            self.problem = "" if self.wrong else said(error)
        except Exception as error:
            # the place and the kind, without the message: it may hold what somebody wrote
            log.error("%s in\n%s", type(error).__name__, "".join(traceback.format_tb(error.__traceback__)))
            self.problem = t("errors.mishap")
        finally:
            self.busy = ""

    async def _ask(self, function: Callable[Concatenate[Any, Any, P], R], *args: P.args, **kwargs: P.kwargs) -> R:
        """Call a query or a service as whoever the socket's cookies say. Raises what it raises."""
        return await acall(function, credentials(self), *args, **kwargs)

    def _say(self, words: str, undo: str = "") -> None:
        """Show a toast, perhaps with a way back."""
        self.toast, self.undo = words, undo
        self.toast_number += 1

    def _say_what_led_here(self) -> None:
        """Show what another page has done, as its ``said`` in this one's address names it (a key below ``said.``)."""
        if told := words().get(f"said.{self.router.url.query_parameters.get('said', '')}"):
            self._say(told)

    def _hush(self) -> None:
        """Take the toast away."""
        self.toast, self.undo = "", ""
