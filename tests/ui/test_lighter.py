"""The lighter build: ours stands in Reflex's configuration, or says that it no longer knows it."""

from __future__ import annotations

import pytest
from reflex.config import get_config
from reflex.utils.frontend_skeleton import _compile_vite_config

from tamemap.ui.components.live import Bridge
from tamemap.ui.lighter import lighter
from tamemap.ui.pages import SCREENS


def test_ours_comes_before_all_else():
    made = lighter(_compile_vite_config(get_config()))
    assert made.index("function tamemapLighter") < made.index("export default defineConfig") < made.index("tamemapLighter(),")
    assert made.index("tamemapLighter(),") < made.index("alwaysUseReactDomServerNode(),")


def test_another_reflex_is_noticed():
    with pytest.raises(RuntimeError, match=r"lighter\.py"):
        lighter("export default {}")


def test_no_screen_uses_what_is_left_out():
    for name, screen in SCREENS:
        code = str(screen.page())
        assert "css:" not in code, f"{name or 'home'} carries a style that Emotion would have to make a class of"
    assert "keyframes" not in str(Bridge.create())
