"""The form for a new topic, also for a talk about a flyer."""

# a Var answers to names that no type checker knows
# mypy: ignore-errors

from __future__ import annotations

import reflex as rx

from tamemap.domain.writing import TITLE_LIMIT
from tamemap.i18n import t
from tamemap.ui.components.plain import button, field, icon, invalid, mistake
from tamemap.ui.components.rest import rest_banner
from tamemap.ui.screens.home_carried import card_form, choose_cards, choose_place
from tamemap.ui.screens.home_post import photos
from tamemap.ui.screens.home_state import HomeState
from tamemap.ui.screens.home_topic import back, sign_in, voice
from tamemap.ui.screens.home_topics import KINDS

OPEN_TO_ALL = ("talk", "question", "proposal", "introduction")


def new_topic() -> rx.Component:
    """The form; what is typed survives a reload."""
    return rx.el.div(
        back(),
        rx.el.h2(t("boards.new"), tab_index=-1, custom_attrs={"id": "tm-boards-heading", "data-tm-arrive": "new"}),
        rest_banner(HomeState.rest),
        rx.cond(HomeState.signed_in, rx.fragment(card_form(), _form()), sign_in(t("boards.sign_in_to_open"))),
        class_name="tm-stack",
    )


def _form() -> rx.Component:
    return rx.el.form(
        rx.cond(
            HomeState.about != "",
            rx.el.p(icon("slip"), t("boards.about"), HomeState.about_title, class_name="tm-home-about"),
            _kinds(),
        ),
        voice(),
        field(t("boards.title"), _title(), name="title", wrong=HomeState.wrong),
        field(t("boards.body"), _body(), name="body", wrong=HomeState.wrong, hint=t("boards.body_hint")),
        photos("topic"),
        choose_place(),
        choose_cards(),
        rx.el.div(
            button(t("boards.open"), type="submit", kind="primary", disabled=HomeState.busy == "topic"),
            class_name="tm-row tm-row--end",
        ),
        on_submit=HomeState.send_topic,
        class_name="tm-stack",
    )


def _kinds() -> rx.Component:
    return rx.el.fieldset(
        rx.el.legend(t("boards.kind"), class_name="tm-field__label"),
        rx.el.div(
            *(_kind(name, first=name == OPEN_TO_ALL[0]) for name in OPEN_TO_ALL),
            rx.cond(HomeState.board.may_open_theme, _kind("theme", first=False)),
            class_name="tm-chips",
        ),
        mistake(HomeState.wrong, "kind"),
    )


def _kind(name: str, *, first: bool) -> rx.Component:
    return rx.el.label(
        rx.el.input(type="radio", name="kind", default_value=name, default_checked=first),
        rx.el.span(icon(name, size=20, sprite=KINDS, class_name="tm-icon tm-icon--small"), t(f"topic_kinds.{name}")),
        class_name="tm-radio-chip",
    )


def _title() -> rx.Component:
    return rx.el.input(
        type="text",
        name="title",
        required=True,
        max_length=TITLE_LIMIT,
        class_name="tm-input",
        default_value=HomeState.about_title,
        aria_invalid=invalid(HomeState.wrong, "title"),
        custom_attrs={"data-tm-draft": "topic.title", "autoComplete": "off"},
    )


def _body() -> rx.Component:
    return rx.el.textarea(
        name="body",
        rows="6",
        required=True,
        class_name="tm-textarea",
        aria_invalid=invalid(HomeState.wrong, "body"),
        custom_attrs={"data-tm-draft": "topic.body"},
    )
