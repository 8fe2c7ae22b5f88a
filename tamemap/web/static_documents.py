"""``/about`` with its 出典, ``/sitemap.xml``, and the way of a shared picture to the posting screen."""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING
from xml.sax.saxutils import escape

from markupsafe import Markup
from starlette.responses import RedirectResponse, Response

from tamemap import clock, door, urls
from tamemap.config import GSI_TILES, settings
from tamemap.demo.regions import Credit, load_credits
from tamemap.domain.asking import MOST, Wanted
from tamemap.i18n import t
from tamemap.queries.answers import boards_with_answers
from tamemap.queries.flyers import CardView, flyers_of_map
from tamemap.queries.groups import active_groups
from tamemap.queries.maps import MapView, maps
from tamemap.web.respond import PUBLIC, document, language, page, policy
from tamemap.web.templating import Head, render

if TYPE_CHECKING:
    from sqlmodel import Session
    from starlette.requests import Request

    from tamemap.domain.actors import Actor

SITEMAP = '<?xml version="1.0" encoding="UTF-8"?>\n<urlset xmlns="http://www.sitemaps.org/schemas/sitemap/0.9">\n{}\n</urlset>\n'


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


@page
def sitemap(request: Request) -> Response:
    """The maps, the groups, what towns answered, each town's newest flyers (sitemaps.org 0.9; only ``lastmod`` counts there)."""
    here, groups, flyers, answered = door.call(_read_sitemap, door.GUEST)
    entries = [_entry(urls.map_page(one.slug)) for one in here] + [_entry(urls.group_page(slug)) for slug in groups]
    entries += [_entry(urls.flyer_page(card.public_id), clock.tokyo(card.since).isoformat(timespec="seconds")) for card in flyers]
    entries += [_entry(urls.answers_page(slug)) for slug in answered]
    text = SITEMAP.format("\n".join([_entry("/about"), *entries]))
    return document(request, text, media_type="application/xml", cache=PUBLIC)


def _read_sitemap(db: Session, actor: Actor) -> tuple[tuple[MapView, ...], tuple[str, ...], list[CardView], tuple[str, ...]]:
    here = maps(db, actor, counted=True)
    wanted = Wanted(sort="new", limit=MOST)
    towns = [one for one in here if one.kind == "resident" and one.up]
    flyers = [card for town in towns for card in flyers_of_map(db, actor, slug=town.slug, wanted=wanted).items]
    return here, active_groups(db, actor), flyers, boards_with_answers(db, actor)


def _entry(path: str, changed: str = "") -> str:
    lastmod = f"<lastmod>{changed}</lastmod>" if changed else ""
    return f"<url><loc>{escape(urls.absolute(path))}</loc>{lastmod}</url>"
