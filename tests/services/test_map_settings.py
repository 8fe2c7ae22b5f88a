"""What the leads of a town set for its map, and what it means for those who post and write."""

from __future__ import annotations

from dataclasses import replace

import pytest
from sqlmodel import select

from tamemap.domain.permissions import PROVABLE
from tamemap.errors import Forbidden, Invalid, NotFound, Unauthenticated
from tamemap.models import AuditEntry, Map, Person
from tamemap.queries import map_settings as queries
from tamemap.queries.boards import board, topic
from tamemap.queries.map_settings import MapSettings
from tamemap.queries.maps import map_view
from tamemap.queries.people import actor_of_person, me
from tamemap.services import flyers, map_settings, posts, residence
from tests import factories
from tests.factories import HITOYOSHI


def version(tx, slug: str) -> int:
    return tx.exec(select(Map.version).where(Map.slug == slug)).one()


def asking(tx, actor, *names: str, guests: bool = True, hold: bool = True) -> MapSettings:
    """The map of 人吉市 asks proof for these."""
    return map_settings.change(tx, actor, slug="hitoyoshi", guests_may_post=guests, hold_guests=hold, proof_for=names)


def proven(tx, actor):
    """The same person after proving residence in 人吉市."""
    residence.keep_proof(tx, actor, municipality_code=HITOYOSHI)
    return actor_of_person(tx, tx.get_one(Person, actor.person_id))


def test_ben_sets_the_map_and_readers_see_a_new_version_once(tx, world):
    before = version(tx, "hitoyoshi")
    wanted = MapSettings("hitoyoshi", "人吉市マップ", False, True, ("flyers", "posts"))
    for _ in range(2):
        assert asking(tx, world.ben, "posts", "flyers", "posts", guests=False) == wanted
        assert version(tx, "hitoyoshi") == before + 1
    assert queries.map_settings(tx, world.ben, slug="hitoyoshi") == wanted
    assert [(row.verb, row.thing, row.thing_id, row.detail) for row in tx.exec(select(AuditEntry))] == [
        ("map.set", "map", "hitoyoshi", {"guests_may_post": False, "hold_guests": True, "proof_for": "flyers posts"})
    ]


def test_every_setting_can_be_taken_back(tx, world):
    asking(tx, world.ben, *PROVABLE, guests=False, hold=False)
    assert asking(tx, world.ben) == MapSettings("hitoyoshi", "人吉市マップ", True, True, ())


def test_only_the_towns_leads_and_the_operator_set_its_map(tx, world):
    curator = replace(world.ben, leads=frozenset())
    waiting = replace(world.ben, staff_of=frozenset(), leads=frozenset(), waiting=True)
    for who, error, code in ((curator, Forbidden, "not_allowed_lead_only"), (world.fumi, Forbidden, "not_allowed_lead_only"),
                             (world.aki, Forbidden, "not_allowed_lead_only"), (waiting, Unauthenticated, "desk_needs_proof"),
                             (world.dai, Unauthenticated, "sign_in_first")):  # fmt: skip
        with pytest.raises(error, match=code):
            asking(tx, who, "flyers")
        with pytest.raises(error, match=code):
            queries.map_settings(tx, who, slug="hitoyoshi")
    assert asking(tx, world.emi, "flyers").proof_for == ("flyers",)


def test_each_sees_the_maps_of_their_own_towns(tx, world):
    assert [one.slug for one in queries.all_settings(tx, world.ben)] == ["hitoyoshi"]
    assert [one.slug for one in queries.all_settings(tx, world.emi)] == ["hitoyoshi", "nishiki"]
    with pytest.raises(Forbidden, match="not_allowed_lead_only"):
        queries.all_settings(tx, world.chie)
    with pytest.raises(Unauthenticated, match="sign_in_first"):
        queries.all_settings(tx, world.dai)


def test_regional_and_unknown_maps_and_unknown_names_are_refused(tx, world):
    for slug in ("hitoyoshi-kuma", "nowhere", "'"):
        with pytest.raises(NotFound, match="map_unknown"):
            map_settings.change(tx, world.emi, slug=slug, guests_may_post=True, hold_guests=True)
    for name in ("reading", "flyer.see", "flyers posts"):
        with pytest.raises(Invalid, match="proof_for_unknown"):
            asking(tx, world.ben, name)


