"""Every route that changes something, tried from other sites' pages; every page of one's own, tried by a guest; their headers.

The routes are those of the application itself: one that is added is tried without a line here.
"""

from __future__ import annotations

import re

import pytest
from starlette.routing import Mount, Route

from tamemap import session
from tamemap.web.application import web
from tests.ui.harness import everything
from tests.web.browsers import signed_in

pytestmark = pytest.mark.one_database

SAFE = {"GET", "HEAD", "OPTIONS"}
# what the system shares with the installed app comes from no page; Apple's answer is a form on Apple's page. Nothing is done on
# either but to answer with a redirect, a page or 404
OPEN_TO_ALL_SITES = {("POST", "/share"), ("POST", "/auth/{provider}/callback")}
FOREIGN = {
    "another site": {"Origin": "https://example.com", "Sec-Fetch-Site": "cross-site"},
    "another site in an old browser": {"Origin": "https://example.com"},
    "a neighbour's site": {"Origin": "http://other.testserver", "Sec-Fetch-Site": "same-site"},
    "the same host at another port": {"Origin": "http://testserver:8080", "Sec-Fetch-Site": "same-site"},
    "a name that only begins like ours": {"Origin": "http://testserver.example.com"},
    "a frame without origin": {"Origin": "null", "Sec-Fetch-Site": "cross-site"},
    "a frame without origin in an old browser": {"Origin": "null"},
    "a form without referrer": {"Sec-Fetch-Site": "cross-site"},
}
OURS = {
    "our page": {"Origin": "http://testserver", "Sec-Fetch-Site": "same-origin"},
    "our page without referrer": {"Origin": "null", "Sec-Fetch-Site": "same-origin"},
    "our page in an old browser": {"Origin": "http://testserver"},
    "a program": {},
}


def routes():
    """All routes of the application, with each of their methods."""
    found = web().routes
    assert not [one for one in found if isinstance(one, Mount)], "a mounted application is not looked into here"
    return [(method, one.path) for one in found if isinstance(one, Route) for method in sorted(one.methods or ())]


def address(path):
    """The path with something in place of each parameter."""
    return re.sub(r"{(\w+)(:\w+)?}", lambda found: {"size": "320", "suffix": "jpeg"}.get(found[1], "2222222222zz"), path)


UNSAFE = [(method, path) for method, path in routes() if method not in SAFE]
OWN = sorted({path for method, path in routes() if method == "GET"
              and (path.startswith(("/me/", "/desk/", "/g/{slug}/", "/groups/new")) or path == "/auth/again")})  # fmt: skip
DEEDS = sorted({path for method, path in UNSAFE if not path.startswith("/api/")
                and path.startswith(("/me/", "/desk/", "/g/", "/groups", "/auth/again"))})  # fmt: skip


# an offer to merge that is over, or another browser's, is over for everybody
OVER = {"/me/merge"}
# only scripts of ours ask there, and get a problem instead of a page
FOR_SCRIPTS = "/me/push"


@pytest.fixture
def ben(world, visit):
    """The lead of the town, who has just shown a passkey: the one with most to lose."""
    return visit(world.ben)


@pytest.mark.parametrize("headers", FOREIGN.values(), ids=FOREIGN)
def test_nothing_is_done_for_other_sites(world, ben, headers):
    before = everything()
    let_in = set()
    for method, path in UNSAFE:
        answer = ben.request(method, address(path), headers=headers)
        refused = answer.status_code == 403 and answer.json()["code"] == "other_site"
        let_in |= set() if refused else {(method, path)}
        assert "set-cookie" not in answer.headers, path
    assert let_in <= OPEN_TO_ALL_SITES
    assert everything() == before


@pytest.mark.parametrize("headers", OURS.values(), ids=OURS)
def test_our_own_pages_and_programs_are_let_through(world, visit, headers):
    for path in ("/api/v1/sign-out", "/sign-out"):
        assert visit().post(path, headers=headers).status_code in {204, 303}


def test_what_is_open_to_all_sites_does_nothing(world, ben):
    before = everything()
    for _, path in OPEN_TO_ALL_SITES:
        for provider in ("apple", "line", "residence", "passkey"):
            sent = {"state": "x", "code": "y", "title": "z", "mail": "aki@example.jp"}
            answer = ben.post(path.replace("{provider}", provider), data=sent, headers=FOREIGN["another site"])
            assert answer.status_code in {303, 404}
            assert answer.headers.get("location", "/").startswith("/")
            assert not answer.headers.get("location", "/").startswith("//")
    assert everything() == before


