"""Somebody whose writing rests reads everywhere where they would write: until when, why, and where to object."""

# a Var answers to names that no type checker knows
# mypy: ignore-errors

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import reflex as rx

from tamemap.domain.resting import rest_link, rest_words
from tamemap.ui.components.plain import icon, link

if TYPE_CHECKING:
    from tamemap.domain.resting import Rest


@dataclass
class RestRow:
    """What is said; all empty for somebody who may write."""

    words: str = ""
    url: str = ""
    link: str = ""


def rest_row(rest: Rest | None) -> RestRow:
    """From a suspension, or from none."""
    return RestRow() if rest is None else RestRow(rest_words(rest), *rest_link(rest))


def rest_banner(row: rx.Var[RestRow]) -> rx.Component:
    """The words, with the way to the decision."""
    return rx.cond(
        row.words != "",
        rx.el.div(
            icon("info"),
            rx.el.p(row.words, " ", link(row.link, href=row.url, class_name="tm-link"), class_name="tm-banner__body"),
            class_name="tm-banner tm-banner--info",
        ),
    )
