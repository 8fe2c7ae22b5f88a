"""The screen /me."""

from __future__ import annotations

import reflex as rx

from tamemap.i18n import t
from tamemap.ui.shell import screen

NAME = "me"
ON_LOAD: list = []


def page() -> rx.Component:
    """The screen."""
    return screen(rx.el.h1(t(f"title.{NAME}")), current="map")
