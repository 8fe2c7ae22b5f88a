"""What stands beside the screens: scripts, styles, signs. They agree with the house, stay light, and hold no words."""

from __future__ import annotations

import gzip
import json
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from tamemap.i18n import words
from tamemap.services.boards import KINDS
from tamemap.ui.components import checked
from tamemap.ui.components.live import Bridge
from tamemap.ui.pages import SCREENS
from tamemap.ui.shell import HEAD

ASSETS = Path(__file__).parent.parent.parent / "assets"
HOME = ASSETS / "home"
SCRIPTS = sorted(HOME.glob("*.js"))
COMMENT = re.compile(r"/\*.*?\*/|(?<!:)//[^\n]*", re.DOTALL)
JAPANESE = re.compile(r"[぀-ヿ㐀-鿿]")


def rendered(screen) -> str:
    return str(screen.page())


@pytest.mark.parametrize("path", SCRIPTS, ids=lambda path: path.name)
def test_no_word_is_written_into_a_script(path):
    assert JAPANESE.findall(COMMENT.sub("", path.read_text(encoding="utf-8"))) == []


def test_scripts_and_styles_stay_light():
    weights = {path.name: len(gzip.compress(path.read_bytes(), 9)) for path in HOME.iterdir()}
    allowed = {"home.js": 3_500, "shell.js": 2_600, "desk.js": 1_350, "screens.css": 3_200, "kinds.svg": 1_000}
    allowed |= {"posts.js": 2_900, "place.js": 1_800}
    assert {name: size for name, size in weights.items() if size > allowed.get(name, 0)} == {}


@pytest.mark.parametrize("name", ["SLUG", "ID"])
def test_the_script_takes_what_the_server_takes(name):
    text = (HOME / "home.js").read_text(encoding="utf-8")
    theirs = re.search(rf"\b{name} = /\^(.+?)\$/[,;]", text)[1]
    ours = {"SLUG": checked.SLUG, "ID": checked.PUBLIC_ID}[name].pattern
    samples = [*("hitoyoshi", "hitoyoshi-kuma", "a" * 60, "a" * 61, "A", "-a", "", "a/b"),
               *("2222222222zz", "2222222222z", "000000000000", "1l0ooo222222")]  # fmt: skip
    node = shutil.which("node", path=str(Path(sys.executable).parent)) or shutil.which("node")
    script = f"console.log(JSON.stringify({json.dumps(samples)}.map((one) => /^(?:{theirs})$/.test(one))))"
    answer = subprocess.run([node, "-e", script], capture_output=True, text=True, check=True).stdout
    assert json.loads(answer) == [bool(re.fullmatch(ours, one)) for one in samples]


def test_every_event_of_the_script_is_heard():
    told = set(
        re.findall(r"tell\((?:ID\.test\(\w+\) \? )?'(\w+)'(?: : '(\w+)')?", (HOME / "home.js").read_text(encoding="utf-8"))
    )
    names = {name for pair in told for name in pair if name}
    names |= set(re.findall(r"CustomEvent\('(tamemap\w+)'", (HOME.parent / "live.js").read_text(encoding="utf-8")))
    heard = {name.removeprefix("on_") for name in Bridge.get_fields() if name.startswith("on_tamemap")}
    assert names == heard


def test_every_kind_of_topic_has_a_sign_and_words():
    signs = set(re.findall(r'<symbol id="([\w-]+)"', (HOME / "kinds.svg").read_text(encoding="utf-8")))
    assert set(KINDS) - signs == set()
    assert {f"topic_kinds.{kind}" for kind in KINDS} - set(words()) == set()


def test_every_sign_that_a_screen_shows_is_in_its_sprite():
    shown = {found for _, screen in SCREENS for found in re.findall(r"(/[\w/]+\.svg)#([\w-]+)", rendered(screen))}
    assert len(shown) > 15
    drawn = {sprite: (ASSETS / sprite.lstrip("/")).read_text(encoding="utf-8") for sprite, _ in shown}
    assert [(sprite, sign) for sprite, sign in shown if f'id="{sign}"' not in drawn[sprite]] == []


def test_every_file_that_the_head_asks_for_exists():
    asked = re.findall(r'"(/[\w./-]+\.(?:css|js|svg|png|webmanifest))"', " ".join(map(str, HEAD)))
    assert len(asked) > 5
    assert [path for path in asked if not (ASSETS / path.lstrip("/")).is_file()] == []


def test_links_are_plain_so_that_documents_are_found():
    for _, screen in SCREENS:
        assert "ReactRouterLink" not in rendered(screen)
