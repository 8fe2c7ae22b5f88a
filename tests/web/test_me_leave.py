"""/me/leave as Gina sees it: asked, warned, gone."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlmodel import col, func, select

from tamemap import clock, db, session
from tamemap.i18n import t
from tamemap.jobs.drain import drain
from tamemap.jobs.handlers import HANDLERS
from tamemap.models import OutboxEntry, Person, SignedIn
from tests.services.leavers import MAIL, TOKEN, gina

HERE = "/me/leave"
GOING = {"flyers": "take_down", "posts": "remove", "sure": "1"}


@pytest.fixture
def phone(visit, world):
    """Gina's phone, signed in."""
    gina(world)
    made = visit()
    made.cookies.set(session.COOKIE, TOKEN)
    made.cookies.set(session.GUEST_COOKIE, "ginas-phone")
    return made


def left():
    with db.transaction(write=False) as tx:
        return tx.exec(select(func.count()).select_from(Person).where(col(Person.left_at).is_not(None))).one()


def test_a_guest_is_sent_to_sign_in(visit):
    for answer in (visit().get(HERE), visit().post(HERE, data=GOING)):
        assert (answer.status_code, answer.headers["location"]) == (303, "/sign-in?then=%2Fme%2Fleave")


def test_the_page_says_what_is_there_and_what_will_be_missing(phone):
    page = phone.get(HERE).text
    for words in (t("leave.flyers", count=2), t("leave.posts", count=4), t("leave.groups"), t("leave.towns", towns="鹿嶋市"),
                  t("leave.group_manage", group="会0"), t("leave.take_link")):  # fmt: skip
        assert words in page
    assert 'href="/g/group-0/manage"' in page
    assert " checked" not in page


@pytest.mark.parametrize(("missing", "words"), [
    ("flyers", "errors.choice_missing"), ("posts", "errors.choice_missing"), ("sure", "errors.leave_not_sure")])  # fmt: skip
def test_without_an_answer_nobody_leaves_and_the_others_are_kept(phone, missing, words):
    answer = phone.post(HERE, data={name: value for name, value in GOING.items() if name != missing})
    assert (answer.status_code, left()) == (422, 0)
    assert t(words) in answer.text
    assert f'aria-describedby="{missing}-error"' in answer.text
    for name, value in GOING.items():
        if name != missing:
            assert f'name="{name}" value="{value}" required checked' in answer.text


def test_gina_leaves_and_this_browser_forgets_her(phone):
    answer = phone.post(HERE, data=GOING)
    assert (answer.status_code, answer.headers["location"], left()) == (303, "/bye?mail=1", 1)
    emptied = {one.partition("=")[0] for one in answer.headers.get_list("set-cookie") if "Max-Age=0" in one}
    assert emptied == {"tamemap_session", "tamemap_guest", "tamemap_browser"}
    phone.cookies.clear()
    bye = phone.get("/bye?mail=1")
    assert bye.status_code == 200
    assert t("leave.bye_mail") in bye.text
    assert phone.get("/me/about").status_code == 303
    with db.transaction(write=False) as tx:
        assert tx.exec(select(func.count()).select_from(SignedIn)).one() == 0


def test_the_worker_finishes_it_and_forgets_what_it_was_told(phone):
    phone.post(HERE, data=GOING)
    with db.transaction(write=True) as tx:
        assert MAIL in str(tx.exec(select(OutboxEntry.payload).where(OutboxEntry.kind == "leave")).one())
    assert drain({"leave": HANDLERS["leave"]}) == 1
    with db.transaction(write=False) as tx:
        (entry,) = tx.exec(select(OutboxEntry).where(OutboxEntry.kind == "leave")).all()
        assert (entry.payload, entry.done_at is not None) == ({}, True)


def test_the_goodbye_is_given_up_before_the_address_is_kept_for_long(phone, monkeypatch):
    phone.post(HERE, data=GOING)

    monkeypatch.setattr("tamemap.jobs.handlers.mail_from_settings", lambda _settings: None)
    tries = 0
    at = clock.now()
    while tries < 10:
        with clock.frozen_at(at):
            tries += 1
            if drain({"leave": HANDLERS["leave"]}):
                break
        at += timedelta(hours=7)
    with db.transaction(write=False) as tx:
        entry = tx.exec(select(OutboxEntry).where(OutboxEntry.kind == "leave")).one()
    assert (tries, entry.payload, entry.dead_at) == (2, {}, None)


def test_a_session_of_yesterday_signs_in_again_first(phone):
    with clock.frozen_at(clock.now() + timedelta(hours=13)):
        page = phone.get(HERE).text
        assert t("leave.prove_how") in page
        assert t("leave.do") not in page
        assert phone.post(HERE, data=GOING).status_code == 401
        assert left() == 0
        answer = phone.post(HERE, data={"again": "1"})
        assert (answer.status_code, answer.headers["location"]) == (303, "/sign-in?then=%2Fme%2Fleave")
        assert phone.get("/me/about").status_code == 303


def test_another_origin_makes_nobody_leave(phone):
    answer = phone.post(HERE, data=GOING, headers={"origin": "https://evil.example"})
    assert (answer.status_code, left()) == (403, 0)
