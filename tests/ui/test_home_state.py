"""The home screen's State, with the cast: reading as a guest, writing as a neighbour, the flyer that is picked."""

from __future__ import annotations

import pytest

from tamemap import db
from tamemap.i18n import t
from tamemap.models import Post, Reaction, Topic
from tamemap.services import flyers
from tamemap.services.boards import open_topic
from tamemap.ui.screens.home_state import HomeState
from tests import factories
from tests.services import group_rows
from tests.ui.harness import Tab

TOWN = "/?map=hitoyoshi&tab=boards"


@pytest.fixture
def talk(world):
    """A topic of Aki's with her first words."""
    with db.transaction(write=True) as tx:
        return factories.topic(tx, world.aki, title="今年の紅葉").public_id


@pytest.fixture
def market(world):
    """Aki's flyer on the map of her town only; the fee stays with the residents."""
    with db.transaction(write=True) as tx:
        return factories.flyer(
            tx, world.aki, title="秋の市", hidden=("fee",), fee="500円", organiser="みほん会", venue="広場"
        ).public_id


def count(model):
    with db.transaction(write=False) as tx:
        return tx.query(model).count()


def test_a_guest_sees_the_town_its_boards_and_topics(world, talk):
    tab = Tab(HomeState, path=TOWN).send("enter")
    assert (tab.map_slug, tab.map_name, tab.board.slug, tab.signed_in) == ("hitoyoshi", "人吉市", "hitoyoshi-hiroba", False)
    assert [(one.id, one.title, one.who, one.count) for one in tab.topics] == [(talk, "今年の紅葉", "Aki", 1)]
    assert tab.sign_in_url == "/sign-in?then=%2F%3Fmap%3Dhitoyoshi%26tab%3Dboards"


def test_without_a_town_the_screen_waits_for_one(world):
    tab = Tab(HomeState).send("enter")
    assert (tab.ready, tab.problem) == (False, "")
    tab.send("choose_town", slug="kashima")
    assert (tab.ready, tab.map_name) == (True, "鹿嶋市")


def test_the_address_opens_a_topic_and_a_flyer(world, talk, market):
    tab = Tab(HomeState, path=f"{TOWN}&topic={talk}&flyer={market}").send("enter")
    assert (tab.view, tab.topic.title, len(tab.posts)) == ("topic", "今年の紅葉", 1)
    assert (tab.flyer.loaded, tab.flyer.title) == (True, "秋の市")
    assert "topic%3D" + talk in tab.sign_in_url


def test_another_town_puts_the_picked_flyer_down_and_leaves_the_topic(world, talk, market):
    tab = Tab(HomeState, path=f"{TOWN}&topic={talk}&flyer={market}").send("enter").send("choose_town", slug="kashima")
    assert (tab.view, tab.flyer.id, tab.topics) == ("topics", "", [])


def test_a_topic_that_is_gone_leads_back_to_the_list(world):
    tab = Tab(HomeState, path=TOWN).send("enter").send("open_topic", public_id="2222222222zz")
    assert (tab.view, tab.problem) == ("topics", t("errors.topic_unknown"))


def test_chie_answers_and_her_draft_is_done(world, talk):
    tab = Tab(HomeState, world.chie, path=TOWN).send("enter").send("open_topic", public_id=talk)
    tab.send("answer", sent={"body": "川べりが**きれい**でした"})
    assert [(one.who, one.mine) for one in tab.posts] == [("Aki", False), ("Chie", True)]
    assert "<strong>きれい</strong>" in tab.posts[1].html
    assert (tab.toast, tab.done.split()[0]) == (t("boards.answered"), f"answer.{talk}")


def test_the_same_answer_twice_is_one(world, talk):
    tab = Tab(HomeState, world.chie, path=TOWN).send("enter").send("open_topic", public_id=talk)
    tab.send("answer", sent={"body": "行きました"}).send("answer", sent={"body": "行きました"})
    assert (len(tab.posts), count(Post)) == (2, 2)


def test_an_empty_answer_is_said_at_the_field_and_nothing_is_forgotten(world, talk):
    tab = Tab(HomeState, world.chie, path=TOWN).send("enter").send("open_topic", public_id=talk)
    tab.send("answer", sent={"body": "  "})
    assert (tab.wrong, tab.problem, tab.done) == ({"body": t("errors.text_empty")}, "", "")


def test_a_guest_who_answers_all_the_same_is_asked_to_sign_in(world, talk):
    tab = Tab(HomeState, path=TOWN).send("enter").send("open_topic", public_id=talk).send("answer", sent={"body": "やあ"})
    assert (tab.problem, count(Post)) == (t("errors.sign_in_first"), 1)


def test_aki_opens_a_topic_and_it_stands_open(world):
    tab = Tab(HomeState, world.aki, path=TOWN).send("enter").send("start_topic")
    tab.send("send_topic", sent={"kind": "question", "title": "ベンチはどこ", "body": "知りたいです"})
    assert (tab.view, tab.topic.title, tab.topic.kind_words) == ("topic", "ベンチはどこ", t("topic_kinds.question"))
    assert tab.done.startswith("topic ")


