"""``/f/{flyer}``: the public page of one flyer in the face that its viewer may see; its calendar file; pointing at it."""

from __future__ import annotations

import re
import unicodedata
from typing import TYPE_CHECKING, Any, NamedTuple

from starlette.concurrency import run_in_threadpool
from starlette.responses import RedirectResponse, Response

from tamemap import door, urls
from tamemap.domain.geography import WALK_LIMIT_METRES, WALK_METRES_PER_MINUTE
from tamemap.domain.placements import PAST, UP
from tamemap.domain.writing import reference
from tamemap.errors import Invalid
from tamemap.formats import calendar, jsonld, outline
from tamemap.i18n import t
from tamemap.queries.flyer import FlyerView, flyer
from tamemap.queries.surroundings import around_flyer
from tamemap.services import reports
from tamemap.web.callers import credentials_of
from tamemap.web.cards import Tab, tab_of
from tamemap.web.forms import read_form
from tamemap.web.problems import words_of
from tamemap.web.respond import EARLY, PRIVATE, PUBLIC, async_page, document, language, page, policy
from tamemap.web.templating import CARD_SIZE, Head, render

if TYPE_CHECKING:
    from sqlmodel import Session
    from starlette.requests import Request

    from tamemap.domain.actors import Actor
    from tamemap.queries.maps import MapView
    from tamemap.queries.pictures import PictureView
    from tamemap.queries.topic_cards import TalkView

DESCRIBED = 110  # signs of a description that search engines show
TELEPHONE = re.compile(r"\+?\d[\d\-() ]{7,}\d")
BLUR = re.compile(r"data:image/[a-z]+;base64,[A-Za-z0-9+/=]+")


class Readings(NamedTuple):
    """All that the page reads, in one transaction."""

    flyer: FlyerView
    all_maps: tuple[MapView, ...]
    drawing: outline.Drawing | None
    talks: tuple[TalkView, ...]


@page
def flyer_document(request: Request) -> Response:
    """The flyer: large, and every fact of it as text."""
    found = door.call(_read, credentials_of(request), public_id=reference(request.path_params["flyer"]))
    return _answer(request, found)


@page
def flyer_calendar(request: Request) -> Response:
    """The flyer for the calendar of a phone."""
    found = door.call(flyer, credentials_of(request), public_id=reference(request.path_params["flyer"]))
    data = calendar.calendar(found, language(request))
    headers = {"Content-Disposition": f'attachment; filename="{found.public_id}.ics"', "X-Robots-Tag": "noindex"}
    return document(request, data, media_type=calendar.MEDIA_TYPE, cache=cache_for(request), headers=headers)


@async_page
async def report(request: Request) -> Response:
    """Point at the flyer. Works without script; what was typed comes back when something is missing."""
    credentials = credentials_of(request)
    public_id = reference(request.path_params["flyer"])
    sent = (await read_form(request, most_files=0)).values
    reason, words = sent.get("reason", ""), sent.get("words", "")
    try:
        await door.acall(reports.make, credentials, thing="flyer", thing_id=public_id, reason=reason, words=words)
    except Invalid as error:
        found = await door.acall(_read, credentials, public_id=public_id)
        return await run_in_threadpool(_answer, request, found, problem=error, reason=reason, words=words)
    return RedirectResponse(urls.with_query(urls.flyer_page(public_id), reported="1") + "#report", 303)


def cache_for(request: Request) -> str:
    """Who brings a cookie may see another face than others: what they see is theirs alone."""
    credentials = credentials_of(request)
    return PRIVATE if credentials.session_token or credentials.guest_key else PUBLIC


def _read(db: Session, actor: Actor, *, public_id: str) -> Readings:
    found = flyer(db, actor, public_id=public_id)
    around, talks = around_flyer(db, actor, slug=found.map_slug, public_id=found.public_id)
    towns = around.outlines["features"]
    drawn = outline.drawing(towns[0]["geometry"], found.lat, found.lng) if towns else None
    return Readings(found, around.all_maps, drawn, talks)


def _answer(request: Request, found: Readings, *, problem: Invalid | None = None, reason: str = "", words: str = "") -> Response:
    lang, shown = language(request), found.flyer
    body = render(
        "flyer.html",
        lang,
        head=_head(shown, lang),
        early=EARLY,
        maps=found.all_maps,
        here_slug=shown.map_slug,
        flyer=shown,
        tab=tab_of(shown.when, lang),
        banners=_banners(shown),
        drawing=found.drawing,
        talks=found.talks,
        telephone=telephone(shown.phone),
        walk={"limit": WALK_LIMIT_METRES, "speed": WALK_METRES_PER_MINUTE},
        google=calendar.google_link(shown, lang) if shown.when.starts_at and shown.state == UP else "",
        blurs=_blurs(shown.pictures),
        reasons=reports.REASONS,
        reported="reported" in request.query_params,
        problem=words_of(problem.code, lang, problem.params) if problem else "",
        reason=reason,
        words=words,
    )
    cache = PRIVATE if problem else cache_for(request)
    return document(
        request,
        body,
        policy=policy(scripts=(str(EARLY),)),
        cache=cache,
        status=422 if problem else 200,
        headers={"Vary": "Cookie"},
    )


def _head(shown: FlyerView, lang: str) -> Head:
    tab = tab_of(shown.when, lang)
    event = jsonld.event(shown, lang)
    return Head(
        title=t("flyer.head_title", lang, title=shown.title, map=shown.map_name),
        description=_description(shown, tab, lang),
        path=urls.flyer_page(shown.public_id),
        index=shown.state == UP,
        kind="article",
        image=urls.flyer_preview(shown.public_id),
        image_size=CARD_SIZE,
        place="map",
        data=(event,) if event and shown.state in {UP, PAST} else (),
    )


def _description(shown: FlyerView, tab: Tab | None, lang: str) -> str:
    when = f"{tab.text} {tab.time}".strip() if tab else ""
    parts = [when, shown.venue or shown.municipality_name, t(f"category.{shown.category}", lang), " ".join(shown.body.split())]
    text = t("flyer.separator", lang).join(part for part in parts if part)
    return text if len(text) <= DESCRIBED else text[: DESCRIBED - 1] + "…"


def _banners(shown: FlyerView) -> list[dict[str, Any]]:
    """What must be said before everything else: it is over, or it does not stand (for its poster and for staff)."""
    kinds = {"past": "info", "held": "warning", "recalled": "error", "withdrawn": "info"}
    if shown.state not in kinds:
        return []
    reason = next((one.reason for one in shown.placements if one.state == shown.state and one.reason), "")
    return [{"kind": kinds[shown.state], "words": f"flyer.state_{shown.state}", "reason": reason}]


def _blurs(pictures: tuple[PictureView, ...]) -> str:
    """The style that keeps each picture's place, with a blurred one in it until the sharp one is there."""
    return "".join(
        f"#page-{at}{{--tm-shape:{picture.width / picture.height:.4f}"
        + (f';background-image:url("{picture.blur}")}}' if BLUR.fullmatch(picture.blur) else "}")
        for at, picture in enumerate((one for one in pictures if one.sizes), start=1)
    )


def telephone(text: str) -> str:
    """The number to dial in what was written as telephone (the first one); empty when there is none."""
    plain = unicodedata.normalize("NFKC", text)
    plain = re.sub(r"[‐‑‒–—―−ー]", "-", plain)
    found = TELEPHONE.search(plain)
    return re.sub(r"[^\d+]", "", found[0]) if found else ""
