"""``/me/ways``: one's own ways in. They are looked at any time, and changed in a fresh session (``sessions.demand_fresh``)."""

from __future__ import annotations

import base64
import binascii
from dataclasses import dataclass
from typing import TYPE_CHECKING

from starlette.concurrency import run_in_threadpool
from starlette.responses import RedirectResponse
from starlette.routing import Route

from tamemap import door, session, urls
from tamemap.config import settings
from tamemap.errors import Invalid, TamemapError, Unauthenticated
from tamemap.gateways import oidc
from tamemap.i18n import t
from tamemap.queries.ways import Ways
from tamemap.queries.ways import ways as ways_in
from tamemap.services import sessions, sign_in, ways
from tamemap.web.board_document import said
from tamemap.web.callers import browser_key, credentials_of, remember_browser, remember_session
from tamemap.web.forms import read_form
from tamemap.web.known_browsers import remember_known
from tamemap.web.own_pages import go, own_deed, own_page, show
from tamemap.web.respond import PRIVATE, language

if TYPE_CHECKING:
    from sqlmodel import Session
    from starlette.requests import Request
    from starlette.responses import Response

    from tamemap.domain.actors import Actor

HERE, MAIL, AGAIN = "/me/ways", "/me/ways/mail", "/auth/again"
SCRIPTS = ("/passkey.js",)
# which address waits for its code: a phone throws the page away while its owner reads the mail
WAITING = "tamemap_new_mail"


@dataclass(frozen=True, slots=True)
class Own:
    """The ways in, and whether they can be changed now; ``waiting``: staff who should show who they are for the desk."""

    ways: Ways
    name: str
    fresh: bool
    waiting: bool


def _own(db: Session, actor: Actor) -> Own:
    return Own(ways_in(db, actor), actor.name, sessions.is_fresh(db, actor), actor.waiting)


@own_page
def ways_page(request: Request) -> Response:
    """The ways in; right after the first sign-in the offer of a passkey, with the way on."""
    if request.query_params.get("welcome"):
        return _welcome(request)
    return _page(request)


def _welcome(request: Request) -> Response:
    own = door.call(_own, credentials_of(request))
    then = urls.own_path(request.query_params.get("then", "")) or "/"
    return show(request, "me_welcome.html", title=t("ways.welcome_title", language(request)), own=own, then=then, scripts=SCRIPTS)


def _page(request: Request, *, error: TamemapError | None = None, typed: dict[str, str] | None = None) -> Response:
    lang = language(request)
    own = door.call(_own, credentials_of(request))
    return show(
        request,
        "me_ways.html",
        title=t("ways.title", lang),
        error=error,
        typed=typed,
        scripts=SCRIPTS,
        own=own,
        providers=[(one.name, oidc.label_of(one.name, lang)) for one in oidc.configured()],
        label_of=lambda name: oidc.label_of(name, lang),
        when=lambda moment: said(moment, lang),
        proof_sent=request.query_params.get("proof") == "sent",
        mail_folder=_mail_folder(),
    )


def _mail_folder() -> str:
    return f"{settings().data_dir.name}/mail" if not settings().mail_url else ""


@own_deed
async def change_mail(request: Request) -> Response:
    """Send a code to the new address; or, where one was typed, hold it against the one that was sent."""
    sent = (await read_form(request, most_files=0)).values
    credentials, (key, is_new) = credentials_of(request), browser_key(request)
    if "code" in sent:
        return await _try_mail(request, sent["code"])
    try:
        asked = await door.acall(
            sign_in.ask_to_add, credentials, mail=sent.get("mail", ""), browser_key=key, lang=language(request)
        )
    except TamemapError as error:
        return await _wrong(request, error, sent)
    answer = go(MAIL, lang=request.query_params.get("lang", ""))
    packed = base64.urlsafe_b64encode(asked.mail.encode()).decode().rstrip("=")
    life = int(sign_in.CODE_LIFE.total_seconds())
    answer.set_cookie(WAITING, packed, max_age=life, path=HERE, httponly=True, samesite="lax", secure=settings().secure)
    if is_new:
        remember_browser(answer, key)
    return answer


@own_page
def mail_page(request: Request) -> Response:
    """Where the code from the mail to the new address goes in."""
    door.call(_own, credentials_of(request))
    mail = _waiting(request)
    return _mail_page(request, mail) if mail else go(HERE, lang=request.query_params.get("lang", ""))


def _mail_page(request: Request, mail: str, error: TamemapError | None = None) -> Response:
    title = t("ways.mail_code_title", language(request))
    return show(request, "me_ways_mail.html", title=title, error=error, mail=mail, mail_folder=_mail_folder())


