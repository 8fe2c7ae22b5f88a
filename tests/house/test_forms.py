"""No field for prose cuts a paste short without a word: what is too long is refused, with by how much, and nothing is lost."""

from __future__ import annotations

import ast
import re
from pathlib import Path

import pytest

HOUSE = Path(__file__).parent.parent.parent / "tamemap"
TEMPLATES = sorted((HOUSE / "web" / "templates").glob("*.html"))
SCREENS = sorted((HOUSE / "ui").rglob("*.py"))


@pytest.mark.parametrize("path", TEMPLATES, ids=lambda path: path.name)
def test_no_prose_field_of_a_document_has_a_maxlength(path):
    words = path.read_text(encoding="utf-8")
    fields = re.findall(r"<textarea[^>]*>", words) + re.findall(r"\{\{ area\(.*?\) \}\}", words)
    assert [one for one in fields if "maxlength" in one] == []


@pytest.mark.parametrize("path", SCREENS, ids=lambda path: path.name)
def test_no_prose_field_of_a_screen_has_a_maxlength(path):
    calls = [one for one in ast.walk(ast.parse(path.read_text(encoding="utf-8"))) if isinstance(one, ast.Call)]
    fields = [one for one in calls if isinstance(one.func, ast.Attribute) and one.func.attr == "textarea"]
    assert [one.lineno for one in fields if any(given.arg == "max_length" for given in one.keywords)] == []
