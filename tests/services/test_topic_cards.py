"""Flyers that a topic carries as cards: only what stands on the board's map, in that map's face, and nothing that has left."""

from __future__ import annotations

import pytest
from sqlmodel import select

from tamemap import clock
from tamemap.errors import Conflict, Forbidden, Invalid, NotFound, Unauthenticated
from tamemap.models import AuditEntry, TopicFlyer
from tamemap.queries.boards import topic, topics
from tamemap.queries.screens import picked
from tamemap.queries.surroundings import around_flyer
from tamemap.queries.topic_cards import card_for
from tamemap.services import boards, decisions, flyers
from tamemap.services.topic_cards import set_cards
from tests import factories
from tests.factories import DAY

TOWN, REGION = "hitoyoshi-hiroba", "hitoyoshi-kuma-hiroba"


def opened(tx, actor, *carried, board=TOWN, **more):
    return boards.open_topic(tx, actor, board=board, kind="talk", title="週末", body="どこへ", flyers=carried, **more)


def titles(view):
    return [card.title for card in view.cards]


def flyer(tx, actor, title, **more):
    return factories.flyer(tx, actor, title=title, **more).public_id


def test_a_topic_carries_flyers_in_their_order_each_once(tx, world):
    one, two = flyer(tx, world.aki, "市"), flyer(tx, world.aki, "茶会")
    found = opened(tx, world.chie, two, one, two)
    assert titles(found) == ["茶会", "市"]
    assert titles(topics(tx, world.dai, board=TOWN).items[0]) == ["茶会", "市"]


@pytest.mark.parametrize("code", ["cards_too_many", "flyer_not_on_map"])
def test_too_many_and_strange_ones_are_refused_and_nothing_is_opened(tx, world, code):
    many = [flyer(tx, world.aki, f"市{n}") for n in range(7)] if code == "cards_too_many" else ["2222222222zz"]
    with pytest.raises(Invalid) as refused:
        opened(tx, world.chie, *many)
    assert [(one.field, one.code) for one in refused.value.errors] == [("flyers", code)]
    assert topics(tx, world.chie, board=TOWN).items == ()


def test_on_the_regional_board_nothing_of_the_residents_map(tx, world):
    inside = flyer(tx, world.aki, "内", hidden=("venue",), venue="ひみつの家")
    with pytest.raises(Invalid):
        opened(tx, world.aki, inside, board=REGION)
    outside = flyer(tx, world.aki, "外", outside=True, hidden=("venue",), venue="ひみつの家")
    # not even for a resident: it is that map's face
    for reader in (world.aki, world.dai):
        (card,) = topic(tx, reader, public_id=opened(tx, world.aki, outside, board=REGION).public_id).cards
        assert (card.title, card.venue) == ("外", "")
    town = opened(tx, world.chie, outside).public_id
    assert [topic(tx, who, public_id=town).cards[0].venue for who in (world.aki, world.dai)] == ["ひみつの家", ""]


def test_what_leaves_leaves_at_once_and_what_is_over_says_so(tx, world):
    soon = (clock.tokyo(clock.now()) + DAY).date().isoformat()
    over, recalled, gone = (
        flyer(tx, world.aki, "きょうまで", starts_at=soon),
        flyer(tx, world.aki, "とりさげ"),
        flyer(tx, world.aki, "けした"),
    )
    made = opened(tx, world.chie, over, recalled, gone).public_id
    decisions.decide(tx, world.ben, public_id=recalled, decision="recall", reason="雨")
    flyers.delete(tx, world.aki, public_id=gone)
    assert titles(topic(tx, world.dai, public_id=made)) == ["きょうまで"]
    with clock.frozen_at(clock.now() + 3 * DAY):
        assert [(card.title, card.state) for card in topic(tx, world.dai, public_id=made).cards] == [("きょうまで", "past")]


def test_unticked_it_leaves_the_regional_board(tx, world):
    one = flyer(tx, world.aki, "外", outside=True)
    made = opened(tx, world.chie, one, board=REGION).public_id
    flyers.set_outside(tx, world.aki, public_id=one, outside=False)
    assert topic(tx, world.chie, public_id=made).cards == ()


