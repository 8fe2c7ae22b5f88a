"""The Reflex screens and their addresses."""

from __future__ import annotations

import logging
import traceback
from typing import TYPE_CHECKING

from tamemap.i18n import t
from tamemap.ui.discreet import be_discreet
from tamemap.ui.screens import desk, home, me, notices, post
from tamemap.ui.shell import boundary
from tamemap.ui.tabs import OwnTab

if TYPE_CHECKING:
    import reflex as rx

# where Reflex catches what fails while a screen is drawn: its order among the wraps, and its name
BOUNDARY = (55, "ErrorBoundary")
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
    # its overlay speaks English and brings a library of signs: the screens say by themselves that the socket is down
    app.app_wraps = {key: wrap for key, wrap in app.app_wraps.items() if key[1] != "Overlay"}
    app.app_wraps[BOUNDARY] = lambda _stateful: boundary()
    be_discreet()
    app.add_middleware(OwnTab(), index=0)
    app.backend_exception_handler = on_backend_error
    app.frontend_exception_handler = on_frontend_error


def on_backend_error(exception: Exception) -> None:
    """A handler failed before its own words could be said, as for a forged call: the place goes to the log, no content."""
    log.error("%s in\n%s", type(exception).__name__, "".join(traceback.format_tb(exception.__traceback__)))


def on_frontend_error(exception: Exception) -> None:
    """A browser reports a mistake of a script; it may claim anything, so the first line is enough."""
    said = str(exception).splitlines()
    log.warning("in a browser: %s", said[0][:200] if said else "")
