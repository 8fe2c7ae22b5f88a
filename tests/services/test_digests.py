"""One mail with what is new: in the morning, once, and none without news. The world's clock begins on Sunday at noon."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from sqlmodel import select

from tamemap import clock, db, i18n
from tamemap.jobs import tasks
from tamemap.models import Notice, OutboxEntry, Person
from tamemap.services import digests, unsubscribing
from tamemap.services.notices import mark_read, tell
from tests.services.rows import mails

# Monday, in Tokyo
MORNING = datetime(2026, 11, 22, 22, 2, tzinfo=UTC)
DAY, HOUR = timedelta(days=1), timedelta(hours=1)
TALK = {"title": "川の話", "name": "Chie", "count": 3}
URL = "/b/hitoyoshi-hiroba/222222222222"


def say(actor, code="topic_news", params=TALK, url=URL):
    with clock.frozen_at(clock.now() + timedelta(minutes=1)), db.transaction(write=True) as tx:
        tell(tx, person_id=actor.person_id, code=code, params=params, url=url)


def wishes(actor, **fields):
    with db.transaction(write=True) as tx:
        row = tx.get(Person, actor.person_id)
        for name, value in fields.items():
            setattr(row, name, value)
        tx.add(row)


def sent():
    with db.transaction(write=False) as tx:
        return mails(tx)


def gathered_at(moment):
    with clock.frozen_at(moment):
        return digests.gather()


def test_in_the_morning_aki_gets_one_mail_by_topics_with_links(world):
    say(world.aki)
    say(world.aki, "town_answer_received", {"title": "川の話"}, URL + "#abc")
    say(world.aki, "board_news", {"board": "広場", "title": "{山}の話"}, "/b/hitoyoshi-hiroba/333333333333")
    assert gathered_at(MORNING - HOUR) == 0
    assert gathered_at(MORNING) == 1
    (mail,) = sent()
    news = "\n".join([
        "・" + i18n.t("notices.topic_news", **TALK),
        "・" + i18n.t("notices.town_answer_received", title="川の話"),
        f"  http://localhost:8000{URL}",
        "",
        "・" + i18n.t("notices.board_news", board="広場", title="{山}の話"),
        "  http://localhost:8000/b/hitoyoshi-hiroba/333333333333",
    ])  # fmt: skip
    link = "http://localhost:8000/me/notices"
    assert mail["to"] == "aki@example.jp"
    assert mail["subject"] == i18n.t("mail.digest.subject", count=3)
    with db.transaction(write=False) as tx:
        stop = "http://localhost:8000" + unsubscribing.path_of(tx.get(Person, world.aki.person_id))
    assert mail["text"] == i18n.t("mail.digest.text", name="Aki", news=news, link=link, stop=stop)
    assert mail["stop"] == stop


def test_however_often_the_worker_looks_it_is_one_mail_a_day(world):
    say(world.aki)
    assert [gathered_at(MORNING + number * HOUR) for number in range(4)] == [1, 0, 0, 0]
    with clock.frozen_at(MORNING + 5 * HOUR):
        say(world.aki, params=TALK | {"title": "夜の話"}, url="/b/x/y")
    assert gathered_at(MORNING + 6 * HOUR) == 0
    assert gathered_at(MORNING + DAY) == 1
    assert "夜の話" in sent()[1]["text"]
    assert "川の話" not in sent()[1]["text"]
    assert gathered_at(MORNING + 2 * DAY) == 0


def test_after_a_night_off_the_worker_makes_it_up_and_it_waits_for_the_quiet_hours(world):
    say(world.aki)
    late = datetime(2026, 11, 23, 14, 0, tzinfo=UTC)  # 23:00 in Tokyo
    assert gathered_at(late) == 1
    with db.transaction(write=False) as tx:
        assert tx.exec(select(OutboxEntry.due_at)).one() == late + 8 * HOUR
    assert gathered_at(late + 9 * HOUR) == 0


def test_what_was_read_or_mailed_at_once_is_not_in_it(world):
    say(world.aki)
    with db.transaction(write=True) as tx:
        mark_read(tx, world.aki)
    say(world.aki, "flyer_recalled", {"title": "秋の市", "reason": "雨"}, "/f/x")
    assert gathered_at(MORNING) == 0
    wishes(world.aki, mail_notices=False)
    assert gathered_at(MORNING) == 1
    assert "秋の市" in sent()[-1]["text"]


@pytest.mark.parametrize("fields", [{"digest": "off"}, {"mail": None}, {"left_at": MORNING}])
def test_who_does_not_want_it_or_has_no_address_gets_none(world, fields):
    say(world.aki)
    wishes(world.aki, **fields)
    assert gathered_at(MORNING + DAY) == 0


def test_weekly_is_on_monday(world):
    wishes(world.aki, digest="weekly")
    with clock.frozen_at(MORNING + DAY):
        say(world.aki)
    assert [gathered_at(MORNING + number * DAY) for number in range(2, 9)] == [0, 0, 0, 0, 0, 1, 0]


def test_many_pages_are_counted_and_old_notices_forgotten(world):
    with db.transaction(write=True) as tx:
        said = {"person_id": world.aki.person_id, "code": "topic_news", "params": '{"title": "話", "count": 1}'}
        rows = [Notice(**said, url=f"/b/x/{number}", created_at=clock.now()) for number in range(digests.MOST + 2)]
        rows.append(Notice(person_id=world.aki.person_id, code="lost_words", created_at=clock.now() - 15 * DAY))
        tx.add_all(rows)
    wishes(world.aki, created_at=clock.now() - 30 * DAY)
    assert gathered_at(MORNING) == 1
    text = sent()[0]["text"]
    assert text.count("/b/x/") == digests.MOST
    assert i18n.t("mail.digest.more", count=2, link="http://localhost:8000/notices") in text
    assert i18n.t("notices_page.unknown") not in text


def test_people_are_read_page_by_page_by_the_workers_task(world, monkeypatch):
    monkeypatch.setattr(digests, "AT_ONCE", 2)
    cast = (world.aki, world.ben, world.chie, world.emi, world.fumi)
    for actor in cast:
        say(actor)
    with clock.frozen_at(MORNING):
        tasks.gather_news()
    assert sorted(mail["to"] for mail in sent()) == sorted(actor.mail for actor in cast)
