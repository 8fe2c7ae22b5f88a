"""``/sign-in`` and ``/auth/mail``: all ways in on one page; by mail with plain forms, the same with and without script."""

from __future__ import annotations

import base64
import binascii
from typing import TYPE_CHECKING, Any

from starlette.concurrency import run_in_threadpool
from starlette.responses import RedirectResponse, Response

from tamemap import door, session, urls
from tamemap.config import settings
from tamemap.errors import Invalid, TamemapError
from tamemap.gateways import oidc
from tamemap.i18n import t
from tamemap.services import sign_in
from tamemap.web.callers import (
    browser_key,
    credentials_of,
    forget_session,
    remember_browser,
    remember_session,
)
from tamemap.web.forms import read_form
from tamemap.web.known_browsers import known, remember_known
from tamemap.web.problems import words_of
from tamemap.web.respond import PRIVATE, async_page, document, language, page, policy
from tamemap.web.templating import Head, render

if TYPE_CHECKING:
    from sqlmodel import Session
    from starlette.requests import Request

    from tamemap.domain.actors import Actor
    from tamemap.services.sessions import Entered

# which address waits for its code: a phone throws the page away while its owner reads the mail, and must find it again
WAITING = "tamemap_sign_in"
# why somebody is back at the beginning: cancelled at a provider, or the browser keeps no cookies (or kept this one too long)
BACK = ("provider_cancelled", "no_cookie")
HOME = "/"


@page
def ask_page(request: Request) -> Response:
    """All ways in, mail first; for who is signed in already, the way on and the way out."""
    name = door.call(_name, credentials_of(request))
    return _ask_page(request, name=name, then=urls.own_path(request.query_params.get("then", "")))


def _name(db: Session, actor: Actor) -> str:
    return actor.name


def _ask_page(request: Request, *, then: str, name: str = "", mail: str = "", error: TamemapError | None = None) -> Response:
    lang = language(request)
    providers = [(one.name, oidc.label_of(one.name, lang)) for one in oidc.configured()]
    said = request.query_params.get("said", "")
    said = t(f"said.{said}", lang) if said in BACK else ""
    return _page(request, "sign_in.html", error=error, name=name, mail=mail, then=then, providers=providers, said=said)


@async_page
async def ask(request: Request) -> Response:
    """Send the mail, and go on to the page for the code, which can be loaded again without sending another."""
    sent = (await read_form(request, most_files=0)).values
    mail, then = sent.get("mail", ""), urls.own_path(sent.get("then", ""))
    key, is_new = browser_key(request)
    try:
        asked = await door.acall(
            sign_in.ask,
            credentials_of(request),
            mail=mail,
            browser_key=key,
            then=then,
            lang=language(request),
            known=known(request),
        )
    except TamemapError as error:
        return await run_in_threadpool(_ask_page, request, error=error, mail=mail[:400], then=then)
    answer = RedirectResponse(_stay(request, "/sign-in/code?asked=1"), 303, {"Cache-Control": PRIVATE})
    life = int(sign_in.CODE_LIFE.total_seconds())
    answer.set_cookie(WAITING, _packed(asked.mail, then), max_age=life, path="/sign-in", httponly=True, samesite="lax",
                      secure=settings().secure)  # fmt: skip
    if is_new:
        remember_browser(answer, key)
    return answer


@page
def code_page(request: Request) -> Response:
    """Where the code goes in."""
    mail, then = _waiting(request)
    if not mail:
        # the browser did not bring back what it was given a moment ago: without a word it would be sent round in circles
        return RedirectResponse(_stay(request, "/sign-in" + ("?said=no_cookie" if "asked" in request.query_params else "")), 303)
    return _page(request, "code.html", mail=mail, then=then)


