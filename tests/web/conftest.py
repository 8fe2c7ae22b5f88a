"""Browsers of the cast, talking to the real application: routes, guard, database, imaging and store."""

from __future__ import annotations

import pytest

from tamemap.web import warm
from tests.web.browsers import browser


@pytest.fixture
def visit(world):
    """``visit(world.aki)`` is a browser in which Aki is signed in, ``visit()`` that of a guest without any cookie."""
    # every test's world begins with the same versions: what another one's maps showed must be forgotten
    warm.forget()
    return browser
