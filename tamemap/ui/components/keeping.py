"""保存 beside a flyer, and the script that speaks with the service worker about what this phone keeps (assets/kept.js)."""

# a Var answers to names that no type checker knows
# mypy: ignore-errors

from __future__ import annotations

import reflex as rx

from tamemap.i18n import t

WORDS = ("line", "part", "time", "day", "save", "saved", "list", "gone", "full", "failed")
KEPT = rx.el.script(
    src="/kept.js", defer=True, custom_attrs={"data-tm-kept": ""} | {f"data-{name}": t(f"kept.{name}") for name in WORDS}
)


def save(flyer: rx.Var[str]) -> rx.Component:
    """The place of the button that keeps this flyer on the phone; kept.js fills it where the browser can keep anything."""
    return rx.el.span(custom_attrs={"data-tm-save": flyer, "suppressHydrationWarning": True})
