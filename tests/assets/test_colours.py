"""Every pair of colours that carries words can be read: 4.5:1 (WCAG 1.4.3); edges of controls 3:1 (1.4.11)."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

CSS = (Path(__file__).parent.parent.parent / "assets" / "app.css").read_text(encoding="utf-8")
DECLARED = re.compile(r"(--[\w-]+):\s*([^;]+);")

WORDS = [
    *((ink, ground) for ink in ("ink", "muted", "kaki", "link", "bad", "good", "care", "info") for ground in ("paper", "card")),
    *((ink, "sunk") for ink in ("ink", "muted", "link")),
    ("on-kaki", "kaki"),
    ("on-kaki", "kaki-deep"),
    ("on-fill", "fill"),
    ("ink", "kaki-tint"),
    ("ink", "good-tint"),
    ("ink", "bad-tint"),
    ("bad-deep", "bad-tint"),
    ("ink", "care-tint"),
    ("ink", "info-tint"),
    ("muted", "info-tint"),
    ("link", "info-tint"),
]
EDGES = [("edge", "paper"), ("edge", "card"), *((kind, f"{kind}-tint") for kind in ("good", "bad", "care", "info"))]


def _block(opening: str) -> dict[str, str]:
    """The custom properties of the rule that opens so."""
    start = CSS.index(opening) + len(opening)
    return dict(DECLARED.findall(CSS[start : CSS.index("}", start)]))


LIGHT = _block("\n:root {")
THEMES = {"light": LIGHT, "dark": LIGHT | _block("\n:root.dark {")}


def _colour(theme: dict[str, str], name: str) -> str:
    value = theme[name].strip()
    found = re.fullmatch(r"var\((--[\w-]+)\)", value)
    return _colour(theme, found[1]) if found else value


def _luminance(colour: str) -> float:
    """Relative luminance (WCAG 2.2) of #rrggbb."""
    colour = "#" + "".join(digit * 2 for digit in colour[1:]) if len(colour) == 4 else colour
    parts = [int(colour[at : at + 2], 16) / 255 for at in (1, 3, 5)]
    red, green, blue = (part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def contrast(one: str, other: str) -> float:
    dark, light = sorted((_luminance(one), _luminance(other)))
    return (light + 0.05) / (dark + 0.05)


@pytest.mark.parametrize("theme", THEMES)
@pytest.mark.parametrize(("ink", "ground"), WORDS)
def test_words_can_be_read(theme, ink, ground):
    assert contrast(_colour(THEMES[theme], f"--tm-{ink}"), _colour(THEMES[theme], f"--tm-{ground}")) >= 4.5


@pytest.mark.parametrize("theme", THEMES)
@pytest.mark.parametrize(("edge", "ground"), EDGES)
def test_edges_can_be_seen(theme, edge, ground):
    assert contrast(_colour(THEMES[theme], f"--tm-{edge}"), _colour(THEMES[theme], f"--tm-{ground}")) >= 3


@pytest.mark.parametrize("tint", sorted(set(re.findall(r"--tm-tint: (#\w{6})", CSS))))
def test_category_words_can_be_read_on_every_tint(tint):
    assert contrast("#1f1b16", tint) >= 4.5


def test_the_device_s_dark_and_the_person_s_dark_are_the_same():
    assert _block(":root:not(.light) {") == _block("\n:root.dark {")


def test_every_variable_that_is_used_is_declared():
    used = set(re.findall(r"var\((--[\w-]+)\)", CSS))
    assert used - {name for name, _ in DECLARED.findall(CSS)} == set()


def test_the_licence_of_the_tokens_travels_with_them():
    assert "MIT License" in CSS
    assert "Copyright (c) 2023 デジタル庁" in CSS
    assert "The above copyright notice and this permission notice shall be" in CSS