@async_page
async def enter_code(request: Request) -> Response:
    """Sign in with the code from the mail."""
    sent = (await read_form(request, most_files=0)).values
    waiting, then = _waiting(request)
    mail = sent.get("mail", "") or waiting
    key, _ = browser_key(request)
    try:
        entered = await door.acall(
            sign_in.with_code,
            credentials_of(request),
            mail=mail,
            code=sent.get("code", ""),
            browser_key=key,
            user_agent=request.headers.get("user-agent", ""),
            lang=language(request),
            known=known(request),
        )
        if entered.token is None:
            raise Invalid.at("code", entered.problem, tries_left=entered.tries_left)
    except TamemapError as error:
        return await run_in_threadpool(_page, request, "code.html", error=error, mail=mail[:400], then=then)
    return _welcome(request, entered)


@page
def link_page(request: Request) -> Response:
    """What the link in the mail opens: one button. Programs that look into mails open links too; none of them presses it."""
    return _page(request, "link.html", token=request.query_params.get("token", "")[:200])


@async_page
async def follow_link(request: Request) -> Response:
    """Sign in with the link from the mail."""
    sent = (await read_form(request, most_files=0)).values
    key, _ = browser_key(request)
    entered = await door.acall(
        sign_in.with_link,
        credentials_of(request),
        token=sent.get("token", ""),
        browser_key=key,
        user_agent=request.headers.get("user-agent", ""),
        lang=language(request),
    )
    if entered.token is None:
        return await run_in_threadpool(_page, request, "link.html", error=Invalid(entered.problem), token="")
    return _welcome(request, entered)


@async_page
async def leave(request: Request) -> Response:
    """Sign out, and go where the form says (home)."""
    sent = (await read_form(request, most_files=0)).values
    credentials = credentials_of(request)
    await door.acall(sign_in.sign_out, credentials, token=credentials.session_token)
    answer = RedirectResponse(urls.own_path(sent.get("then", "")) or HOME, 303)
    forget_session(answer)
    return answer


def _welcome(request: Request, entered: Entered) -> Response:
    """On to where they wanted; who is here for the first time is offered a passkey on the way."""
    to = entered.then or HOME
    if entered.new_person:
        to = _stay(request, urls.with_query("/me/ways", welcome="1", then=entered.then))
    answer = RedirectResponse(to, 303, {"Cache-Control": PRIVATE})
    remember_session(answer, entered.token or "")
    remember_known(request, answer, entered.known)
    answer.delete_cookie(WAITING, path="/sign-in", httponly=True, samesite="lax", secure=settings().secure)
    return answer


def _page(request: Request, template: str, *, error: TamemapError | None = None, **values: Any) -> Response:
    lang = language(request)
    body = render(
        template,
        lang,
        head=Head(title=t("sign_in.head_title", lang), index=False, place="person"),
        problem=words_of(error.code, lang, error.params) if error else "",
        mail_folder=f"{settings().data_dir.name}/mail" if not settings().mail_url else "",
        **values,
    )
    # the token of a link must not reach anybody through a Referer
    headers = {"Referrer-Policy": "no-referrer", "X-Robots-Tag": "noindex"}
    if error and "retry_after" in error.params:
        headers["Retry-After"] = str(error.params["retry_after"])
    rules = policy(forms=oidc.form_origins())
    return document(request, body, cache=PRIVATE, policy=rules, status=error.status if error else 200, headers=headers)


def _stay(request: Request, path: str) -> str:
    """The path in the document's language."""
    lang = request.query_params.get("lang", "")
    return f"{path}{'&' if '?' in path else '?'}{urls.with_query('', lang=lang)[1:]}" if lang else path


def _packed(mail: str, then: str) -> str:
    return base64.urlsafe_b64encode(f"{mail}\n{then}".encode()).decode().rstrip("=")


def _waiting(request: Request) -> tuple[str, str]:
    """The address that waits for its code in this browser (empty: none), and where to go on to from there."""
    packed = session.cookies(request.headers.get("cookie", "")).get(WAITING, "")
    try:
        mail, _, then = base64.urlsafe_b64decode(packed + "=" * (-len(packed) % 4)).decode().partition("\n")
    except (binascii.Error, ValueError):
        return "", ""
    return mail[:400], urls.own_path(then)
