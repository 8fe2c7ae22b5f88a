"""The smallest parts of screens: links, signs, pictures, fields. Plain elements, no library behind them."""

# a Var answers to names that no type checker knows
# mypy: ignore-errors

from __future__ import annotations

from html import escape
from typing import Any

import reflex as rx
from reflex_components_core.el.elements.inline import A

from tamemap.i18n import t

Words = str | rx.Var[str]


def link(*children: rx.Component | Words, href: Words, **props: Any) -> rx.Component:
    """A plain link. Reflex's own would look for our documents among the screens, and breaks ``#fragments``."""
    return A.create(*children, href=href, **props)


def icon(name: Words, size: int = 24, sprite: str = "/icons/ui.svg", class_name: str = "tm-icon") -> rx.Component:
    """A sign from a sprite, hidden from screen readers: words stand beside it."""
    return rx.el.svg(
        rx.el.svg.use(href=f"{sprite}#{name}" if isinstance(name, str) else f"{sprite}#" + name),
        width=str(size),
        height=str(size),
        class_name=class_name,
        custom_attrs={"aria-hidden": "true", "focusable": "false"},
    )


def category(code: rx.Var[str], words: rx.Var[str]) -> rx.Component:
    """A flyer's category by sign and word."""
    return rx.el.span(
        icon(code, sprite="/icons/categories.svg"), words, class_name="tm-category", custom_attrs={"data-category": code}
    )


def picture(src: Words, *, alt: Words, width: Any, height: Any, class_name: str = "", lazy: bool = True) -> rx.Component:
    """An image whose room is kept before it arrives. Width and height are pixels of the file."""
    return rx.el.img(
        src=src,
        alt=alt,
        class_name=class_name,
        loading="lazy" if lazy else "eager",
        custom_attrs={"width": width, "height": height, "decoding": "async"},
    )


def island(html: str, **props: Any) -> rx.Component:
    """Static HTML of ours that a script of ours fills: React neither compares nor touches what is inside."""
    return rx.el.div(**props, custom_attrs={"dangerouslySetInnerHTML": {"__html": html}, "suppressHydrationWarning": True})


def button(*children: rx.Component | Words, kind: str = "secondary", small: bool = False, **props: Any) -> rx.Component:
    """A button that submits nothing; ``kind`` is primary, secondary, quiet or danger."""
    name = f"tm-button tm-button--{kind}" + (" tm-button--small" if small else "")
    return rx.el.button(*children, type=props.pop("type", "button"), class_name=name, **props)


def problem(words: rx.Var[str], **props: Any) -> rx.Component:
    """What went wrong, in words, announced when it appears; nothing while all is well."""
    return rx.cond(
        words != "",
        rx.el.div(
            icon("warning"),
            rx.el.div(words, class_name="tm-banner__body"),
            class_name="tm-banner tm-banner--error",
            role="alert",
            **props,
        ),
    )


def invalid(wrong: rx.Var[dict[str, str]], name: str) -> rx.Var[str]:
    """The value of ``aria-invalid`` for a field."""
    return wrong.contains(name).to_string()


def field(
    label: str,
    control: rx.Component,
    *,
    name: str = "",
    wrong: rx.Var[dict[str, str]] | None = None,
    hint: str = "",
    optional: bool = False,
) -> rx.Component:
    """A labelled control with its hint and, where ``wrong`` names it, what to do."""
    mark = rx.el.span(t("form.optional"), class_name="tm-field__optional") if optional else rx.fragment()
    return rx.el.div(
        rx.el.label(
            rx.el.span(label, mark, class_name="tm-field__label"),
            rx.el.span(hint, class_name="tm-field__hint") if hint else rx.fragment(),
            control,
            class_name="tm-field",
        ),
        mistake(wrong, name) if wrong is not None else rx.fragment(),
    )


def mistake(wrong: rx.Var[dict[str, str]], name: str) -> rx.Component:
    """What is wrong with a field and what to do about it."""
    return rx.cond(wrong.contains(name), rx.el.p(wrong[name], class_name="tm-field__error", role="alert"))


def chips(*items: rx.Component, label: str) -> rx.Component:
    """A row of chips that belong together."""
    return rx.el.div(*items, class_name="tm-chips", role="group", aria_label=label)


def skeleton(*, rows: int) -> rx.Component:
    """Rows of grey bars, as high as what will stand there; a word for those who wait long (app and styles decide when)."""
    row = rx.el.div(
        rx.el.span(class_name="tm-skeleton tm-skeleton--text"),
        rx.el.span(class_name="tm-skeleton tm-skeleton--text"),
        class_name="tm-skeleton-row",
    )
    return rx.el.div(
        rx.el.p(t("form.waiting"), class_name="tm-visually-hidden", role="status"),
        rx.el.p(t("form.slow"), " ", link(t("form.reload"), href="", class_name="tm-link"), class_name="tm-slow"),
        rx.el.div(*(row for _ in range(rows)), aria_hidden="true", class_name="tm-skeleton-rows"),
        class_name="tm-skeletons",
    )


def attributes(**values: str) -> str:
    """HTML attributes, escaped, for an island."""
    return " ".join(f'{name.replace("_", "-")}="{escape(value, quote=True)}"' for name, value in values.items())
