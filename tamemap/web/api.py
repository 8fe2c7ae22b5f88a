"""The whole API: its routes, and problem+json for everything below ``/api`` that is not there or goes wrong."""

from __future__ import annotations

from typing import TYPE_CHECKING

from starlette.exceptions import HTTPException
from starlette.responses import PlainTextResponse, Response
from starlette.routing import Match, Route

from tamemap.errors import NotFound, TamemapError
from tamemap.i18n import t
from tamemap.web import (
    api_alike,
    api_answers,
    api_boards,
    api_docs,
    api_flyers,
    api_following,
    api_groups,
    api_kept,
    api_maps,
    api_people,
    api_photo_whole,
    api_photos,
    api_picture_edit,
    api_polls,
    api_readings,
    api_reports,
    api_search,
    api_topics,
    api_uploads,
)
from tamemap.web.problems import answer_problem, language, problem

if TYPE_CHECKING:
    from starlette.requests import Request
    from starlette.types import ExceptionHandler

BELOW = "/api/"
EVERY_METHOD = ["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"]


class MethodWrong(TamemapError):
    """The address is there, the method is not."""

    status = 405


class Broken(TamemapError):
    """Our own mistake; the log knows more."""

    status = 500


async def nothing_here(request: Request) -> Response:
    """No such address below ``/api`` (404), or not with this method (405 with all that there are in ``Allow``)."""
    allowed: set[str] = set()
    for route in routes[:-1]:
        if route.matches(request.scope)[0] is not Match.NONE:
            allowed |= route.methods or set()
    if not allowed:
        return problem(NotFound("address_unknown"), language(request))
    return _wrong_method(request, ", ".join(sorted(allowed)))


def _wrong_method(request: Request, allowed: str) -> Response:
    if request.method == "OPTIONS":
        return Response(status_code=204, headers={"Allow": allowed})
    answer = problem(MethodWrong("method_wrong", allowed=allowed), language(request))
    answer.headers["Allow"] = allowed
    return answer


async def answer_http(request: Request, error: Exception) -> Response:
    """Starlette's own refusals: below ``/api`` as problems, elsewhere in its own words."""
    assert isinstance(error, HTTPException)  # noqa: S101  registered for this class only
    if not request.url.path.startswith(BELOW):
        return PlainTextResponse(error.detail, error.status_code, error.headers)
    if error.status_code == 405:
        return _wrong_method(request, (error.headers or {}).get("Allow", ""))
    made = TamemapError("address_unknown" if error.status_code == 404 else "form_broken")
    made.status = error.status_code
    return problem(made, language(request))


async def answer_broken(request: Request, error: Exception) -> Response:
    """What nobody foresaw: said kindly and without details, which stand in the log."""
    if request.url.path.startswith(BELOW):
        return problem(Broken("unknown"), language(request))
    return PlainTextResponse(t("errors.unknown", language(request)), 500)


routes = [
    *api_maps.routes,
    *api_kept.routes,
    *api_photos.routes,
    *api_uploads.routes,
    *api_readings.routes,
    *api_photo_whole.routes,
    *api_picture_edit.routes,
    *api_flyers.routes,
    *api_answers.routes,
    *api_polls.routes,
    *api_boards.routes,
    *api_following.routes,
    *api_topics.routes,
    *api_groups.routes,
    *api_alike.routes,
    *api_reports.routes,
    *api_search.routes,
    *api_people.routes,
    *api_docs.routes,
    Route(BELOW + "{rest:path}", nothing_here, methods=EVERY_METHOD, include_in_schema=False),
]
exception_handlers: dict[object, ExceptionHandler] = {
    TamemapError: answer_problem,
    HTTPException: answer_http,
    Exception: answer_broken,
}
"""What ``application.web`` registers: errors on purpose, Starlette's own, and all others."""
