"""The toast: what has just been done, and the way back."""

# a Var answers to names that no type checker knows
# mypy: ignore-errors

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import reflex as rx

from tamemap.i18n import t
from tamemap.ui.components.plain import icon

if TYPE_CHECKING:
    from tamemap.ui.components.asking import Asking


def toast(state: type[Asking], *, hush: Any, undo: Any = None) -> rx.Component:
    """A toast region for a screen. It stays until it is closed or replaced: nobody is hurried past an undo."""
    back = rx.fragment()
    if undo is not None:
        back = rx.cond(
            state.undo != "",
            rx.el.button(
                icon("undo"), t("ui.undo"), type="button", class_name="tm-button tm-button--small tm-toast__undo", on_click=undo
            ),
        )
    return rx.el.div(
        rx.cond(
            state.toast != "",
            rx.el.div(
                rx.el.span(state.toast),
                back,
                rx.el.button(
                    icon("close"),
                    type="button",
                    aria_label=t("ui.close"),
                    class_name="tm-button tm-button--small tm-toast__close",
                    on_click=hush,
                ),
                class_name="tm-toast",
                key=state.toast_number.to_string(),
            ),
        ),
        role="status",
    )
