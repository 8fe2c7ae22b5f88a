"""What the tests of the API share: browsers, answers held against their description, good forms, problems."""

from __future__ import annotations

import re
from functools import lru_cache
from typing import TYPE_CHECKING, Any

from jsonschema import Draft202012Validator
from sqlmodel import select
from starlette.testclient import TestClient

from tamemap import clock, db, session
from tamemap.models import OutboxEntry, SignedIn
from tamemap.queries.people import actor_of_session
from tamemap.web import api
from tamemap.web.api_docs import described
from tamemap.web.application import guard, web
from tests.factories import DAY, HITOYOSHI, OFFICES
from tests.gateways.photos import encoded, sheet

if TYPE_CHECKING:
    import httpx

    from tamemap.domain.actors import Actor

API = "/api/v1"
LAT, LNG = OFFICES[HITOYOSHI]


@lru_cache(maxsize=1)
def app():
    """The application as it is served, without the screens."""
    return guard(web())


def browser(actor: Actor | None = None, **headers: str) -> TestClient:
    """A browser: of a guest without any cookie, or one in which somebody is signed in. Its answers are as described."""
    made = TestClient(app(), headers=headers, client=("192.0.2.1", 50000), follow_redirects=False)
    made.event_hooks = {"response": [as_described]}
    if actor is not None:
        made.cookies.set(session.COOKIE, signed_in(actor))
    return made


def signed_in(actor: Actor, *, strong: bool = True) -> str:
    """The token of a new session of this person; a ``strong`` one has just shown a passkey or a one-time code."""
    token = session.new_token()
    with db.transaction(write=True) as tx:
        now = clock.now()
        tx.add(SignedIn(token_hash=session.hashed(token), person_id=actor.person_id, created_at=now, seen_at=now,
                        strong_at=now if strong else None, expires_at=now + 90 * DAY))  # fmt: skip
    return token


def guest_of(client: TestClient) -> Actor:
    """The actor that a guest's browser is, by its cookie."""
    with db.transaction(write=False) as tx:
        return actor_of_session(tx, token="", guest_key=client.cookies.get(session.GUEST_COOKIE, ""))


@lru_cache(maxsize=1)
def _operations() -> tuple[dict[str, Any], list[tuple[re.Pattern[str], dict[str, Any]]]]:
    found = described(api.routes)
    paths = [(re.compile(re.sub(r"\\{\w+\\}", "[^/]+", re.escape(path))), made) for path, made in found["paths"].items()]
    # an address without a parameter is meant before one with
    return found["components"], sorted(paths, key=lambda one: one[0].pattern.count("[^/]+"))


def as_described(response: httpx.Response) -> None:
    """Fail when an answer of the API is not as its OpenAPI description says."""
    components, operations = _operations()
    path, method = response.request.url.path, response.request.method.lower()
    operation = next((made[method] for shape, made in operations if shape.fullmatch(path) and method in made), None)
    if operation is None or response.status_code == 304 or response.request.headers["accept"].startswith("text/html"):
        return
    said = operation["responses"].get(str(response.status_code))
    assert said is not None, f"{method} {path} answered {response.status_code}, which is not described"
    for kind, content in said.get("content", {}).items():
        assert response.headers["content-type"].startswith(kind)
        response.read()
        Draft202012Validator(content["schema"] | {"components": components}).validate(response.json())


def problem(response: httpx.Response, status: int, code: str, *fields: str) -> dict[str, Any]:
    """The problem of a refused request, which must be of this status and code and name exactly these fields."""
    body = response.json()
    assert (response.status_code, body["code"]) == (status, code), body
    assert response.headers["content-type"] == "application/problem+json"
    assert body["type"] == f"/problems/{code}"
    assert body["status"] == status
    assert sorted(one["field"] for one in body["errors"]) == sorted(fields)
    return body


def form(**changes: Any) -> dict[str, Any]:
    """The fields of a good flyer; None leaves one out."""
    fields = {
        "title": "秋の市",
        "category": "market",
        "lat": str(LAT),
        "lng": str(LNG),
        "may_post": "true",
        "starts_at": "2026-12-01",
    }
    return {name: value for name, value in (fields | changes).items() if value is not None}


@lru_cache(maxsize=1)
def sheet_photo() -> bytes:
    """A small photograph that costs next to nothing."""
    return encoded(sheet(), "JPEG")


def photo(data: bytes = b"") -> dict[str, tuple[str, bytes, str]]:
    """A photograph to be sent along, under a name that says nothing."""
    return {"photo": ("photo", data or sheet_photo(), "application/octet-stream")}


def posted(client: TestClient, **changes: Any) -> str:
    """Post a flyer from this browser; its id."""
    answer = client.post(f"{API}/flyers", data=form(**changes), files=photo())
    assert answer.status_code == 201, answer.text
    return answer.json()["id"]


def titles(client: TestClient, slug: str = "hitoyoshi", **wishes: Any) -> list[str]:
    """The titles in a map's list under these wishes."""
    answer = client.get(f"{API}/maps/{slug}/flyers", params=wishes)
    assert answer.status_code == 200, answer.text
    return [card["title"] for card in answer.json()["items"]]


def last_mail() -> dict[str, str]:
    """The last mail that waits to be sent."""
    with db.transaction(write=False) as tx:
        return tx.exec(select(OutboxEntry).where(OutboxEntry.kind == "mail").order_by(OutboxEntry.id)).all()[-1].payload


def mailed_code() -> str:
    """The six digits of the last sign-in mail."""
    return re.search(r"\b\d{6}\b", last_mail()["text"])[0]
