"""The open topic goes on at home: what came is there, what is one's own stays one's own, and all share one reading."""

from __future__ import annotations

import pytest
from sqlmodel import select

from tamemap import clock, db, live
from tamemap.i18n import t
from tamemap.models import Case, Post, Topic
from tamemap.services import boards, cases, polls, posts, reports, topic_deeds
from tamemap.ui.screens import home_live
from tamemap.ui.screens.home_state import HomeState
from tests import factories
from tests.ui.harness import Tab
from tests.web.test_live import counted, done

TOWN = "/?map=hitoyoshi&tab=boards"


@pytest.fixture
def talk(world, monkeypatch):
    """Aki's topic with an answer of Chie's, and a hub that remembers nothing yet."""
    made = live.Hub(timer=lambda: clock.now().timestamp())
    monkeypatch.setattr(home_live, "hub", lambda: made)
    topic = done(factories.topic, world.aki, title="今年の紅葉").public_id
    done(factories.post, world.chie, topic, body="川べりがきれい")
    return topic


def opened(actor, topic):
    return Tab(HomeState, actor, path=TOWN).send("enter").send("open_topic", public_id=topic)


def heard(*tabs):
    """Their browsers hear that the topic has the revision that it has; in another moment than before."""
    with db.transaction(write=False) as tx:
        topic = tx.exec(select(Topic).order_by(Topic.id)).first()
    with clock.frozen_at(clock.now() + factories.HOUR):
        for tab in tabs:
            tab.send("hear", said=f"{topic.public_id} {topic.revision}")


def test_a_new_post_appears_for_everybody_with_one_reading(world, talk):
    tabs = [opened(actor, talk) for actor in (world.aki, world.chie, world.fumi, None)]
    done(factories.post, world.ben, talk, body="**見ごろ**です")
    heard(tabs[0])
    with counted() as asked:
        heard(*tabs[1:])
    # heard() looks up the number that a browser would have from the stream
    assert [one for one in asked if "BEGIN" not in one and "ORDER BY topic.id" not in one] == []
    for tab in tabs:
        last = tab.posts[-1]
        assert (last.who, last.badge, last.mine) == ("Ben", t("people.staff_of", municipality="人吉市"), False)
        assert (last.fresh, len(tab.posts)) == (True, 3)
        assert "<strong>見ごろ</strong>" in last.html
        assert (tab.topic.count, tab.toast, tab.problem) == (3, "", "")


def test_ones_own_answer_appears_once_and_stays_ones_own(world, talk):
    tab = opened(world.chie, talk).send("answer", sent={"body": "行きました"})
    tab.send("react", public_id=tab.posts[0].id, kind="like", on=True)
    heard(tab)
    assert [(one.who, one.mine, one.may_remove, one.fresh) for one in tab.posts] == [
        ("Aki", False, False, False), ("Chie", True, True, False), ("Chie", True, True, False)]  # fmt: skip
    assert [(one.kind, one.count, one.mine) for one in tab.posts[0].reactions if one.count] == [("like", 1, True)]


def test_what_is_changed_or_removed_by_others_changes(world, talk):
    tab = opened(world.aki, talk)
    done(posts.edit_post, world.chie, post=tab.posts[1].id, body="やはり山")
    heard(tab)
    assert ("やはり山" in tab.posts[1].html, tab.posts[1].edited) == (True, True)
    done(posts.remove_post, world.chie, post=tab.posts[1].id)
    heard(tab)
    assert [(one.deleted, one.html) for one in tab.posts][1:] == [(True, "")]


def test_a_held_post_stays_for_its_author_alone_until_it_is_let_go(world, talk):
    chie, dai = opened(world.chie, talk), opened(None, talk)
    post = chie.posts[1].id
    done(reports.make, world.aki, thing="post", thing_id=post, reason="rude", words="つらいです")
    with db.transaction(write=False) as tx:
        case = tx.exec(select(Case.public_id)).one()
    done(cases.decide, world.ben, public_ids=(case,), decision="hold", rule="harassment", words="確認します")
    heard(chie, dai)
    row = chie.posts[1]
    assert (row.held, row.deleted, "川べり" in row.html, row.mine, row.may_remove) == (True, False, True, True, True)
    assert (dai.posts[1].held, dai.posts[1].deleted, dai.posts[1].html) == (True, True, "")
    done(cases.decide, world.ben, public_ids=(case,), decision="keep")
    heard(chie, dai)
    assert [(tab.posts[1].held, "川べり" in tab.posts[1].html) for tab in (chie, dai)] == [(False, True)] * 2
    assert (chie.posts[1].mine, chie.posts[1].may_remove) == (True, True)


