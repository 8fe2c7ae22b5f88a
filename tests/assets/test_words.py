"""The scripts hold no words of their own: each one comes from the locale files, and each is there."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from tamemap import i18n
from tamemap.ui.components.keeping import WORDS

ASSETS = Path(__file__).parent.parent.parent / "assets"
LAYER = (ASSETS / "map" / "flyers.js").read_text(encoding="utf-8")
COMMENT = re.compile(r"/\*.*?\*/|//[^\n]*", re.S)
WORKER = ("sw.js", "sw-store.js", "sw-keep.js", "sw-known.js", "sw-answer.js", "sw-saved.js", "sw-contact.js", "sw-pages.js")
SCRIPTS = ("map/flyers.js", "map/introductions.js", "pwa.js", "kept.js", "saved.js", "live.js", *WORKER)
CODE = {name: COMMENT.sub("", (ASSETS / name).read_text(encoding="utf-8")) for name in SCRIPTS}


def _asked() -> set[str]:
    """Keys that the layer reads from the ``words`` it is handed."""
    dotted = re.findall(r"\bwords\.(\w+)", CODE["map/flyers.js"])
    said = re.findall(r"say\((?:data\.)?words, '(\w+)'", CODE["map/flyers.js"])
    return {*dotted, *said, "count", "count_all"}


@pytest.mark.parametrize("lang", i18n.AVAILABLE)
def test_every_word_that_the_map_says_exists(lang):
    assert _asked() - set(i18n.section("layer", lang)) == set()


def test_no_word_is_kept_that_the_map_never_says():
    assert set(i18n.section("layer")) - _asked() == set()


def test_introductions_on_the_map_have_their_words_and_no_others():
    asked = set(re.findall(r"\bwords\.(\w+)", CODE["map/introductions.js"]))
    for lang in i18n.AVAILABLE:
        assert set(i18n.section("introductions", lang)) == asked


def test_every_word_that_a_live_topic_says_is_handed_to_it():
    said = set(re.findall(r"(?:words|line)\('(\w+)'", CODE["live.js"]))
    handed = (ASSETS.parent / "tamemap" / "web" / "templates" / "_live.html").read_text(encoding="utf-8")
    assert said == set(re.findall(r"data-tm-stream-(\w+)=\"{{ t\(", handed)) == set(i18n.section("live"))


def test_every_word_that_is_said_about_kept_things_is_handed_to_the_script():
    said = set(re.findall(r"\bwords\.(\w+)", CODE["kept.js"]))
    page = (ASSETS.parent / "tamemap" / "web" / "templates" / "_kept.html").read_text(encoding="utf-8")
    handed = re.search(r"for name in \(([^)]*)\)", page)
    assert handed is not None
    assert said == set(re.findall(r"\w+", handed[1])) == set(WORDS)


def test_what_is_said_of_words_that_were_not_sent_is_handed_to_the_script():
    said = set(re.findall(r"\bwords\.(\w+)", (ASSETS / "unsent.js").read_text(encoding="utf-8")))
    page = (ASSETS.parent / "tamemap" / "web" / "templates" / "_kept.html").read_text(encoding="utf-8")
    assert said == {"unsent", "unsentBack"}
    assert re.findall(r"data-(unsent[\w-]*)=\"{{ t\('kept\.(\w+)'\) }}", page) == [
        ("unsent", "unsent"),
        ("unsent-back", "unsent_back"),
    ]


@pytest.mark.parametrize("name", CODE)
def test_no_japanese_stands_in_a_script(name):
    assert re.findall(r"[ぁ-んァ-ヶ一-龥]+", CODE[name]) == []
