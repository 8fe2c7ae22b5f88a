"""``/sign-in`` and ``/auth/mail``: sign-in by mail with plain forms, the same with and without script."""

from __future__ import annotations

import base64
import binascii
from typing import TYPE_CHECKING, Any

from starlette.concurrency import run_in_threadpool
from starlette.responses import RedirectResponse, Response

from tamemap import door, session, urls
from tamemap.config import settings
from tamemap.errors import Invalid, TamemapError
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
HOME = "/"


@page
def ask_page(request: Request) -> Response:
    """Where the mail address goes in; for who is signed in already, the way on and the way out."""
    name = door.call(_name, credentials_of(request))
    return _page(request, "sign_in.html", name=name, then=urls.own_path(request.query_params.get("then", "")))


def _name(db: Session, actor: Actor) -> str:
    return actor.name


@async_page
async def ask(request: Request) -> Response:
    """Send the mail, and go on to the page for the code, which can be loaded again without sending another."""
    sent = (await read_form(request, most_files=0)).values
    mail, then = sent.get("mail", ""), urls.own_path(sent.get("then", ""))
    key, is_new = browser_key(request)
    try:
        asked = await door.acall(
            sign_in.ask, credentials_of(request), mail=mail, browser_key=key, then=then, lang=language(request)
        )
    except TamemapError as error:
        return await run_in_threadpool(_page, request, "sign_in.html", error=error, mail=mail, then=then, name="")
    answer = RedirectResponse(_stay(request, "/sign-in/code"), 303)
    life = int(sign_in.CODE_LIFE.total_seconds())
    answer.set_cookie(WAITING, _packed(asked.mail), max_age=life, path="/sign-in", httponly=True, samesite="lax",
                      secure=settings().secure)  # fmt: skip
    if is_new:
        remember_browser(answer, key)
    return answer


@page
def code_page(request: Request) -> Response:
    """Where the code goes in."""
    mail = _waiting(request)
    if not mail:
        return RedirectResponse(_stay(request, "/sign-in"), 303)
    return _page(request, "code.html", mail=mail)


@async_page
async def enter_code(request: Request) -> Response:
    """Sign in with the code from the mail."""
    sent = (await read_form(request, most_files=0)).values
    mail = sent.get("mail", "") or _waiting(request)
    key, _ = browser_key(request)
    attempt = await door.acall(
        sign_in.with_code,
        credentials_of(request),
        mail=mail,
        code=sent.get("code", ""),
        browser_key=key,
        user_agent=request.headers.get("user-agent", ""),
        lang=language(request),
    )
    if attempt.token is None:
        error = Invalid.at("code", attempt.problem or "sign_in_code_wrong", tries_left=attempt.tries_left)
        return await run_in_threadpool(_page, request, "code.html", error=error, mail=mail)
    return _welcome(attempt)


@page
def link_page(request: Request) -> Response:
    """What the link in the mail opens: one button. Programs that look into mails open links too; none of them presses it."""
    return _page(request, "link.html", token=request.query_params.get("token", "")[:200])


@async_page
async def follow_link(request: Request) -> Response:
    """Sign in with the link from the mail."""
    sent = (await read_form(request, most_files=0)).values
    key, _ = browser_key(request)
    attempt = await door.acall(
        sign_in.with_link,
        credentials_of(request),
        token=sent.get("token", ""),
        browser_key=key,
        user_agent=request.headers.get("user-agent", ""),
        lang=language(request),
    )
    if attempt.token is None:
        return await run_in_threadpool(
            _page, request, "link.html", error=Invalid(attempt.problem or "sign_in_link_over"), token=""
        )
    return _welcome(attempt)


@async_page
async def leave(request: Request) -> Response:
    """Sign out, and go where the form says (home)."""
    sent = (await read_form(request, most_files=0)).values
    credentials = credentials_of(request)
    await door.acall(sign_in.sign_out, credentials, token=credentials.session_token)
    answer = RedirectResponse(urls.own_path(sent.get("then", "")) or HOME, 303)
    forget_session(answer)
    return answer


def _welcome(attempt: Entered) -> Response:
    answer = RedirectResponse(attempt.then or HOME, 303, {"Cache-Control": PRIVATE})
    remember_session(answer, attempt.token or "")
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
    return document(request, body, cache=PRIVATE, policy=policy(), status=error.status if error else 200, headers=headers)


def _stay(request: Request, path: str) -> str:
    """The path in the document's language."""
    return urls.with_query(path, lang=request.query_params.get("lang", ""))


def _packed(mail: str) -> str:
    return base64.urlsafe_b64encode(mail.encode()).decode().rstrip("=")


def _waiting(request: Request) -> str:
    """The address that waits for its code in this browser; empty when there is none."""
    packed = session.cookies(request.headers.get("cookie", "")).get(WAITING, "")
    try:
        return base64.urlsafe_b64decode(packed + "=" * (-len(packed) % 4)).decode()
    except (binascii.Error, ValueError):
        return ""
