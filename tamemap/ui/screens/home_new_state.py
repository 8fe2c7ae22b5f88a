"""What the form for a new topic keeps beside its text: the flyers that go with it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import reflex as rx

from tamemap.domain.topic_cards import MOST
from tamemap.errors import Invalid
from tamemap.i18n import t
from tamemap.queries.topic_cards import card_for
from tamemap.ui.components import checked
from tamemap.ui.components.asking import Asking

if TYPE_CHECKING:
    from typing import Any

    from tamemap.ui.components.rows import BoardRow
    from tamemap.ui.screens.home_flyer_row import FlyerRow


@dataclass
class ChipRow:
    """A flyer that goes with the new topic."""

    id: str = ""
    title: str = ""


class NewTopic(Asking, rx.State, mixin=True):
    """Mixed into the home's State. The flyers are checked when they are added, and again when the topic is opened."""

    chips: rx.Field[list[ChipRow]] = rx.field(default_factory=list)

    if TYPE_CHECKING:
        flyer: FlyerRow
        board: BoardRow
        about: str
        talk_board: str

    @rx.event
    async def add_picked(self) -> None:
        """Let the flyer that is picked on the map go with the new topic."""
        with self._answering():
            await self._add(checked.public_id(self.flyer.id))

    @rx.event
    async def add_pasted(self, sent: dict[str, Any]) -> None:
        """Let a flyer go with it that is named by its id or by its page's address."""
        with self._answering():
            await self._add(checked.form(sent, "flyer")["flyer"])

    @rx.event
    async def drop_chip(self, public_id: str) -> None:
        """Take a flyer off again."""
        with self._answering():
            gone = checked.public_id(public_id)
            self.chips = [one for one in self.chips if one.id != gone]

    async def _add(self, flyer: str) -> None:
        if len(self.chips) >= MOST:
            raise Invalid.at("flyer", "cards_too_many", most=MOST)
        board = checked.slug(self.talk_board if self.about else self.board.slug)
        card = await self._ask(card_for, board=board, flyer=flyer)
        if card.public_id not in {one.id for one in self.chips}:
            self.chips = [*self.chips, ChipRow(card.public_id, card.title)]
            self._say(t("cards.added"))
