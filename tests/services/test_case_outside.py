"""What Ben decides where it stands: a decision with a rule, told once, to be objected to, and counted."""

from __future__ import annotations

import json

import pytest
from sqlmodel import select

from tamemap import clock
from tamemap.domain.actors import SYSTEM
from tamemap.errors import Invalid
from tamemap.models import Case, CaseDecision, Notice, Report
from tamemap.queries.boards import topic as read_topic
from tamemap.queries.care_figures import figures
from tamemap.queries.case_backlog import backlog
from tamemap.queries.cases import case, own_decision, queue
from tamemap.queries.flyer import flyer as flyer_view
from tamemap.queries.posts import posts as read_posts
from tamemap.services import boards, cases, decisions, flyers, groups, objections, posts, reports
from tamemap.services.case_backlog import catch_up
from tamemap.services.topic_deeds import reopen_topic, restore_topic
from tests import factories
from tests.factories import HOUR
from tests.services.group_rows import group


def told(tx, actor):
    rows = tx.exec(select(Notice).where(Notice.person_id == actor.person_id).order_by(Notice.id))
    return [(row.code, json.loads(row.params).get("rule", "")) for row in rows]


def made(tx):
    return [
        (one.decision, one.rule, one.words, one.undone_at is not None) for one in tx.exec(select(CaseDecision).order_by("id"))
    ]


def test_a_post_taken_away_on_the_board_is_a_decision_that_chie_objects_to(tx, world):
    talk = factories.topic(tx, world.aki).public_id
    post = factories.post(tx, world.chie, talk).public_id
    posts.remove_post(tx, world.ben, post=post, reason="電話番号です", rule="personal_data")
    assert made(tx) == [("remove", "personal_data", "電話番号です", False)]
    assert told(tx, world.chie) == [("case_remove", "個人の情報や写真がのっている")]
    row, decision = tx.exec(select(Case)).one(), tx.exec(select(CaseDecision.public_id)).one()
    assert (row.source, row.closed_at, row.author_id) == ("staff", clock.now(), world.chie.person_id)
    assert queue(tx, world.ben) == ()
    assert own_decision(tx, world.chie, public_id=decision).may_object
    objections.make(tx, world.chie, decision=decision, words="店の番号です")
    objections.answer(tx, world.emi, decision=decision, outcome="upheld", words="そのとおりです")
    assert [one.deleted for one in read_posts(tx, world.dai, topic=talk).items] == [False, False]
    assert made(tx)[0][3]


def test_it_joins_the_case_that_waits_and_closes_its_reports(tx, world):
    talk = factories.topic(tx, world.aki).public_id
    post = factories.post(tx, world.chie, talk).public_id
    reports.make(tx, world.dai, thing="post", thing_id=post, reason="rude")
    posts.remove_post(tx, world.ben, post=post, reason="おだやかに", rule="harassment")
    row = tx.exec(select(Case)).one()
    assert (row.source, row.closed_at is not None) == ("report", True)
    assert tx.exec(select(Report.closed_at)).one() is not None
    assert len(made(tx)) == 1


def test_what_people_take_away_themselves_is_no_decision(tx, world):
    talk = factories.topic(tx, world.aki).public_id
    posts.remove_post(tx, world.chie, post=factories.post(tx, world.chie, talk).public_id)
    boards.close_topic(tx, world.aki, topic=talk)
    own = factories.flyer(tx, world.ben).public_id
    decisions.decide(tx, world.ben, public_id=own, decision="recall", reason="まちがい")
    flyers.delete(tx, world.ben, public_id=own)
    flyers.delete(tx, world.aki, public_id=factories.flyer(tx, world.aki).public_id)
    assert made(tx) == []


def test_a_rule_that_is_not_ours_changes_nothing(tx, world):
    talk = factories.topic(tx, world.aki).public_id
    post = factories.post(tx, world.chie, talk).public_id
    for wrong in (
        lambda: posts.remove_post(tx, world.ben, post=post, reason="x", rule="mine"),
        lambda: boards.remove_topic(tx, world.ben, topic=talk, reason="x", rule="mine"),
    ):
        with pytest.raises(Invalid) as refused:
            wrong()
        assert refused.value.errors[0].field == "rule"
    assert made(tx) == []
    assert len([one for one in read_posts(tx, world.dai, topic=talk).items if not one.deleted]) == 2


def test_a_topic_that_staff_close_is_told_and_opened_again_the_decision_is_gone(tx, world):
    talk = factories.topic(tx, world.aki).public_id
    boards.close_topic(tx, world.ben, topic=talk, reason="あつくなりすぎました", rule="harassment")
    assert made(tx) == [("close", "harassment", "あつくなりすぎました", False)]
    assert [code for code, _ in told(tx, world.aki)] == ["case_close"]
    boards.close_topic(tx, world.ben, topic=talk)
    assert len(made(tx)) == 1
    reopen_topic(tx, world.ben, topic=talk)
    assert made(tx)[0][3]


def test_an_upheld_objection_opens_the_closed_topic_again(tx, world):
    talk = factories.topic(tx, world.aki).public_id
    boards.close_topic(tx, world.ben, topic=talk)
    decision = tx.exec(select(CaseDecision.public_id)).one()
    objections.make(tx, world.aki, decision=decision, words="まだ話したい")
    objections.answer(tx, world.emi, decision=decision, outcome="upheld", words="どうぞ")
    assert not read_topic(tx, world.aki, public_id=talk).closed