def test_a_theme_is_the_staffs(world):
    theme = {"kind": "theme", "title": "お題", "body": "教えてください"}
    aki = Tab(HomeState, world.aki, path=TOWN).send("enter").send("send_topic", sent=theme)
    assert (aki.problem, count(Topic)) == (t("errors.not_allowed_staff_only"), 0)
    ben = Tab(HomeState, world.ben, path=TOWN).send("enter").send("send_topic", sent=theme)
    assert (ben.topic.badge, ben.topic.pinned) == (t("people.staff_of", municipality="人吉市"), True)


def test_a_tap_is_on_and_off_again(world, talk):
    tab = Tab(HomeState, world.chie, path=TOWN).send("enter").send("open_topic", public_id=talk)
    post = tab.posts[0].id
    tab.send("react", public_id=post, kind="thanks", on=True)
    assert [(one.kind, one.count, one.mine) for one in tab.posts[0].reactions if one.count] == [("thanks", 1, True)]
    tab.send("react", public_id=post, kind="thanks", on=False)
    assert count(Reaction) == 0


def test_aki_takes_her_words_away_with_two_taps_and_chie_cannot(world, talk):
    aki = Tab(HomeState, world.aki, path=TOWN).send("enter").send("open_topic", public_id=talk)
    post = aki.posts[0].id
    chie = Tab(HomeState, world.chie, path=TOWN).send("enter").send("open_topic", public_id=talk)
    chie.send("ask_removal", public_id=post).send("remove_post", public_id=post)
    assert (chie.posts[0].may_remove, chie.problem) == (False, t("errors.not_allowed_here"))
    aki.send("ask_removal", public_id=post)
    assert (aki.posts[0].deleted, aki.removing) == (False, post)
    aki.send("ask_removal", public_id=post)
    assert aki.removing == ""
    aki.send("remove_post", public_id=post)
    assert (aki.posts[0].deleted, aki.posts[0].html) == (True, "")


def test_the_picked_flyer_shows_each_viewer_their_face(world, market):
    guest = Tab(HomeState, path=TOWN).send("enter").send("pick", public_id=market)
    assert [(one.name, one.text) for one in guest.flyer.facts] == [(t("flyer_panel.organiser"), "みほん会")]
    aki = Tab(HomeState, world.aki, path=TOWN).send("enter").send("pick", public_id=market)
    assert [one.text for one in aki.flyer.facts] == ["500円", "みほん会"]


def test_the_group_that_announces_is_named_once_and_leads_to_its_page(world):
    with db.transaction(write=True) as tx:
        group_rows.group(tx, world.chie, world.ben)
        chie = group_rows.now(tx, world.chie)
        ids = (factories.waiting_picture(tx, chie).public_id,)
        raw = {"title": "秋の市", "category": "market", "lat": "32.2169", "lng": "130.7394"}
        fair = flyers.post(tx, chie, raw=raw, picture_ids=ids, may_post=True, group="sakura-kai").public_id
    guest = Tab(HomeState, path=TOWN).send("enter").send("pick", public_id=fair)
    assert [(one.name, one.text, one.url) for one in guest.flyer.facts] == [(t("flyer_panel.group"), "さくら会", "/g/sakura-kai")]


def test_a_flyer_that_left_is_said_in_the_panel(world, market):
    with db.transaction(write=True) as tx:
        flyers.delete(tx, world.aki, public_id=market)
    tab = Tab(HomeState, path=TOWN).send("enter").send("pick", public_id=market)
    assert (tab.flyer.loaded, tab.flyer_problem, tab.problem) == (False, t("errors.flyer_gone"), "")
    assert tab.send("put_down").flyer_problem == ""


def test_talk_about_a_flyer_begins_beside_it_and_is_found_there(world, market):
    chie = Tab(HomeState, world.chie, path=TOWN).send("enter").send("pick", public_id=market).send("start_talk")
    assert (chie.view, chie.about, chie.about_title) == ("new", market, "秋の市")
    chie.send("send_topic", sent={"kind": "theme", "title": "駐車場は", "body": "ありますか"})
    assert (chie.topic.kind, chie.topic.flyer) == ("flyer", market)
    guest = Tab(HomeState, path=TOWN).send("enter").send("pick", public_id=market)
    assert [one.title for one in guest.talks] == ["駐車場は"]


def test_no_talk_begins_about_a_flyer_that_does_not_stand_on_this_map(world, market):
    tab = Tab(HomeState, world.chie, path="/?map=hitoyoshi-kuma").send("enter").send("pick", public_id=market).send("start_talk")
    assert (tab.talk_board, tab.view) == ("", "topics")


def test_long_lists_stop_at_fifty_rows(world):
    for number in range(6):
        with db.transaction(write=True) as tx:
            writer = factories.person(tx, f"W{number}", staff=factories.HITOYOSHI)
            for n in range(10):
                open_topic(tx, writer, board="hitoyoshi-hiroba", kind="talk", title=f"{number}-{n}", body="a")
    tab = Tab(HomeState, path=TOWN).send("enter")
    assert len(tab.topics) == 20
    for _ in range(5):
        tab.send("more_topics")
    assert len(tab.topics) == len({one.id for one in tab.topics}) == 50
    assert tab.topics_next != ""
