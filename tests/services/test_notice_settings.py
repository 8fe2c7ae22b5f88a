"""Choosing how one is told."""

from __future__ import annotations

import pytest

from tamemap import clock
from tamemap.domain.actors import Actor
from tamemap.errors import Forbidden, Invalid, Unauthenticated
from tamemap.queries.notice_settings import NoticeSettings, notice_settings
from tamemap.services.notice_settings import choose
from tests.factories import DAY
from tests.services.people_rows import person_of

CHOSEN = {"mail_notices": False, "digest": "weekly", "quiet_from": "22:30", "quiet_to": "06:00"}


def test_aki_chooses_and_chie_is_not_touched(tx, world):
    made = choose(tx, world.aki, **CHOSEN)
    assert made == notice_settings(tx, world.aki) == NoticeSettings("aki@example.jp", **CHOSEN)
    assert choose(tx, world.aki, **CHOSEN) == made
    assert notice_settings(tx, world.chie) == NoticeSettings("chie@example.jp", True, "daily", "21:00", "07:00")
    assert choose(tx, world.aki, **CHOSEN | {"quiet_from": "", "quiet_to": ""}).quiet_from == ""


def test_who_begins_with_gathered_mails_gets_no_old_news(tx, world):
    choose(tx, world.aki, **CHOSEN | {"digest": "off"})
    with clock.frozen_at(clock.now() + DAY):
        choose(tx, world.aki, **CHOSEN)
        assert person_of(tx, world.aki).digested_at == clock.now()
        with clock.frozen_at(clock.now() + DAY):
            choose(tx, world.aki, **CHOSEN | {"digest": "daily"})
        assert person_of(tx, world.aki).digested_at == clock.now()


@pytest.mark.parametrize(
    ("wrong", "field"),
    [
        ({"digest": "hourly"}, "digest"),
        ({"quiet_from": "25:00"}, "night_from"),
        ({"quiet_to": ""}, "night_to"),
        ({"quiet_to": "22:30"}, "night_to"),
    ],
)
def test_nonsense_is_refused_at_its_field(tx, world, wrong, field):
    before = notice_settings(tx, world.aki)
    with pytest.raises(Invalid) as refused:
        choose(tx, world.aki, **CHOSEN | wrong)
    assert [one.field for one in refused.value.errors] == [field]
    assert notice_settings(tx, world.aki) == before


def test_guests_and_programs_choose_nothing(tx, world):
    for call in (notice_settings, lambda db, who: choose(db, who, **CHOSEN)):
        with pytest.raises(Unauthenticated):
            call(tx, world.dai)
        with pytest.raises(Forbidden):
            call(tx, Actor(person_id=world.aki.person_id, scopes=frozenset({"boards"})))
