"""Telling people."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from sqlmodel import select

from tamemap import clock, i18n
from tamemap.errors import Unauthenticated
from tamemap.models import OutboxEntry, Person
from tamemap.queries.notices import notices, unread
from tamemap.services import ways
from tamemap.services.following import TOPIC_CODES
from tamemap.services.notices import MAILED, RENEWED, MarkedRead, mark_read, tell
from tests.services.rows import mails

RECALL = {"title": "秋の{市}", "reason": "日にちがちがいます"}


def test_aki_is_told_on_her_page_and_by_mail(tx, world):
    tell(tx, person_id=world.aki.person_id, code="flyer_recalled", params=RECALL, url="/f/abc")
    (notice,) = notices(tx, world.aki)
    assert (notice.code, notice.params, notice.url, notice.read) == ("flyer_recalled", RECALL, "/f/abc", False)
    assert notice.created_at == clock.now()
    words = i18n.t(f"notices.{notice.code}", **notice.params)
    (mail,) = mails(tx)
    assert (mail["to"], mail["subject"]) == ("aki@example.jp", i18n.t("mail.subject.flyer_recalled"))
    assert words in mail["text"]
    assert "http://localhost:8000/f/abc" in mail["text"]
    assert "秋の{市}" in words


def test_small_things_are_no_mail(tx, world):
    tell(tx, person_id=world.aki.person_id, code="topic_answered", params={"title": "話", "name": "Chie"}, url="/b/x/y")
    assert mails(tx) == []
    assert unread(tx, world.aki) == 1


def test_the_same_again_renews_what_is_unread(tx, world):
    for hours, title in ((0, "秋の市"), (1, "冬の市")):
        with clock.frozen_at(clock.now() + timedelta(hours=hours)):
            tell(tx, person_id=world.aki.person_id, code="flyer_held", params={"title": title}, url="/desk")
    (notice,) = notices(tx, world.aki)
    assert (notice.params["title"], notice.created_at) == ("冬の市", clock.now() + timedelta(hours=1))
    mark_read(tx, world.aki)
    tell(tx, person_id=world.aki.person_id, code="flyer_held", params={"title": "春の市"}, url="/desk")
    assert len(notices(tx, world.aki)) == 2


def test_a_mail_waits_until_the_quiet_hours_are_over(tx, world):
    night = datetime(2026, 11, 22, 14, 0, tzinfo=UTC)  # 23:00 in Tokyo
    with clock.frozen_at(night):
        tell(tx, person_id=world.aki.person_id, code="flyer_recalled", params=RECALL, url="/f/abc")
    assert [row.due_at for row in tx.exec(select(OutboxEntry))] == [night + timedelta(hours=8)]
    person = tx.get(Person, world.chie.person_id)
    person.quiet_from = person.quiet_to = ""
    with clock.frozen_at(night):
        tell(tx, person_id=world.chie.person_id, code="flyer_recalled", params=RECALL, url="/f/abc")
    assert [row.due_at for row in tx.exec(select(OutboxEntry))] == [night + timedelta(hours=8), night]


def test_word_of_changed_ways_in_waits_for_nothing(tx, world):
    with clock.frozen_at(datetime(2026, 11, 22, 14, 0, tzinfo=UTC)):
        ways.tell(tx, tx.get(Person, world.aki.person_id), "way_mail_added")
        assert [row.due_at for row in tx.exec(select(OutboxEntry))] == [clock.now()]


def test_two_decisions_are_two_notices(tx, world):
    for _ in range(2):
        tell(tx, person_id=world.aki.person_id, code="flyer_recalled", params=RECALL, url="/f/abc")
    assert unread(tx, world.aki) == 2


def test_guests_and_those_who_left_are_not_told(tx, world):
    person = tx.get(Person, world.chie.person_id)
    person.left_at = clock.now()
    tx.add(person)
    for person_id in (None, world.chie.person_id):
        tell(tx, person_id=person_id, code="flyer_recalled", params=RECALL)
    assert mails(tx) == []


def test_a_notice_without_words_is_our_mistake(tx, world):
    with pytest.raises(KeyError):
        tell(tx, person_id=world.aki.person_id, code="nonsense", params={})
    with pytest.raises(KeyError):
        tell(tx, person_id=world.aki.person_id, code="flyer_up", params={"name": "市"})


def test_aki_reads_some_then_all_and_again(tx, world):
    for number in range(3):
        tell(tx, person_id=world.aki.person_id, code="flyer_up", params={"title": f"{number}"})
    newest = notices(tx, world.aki)[0]
    assert newest.params == {"title": "2"}
    assert mark_read(tx, world.aki, ids=[newest.id]) == MarkedRead(marked=1, unread=2)
    assert [notice.read for notice in notices(tx, world.aki)] == [True, False, False]
    assert mark_read(tx, world.aki) == MarkedRead(marked=2, unread=0)
    assert mark_read(tx, world.aki) == MarkedRead(marked=0, unread=0)


def test_nobody_reads_for_somebody_else(tx, world):
    tell(tx, person_id=world.aki.person_id, code="flyer_up", params={"title": "市"})
    (notice,) = notices(tx, world.aki)
    assert mark_read(tx, world.chie, ids=[notice.id]) == MarkedRead(marked=0, unread=0)
    assert notices(tx, world.chie) == ()
    assert unread(tx, world.aki) == 1
    for call in (mark_read, notices):
        with pytest.raises(Unauthenticated):
            call(tx, world.dai)
    assert unread(tx, world.dai) == 0


def test_strange_ids_name_nothing(tx, world):
    tell(tx, person_id=world.aki.person_id, code="flyer_up", params={"title": "市"})
    assert mark_read(tx, world.aki, ids=[0, -1, 2**63, "1", True, None]) == MarkedRead(marked=0, unread=1)  # type: ignore[list-item]


@pytest.mark.parametrize("lang", i18n.AVAILABLE)
@pytest.mark.parametrize("code", sorted({*MAILED, *RENEWED, *TOPIC_CODES}))
def test_every_notice_has_words(code, lang):
    more = {"board": "B", "count": 3, "town": "W", "until": "U", "rule": "L", "words": "S", "days": 7}
    words = i18n.t(f"notices.{code}", lang, title="T", reason="R", name="N", **more)
    assert "{" not in words
    if code in MAILED:
        assert i18n.t(f"mail.subject.{code}", lang)
