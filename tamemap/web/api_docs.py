"""The API described: ``/api/v1/openapi.json`` for programs, ``/api/docs`` for people. Both are made from the routes."""

from __future__ import annotations

import re
from functools import lru_cache
from html import escape
from http import HTTPStatus
from typing import TYPE_CHECKING, Any

from starlette.responses import JSONResponse, Response
from starlette.routing import Route
from starlette.schemas import SchemaGenerator

from tamemap import __version__, urls
from tamemap.i18n import AVAILABLE, t
from tamemap.urls import API
from tamemap.web.api_schemas import COMPONENTS, schema_of
from tamemap.web.problems import language
from tamemap.web.respond import policy

if TYPE_CHECKING:
    from collections.abc import Sequence

    from starlette.applications import Starlette
    from starlette.requests import Request
    from starlette.routing import BaseRoute

DOCS = "/api/docs"
OPENAPI = f"{API}/openapi.json"
PARAMETER = re.compile(r"{(\w+)}")
WHOLE_NUMBERS = frozenset("zxy")
GEOJSON_TAILS = ("/tiles/{z}/{x}/{y}", "/introductions")
# what anybody may be told who shows a program's token
TOKEN_REFUSED = {
    401: {"description": "a token that does not count (any more)"},
    403: {"description": "the token is not good for this"},
    429: {"description": "too often"},
}
# what anybody may be told while a part of the house is away
AWAY = {
    503: {"description": "a part is away (`database_away`, `storage_away`, `storage_full`): come again after Retry-After seconds"}
}
# what any write may be told before it is looked at closer
REFUSED = {
    403: {"description": "from another site, or not yours"},
    413: {"description": "too large"},
    422: {"description": "fields to be mended"},
}
METHODS = ("get", "post", "put", "patch", "delete")


def described(routes: Sequence[BaseRoute]) -> dict[str, Any]:
    """The OpenAPI 3.1 description of these routes, from their docstrings."""
    base = {
        "openapi": "3.1.0",
        "info": {"title": "Tamemap API", "version": __version__, "description": t("api.intro", "en")},
        "servers": [{"url": urls.absolute("")}],
        "components": {
            "schemas": COMPONENTS,
            "securitySchemes": {
                "session": {"type": "apiKey", "in": "cookie", "name": "tamemap_session"},
                "bearer": {"type": "http", "scheme": "bearer", "description": "the token of a group's or a town's program"},
            },
        },
    }
    made = SchemaGenerator(base).get_schema(list(routes))
    names = _names(routes)
    made["paths"] = {
        path: {method: _whole(path, method, found[method], names[path, method.upper()]) for method in METHODS if method in found}
        for path, found in made["paths"].items()
    }
    return made


def _names(routes: Sequence[BaseRoute]) -> dict[tuple[str, str], str]:
    """The operations' names by path and method: that of the function, with the method where it serves several."""
    names = {}
    for route in routes:
        if not isinstance(route, Route):
            continue
        methods = (route.methods or set()) - {"HEAD"}
        for method in methods:
            names[route.path, method] = route.endpoint.__name__ + (f"_{method.lower()}" if len(methods) > 1 else "")
    return names


def _whole(path: str, method: str, operation: dict[str, Any], name: str) -> dict[str, Any]:
    """An operation with what its docstring need not say: its name, its path's parameters, the shapes of its answers."""
    parameters = [
        {"in": "path", "name": one, "required": True, "schema": {"type": "integer" if one in WHOLE_NUMBERS else "string"}}
        for one in PARAMETER.findall(path)
    ]
    said = (
        TOKEN_REFUSED
        | AWAY
        | (REFUSED if method != "get" else {})
        | {int(status): words for status, words in operation["responses"].items()}
    )
    answers = {str(status): _answer(status, path, said[status]) for status in sorted(said)}
    whole = operation | {
        "operationId": name,
        "tags": [path.removeprefix(API).split("/")[1]],
        "parameters": parameters + operation.get("parameters", []),
        "responses": answers,
    }
    whole["security"] = [{}, {"session": []}, {"bearer": []}]
    return whole


