"""Single posts on the home screen: photos on the way, quoting, changing in place; and what somebody sends who means harm."""

from __future__ import annotations

import pytest
from sqlmodel import func, select

from tamemap import db
from tamemap.i18n import t
from tamemap.models import PostVersion
from tamemap.services import posts
from tamemap.ui.screens.home_state import HomeState
from tests import factories
from tests.ui.harness import Tab

TOWN = "/?map=hitoyoshi&tab=boards"


@pytest.fixture
def talk(world):
    """A topic of Aki's with her first words."""
    with db.transaction(write=True) as tx:
        return factories.topic(tx, world.aki, title="今年の紅葉", body="**見ごろ**です").public_id


def photos_of(actor, count=1):
    with db.transaction(write=True) as tx:
        return [factories.waiting_picture(tx, actor).public_id for _ in range(count)]


def opened(actor, talk):
    return Tab(HomeState, actor, path=TOWN).send("enter").send("open_topic", public_id=talk)


def test_chie_answers_with_two_photos_and_a_quote(world, talk):
    tab = opened(world.chie, talk)
    tab.send("quote", public_id=tab.posts[0].id)
    assert (tab.quoting.who, tab.quoting.words) == ("Aki", "見ごろです")
    tab.send("answer", sent={"body": "@Aki さん /m/hitoyoshi", "pictures": ",".join(photos_of(world.chie, 2))})
    made = tab.posts[1]
    assert [one.alt for one in made.photos] == ["Chieさんの写真 1", "Chieさんの写真 2"]
    assert all(one.avif.endswith(".avif") and one.large.endswith(".jpeg") and one.width for one in made.photos)
    assert (made.quote.id, made.quote.who, made.quote.gone) == (tab.posts[0].id, "Aki", False)
    assert [(one.kind, one.url) for one in made.cards] == [(t("talk.card_map"), "/m/hitoyoshi")]
    assert (tab.quoting.id, tab.problem, tab.wrong) == ("", "", {})


def test_a_quote_is_dropped_by_hand_and_with_the_topic(world, talk):
    with db.transaction(write=True) as tx:
        other = factories.topic(tx, world.aki, title="べつの話").public_id
    tab = opened(world.chie, talk)
    first = tab.posts[0].id
    assert tab.send("quote", public_id=first).send("drop_quote").quoting.id == ""
    assert tab.send("quote", public_id=first).send("open_topic", public_id=other).quoting.id == ""
    assert tab.send("quote", public_id=first).quoting.id == ""  # it is not in this topic


def test_a_quoted_post_that_goes_meanwhile_is_said_at_the_quote(world, talk):
    tab = opened(world.chie, talk)
    tab.send("quote", public_id=tab.posts[0].id)
    with db.transaction(write=True) as tx:
        posts.remove_post(tx, world.aki, post=tab.posts[0].id)
    tab.send("answer", sent={"body": "どこですか"})
    assert (tab.wrong, tab.done) == ({"quoted": t("errors.post_quote_gone")}, "")
    tab.send("drop_quote").send("answer", sent={"body": "どこですか"})
    assert len(tab.posts) == 2


def test_photos_of_others_and_nonsense_are_refused(world, talk):
    tab = opened(world.chie, talk)
    for wrong in (photos_of(world.aki)[0], "2222222222zz"):
        tab.send("answer", sent={"body": "写真", "pictures": wrong})
        assert tab.wrong == {"pictures": t("errors.photo_unknown")}
    for wrong in ("../x", ",", "x" * 30_000, ",".join(photos_of(world.chie, 5))):
        tab.send("answer", sent={"body": "写真", "pictures": wrong})
        assert tab.problem == t("errors.request_wrong")
    assert len(tab.posts) == 1


def test_aki_opens_a_topic_with_a_photo(world):
    tab = Tab(HomeState, world.aki, path=TOWN).send("enter").send("start_topic")
    tab.send("send_topic", sent={"kind": "talk", "title": "川", "body": "みて", "pictures": photos_of(world.aki)[0]})
    assert [len(one.photos) for one in tab.posts] == [1]


def test_aki_changes_her_post_in_its_place(world, talk):
    tab = opened(world.aki, talk)
    post = tab.posts[0].id
    tab.send("start_edit", public_id=post)
    assert (tab.editing, tab.editing_words) == (post, "**見ごろ**です")
    tab.send("save_edit", sent={"changed": " "})
    assert (tab.wrong, tab.editing) == ({"body": t("errors.text_empty")}, post)
    tab.send("save_edit", sent={"changed": "もう散りました"})
    assert (tab.posts[0].html, tab.posts[0].edited, tab.editing, tab.toast) == (
        "<p>もう散りました</p>", True, "", t("boards.changed"))  # fmt: skip
    with db.transaction(write=False) as tx:
        assert tx.exec(select(func.count()).select_from(PostVersion)).one() == 1
    assert tab.send("start_edit", public_id=post).send("stop_edit").editing == ""


def test_nobody_changes_the_posts_of_others(world, talk):
    tab = opened(world.chie, talk)
    post = tab.posts[0].id
    assert tab.posts[0].may_change is False
    tab.send("start_edit", public_id=post)
    assert (tab.problem, tab.editing, tab.editing_words) == (t("errors.not_allowed_here"), "", "")
    tab.send("save_edit", sent={"changed": "ちがう"})
    assert tab.problem == t("errors.request_wrong")
    tab.state.editing = post
    tab.send("save_edit", sent={"changed": "ちがう"})
    assert tab.problem == t("errors.not_allowed_here")
