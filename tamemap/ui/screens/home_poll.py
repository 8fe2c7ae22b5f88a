"""The poll of the topic that is open on the home screen."""

# a Var answers to names that no type checker knows
# mypy: ignore-errors

from __future__ import annotations

import reflex as rx

from tamemap.i18n import t
from tamemap.ui.components.plain import button, mistake
from tamemap.ui.screens.home_state import HomeState


def topic_poll() -> rx.Component:
    """Its counts, and the form for whoever may vote."""
    poll = HomeState.poll
    return rx.cond(
        poll.id != "",
        rx.el.section(
            rx.el.h3(poll.question),
            rx.cond(poll.shown, rx.el.ul(rx.foreach(poll.options, _counted), class_name="tm-list tm-poll")),
            rx.cond(poll.may_vote, _form()),
            rx.el.p(poll.facts, class_name="tm-muted"),
            class_name="tm-panel tm-stack tm-stack--tight",
        ),
    )


def _counted(one: rx.Var) -> rx.Component:
    return rx.el.li(
        rx.el.span(
            one.words,
            " ",
            rx.cond(one.mine, rx.el.span(t("poll.mine"), class_name="tm-badge tm-badge--up")),
            class_name="tm-poll__words",
        ),
        rx.el.span(one.count_words, class_name="tm-poll__count"),
        rx.el.progress(value=one.share, max="100", class_name="tm-progress", aria_hidden="true"),
        class_name="tm-poll__option",
        key=one.position,
    )


def _form() -> rx.Component:
    poll = HomeState.poll
    return rx.el.form(
        rx.el.fieldset(
            rx.el.legend(rx.cond(poll.several, t("poll.choose_several"), t("poll.choose_one")), class_name="tm-field__label"),
            rx.foreach(poll.options, _choice),
            mistake(HomeState.wrong, "option"),
            class_name="tm-poll__choices",
        ),
        rx.el.div(
            button(
                rx.cond(poll.voted, t("poll.vote_again"), t("poll.vote")),
                type="submit",
                kind="primary",
                disabled=HomeState.busy == "vote",
            )
        ),
        on_submit=HomeState.vote,
        class_name="tm-stack tm-stack--tight",
        key=poll.id,
    )


def _choice(one: rx.Var) -> rx.Component:
    # what a form sends here knows each name once, so ticks have names of their own
    several = HomeState.poll.several
    return rx.el.label(
        rx.el.input(
            type=rx.cond(several, "checkbox", "radio"),
            name=rx.cond(several, "option" + one.position, "option"),
            value=one.position,
            default_checked=one.mine,
        ),
        rx.el.span(one.words),
        class_name="tm-check",
        key=one.position,
    )