def test_its_author_and_staff_change_them_others_do_not(tx, world):
    one, two = flyer(tx, world.aki, "市"), flyer(tx, world.aki, "茶会")
    made = opened(tx, world.chie, one).public_id
    assert titles(set_cards(tx, world.chie, topic=made, flyers=[two, one])) == ["茶会", "市"]
    assert titles(set_cards(tx, world.ben, topic=made, flyers=[two])) == ["茶会"]
    assert [row.verb for row in tx.exec(select(AuditEntry)) if row.thing == "topic"] == ["topic.change"]
    for who, error in ((world.aki, Forbidden), (world.dai, Unauthenticated), (world.fumi, Forbidden)):
        with pytest.raises(error):
            set_cards(tx, who, topic=made, flyers=[])
    with pytest.raises(NotFound):
        set_cards(tx, world.chie, topic="2222222222zz", flyers=[])


def test_twice_is_once(tx, world):
    one = flyer(tx, world.aki, "市")
    made = opened(tx, world.chie, one).public_id
    before = tx.exec(select(TopicFlyer.id)).all()
    set_cards(tx, world.ben, topic=made, flyers=[one])
    assert (tx.exec(select(TopicFlyer.id)).all(), tx.exec(select(AuditEntry)).all()) == (before, [])


def test_what_is_over_may_stay_but_not_come(tx, world):
    soon = (clock.tokyo(clock.now()) + DAY).date().isoformat()
    one, two = flyer(tx, world.aki, "きょうまで", starts_at=soon), flyer(tx, world.aki, "茶会")
    made, other = opened(tx, world.chie, one).public_id, factories.topic(tx, world.chie).public_id
    with clock.frozen_at(clock.now() + 3 * DAY):
        assert titles(set_cards(tx, world.chie, topic=made, flyers=[two, one])) == ["茶会", "きょうまで"]
        with pytest.raises(Invalid):
            set_cards(tx, world.chie, topic=other, flyers=[one])


def test_a_closed_topic_stays_as_it_is(tx, world):
    made = opened(tx, world.chie).public_id
    boards.close_topic(tx, world.chie, topic=made)
    with pytest.raises(Conflict) as refused:
        set_cards(tx, world.chie, topic=made, flyers=[flyer(tx, world.aki, "市")])
    assert refused.value.code == "topic_closed"
    assert not topic(tx, world.chie, public_id=made).may_change


def test_a_flyer_knows_the_topics_that_carry_it(tx, world):
    one = flyer(tx, world.aki, "市")
    carrying = opened(tx, world.chie, one).public_id
    about = boards.open_topic(tx, world.aki, board=TOWN, kind="flyer", title="市の話", body="行く？", flyer=one).public_id
    factories.topic(tx, world.ben, title="べつの話")
    assert {talk.public_id for talk in around_flyer(tx, world.dai, slug="hitoyoshi", public_id=one)[1]} == {carrying, about}
    assert {talk.public_id for talk in picked(tx, world.dai, public_id=one, slug="hitoyoshi").talks} == {carrying, about}
    boards.remove_topic(tx, world.ben, topic=carrying, reason="きまり")
    assert [talk.title for talk in around_flyer(tx, world.dai, slug="hitoyoshi", public_id=one)[1]] == ["市の話"]


@pytest.mark.parametrize("said", ["{id}", " https://tamemap.example/f/{id}?lang=en ", "/f/{id}", "https://x.example/f/{id}.jpg"])
def test_a_flyer_is_named_by_its_address_or_its_id(tx, world, said):
    one = flyer(tx, world.aki, "市")
    assert card_for(tx, world.chie, board=TOWN, flyer=said.format(id=one)).public_id == one


@pytest.mark.parametrize("said", ["", "xx", "https://x.example/m/hitoyoshi", "2222222222zz and more", "x" * 9000, None])
def test_what_names_no_flyer_is_said(tx, world, said):
    with pytest.raises(Invalid) as refused:
        card_for(tx, world.chie, board=TOWN, flyer=said)
    assert refused.value.code == "flyer_address_wrong"