def _answer(status: int, path: str, said: dict[str, Any]) -> dict[str, Any]:
    if status >= HTTPStatus.BAD_REQUEST:
        problem = {"schema": {"$ref": "#/components/schemas/Problem"}}
        return said | {"content": {"application/problem+json": problem}}
    kind = "application/geo+json" if path.endswith(GEOJSON_TAILS) else "application/json"
    schema = schema_of(said["description"])
    return said | {"content": {kind: {"schema": schema}}} if schema else said


def openapi(request: Request) -> Response:
    """
    summary: This description
    responses: {200: {description: OpenAPI 3.1}}
    """
    return JSONResponse(_description(request.app), headers={"Cache-Control": "public, no-cache"})


async def docs(request: Request) -> Response:
    """The same on a page, in Japanese unless the reader wishes otherwise."""
    lang = request.query_params.get("lang", "")
    page = _page(request.app, lang if lang in AVAILABLE else language(request))
    headers = {"Content-Security-Policy": policy(), "Vary": "Accept-Language", "Cache-Control": "public, no-cache"}
    return Response(page, headers=headers, media_type="text/html")


@lru_cache(maxsize=2)
def _description(app: Starlette) -> dict[str, Any]:
    return described([route for route in app.routes if isinstance(route, Route) and route.path.startswith(f"{API}/")])


@lru_cache(maxsize=4)
def _page(app: Starlette, lang: str) -> str:
    parts = [
        "<!DOCTYPE html>",
        f'<html lang="{lang}"><head><meta charset="utf-8">',
        '<meta name="viewport" content="width=device-width, initial-scale=1">',
        f'<title>{escape(t("api.title", lang))}</title><link rel="stylesheet" href="/app.css">',
        '<link rel="icon" href="/icons/favicon.svg" type="image/svg+xml"></head><body>',
        '<header class="tm-header"><a class="tm-header__brand" href="/">'
        f'{escape(t("shell.brand", lang))}</a></header><main class="tm-page tm-page--narrow tm-stack" id="main">',
        f"<h1>{escape(t('api.title', lang))}</h1><p>{escape(t('api.intro', lang))}</p>",
        f'<p><a class="tm-link" href="{OPENAPI}">{escape(t("api.machine", lang))}</a></p>',
    ]
    for path, operations in _description(app)["paths"].items():
        parts.append(f'<section class="tm-panel tm-stack tm-stack--tight"><h2><code>{escape(path)}</code></h2>')
        parts += [_operation(lang, method, found) for method, found in operations.items()]
        parts.append("</section>")
    return "\n".join([*parts, "</main></body></html>"])


def _operation(lang: str, method: str, operation: dict[str, Any]) -> str:
    rows = "".join(_parameter(lang, one) for one in operation["parameters"])
    statuses = " · ".join(sorted(operation["responses"]))
    said = escape(t(f"api.{operation['operationId']}", lang))
    return (
        f"<h3><code>{method.upper()}</code> {said}</h3>"
        + (f'<dl class="tm-facts">{rows}</dl>' if rows else "")
        + f'<p class="tm-muted">{escape(t("api.answers", lang))} {statuses}</p>'
    )


def _parameter(lang: str, one: dict[str, Any]) -> str:
    where = t(f"api.in_{one['in']}", lang)
    known = ", ".join(one["schema"].get("enum", ()))
    # the descriptions are for programmers and in English; a Japanese page says where, and which words there are
    said = " · ".join(filter(None, [where, known, one.get("description", "") if lang == "en" else ""]))
    return f"<dt><code>{escape(one['name'])}</code></dt><dd>{escape(said)}</dd>"


routes = [Route(OPENAPI, openapi), Route(DOCS, docs, include_in_schema=False)]
