"""Taking back what was done to a topic: closed ones opened again, removed ones brought back."""

from __future__ import annotations

import pytest
from sqlmodel import select

from tamemap import clock
from tamemap.errors import Conflict, Forbidden, Gone
from tamemap.models import Notice
from tamemap.queries.topic_deeds import may_reopen
from tamemap.services import boards, themes, topic_deeds
from tests import factories
from tests.conftest import NOON
from tests.factories import DAY, HOUR


def test_who_closed_their_own_topic_opens_it_again(tx, world):
    talk = factories.topic(tx, world.aki).public_id
    boards.close_topic(tx, world.aki, topic=talk)
    assert [may_reopen(tx, who, talk) for who in (world.aki, world.ben, world.chie, world.dai)] == [True, True, False, False]
    with pytest.raises(Forbidden):
        topic_deeds.reopen_topic(tx, world.chie, topic=talk)
    assert not topic_deeds.reopen_topic(tx, world.aki, topic=talk).closed
    factories.post(tx, world.chie, talk)


def test_what_staff_have_closed_only_staff_open(tx, world):
    talk = factories.topic(tx, world.aki).public_id
    boards.close_topic(tx, world.ben, topic=talk)
    assert [may_reopen(tx, who, talk) for who in (world.aki, world.ben, world.fumi)] == [False, True, False]
    with pytest.raises(Forbidden):
        topic_deeds.reopen_topic(tx, world.aki, topic=talk)
    topic_deeds.reopen_topic(tx, world.ben, topic=talk)
    # later its author closes it, and that is theirs again
    with clock.frozen_at(NOON + HOUR):
        boards.close_topic(tx, world.aki, topic=talk)
        topic_deeds.reopen_topic(tx, world.aki, topic=talk)


def test_a_theme_that_is_over_is_not_opened_by_this(tx, world):
    theme = themes.open_theme(
        tx, world.ben, board="hitoyoshi-hiroba", title="川", body="どうぞ", period={"ends_on": "2026-11-22"}
    ).public_id
    boards.close_topic(tx, world.ben, topic=theme)
    assert topic_deeds.reopen_topic(tx, world.ben, topic=theme).pinned
    boards.close_topic(tx, world.ben, topic=theme)
    with clock.frozen_at(NOON + DAY):
        assert not may_reopen(tx, world.ben, theme)
        with pytest.raises(Conflict, match="topic_closed"):
            topic_deeds.reopen_topic(tx, world.ben, topic=theme)


def test_a_removed_topic_comes_back_within_a_day_and_its_author_is_told(tx, world):
    talk = factories.topic(tx, world.aki).public_id
    boards.remove_topic(tx, world.ben, topic=talk, reason="まちがい")
    for who in (world.aki, world.fumi):
        with pytest.raises(Forbidden):
            topic_deeds.restore_topic(tx, who, topic=talk)
    for _ in range(2):
        assert topic_deeds.restore_topic(tx, world.ben, topic=talk).title == "はじめまして"
    told = tx.exec(select(Notice.code).where(Notice.person_id == world.aki.person_id)).all()
    assert told.count("topic_restored") == 1
    boards.remove_topic(tx, world.ben, topic=talk, reason="やはり")
    with clock.frozen_at(NOON + DAY), pytest.raises(Gone):
        topic_deeds.restore_topic(tx, world.ben, topic=talk)
