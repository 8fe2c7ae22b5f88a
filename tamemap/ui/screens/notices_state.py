"""The State of /notices: what a person has been told."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import reflex as rx

from tamemap.errors import Unauthenticated
from tamemap.i18n import t, words
from tamemap.queries.notices import notices
from tamemap.services.notices import mark_read
from tamemap.ui.components.asking import Asking
from tamemap.ui.components.words import moment_iso, moment_words

if TYPE_CHECKING:
    from tamemap.queries.notices import NoticeView


@dataclass
class NoticeRow:
    """One notice in words; ``url`` is a path of ours or empty."""

    id: int = 0
    text: str = ""
    url: str = ""
    when: str = ""
    when_iso: str = ""
    read: bool = False


def notice_row(view: NoticeView) -> NoticeRow:
    """From a notice; one whose words are gone is still a notice."""
    key = f"notices.{view.code}"
    try:
        text = words()[key].format(**view.params)
    except (KeyError, IndexError):
        text = t("notices_page.unknown")
    return NoticeRow(view.id, text, view.url, moment_words(view.created_at), moment_iso(view.created_at), view.read)


class NoticesState(Asking, rx.State):
    """What the screen shows."""

    ready: bool = False
    signed_in: bool = True
    notices: rx.Field[list[NoticeRow]] = rx.field(default_factory=list)
    unread: int = 0

    @rx.event
    async def enter(self) -> None:
        """Show the notices. Those shown count as read from now on; their marks stay until the screen is left."""
        with self._answering():
            try:
                found = await self._ask(notices)
            except Unauthenticated:
                self.signed_in, self.ready, self.notices = False, True, []
                return
            self.signed_in, self.ready = True, True
            self.notices = [notice_row(one) for one in found]
            self.unread = sum(not one.read for one in found)
            if self.unread:
                await self._ask(mark_read, ids=[one.id for one in found if not one.read])

    @rx.event
    async def read_all(self) -> None:
        """Everything is read, also what is too old to be shown; the marks go."""
        with self._answering():
            await self._ask(mark_read)
            self.notices = [NoticeRow(**{**vars(one), "read": True}) for one in self.notices]
            self.unread = 0
            self._say(t("notices_page.all_read"))

    @rx.event
    async def hush(self) -> None:
        """The toast was closed."""
        self._hush()
