"""``/search``: topics, posts and flyers by their words, for everybody, without script."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from starlette.routing import Route

from tamemap import door, urls
from tamemap.domain.writing import reference
from tamemap.i18n import t
from tamemap.queries.maps import MapView, maps
from tamemap.queries.search import KINDS, SearchPage
from tamemap.web.board_document import said, who
from tamemap.web.callers import credentials_of
from tamemap.web.respond import PRIVATE, document, language, page, policy
from tamemap.web.search_limit import searched
from tamemap.web.templating import Head, render

if TYPE_CHECKING:
    from sqlmodel import Session
    from starlette.requests import Request
    from starlette.responses import Response

    from tamemap.domain.actors import Actor

# as long as the field lets anybody type
Q_LIMIT = 200


@dataclass(frozen=True, slots=True)
class SearchReadings:
    """All that the page reads, in one transaction."""

    page: SearchPage
    all_maps: tuple[MapView, ...]


@page
def search_document(request: Request) -> Response:
    """What was found, the newest first, with a form to ask anew; residents find what only they may see."""
    lang, asked = language(request), request.query_params
    q, map_slug = asked.get("q", "")[:Q_LIMIT].strip(), reference(asked.get("map", ""))
    kind, cursor = asked.get("kind", ""), asked.get("cursor", "")
    found = door.call(_read, credentials_of(request), q=q, map_slug=map_slug, kind=kind, cursor=cursor)
    here = next((one for one in found.all_maps if one.slug == map_slug), None)
    body = render(
        "search.html",
        lang,
        head=Head(
            title=t("search.head_title_words", lang, q=q) if q else t("search.head_title", lang),
            path=urls.search_page(),
            index=False,
            place="boards",
        ),
        maps=found.all_maps,
        here_slug=map_slug,
        q=q,
        kind=kind,
        kinds=("", *KINDS),
        map=here,
        page=found.page,
        later=bool(cursor),
        address=lambda **changed: urls.search_page(**({"q": q, "map": map_slug, "kind": kind} | changed)),
        said=lambda moment: said(moment, lang),
        who=lambda author: who(author, lang),
    )
    return document(request, body, policy=policy(), cache=PRIVATE, headers={"X-Robots-Tag": "noindex"})


def _read(db: Session, actor: Actor, *, q: str, map_slug: str, kind: str, cursor: str) -> SearchReadings:
    found = searched(db, actor, q=q, map_slug=map_slug, kinds=(kind,) if kind else (), cursor=cursor or None)
    return SearchReadings(found, maps(db, actor))


routes = [Route("/search", search_document)]
