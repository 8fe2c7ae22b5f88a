"""A poll and the town's answer on the home screen."""

from __future__ import annotations

import pytest

from tamemap import db
from tamemap.i18n import t
from tamemap.services import polls
from tamemap.services.answers import answer
from tamemap.ui.screens.home_state import HomeState
from tests import factories
from tests.ui.harness import FORGED, Tab

TOWN = "/?map=hitoyoshi"


@pytest.fixture
def asked(world):
    with db.transaction(write=True) as tx:
        topic = factories.topic(tx, world.aki, kind="proposal", title="ベンチ").public_id
        polls.open_poll(tx, world.aki, topic=topic, question="どこ", options=["川", "駅"], several=True)
        answer(tx, world.ben, topic=topic, state="considering", words="しらべます")
    return topic


def test_chie_votes_votes_again_and_reads_the_towns_answer(world, asked):
    tab = Tab(HomeState, world.chie, path=TOWN).send("enter").send("open_topic", public_id=asked)
    assert (tab.topic.answer, tab.topic.answer_words) == (t("answers.state.considering"), "しらべます")
    assert (tab.posts[-1].answer, tab.topics[0].answer) == (t("answers.label"), t("answers.state.considering"))
    tab.send("vote", sent={"option0": "0", "option1": "1"})
    assert [(one.mine, one.share) for one in tab.poll.options] == [(True, 50), (True, 50)]
    tab.send("vote", sent={"option1": "1"})
    assert ([one.mine for one in tab.poll.options], tab.toast) == ([False, True], t("said.poll_voted"))
    tab.send("vote", sent={})
    assert tab.wrong == {"option": t("errors.poll_choose_several")}


def test_nobody_votes_by_forged_words_or_without_an_account(world, asked):
    guest = Tab(HomeState, path=TOWN).send("enter").send("open_topic", public_id=asked)
    assert not guest.poll.may_vote
    assert guest.send("vote", sent={"option0": "0"}).problem == t("errors.sign_in_first")
    tab = Tab(HomeState, world.chie, path=TOWN).send("enter").send("open_topic", public_id=asked)
    for forged in FORGED:
        tab.send("vote", sent={"option0": forged} if forged else forged)
        assert tab.problem or tab.wrong
    tab.send("open_topic", public_id=asked)
    assert [one.share for one in tab.poll.options] == [0, 0]
