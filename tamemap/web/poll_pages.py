"""``/b/{board}/{topic}/poll``: voting, ending a poll, and putting one into a topic, by plain forms."""

from __future__ import annotations

from typing import TYPE_CHECKING

from starlette.concurrency import run_in_threadpool
from starlette.routing import Route

from tamemap import door, urls
from tamemap.domain.polls import MOST, QUESTION_LIMIT, RESULTS
from tamemap.errors import Conflict, Forbidden, Invalid, NotFound, TamemapError, Unauthenticated
from tamemap.i18n import t
from tamemap.services import polls
from tamemap.web.answers_document import topic_of_address
from tamemap.web.board_document import said
from tamemap.web.callers import credentials_of
from tamemap.web.forms import Sent, read_form
from tamemap.web.own_pages import go, own_deed, own_page, show
from tamemap.web.respond import language

if TYPE_CHECKING:
    from sqlmodel import Session
    from starlette.requests import Request
    from starlette.responses import Response

    from tamemap.domain.actors import Actor
    from tamemap.queries.boards import TopicView


@own_page
def poll_page(request: Request) -> Response:
    """The poll with one's own choice; without one, for whoever may, the form to make it."""
    return _page(request)


def _page(request: Request, *, error: TamemapError | None = None, sent: Sent | None = None) -> Response:
    lang, here = language(request), topic_of_address(request)
    if door.call(_is_guest, credentials_of(request)):
        raise Unauthenticated("sign_in_first")
    if here.poll is None and not here.may_poll:
        raise Conflict("topic_closed") if here.closed else Forbidden("not_allowed_here")
    return show(
        request,
        "topic_poll.html",
        title=t("poll.title" if here.poll else "poll.make_title", lang),
        error=error,
        typed=sent.values if sent else {},
        place="boards",
        topic=here,
        poll=here.poll,
        most=MOST,
        question_limit=QUESTION_LIMIT,
        results=RESULTS,
        said_at=lambda moment: said(moment, lang),
    )


def _is_guest(_: Session, actor: Actor) -> bool:
    return actor.is_guest


@own_deed
async def send_poll(request: Request) -> Response:
    """Vote, end the poll, or make one."""
    sent = await read_form(request, most_files=0)
    here = await run_in_threadpool(topic_of_address, request)
    try:
        done = await _do(request, here, sent)
    except (Invalid, Conflict) as error:
        return await run_in_threadpool(_page, request, error=error, sent=sent)
    path = urls.topic_page(here.board, here.public_id)
    return go(f"{path}/poll", said=done, lang=request.query_params.get("lang", ""))


async def _do(request: Request, here: TopicView, sent: Sent) -> str:
    credentials, values = credentials_of(request), sent.values
    if values.get("deed") == "open":
        await door.acall(
            polls.open_poll,
            credentials,
            topic=here.public_id,
            question=values.get("question", ""),
            options=values.get("options", "").splitlines(),
            several=bool(values.get("several")),
            results=values.get("results", ""),
            ends_at=values.get("ends_at", ""),
        )
        return "poll_opened"
    if here.poll is None:
        raise NotFound("poll_unknown")
    if values.get("deed") == "close":
        await door.acall(polls.close_poll, credentials, poll=here.poll.public_id)
        return "poll_closed"
    chosen = [int(one) if one.isascii() and one.isdecimal() else one for one in sent.lists.get("option", ())]
    await door.acall(polls.vote, credentials, poll=here.poll.public_id, options=chosen)
    return "poll_voted"


routes = [
    Route("/b/{board}/{topic}/poll", poll_page),
    Route("/b/{board}/{topic}/poll", send_poll, methods=["POST"]),
]
