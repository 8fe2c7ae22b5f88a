"""``/m/{map}``: the public document of a map. The filters, the list and the map; the list works without any script."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from tamemap import door, urls
from tamemap.config import settings
from tamemap.domain.asking import Wanted, read_wanted
from tamemap.domain.dates import DAY
from tamemap.domain.flyers import CATEGORIES
from tamemap.domain.writing import reference
from tamemap.errors import Invalid
from tamemap.formats import jsonld
from tamemap.formats.light_outlines import light_outlines
from tamemap.i18n import DEFAULT, section, t
from tamemap.queries.flyers import CardsPage, flyers_of_map
from tamemap.queries.surroundings import around_map
from tamemap.web import folium_map
from tamemap.web.cards import card_values, item_values
from tamemap.web.problems import words_of
from tamemap.web.respond import PRIVATE, PUBLIC, document, language, page, policy
from tamemap.web.serial_boards import introduction_json
from tamemap.web.templating import CARD_SIZE, Head, render

if TYPE_CHECKING:
    from sqlmodel import Session
    from starlette.datastructures import QueryParams
    from starlette.requests import Request
    from starlette.responses import Response

    from tamemap.domain.actors import Actor
    from tamemap.queries.introductions import IntroductionView
    from tamemap.queries.maps import MapView

PAGE = 20


@dataclass(frozen=True, slots=True)
class Chosen:
    """The filters as they stand in the form; ``open`` when one of those behind the fold is set."""

    when: str
    first: str
    last: str
    categories: tuple[str, ...]
    q: str
    near: str

    @property
    def open(self) -> bool:
        """Whether the folded filters must be seen."""
        return bool(self.first or self.categories or self.q)

    @property
    def any(self) -> bool:
        """Whether anything is filtered at all."""
        return self.open or bool(self.when)


NOTHING = Chosen("", "", "", (), "", "")


@dataclass(frozen=True, slots=True)
class Readings:
    """All that a map document reads, in one transaction."""

    here: MapView
    all_maps: tuple[MapView, ...]
    flyers: CardsPage
    boundaries: dict[str, Any]
    introductions: tuple[IntroductionView, ...]


@page
def map_document(request: Request) -> Response:
    """The map with its first flyers. The same bytes for everybody: what only residents may see is not in it."""
    lang, params = language(request), request.query_params
    bare = params.get("embed") in {"1", "true"}
    chosen = _chosen(params)
    wanted, problem = _wanted(params, chosen, lang)
    slug = reference(request.path_params["map"])
    try:
        found = door.call(_read, door.GUEST, slug=slug, wanted=wanted)
    except Invalid as error:  # a cursor that we never wrote
        wanted, problem = replace(wanted, cursor=""), words_of(error.code, lang, error.params)
        found = door.call(_read, door.GUEST, slug=slug, wanted=wanted)
    here, picked = found.here, reference(params.get("flyer", ""))
    parts = folium_map.parts(
        lat=here.lat,
        lng=here.lng,
        zoom=here.zoom,
        bounds=here.bounds,
        tile_url=settings().tile_url,
        attribution=settings().tile_attribution,
        introduced=bool(found.introductions),
    )
    body = render(
        "map.html",
        lang,
        head=_head(here, found.flyers, lang, index=not (bare or wanted.cursor or chosen.any)),
        maps=found.all_maps,
        here_slug=here.slug,
        map=here,
        bare=bare,
        late=True,
        folium=parts,
        early=folium_map.EARLY,
        view="map" if bare or picked else "list",
        chosen=chosen,
        problem=problem,
        picked=picked,
        filtered=chosen.any,
        count=_count(found.flyers, lang),
        cards=[card_values(card, lang, at) for at, card in enumerate(found.flyers.items)],
        more=_more(request, found.flyers.next),
        # what was not understood is not handed on: the script would ask the API for it
        data=_island(found, NOTHING if problem else chosen, lang, bare=bare, picked=picked),
    )
    rules = policy(
        scripts=(str(folium_map.EARLY), str(parts.script)), tiles=settings().tile_url, framed_by="*" if bare else "'self'"
    )
    return document(request, body, policy=rules, cache=PRIVATE if problem else PUBLIC, status=422 if problem else 200)


def _read(db: Session, actor: Actor, *, slug: str, wanted: Wanted) -> Readings:
    """One look at everything, so that list, count and boundaries belong together."""
    around, introductions = around_map(db, actor, slug=slug)
    cards = flyers_of_map(db, actor, slug=slug, wanted=wanted)
    return Readings(around.here, around.all_maps, cards, around.outlines, introductions)


def _chosen(params: QueryParams) -> Chosen:
    """The filters of an address. A form without script sends days as ``from`` and ``to``; they mean more than a chip."""
    when = next((value for value in reversed(params.getlist("when")) if value), "")
    first, last = params.get("from", ""), params.get("to", "")
    if first:
        when = f"{first}..{last}" if last > first else first
    first, _, last = when.partition("..") if DAY.match(when) else ("", "", "")
    named = tuple(dict.fromkeys(name for part in params.getlist("category") for name in part.split(",") if name))
    return Chosen(when, first, last, named, params.get("q", "")[:80].strip(), params.get("near", ""))


def _wanted(params: QueryParams, chosen: Chosen, lang: str) -> tuple[Wanted, str]:
    """The wishes, and a sentence where they cannot be understood: then everything is shown, and the form keeps what was typed."""
    raw = {name: params.get(name, "") for name in ("near", "sort", "past", "cursor")}
    try:
        return read_wanted(raw | {"when": chosen.when, "q": chosen.q, "limit": str(PAGE)}, chosen.categories), ""
    except Invalid as error:
        return Wanted(limit=PAGE), words_of(error.code, lang, error.params)


def _head(here: MapView, flyers: CardsPage, lang: str, *, index: bool) -> Head:
    path = urls.map_page(here.slug)
    name = t("mapview.title", lang, name=here.name)
    listed = jsonld.item_list(name, urls.absolute(path), ((card.public_id, card.title) for card in flyers.items))
    return Head(
        title=t("mapview.head_title", lang, name=here.name),
        description=t("mapview.description", lang, name=here.municipality_name or here.region_name, n=flyers.total),
        path=path,
        index=index,
        image=urls.map_preview(here.slug),
        image_size=CARD_SIZE,
        place="map",
        data=(listed,) if flyers.items else (),
    )


def _count(flyers: CardsPage, lang: str) -> str:
    """How many, as the script says it too."""
    shown = len(flyers.items)
    if flyers.total > shown:
        return t("layer.count_some", lang, total=flyers.total, n=shown)
    return t("layer.count_all", lang, n=flyers.total)


def _more(request: Request, cursor: str) -> str:
    """The address of the next page with the same filters; empty on the last."""
    if not cursor:
        return ""
    kept = [(key, value) for key, value in request.query_params.multi_items() if value and key not in {"cursor", "flyer"}]
    names = dict.fromkeys(key for key, _ in kept)
    params = {name: [value for key, value in kept if key == name] for name in names} | {"cursor": cursor}
    return urls.with_query(request.url.path, **params)


def _island(found: Readings, chosen: Chosen, lang: str, *, bare: bool, picked: str) -> dict[str, Any]:
    """What assets/map/flyers.js reads."""
    here = found.here
    return {
        "map": {
            "slug": here.slug,
            "name": here.name,
            "kind": here.kind,
            "version": here.version,
            "center": [here.lat, here.lng],
            "zoom": here.zoom,
            "bounds": list(here.bounds),
        },
        "api": urls.API,
        "lang": lang,
        "filters": {"when": chosen.when, "category": list(chosen.categories), "q": chosen.q, "near": chosen.near or None},
        "flyer": picked or None,
        "embed": bare,
        "words": section("layer", lang or DEFAULT),
        "categories": {name: t(f"category.{name}", lang) for name in CATEGORIES},
        "items": [item_values(card, lang) for card in found.flyers.items],
        "total": found.flyers.total,
        "next": found.flyers.next,
        "boundaries": light_outlines(found.boundaries),
        "introductions": [introduction_json(one) for one in found.introductions],
        "introduction_words": section("introductions", lang or DEFAULT),
    }
