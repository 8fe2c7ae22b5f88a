"""The screen /post: photograph a flyer and put it on the town's map."""

from __future__ import annotations

import reflex as rx

from tamemap.domain.flyers import CATEGORIES, HIDEABLE, LIMITS
from tamemap.i18n import section, t
from tamemap.ui.components.post_form import post_form
from tamemap.ui.shell import screen

NAME = "post"
ON_LOAD: list = []

# before the first paint: whether there is no signal, of which is told then; and whether shell.js saw a member on this phone last
# time, who needs no place for what guests are told
FIRST = (
    "if(navigator.onLine===false)document.documentElement.dataset.tmAway='';"
    "try{if(localStorage.getItem('tamemap.member'))document.documentElement.dataset.tmMember=''}catch(refused){}"
)


def page() -> rx.Component:
    """The screen. It has no State: everything happens between the browser and the API."""
    form = post_form(
        words=section("post") | {f"reading.{key}": said for key, said in section("reading").items()},
        categories=[{"code": code, "word": t(f"category.{code}")} for code in CATEGORIES],
        limits=LIMITS,
        hideable=list(HIDEABLE),
        sheet=rx.asset("post/post.css"),
    )
    return screen(rx.el.script(FIRST), form, current="camera")
