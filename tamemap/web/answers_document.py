"""``/b/{board}/answers``: what was said and what the town did; ``/b/{board}/{topic}/answer``: where staff answer for the town."""

from __future__ import annotations

from typing import TYPE_CHECKING

from starlette.concurrency import run_in_threadpool
from starlette.routing import Route

from tamemap import door, urls
from tamemap.domain.answers import RECEIVED, STATES, WAITING, may_follow
from tamemap.domain.writing import reference
from tamemap.errors import Conflict, Forbidden, Invalid, NotFound, TamemapError, Unauthenticated
from tamemap.i18n import t
from tamemap.queries import answers as read
from tamemap.queries.boards import topic
from tamemap.services import answers
from tamemap.web.board_document import said, who
from tamemap.web.callers import credentials_of
from tamemap.web.forms import read_form
from tamemap.web.own_pages import go, own_deed, own_page, show
from tamemap.web.respond import PUBLIC, document, language, page, policy
from tamemap.web.templating import Head, render

if TYPE_CHECKING:
    from collections.abc import Mapping

    from sqlmodel import Session
    from starlette.requests import Request
    from starlette.responses import Response

    from tamemap.domain.actors import Actor
    from tamemap.queries.boards import TopicView


@page
def answers_document(request: Request) -> Response:
    """Proposals and questions of a board by what the town answered."""
    lang = language(request)
    found = door.call(read.answers_document, door.GUEST, board=reference(request.path_params["board"]))
    here = found.board
    body = render(
        "answers.html",
        lang,
        head=Head(
            title=t("answers.head_title", lang, board=here.name, map=here.map_name),
            description=t("answers.intro", lang, board=here.name),
            path=urls.answers_page(here.slug),
            place="boards",
        ),
        maps=found.all_maps,
        here_slug=here.map_slug,
        board=here,
        page=found.answers,
        newest=read.NEWEST,
        said=lambda moment: said(moment, lang),
        who=lambda author: who(author, lang),
    )
    return document(request, body, policy=policy(), cache=PUBLIC)


@own_page
def answer_page(request: Request) -> Response:
    """The form for staff, filled with the answer as it is."""
    return _form(request)


def _form(request: Request, *, error: TamemapError | None = None, typed: Mapping[str, str] | None = None) -> Response:
    lang = language(request)
    here = topic_of_address(request)
    if not here.may_answer:
        raise refusal(request, here)
    state = here.answer.state if here.answer else WAITING
    return show(
        request,
        "topic_answer.html",
        title=t("answers.desk_title", lang),
        error=error,
        typed=typed,
        place="boards",
        topic=here,
        states=[one for one in STATES if may_follow("" if state == WAITING else state, one)],
        state=RECEIVED if state == WAITING else state,
    )


def topic_of_address(request: Request) -> TopicView:
    """The topic of ``/b/{board}/{topic}/…`` as whoever asks sees it. Raises NotFound, Gone."""
    found: TopicView = door.call(topic, credentials_of(request), public_id=reference(request.path_params["topic"]))
    if found.board != request.path_params["board"]:
        raise NotFound("topic_unknown")
    return found


def refusal(request: Request, here: TopicView) -> TamemapError:
    """Why somebody does not get the form."""
    actor = door.call(_actor, credentials_of(request))
    if actor.is_guest:
        return Unauthenticated("sign_in_first")
    if actor.waiting:
        return Unauthenticated("desk_needs_proof")
    return Forbidden("not_allowed_staff_only") if here.answer else Conflict("answer_not_here")


def _actor(_: Session, actor: Actor) -> Actor:
    return actor


@own_deed
async def send_answer(request: Request) -> Response:
    """Answer for the town."""
    typed = (await read_form(request, most_files=0)).values
    here = await run_in_threadpool(topic_of_address, request)
    wanted = {name: typed.get(name, "") for name in ("state", "words", "post_body")}
    try:
        await door.acall(answers.answer, credentials_of(request), topic=here.public_id, **wanted)
    except (Invalid, Conflict) as error:
        return await run_in_threadpool(_form, request, error=error, typed=typed)
    path = urls.topic_page(here.board, here.public_id)
    return go(f"{path}/answer", said="town_answered", lang=request.query_params.get("lang", ""))


routes = [
    Route("/b/{board}/answers", answers_document),
    Route("/b/{board}/{topic}/answer", answer_page),
    Route("/b/{board}/{topic}/answer", send_answer, methods=["POST"]),
]
