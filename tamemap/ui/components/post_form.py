"""The posting form: a React component without any State, so that it works while the socket is down."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import reflex as rx

# every module is linked into the build, so that they can import each other by name
_MODULES = {path.name: rx.asset(path.name, shared=True) for path in sorted(Path(__file__).parent.glob("post_form*.js*"))}


class PostForm(rx.Component):
    """The whole of /post below the header; it talks to the API and to IndexedDB only."""

    library = _MODULES["post_form.jsx"].importable_path
    tag = "PostForm"

    words: rx.Var[dict[str, str]]  # every word that people read
    categories: rx.Var[list[dict[str, str]]]  # {code, word} in the order of the chips
    limits: rx.Var[dict[str, int]]  # characters, by field
    hideable: rx.Var[list[str]]  # fields that may stay with the residents
    sheet: rx.Var[str]  # the address of its stylesheet


def post_form(**props: Any) -> rx.Component:
    """The posting form with its words, categories, limits, hideable fields and stylesheet."""
    return PostForm.create(**props)
