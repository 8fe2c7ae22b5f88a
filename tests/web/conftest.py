"""Browsers of the cast, talking to the real application: routes, guard, database, imaging and store."""

from __future__ import annotations

import pytest

from tests.web.browsers import browser


@pytest.fixture
def visit(world):
    """``visit(world.aki)`` is a browser in which Aki is signed in, ``visit()`` that of a guest without any cookie."""
    return browser
