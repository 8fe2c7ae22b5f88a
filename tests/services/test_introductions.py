"""紹介 with a place on the map: who may give it one, where it may be, and that the map knows when one comes or goes."""

from __future__ import annotations

import pytest
from sqlmodel import col, select

from tamemap.errors import Conflict, Forbidden, Invalid, NotFound, Unauthenticated
from tamemap.models import Case, Map
from tamemap.queries.boards import topic
from tamemap.queries.introductions import introductions
from tamemap.services import board_rooms, boards, cases, reports
from tamemap.services.introductions import set_place
from tamemap.services.topic_deeds import restore_topic
from tests import factories

TOWN, REGION = "hitoyoshi-hiroba", "hitoyoshi-kuma-hiroba"
HERE = {"lat": "32.2171", "lng": "130.7401", "place_name": "駅前の本屋"}


def opened(tx, actor, *, board=TOWN, kind="introduction", title="本屋です", **place):
    return boards.open_topic(tx, actor, board=board, kind=kind, title=title, body="**どうぞ**", **(place or HERE))


def shown(tx, slug="hitoyoshi"):
    return [(one.title, one.place.name) for one in introductions(tx, factories.Actor(), slug=slug)]


def version(tx, slug="hitoyoshi"):
    return tx.exec(select(Map.version).where(Map.slug == slug)).one()


def test_an_introduction_stands_on_its_boards_map_and_on_no_other(tx, world):
    before = version(tx)
    found = opened(tx, world.chie)
    assert (found.place.name, found.place.lat, found.place.lng, found.place.map_slug) == (
        "駅前の本屋",
        32.2171,
        130.7401,
        "hitoyoshi",
    )
    (one,) = introductions(tx, world.dai, slug="hitoyoshi")
    assert (one.public_id, one.board, one.excerpt) == (found.public_id, TOWN, "どうぞ")
    assert shown(tx, "hitoyoshi-kuma") == shown(tx, "nishiki") == []
    assert version(tx) > before
    opened(tx, world.chie, board=REGION)
    assert shown(tx, "hitoyoshi-kuma") == [("本屋です", "駅前の本屋")]


def test_a_place_needs_no_name_and_an_introduction_no_place(tx, world):
    assert opened(tx, world.chie, lat=HERE["lat"], lng=HERE["lng"]).place.name == ""
    before = version(tx)
    assert opened(tx, world.aki, title="はじめまして", lat="", lng="", place_name="").place is None
    assert (version(tx), len(shown(tx))) == (before, 1)


@pytest.mark.parametrize(
    ("place", "code"),
    [
        ({"lat": "35.9658", "lng": "140.6450"}, "introduction_off_map"),
        ({"lat": "north", "lng": "130.74"}, "position_wrong"),
        ({"lat": "", "lng": "130.74"}, "position_missing"),
        ({"place_name": "駅前"}, "introduction_place_missing"),
        ({"lat": HERE["lat"], "lng": HERE["lng"], "place_name": "あ" * 81}, "text_too_long"),
        (HERE | {"kind": "talk"}, "place_introductions_only"),
    ],
)
def test_a_place_that_is_none_is_said_at_the_place(tx, world, place, code):
    with pytest.raises(Invalid) as refused:
        opened(tx, world.chie, **place)
    assert [(one.field, one.code) for one in refused.value.errors] == [("place", code)]
    assert shown(tx) == []


def test_a_little_beyond_the_map_is_still_here(tx, world):
    assert opened(tx, world.chie, lat="32.2750", lng="130.7401").place is not None


def test_its_author_and_staff_change_the_place_others_do_not(tx, world):
    made = opened(tx, world.chie).public_id
    before = version(tx)
    assert set_place(tx, world.chie, topic=made, lat="32.2200", lng="130.7500", place_name="橋").place.name == "橋"
    assert version(tx) > before
    assert set_place(tx, world.ben, topic=made).place is None
    assert shown(tx) == []
    for who, error in ((world.aki, Forbidden), (world.dai, Unauthenticated)):
        with pytest.raises(error):
            set_place(tx, who, topic=made, **HERE)
    with pytest.raises(NotFound):
        set_place(tx, world.chie, topic="2222222222zz", **HERE)
    talk = factories.topic(tx, world.chie).public_id
    with pytest.raises(Invalid):
        set_place(tx, world.chie, topic=talk, **HERE)


def test_twice_is_once(tx, world):
    made = opened(tx, world.chie).public_id
    before = version(tx)
    set_place(tx, world.chie, topic=made, **HERE)
    assert version(tx) == before


def test_a_closed_one_stays_where_it_is(tx, world):
    made = opened(tx, world.chie).public_id
    boards.close_topic(tx, world.chie, topic=made)
    with pytest.raises(Conflict):
        set_place(tx, world.chie, topic=made)
    assert shown(tx) == [("本屋です", "駅前の本屋")]


def test_what_is_removed_or_held_leaves_the_map_and_comes_back(tx, world):
    made = opened(tx, world.chie).public_id
    versions = [version(tx)]

    def step(there):
        assert bool(shown(tx)) is there
        versions.append(version(tx))

    boards.remove_topic(tx, world.ben, topic=made, reason="きまり")
    step(there=False)
    restore_topic(tx, world.ben, topic=made)
    step(there=True)
    reports.make(tx, world.aki, thing="topic", thing_id=made, reason="rude")
    case = tx.exec(select(Case.public_id).where(col(Case.closed_at).is_(None))).one()
    done = cases.decide(tx, world.ben, public_ids=(case,), decision="hold", rule="off_topic")
    step(there=False)
    assert topic(tx, world.chie, public_id=made).place is not None
    cases.undo(tx, world.ben, decision=done.done[0][1])
    step(there=True)
    assert versions == sorted(set(versions))


def test_a_board_that_is_put_away_takes_its_introductions_along(tx, world):
    room = board_rooms.make(tx, world.ben, map_slug="hitoyoshi", name="お店", slug="hitoyoshi-omise").slug
    opened(tx, world.chie, board=room)
    before = version(tx)
    board_rooms.close(tx, world.ben, board=room)
    assert (shown(tx), version(tx) > before) == ([], True)
    board_rooms.reopen(tx, world.ben, board=room)
    assert len(shown(tx)) == 1


def test_an_unknown_map_is_not_found(tx, world):
    with pytest.raises(NotFound):
        introductions(tx, world.dai, slug="nowhere")
