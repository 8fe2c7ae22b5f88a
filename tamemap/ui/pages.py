"""The Reflex screens and their addresses."""

from __future__ import annotations

import logging
import traceback
from typing import TYPE_CHECKING

from tamemap.i18n import t
from tamemap.ui.screens import desk, home, me, notices, post

if TYPE_CHECKING:
    import reflex as rx

log = logging.getLogger("tamemap.ui")

SCREENS = (("/", home), ("/post", post), ("/notices", notices), ("/me", me), ("/desk", desk))


def add_pages(app: rx.App) -> None:
    """Add every screen to the app, and take away what Reflex would say in its own words."""
    for route, screen in SCREENS:
        app.add_page(
            screen.page,
            route=route,
            title=t(f"title.{screen.NAME}"),
            description=t(f"description.{screen.NAME}"),
            image="/icons/icon-512.png",
            on_load=screen.ON_LOAD,
        )
    # its overlay speaks English and brings a sprite library: the screens say by themselves that the socket is down
    app.app_wraps = {key: wrap for key, wrap in app.app_wraps.items() if key[1] != "Overlay"}
    app.backend_exception_handler = on_backend_error
    app.frontend_exception_handler = on_frontend_error


def on_backend_error(error: Exception) -> None:
    """A handler failed before its own words could be said, as for a forged call: the place goes to the log, no content."""
    log.error("%s in\n%s", type(error).__name__, "".join(traceback.format_tb(error.__traceback__)))


def on_frontend_error(error: Exception) -> None:
    """A browser reports a mistake of a script; it may claim anything, so the first line is enough."""
    log.warning("in a browser: %s", str(error).splitlines()[0][:200] if str(error) else "nothing")
