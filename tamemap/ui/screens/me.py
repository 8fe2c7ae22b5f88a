"""The screen /me, the hub of everything that is mine: who I am, the ways further, my groups and flyers, and going."""

# a Var answers to names that no type checker knows
# mypy: ignore-errors

from __future__ import annotations

import reflex as rx

from tamemap import urls
from tamemap.domain.writing import NAME_LIMIT
from tamemap.i18n import t
from tamemap.ui.components.live import offline, sent_drafts
from tamemap.ui.components.plain import button, field, icon, invalid, link, problem, skeleton
from tamemap.ui.components.rest import rest_banner
from tamemap.ui.components.toasts import toast
from tamemap.ui.screens.me_flyers import edit_dialog, own_flyers
from tamemap.ui.screens.me_hub import further, going, groups
from tamemap.ui.screens.me_state import MeState
from tamemap.ui.shell import screen

NAME = "me"
ON_LOAD: list = [MeState.enter]


def page() -> rx.Component:
    """The screen."""
    return screen(
        rx.el.h1(t("bar.me"), class_name="tm-screen-head"),
        offline(),
        rx.foreach(MeState.rests, rest_banner),
        rx.cond(MeState.editing.id == "", problem(MeState.problem)),
        rx.el.div(
            rx.cond(
                MeState.ready,
                rx.cond(
                    MeState.signed_in,
                    rx.el.div(
                        rx.el.div(_profile(), further(), groups(), class_name="tm-stack tm-me-side"),
                        own_flyers(),
                        going(),
                        class_name="tm-me-grid",
                    ),
                    rx.fragment(_guest(), own_flyers()),
                ),
                skeleton(rows=5),
            ),
            class_name="tm-stack tm-stack--loose tm-me-body",
        ),
        _device(),
        edit_dialog(),
        sent_drafts(MeState.done),
        toast(MeState, hush=MeState.hush, undo=MeState.take_back),
        current="person",
        class_name="tm-me tm-stack tm-stack--loose",
    )


def _guest() -> rx.Component:
    return rx.el.section(
        rx.el.h2(t("me.guest")),
        rx.el.p(t("me.guest_hint")),
        rx.el.div(link(t("ui.sign_in"), href=urls.sign_in("/me"), class_name="tm-button tm-button--primary")),
        class_name="tm-panel tm-stack",
    )


def _profile() -> rx.Component:
    """Who I am: the name that others see, and as what I stand."""
    return rx.el.section(
        rx.el.div(
            rx.el.h2(MeState.name, class_name="tm-me-name"),
            rx.el.p(MeState.mail, class_name="tm-muted"),
            rx.cond(
                MeState.roles.length() > 0,
                rx.el.p(
                    rx.foreach(MeState.roles, lambda words: rx.el.span(words, class_name="tm-badge tm-badge--staff")),
                    class_name="tm-row",
                ),
            ),
            class_name="tm-stack tm-stack--tight",
        ),
        rx.cond(
            MeState.desk != "",
            rx.el.div(
                link(icon("check"), t("me.desk"), href=MeState.desk, class_name="tm-button tm-button--primary"),
                class_name="tm-me-desk",
            ),
        ),
        rx.el.details(
            rx.el.summary(icon("edit", class_name="tm-icon tm-icon--small"), t("me.rename"), class_name="tm-link"),
            rx.el.form(
                field(t("me.name"), _name(), name="name", wrong=MeState.wrong, hint=t("me.name_hint")),
                rx.el.div(button(t("me.save"), type="submit"), class_name="tm-row tm-row--end"),
                on_submit=MeState.save_profile,
                class_name="tm-stack",
            ),
            class_name="tm-me-rename",
        ),
        class_name="tm-panel tm-stack tm-stack--tight",
        aria_label=t("me.about_me"),
    )


def _name() -> rx.Component:
    return rx.el.input(
        type="text",
        name="name",
        required=True,
        max_length=NAME_LIMIT,
        default_value=MeState.name,
        class_name="tm-input",
        aria_invalid=invalid(MeState.wrong, "name"),
        custom_attrs={"autoComplete": "nickname"},
        key=MeState.name,
    )


def _device() -> rx.Component:
    """What concerns this device and this service, not the person."""
    install = {"data-install": t("me.install"), "data-how-ios": t("me.install_ios"), "data-later": t("me.install_later")}
    return rx.el.section(
        rx.el.h2(t("me.device")),
        rx.el.div(hidden=True, custom_attrs={"data-tm-install": "", "suppressHydrationWarning": True} | install),
        rx.el.ul(
            rx.el.li(link(t("kept.link"), href="/saved", class_name="tm-link")),
            rx.el.li(link(t("me.about"), href="/about", class_name="tm-link")),
            rx.el.li(link(t("me.credits"), href="/about#credits", class_name="tm-link")),
            rx.el.li(
                link(t("me.english"), href="/about?lang=en", class_name="tm-link", custom_attrs={"lang": "en", "hrefLang": "en"})
            ),
            class_name="tm-plain-list",
        ),
        class_name="tm-stack tm-stack--tight",
    )
