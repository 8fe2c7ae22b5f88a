"""The ways further from /me: rows with a sign, a word and how things stand; my groups; taking everything along, and going."""

# a Var answers to names that no type checker knows
# mypy: ignore-errors

from __future__ import annotations

import reflex as rx

from tamemap.i18n import t
from tamemap.ui.components.plain import attributes, icon, island, link
from tamemap.ui.screens.me_state import MeState


def further() -> rx.Component:
    """Where I live, what I told, how I come in, on which devices; and whether notices come by mail."""
    return rx.el.nav(
        rx.el.ul(
            rx.foreach(MeState.rows, lambda row: _row(row.url, row.sign, row.title, row.state)),
            rx.cond(MeState.mail != "", rx.el.li(_mail_switch(), class_name="tm-way")),
            class_name="tm-box tm-ways",
        ),
        aria_label=t("me.further"),
    )


def _row(url, sign, title, state) -> rx.Component:
    return rx.el.li(
        icon(sign),
        rx.el.div(
            link(title, href=url, class_name="tm-way__link"),
            rx.el.p(state, class_name="tm-muted"),
            class_name="tm-way__body",
        ),
        icon("arrow-right", class_name="tm-icon tm-icon--small tm-way__on"),
        class_name="tm-way",
    )


def _mail_switch() -> rx.Component:
    return rx.fragment(
        icon("bell"),
        rx.el.button(
            rx.el.span(t("me.mail_notices"), class_name="tm-way__body"),
            rx.el.span(class_name="tm-switch-mark", aria_hidden="true"),
            type="button",
            role="switch",
            aria_checked=MeState.mail_notices.to_string(),
            class_name="tm-way__switch",
            on_click=MeState.set_mail_notices(~MeState.mail_notices),
        ),
    )


def groups() -> rx.Component:
    """My groups, and the way to a new one."""
    return rx.el.section(
        rx.el.h2(t("me.groups"), class_name="tm-me-heading"),
        rx.el.ul(
            rx.foreach(MeState.groups, _group),
            rx.el.li(
                icon("plus"),
                rx.el.div(
                    link(t("me.group_new"), href="/groups/new", class_name="tm-way__link"),
                    rx.el.p(t("me.group_new_hint"), class_name="tm-muted"),
                    class_name="tm-way__body",
                ),
                class_name="tm-way",
            ),
            class_name="tm-box tm-ways",
        ),
        class_name="tm-stack tm-stack--tight",
    )


def _group(group: rx.Var) -> rx.Component:
    return rx.el.li(
        icon("group"),
        rx.el.div(
            rx.cond(
                group.url != "",
                link(group.name, href=group.url, class_name="tm-way__link"),
                rx.el.span(group.name, class_name="tm-way__link"),
            ),
            rx.el.p(group.state, class_name="tm-muted"),
            class_name="tm-way__body",
        ),
        class_name="tm-way",
    )


def going() -> rx.Component:
    """Taking everything along, signing out, leaving: at the end, and quiet."""
    sign_out = attributes(**{"class": "tm-button tm-button--quiet"})
    return rx.el.nav(
        link(t("me.row.data"), href="/me/data", class_name="tm-button tm-button--quiet"),
        island(f'<form method="post" action="/sign-out"><button {sign_out}>{t("me.sign_out")}</button></form>'),
        link(t("me.row.leave"), href="/me/leave", class_name="tm-button tm-button--quiet"),
        class_name="tm-me-going",
        aria_label=t("me.going"),
    )
