"""市の返事 on the home screen: a badge in lists, the answer on top of an open topic."""

# a Var answers to names that no type checker knows
# mypy: ignore-errors

from __future__ import annotations

import reflex as rx

from tamemap.i18n import t
from tamemap.ui.components.plain import link


def answer_badge(topic: rx.Var) -> rx.Component:
    """What the town answered, in a word."""
    return rx.cond(topic.answer != "", rx.el.span(topic.answer, class_name="tm-badge tm-badge--" + topic.answer_look))


def answer_box(topic: rx.Var) -> rx.Component:
    """The answer with its words, its date and who gave it; for staff the way to the form."""
    return rx.cond(
        topic.answer != "",
        rx.el.section(
            rx.el.h3(t("answers.label"), class_name="tm-answer__label"),
            rx.el.p(topic.answer, class_name="tm-answer__state"),
            rx.cond(topic.answer_words != "", rx.el.p(topic.answer_words, class_name="tm-prose")),
            rx.cond(
                topic.answer_when != "",
                rx.el.p(rx.el.span(topic.answer_by), rx.el.span(topic.answer_when), class_name="tm-row tm-muted"),
            ),
            rx.cond(topic.may_answer, rx.el.p(link(t("answers.desk_link"), href=topic.url + "/answer", class_name="tm-link"))),
            class_name="tm-panel tm-stack tm-stack--tight tm-answer",
        ),
    )
