"""What ties a screen to the socket and to the scripts beside it: events from our scripts, the socket's health, what was sent."""

# a Var answers to names that no type checker knows
# mypy: ignore-errors

from __future__ import annotations

from typing import Any

import reflex as rx
from reflex_base.components.component import field
from reflex_base.utils.imports import ImportVar
from reflex_base.vars.object import ObjectVar  # noqa: TC002  Reflex reads the annotations at run time
from reflex_components_core.core.banner import has_connection_errors
from reflex_components_core.core.window_events import WindowEventListener

from tamemap.i18n import t
from tamemap.ui.components.plain import icon


def _value(event: ObjectVar) -> tuple[rx.Var[str]]:
    """What our scripts put into ``detail``."""
    return (event.detail.to(str),)


class Bridge(WindowEventListener):
    """Hears the events that assets/home/home.js makes of the map's messages and of taps on plain links.

    The names become ``tamemaptown``, ``tamemaptopic``, ``tamemappick``, ``tamemapputdown`` and ``tamemapback`` on the window;
    ``tamemapnews`` comes from assets/live.js.
    """

    on_tamemaptown: rx.EventHandler[_value] = field(doc="The slug of the map that was chosen.")
    on_tamemaptopic: rx.EventHandler[_value] = field(doc="The id of the topic whose link was followed.")
    on_tamemappick: rx.EventHandler[_value] = field(doc="The id of the flyer that was picked on the map.")
    on_tamemapputdown: rx.EventHandler[rx.event.no_args_event_spec] = field(doc="The picked flyer was closed.")
    on_tamemapback: rx.EventHandler[rx.event.no_args_event_spec] = field(doc="The browser went back from a topic.")
    on_tamemapnews: rx.EventHandler[_value] = field(doc="The id of the open topic and its revision now.")

    def add_imports(self) -> dict[str, Any]:
        """React's effects."""
        return {"react": [ImportVar(tag="useEffect")]}

    def add_hooks(self) -> list[str | rx.Var]:
        """The listeners, and a word to our scripts that somebody listens now."""
        awake = "useEffect(() => { document.documentElement.dataset.tmLive = ''; dispatchEvent(new Event('tamemaplive')); }, []);"
        return [*super().add_hooks(), awake]


class Health(rx.Fragment):
    """Writes on ``<html>`` whether the socket is down (``data-tm-offline``), for styles and scripts."""

    down: rx.Var[bool] = field(doc="Whether the socket is down.")

    def add_imports(self) -> dict[str, Any]:
        """React's effects."""
        return {"react": [ImportVar(tag="useEffect")]}

    def add_hooks(self) -> list[str | rx.Var]:
        """One effect that follows the socket."""
        mark = f"document.documentElement.toggleAttribute('data-tm-offline', {self.down!s})"
        return [rx.Var(f"useEffect(() => {{ {mark}; }}, [{self.down!s}]);")]

    def _exclude_props(self) -> list[str]:
        return [*super()._exclude_props(), "down"]


def offline(*more: rx.Component) -> rx.Component:
    """A calm word while the socket is down; it goes by itself. What follows says what still works."""
    return rx.fragment(
        Health.create(down=has_connection_errors),
        rx.el.div(
            rx.cond(
                has_connection_errors,
                rx.el.div(
                    icon("info"),
                    rx.el.div(rx.el.p(t("ui.offline")), *more, class_name="tm-banner__body"),
                    class_name="tm-banner tm-banner--warning",
                ),
            ),
            role="status",
            class_name="tm-offline",
        ),
    )


def sent_drafts(done: rx.Var[str]) -> rx.Component:
    """Tells assets/home/shell.js which draft has been sent and is to be forgotten."""
    return rx.el.span(hidden=True, custom_attrs={"data-tm-done": done})
