"""The screen /notices: what happened to what one posted, and who answered."""

# a Var answers to names that no type checker knows
# mypy: ignore-errors

from __future__ import annotations

import reflex as rx

from tamemap import urls
from tamemap.i18n import t
from tamemap.ui.components.live import offline
from tamemap.ui.components.plain import button, icon, link, problem, skeleton
from tamemap.ui.components.toasts import toast
from tamemap.ui.screens.notices_state import NoticesState
from tamemap.ui.shell import screen

NAME = "notices"
ON_LOAD: list = [NoticesState.enter]


def page() -> rx.Component:
    """The screen."""
    return screen(
        rx.el.div(
            rx.el.h1(t("bar.notices")),
            rx.cond(
                NoticesState.unread > 0,
                button(icon("check"), t("notices_page.read_all"), small=True, on_click=NoticesState.read_all),
            ),
            class_name="tm-row tm-row--between tm-screen-head",
        ),
        offline(),
        problem(NoticesState.problem),
        rx.cond(
            NoticesState.ready,
            rx.cond(NoticesState.signed_in, _list(), _guest()),
            skeleton(rows=4),
        ),
        toast(NoticesState, hush=NoticesState.hush),
        current="bell",
        class_name="tm-page--narrow tm-stack",
    )


def _list() -> rx.Component:
    return rx.cond(
        NoticesState.notices.length() > 0,
        rx.el.ul(rx.foreach(NoticesState.notices, _notice), class_name="tm-list tm-list--rows tm-box"),
        rx.el.div(
            icon("bell"),
            rx.el.p(t("notices_page.empty"), class_name="tm-empty__title"),
            rx.el.p(t("notices_page.empty_hint")),
            link(icon("camera"), t("notices_page.post"), href="/post", class_name="tm-button tm-button--primary"),
            class_name="tm-empty",
        ),
    )


def _notice(notice: rx.Var) -> rx.Component:
    return rx.el.li(
        rx.el.p(
            rx.cond(notice.read, "", rx.el.span(t("notices_page.new"), class_name="tm-badge tm-badge--count tm-notice__new")),
            rx.cond(notice.url != "", link(notice.text, href=notice.url, class_name="tm-notice__link"), rx.el.span(notice.text)),
        ),
        rx.el.time(notice.when, class_name="tm-muted", custom_attrs={"dateTime": notice.when_iso}),
        class_name=rx.cond(notice.read, "tm-notice", "tm-notice tm-notice--new"),
        key=notice.id,
    )


def _guest() -> rx.Component:
    return rx.el.div(
        icon("bell"),
        rx.el.p(t("notices_page.guest"), class_name="tm-empty__title"),
        rx.el.ul(
            *(rx.el.li(t(f"notices_page.guest_{name}")) for name in ("up", "recalled", "answered")), class_name="tm-plain-list"
        ),
        link(t("ui.sign_in"), href=urls.sign_in("/notices"), class_name="tm-button tm-button--primary"),
        class_name="tm-empty",
    )
