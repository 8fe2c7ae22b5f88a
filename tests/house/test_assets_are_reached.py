"""Reflex serves the files in assets/ behind our routes: none of ours may stand in front of one of them."""

from __future__ import annotations

from pathlib import Path

import pytest
from starlette.routing import Match

from tamemap.web.application import web

ASSETS = Path(__file__).parents[2] / "assets"
FILES = sorted("/" + str(path.relative_to(ASSETS)) for path in ASSETS.rglob("*") if path.is_file())


@pytest.mark.parametrize("path", FILES)
def test_no_route_hides_a_file(path):
    scope = {"type": "http", "method": "GET", "path": path, "headers": [], "query_string": b"", "root_path": ""}
    assert [route for route in web().routes if route.matches(scope)[0] is not Match.NONE] == []