def test_there_are_own_pages_to_try():
    assert {"/me/ways", "/me/devices", "/me/data.zip", "/desk/staff", "/desk/audit.csv", "/auth/again"} <= set(OWN)


@pytest.mark.parametrize("path", OWN)
def test_an_own_page_sends_a_guest_to_sign_in_and_shows_nothing(world, visit, path):
    for guest in (visit(), visit(Cookie=f"{session.COOKIE}=forged"), visit(Authorization="Bearer forged")):
        answer = guest.get(address(path))
        if ("{" in path and answer.status_code == 404) or (path in OVER and answer.status_code == 422):
            continue  # no such group, no such batch: said to anybody
        if path.startswith(FOR_SCRIPTS):
            assert (answer.status_code, answer.json()["code"]) == (401, "sign_in_first")
            continue
        assert (answer.status_code, answer.content) == (303, b"")
        assert answer.headers["location"].startswith("/sign-in?then=%2F")
        assert answer.headers["cache-control"] == "private, no-store"


@pytest.mark.parametrize("path", DEEDS)
def test_a_guests_form_does_nothing(world, visit, path):
    before = everything()
    answer = visit().post(address(path), data={"name": "x", "mail": "x@example.jp", "accept": "1", "do": "remove"})
    refused = {303, 401, 404} if path.startswith(FOR_SCRIPTS) else {303, 404}
    assert answer.status_code in refused or (path in OVER and answer.status_code == 422)
    if answer.status_code == 303:
        assert answer.headers["location"].startswith("/sign-in?then=%2F")
    assert "set-cookie" not in answer.headers
    assert everything() == before


@pytest.mark.parametrize("path", [path for path in OWN if path.startswith("/desk/")])
def test_the_desk_is_closed_to_staff_who_have_not_shown_who_they_are(world, visit, path):
    waiting = visit()
    waiting.cookies.set(session.COOKIE, signed_in(world.ben, strong=False))
    answer = waiting.get(address(path))
    if "{" in path and answer.status_code == 404:
        return
    assert (answer.status_code, answer.content) == (303, b"")
    assert answer.headers["location"].startswith("/auth/again?then=%2Fdesk")


@pytest.mark.parametrize("path", OWN)
def test_an_own_page_is_kept_by_nobody_and_framed_by_nobody(world, ben, path):
    answer = ben.get(address(path))
    assert answer.headers["cache-control"] in {"private, no-store", "no-store"}
    assert answer.headers["x-content-type-options"] == "nosniff"
    assert "etag" not in answer.headers
    if answer.headers.get("content-type", "").startswith("text/html"):
        policy = answer.headers["content-security-policy"]
        assert "default-src 'none'" in policy
        assert "base-uri 'none'" in policy
        assert "frame-ancestors 'self'" in policy
        assert "unsafe" not in policy.replace("style-src 'self' 'unsafe-inline'", "")
        assert answer.headers["x-frame-options"] == "SAMEORIGIN"
        assert answer.headers["x-robots-tag"] == "noindex"
        assert answer.headers["referrer-policy"] in {"same-origin", "no-referrer", "strict-origin-when-cross-origin"}
        assert answer.headers["cross-origin-opener-policy"] == "same-origin"


@pytest.mark.parametrize("then", ["//example.com", "https://example.com", "/\\example.com", "javascript:alert(1)",
                                  "/\r\nSet-Cookie:x=1", "\t//example.com", "/\t/example.com", "http:/example.com"])  # fmt: skip
def test_no_way_leads_to_another_site(world, ben, then):
    for path in ("/sign-in", "/auth/again", "/me/ways?welcome=1"):
        answer = ben.get(path, params={"then": then})
        assert not re.match(r"(https?:)?[/\\]{2}|javascript", answer.headers.get("location", "/"))
        assert f'href="{then}"' not in answer.text
    gone = ben.post("/sign-out", data={"then": then})
    assert gone.status_code == 303
    assert re.fullmatch(r"/(?![/\\])[\x21-\x7e]*", gone.headers["location"])
