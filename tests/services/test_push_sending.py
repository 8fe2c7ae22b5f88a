"""Notices on people's devices: what a browser gets from a real push service, when, and what it never gets."""

from __future__ import annotations

import secrets
from datetime import UTC, datetime, timedelta

import pytest
from sqlmodel import select

from tamemap import clock, db
from tamemap.jobs.drain import drain
from tamemap.jobs.handlers import HANDLERS
from tamemap.models import Case, CaseDecision, Notice, OutboxEntry, Person, Post, PushSubscription, Region, Role, Suspension
from tamemap.services import flyers, following, holding, posts, push_sending, reports, sessions
from tamemap.services.notices import mark_read, tell
from tests import factories
from tests.services import push_service
from tests.services.people_rows import person_of
from tests.services.push_service import service, services
from tests.services.rows import mails

MINUTE, HOUR = timedelta(minutes=1), timedelta(hours=1)
NIGHT = datetime(2026, 11, 22, 14, 0, tzinfo=UTC)  # 23:00 in Tokyo
MORNING = datetime(2026, 11, 22, 22, 0, tzinfo=UTC)  # 7:00
RECALL = {"title": "秋の市", "reason": "雨"}
__all__ = ["service", "services"]


@pytest.fixture
def phone(world, service):
    """Aki's."""
    return switched_on(service, world.aki)


def switched_on(service, actor, name="aki"):
    with db.transaction(write=True) as tx:
        return push_service.device(tx, actor, service.address(name)).id


def say(actor, code="flyer_recalled", params=RECALL, url="/f/222222222222"):
    with db.transaction(write=True) as tx:
        tell(tx, person_id=actor.person_id, code=code, params=params, url=url)


def wishes(actor, **fields):
    with db.transaction(write=True) as tx:
        row = tx.get(Person, actor.person_id)
        for name, value in fields.items():
            setattr(row, name, value)
        tx.add(row)


def work(moment=None):
    """The worker does what is due."""
    handlers = {kind: HANDLERS[kind] for kind in ("push", "followers")}
    with clock.frozen_at(moment or clock.now()):
        while drain(handlers):
            pass


def mailed():
    with db.transaction(write=False) as tx:
        return [mail["to"] for mail in mails(tx)]


def device_row(number):
    with db.transaction(write=False) as tx:
        return tx.get(PushSubscription, number)


def suspended(tx, actor):
    region = tx.exec(select(Region.id)).first()
    case = Case(thing="post", thing_id="x", region_id=region, author_id=actor.person_id, source="report", opened_at=clock.now())
    tx.add(case)
    tx.flush()
    made = CaseDecision(case_id=case.id, decision="suspend", decided_at=clock.now())
    tx.add(made)
    tx.flush()
    since = clock.now() - HOUR
    tx.add(Suspension(person_id=actor.person_id, region_id=region, decision_id=made.id, since=since, until=since + 2 * HOUR))


def talk(world):
    """A topic of Chie's on 人吉市's board that Aki follows."""
    with db.transaction(write=True) as tx:
        topic = factories.topic(tx, world.chie, title="川の話").public_id
        following.follow_topic(tx, world.aki, topic=topic, on=True)
    work()
    return topic


def answered(world, topic, actor=None):
    with db.transaction(write=True) as tx:
        return factories.post(tx, actor or world.chie, topic, body=secrets.token_hex(4)).public_id


def test_aki_is_told_on_her_phone_and_not_by_mail_too(world, service, phone):
    say(world.aki)
    work()
    (shown,) = service.payloads
    assert shown == {
        "title": "あなたのチラシ・投稿",
        "body": "「秋の市」を職員が取り下げました。理由：雨\n11月22日（日） 12:00",
        "url": "/f/222222222222",
        "tag": "/f/222222222222",
        "at": int(clock.now().timestamp() * 1000),
        "lang": "ja",
    }
    assert mailed() == []
    row = device_row(phone)
    assert (row.success_at, row.failures) == (clock.now(), 0)
    work()
    assert len(service.taken) == 1


@pytest.mark.usefixtures("phone")
@pytest.mark.parametrize(("way", "counts"), [("push", (1, 0)), ("both", (1, 1)), ("mail", (0, 1)), ("none", (0, 0))])
def test_by_the_way_that_she_chose(world, service, way, counts):
    wishes(world.aki, told_by=f"mine:{way}")
    say(world.aki)
    work()
    assert (len(service.taken), len(mailed())) == counts


def test_without_a_device_it_is_a_mail_as_ever(world, service):
    say(world.aki)
    work()
    assert (service.asked, mailed()) == (0, ["aki@example.jp"])


