"""``/auth/again``: somebody shows once more who they are, by a passkey or by a code in a mail.

Staff for the desk, which opens for a while then; everybody before they change their ways in, when they came in long ago.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from starlette.concurrency import run_in_threadpool
from starlette.responses import RedirectResponse, Response
from starlette.routing import Route

from tamemap import door, urls
from tamemap.config import settings
from tamemap.errors import Invalid, TamemapError, Unauthenticated
from tamemap.i18n import t
from tamemap.queries.passkeys import Proofs, proofs
from tamemap.services import sessions, sign_in
from tamemap.web.callers import browser_key, credentials_of, remember_browser, remember_session
from tamemap.web.forms import read_form
from tamemap.web.known_browsers import remember_known
from tamemap.web.own_pages import go, own_deed, own_page, show
from tamemap.web.respond import language

if TYPE_CHECKING:
    from sqlmodel import Session
    from starlette.requests import Request

    from tamemap.domain.actors import Actor

HERE = "/auth/again"
DESK = "/desk"


@dataclass(frozen=True, slots=True)
class Wait:
    """``what`` waits for a proof: ``desk``, ``ways`` (in), or nothing; ``found`` is what the person can show."""

    what: str
    found: Proofs
    then: str


def _wait(db: Session, actor: Actor, *, then: str) -> Wait:
    """What waits on the way to ``then``. Raises Unauthenticated for a guest."""
    if actor.is_guest:
        raise Unauthenticated("sign_in_first")
    found, then = proofs(db, actor), urls.own_path(then) or DESK
    about_oneself = then.startswith("/me/")
    # who has nothing to show goes and gets something there
    if found.waiting and (found.mail or found.passkeys or not about_oneself):
        return Wait("desk", found, then)
    return Wait("ways" if about_oneself and not sessions.is_fresh(db, actor) else "", found, then)


@own_page
def again_page(request: Request) -> Response:
    """The two ways; straight on for whom nothing waits."""
    wait = door.call(_wait, credentials_of(request), then=request.query_params.get("then", ""))
    return _page(request, wait, sent=bool(request.query_params.get("sent"))) if wait.what else go(wait.then)


@own_deed
async def again(request: Request) -> Response:
    """Send a code to the person's own address; or, where one was typed, hold it against the one that was sent."""
    sent = (await read_form(request, most_files=0)).values
    credentials, (key, is_new) = credentials_of(request), browser_key(request)
    wait = await door.acall(_wait, credentials, then=sent.get("then", ""))
    if not wait.what:
        return go(wait.then)
    if "code" in sent:
        return await _try_code(request, wait, sent["code"])
    try:
        await door.acall(sign_in.ask_again, credentials, browser_key=key, lang=language(request))
    except Unauthenticated:
        raise
    except TamemapError as error:
        return await run_in_threadpool(_page, request, wait, error=error)
    answer = RedirectResponse(urls.with_query(HERE, then=wait.then, sent="1", lang=request.query_params.get("lang", "")), 303)
    if is_new:
        remember_browser(answer, key)
    return answer


async def _try_code(request: Request, wait: Wait, code: str) -> Response:
    try:
        entered = await door.acall(
            sign_in.again_with_code,
            credentials_of(request),
            code=code,
            browser_key=browser_key(request)[0],
            user_agent=request.headers.get("user-agent", ""),
        )
        if not entered.token:
            raise Invalid.at("code", entered.problem, tries_left=entered.tries_left)
    except Unauthenticated:
        raise
    except TamemapError as error:
        return await run_in_threadpool(_page, request, wait, sent=True, error=error)
    answer = go(wait.then)
    remember_session(answer, entered.token)
    remember_known(request, answer, entered.known)
    return answer


def _page(request: Request, wait: Wait, *, sent: bool = False, error: TamemapError | None = None) -> Response:
    return show(
        request,
        "again.html",
        title=t(f"again.title_{wait.what}", language(request)),
        error=error,
        scripts=("/passkey.js",) if wait.found.passkeys else (),
        wait=wait,
        found=wait.found,
        then=wait.then,
        sent=sent,
        mail_folder=f"{settings().data_dir.name}/mail" if not settings().mail_url else "",
    )


routes = [Route(HERE, again_page), Route(HERE, again, methods=["POST"])]
