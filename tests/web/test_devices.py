"""私の端末: where Aki is signed in, and an end to it; what is open there loses its powers at once."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest
from sqlmodel import func, select

from tamemap import clock, db, session
from tamemap.i18n import t
from tamemap.models import SignedIn
from tamemap.ui.screens.desk_state import DeskState
from tests import factories
from tests.ui.harness import Tab, everything
from tests.web.browsers import API
from tests.web.pages import read

HERE = "/me/devices"


def devices(browser) -> list[str]:
    """The public ids on the page, in order."""
    page = read(browser.get(HERE))
    return [node["value"] for node in page.one("main").all("input", name="end")]


def count() -> int:
    with db.transaction(write=False) as tx:
        return tx.exec(select(func.count()).select_from(SignedIn)).one()


def test_aki_sees_where_she_is_signed_in_and_which_is_in_her_hand(world, visit):
    visit(world.chie)
    phone, _ = visit(world.aki), visit(world.aki)
    page = read(phone.get(HERE)).one("main")
    rows = page.all("li")
    assert len(rows) == 2
    assert t("devices.this") in rows[0].text
    assert t("devices.this") not in rows[1].text
    assert t("ways.by.mail") in rows[0].text
    assert t("devices.end_others") in page.text


def test_a_device_that_is_ended_is_a_guests_at_once(world, visit):
    phone, tablet = visit(world.aki), visit(world.aki)
    other = devices(phone)[1]
    answer = phone.post(HERE, data={"end": other})
    assert (answer.status_code, answer.headers["location"]) == (303, f"{HERE}?said=devices_ended")
    assert t("said.devices_ended") in read(phone.get(answer.headers["location"])).text
    assert tablet.get(f"{API}/me").json()["signed_in"] is False
    assert tablet.get(HERE).headers["location"].startswith("/sign-in?then=")
    again = phone.post(HERE, data={"end": other})
    assert (again.status_code, t("errors.session_unknown") in read(again).text) == (404, True)


def test_ending_all_others_leaves_this_one(world, visit):
    phone = visit(world.aki)
    others = [visit(world.aki) for _ in range(3)]
    chie = visit(world.chie)
    assert phone.post(HERE).headers["location"] == f"{HERE}?said=devices_others_ended"
    assert [one.get(f"{API}/me").json()["signed_in"] for one in (phone, *others, chie)] == [True, False, False, False, True]
    assert t("devices.end_others") not in read(phone.get(HERE)).text


def test_ending_the_device_in_ones_hand_signs_out(world, visit):
    phone = visit(world.aki)
    answer = phone.post(HERE, data={"end": devices(phone)[0]})
    assert answer.headers["location"] == "/sign-in"
    assert 'tamemap_session=""' in answer.headers["set-cookie"]
    assert count() == 0


def test_chie_ends_nothing_of_akis(world, visit):
    aki, chie = visit(world.aki), visit(world.chie)
    assert chie.post(HERE, data={"end": devices(aki)[0]}).status_code == 404
    assert count() == 2


def test_guests_are_sent_to_sign_in_and_back(world, visit):
    for answer in (visit().get(HERE), visit().post(HERE)):
        assert (answer.status_code, answer.headers["location"]) == (303, "/sign-in?then=%2Fme%2Fdevices")


def test_a_screen_that_is_open_elsewhere_loses_its_powers_at_once(world, visit):
    """Ben's desk is open on the office computer; from his phone he ends it: not one more event does anything there."""
    with clock.frozen_at(clock.now() - factories.HOUR), db.transaction(write=True) as tx:
        held = factories.flyer(tx, world.dai, title="朝市").public_id
    desk = Tab(DeskState, world.ben).send("enter")
    assert [one.title for one in desk.flyers] == ["朝市"]
    assert visit(world.ben).post(HERE).status_code == 303
    before = everything()
    desk.send("put_up", public_ids=[held])
    desk.send("decide", sent={"reason": "x"})
    desk.send("show_tab", tab="reports")
    assert everything() == before
    assert desk.send("enter").flyers == []


@pytest.mark.parametrize("minutes", [5, 15])
def test_that_a_device_is_in_use_is_kept_when_a_screen_asks_who_is_here(world, visit, minutes):
    phone = visit(world.aki)
    start = clock.now()
    with clock.frozen_at(start + timedelta(minutes=minutes)):
        assert phone.get(f"{API}/me").json()["signed_in"] is True
    with db.transaction(write=False) as tx:
        seen = tx.exec(select(SignedIn.seen_at)).one()
    assert seen == start + timedelta(minutes=minutes if minutes >= 10 else 0)


def test_the_page_is_nobody_elses_to_keep(world, visit):
    answer = visit(world.aki).get(HERE)
    assert answer.headers["cache-control"] == "private, no-store"
    assert session.COOKIE not in answer.text
    assert not re.search(r"[0-9a-f]{64}", answer.text)
