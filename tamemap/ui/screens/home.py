"""The home screen: the town's boards and its map side by side; on a phone two tabs."""

# a Var answers to names that no type checker knows
# mypy: ignore-errors

from __future__ import annotations

import reflex as rx

from tamemap.i18n import t
from tamemap.ui.components.live import Bridge, sent_drafts
from tamemap.ui.components.plain import attributes, island
from tamemap.ui.components.toasts import toast
from tamemap.ui.screens.home_boards import boards
from tamemap.ui.screens.home_flyer import flyer
from tamemap.ui.screens.home_state import HomeState
from tamemap.ui.shell import screen

NAME = "home"
ON_LOAD: list = [HomeState.enter]

# before the first paint: which of the two tabs the address asks for
TAB = "document.currentScript.parentNode.dataset.show=/[?&]tab=boards\\b|[?&]topic=/.test(location.search)?'boards':'map'"


def page() -> rx.Component:
    """The screen. The frame with the map and the choice of the town belong to home.js: they work without the socket."""
    return screen(
        rx.el.h1(t("home.heading"), class_name="tm-visually-hidden"),
        rx.el.div(
            rx.el.script(TAB),
            boards(),
            flyer(),
            _map(),
            class_name="tm-split",
            custom_attrs={"data-show": "map", "suppressHydrationWarning": True, "id": "tm-home"},
        ),
        Bridge.create(
            on_tamemaptown=HomeState.choose_town,
            on_tamemaptopic=HomeState.open_topic,
            on_tamemappick=HomeState.pick,
            on_tamemapputdown=HomeState.put_down,
            on_tamemapback=HomeState.close_topic,
            on_tamemapnews=HomeState.hear,
        ),
        sent_drafts(HomeState.done),
        # a server that has begun anew knows no town: home.js sees it here and says it again
        rx.el.span(hidden=True, custom_attrs={"data-tm-knows": HomeState.map_slug}),
        toast(HomeState, hush=HomeState.hush),
        rx.el.script(src="/home/home.js", defer=True),
        rx.el.script(src="/home/posts.js", defer=True),
        rx.el.script(src="/home/place.js", defer=True),
        rx.el.script(src="/live.js", defer=True),
        current="map",
        full=True,
        header=_town(),
    )


def _town() -> rx.Component:
    label = attributes(aria_label=t("home.choose_town"))
    return island(
        f'<select id="tm-town" class="tm-select" {label}><option value="">{t("home.choose_town")}</option></select>',
        class_name="tm-header__town",
    )


def _map() -> rx.Component:
    words = attributes(title=t("home.map_frame"))
    return rx.el.section(
        island(f'<iframe id="tm-map-frame" class="tm-home-frame" {words}></iframe>', class_name="tm-home-map"),
        rx.el.noscript(rx.el.p(t("home.noscript"))),
        class_name="tm-split__map",
        aria_label=t("home.map"),
        tab_index=-1,
        custom_attrs={"data-tm-part": "map"},
    )
