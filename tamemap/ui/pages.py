"""The Reflex screens and their addresses."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tamemap.i18n import t
from tamemap.ui.screens import desk, home, me, notices, post

if TYPE_CHECKING:
    import reflex as rx


def add_pages(app: rx.App) -> None:
    """Add every screen to the app."""
    for route, screen in (("/", home), ("/post", post), ("/notices", notices), ("/me", me), ("/desk", desk)):
        app.add_page(
            screen.page,
            route=route,
            title=t(f"title.{screen.NAME}"),
            description=t(f"description.{screen.NAME}"),
            on_load=screen.ON_LOAD,
        )