def test_where_flyers_need_proof_only_those_with_proof_and_staff_post(tx, world):
    asking(tx, world.ben, "flyers")
    with pytest.raises(Forbidden, match="not_allowed_proof_only"):
        factories.flyer(tx, world.aki)
    with pytest.raises(Unauthenticated, match="sign_in_first"):
        factories.flyer(tx, world.dai)
    factories.flyer(tx, proven(tx, world.aki))
    office = len(tx.exec(select(AuditEntry).where(AuditEntry.verb == "flyer.post")).all())
    row = factories.flyer(tx, world.ben)
    entries = tx.exec(select(AuditEntry).where(AuditEntry.verb == "flyer.post")).all()
    assert (office, [(one.actor_id, one.thing_id) for one in entries]) == (0, [(world.ben.person_id, row.public_id)])


def test_that_proof_is_missing_is_said_before_any_picture_is_decoded(tx, world):
    asking(tx, world.ben, "flyers")
    raw = {"title": "秋の市", "category": "market", "lat": "32.2169", "lng": "130.7394"}
    with pytest.raises(Forbidden, match="not_allowed_proof_only"):
        flyers.check(tx, world.aki, raw=raw, hidden=(), may_post=True, map_slug="", pictures_count=1)


def test_proof_in_the_neighbouring_town_is_none_here(tx, world):
    asking(tx, world.ben, "flyers")
    residence.keep_proof(tx, world.aki, municipality_code=factories.NISHIKI)
    neighbour = actor_of_person(tx, tx.get_one(Person, world.aki.person_id))
    with pytest.raises(Forbidden, match="not_allowed_proof_only"):
        factories.flyer(tx, neighbour)
    factories.flyer(tx, neighbour, at=factories.OFFICES[factories.NISHIKI])


def test_topics_and_answers_can_need_proof_apart(tx, world):
    talk = factories.topic(tx, world.ben).public_id
    asking(tx, world.ben, "topics")
    with pytest.raises(Forbidden, match="not_allowed_proof_only"):
        factories.topic(tx, world.aki)
    factories.post(tx, world.aki, talk)
    asking(tx, world.ben, "posts")
    with pytest.raises(Forbidden, match="not_allowed_proof_only"):
        factories.post(tx, world.chie, talk)
    aki = proven(tx, world.aki)
    factories.post(tx, aki, talk, body="ただいま。")
    factories.topic(tx, aki, title="たしかめました")


def test_a_residents_board_can_ask_for_more_than_saying_so(tx, world):
    row = factories.board(tx, "hitoyoshi-hiroba")
    row.writers = "residents"
    tx.flush()
    talk = factories.topic(tx, world.aki).public_id
    asking(tx, world.ben, "residents")
    with pytest.raises(Forbidden, match="not_allowed_proof_only"):
        posts.write_post(tx, world.aki, topic=talk, body="住民です。")
    posts.write_post(tx, proven(tx, world.aki), topic=talk, body="たしかめました。")


def test_the_operator_posts_where_proof_is_needed(tx, world):
    asking(tx, world.ben, *PROVABLE)
    factories.flyer(tx, world.emi)


def test_who_lacks_proof_is_told_before_writing_anything(tx, world):
    talk = factories.topic(tx, world.ben).public_id

    def seen(actor):
        return board(tx, actor, slug="hitoyoshi-hiroba")

    assert (seen(world.aki).may_open, seen(world.aki).needs_proof) == (True, False)
    asking(tx, world.ben, "topics")
    assert (seen(world.aki).may_open, seen(world.aki).may_write, seen(world.aki).needs_proof) == (False, True, True)
    assert (topic(tx, world.aki, public_id=talk).may_write, topic(tx, world.aki, public_id=talk).needs_proof) == (True, False)
    asking(tx, world.ben, "posts")
    assert (topic(tx, world.aki, public_id=talk).may_write, topic(tx, world.aki, public_id=talk).needs_proof) == (False, True)
    aki = proven(tx, world.aki)
    assert (seen(aki).may_open, topic(tx, aki, public_id=talk).may_write) == (True, True)
    assert (me(tx, aki).proved_code, me(tx, world.chie).proved_code) == (HITOYOSHI, None)
    assert map_view(tx, world.dai, slug="hitoyoshi").proof_for == ("posts",)
