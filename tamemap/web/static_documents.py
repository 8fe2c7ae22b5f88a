"""``/about`` with its 出典, and the way of a shared picture to the posting screen."""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING

from markupsafe import Markup
from starlette.responses import RedirectResponse, Response

from tamemap import door
from tamemap.config import GSI_TILES, settings
from tamemap.demo.regions import Credit, load_credits
from tamemap.i18n import t
from tamemap.queries.maps import maps
from tamemap.web.respond import PUBLIC, document, language, page, policy
from tamemap.web.templating import Head, render

if TYPE_CHECKING:
    from starlette.requests import Request


def credits_in_force() -> tuple[Credit, ...]:
    """Everything of others that this installation shows, with or without the demo's content."""
    chosen = settings()
    unused = {
        "search": chosen.geocoder != "gsi",
        "search_nominatim": chosen.geocoder != "nominatim",
        "tiles": chosen.tile_url != GSI_TILES,
    }
    return tuple(credit for credit in _credits() if not unused.get(credit.key, False))


@lru_cache(maxsize=1)
def _credits() -> tuple[Credit, ...]:
    return load_credits()


@page
def about(request: Request) -> Response:
    """What Tamemap is, whose work it stands on, how well everybody can use it, whom to write to."""
    lang = language(request)
    body = render(
        "about.html",
        lang,
        head=Head(title=t("about.head_title", lang), description=t("about.description", lang), path="/about"),
        maps=door.call(maps, door.GUEST),
        credits=credits_in_force(),
        # the town's own tiles name their owner in HTML, as the operator has set it
        tiles=Markup(settings().tile_attribution) if settings().tile_url not in {"", GSI_TILES} else "",  # noqa: S704
        contact=settings().contact,
    )
    return document(request, body, policy=policy(), cache=PUBLIC)


def share(request: Request) -> Response:
    """What another app shares before our service worker is there: the posting screen, which says to choose it again."""
    return RedirectResponse("/post?shared=0" if request.method == "POST" else "/post", 303)
