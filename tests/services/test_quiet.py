"""Closing a map's boards to writing: the switch and the nights, for whom, and what goes on meanwhile."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlmodel import select

from tamemap import clock
from tamemap.errors import Conflict, Forbidden, Invalid, NotFound, Unauthenticated
from tamemap.models import AuditEntry
from tamemap.queries.boards import board, topic
from tamemap.services import posts, quiet
from tests import factories
from tests.conftest import NOON
from tests.factories import HOUR


def closed(tx, actor, words="あすの朝まで休みます。", map_slug="hitoyoshi"):
    return quiet.close_writing(tx, actor, map_slug=map_slug, words=words)


def test_one_switch_stops_all_new_words_and_nothing_else(tx, world):
    talk = factories.topic(tx, world.aki).public_id
    written = factories.post(tx, world.aki, talk).public_id
    closed(tx, world.ben)
    for deed in (
        lambda: factories.topic(tx, world.aki, title="まだ"),
        lambda: factories.post(tx, world.chie, talk, body="まだ"),
        lambda: posts.edit_post(tx, world.aki, post=written, body="なおす"),
    ):
        with pytest.raises(Conflict, match=r"^writing_closed$") as caught:
            deed()
        assert caught.value.params["words"] == "あすの朝まで休みます。"
    posts.react(tx, world.chie, post=written, kind="like", on=True)
    posts.remove_post(tx, world.aki, post=written)
    # staff go on, and so does the neighbouring town
    factories.post(tx, world.ben, talk, body="落ちつきましょう。")
    factories.post(tx, world.emi, talk, body="お願いします。")
    factories.topic(tx, world.aki, board="nishiki-hiroba")
    quiet.open_writing(tx, world.ben, map_slug="hitoyoshi")
    factories.post(tx, world.chie, talk, body="また")


def test_everybody_is_told_before_they_write(tx, world):
    talk = factories.topic(tx, world.aki).public_id
    closed(tx, world.ben)
    for who, may in ((world.aki, False), (world.dai, False), (world.ben, True)):
        seen, there = board(tx, who, slug="hitoyoshi-hiroba"), topic(tx, who, public_id=talk)
        assert (seen.may_write, seen.may_open, there.may_write) == (may, may, may)
        assert (seen.quiet.words, there.quiet.reason) == ("あすの朝まで休みます。", "closed")


def test_a_guest_is_asked_to_sign_in_before_all(tx, world):
    talk = factories.topic(tx, world.aki).public_id
    closed(tx, world.ben)
    with pytest.raises(Unauthenticated):
        factories.post(tx, world.dai, talk)


def test_at_night_nobody_but_staff_writes(tx, world):
    talk = factories.topic(tx, world.aki).public_id
    quiet.set_nights(tx, world.ben, map_slug="hitoyoshi", night_from="22:00", night_to="06:00")
    factories.post(tx, world.aki, talk, body="昼")
    for hours, minutes, open_now in ((9, 59, True), (10, 0, False), (17, 59, False), (18, 0, True)):
        with clock.frozen_at(NOON + hours * HOUR + timedelta(minutes=minutes)):
            words = f"{hours}:{minutes}"
            if open_now:
                factories.post(tx, world.aki, talk, body=words)
                continue
            with pytest.raises(Conflict, match="writing_closed_night") as caught:
                factories.post(tx, world.aki, talk, body=words)
            assert caught.value.params["until"] == "6:00"
            factories.post(tx, world.ben, talk, body=words)
    quiet.set_nights(tx, world.ben, map_slug="hitoyoshi", night_from="", night_to="")
    with clock.frozen_at(NOON + 11 * HOUR):
        factories.post(tx, world.aki, talk, body="夜")


def test_each_deed_is_written_down_once(tx, world):
    for _ in range(2):
        closed(tx, world.ben)
    closed(tx, world.ben, words="")
    for _ in range(2):
        quiet.set_nights(tx, world.ben, map_slug="hitoyoshi", night_from="22:00", night_to="06:00")
        quiet.open_writing(tx, world.ben, map_slug="hitoyoshi")
    found = tx.exec(select(AuditEntry).where(AuditEntry.verb == "board.close_writing")).all()
    assert [one.detail for one in found] == [{"open": False}, {"open": False}, {"nights": "22:00-06:00"}, {"open": True}]


def test_only_the_towns_staff_hold_the_switch(tx, world):
    for who, error in ((world.fumi, Forbidden), (world.aki, Forbidden), (world.dai, Unauthenticated)):
        for deed in (
            lambda who: closed(tx, who),
            lambda who: quiet.open_writing(tx, who, map_slug="hitoyoshi"),
            lambda who: quiet.set_nights(tx, who, map_slug="hitoyoshi", night_from="22:00", night_to="06:00"),
        ):
            with pytest.raises(error):
                deed(who)
    with pytest.raises(Forbidden):
        closed(tx, world.ben, map_slug="hitoyoshi-kuma")
    with pytest.raises(NotFound):
        closed(tx, world.ben, map_slug="'")
    with pytest.raises(Invalid):
        closed(tx, world.ben, words="あ" * 201)
    assert board(tx, world.aki, slug="hitoyoshi-hiroba").quiet is None
