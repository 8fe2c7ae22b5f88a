"""The screen /desk: staff let flyers up, take them back, delete them, with reasons; and see to reports."""

# a Var answers to names that no type checker knows
# mypy: ignore-errors

from __future__ import annotations

import reflex as rx

from tamemap import urls
from tamemap.i18n import t
from tamemap.queries.staff import PAGES
from tamemap.ui.components.live import offline
from tamemap.ui.components.plain import button, icon, link, problem, skeleton
from tamemap.ui.components.toasts import toast
from tamemap.ui.screens.desk_items import flyer_list, reason_dialog, report_list
from tamemap.ui.screens.desk_state import TABS, DeskState
from tamemap.ui.shell import screen

NAME = "desk"
ON_LOAD: list = [DeskState.enter]


def page() -> rx.Component:
    """The screen."""
    return screen(
        rx.el.h1(t("desk.heading"), class_name="tm-screen-head"),
        offline(),
        rx.cond(DeskState.asking == "", problem(DeskState.problem)),
        rx.cond(
            DeskState.ready,
            rx.match(
                DeskState.refused,
                ("guest", _guest()),
                ("stranger", _stranger()),
                ("waiting", _waiting()),
                _desk(),
            ),
            skeleton(rows=4),
        ),
        reason_dialog(),
        toast(DeskState, hush=DeskState.hush, undo=DeskState.take_back),
        rx.el.script(src="/home/desk.js", defer=True),
        current="person",
        class_name="tm-stack",
    )


def _desk() -> rx.Component:
    return rx.fragment(
        _pages(),
        rx.el.div(*(_tab(name) for name in TABS), class_name="tm-tabs", role="tablist", aria_label=t("desk.tabs")),
        rx.el.div(
            rx.cond(DeskState.towns.length() > 1, rx.cond(DeskState.tab != "reports", _towns())),
            rx.el.p(t("desk.keys"), class_name="tm-muted tm-only-wide"),
            class_name="tm-row tm-row--between",
        ),
        rx.el.div(
            rx.cond(DeskState.tab == "reports", report_list(), flyer_list()),
            role="tabpanel",
            aria_label=t("desk.queue"),
            class_name="tm-stack",
        ),
    )


def _pages() -> rx.Component:
    """The way to the desk's other pages, as far as the visitor may open them."""
    return rx.el.nav(
        rx.el.ul(
            rx.el.li(link(t("desk_nav.flyers"), href="/desk", class_name="tm-chip", aria_current="page")),
            *(
                rx.cond(
                    DeskState.pages.contains(name),
                    rx.el.li(link(t(f"desk_nav.{name}"), href=f"/desk/{name.replace('_', '-')}", class_name="tm-chip")),
                )
                for name in PAGES
            ),
            class_name="tm-chips tm-chips--row",
        ),
        aria_label=t("desk_nav.label"),
    )


def _tab(name: str) -> rx.Component:
    return rx.el.button(
        t(f"desk.tab_{name}"),
        type="button",
        role="tab",
        aria_selected=(DeskState.tab == name).to_string(),
        on_click=DeskState.show_tab(name),
    )


def _towns() -> rx.Component:
    return rx.el.label(
        rx.el.span(t("desk.town"), class_name="tm-field__label"),
        rx.el.select(
            rx.el.option(t("desk.all_towns"), value=""),
            rx.foreach(DeskState.towns, lambda town: rx.el.option(town.name, value=town.code)),
            default_value=DeskState.town,
            on_change=DeskState.show_town,
            class_name="tm-select",
        ),
        class_name="tm-field tm-desk-town",
    )


def _guest() -> rx.Component:
    return rx.el.div(
        icon("person"),
        rx.el.p(t("desk.guest"), class_name="tm-empty__title"),
        link(t("ui.sign_in"), href=urls.sign_in("/desk"), class_name="tm-button tm-button--primary"),
        class_name="tm-empty",
    )


def _waiting() -> rx.Component:
    """For staff who have not shown a passkey or a code of late: a calm word, and the way there and back."""
    return rx.el.div(
        icon("person"),
        rx.el.p(t("desk.waiting"), class_name="tm-empty__title"),
        rx.el.p(t("desk.waiting_hint")),
        link(t("desk.show"), href=urls.with_query("/auth/again", then="/desk"), class_name="tm-button tm-button--primary"),
        class_name="tm-empty",
    )


def _stranger() -> rx.Component:
    return rx.el.div(
        icon("info"),
        rx.el.p(t("desk.stranger"), class_name="tm-empty__title"),
        rx.el.p(t("desk.stranger_hint")),
        rx.el.div(
            link(t("desk.to_map"), href="/", class_name="tm-button tm-button--primary"),
            button(t("desk.again"), on_click=DeskState.enter),
            class_name="tm-row",
        ),
        class_name="tm-empty",
    )