def test_what_she_follows_says_what_when_and_where_and_opens_the_topic(world, service, phone):
    topic = talk(world)
    answered(world, topic)
    work()
    (shown,) = service.payloads
    assert shown["title"] == "フォロー中の話題"
    assert shown["body"] == "「川の話」に、新しい投稿が1件あります。\n広場 · 人吉市マップ\n11月22日（日） 12:00"
    assert shown["url"] == f"/b/hitoyoshi-hiroba/{topic}"


def test_a_lively_topic_does_not_ring_with_every_post(world, service, phone):
    topic = talk(world)
    for _ in range(3):
        answered(world, topic)
        work()
    assert len(service.taken) == 1
    work(clock.now() + 10 * MINUTE)
    assert [one["body"].partition("\n")[0] for one in service.payloads] == [
        "「川の話」に、新しい投稿が1件あります。",
        "「川の話」に、新しい投稿が3件あります。",
    ]
    assert len({one.headers["topic"] for one in service.taken}) == 1


def test_quiet_hours_are_kept_and_everything_comes_as_one_in_the_morning(world, service, phone):
    with clock.frozen_at(NIGHT):
        for number in range(5):
            say(world.aki, params=RECALL | {"title": f"市{number}"}, url=f"/f/22222222222{number + 2}")
    work(NIGHT)
    assert service.asked == 0
    work(MORNING)
    (shown,) = service.payloads
    assert (shown["title"], shown["url"]) == ("お知らせが5件あります", "/notices")
    assert shown["body"].count("\n") == 4


def test_a_worker_that_comes_late_rings_nobody_at_night(world, service, phone):
    say(world.aki)
    work(NIGHT)
    assert service.asked == 0
    work(MORNING)
    assert len(service.taken) == 1


def test_what_was_read_meanwhile_is_not_shown(world, service, phone):
    with clock.frozen_at(NIGHT):
        say(world.aki)
    with db.transaction(write=True) as tx:
        mark_read(tx, world.aki)
    work(MORNING)
    assert service.asked == 0


def test_a_post_that_is_held_or_removed_before_it_is_sent_is_not_announced(world, service, phone):
    topic = talk(world)
    for away in ("held", "removed"):
        post = answered(world, topic)
        drain({"followers": HANDLERS["followers"]})
        with db.transaction(write=True) as tx:
            row = tx.exec(select(Post).where(Post.public_id == post)).one()
            if away == "held":
                holding.hold_written(tx, row, clock.now())
            else:
                posts.remove_post(tx, world.chie, post=post)
        work()
    assert service.asked == 0


def test_a_flyer_that_was_recalled_before_it_is_sent_is_not_announced(world, service, phone):
    with db.transaction(write=True) as tx:
        flyer = factories.flyer(tx, world.aki).public_id
    say(world.aki, "flyer_up", {"title": "秋の市"}, f"/f/{flyer}")
    with db.transaction(write=True) as tx:
        flyers.delete(tx, world.aki, public_id=flyer)
    work()
    assert (service.asked, mailed()) == (0, [])


def test_a_flyer_that_is_up_is_told_with_its_day_and_its_town(world, service, phone):
    with db.transaction(write=True) as tx:
        flyer = factories.flyer(tx, world.aki, starts_at="2026-11-23T10:00:00+09:00", venue="市民会館").public_id
    say(world.aki, "flyer_up", {"title": "秋の市"}, f"/f/{flyer}")
    work()
    assert service.payloads[0]["body"].split("\n")[1] == "11月23日（月・祝） 10:00から · 市民会館 · 人吉市"


def test_who_has_left_is_told_nothing(world, service, phone):
    say(world.aki)
    wishes(world.aki, left_at=clock.now())
    work()
    assert (service.asked, mailed()) == (0, [])


def test_who_is_suspended_gets_mail_and_no_push(world, service, phone):
    with db.transaction(write=True) as tx:
        suspended(tx, world.aki)
    say(world.aki)
    work()
    assert (service.asked, mailed()) == (0, ["aki@example.jp"])


def test_who_signs_out_there_is_told_nothing_there(world, service, phone):
    with clock.frozen_at(NIGHT):
        say(world.aki)
    with db.transaction(write=True) as tx:
        sessions.end_all(tx, world.aki.person_id)
        assert tx.exec(select(PushSubscription)).all() == []
    work(MORNING)
    assert (service.asked, mailed()) == (0, ["aki@example.jp"])


@pytest.mark.parametrize("status", [404, 410])
def test_a_dead_device_is_forgotten_and_she_gets_a_mail(world, service, phone, status):
    service.answer = (status, {})
    say(world.aki)
    work()
    assert device_row(phone) is None
    assert mailed() == ["aki@example.jp"]
    work(clock.now() + HOUR)
    assert service.asked == 1


