"""The State of /me: who I am, and my flyers."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import reflex as rx

from tamemap.i18n import t
from tamemap.queries.flyer import flyer
from tamemap.queries.screens import my_page
from tamemap.services import flyers as deeds
from tamemap.services.people import change_profile
from tamemap.ui.components import checked
from tamemap.ui.components.asking import Asking
from tamemap.ui.components.flyer_rows import OwnRow, own_row
from tamemap.ui.screens.me_edit import FIELDS, EditRow, edit_row, hidden_of, raw_of

if TYPE_CHECKING:
    from tamemap.queries.people import RoleView
    from tamemap.queries.screens import MyPage


@dataclass
class TownRow:
    """A town one may live in."""

    code: str = ""
    name: str = ""


@dataclass
class RegionRow:
    """A region with its towns."""

    name: str = ""
    towns: list[TownRow] = field(default_factory=list)


def role_words(role: RoleView) -> str:
    """A role as its holder reads it."""
    if role.role == "staff":
        return t("people.staff_of", municipality=role.municipality_name)
    return t("me.operator_of", region=role.region_name) if role.region_name else t("people.operator")


class MeState(Asking, rx.State):
    """What the screen shows."""

    ready: bool = False
    signed_in: bool = False
    name: str = ""
    mail: str = ""
    residence: str = ""
    roles: rx.Field[list[str]] = rx.field(default_factory=list)
    may_enter_desk: bool = False
    regions: rx.Field[list[RegionRow]] = rx.field(default_factory=list)
    flyers: rx.Field[list[OwnRow]] = rx.field(default_factory=list)
    editing: rx.Field[EditRow] = rx.field(default_factory=EditRow)
    done: str = ""

    @rx.event
    async def enter(self) -> None:
        """Show who is here and what they posted."""
        with self._answering():
            await self._refresh()

    async def _refresh(self) -> None:
        self._show(await self._ask(my_page))

    def _show(self, page: MyPage) -> None:
        self.ready, self.signed_in = True, page.me is not None
        if page.me is not None:
            self.name, self.mail, self.residence = page.me.name, page.me.mail, page.me.residence_code or ""
            self.roles = [role_words(role) for role in page.me.roles]
            self.may_enter_desk = page.me.may_enter_desk
        self.flyers = [own_row(one) for one in page.flyers]
        regions: dict[str, RegionRow] = {}
        for one in page.towns:
            town = TownRow(one.municipality_code or "", one.municipality_name)
            regions.setdefault(one.region_slug, RegionRow(one.region_name)).towns.append(town)
        self.regions = list(regions.values())

    @rx.event
    async def save_profile(self, sent: dict[str, Any]) -> None:
        """Keep the name and the town that were typed."""
        with self._answering():
            fields = checked.form(sent, "name", "residence")
            kept = await self._ask(change_profile, name=fields["name"],
                                   residence_code=checked.code(fields["residence"], empty=True) or None)  # fmt: skip
            self.name, self.residence = kept.name, kept.residence_code or ""
            self._say(t("me.saved"))

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
