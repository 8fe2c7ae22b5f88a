"""Whatever is sent, nothing answers 500: everything refused is a problem with words."""

from __future__ import annotations

import json
from functools import lru_cache
from urllib.parse import quote

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from starlette.routing import Route

from tamemap import db
from tamemap.web import api
from tests import factories
from tests.web.browsers import API

FEW = settings(max_examples=120, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
ODD = [
    *("", " ", "x", "0", "-1", "1e400", "nan", "null", "true", "あ", "\x00", "%", "'", '"', "../../etc/passwd", "💥", "a" * 500),
    *("2026-12-01", "2147483648", "9" * 30, "W10=", "[1]", "{}", "\u202e", "1,2,3,4", "35,135", "flyer", "up", "recall"),
]
VALUES = st.one_of(st.sampled_from(ODD), st.text(max_size=12))
THINGS = st.recursive(
    st.one_of(st.none(), st.booleans(), st.integers(-(2**70), 2**70), st.floats(), VALUES),
    lambda inner: st.one_of(st.lists(inner, max_size=3), st.dictionaries(st.text(max_size=5), inner, max_size=3)),
    max_leaves=5,
)
FIELDS = [
    *("title", "body", "category", "starts_at", "ends_at", "venue", "url", "phone", "lat", "lng", "hidden_outside", "outside"),
    *("may_post", "map", "photo_id", "kind", "flyer", "thing", "thing_id", "reason", "words", "mail", "code", "then"),
    *("decision", "placement"),
]
QUERIES = ["bbox", "near", "when", "category", "q", "sort", "past", "limit", "cursor", "lat", "lng", "map", "kind", "reason"]


@lru_cache(maxsize=1)
def _calls():
    return [
        (route.path, method) for route in api.routes if isinstance(route, Route) for method in sorted(route.methods - {"HEAD"})
    ]


@pytest.fixture
def known(world):
    """Things that really are there, for the addresses."""
    with db.transaction(write=True) as tx:
        flyer, topic = factories.flyer(tx, world.aki), factories.topic(tx, world.aki)
        post = factories.post(tx, world.aki, topic.public_id)
    return {"map": ["hitoyoshi"], "board": ["hitoyoshi-hiroba"], "id": [flyer.public_id, topic.public_id, post.public_id]}


@FEW
@given(data=st.data())
def test_no_answer_is_500(known, world, visit, data):
    path, method = data.draw(st.sampled_from(_calls()))
    for name in ("map", "board", "id", "z", "x", "y"):
        value = data.draw(st.one_of(st.sampled_from(known.get(name, ["0", "3"])), VALUES)) or "x"
        path = path.replace("{" + name + "}", quote(value, safe=""))
    path = path.replace("{rest:path}", "nowhere")
    headers = {}
    if data.draw(st.booleans()):
        headers["Idempotency-Key"] = data.draw(st.sampled_from(["k", "k2", "x" * 300]))
    if data.draw(st.booleans()):
        headers["If-Match"] = data.draw(st.sampled_from(['"v1"', "*", "x", '"v99999999999999999999"', "1"]))
    wishes = data.draw(st.dictionaries(st.sampled_from(QUERIES), VALUES, max_size=3))
    browser = visit(data.draw(st.sampled_from([None, world.aki, world.ben])))
    sent = _body(data, headers)
    answer = browser.request(method, path, params=wishes, headers=headers, **sent)
    assert answer.status_code < 500
    if answer.status_code >= 400:
        assert answer.headers["content-type"] == "application/problem+json"
        assert answer.json()["detail"]
        assert "Traceback" not in answer.text


def _body(data, headers):
    """A body of some kind: none, a form, JSON, or rubbish under any name."""
    kind = data.draw(st.sampled_from(["none", "form", "multipart", "json", "rubbish"]))
    if kind == "form":
        return {"data": data.draw(st.dictionaries(st.sampled_from(FIELDS), VALUES, max_size=5))}
    if kind == "multipart":
        fields = data.draw(st.dictionaries(st.sampled_from(FIELDS), VALUES, max_size=5))
        return {"data": fields, "files": {"photo": ("x", data.draw(st.binary(max_size=40)))}}
    if kind == "json":
        headers["Content-Type"] = "application/json"
        return {"content": json.dumps(data.draw(st.dictionaries(st.sampled_from(FIELDS), THINGS, max_size=5))).encode()}
    if kind == "rubbish":
        headers["Content-Type"] = data.draw(
            st.sampled_from(["application/json", "multipart/form-data", "multipart/form-data; boundary=x", "text/plain", "x"])
        )
        return {"content": data.draw(st.binary(max_size=60))}
    return {}


@pytest.mark.parametrize(
    "path", [f"{API}/flyers/%00", f"{API}/maps/%ff%fe", f"{API}/flyers/" + "a" * 3000, f"{API}/boards/%F0%9F%92%A5/topics"]
)
def test_odd_addresses_are_not_found(world, visit, path):
    assert visit().get(path).status_code == 404
