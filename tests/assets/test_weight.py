"""The shared files stay light, and the sprites hold every sign that somebody asks for."""

from __future__ import annotations

import gzip
import re
from pathlib import Path
from xml.etree import ElementTree

import pytest

ASSETS = Path(__file__).parent.parent.parent / "assets"
SVG = "{http://www.w3.org/2000/svg}"
CATEGORIES = {
    *("event", "market", "food", "sports", "culture", "learning", "children", "health"),
    *("welfare", "disaster", "volunteer", "recruit", "farm", "notice", "shop", "other"),
}
GLYPHS = {
    *("map", "boards", "camera", "bell", "person", "search", "here", "share", "calendar", "close", "back", "check"),
    *("plus", "minus", "arrow-up", "arrow-down", "arrow-left", "arrow-right", "warning", "info", "tick-outside"),
    *("photo", "pdf", "trash", "undo", "list", "external"),
}
BUDGETS = {
    "app.css": 14_000,
    "map/flyers.js": 12_600,
    "map/introductions.js": 2_600,
    "map/map.css": 4_500,
    "pwa.js": 3_000,
    "live.js": 3_500,
    "kept.js": 3_800,
    "unsent.js": 1_600,
    "saved.js": 1_800,
    "sw.js": 4_000,
    "sw-store.js": 2_800,
    "sw-keep.js": 2_000,
    "sw-known.js": 3_000,
    "sw-pages.js": 2_400,
    "sw-answer.js": 2_800,
    "sw-saved.js": 2_500,
    "sw-contact.js": 2_300,
    "icons/categories.svg": 2_500,
    "icons/ui.svg": 2_500,
    "leaflet/leaflet.js": 43_000,
    "leaflet/leaflet.css": 4_000,
}


def _symbols(name: str) -> list[str]:
    # our own files, no entities
    return [symbol.attrib["id"] for symbol in ElementTree.parse(ASSETS / "icons" / name).iter(SVG + "symbol")]  # noqa: S314


@pytest.mark.parametrize(("name", "most"), BUDGETS.items())
def test_file_stays_within_its_budget_gzipped(name, most):
    assert len(gzip.compress((ASSETS / name).read_bytes(), 9)) <= most


def test_each_category_has_its_sign_and_no_sign_lacks_a_category():
    assert sorted(_symbols("categories.svg")) == sorted(CATEGORIES)


def test_the_interface_has_its_glyphs():
    assert set(_symbols("ui.svg")) >= GLYPHS


@pytest.mark.parametrize("file", ["map/flyers.js", "pwa.js", "offline.html"])
def test_every_glyph_that_a_script_asks_for_is_drawn(file):
    text = (ASSETS / file).read_text(encoding="utf-8")
    asked = set(re.findall(r"GLYPHS \+ '([\w-]+)'", text)) | set(re.findall(r"ui\.svg#([\w-]+)", text))
    asked |= set(re.findall(r"sign\('([\w-]+)'\)", text)) | set(re.findall(r"fill\(place, '([\w-]+)'", text))
    assert asked - set(_symbols("ui.svg")) == set()


def test_leaflet_is_there_with_its_licence_and_pictures():
    css = (ASSETS / "leaflet" / "leaflet.css").read_text(encoding="utf-8")
    assert all((ASSETS / "leaflet" / name).is_file() for name in re.findall(r"url\((images/[\w.-]+)\)", css))
    assert "BSD 2-Clause License" in (ASSETS / "leaflet" / "LICENSE").read_text(encoding="utf-8")
    assert b"Leaflet 1.9.4" in (ASSETS / "leaflet" / "leaflet.js").read_bytes()[:200]


def test_scripts_speak_old_javascript_where_old_phones_read_them():
    for name in ("map/flyers.js", "map/introductions.js", "pwa.js", "live.js"):
        text = re.sub(r"/\*.*?\*/|//[^\n]*|'(?:\\.|[^'\\\n])*'", "", (ASSETS / name).read_text(encoding="utf-8"), flags=re.S)
        assert re.search(r"=>|\b(?:let|const|class|async|await)\s|`|\?\.", text) is None, name