def test_a_busy_push_service_is_given_time_and_then_it_is_a_mail(world, service, phone):
    service.answer = (503, {"retry-after": "120"})
    say(world.aki)
    work()
    assert (device_row(phone).failures, device_row(phone).rest_until) == (1, clock.now() + 2 * MINUTE)
    work(clock.now() + MINUTE)
    assert (service.asked, mailed()) == (1, [])
    work(clock.now() + 40 * MINUTE)
    assert (service.asked, mailed()) == (2, ["aki@example.jp"])
    service.answer = (201, {})
    with clock.frozen_at(clock.now() + 2 * HOUR):
        say(world.aki)
        work()
    assert (len(service.taken), device_row(phone).failures) == (1, 0)


def test_one_device_that_works_is_enough(world, service, phone):
    with db.transaction(write=True) as tx:
        push_service.device(tx, world.aki)
        tx.exec(select(PushSubscription).where(PushSubscription.id != phone)).one().rest_until = clock.now() + HOUR
    say(world.aki)
    work()
    assert (len(service.taken), mailed()) == (1, [])


def test_a_device_that_fails_for_a_week_counts_as_gone(world, service, phone):
    with db.transaction(write=True) as tx:
        tx.get(PushSubscription, phone).failures = 11
    service.answer = (500, {})
    say(world.aki)
    work()
    assert device_row(phone) is None


def test_staff_are_called_once_in_a_flood_and_the_rest_is_counted(world, service):
    switched_on(service, world.ben, "ben")
    wishes(world.ben, told_by="office:push", quiet_from="", quiet_to="")
    for number in range(6):
        with db.transaction(write=True) as tx:
            made = factories.topic(tx, world.aki, title=f"話{number}").public_id
            reports.make(tx, world.chie, thing="topic", thing_id=made, reason="advert")
        work()
    assert [one["body"] for one in service.payloads] == ["確認を待つ件 1件\n人吉市\n11月22日（日） 12:00"]
    work(clock.now() + 10 * MINUTE)
    assert [one["body"].partition("\n")[0] for one in service.payloads] == ["確認を待つ件 1件", "確認を待つ件 6件"]
    assert {one["url"] for one in service.payloads} == {"/desk/cases"}
    assert "ben@example.jp" not in mailed()


def test_staff_who_are_off_duty_are_called_on_their_next_day(world, service):
    switched_on(service, world.ben, "ben")
    wishes(world.ben, told_by="office:push", duty_days="01234")
    with db.transaction(write=True) as tx:
        made = factories.topic(tx, world.aki).public_id
        reports.make(tx, world.chie, thing="topic", thing_id=made, reason="advert")
    work()
    assert service.asked == 0
    work(MORNING)
    assert len(service.taken) == 1


def test_staff_hear_nothing_of_a_desk_that_is_theirs_no_more(world, service):
    switched_on(service, world.ben, "ben")
    wishes(world.ben, told_by="office:push")
    say(world.ben, "flyer_held", {"title": "秋の市"}, "/desk")
    with db.transaction(write=True) as tx:
        for role in tx.exec(select(Role).where(Role.person_id == world.ben.person_id)):
            tx.delete(role)
    work()
    assert service.asked == 0


def test_staff_who_have_not_chosen_it_get_mail_as_ever(world, service):
    switched_on(service, world.ben, "ben")
    say(world.ben, "flyer_held", {"title": "秋の市"}, "/desk")
    work()
    assert (service.asked, mailed()) == (0, ["ben@example.jp"])


def test_ten_thousand_letters_fit(world, service, phone):
    say(world.aki, params={"title": "𠮷" * 5000, "reason": "雨" * 5000})
    work()
    assert len(service.taken) == 1


def test_the_notice_remembers_that_it_was_shown(world, service, phone):
    topic = talk(world)
    answered(world, topic)
    work()
    with db.transaction(write=False) as tx:
        entries = tx.exec(select(OutboxEntry).where(OutboxEntry.kind == "push")).all()
        notice = tx.exec(select(Notice).where(Notice.person_id == world.aki.person_id)).one()
    assert (len(entries), notice.push_at, notice.pushed_at) == (1, None, clock.now())


def test_changed_quiet_hours_count_for_what_waits(world, service, phone):
    with clock.frozen_at(NIGHT):
        say(world.aki)
        with db.transaction(write=True) as tx:
            row = person_of(tx, world.aki)
            row.quiet_from = row.quiet_to = ""
            push_sending.reschedule(tx, row)
    work(NIGHT)
    assert len(service.taken) == 1
