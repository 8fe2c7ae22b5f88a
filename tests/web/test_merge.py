"""``/me/merge``: what two accounts have, what will happen, one button."""

from __future__ import annotations

from sqlmodel import select

from tamemap import db
from tamemap.i18n import t
from tamemap.models import Flyer, Person
from tests import factories
from tests.web.browsers import mailed_code
from tests.web.pages import read

CHIE = "chie@example.jp"


def proved(browser, mail: str = CHIE) -> str:
    """Add another account's address and prove it; the address of the page that offers the merge."""
    assert browser.post("/me/ways/mail", data={"mail": mail}).headers["location"] == "/me/ways/mail"
    answer = browser.post("/me/ways/mail", data={"code": mailed_code()})
    assert answer.status_code == 303
    assert answer.headers["location"].startswith("/me/merge?key=")
    return answer.headers["location"]


def left(actor) -> bool:
    with db.transaction(write=False) as tx:
        return tx.exec(select(Person.left_at).where(Person.id == actor.person_id)).one() is not None


def test_aki_sees_both_accounts_and_makes_them_one(world, visit):
    with db.transaction(write=True) as tx:
        flyer = factories.flyer(tx, world.chie).id
        factories.topic(tx, world.chie)
    aki, chie = visit(world.aki), visit(world.chie)
    address = proved(aki)
    page = read(aki.get(address)).one("main")
    other = page.one("section", aria_labelledby="other").text
    for words in ("Chie", CHIE, t("merge.flyers", n=1), t("merge.posts", n=1)):
        assert words in other
    assert t("merge.what_dropped", mail=CHIE) in page.text
    assert not left(world.chie)
    key = page.one("input", name="key")["value"]
    answer = aki.post("/me/merge", data={"key": key})
    assert answer.headers["location"] == "/me/ways?said=merged"
    assert t("said.merged") in read(aki.get(answer.headers["location"])).text
    assert left(world.chie)
    with db.transaction(write=False) as tx:
        assert tx.get(Flyer, flyer).poster_id == world.aki.person_id
    assert chie.get("/me/devices").headers["location"].startswith("/sign-in")
    again = aki.post("/me/merge", data={"key": key})
    assert (again.status_code, t("errors.handshake_over") in read(again).text) == (422, True)


def test_another_browser_or_person_merges_nothing(world, visit):
    aki = visit(world.aki)
    address = proved(aki)
    key = address.partition("=")[2]
    for browser in (visit(world.aki), visit(world.ben)):
        assert browser.get(address).status_code == 422
        assert browser.post("/me/merge", data={"key": key}).status_code == 422
    assert visit().get(address).headers["location"].startswith("/sign-in")
    assert not left(world.chie)
    assert aki.get(address).status_code == 200


def test_a_link_to_the_page_alone_merges_nothing_and_another_site_neither(world, visit):
    aki = visit(world.aki)
    address = proved(aki)
    key = address.partition("=")[2]
    for _ in range(2):
        assert aki.get(address).status_code == 200
    answer = aki.post("/me/merge", data={"key": key}, headers={"Origin": "https://evil.example"})
    assert (answer.status_code, left(world.chie)) == (403, False)


def test_a_key_that_is_none_leads_back(world, visit):
    aki = visit(world.aki)
    for key in ("", "x", "x" * 5000, "<script>"):
        answer = aki.get("/me/merge", params={"key": key})
        assert answer.status_code == 422
        assert "/me/ways" in [node["href"] for node in read(answer).one("main").all("a")]
        assert "<script>" not in answer.text
