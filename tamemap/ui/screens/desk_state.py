"""The State of /desk: what waits for staff, and what they decide."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import reflex as rx

from tamemap.domain.placements import UP
from tamemap.errors import Forbidden, NotFound, Unauthenticated
from tamemap.i18n import t
from tamemap.queries.reports import open_reports
from tamemap.queries.screens import case, desk
from tamemap.services import flyers, reports
from tamemap.services.decisions import DECISIONS, decide_many
from tamemap.ui.components import checked
from tamemap.ui.components.asking import Asking
from tamemap.ui.components.flyer_rows import ChangeRow, OwnRow, change_row, own_row
from tamemap.ui.components.words import error_words, moment_words

if TYPE_CHECKING:
    from collections.abc import Callable

    from tamemap.queries.flyer import FlyerView
    from tamemap.queries.reports import ReportView
    from tamemap.services.decisions import DecidedMany

TABS = ("held", "up", "recalled", "reports")
MOST = 50
# the reasons that staff write most often; their words stand under desk.reason_<name>
REASONS = ("date", "privacy", "advert", "blurred", "twice", "rules")
# what a flyer says besides its title, dates and place, in the order of reading
FACTS = ("venue", "address", "fee", "phone", "organiser", "url", "body")


@dataclass
class TownRow:
    """A municipality curated here."""

    code: str = ""
    name: str = ""


@dataclass
class ReportRow:
    """A report that waits."""

    id: str = ""
    thing: str = ""
    title: str = ""
    excerpt: str = ""
    url: str = ""
    town: str = ""
    reason: str = ""
    words: str = ""
    when: str = ""


@dataclass
class FactRow:
    """One fact of a flyer; ``residents_only``: the outside face leaves it out."""

    name: str = ""
    text: str = ""
    residents_only: bool = False


def report_row(view: ReportView) -> ReportRow:
    """From a report."""
    thing, reason = t(f"desk.thing_{view.thing}"), t(f"report_reasons.{view.reason}")
    return ReportRow(view.public_id, thing, view.title, view.excerpt, view.url, view.municipality_name, reason, view.words,
                     moment_words(view.created_at))  # fmt: skip


def fact_rows(view: FlyerView) -> list[FactRow]:
    """The facts that are there."""
    return [
        FactRow(t(f"post.field.{name}"), getattr(view, name), name in view.hidden_outside)
        for name in FACTS
        if getattr(view, name)
    ]


class DeskState(Asking, rx.State):
    """What the screen shows. Whether somebody may decide is asked anew at every call."""

    ready: bool = False
    refused: str = ""  # why there is no desk for this visitor: "guest", "stranger", or "waiting" for a passkey or a code
    tab: str = "held"
    town: str = ""
    towns: rx.Field[list[TownRow]] = rx.field(default_factory=list)
    pages: rx.Field[list[str]] = rx.field(default_factory=list)  # which other pages of the desk this visitor may open
    flyers: rx.Field[list[OwnRow]] = rx.field(default_factory=list)
    reports: rx.Field[list[ReportRow]] = rx.field(default_factory=list)
    chosen: rx.Field[list[str]] = rx.field(default_factory=list)
    asking: str = ""  # the decision whose reason is being asked for
    asked: rx.Field[list[str]] = rx.field(default_factory=list)
    asked_title: str = ""
    opened: str = ""  # the flyer whose facts and history are open
    facts: rx.Field[list[FactRow]] = rx.field(default_factory=list)
    steps: rx.Field[list[ChangeRow]] = rx.field(default_factory=list)

    @rx.event
    async def enter(self) -> None:
        """Show what waits."""
        with self._answering():
            await self._refresh()
            self._say_what_led_here()

    async def _ask(self, function: Callable[..., Any], *args: Any, **kwargs: Any) -> Any:
        """As on all screens; who has no session or no proof any more sees no desk, whichever button they pressed."""
        try:
            return await super()._ask(function, *args, **kwargs)
        except Unauthenticated as error:
            self._clear("waiting" if error.code == "desk_needs_proof" else "guest")
            raise

    async def _refresh(self) -> None:
        try:
            if self.tab == "reports":
                found = await self._ask(open_reports, limit=MOST)
                self.reports, self.flyers = [report_row(one) for one in found], []
            else:
                page = await self._ask(desk, state=self.tab, municipality=self.town, limit=MOST)
                self.flyers, self.reports = [own_row(one) for one in page.flyers], []
                self.pages = sorted(page.may)
                self.towns = [TownRow(one.municipality_code or "", one.municipality_name) for one in page.towns]
            self.refused = ""
        except Unauthenticated:
            pass  # the screen says so already
        except (Forbidden, NotFound):
            self._clear("stranger")
        standing = {one.id for one in self.flyers}
        self.chosen = [one for one in self.chosen if one in standing]
        self.ready = True

    def _clear(self, refused: str) -> None:
        """There is no desk (any more): nothing of it stays on the screen."""
        self.refused, self.flyers, self.reports, self.towns, self.pages = refused, [], [], [], []
        self.asking, self.asked, self.asked_title, self.undo = "", [], "", ""
        self._close_case()

    @rx.event
    async def show_tab(self, tab: str) -> None:
        """Another queue."""
        with self._answering():
            self.tab, self.chosen = checked.one_of(tab, TABS), []
            self._close_case()
            await self._refresh()

    @rx.event
    async def show_town(self, code: str) -> None:
        """Only one municipality, or all."""
        with self._answering():
            self.town, self.chosen = checked.code(code, empty=True), []
            await self._refresh()

    @rx.event
    async def choose(self, public_id: str, on: bool) -> None:
        """Select a flyer for a decision about several, or no longer."""
        with self._answering():
            wanted = checked.public_id(public_id)
            others = [one for one in self.chosen if one != wanted]
            listed = any(one.id == wanted for one in self.flyers)
            self.chosen = [*others, wanted] if checked.flag(on) and listed else others

    @rx.event
    async def choose_all(self, on: bool) -> None:
        """Select everything in the list, or nothing."""
        with self._answering():
            self.chosen = [one.id for one in self.flyers] if checked.flag(on) else []

    @rx.event
    async def put_up(self, public_ids: list[str]) -> None:
        """Let these up."""
        with self._answering():
            await self._decide(checked.public_ids(public_ids, most=MOST), "up", "")

    @rx.event
    async def ask_reason(self, decision: str, public_ids: list[str]) -> None:
        """Recalling and deleting need a reason that the poster reads: open the form."""
        with self._answering():
            asking, asked = checked.one_of(decision, ("recall", "delete")), checked.public_ids(public_ids, most=MOST)
            titles = [one.title for one in self.flyers if one.id in asked]
            self.asking, self.asked = asking, list(asked)
            self.asked_title = titles[0] if len(titles) == 1 else t("desk.several", n=len(asked))

    @rx.event
    async def stop_asking(self) -> None:
        """Close the form for the reason."""
        self.asking, self.asked, self.problem, self.wrong = "", [], "", {}

    @rx.event
    async def decide(self, sent: dict[str, Any]) -> None:
        """Do what the form asks about, with the reason that was typed."""
        with self._answering():
            reason = checked.form(sent, "reason")["reason"]
            decision = checked.one_of(self.asking, DECISIONS)
            await self._decide(checked.public_ids(self.asked, most=MOST), decision, reason)
            self.asking, self.asked = "", []

    async def _decide(self, ids: tuple[str, ...], decision: str, reason: str, *, again: bool = False) -> None:
        stood = {one.id: one.state for one in self.flyers}
        made: DecidedMany = await self._ask(decide_many, public_ids=ids, decision=decision, reason=reason)
        await self._refresh()
        self._close_case()
        done = [one.public_id for one in made.done]
        if done:
            # a recalled flyer goes back to up only: one that waited would be let up by an undo
            way_back = not again and (decision != "recall" or all(stood.get(one) == UP for one in done))
            self._say(t(f"desk.done_{decision}", n=len(done)), undo=f"{decision} {' '.join(done)}" if way_back else "")
        if made.refused:
            self.problem = t("desk.refused", n=len(made.refused), why=error_words(made.refused[0][1]))

    @rx.event
    async def take_back(self) -> None:
        """元に戻す: what was put up is recalled, what was recalled is put up, what was deleted comes back."""
        what, *ids = self.undo.split(" ")
        self._hush()
        with self._answering():
            if what == "delete":
                for one in ids:
                    await self._ask(flyers.restore, public_id=one)
                await self._refresh()
                self._say(t("desk.restored", n=len(ids)))
            elif what in {"up", "recall"} and ids:
                back = "recall" if what == "up" else "up"
                await self._decide(tuple(ids), back, t("desk.undo_reason") if back == "recall" else "", again=True)

    @rx.event
    async def open_case(self, public_id: str) -> None:
        """Show all facts of a flyer and its history, or hide them again."""
        with self._answering():
            wanted = checked.public_id(public_id)
            if wanted == self.opened:
                self._close_case()
                return
            found = await self._ask(case, public_id=wanted)
            self.opened, self.facts = wanted, fact_rows(found.flyer)
            self.steps = [change_row(one) for one in found.history][-MOST:]

    def _close_case(self) -> None:
        self.opened, self.facts, self.steps = "", [], []

    @rx.event
    async def close_report(self, public_id: str) -> None:
        """A report is dealt with."""
        with self._answering():
            await self._ask(reports.close, report=checked.public_id(public_id))
            await self._refresh()
            self._say(t("desk.report_closed"))

    @rx.event
    async def hush(self) -> None:
        """The toast was closed."""
        self._hush()
