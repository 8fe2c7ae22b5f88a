"""Posting, changing, showing outside, taking back and undoing: happy, forbidden, invalid, twice."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import timedelta

import pytest
from sqlmodel import select

from tamemap import clock
from tamemap.domain.actors import SYSTEM, Actor
from tamemap.errors import (
    Conflict,
    Forbidden,
    Gone,
    Invalid,
    NotFound,
    PreconditionFailed,
    TooLarge,
    TooMany,
    Unauthenticated,
)
from tamemap.models import Flyer, Map, Notice, Picture, Placement, PlacementChange
from tamemap.queries.flyer import flyer as seen
from tamemap.queries.flyer import mine
from tamemap.services import decisions, flyers, stamps
from tamemap.services.flyer_input import PER_HOUR
from tests import factories
from tests.factories import HITOYOSHI, KASHIMA, NISHIKI, OFFICES

LAT, LNG = OFFICES[HITOYOSHI]


def raw(**changes):
    """Good fields."""
    return {"title": "秋の市", "category": "market", "lat": str(LAT), "lng": str(LNG)} | changes


def posted(tx, actor, *, pictures=1, hidden=(), outside=False, may_post=True, map_slug="", **changes):
    ids = tuple(factories.waiting_picture(tx, actor).public_id for _ in range(pictures))
    return flyers.post(tx, actor, raw=raw(**changes), picture_ids=ids, hidden=hidden, outside=outside, may_post=may_post,
                       map_slug=map_slug)  # fmt: skip


def later(**delta):
    return clock.frozen_at(clock.now() + timedelta(**delta))


def standings(tx, public_id):
    """Its states by map."""
    rows = tx.exec(select(Map.slug, Placement.state).join(Map).join(Flyer).where(Flyer.public_id == public_id))
    return dict(rows.all())


def version_of(tx, slug):
    return tx.exec(select(Map.version).where(Map.slug == slug)).one()


# posting


def test_aki_posts_to_the_map_of_the_town_that_the_place_lies_in(world, tx):
    made = posted(tx, world.aki, map_slug="hitoyoshi")
    assert [(one.map_slug, one.state) for one in made.placements] == [("hitoyoshi", "up")]
    assert made.notes == ()
    row = tx.exec(select(Flyer)).one()
    assert (row.public_id, row.poster_id, row.guest_hash) == (made.public_id, world.aki.person_id, None)
    assert (row.municipality_code, row.created_at, row.version) == (HITOYOSHI, clock.now(), 1)


def test_posting_writes_down_who_when_and_where(world, tx):
    posted(tx, world.aki, outside=True)
    steps = tx.exec(select(PlacementChange).order_by(PlacementChange.id)).all()
    assert [(one.from_state, one.to_state, one.actor_id, one.actor_kind, one.changed_at) for one in steps] == [
        ("", "up", world.aki.person_id, "member", clock.now())
    ] * 2


def test_posting_raises_the_version_of_exactly_its_maps(world, tx):
    before = {slug: version_of(tx, slug) for slug in ("hitoyoshi", "hitoyoshi-kuma", "nishiki", "rokko")}
    posted(tx, world.aki, outside=True)
    # as at the end of the transaction: once, however much was done
    stamps._rise(tx)
    after = {slug: version_of(tx, slug) for slug in before}
    assert after == {"hitoyoshi": 2, "hitoyoshi-kuma": 2, "nishiki": 1, "rokko": 1}


def test_the_pictures_are_the_flyers_in_their_order_and_forget_where_they_were_taken(world, tx):
    first, second = (factories.waiting_picture(tx, world.aki) for _ in range(2))
    first.gps_lat, first.gps_lng = 32.2, 130.7
    made = flyers.post(tx, world.aki, raw=raw(), picture_ids=(second.public_id, first.public_id), may_post=True)
    row = tx.exec(select(Flyer).where(Flyer.public_id == made.public_id)).one()
    kept = tx.exec(select(Picture).where(Picture.flyer_id == row.id).order_by(Picture.position)).all()
    assert [one.public_id for one in kept] == [second.public_id, first.public_id]
    assert {(one.gps_lat, one.gps_lng) for one in kept} == {(None, None)}


def test_dais_flyer_is_held_on_both_maps_and_ben_is_told(world, tx):
    made = posted(tx, world.dai, outside=True)
    assert standings(tx, made.public_id) == {"hitoyoshi": "held", "hitoyoshi-kuma": "held"}
    told = tx.exec(select(Notice)).one()
    assert (told.person_id, told.code, json.loads(told.params)) == (world.ben.person_id, "flyer_held", {"title": "秋の市"})


def test_nobody_posts_where_guests_may_not(world, tx):
    here = tx.exec(select(Map).where(Map.slug == "hitoyoshi")).one()
    here.guests_may_post = False
    tx.add(here)
    with pytest.raises(Unauthenticated, match="sign_in_to_post"):
        posted(tx, world.dai)
    assert standings(tx, posted(tx, world.chie).public_id) == {"hitoyoshi": "up"}


def test_nobody_posts_with_somebody_elses_picture(world, tx):
    chies = factories.waiting_picture(tx, world.chie).public_id
    with pytest.raises(Invalid, match="photo_unknown"):
        flyers.post(tx, world.aki, raw=raw(), picture_ids=(chies,), may_post=True)


def test_all_that_is_wrong_is_named_at_once(world, tx):
    with pytest.raises(Invalid) as caught:
        posted(tx, world.aki, pictures=0, may_post=False, title="", category="x", lat="91", url="ftp://x", starts_at="x")
    assert [(one.field, one.code) for one in caught.value.errors] == [
        ("title", "title_missing"),
        ("category", "category_wrong"),
        ("url", "url_wrong"),
        ("starts_at", "date_wrong"),
        ("lat", "position_wrong"),
        ("photo", "photo_missing"),
        ("may_post", "may_post_needed"),
    ]


def test_five_pictures_are_too_many(world, tx):
    with pytest.raises(TooLarge, match="photo_too_many"):
        posted(tx, world.aki, pictures=5)


def test_check_says_the_same_before_any_picture_is_decoded(world, tx):
    good = {"raw": raw(), "hidden": (), "may_post": True, "map_slug": "", "pictures_count": 1}
    assert flyers.check(tx, world.aki, **good) is None
    for wrong, error in (
        ({"raw": raw(lat="35", lng="135")}, Invalid),
        ({"pictures_count": 5}, TooLarge),
        ({"map_slug": "x"}, Invalid),
    ):
        with pytest.raises(error):
            flyers.check(tx, world.aki, **(good | wrong))
    assert tx.exec(select(Flyer)).all() == []


def test_posting_twice_is_two_flyers_and_the_hint_of_another_town_is_said(world, tx):
    lat, lng = OFFICES[NISHIKI]
    first = posted(tx, world.aki, lat=str(lat), lng=str(lng), map_slug="hitoyoshi")
    second = posted(tx, world.aki, lat=str(lat), lng=str(lng), map_slug="hitoyoshi-kuma")
    assert (first.notes, second.notes) == (("placed_in_other_town",), ())
    assert first.public_id != second.public_id


def test_too_many_an_hour_are_refused_to_a_guest_and_taken_again_an_hour_later(world, tx):
    for _ in range(PER_HOUR["guest"]):
        posted(tx, world.dai)
    with pytest.raises(TooMany, match="flyers_too_many"):
        posted(tx, world.dai)
    posted(tx, world.aki)
    with later(hours=1, seconds=1):
        posted(tx, world.dai)


def test_staff_may_post_a_pile(world, tx, monkeypatch):
    monkeypatch.setitem(PER_HOUR, "member", 5)
    for _ in range(6):
        posted(tx, world.ben)


# changing


def test_a_change_leaves_what_it_does_not_name(world, tx):
    public_id = posted(tx, world.aki, hidden=("phone",), phone="0966", starts_at="2026-12-01", body="二行\n目").public_id
    changed = flyers.change(tx, world.aki, public_id=public_id, raw={"venue": "駅前"})
    assert (changed.venue, changed.phone, changed.body, changed.hidden_outside) == ("駅前", "0966", "二行\n目", ("phone",))
    assert (changed.version, changed.when.all_day) == (2, True)


def test_a_change_moves_what_the_maps_copy(world, tx):
    public_id = posted(tx, world.aki, outside=True, starts_at="2026-12-01").public_id
    wish = {"starts_at": "2026-12-05", "category": "food", "lat": str(LAT + 0.01), "lng": str(LNG)}
    flyers.change(tx, world.aki, public_id=public_id, raw=wish)
    for row in tx.exec(select(Placement)).all():
        assert (row.category, row.lat, row.soon_at) == ("food", LAT + 0.01, clock.day_start(clock.today() + timedelta(days=13)))
        assert row.until == row.soon_at + timedelta(days=1)


def test_a_whole_day_is_moved_by_its_start_alone_and_several_days_are_not(world, tx):
    one = posted(tx, world.aki, starts_at="2026-12-01").public_id
    for starts, all_day in (("2026-12-05", True), ("2026-12-06T10:00:00+09:00", False)):
        assert flyers.change(tx, world.aki, public_id=one, raw={"starts_at": starts}).when.all_day is all_day
    several = posted(tx, world.aki, starts_at="2026-12-01", ends_at="2026-12-03").public_id
    with pytest.raises(Invalid, match="end_before_start"):
        flyers.change(tx, world.aki, public_id=several, raw={"starts_at": "2026-12-05"})


@pytest.mark.parametrize("name", ["chie", "fumi"])
def test_who_may_not_change_it(world, tx, name):
    public_id = posted(tx, world.aki).public_id
    with pytest.raises(Forbidden):
        flyers.change(tx, getattr(world, name), public_id=public_id, raw={"title": "x"})
    with pytest.raises(Unauthenticated):
        flyers.change(tx, world.dai, public_id=public_id, raw={"title": "x"})


def test_a_wrong_change_changes_nothing(world, tx):
    public_id = posted(tx, world.aki).public_id
    for wrong, error in (({"title": ""}, Invalid), ({"category": "x"}, Invalid), ({"lat": "35", "lng": "135"}, Invalid)):
        with pytest.raises(error):
            flyers.change(tx, world.aki, public_id=public_id, raw=wrong)
    assert seen(tx, world.aki, public_id=public_id).version == 1
    with pytest.raises(NotFound):
        flyers.change(tx, world.aki, public_id="nosuchflyer2", raw={})


def test_the_second_of_two_who_change_the_same_version_is_told(world, tx):
    public_id = posted(tx, world.aki).public_id
    flyers.change(tx, world.aki, public_id=public_id, raw={"fee": "無料"}, version=1)
    with pytest.raises(PreconditionFailed):
        flyers.change(tx, world.ben, public_id=public_id, raw={"fee": "有料"}, version=1)
    assert flyers.change(tx, world.ben, public_id=public_id, raw={"fee": "有料"}, version=2).version == 3


def test_what_a_guest_changes_is_held_again_and_what_a_member_or_staff_change_is_not(world, tx):
    public_id = posted(tx, world.dai, outside=True).public_id
    decisions.decide(tx, world.ben, public_id=public_id, decision="up")
    flyers.change(tx, world.ben, public_id=public_id, raw={"title": "職員が直した"})
    assert standings(tx, public_id) == {"hitoyoshi": "up", "hitoyoshi-kuma": "up"}
    flyers.change(tx, world.dai, public_id=public_id, raw={"title": "別のもの"})
    assert standings(tx, public_id) == {"hitoyoshi": "held", "hitoyoshi-kuma": "held"}
    akis = posted(tx, world.aki).public_id
    flyers.change(tx, world.aki, public_id=akis, raw={"title": "直した"})
    assert standings(tx, akis) == {"hitoyoshi": "up"}


# the one tick


def test_ticking_and_unticking_twice_is_once(world, tx):
    public_id = posted(tx, world.aki).public_id
    for outside, state in ((True, "up"), (False, "withdrawn"), (True, "up")):
        versions = {flyers.set_outside(tx, world.aki, public_id=public_id, outside=outside).version for _ in range(2)}
        assert len(versions) == 1
        assert standings(tx, public_id) == {"hitoyoshi": "up", "hitoyoshi-kuma": state}


def test_unticking_what_never_was_outside_does_nothing(world, tx):
    public_id = posted(tx, world.aki).public_id
    assert flyers.set_outside(tx, world.aki, public_id=public_id, outside=False).version == 1
    assert standings(tx, public_id) == {"hitoyoshi": "up"}


def test_who_may_not_tick(world, tx):
    public_id = posted(tx, world.aki).public_id
    for somebody, error in ((world.chie, Forbidden), (world.fumi, Forbidden), (world.dai, Unauthenticated)):
        with pytest.raises(error):
            flyers.set_outside(tx, somebody, public_id=public_id, outside=True)


def test_a_held_flyer_is_held_outside_too(world, tx):
    public_id = posted(tx, world.dai).public_id
    flyers.set_outside(tx, world.dai, public_id=public_id, outside=True)
    assert standings(tx, public_id) == {"hitoyoshi": "held", "hitoyoshi-kuma": "held"}


def test_ticking_again_is_no_way_around_staff(world, tx):
    public_id = posted(tx, world.dai, outside=True).public_id
    decisions.decide(tx, world.ben, public_id=public_id, decision="up", placement="resident")
    for outside, state in ((False, "withdrawn"), (True, "held")):
        flyers.set_outside(tx, world.dai, public_id=public_id, outside=outside)
        assert standings(tx, public_id)["hitoyoshi-kuma"] == state


@pytest.mark.parametrize("placement", ["outside", "all"])
def test_what_staff_recalled_is_not_ticked_by_its_poster(world, tx, placement):
    public_id = posted(tx, world.aki, outside=True).public_id
    decisions.decide(tx, world.ben, public_id=public_id, decision="recall", placement=placement, reason="x")
    with pytest.raises(Conflict, match="recalled_by_staff"):
        flyers.set_outside(tx, world.aki, public_id=public_id, outside=True)


# taking back, and undoing it


def test_aki_takes_hers_back_from_everywhere_and_may_undo_it_for_ten_minutes(world, tx):
    public_id = posted(tx, world.aki, outside=True).public_id
    assert flyers.delete(tx, world.aki, public_id=public_id).restorable_seconds == 600
    assert standings(tx, public_id) == {"hitoyoshi": "withdrawn", "hitoyoshi-kuma": "withdrawn"}
    with pytest.raises(Gone):
        seen(tx, world.aki, public_id=public_id)
    with later(minutes=9):
        for _ in range(2):
            assert flyers.restore(tx, world.aki, public_id=public_id).state == "up"
    assert standings(tx, public_id) == {"hitoyoshi": "up", "hitoyoshi-kuma": "up"}


def test_what_was_unticked_before_stays_off_after_undoing(world, tx):
    public_id = posted(tx, world.aki, outside=True).public_id
    flyers.set_outside(tx, world.aki, public_id=public_id, outside=False)
    with later(minutes=1):
        flyers.delete(tx, world.aki, public_id=public_id)
        flyers.restore(tx, world.aki, public_id=public_id)
    assert standings(tx, public_id) == {"hitoyoshi": "up", "hitoyoshi-kuma": "withdrawn"}


def test_undoing_comes_too_late_after_ten_minutes(world, tx):
    public_id = posted(tx, world.aki).public_id
    flyers.delete(tx, world.aki, public_id=public_id)
    with later(minutes=11), pytest.raises(Gone):
        flyers.restore(tx, world.aki, public_id=public_id)


def test_aki_cannot_undo_what_staff_deleted(world, tx):
    public_id = posted(tx, world.aki).public_id
    flyers.delete(tx, world.ben, public_id=public_id, reason="重複")
    with pytest.raises(Gone):
        flyers.restore(tx, world.aki, public_id=public_id)
    assert tx.exec(select(Notice)).one().person_id == world.aki.person_id


def test_aki_cannot_undo_what_staff_deleted_after_they_had_recalled_it(world, tx):
    public_id = posted(tx, world.aki).public_id
    decisions.decide(tx, world.ben, public_id=public_id, decision="recall", reason="x")
    with later(minutes=1):
        flyers.delete(tx, world.ben, public_id=public_id, reason="重複")
        with pytest.raises(Gone):
            flyers.restore(tx, world.aki, public_id=public_id)


def test_who_may_not_delete_or_undo(world, tx):
    public_id = posted(tx, world.aki).public_id
    for somebody, error in ((world.chie, Forbidden), (world.fumi, Forbidden), (world.dai, Unauthenticated)):
        with pytest.raises(error):
            flyers.delete(tx, somebody, public_id=public_id)
        with pytest.raises(error):
            flyers.restore(tx, somebody, public_id=public_id)
    for verb in (flyers.delete, flyers.restore):
        with pytest.raises(NotFound):
            verb(tx, world.aki, public_id="nosuchflyer2")


def test_deleting_twice_is_gone_the_second_time_and_an_old_version_is_told(world, tx):
    public_id = posted(tx, world.aki).public_id
    with pytest.raises(PreconditionFailed):
        flyers.delete(tx, world.aki, public_id=public_id, version=7)
    flyers.delete(tx, world.aki, public_id=public_id, version=1)
    with pytest.raises(Gone):
        flyers.delete(tx, world.aki, public_id=public_id)


def test_the_installation_itself_may_do_all(world, tx):
    public_id = posted(tx, world.aki).public_id
    flyers.change(tx, SYSTEM, public_id=public_id, raw={"fee": "無料"})
    flyers.delete(tx, SYSTEM, public_id=public_id)
    assert standings(tx, public_id) == {"hitoyoshi": "withdrawn"}


# the poster's own list


def test_a_guests_own_list_is_that_browsers_and_no_other_guests(world, tx):
    public_id = posted(tx, world.dai).public_id
    assert [one.card.public_id for one in mine(tx, world.dai)] == [public_id]
    assert mine(tx, Actor()) == mine(tx, replace(world.dai, guest_hash="e" * 64)) == ()
    assert mine(tx, world.aki) == ()


def test_a_flyer_in_another_region_is_none_of_emis_business(world, tx):
    lat, lng = OFFICES[KASHIMA]
    public_id = posted(tx, world.aki, lat=str(lat), lng=str(lng)).public_id
    with pytest.raises(Forbidden):
        flyers.delete(tx, world.emi, public_id=public_id)
