"""Errors as words: RFC 9457 problem+json for programs and phones, in Japanese or English as they ask."""

from __future__ import annotations

import logging
from http import HTTPStatus
from typing import TYPE_CHECKING

from starlette.responses import JSONResponse

from tamemap.errors import TamemapError
from tamemap.i18n import negotiate, t
from tamemap.logs import request_id

if TYPE_CHECKING:
    from starlette.requests import Request
    from starlette.responses import Response

log = logging.getLogger("tamemap.web")


def language(request: Request) -> str:
    """The language this request would like."""
    return negotiate(request.headers.get("accept-language", ""))


def words_of(code: str, lang: str, params: dict[str, object]) -> str:
    """The sentence for an error's code; the general one for a code whose sentence needs more than we know."""
    try:
        return t(f"errors.{code}", lang, **params)
    except KeyError:
        log.error("no words for the error code %s", code)
        return t("errors.unknown", lang)


def problem(error: TamemapError, lang: str) -> JSONResponse:
    """The answer to an error: ``type, title, status, detail``, ``request_id`` and
    ``errors: [{field, code, message}]``."""
    fields = [{"field": one.field, "code": one.code, "message": words_of(one.code, lang, one.params)} for one in error.errors]
    body = {
        "type": f"/problems/{error.code}",
        "title": t(f"problems.{error.status}", lang),
        "status": error.status,
        "detail": words_of(error.code, lang, error.params),
        "code": error.code,
        "errors": fields,
    }
    if number := request_id.get():
        # for whoever asks us about it: so we find it in the log
        body["request_id"] = number
    headers = {"Cache-Control": "no-store", "Content-Language": lang}
    if challenge := _challenge(error):
        headers["WWW-Authenticate"] = challenge
    if (seconds := error.params.get("retry_after")) is not None:
        headers["Retry-After"] = str(seconds)
    return JSONResponse(body, error.status, headers, media_type="application/problem+json")


def _challenge(error: TamemapError) -> str:
    """What a program's token is lacking (RFC 6750 section 3); people sign in on a page."""
    if error.code == "token_wrong":
        return 'Bearer realm="tamemap", error="invalid_token"'
    if error.code == "token_scope_missing":
        return 'Bearer realm="tamemap", error="insufficient_scope"'
    return 'Bearer realm="tamemap"' if error.status == HTTPStatus.UNAUTHORIZED else ""


async def answer_problem(request: Request, error: Exception) -> Response:
    """Starlette's handler for TamemapError below ``/api``."""
    assert isinstance(error, TamemapError)  # noqa: S101  registered for this class only
    return problem(error, language(request))
