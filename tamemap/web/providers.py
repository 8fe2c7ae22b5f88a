"""``/auth/{provider}`` and ``/auth/residence``: the browser's part of OpenID Connect. Off by a form, back by a link.

What came back wrong ends on a page that says so in a sentence and leads on: once more, or in by another way.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import Route

from tamemap import door, urls
from tamemap.errors import Forbidden, NotFound, TamemapError, Unauthenticated, Unavailable
from tamemap.gateways import oidc
from tamemap.i18n import AVAILABLE, DEFAULT, t
from tamemap.services import identities
from tamemap.web.callers import browser_key, credentials_of, remember_browser, remember_session
from tamemap.web.forms import read_form
from tamemap.web.own_pages import go, own_deed, show
from tamemap.web.respond import PRIVATE, language, page

if TYPE_CHECKING:
    from tamemap.gateways.oidc import Claims, Provider
    from tamemap.services.sessions import Entered

SIGN_IN, WAYS, MERGE, RESIDENCE = "/sign-in", "/me/ways", "/me/merge", "/me/residence"
HOME = "/"
# the answer to a form of a provider's own page (OAuth 2.0 Form Post Response Mode): nothing is done on it
CALLBACK = re.compile(r"/auth/[a-z][a-z0-9-]{1,19}/callback")
ANSWER = ("state", "code", "error", "iss")
MOST, MOST_BODY = 4_000, 64 * 1024
# RFC 6749 §4.1.2.1, OpenID Connect Core 1.0 §3.1.2.6 and Apple: the person did not want to
CANCELLED = frozenset({"access_denied", "user_cancelled_authorize", "user_cancelled_login", "login_required",
                       "consent_required", "interaction_required"})  # fmt: skip


def _provider(request: Request) -> Provider:
    found = oidc.provider_named(request.path_params["provider"])
    if found is None:
        raise NotFound("provider_unknown")
    return found


def callback_of(name: str) -> str:
    """The address to which a provider sends people back; it is registered there letter by letter."""
    return urls.absolute(f"/auth/{name}/callback")


@own_deed
async def begin(request: Request) -> Response:
    """Off to the provider, to sign in or (``purpose`` ``add``) to add it as a way in; ``then`` is where to go afterwards."""
    provider = _provider(request)
    sent = (await read_form(request, most_files=0)).values
    purpose, then = sent.get("purpose") or "sign_in", urls.own_path(sent.get("then", ""))
    key, is_new = browser_key(request)
    try:
        begun = await door.acall(identities.begin, credentials_of(request), provider=provider.name, browser_key=key,
                                 purpose=purpose, then=then, lang=language(request))  # fmt: skip
        return await _off(request, provider, begun, key if is_new else "", again=sent.get("again") == "1")
    except Unauthenticated:
        raise
    except TamemapError as error:
        return await _stopped(request, error, provider=provider, purpose=purpose, then=then)


@own_deed
async def begin_residence(request: Request) -> Response:
    """Off to the デジタル認証アプリ, to prove in which town one lives."""
    provider = _digital()
    key, is_new = browser_key(request)
    try:
        begun = await door.acall(identities.begin_residence, credentials_of(request), provider=provider.name, browser_key=key,
                                 lang=language(request))  # fmt: skip
        return await _off(request, provider, begun, key if is_new else "")
    except (Unauthenticated, Forbidden):
        raise
    except TamemapError as error:
        return await _stopped(request, error, provider=provider, purpose="residence")


def _digital() -> Provider:
    found = oidc.digital()
    if found is None:
        raise NotFound("provider_unknown")
    return found


async def _off(request: Request, provider: Provider, begun: identities.Begun, new_key: str, *, again: bool = False) -> Response:
    lang = language(request)
    url = await oidc.authorize_url(
        provider,
        state=begun.state,
        nonce=begun.nonce,
        verifier=begun.verifier,
        redirect_uri=callback_of(provider.name),
        lang=lang,
        without_app=again,
    )
    if provider.authorize_url:
        # a redirect, so that LINE's app opens by itself; the form's page allows this origin (oidc.form_origins)
        answer: Response = RedirectResponse(url, 303)
    else:
        # where its way leads is not known beforehand: browsers would hold every stop on it against the form's policy
        title = t("provider.leaving", lang, provider=provider.words(lang))
        answer = await run_in_threadpool(show, request, "provider_leave.html", title=title, url=url)
    answer.headers["Cache-Control"] = PRIVATE
    answer.headers["Referrer-Policy"] = "no-referrer"
    if new_key:
        remember_browser(answer, new_key)
    return answer


async def by_post(request: Request) -> Response:
    """Apple's answer comes as a form from Apple's page, so without our cookies: nothing is done but to ask for it by a link.

    The only unsafe request that other sites' pages may send (``web.application``); it reads and changes nothing.
    """
    provider = oidc.provider_named(request.path_params["provider"])
    if provider is None or not provider.comes_back_by_post:
        return Response(status_code=404, headers={"Cache-Control": PRIVATE})
    length = request.headers.get("content-length", "")
    if not length.isdigit() or int(length) > MOST_BODY:
        return Response(status_code=413, headers={"Cache-Control": PRIVATE})
    sent = (await read_form(request, most_files=0)).values
    answer = {name: sent[name][:MOST] for name in ANSWER if name in sent}
    return RedirectResponse(urls.with_query(request.url.path, **answer), 303, {"Cache-Control": PRIVATE})


@own_deed
async def come_back(request: Request) -> Response:
    """Back from the provider: signed in, or with one more way in; once, in the same browser."""
    provider = _provider(request)
    key, _ = browser_key(request)
    credentials, purpose, then, lang = credentials_of(request), "sign_in", "", language(request)
    try:
        back = await door.acall(identities.take, credentials, provider=provider.name, state=_said(request, "state"),
                                browser_key=key)  # fmt: skip
        purpose, then, lang = back.taken.purpose, back.taken.then, _known(back.lang)
        if _cancelled(request, provider):
            where, then = (WAYS, "") if purpose == "add" else (SIGN_IN, then)
            return _on(where, lang, said="provider_cancelled", then=then)
        claims = await _claims(request, provider, back)
        agent = request.headers.get("user-agent", "")
        entered = await door.acall(identities.enter, credentials, taken=back.taken, subject=claims.identity, browser_key=key,
                                   user_agent=agent, lang=lang)  # fmt: skip
    except Unauthenticated:
        raise
    except TamemapError as error:
        return await _stopped(request, error, provider=provider, purpose=purpose, then=then, lang=lang)
    return _welcome(entered, purpose, lang)


@own_deed
async def residence_back(request: Request) -> Response:
    """Back from the デジタル認証アプリ: the town is kept and the address forgotten before this ends."""
    provider = _digital()
    key, _ = browser_key(request)
    credentials, lang = credentials_of(request), language(request)
    try:
        back = await door.acall(identities.take, credentials, provider=provider.name, state=_said(request, "state"),
                                browser_key=key, kind=identities.RESIDENCE)  # fmt: skip
        lang = _known(back.lang)
        if _cancelled(request, provider):
            return _on(RESIDENCE, lang, said="residence_cancelled")
        claims = await _claims(request, provider, back)
        await door.acall(identities.prove_residence, credentials, address=claims.address)
    except Unauthenticated:
        raise
    except TamemapError as error:
        return await _stopped(request, error, provider=provider, purpose="residence", lang=lang)
    return _on(RESIDENCE, lang, said="residence_proved")


async def _claims(request: Request, provider: Provider, back: identities.Returned) -> Claims:
    return await oidc.redeem(
        provider,
        code=_said(request, "code"),
        verifier=back.verifier,
        nonce=back.nonce,
        redirect_uri=callback_of(provider.name),
        said_issuer=_said(request, "iss"),
    )


def _said(request: Request, name: str) -> str:
    return request.query_params.get(name, "")


def _known(lang: str) -> str:
    return lang if lang in AVAILABLE else DEFAULT


def _cancelled(request: Request, provider: Provider) -> bool:
    """Whether the person did not want to. Raises Unavailable for every other error that the provider says."""
    error = _said(request, "error")
    if error and error not in CANCELLED:
        raise Unavailable("provider_away")
    return bool(error)


def _on(path: str, lang: str, **params: str) -> Response:
    return go(urls.with_query(path, lang="" if lang == DEFAULT else lang, **params))


def _welcome(entered: Entered, purpose: str, lang: str) -> Response:
    if entered.merge:
        return _on(MERGE, lang, key=entered.merge)
    if purpose == "add":
        return go(entered.then) if entered.then not in {"", WAYS} else _on(WAYS, lang, said="provider_added")
    answer = _on(WAYS, lang, welcome="1", then=entered.then) if entered.new_person else go(entered.then or HOME)
    remember_session(answer, entered.token or "")
    return answer


async def _stopped(
    request: Request, error: TamemapError, *, provider: Provider, purpose: str, then: str = "", lang: str = ""
) -> Response:
    """A page that says what happened, and leads on: once more, or by another way."""
    lang = lang or language(request)
    purpose = purpose if purpose in {"add", "residence"} else "sign_in"
    # what came back knows no language; the page speaks the one that it began in
    spoken = request if lang == language(request) else Request({**request.scope, "query_string": f"lang={lang}".encode()})
    deed = "/auth/residence" if purpose == "residence" else f"/auth/{provider.name}"
    other = {"add": WAYS, "residence": RESIDENCE}.get(purpose, urls.sign_in(then))
    return await run_in_threadpool(
        show,
        spoken,
        "provider_stopped.html",
        title=t(f"provider.stopped_{purpose}", lang, provider=provider.words(lang)),
        error=error,
        deed=deed,
        purpose=purpose,
        then=then,
        other=other,
        provider=provider.words(lang),
    )


@page
def looked_at(request: Request) -> Response:
    """Where a form stood that leads to a provider: who had to show first who they are comes back here, and presses it again."""
    if "provider" in request.path_params:
        _provider(request)
        return go(WAYS, lang=request.query_params.get("lang", ""))
    return go(RESIDENCE, lang=request.query_params.get("lang", ""))


POST = ["POST"]
# the last of all below /auth/: a provider's name could be anything
routes = [
    Route("/auth/residence", begin_residence, methods=POST),
    Route("/auth/residence", looked_at),
    Route("/auth/residence/callback", residence_back),
    Route("/auth/{provider}", begin, methods=POST),
    Route("/auth/{provider}", looked_at),
    Route("/auth/{provider}/callback", come_back),
    Route("/auth/{provider}/callback", by_post, methods=POST),
]
