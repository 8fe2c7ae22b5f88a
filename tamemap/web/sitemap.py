"""``/sitemap.xml`` and its files, and ``/robots.txt``, for those who search (sitemaps.org 0.9; only ``lastmod`` counts there)."""

from __future__ import annotations

from typing import TYPE_CHECKING
from xml.sax.saxutils import escape

from starlette.routing import Route

from tamemap import clock, door, urls
from tamemap.queries.answers import boards_with_answers
from tamemap.queries.groups import active_groups
from tamemap.queries.maps import maps
from tamemap.queries.sitemap import flyer_ranges, flyers_of_range, open_boards
from tamemap.web.respond import PUBLIC, document, page, plain

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import datetime

    from sqlmodel import Session
    from starlette.requests import Request
    from starlette.responses import Response

    from tamemap.domain.actors import Actor

XML = "application/xml"
# as many files as an index may have
MOST_RANGES = 50_000
# what belongs to a person, what only writes, and what never ends (searches, filters of a map that is framed elsewhere)
CLOSED = (
    *(
        "/desk",
        "/me$",
        "/me/",
        "/notices",
        "/auth/",
        "/sign-in",
        "/sign-out",
        "/share",
        "/search",
        "/post$",
        "/posts/",
        "/topics/",
    ),
    *("/api/v1/desk/", "/api/v1/flyers", "/api/v1/me", "/api/v1/places", "/api/v1/readings", "/api/v1/reports"),
    *("/api/v1/sign-", "/api/v1/topics", "/api/v1/maps/*/tiles/", "/b/*/live", "/*?*embed=1"),
)


@page
def index(request: Request) -> Response:
    """The files of the sitemap: one of pages, and one for each range of flyers in which some stand."""
    files = ["/sitemap/pages.xml"]
    ranges = door.call(flyer_ranges, door.GUEST)
    entries = [_entry("sitemap", path) for path in files]
    entries += [_entry("sitemap", f"/sitemap/flyers-{number}.xml", changed) for number, changed in ranges]
    return document(request, _xml("sitemapindex", entries), media_type=XML, cache=PUBLIC)


@page
def pages(request: Request) -> Response:
    """The maps, the boards, the groups, and what towns answered."""
    paths = door.call(_pages, door.GUEST)
    return document(request, _xml("urlset", [_entry("url", path) for path in paths]), media_type=XML, cache=PUBLIC)


@page
def flyers(request: Request) -> Response:
    """The flyers of one range that stand now: what was taken back is not in it any more."""
    number = request.path_params["number"]
    if number > MOST_RANGES:
        return plain(404)
    found = door.call(flyers_of_range, door.GUEST, number=number)
    entries = (_entry("url", urls.flyer_page(public_id), changed) for public_id, changed in found)
    return document(request, _xml("urlset", entries), media_type=XML, cache=PUBLIC)


def robots(request: Request) -> Response:
    """What those who search may read: the public maps, flyers and boards are for everyone."""
    lines = [
        "User-agent: *",
        *(f"Disallow: {path}" for path in CLOSED),
        "Allow: /",
        "",
        f"Sitemap: {urls.absolute('/sitemap.xml')}",
    ]
    return document(request, "\n".join(lines) + "\n", media_type="text/plain; charset=utf-8", cache="public, max-age=3600")


def _pages(db: Session, actor: Actor) -> list[str]:
    paths = ["/about", *(urls.map_page(one.slug) for one in maps(db, actor))]
    paths += [urls.board_page(slug) for slug in open_boards(db, actor)]
    paths += [urls.group_page(slug) for slug in active_groups(db, actor)]
    return paths + [urls.answers_page(slug) for slug in boards_with_answers(db, actor)]


def _entry(kind: str, path: str, changed: datetime | None = None) -> str:
    lastmod = f"<lastmod>{clock.tokyo(changed).isoformat(timespec='seconds')}</lastmod>" if changed else ""
    return f"<{kind}><loc>{escape(urls.absolute(path))}</loc>{lastmod}</{kind}>"


def _xml(root: str, entries: Iterable[str]) -> str:
    inside = "\n".join(entries)
    return (
        '<?xml version="1.0" encoding="UTF-8"?>\n'
        f'<{root} xmlns="http://www.sitemaps.org/schemas/sitemap/0.9">\n{inside}\n</{root}>\n'
    )


routes = [
    Route("/sitemap.xml", index),
    Route("/sitemap/pages.xml", pages),
    Route("/sitemap/flyers-{number:int}.xml", flyers),
    Route("/robots.txt", robots),
]
