"""``/b/{board}/{topic}/cards`` and ``/place``: what a topic carries, and where an introduction leads, by plain forms."""

from __future__ import annotations

from typing import TYPE_CHECKING

from starlette.concurrency import run_in_threadpool
from starlette.routing import Route

from tamemap import door, urls
from tamemap.domain.actors import Actor
from tamemap.domain.introductions import NAME_LIMIT
from tamemap.domain.topic_cards import MOST, read_flyer
from tamemap.domain.writing import reference
from tamemap.errors import Conflict, Invalid, TamemapError
from tamemap.gateways import limits
from tamemap.i18n import t
from tamemap.queries.boards import board
from tamemap.queries.introductions import KIND
from tamemap.queries.topic_change import topic_to_change
from tamemap.services import places
from tamemap.services.introductions import set_place
from tamemap.services.topic_cards import set_cards
from tamemap.web.callers import client_of, credentials_of
from tamemap.web.cards import card_values
from tamemap.web.forms import read_form
from tamemap.web.own_pages import go, own_deed, own_page, show
from tamemap.web.respond import language

if TYPE_CHECKING:
    from collections.abc import Mapping

    from starlette.requests import Request
    from starlette.responses import Response

    from tamemap.queries.boards import TopicView
    from tamemap.queries.maps import PlaceView


def _topic(request: Request, kind: str = "") -> TopicView:
    asked = {name: reference(request.path_params[name]) for name in ("board", "topic")}
    return door.call(topic_to_change, credentials_of(request), **asked, kind=kind)


@own_page
def cards_page(request: Request) -> Response:
    """The flyers that the topic carries, and a field for one more."""
    return _cards(request, _topic(request))


def _cards(
    request: Request, here: TopicView, *, error: TamemapError | None = None, typed: Mapping[str, str] | None = None
) -> Response:
    lang = language(request)
    cards = [card_values(card, lang, at) for at, card in enumerate(here.cards)]
    return show(request, "topic_cards.html", title=t("cards.title", lang), error=error, typed=typed, place="boards", topic=here,
                cards=cards, most=MOST)  # fmt: skip


@own_deed
async def change_cards(request: Request) -> Response:
    """Add a flyer, take one off, or put one first."""
    sent = (await read_form(request, most_files=0)).values
    here = await run_in_threadpool(_topic, request)
    listed = [card.public_id for card in here.cards]
    try:
        if gone := sent.get("remove"):
            wanted, done = [one for one in listed if one != gone], "card_off"
        elif (first := sent.get("first")) in listed:
            wanted, done = [first, *(one for one in listed if one != first)], "card_first"
        else:
            wanted, done = [*listed, read_flyer(sent.get("flyer"))], "card_on"
        await door.acall(set_cards, credentials_of(request), topic=here.public_id, flyers=wanted)
    except (Invalid, Conflict) as error:
        return await run_in_threadpool(_cards, request, here, error=_at_the_field(error), typed=sent)
    return go(urls.topic_page(here.board, here.public_id) + "/cards", done, request.query_params.get("lang", ""))


def _at_the_field(error: TamemapError) -> TamemapError:
    """The form has one field, whichever flyer of all was wrong."""
    return Invalid.at("flyer", error.code, **error.params) if isinstance(error, Invalid) else error


@own_page
def place_page(request: Request) -> Response:
    """Where the introduction leads, and a search for another place by its name (``?q=``)."""
    return _place(request, _topic(request, KIND), request.query_params.get("q", ""))


def _place(request: Request, here: TopicView, q: str, *, error: TamemapError | None = None) -> Response:
    lang = language(request)
    room = door.call(board, credentials_of(request), slug=here.board)
    found: tuple[PlaceView, ...] = ()
    if q.strip():
        limits.demand("places", client_of(request), amount=120, seconds=60, code="too_often")
        found = places.search(Actor(), q=q, slug=room.map_slug)
    known = [one for one in found if one.lat is not None]
    return show(request, "topic_place.html", title=t("introduction.place_title", lang), error=error, typed={"q": q},
                place="boards", topic=here, board=room, found=known, limit=NAME_LIMIT)  # fmt: skip


@own_deed
async def change_place(request: Request) -> Response:
    """Set the place that was chosen, or take it away."""
    sent = (await read_form(request, most_files=0)).values
    here = await run_in_threadpool(_topic, request, KIND)
    gone = sent.get("deed") == "remove"
    wanted = {} if gone else {name: sent.get(name, "") for name in ("lat", "lng", "place_name")}
    try:
        if not gone and not wanted["lat"]:
            raise Invalid.at("place", "introduction_place_missing")
        await door.acall(set_place, credentials_of(request), topic=here.public_id, **wanted)
    except (Invalid, Conflict) as error:
        return await run_in_threadpool(_place, request, here, sent.get("q", ""), error=error)
    done = "place_off" if gone else "place_on"
    return go(urls.topic_page(here.board, here.public_id), done, request.query_params.get("lang", ""))


routes = [
    Route("/b/{board}/{topic}/cards", cards_page),
    Route("/b/{board}/{topic}/cards", change_cards, methods=["POST"]),
    Route("/b/{board}/{topic}/place", place_page),
    Route("/b/{board}/{topic}/place", change_place, methods=["POST"]),
]
