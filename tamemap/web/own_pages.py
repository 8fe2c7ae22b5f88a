"""What all pages of signed-in people share (``/me/…``, ``/desk/…``, ``/g/…/manage``): one look, kind errors, the way to sign-in.

They are plain forms that work without script. A form that was wrong comes back with what was typed; one that was right leads
on (303) to a page that says what was done, so that a reload does nothing twice.
"""

from __future__ import annotations

from functools import wraps
from typing import TYPE_CHECKING, Any

from starlette.concurrency import run_in_threadpool
from starlette.responses import RedirectResponse, Response

from tamemap import urls
from tamemap.errors import TamemapError, Unauthenticated
from tamemap.gateways import oidc
from tamemap.i18n import t, words
from tamemap.web.problems import words_of
from tamemap.web.respond import PRIVATE, document, error_page, language, policy
from tamemap.web.templating import Head, render

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Mapping

    from starlette.requests import Request


def own_page(function: Callable[[Request], Response]) -> Callable[[Request], Response]:
    """A handler of GET: guests are sent to sign in and come back, staff to show once more who they are; errors become a page."""

    @wraps(function)
    def answered(request: Request) -> Response:
        try:
            return function(request)
        except Unauthenticated as error:
            return _to_sign_in(request, error)
        except TamemapError as error:
            return error_page(request, error)

    return answered


def own_deed(function: Callable[[Request], Awaitable[Response]]) -> Callable[[Request], Awaitable[Response]]:
    """A handler of POST, as ``own_page``. It catches by itself what its form should show (``Invalid``, ``Conflict``, …)."""

    @wraps(function)
    async def answered(request: Request) -> Response:
        try:
            return await function(request)
        except Unauthenticated as error:
            return await run_in_threadpool(_to_sign_in, request, error)
        except TamemapError as error:
            return await run_in_threadpool(error_page, request, error)

    return answered


def _to_sign_in(request: Request, error: Unauthenticated) -> Response:
    # after a form the way back is the page that it stood on: a POST cannot be repeated by a link
    here = request.url.path + (f"?{request.url.query}" if request.url.query and request.method == "GET" else "")
    gate = "/auth/again" if error.code in {"desk_needs_proof", "ways_need_proof"} else "/sign-in"
    return RedirectResponse(urls.with_query(gate, then=here, lang=request.query_params.get("lang", "")), 303,
                            {"Cache-Control": PRIVATE})  # fmt: skip


def show(
    request: Request,
    template: str,
    *,
    title: str,
    error: TamemapError | None = None,
    typed: Mapping[str, str] | None = None,
    place: str = "person",
    scripts: tuple[str, ...] = (),
    **values: Any,
) -> Response:
    """A page in the house's look, never cached. The template extends ``own.html`` and gets besides ``values``:

    ``title`` (words), ``said`` (what was just done, from ``?said=``), ``problem`` and ``wrong`` (field → words, from ``error``)
    and ``typed`` (what stood in the form). ``scripts`` are addresses of our own scripts, loaded deferred.
    """
    lang = language(request)
    wrong = {one.field: words_of(one.code, lang, one.params) for one in error.errors} if error else {}
    body = render(
        template,
        lang,
        head=Head(title=t("own.head_title", lang, title=title), index=False, place=place),
        title=title,
        said=said_words(request, lang),
        problem=words_of(error.code, lang, error.params) if error else "",
        wrong=wrong,
        typed=dict(typed or {}),
        own_scripts=scripts,
        **values,
    )
    headers = {"X-Robots-Tag": "noindex", "Referrer-Policy": "same-origin"}
    if error and "retry_after" in error.params:
        headers["Retry-After"] = str(error.params["retry_after"])
    # people add LINE to their ways in from here, and prove where they live
    allowed = policy(forms=oidc.form_origins())
    return document(request, body, cache=PRIVATE, policy=allowed, status=error.status if error else 200, headers=headers)


def go(path: str, said: str = "", lang: str = "") -> Response:
    """On to another page of ours, which says ``said`` (a key below ``said.`` in the locale files)."""
    query = urls.with_query("", said=said, lang=lang)
    return RedirectResponse(path + (query.replace("?", "&", 1) if "?" in path else query), 303, {"Cache-Control": PRIVATE})


def said_words(request: Request, lang: str) -> str:
    """The words of ``?said=``: only our own ones, whatever a link says."""
    return words(lang).get(f"said.{request.query_params.get('said', '')}", "")
