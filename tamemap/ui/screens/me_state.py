"""The State of /me: who I am, and my flyers."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import reflex as rx

from tamemap.i18n import t
from tamemap.queries.flyer import flyer
from tamemap.queries.screens import my_page
from tamemap.services import flyers as deeds
from tamemap.services.people import change_profile, set_mail_notices
from tamemap.ui.components import checked
from tamemap.ui.components.asking import Asking
from tamemap.ui.components.flyer_rows import OwnRow, own_row
from tamemap.ui.components.rest import RestRow, rest_row
from tamemap.ui.screens.me_edit import FIELDS, EditRow, edit_row, hidden_of, raw_of
from tamemap.ui.screens.me_rows import GroupRow, HubRow, desk_path, group_rows, hub_rows, role_words

if TYPE_CHECKING:
    from tamemap.queries.screens import MyPage


class MeState(Asking, rx.State):
    """What the screen shows."""

    ready: bool = False
    signed_in: bool = False
    name: str = ""
    mail: str = ""
    roles: rx.Field[list[str]] = rx.field(default_factory=list)
    desk: str = ""  # the way to the desk; empty: there is none
    rows: rx.Field[list[HubRow]] = rx.field(default_factory=list)
    groups: rx.Field[list[GroupRow]] = rx.field(default_factory=list)
    mail_notices: bool = False
    rests: rx.Field[list[RestRow]] = rx.field(default_factory=list)  # where one may not write at present
    flyers: rx.Field[list[OwnRow]] = rx.field(default_factory=list)
    editing: rx.Field[EditRow] = rx.field(default_factory=EditRow)
    done: str = ""

    @rx.event
    async def enter(self) -> None:
        """Show who is here and what they posted."""
        with self._answering():
            await self._refresh()
            self._say_what_led_here()

    async def _refresh(self) -> None:
        self._show(await self._ask(my_page))

    def _show(self, page: MyPage) -> None:
        self.ready, self.signed_in = True, page.me is not None
        self.rests = [rest_row(one) for one in page.rests]
        if page.me is not None and page.hub is not None:
            self.name, self.mail = page.me.name, page.me.mail
            self.roles = [role_words(role) for role in page.me.roles]
            self.desk = desk_path(page.me, page.hub)
            self.rows, self.groups = hub_rows(page.hub), group_rows(page.hub)
            self.mail_notices = page.hub.mail_notices
        self.flyers = [own_row(one) for one in page.flyers]

    @rx.event
    async def save_profile(self, sent: dict[str, Any]) -> None:
        """Keep the name that was typed."""
        with self._answering():
            kept = await self._ask(change_profile, name=checked.form(sent, "name")["name"])
            self.name = kept.name
            self._say(t("me.saved"))

    @rx.event
    async def set_mail_notices(self, on: bool) -> None:
        """Whether notices come by mail too."""
        with self._answering():
            kept = await self._ask(set_mail_notices, on=checked.flag(on))
            self.mail_notices = kept.mail_notices
            self._say(t("me.mail_on" if kept.mail_notices else "me.mail_off"))

    @rx.event
    async def set_outside(self, public_id: str, on: bool) -> None:
        """The one tick of an own flyer."""
        with self._answering():
            await self._tick(checked.public_id(public_id), on=checked.flag(on))

    async def _tick(self, flyer_id: str, *, on: bool) -> None:
        seen = await self._ask(deeds.set_outside, public_id=flyer_id, outside=on)
        await self._refresh()
        words = t("me.outside_on" if on else "me.outside_off", title=seen.title, map=seen.above_name)
        self._say(words, undo=f"{'untick' if on else 'tick'} {flyer_id}")

    @rx.event
    async def remove(self, public_id: str) -> None:
        """Take an own flyer away from everywhere; for a while it can be brought back."""
        with self._answering():
            gone = await self._ask(deeds.delete, public_id=checked.public_id(public_id))
            title = next((one.title for one in self.flyers if one.id == gone.public_id), "")
            await self._refresh()
            self._say(t("me.removed", title=title), undo=f"restore {gone.public_id}")

    @rx.event
    async def take_back(self) -> None:
        """元に戻す: undo what the toast speaks of. What that is stands here, never in what the browser sends."""
        what, _, flyer_id = self.undo.partition(" ")
        self._hush()
        with self._answering():
            if what in {"tick", "untick"}:
                await self._tick(flyer_id, on=what == "tick")
            elif what == "restore":
                await self._ask(deeds.restore, public_id=flyer_id)
                await self._refresh()
                self._say(t("me.restored"))

    @rx.event
    async def start_edit(self, public_id: str) -> None:
        """Open the form with a flyer's facts."""
        with self._answering():
            seen = await self._ask(flyer, public_id=checked.public_id(public_id))
            if seen.may_change:
                self.editing = edit_row(seen)

    @rx.event
    async def stop_edit(self) -> None:
        """Close the form; what was typed into it is forgotten."""
        self._close_edit()

    def _close_edit(self) -> None:
        if self.editing.id:
            self.done = f"edit.{self.editing.id} {self.editing.version}"
        self.editing, self.problem, self.wrong = EditRow(), "", {}

    @rx.event
    async def save_flyer(self, sent: dict[str, Any]) -> None:
        """Keep the facts that were typed, if nobody changed the flyer meanwhile."""
        with self._answering():
            fields = checked.form(sent, *FIELDS)
            await self._ask(deeds.change, public_id=checked.public_id(self.editing.id), raw=raw_of(fields),
                            hidden=hidden_of(fields), version=self.editing.version)  # fmt: skip
            self._close_edit()
            await self._refresh()
            self._say(t("me.changed"))

    @rx.event
    async def hush(self) -> None:
        """The toast was closed."""
        self._hush()
