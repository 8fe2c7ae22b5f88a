"""Notices on devices: a browser is switched on and off, a test message proves that it arrives, and nobody touches another's."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlmodel import select

from tamemap import clock, db
from tamemap.i18n import t
from tamemap.jobs.drain import drain
from tamemap.jobs.handlers import HANDLERS
from tamemap.models import Person, PushSubscription, SignedIn
from tamemap.queries.notice_settings import notice_settings
from tamemap.services import sessions
from tests.services import push_service
from tests.services.push_service import service, services
from tests.web.browsers import problem, signed_in
from tests.web.pages import read

HERE, NOTICES = "/me/push", "/me/notices"
PHONE = {"user-agent": "Mozilla/5.0 (Linux; Android 15) AppleWebKit/537.36 Chrome/140.0 Mobile Safari/537.36"}
BASE = {"mail_notices": "1", "digest": "weekly", "quiet": "1", "night_from": "22:00", "night_to": "06:30"}
__all__ = ["service", "services"]


def as_browsers_say(address):
    return {"endpoint": address.endpoint, "expirationTime": None, "keys": {"p256dh": address.p256dh, "auth": address.auth}}


def switched_on(browser, address):
    answer = browser.post(HERE, json=as_browsers_say(address), headers=PHONE)
    assert answer.status_code == 200, answer.text
    return answer.json()["id"]


def rows():
    with db.transaction(write=False) as tx:
        return tx.exec(select(PushSubscription).order_by(PushSubscription.id)).all()


def work():
    return drain({"push": HANDLERS["push"]})


def test_aki_switches_her_phone_on_and_sees_it_in_her_list(world, visit, service):
    aki = visit(world.aki)
    made = switched_on(aki, service.address())
    assert switched_on(aki, service.address()) == made
    page = read(aki.get(NOTICES)).one("section", id="push")
    assert page["data-this"] == made
    assert "Android · Chrome" in page.text
    assert t("devices.this") in page.text
    other = read(visit(world.aki).get(NOTICES)).one("section", id="push")
    assert other["data-this"] == ""
    assert "Android · Chrome" in other.text
    assert "Android · Chrome" not in read(visit(world.chie).get(NOTICES)).one("section", id="push").text


def test_the_test_message_proves_that_it_arrived(world, visit, service):
    aki = visit(world.aki)
    made = switched_on(aki, service.address())
    assert aki.post(f"{HERE}/{made}/test").json() == {"id": made, "test": "waiting"}
    problem(aki.post(f"{HERE}/{made}/test"), 429, "push_test_just_sent")
    assert work() == 1
    assert aki.get(f"{HERE}/{made}").json()["test"] == "sent"
    (shown,) = service.payloads
    assert (shown["title"], shown["url"]) == (t("push.test.title"), NOTICES)
    for word, status in (("guessed", 404), ("", 404), (shown["proof"], 204), (shown["proof"], 204)):
        assert visit().post(f"{HERE}/arrived", json={"word": word}).status_code == status
    assert aki.get(f"{HERE}/{made}").json()["test"] == "arrived"


def test_a_push_service_that_does_not_take_it_is_said(world, visit, service):
    aki = visit(world.aki)
    made = switched_on(aki, service.address())
    service.answer = (403, {})
    aki.post(f"{HERE}/{made}/test")
    work()
    assert aki.get(f"{HERE}/{made}").json()["test"] == "refused"
    assert t("push.failing") in read(aki.get(NOTICES)).text


def test_a_browser_belongs_to_who_is_signed_in_there(world, visit, service):
    first, second = visit(world.aki), visit(world.chie)
    switched_on(first, service.address())
    switched_on(second, service.address())
    assert [row.person_id for row in rows()] == [world.chie.person_id]


def test_nobody_reaches_another_persons_device(world, visit, service):
    made = switched_on(visit(world.aki), service.address())
    chie = visit(world.chie)
    problem(chie.get(f"{HERE}/{made}"), 404, "push_device_unknown")
    problem(chie.post(f"{HERE}/{made}/test"), 404, "push_device_unknown")
    assert chie.post(f"{HERE}/off", data={"device": made}).status_code == 404
    renewed = {**as_browsers_say(service.address("chie")), "old": service.address().endpoint}
    problem(chie.post(f"{HERE}/renew", json=renewed), 404, "push_device_unknown")
    assert len(rows()) == 1


def test_guests_and_other_sites_switch_nothing_on(world, visit, service):
    sent = as_browsers_say(service.address())
    problem(visit().post(HERE, json=sent), 401, "sign_in_first")
    foreign = {"origin": "https://evil.example", "sec-fetch-site": "cross-site"}
    problem(visit(world.aki).post(HERE, json=sent, headers=foreign), 403, "other_site")
    assert rows() == []


@pytest.mark.parametrize(
    "sent",
    [
        {},
        {"endpoint": "http://127.0.0.1:22/"},
        {"endpoint": "https://fcm.googleapis.com/x", "keys": {"p256dh": "AAAA", "auth": "AAAA"}},
        {"endpoint": "https://fcm.googleapis.com/x", "keys": []},
        {"endpoint": "https://fcm.googleapis.com/" + "x" * 1000},
    ],
)
def test_what_is_no_push_service_is_refused(world, visit, service, sent):
    problem(visit(world.aki).post(HERE, json=sent), 422, "push_unknown")


def test_a_new_address_of_the_push_service_takes_the_place_of_the_old_one(world, visit, service):
    aki = visit(world.aki)
    switched_on(aki, service.address())
    renewed = {**as_browsers_say(service.address("new")), "old": service.address().endpoint}
    for _ in range(2):
        assert aki.post(f"{HERE}/renew", json=renewed).status_code == 200
    assert [(row.endpoint, row.device) for row in rows()] == [(service.address("new").endpoint, "Android · Chrome")]


def test_it_is_taken_away_by_a_form_and_by_signing_out(world, visit, service):
    aki = visit(world.aki)
    made = switched_on(aki, service.address())
    assert aki.post(f"{HERE}/off", data={"device": made}).headers["location"] == f"{NOTICES}?said=push_off"
    assert rows() == []
    switched_on(aki, service.address())
    aki.post("/sign-out", data={})
    assert rows() == []


def test_who_signs_in_anew_in_the_same_browser_goes_on_being_told(world, visit, service):
    switched_on(visit(world.aki), service.address())
    for actor, left in ((world.aki, 1), (world.chie, 0)):
        with db.transaction(write=True) as tx:
            here = push_service.actor_at(tx, tx.exec(select(PushSubscription)).one())
            sessions.begin(tx, here, tx.get(Person, actor.person_id), way="mail")
        assert len(rows()) == left


def test_a_session_that_has_run_out_is_told_nothing(world, visit, service):
    aki = visit(world.aki)
    switched_on(aki, service.address())
    with db.transaction(write=True) as tx:
        tx.exec(select(SignedIn)).one().expires_at = clock.now() - timedelta(minutes=1)
    again = visit()
    again.cookies.set("tamemap_session", signed_in(world.aki))
    assert "Android · Chrome" not in read(again.get(NOTICES)).one("section", id="push").text


def test_where_it_is_off_the_page_says_nothing_of_it(world, visit, service, monkeypatch):
    monkeypatch.setenv("TAMEMAP_PUSH", "off")
    push_service.config.settings.cache_clear()
    aki = visit(world.aki)
    assert read(aki.get(NOTICES)).all("section", id="push") == []
    problem(aki.post(HERE, json=as_browsers_say(service.address())), 409, "push_off")


def test_aki_chooses_by_kind_and_day_and_map(world, visit, service):
    aki = visit(world.aki)
    more = {"way_mine": "both", "way_followed": "none", "digest_day": "5", "digest_hour": "18", "digest_map": "hitoyoshi"}
    assert aki.post(NOTICES, data=BASE | more).status_code == 303
    with db.transaction(write=False) as tx:
        found = notice_settings(tx, world.aki)
    assert (found.ways["mine"], found.ways["followed"], found.ways["called"]) == ("both", "none", "push")
    assert (found.digest_day, found.digest_hour, found.digest_map) == (5, 18, "hitoyoshi")
    page = read(aki.get(NOTICES))
    chosen = {
        one["name"]: next(o["value"] for o in one.all("option") if "selected" in o.attributes) for one in page.all("select")
    }
    assert chosen["way_mine"] == "both"
    assert (chosen["digest_day"], chosen["digest_hour"], chosen["digest_map"]) == ("5", "18", "hitoyoshi")
    assert page.all("select", name="way_office") == []


def test_its_head_is_that_of_all_own_pages_without_the_maps(world, visit, service):
    aki = visit(world.aki)
    assert [aki.get(path).text.count('<details class="tm-switch') for path in (NOTICES, "/me/devices")] == [0, 0]


def test_staff_choose_their_days_on_duty(world, visit, service):
    ben = visit(world.ben)
    assert len(read(ben.get(NOTICES)).all("input", name="duty_days", checked="")) == 7
    ben.post(NOTICES, data=BASE | {"way_office": "push", "duty_days": ["0", "2"]})
    page = read(ben.get(NOTICES))
    assert [one["value"] for one in page.all("input", name="duty_days", checked="")] == ["0", "2"]


@pytest.mark.parametrize(
    ("wrong", "field"),
    [
        ({"way_mine": "pigeon"}, "ways"),
        ({"digest_day": "7"}, "digest_day"),
        ({"digest_day": "0", "digest_hour": "24"}, "digest_hour"),
        ({"digest_day": "0", "digest_map": "nowhere"}, "digest_map"),
        ({"way_office": "push", "duty_days": "9"}, "duty_days"),
    ],
)
def test_nonsense_changes_nothing(world, visit, service, wrong, field):
    ben = visit(world.ben)
    answer = ben.post(NOTICES, data=BASE | wrong)
    assert answer.status_code == 422
    assert t("errors.choice_missing") in read(answer).text
    with db.transaction(write=False) as tx:
        assert notice_settings(tx, world.ben).digest == "daily"
