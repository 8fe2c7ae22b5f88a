"""``/auth/again``: staff show once more who they are, by a passkey or by a code in a mail, and the desk opens for a while."""

from __future__ import annotations

from typing import TYPE_CHECKING

from starlette.concurrency import run_in_threadpool
from starlette.responses import RedirectResponse, Response
from starlette.routing import Route

from tamemap import door, urls
from tamemap.config import settings
from tamemap.errors import Invalid, TamemapError, Unauthenticated
from tamemap.i18n import t
from tamemap.queries.passkeys import Proofs, proofs
from tamemap.services import sign_in
from tamemap.web.callers import browser_key, credentials_of, remember_browser, remember_session
from tamemap.web.forms import read_form
from tamemap.web.own_pages import go, own_deed, own_page, show
from tamemap.web.respond import language

if TYPE_CHECKING:
    from sqlmodel import Session
    from starlette.requests import Request

    from tamemap.domain.actors import Actor

HERE = "/auth/again"
DESK = "/desk"


def _waits(db: Session, actor: Actor) -> Proofs:
    """What the signed-in person can show. Raises Unauthenticated for a guest."""
    if actor.is_guest:
        raise Unauthenticated("sign_in_first")
    return proofs(db, actor)


@own_page
def again_page(request: Request) -> Response:
    """The two ways; straight on for whom nothing waits."""
    found = door.call(_waits, credentials_of(request))
    then = urls.own_path(request.query_params.get("then", "")) or DESK
    if not found.waiting:
        return _on(then)
    return _page(request, found, then, sent=bool(request.query_params.get("sent")))


@own_deed
async def again(request: Request) -> Response:
    """Send a code to the person's own address; or, where one was typed, hold it against the one that was sent."""
    sent = (await read_form(request, most_files=0)).values
    credentials, (key, is_new) = credentials_of(request), browser_key(request)
    found = await door.acall(_waits, credentials)
    then = urls.own_path(sent.get("then", "")) or DESK
    if not found.waiting:
        return _on(then)
    if "code" in sent:
        return await _try_code(request, found, then, sent["code"])
    try:
        await door.acall(sign_in.ask_again, credentials, browser_key=key, lang=language(request))
    except Unauthenticated:
        raise
    except TamemapError as error:
        return await run_in_threadpool(_page, request, found, then, error=error)
    answer = RedirectResponse(urls.with_query(HERE, then=then, sent="1", lang=request.query_params.get("lang", "")), 303)
    if is_new:
        remember_browser(answer, key)
    return answer


async def _try_code(request: Request, found: Proofs, then: str, code: str) -> Response:
    try:
        entered = await door.acall(
            sign_in.again_with_code,
            credentials_of(request),
            code=code,
            browser_key=browser_key(request)[0],
            user_agent=request.headers.get("user-agent", ""),
        )
    except Unauthenticated:
        raise
    except TamemapError as error:
        return await run_in_threadpool(_page, request, found, then, sent=True, error=error)
    if not entered.token:
        error = Invalid.at("code", entered.problem or "sign_in_code_wrong", tries_left=entered.tries_left)
        return await run_in_threadpool(_page, request, found, then, sent=True, error=error)
    answer = _on(then)
    remember_session(answer, entered.token)
    return answer


def _page(request: Request, found: Proofs, then: str, *, sent: bool = False, error: TamemapError | None = None) -> Response:
    lang = language(request)
    return show(
        request,
        "again.html",
        title=t("again.title", lang),
        error=error,
        scripts=("/auth/passkey.js",) if found.passkeys else (),
        found=found,
        then=then,
        sent=sent,
        mail_folder=f"{settings().data_dir.name}/mail" if not settings().mail_url else "",
    )


def _on(then: str) -> Response:
    return go(then)


routes = [Route(HERE, again_page), Route(HERE, again, methods=["POST"])]