async def _try_mail(request: Request, code: str) -> Response:
    mail, lang = _waiting(request), request.query_params.get("lang", "")
    if not mail:
        return go(HERE, lang=lang)
    key, _ = browser_key(request)
    try:
        entered = await door.acall(sign_in.add_with_code, credentials_of(request), mail=mail, code=code, browser_key=key)
        if entered.problem:
            raise Invalid.at("code", entered.problem, tries_left=entered.tries_left)
    except Unauthenticated:
        raise
    except TamemapError as error:
        return await run_in_threadpool(_mail_page, request, mail, error)
    to = urls.with_query("/me/merge", key=entered.merge, lang=lang)
    answer = RedirectResponse(to, 303, {"Cache-Control": PRIVATE}) if entered.merge else go(HERE, said="ways_mail", lang=lang)
    remember_known(request, answer, entered.known)
    answer.delete_cookie(WAITING, path=HERE, httponly=True, samesite="lax", secure=settings().secure)
    return answer


def _waiting(request: Request) -> str:
    packed = session.cookies(request.headers.get("cookie", "")).get(WAITING, "")
    try:
        return base64.urlsafe_b64decode(packed + "=" * (-len(packed) % 4)).decode()[:400]
    except (binascii.Error, ValueError):
        return ""


@own_deed
async def change_passkey(request: Request) -> Response:
    """Call a passkey by another name, or (``do`` ``remove``) take it away."""
    sent = (await read_form(request, most_files=0)).values
    credentials, which = credentials_of(request), request.path_params["passkey"]
    try:
        if sent.get("do") == "remove":
            await door.acall(ways.remove_passkey, credentials, public_id=which)
            return go(HERE, said="ways_removed", lang=request.query_params.get("lang", ""))
        await door.acall(ways.rename_passkey, credentials, public_id=which, name=sent.get("name", ""))
    except TamemapError as error:
        return await _wrong(request, error)
    return go(HERE, said="ways_renamed", lang=request.query_params.get("lang", ""))


@own_deed
async def remove_identity(request: Request) -> Response:
    """Take an account at another program away from the ways in."""
    try:
        await door.acall(ways.remove_identity, credentials_of(request), public_id=request.path_params["identity"])
    except TamemapError as error:
        return await _wrong(request, error)
    return go(HERE, said="ways_removed", lang=request.query_params.get("lang", ""))


@own_deed
async def prove(request: Request) -> Response:
    """Show once more who one is, so that ways in can be changed: have a code sent, or type it. (A passkey has its own dance.)"""
    sent = (await read_form(request, most_files=0)).values
    try:
        return await (_prove_by(request, sent["code"]) if "code" in sent else _send_proof(request))
    except TamemapError as error:
        return await _wrong(request, error)


async def _send_proof(request: Request) -> Response:
    key, is_new = browser_key(request)
    await door.acall(sign_in.ask_again, credentials_of(request), browser_key=key, lang=language(request))
    to = urls.with_query(HERE, proof="sent", lang=request.query_params.get("lang", ""))
    answer = RedirectResponse(to, 303, {"Cache-Control": PRIVATE})
    if is_new:
        remember_browser(answer, key)
    return answer


async def _prove_by(request: Request, code: str) -> Response:
    entered = await door.acall(
        sign_in.again_with_code,
        credentials_of(request),
        code=code,
        browser_key=browser_key(request)[0],
        user_agent=request.headers.get("user-agent", ""),
    )
    if entered.problem:
        raise Invalid.at("code", entered.problem, tries_left=entered.tries_left)
    answer = go(HERE, said="ways_proved", lang=request.query_params.get("lang", ""))
    remember_session(answer, entered.token or "")
    remember_known(request, answer, entered.known)
    return answer


async def _wrong(request: Request, error: TamemapError, typed: dict[str, str] | None = None) -> Response:
    """The page with what was wrong; a session that is not fresh is told there how it becomes so."""
    if isinstance(error, Unauthenticated) and error.code != "ways_need_proof":
        raise error
    return await run_in_threadpool(_page, request, error=error, typed=typed)


routes = [
    Route(HERE, ways_page),
    Route(MAIL, mail_page),
    Route(MAIL, change_mail, methods=["POST"]),
    Route(f"{HERE}/proof", prove, methods=["POST"]),
    Route(f"{HERE}/passkeys/{{passkey}}", change_passkey, methods=["POST"]),
    Route(f"{HERE}/identities/{{identity}}", remove_identity, methods=["POST"]),
]
