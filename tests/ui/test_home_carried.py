"""The home screen: flyers that go with a new topic, an introduction's place, and the mascot as which Ben answers."""

from __future__ import annotations

import pytest

from tamemap import db
from tamemap.i18n import t
from tamemap.models import Post, Topic
from tamemap.services import mascots
from tamemap.ui.screens.home_state import HomeState
from tests import factories
from tests.factories import HITOYOSHI
from tests.ui.harness import FORGED, Tab

TOWN = "/?map=hitoyoshi&tab=boards"
NEW = {"kind": "talk", "title": "週末", "body": "どこへ"}
PLACE = {"lat": "32.2171", "lng": "130.7401", "place_name": "駅前の本屋"}


@pytest.fixture
def market(world):
    """Aki's flyer on the map of her town only."""
    with db.transaction(write=True) as tx:
        return factories.flyer(tx, world.aki, title="秋の市").public_id


def rows(model):
    with db.transaction(write=False) as tx:
        return tx.query(model).all()


def begun(actor, path=TOWN):
    return Tab(HomeState, actor, path=path).send("enter").send("start_topic")


def test_chie_lets_a_picked_and_a_pasted_flyer_go_with_her_topic(world, market):
    with db.transaction(write=True) as tx:
        tea = factories.flyer(tx, world.aki, title="茶会").public_id
    tab = begun(world.chie).send("pick", public_id=market).send("add_picked")
    tab.send("add_pasted", sent={"flyer": f"https://tamemap.example/f/{tea}"}).send("add_picked")
    assert [one.title for one in tab.chips] == ["秋の市", "茶会"]
    tab.send("drop_chip", public_id=market).send("send_topic", sent=NEW)
    assert ([one.title for one in tab.topic.cards], tab.chips, tab.topic.may_change) == (["茶会"], [], True)


@pytest.mark.parametrize(("said", "code"), [("ちらし", "flyer_address_wrong"), ("2222222222zz", "flyer_not_on_map")])
def test_what_is_no_flyer_of_this_map_is_said_at_the_field(world, said, code):
    tab = begun(world.chie).send("add_pasted", sent={"flyer": said})
    assert (tab.wrong, tab.chips) == ({"flyer": t(f"errors.{code}")}, [])


def test_a_residents_flyer_is_not_taken_to_the_regional_board(world, market):
    tab = begun(world.aki, "/?map=hitoyoshi-kuma&tab=boards").send("add_pasted", sent={"flyer": market})
    assert (tab.wrong["flyer"], tab.chips) == (t("errors.flyer_not_on_map"), [])


def test_six_are_enough(world):
    with db.transaction(write=True) as tx:
        many = [factories.flyer(tx, world.aki, title=f"市{n}").public_id for n in range(7)]
    tab = begun(world.chie)
    for one in many:
        tab.send("add_pasted", sent={"flyer": one})
    assert (len(tab.chips), tab.wrong["flyer"]) == (6, t("errors.cards_too_many", most=6))


def test_another_new_topic_begins_without_flyers(world, market):
    tab = begun(world.chie).send("add_pasted", sent={"flyer": market}).send("start_topic")
    assert tab.chips == []


@pytest.mark.parametrize("forged", FORGED, ids=repr)
def test_forged_calls_add_nothing(world, forged):
    tab = begun(world.chie)
    for handler, payload in (
        ("add_pasted", {"sent": forged}),
        ("add_pasted", {"sent": {"flyer": forged}}),
        ("drop_chip", {"public_id": forged}),
    ):
        tab.send(handler, **payload)
    assert tab.chips == []


def test_an_introduction_takes_its_place_other_kinds_forget_it(world):
    tab = begun(world.chie).send("send_topic", sent=NEW | PLACE)
    assert tab.topic.place_url == ""
    tab.send("start_topic").send("send_topic", sent=NEW | PLACE | {"kind": "introduction", "title": "本屋です"})
    assert (tab.topic.place, tab.topic.place_url, tab.topic.spot) == (
        "駅前の本屋", "/m/hitoyoshi#17/32.21710/130.74010", "32.21710,130.74010")  # fmt: skip


def test_a_place_off_the_map_is_said_at_the_place(world):
    tab = begun(world.chie).send("send_topic", sent=NEW | {"kind": "introduction", "lat": "35.9", "lng": "140.6"})
    assert (tab.wrong, rows(Topic)) == ({"place": t("errors.introduction_off_map")}, [])


def test_ben_answers_as_the_mascot_and_aki_reads_no_name_of_his(world):
    with db.transaction(write=True) as tx:
        topic = factories.topic(tx, world.aki).public_id
        ref = mascots.make(tx, world.ben, municipality_code=HITOYOSHI, name="きりもこ", voices=(world.ben.public_id,))
    voice = f"mascot:{ref.public_id}"
    ben = Tab(HomeState, world.ben, path=TOWN).send("enter").send("open_topic", public_id=topic)
    assert [(one.slug, one.name) for one in ben.voices] == [(voice, "きりもこ")]
    ben.send("answer", sent={"body": "やあ", "group": voice})
    aki = Tab(HomeState, world.aki, path=TOWN).send("enter").send("open_topic", public_id=topic)
    badge = t("mascot.badge", town="人吉市")
    assert [(one.who, one.badge, one.by) for one in (ben.posts[1], aki.posts[1])] == [
        ("きりもこ", badge, t("group.by", name="Ben")), ("きりもこ", badge, "")]  # fmt: skip
    assert (aki.voices, ben.voice) == ([], voice)
    aki.send("answer", sent={"body": "わたしも", "group": voice})
    assert (aki.problem, len(rows(Post))) == (t("errors.not_allowed_staff_only"), 2)
