"""What every screen shares: the document's head, the header, the bottom bar."""

from __future__ import annotations

import reflex as rx

from tamemap.i18n import t

HEAD = [
    rx.el.link(rel="stylesheet", href="/app.css"),
    rx.el.link(rel="manifest", href="/manifest.webmanifest"),
    rx.el.link(rel="icon", href="/icons/favicon.svg", type="image/svg+xml"),
    rx.el.link(rel="apple-touch-icon", href="/icons/apple-touch-icon.png"),
    rx.el.script(src="/pwa.js", defer=True),
]

# address, sign in the sprite, words; the middle one is the deed
BAR = (
    ("/?tab=map", "map", "bar.map"),
    ("/?tab=boards", "boards", "bar.boards"),
    ("/post", "camera", "bar.post"),
    ("/notices", "bell", "bar.notices"),
    ("/me", "person", "bar.me"),
)


def icon(name: str, size: int = 24) -> rx.Component:
    """A sign from the sprite, hidden from screen readers: words stand beside it."""
    return rx.el.svg(
        rx.el.svg.use(href=f"/icons/ui.svg#{name}"),
        width=str(size),
        height=str(size),
        class_name="tm-icon",
        custom_attrs={"aria-hidden": "true", "focusable": "false"},
    )


def bottom_bar(current: str) -> rx.Component:
    """The five places of the app; on a wide screen app.css makes it the navigation at the top."""
    return rx.el.nav(
        *(
            rx.el.a(
                icon(sign),
                rx.el.span(t(words)),
                href=address,
                class_name="tm-bottombar__item" + (" tm-bottombar__item--deed" if sign == "camera" else ""),
                custom_attrs={"aria-current": "page"} if sign == current else {},
            )
            for address, sign, words in BAR
        ),
        class_name="tm-bottombar",
        aria_label=t("bar.label"),
    )


def screen(*children: rx.Component, current: str, class_name: str = "") -> rx.Component:
    """A whole screen: a way past the navigation, the header, the content, the bar."""
    return rx.fragment(
        rx.el.a(t("shell.skip"), href="#main", class_name="tm-skip"),
        rx.el.header(
            rx.el.a(
                rx.el.img(src="/icons/favicon.svg", alt="", width="32", height="32"),
                rx.el.span(t("shell.brand")),
                href="/",
                class_name="tm-header__brand",
            ),
            class_name="tm-header",
        ),
        rx.el.main(*children, id="main", class_name=f"tm-page {class_name}".strip(), tab_index=-1),
        bottom_bar(current),
    )
