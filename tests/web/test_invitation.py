"""``/invitation``: what the link in the mail opens."""

from __future__ import annotations

import re

import pytest
from sqlmodel import select

from tamemap import clock, db
from tamemap.i18n import t
from tamemap.models import Group, GroupMember, Role
from tamemap.services import invitations, staff
from tests import factories
from tests.factories import HITOYOSHI
from tests.web.browsers import last_mail
from tests.web.pages import read
from tests.web.test_sign_in_document import mailed

HERE = "/invitation"


def link() -> str:
    return re.search(r"/invitation\?token=\S+", last_mail()["text"])[0]


@pytest.fixture
def invited(world):
    """Ben has invited gina@example.jp into the staff of 人吉市; the path of the link."""
    with db.transaction(write=True) as tx:
        staff.invite(tx, world.ben, mail="gina@example.jp", role="curator", municipality_codes=(HITOYOSHI,), department="総務課")
    return link()


@pytest.fixture
def club(world):
    """Aki has invited somebody into 踊りの会; the path of the link."""
    with db.transaction(write=True) as tx:
        row = Group(slug="odori", name="踊りの会", municipality_code=HITOYOSHI, state="active", asked_at=clock.now())
        tx.add(row)
        tx.flush()
        tx.add(GroupMember(group_id=row.id, person_id=world.aki.person_id, role="owner", since=clock.now()))
        tx.flush()
        invitations.send(tx, world.aki, mail="somebody@example.jp", role="editor", group=row)
    return link()


def opened(browser, path):
    """The page that the link leads to, its secret out of the address."""
    answer = browser.get(path)
    assert (answer.status_code, answer.headers["location"]) == (303, HERE)
    return browser.get(HERE)


def staff_count() -> int:
    with db.transaction(write=False) as tx:
        return len(tx.exec(select(Role).where(Role.municipality_code == HITOYOSHI)).all())


def test_the_secret_leaves_the_address_at_once(world, visit, invited):
    answer = visit().get(invited)
    cookie = answer.headers["set-cookie"]
    assert all(part in cookie for part in ("tamemap_invitation=", "HttpOnly", "SameSite=lax", "Path=/invitation"))
    assert answer.headers["cache-control"] == "private, no-store"


def test_gina_who_was_never_here_signs_in_on_the_way_and_becomes_staff(world, visit, invited):
    gina = visit()
    page = read(opened(gina, invited))
    assert ("Benさんが、あなたを人吉市の職員（担当職員）に招待しています。" in page.text, "総務課" in page.text) == (True, True)
    sign_in = page.one("a", class_="tm-button--primary")["href"]
    assert (sign_in, "gina@example.jp" in page.text) == ("/sign-in?then=%2Finvitation", False)
    gina.post("/sign-in", data={"mail": "gina@example.jp", "then": "/invitation"})
    # by way of the page that welcomes a new person
    assert gina.post("/sign-in/code", data={"code": mailed()[0]}).headers["location"].endswith("then=%2Finvitation")
    assert read(gina.get(HERE)).one("form", action=HERE)
    done = gina.post(HERE, data={"accept": "1"})
    assert (done.status_code, done.headers["location"]) == (303, "/desk?said=invitation_staff")
    assert staff_count() == 2
    assert gina.get("/desk/staff").status_code == 200


def test_somebody_else_is_told_whose_it_is_and_becomes_nothing(world, visit, invited):
    chie = visit(world.chie)
    page = read(opened(chie, invited))
    assert page.all("form", action=HERE) == []
    assert page.one("form", action="/sign-out").one("input", name="then")["value"] == "/sign-in?then=%2Finvitation"
    forged = chie.post(HERE, data={"accept": "1"})
    assert (forged.status_code, staff_count()) == (403, 1)
    assert t("errors.invitation_other_mail", mail="gi…@example.jp") in read(forged).text


def test_looking_does_nothing_and_declining_makes_nobody_staff(world, visit, invited):
    with db.transaction(write=True) as tx:
        gina = factories.person(tx, "Gina")
    browser = visit(gina)
    opened(browser, invited)
    opened(browser, invited)
    assert staff_count() == 1
    assert browser.post(HERE, data={"accept": "0"}).headers["location"] == "/me?said=invitation_declined"
    over = opened(browser, invited)
    assert (over.status_code, staff_count()) == (410, 1)
    assert t("errors.invitation_over") in read(over).text


def test_a_groups_link_serves_whoever_holds_it_once(world, visit, club):
    chie = visit(world.chie)
    assert "「踊りの会」の担当に招待しています" in read(opened(chie, club)).text
    answer = chie.post(HERE, data={"accept": "1"})
    assert t("said.invitation_group") in read(chie.get(answer.headers["location"])).one("div", role="status").text
    again = visit(world.ben)
    assert opened(again, club).status_code == 410
    assert again.post(HERE, data={"accept": "1"}).status_code == 410


def test_a_guessed_or_missing_secret_opens_nothing(world, visit):
    assert opened(visit(world.aki), f"{HERE}?token=guessed").status_code == 410
    assert visit(world.aki).get(HERE).status_code == 410
    assert visit().post(HERE, data={"accept": "1"}).headers["location"] == "/sign-in?then=%2Finvitation"


def test_another_site_cannot_press_the_button(world, visit, club):
    chie = visit(world.chie)
    opened(chie, club)
    assert chie.post(HERE, data={"accept": "1"}, headers={"origin": "https://evil.example"}).status_code == 403
