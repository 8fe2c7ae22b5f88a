"""``/g/{slug}``: the public page of a group (団体), the same for everybody; pointing at it."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from starlette.concurrency import run_in_threadpool
from starlette.responses import RedirectResponse, Response
from starlette.routing import Route

from tamemap import door, urls
from tamemap.errors import Invalid
from tamemap.formats import jsonld
from tamemap.i18n import t
from tamemap.queries.groups import GroupPage, group_page
from tamemap.queries.maps import MapView, maps
from tamemap.services import reports
from tamemap.web.board_document import said
from tamemap.web.callers import credentials_of
from tamemap.web.cards import card_values
from tamemap.web.forms import read_form
from tamemap.web.problems import words_of
from tamemap.web.respond import PRIVATE, PUBLIC, async_page, document, language, page, policy
from tamemap.web.templating import Head, render

if TYPE_CHECKING:
    from sqlmodel import Session
    from starlette.requests import Request

    from tamemap.domain.actors import Actor


class Readings(NamedTuple):
    """All that the page reads, in one transaction."""

    page: GroupPage
    all_maps: tuple[MapView, ...]


@page
def group_document(request: Request) -> Response:
    """Who the group is, what it has put up, what it says on the boards."""
    return _answer(request, door.call(_read, door.GUEST, slug=request.path_params["group"]))


@async_page
async def report(request: Request) -> Response:
    """Point at the group. Works without script; what was typed comes back when something is missing."""
    slug = request.path_params["group"]
    sent = (await read_form(request, most_files=0)).values
    reason, words = sent.get("reason", ""), sent.get("words", "")
    try:
        await door.acall(reports.make, credentials_of(request), thing="group", thing_id=slug, reason=reason, words=words)
    except Invalid as error:
        found = await door.acall(_read, door.GUEST, slug=slug)
        return await run_in_threadpool(_answer, request, found, problem=error, reason=reason, words=words)
    return RedirectResponse(urls.with_query(urls.group_page(slug), reported="1") + "#report", 303)


def _read(db: Session, actor: Actor, *, slug: str) -> Readings:
    return Readings(group_page(db, actor, slug=slug), maps(db, actor))


def _answer(request: Request, found: Readings, *, problem: Invalid | None = None, reason: str = "", words: str = "") -> Response:
    lang, group = language(request), found.page.group
    cards = [card_values(card, lang, at) for at, card in enumerate(found.page.flyers)]
    body = render(
        "group.html",
        lang,
        head=_head(found.page, lang),
        maps=found.all_maps,
        here_slug=group.map_slug,
        group=group,
        cards=cards,
        topics=found.page.topics,
        said=lambda moment: said(moment, lang),
        reasons=reports.REASONS,
        reported="reported" in request.query_params,
        problem=words_of(problem.code, lang, problem.params) if problem else "",
        reason=reason,
        words=words,
    )
    return document(request, body, policy=policy(), cache=PRIVATE if problem else PUBLIC, status=422 if problem else 200)


def _head(shown: GroupPage, lang: str) -> Head:
    group = shown.group
    description = group.excerpt or t("group.description", lang, name=group.name, town=group.municipality_name)
    return Head(
        title=t("group.head_title", lang, name=group.name, town=group.municipality_name),
        description=description,
        path=urls.group_page(group.slug),
        kind="profile",
        place="map",
        data=(jsonld.organisation(group.name, urls.group_page(group.slug), group.excerpt, group.url, group.municipality_name),),
    )


routes = [
    Route("/g/{group}", group_document),
    Route("/g/{group}/report", report, methods=["POST"]),
]
