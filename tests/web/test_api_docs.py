"""The API describes itself: valid OpenAPI 3.1 over every route, and a page that a person can read."""

from __future__ import annotations

import re

import pytest
from openapi_spec_validator import OpenAPIV31SpecValidator
from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.routing import Route
from starlette.testclient import TestClient

from tamemap import i18n
from tamemap.web import api
from tamemap.web.api_docs import DOCS
from tests.web.browsers import API, problem


@pytest.fixture
def description(visit):
    """What programs are told."""
    return visit().get(f"{API}/openapi.json").json()


def operations(description):
    return [operation for path in description["paths"].values() for operation in path.values()]


def test_the_description_is_valid_openapi(description):
    assert description["openapi"].startswith("3.1")
    assert [error.message for error in OpenAPIV31SpecValidator(description).iter_errors()] == []
    assert {"Problem", "Card", "Flyer", "Map"} <= set(description["components"]["schemas"])


def test_every_route_and_method_is_described(description):
    served = {
        (route.path, method.lower())
        for route in api.routes
        if isinstance(route, Route) and route.include_in_schema
        for method in route.methods - {"HEAD"}
    }
    assert {(path, method) for path, found in description["paths"].items() for method in found} == served
    assert all(operation["summary"] and operation["responses"] for operation in operations(description))


def test_every_component_is_used_and_every_reference_leads_somewhere(description):
    text = str(description)
    used = set(re.findall(r"#/components/schemas/(\w+)", text))
    assert used == set(description["components"]["schemas"])


def test_operations_have_names_of_their_own_and_words_in_both_languages(description):
    names = [operation["operationId"] for operation in operations(description)]
    assert len(names) == len(set(names))
    for lang in i18n.AVAILABLE:
        assert [name for name in names if f"api.{name}" not in i18n.words(lang)] == []


def test_the_calls_of_the_interface_are_all_there(description):
    named = {
        "get": ["maps", "maps/{map}", "flyers/{id}", "maps/{map}/flyers", "maps/{map}/tiles/{z}/{x}/{y}", "places", "places/near",
                "boards/{board}/topics", "topics/{id}/posts", "me"],
        "post": ["flyers", "boards/{board}/topics", "topics/{id}/posts", "posts/{id}/reactions", "reports", "sign-in",
                 "sign-in/code", "sign-out", "desk/flyers/{id}/decision"],
        "patch": ["flyers/{id}"],
        "delete": ["flyers/{id}", "flyers/{id}/outside"],
        "put": ["flyers/{id}/outside"],
    }  # fmt: skip
    missing = [
        (method, path) for method, paths in named.items() for path in paths if method not in description["paths"][f"{API}/{path}"]
    ]
    assert missing == []


def test_the_page_lists_them_all_in_the_readers_language(visit, description):
    page = visit().get(DOCS)
    assert page.headers["content-type"].startswith("text/html")
    assert '<html lang="ja">' in page.text
    assert "チラシを貼る" in page.text
    assert "Post a flyer" in visit().get(DOCS, headers={"Accept-Language": "en"}).text
    assert "Post a flyer" in visit().get(f"{DOCS}?lang=en").text
    for path in description["paths"]:
        assert f"<code>{path}</code>" in page.text
    assert "script-src" in page.headers["content-security-policy"]
    assert "<script" not in page.text


@pytest.mark.parametrize(
    "path", ["/api/v1/nothing", "/api/", "/api/v2/maps", "/api/v1/maps/", "/api/v1/flyers/x/y/z", "/api/v1/%00"]
)
def test_an_address_that_is_not_there_is_a_problem(visit, path):
    problem(visit().get(path), 404, "address_unknown")
    problem(visit().post(path, json={}), 404, "address_unknown")


def test_a_method_that_does_not_work_names_those_that_do(visit):
    answer = visit().post(f"{API}/flyers/abc", json={})
    problem(answer, 405, "method_wrong")
    assert answer.headers["allow"] == "DELETE, GET, HEAD, PATCH"
    asked = visit().options(f"{API}/maps")
    assert (asked.status_code, asked.headers["allow"]) == (204, "GET, HEAD")
    assert visit().request("PROPFIND", f"{API}/maps").status_code == 405


def test_head_is_get_without_a_body(world, visit):
    answer = visit().head(f"{API}/maps")
    assert (answer.status_code, answer.content) == (200, b"")


async def _broken(request):
    raise ValueError("a secret of ours")


async def _busy(request):
    raise HTTPException(400, "in Starlette's words")


def test_what_nobody_foresaw_is_said_kindly_and_without_details():
    routes = [Route("/api/v1/broken", _broken), Route("/api/v1/busy", _busy), Route("/page", _broken)]
    broken = TestClient(Starlette(routes=routes, exception_handlers=api.exception_handlers), raise_server_exceptions=False)
    said = problem(broken.get("/api/v1/broken", headers={"Accept-Language": "en"}), 500, "unknown")
    assert "secret" not in str(said)
    problem(broken.get("/api/v1/busy"), 400, "form_broken")
    problem(broken.get("/api/v1/nothing"), 404, "address_unknown")
    problem(broken.request("BREW", "/api/v1/busy"), 405, "method_wrong")
    assert broken.get("/page").text == i18n.t("errors.unknown")
    assert broken.get("/nothing").status_code == 404
