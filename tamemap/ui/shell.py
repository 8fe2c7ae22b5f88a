"""What every screen shares: the document's head, the header, the bottom bar."""

from __future__ import annotations

import reflex as rx
from reflex_components_core.base.error_boundary import ErrorBoundary

from tamemap.i18n import t
from tamemap.ui.components.keeping import KEPT
from tamemap.ui.components.plain import icon, link

__all__ = ["BAR", "HEAD", "bottom_bar", "boundary", "icon", "link", "screen"]

# Where a browser refuses all storage (Firefox and Chrome with cookies blocked) even a look at it throws, and Reflex would draw
# nothing: memory stands in for it, as long as the page is open. What asks whether things can be kept finds ``tmForgets``.
STAND_IN = """for (const name of ["localStorage", "sessionStorage"]) try { window[name].length } catch {
  const kept = new Map();
  window.tmForgets = true;
  Object.defineProperty(window, name, { configurable: true, value: {
    getItem: (key) => kept.get(`${key}`) ?? null, setItem: (key, text) => void kept.set(`${key}`, `${text}`),
    removeItem: (key) => void kept.delete(`${key}`), clear: () => kept.clear(),
    key: (at) => [...kept.keys()][at] ?? null, get length() { return kept.size },
  } });
}"""

HEAD = [
    # as the public documents: up to the edges of the glass, whose insets app.css keeps free
    rx.el.meta(name="viewport", content="width=device-width, initial-scale=1, viewport-fit=cover"),
    rx.el.script(STAND_IN),
    # half a screen would jump: it is small enough to be drawn whole
    rx.el.link(rel="expect", href="#whole", custom_attrs={"blocking": "render"}),
    rx.el.link(rel="stylesheet", href="/app.css"),
    rx.el.link(rel="stylesheet", href="/home/screens.css"),
    rx.el.link(rel="manifest", href="/manifest.webmanifest"),
    rx.el.link(rel="icon", href="/icons/favicon.svg", type="image/svg+xml"),
    rx.el.link(rel="apple-touch-icon", href="/icons/apple-touch-icon.png"),
    rx.el.script(src="/pwa.js", defer=True),
    rx.el.script(src="/home/shell.js", defer=True),
    KEPT,
    rx.el.script(src="/post/waiting.js", defer=True),
]

# address, sign in the sprite, words; the middle one is the deed
BAR = (
    ("/?tab=map", "map", "bar.map"),
    ("/?tab=boards", "boards", "bar.boards"),
    ("/post", "camera", "bar.post"),
    ("/notices", "bell", "bar.notices"),
    ("/me", "person", "bar.me"),
)


def bottom_bar(current: str) -> rx.Component:
    """The five places of the app; on a wide screen app.css makes it the navigation at the top."""
    return rx.el.nav(
        *(
            link(
                icon(sign),
                rx.el.span(t(words)),
                href=address,
                class_name="tm-bottombar__item" + (" tm-bottombar__item--deed" if sign == "camera" else ""),
                custom_attrs={"data-tm-place": sign} | ({"aria-current": "page"} if sign == current else {}),
            )
            for address, sign, words in BAR
        ),
        class_name="tm-bottombar",
        aria_label=t("bar.label"),
        custom_attrs={"data-tm-unread-words": t("bar.unread")},
    )


def screen(
    *children: rx.Component,
    current: str,
    class_name: str = "",
    header: rx.Component | None = None,
    full: bool = False,
) -> rx.Component:
    """A whole screen: a way past the navigation, the header (perhaps with a part of the screen's own), the content, the bar.

    ``full`` lets the content reach the edges of the window.
    """
    name = class_name if full else f"tm-page {class_name}".strip()
    return rx.fragment(
        link(t("shell.skip"), href="#main", class_name="tm-skip"),
        rx.el.header(
            link(
                rx.el.img(
                    src="/icons/favicon.svg", alt="", custom_attrs={"width": "28", "height": "28"}, class_name="tm-header__logo"
                ),
                rx.el.span(t("shell.brand")),
                href="/",
                class_name="tm-header__brand",
            ),
            header or rx.fragment(),
            class_name="tm-header",
        ),
        # assets/pwa.js fills it when a newer version waits
        rx.el.div(
            hidden=True,
            custom_attrs={"data-tm-update": "", "data-update": t("shell.new_version"), "data-reload": t("form.reload")},
        ),
        rx.el.main(*children, custom_attrs={"id": "main"}, class_name=name, tab_index=-1),
        bottom_bar(current),
        rx.el.span(hidden=True, custom_attrs={"id": "whole"}),
    )


def boundary() -> rx.Component:
    """What is shown when a screen could not be drawn: what to do, and the way to the map, which needs none of this."""
    words = rx.el.main(
        rx.el.h1(t("shell.broken")),
        rx.el.p(t("shell.broken_hint")),
        rx.el.p(link(t("form.reload"), href="", class_name="tm-button tm-button--primary")),
        class_name="tm-page tm-page--narrow tm-stack",
    )
    return ErrorBoundary.create(fallback_render=rx.Var.create(words))
