"""``/f/{flyer}.jpg`` and ``/m/{map}.jpg``: the images for those who share an address, 1200×630.

A flyer's is drawn when it is asked for the first time, then kept with its picture until the flyer changes; each request looks
first whether the flyer still stands.
"""

from __future__ import annotations

from contextlib import suppress
from functools import lru_cache
from threading import BoundedSemaphore
from typing import TYPE_CHECKING

from starlette.routing import Route

from tamemap import door
from tamemap.config import settings
from tamemap.domain.writing import reference
from tamemap.errors import NotFound, TamemapError, Unavailable
from tamemap.formats.share_card import MEDIA_TYPE, Words, share_card
from tamemap.gateways.storage import storage_from
from tamemap.i18n import DEFAULT, t
from tamemap.queries.flyer import flyer
from tamemap.queries.maps import map_view
from tamemap.queries.pictures import Stored, stored_picture
from tamemap.queries.share_cards import SOURCE, CardWanted, card_wanted
from tamemap.services import share_cards
from tamemap.web.callers import credentials_of
from tamemap.web.cards import tab_of
from tamemap.web.respond import PRIVATE, PUBLIC, document, plain

if TYPE_CHECKING:
    from sqlmodel import Session
    from starlette.requests import Request
    from starlette.responses import Response

    from tamemap.domain.actors import Actor
    from tamemap.queries.flyer import FlyerView

# one is drawn in a twentieth of a second; who shares a hundred at once does not take the machine from its readers
AT_ONCE, PATIENCE = 2, 5.0
_drawing = BoundedSemaphore(AT_ONCE)


def flyer_card(request: Request) -> Response:
    """The card of a flyer as everybody may see it; its picture alone for its poster and staff while nobody else may,
    and while too many cards are being drawn."""
    public_id = reference(request.path_params["flyer"])
    try:
        wanted = door.call(card_wanted, door.GUEST, public_id=public_id, words=_words)
        return document(request, _card(wanted), media_type=MEDIA_TYPE, cache=PUBLIC)
    except TamemapError as refused:
        try:
            stored = door.call(_first, credentials_of(request), public_id=public_id)
            data = storage_from(settings()).get(stored.name)
        except TamemapError:
            return plain(refused.status)
    return document(request, data, media_type=stored.media_type, cache=PRIVATE)


def map_card(request: Request) -> Response:
    """The card of a map, for its own page and those of its boards."""
    try:
        here = door.call(map_view, door.GUEST, slug=reference(request.path_params["map"]))
    except TamemapError as refused:
        return plain(refused.status)
    words = Words(
        t("mapview.title", DEFAULT, name=here.name),
        town=here.municipality_name or here.region_name,
        brand=t("shell.brand", DEFAULT),
    )
    return document(request, _plain_card(words), media_type=MEDIA_TYPE, cache=PUBLIC)


def _words(shown: FlyerView) -> Words:
    tab = tab_of(shown.when, DEFAULT)
    town = f"{shown.prefecture}{shown.municipality_name}"
    return Words(
        title=shown.title,
        date=f"{tab.text} {tab.time}".strip() if tab else "",
        place=shown.venue or shown.address,
        town=t("flyer.separator", DEFAULT).join((town, t(f"category.{shown.category}", DEFAULT))),
        brand=t("shell.brand", DEFAULT),
    )


def _card(wanted: CardWanted) -> bytes:
    store = storage_from(settings())
    if wanted.kept:
        with suppress(NotFound):
            return store.get(wanted.kept)
    picture = None
    with suppress(NotFound):
        picture = store.get(wanted.source)
    data = _drawn(wanted.words, picture)
    if picture is not None:
        name = store.put(data, ".jpg", private=False)
        door.call(share_cards.keep, door.GUEST, picture=wanted.picture, key=wanted.key, name=name)
    return data


def _drawn(words: Words, picture: bytes | None) -> bytes:
    if not _drawing.acquire(timeout=PATIENCE):
        raise Unavailable("photo_busy")
    try:
        return share_card(words, picture)
    finally:
        _drawing.release()


@lru_cache(maxsize=64)
def _plain_card(words: Words) -> bytes:
    return _drawn(words, None)


def _first(db: Session, actor: Actor, *, public_id: str) -> Stored:
    pictures = flyer(db, actor, public_id=public_id).pictures
    if not pictures or not pictures[0].sizes:
        raise NotFound("picture_gone")
    return stored_picture(db, actor, name=pictures[0].name, size=pictures[0].at_least(SOURCE).size, suffix="jpeg")


routes = [Route("/f/{flyer}.jpg", flyer_card), Route("/m/{map}.jpg", map_card)]
