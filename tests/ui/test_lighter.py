"""The lighter build: ours stands in Reflex's configuration, or says that it no longer knows it."""

from __future__ import annotations

import json
from importlib.resources import files

import pytest
from reflex.config import get_config
from reflex.utils.frontend_skeleton import _compile_vite_config

from tamemap.i18n import t
from tamemap.ui.components.live import Bridge
from tamemap.ui.lighter import BANNER, lighter
from tamemap.ui.pages import SCREENS


def test_ours_comes_before_all_else():
    made = lighter(_compile_vite_config(get_config()))
    assert made.index("function tamemapLighter") < made.index("export default defineConfig") < made.index("tamemapLighter(),")
    assert made.index("tamemapLighter(),") < made.index("alwaysUseReactDomServerNode(),")


def test_the_banner_of_a_new_version_speaks_our_words():
    state = (files("reflex_base") / ".templates/web/utils/state.js").read_text(encoding="utf-8")
    made = lighter(_compile_vite_config(get_config()))
    for theirs, key in BANNER.items():
        assert f'"{theirs}"' in state
        assert json.dumps({f'"{theirs}"': t(key)})[1:-1] in made


def test_another_reflex_is_noticed():
    with pytest.raises(RuntimeError, match=r"lighter\.py"):
        lighter("export default {}")


def test_no_screen_uses_what_is_left_out():
    for name, screen in SCREENS:
        code = str(screen.page())
        assert "css:" not in code, f"{name or 'home'} carries a style that Emotion would have to make a class of"
    assert "keyframes" not in str(Bridge.create())
