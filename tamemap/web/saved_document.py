"""``/saved``: the flyers that somebody has saved on this phone. The page is the same for everybody; the phone fills it."""

from __future__ import annotations

from typing import TYPE_CHECKING

import orjson
from starlette.routing import Route

from tamemap import door
from tamemap.domain.flyers import CATEGORIES
from tamemap.i18n import t
from tamemap.queries.maps import maps
from tamemap.web.respond import EARLY, document, language, page, policy
from tamemap.web.templating import Head, render

if TYPE_CHECKING:
    from starlette.requests import Request
    from starlette.responses import Response


@page
def saved_document(request: Request) -> Response:
    """The frame of the list, which the service worker keeps for where there is no signal."""
    lang = language(request)
    body = render(
        "saved.html",
        lang,
        head=Head(title=t("kept.head_title", lang), index=False),
        early=EARLY,
        maps=door.call(maps, door.GUEST),
        categories=orjson.dumps({name: t(f"category.{name}", lang) for name in CATEGORIES}).decode(),
    )
    return document(request, body, policy=policy(scripts=(str(EARLY),)), headers={"X-Robots-Tag": "noindex"})


routes = [Route("/saved", saved_document)]