def test_votes_are_counted_and_ones_own_choice_stays(world, talk):
    poll = done(polls.open_poll, world.aki, topic=talk, question="どこへ", options=["山", "川"]).poll.public_id
    done(polls.vote, world.chie, poll=poll, options=[1])
    tab = opened(world.chie, talk)
    done(polls.vote, world.ben, poll=poll, options=[0])
    heard(tab)
    assert [(one.share, one.mine) for one in tab.poll.options] == [(50, False), (50, True)]
    assert (tab.poll.may_vote, tab.poll.voted) == (True, True)
    done(polls.close_poll, world.aki, poll=poll)
    heard(tab)
    assert (tab.poll.may_vote, t("poll.over") in tab.poll.facts) == (False, True)


def test_closing_and_opening_again_reach_who_writes(world, talk):
    tab = opened(world.chie, talk)
    done(boards.close_topic, world.aki, topic=talk)
    heard(tab)
    assert tab.topic.closed
    done(topic_deeds.reopen_topic, world.aki, topic=talk)
    heard(tab)
    assert (tab.topic.closed, tab.topic.may_write) == (False, True)


def test_a_poll_made_meanwhile_can_be_voted_in(world, talk):
    tab = opened(world.chie, talk)
    done(polls.open_poll, world.aki, topic=talk, question="どこへ", options=["山", "川"])
    heard(tab)
    assert (tab.poll.question, tab.poll.may_vote) == ("どこへ", True)


def test_what_is_said_about_ones_own_deeds_is_left_alone(world, talk):
    tab = opened(world.chie, talk).send("answer", sent={"body": "  "})
    done(factories.post, world.ben, talk, body="見ごろです")
    heard(tab)
    assert (tab.wrong, len(tab.posts)) == ({"body": t("errors.text_empty")}, 3)


def test_another_topic_than_the_open_one_changes_nothing(world, talk):
    tab = opened(world.chie, talk).send("close_topic")
    done(factories.post, world.ben, talk, body="見ごろです")
    heard(tab)
    assert (tab.view, len(tab.posts)) == ("topics", 2)
    other = done(factories.topic, world.aki, title="べつの話").public_id
    tab.send("open_topic", public_id=other)
    heard(tab)
    assert len(tab.posts) == 1


def test_on_a_page_before_the_last_nothing_is_appended_but_what_stands_there_changes(world, talk):
    with db.transaction(write=True) as tx:
        number = tx.exec(select(Topic.id)).one()
        tx.add_all(Post(topic_id=number, body="x", html="x", created_at=clock.now()) for _ in range(48 + 10))
    tab = opened(world.chie, talk)
    done(posts.remove_post, world.ben, post=tab.posts[20].id, reason="きまり")
    heard(tab)
    assert (len(tab.posts), tab.posts[20].deleted, any(one.fresh for one in tab.posts)) == (50, True, False)


def test_who_missed_more_than_is_kept_sees_the_latest(world, talk):
    tab = opened(world.chie, talk)
    with db.transaction(write=True) as tx:
        number = tx.exec(select(Topic.id)).one()
        tx.add_all(Post(topic_id=number, body=f"{n}", html=f"{n}", created_at=clock.now()) for n in range(60))
    heard(tab)
    assert (len(tab.posts), tab.posts[0].html, tab.posts[-1].html) == (50, "10", "59")


@pytest.mark.parametrize("said", ["", "x", " 1", "2222222222zz", "2222222222zz 9e9", "2222222222zz " + "9" * 40])
def test_a_forged_word_changes_nothing(world, talk, said):
    tab = opened(world.chie, talk)
    before = list(tab.posts)
    tab.send("hear", said=said)
    assert tab.posts == before


def test_a_topic_that_is_gone_is_left_to_the_stream(world, talk):
    tab = opened(world.chie, talk)
    done(boards.remove_topic, world.ben, topic=talk, reason="きまりに反します")
    heard(tab)
    assert (tab.view, tab.problem) == ("topic", "")
    # which lets our script open it anew
    tab.send("open_topic", public_id=talk)
    assert (tab.view, tab.problem) == ("topics", t("errors.topic_gone"))