def test_a_topic_is_closed_from_the_queue_and_taken_back(tx, world):
    talk = factories.topic(tx, world.aki).public_id
    reports.make(tx, world.chie, thing="topic", thing_id=talk, reason="rude")
    (found,) = queue(tx, world.ben)
    assert "close" in found.choices
    ((_, decision),) = cases.decide(
        tx, world.ben, public_ids=(found.public_id,), decision="close", rule="off_topic", words="ここまで"
    ).done
    assert read_topic(tx, world.dai, public_id=talk).closed
    assert told(tx, world.aki) == [("case_close", "この場所に合わない")]
    cases.undo(tx, world.ben, decision=decision)
    assert not read_topic(tx, world.dai, public_id=talk).closed


def test_with_a_topic_go_the_cases_of_its_posts_and_they_do_not_come_back_with_it(tx, world):
    talk = factories.topic(tx, world.aki).public_id
    post = factories.post(tx, world.chie, talk).public_id
    for thing, thing_id in (("post", post), ("topic", talk)):
        reports.make(tx, world.dai, thing=thing, thing_id=thing_id, reason="rude")
    assert len(queue(tx, world.ben)) == 2
    boards.remove_topic(tx, world.ben, topic=talk, reason="宣伝", rule="advertising")
    assert queue(tx, world.ben) == ()
    assert made(tx) == [("remove", "advertising", "宣伝", False)]
    assert told(tx, world.chie) == []
    restore_topic(tx, world.ben, topic=talk)
    assert queue(tx, world.ben) == ()
    assert made(tx)[0][3]
    assert [code for code, _ in told(tx, world.aki)] == ["case_remove", "topic_restored"]


def test_a_flyer_recalled_at_the_desk_can_be_objected_to_and_stands_again(tx, world):
    fair = factories.flyer(tx, world.aki, outside=True).public_id
    reports.make(tx, world.chie, thing="flyer", thing_id=fair, reason="wrong")
    decisions.decide(tx, world.ben, public_id=fair, decision="recall", reason="日にちがちがいます")
    assert made(tx) == [("hold", "other", "日にちがちがいます", False)]
    assert queue(tx, world.ben) == ()
    (held,) = queue(tx, world.ben, state="held")
    decision = held.decisions[0].public_id
    objections.make(tx, world.aki, decision=decision, words="あっています")
    objections.answer(tx, world.emi, decision=decision, outcome="upheld", words="そうでした")
    assert {one.state for one in flyer_view(tx, world.dai, public_id=fair).placements} == {"up"}
    assert [code for code, _ in told(tx, world.aki)] == ["case_hold", "objection_upheld"]


def test_a_flyer_let_up_or_restored_has_no_standing_decision(tx, world):
    fair = factories.flyer(tx, world.aki).public_id
    decisions.decide(tx, world.ben, public_id=fair, decision="recall", reason="x")
    decisions.decide(tx, world.ben, public_id=fair, decision="up")
    with clock.frozen_at(clock.now() + HOUR):
        flyers.delete(tx, world.ben, public_id=fair, reason="重なっています")
        flyers.restore(tx, world.ben, public_id=fair)
    assert [(kind, undone) for kind, _, _, undone in made(tx)] == [("hold", True), ("remove", True)]


def test_the_figures_count_them_but_nobody_waited(tx, world):
    talk = factories.topic(tx, world.aki).public_id
    posts.remove_post(tx, world.ben, post=factories.post(tx, world.chie, talk).public_id, reason="x")
    found = figures(tx, world.ben)
    assert dict(found.decisions)["remove"] == 1
    assert (found.decided, found.median_hours) == (0, None)


def test_what_its_author_takes_away_while_it_is_held_waits_no_more(tx, world):
    talk = factories.topic(tx, world.aki).public_id
    post = factories.post(tx, world.chie, talk).public_id
    reports.make(tx, world.dai, thing="post", thing_id=post, reason="rude")
    cases.decide(tx, world.ben, public_ids=(queue(tx, world.ben)[0].public_id,), decision="hold", rule="harassment")
    assert len(queue(tx, world.ben, state="held")) == 1
    posts.remove_post(tx, world.chie, post=post)
    assert queue(tx, world.ben, state="held") == ()


def test_a_closed_group_waits_for_no_decision(tx, world):
    group(tx, world.aki, world.ben)
    reports.make(tx, world.chie, thing="group", thing_id="sakura-kai", reason="advert")
    assert len(queue(tx, world.ben)) == 1
    groups.close(tx, world.ben, slug="sakura-kai")
    assert queue(tx, world.ben) == ()
    assert tx.exec(select(Report.closed_at)).one() is not None


def test_reports_from_before_there_were_cases_get_theirs_once(tx, world):
    talk = factories.topic(tx, world.aki).public_id
    for who in (world.chie, world.dai):
        reports.make(tx, who, thing="topic", thing_id=talk, reason="rude")
    away = factories.topic(tx, world.aki, board="hitoyoshi-kuma-hiroba").public_id
    reports.make(tx, world.chie, thing="topic", thing_id=away, reason="rude")
    for row in tx.exec(select(Case)):
        tx.delete(row)
    tx.flush()
    assert queue(tx, world.ben) == ()
    assert backlog(tx, world.ben)
    # the region's own boards are the operator's
    assert catch_up(tx, world.ben) == 2
    assert catch_up(tx, world.ben) == 0
    (found,) = queue(tx, world.ben)
    assert len(found.reports) == 2
    assert catch_up(tx, SYSTEM) == 1
    assert not backlog(tx, world.emi)
    assert len(queue(tx, world.emi)) == 2
    # a case that was opened late shows when the first report waited
    assert case(tx, world.ben, public_id=found.public_id).opened_at == tx.exec(select(Report.created_at)).first()
