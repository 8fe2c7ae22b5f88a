"""市の返事: Ben answers Aki's proposal for the town."""

from __future__ import annotations

from dataclasses import replace

import pytest
from sqlmodel import func, select

from tamemap import clock
from tamemap.domain.answers import may_follow
from tamemap.errors import Conflict, Forbidden, Gone, Invalid, Unauthenticated
from tamemap.models import AuditEntry, Notice, Post, Topic
from tamemap.queries.answers import answers, boards_with_answers
from tamemap.queries.boards import topic as read_topic
from tamemap.queries.posts import posts
from tamemap.services import boards
from tamemap.services.answers import answer
from tests import factories
from tests.factories import DAY

BOARD = "hitoyoshi-hiroba"


def proposal(tx, actor, kind="proposal", title="ベンチをふやす"):
    return factories.topic(tx, actor, kind=kind, title=title).public_id


def notices_of(tx, actor, code):
    return tx.exec(select(func.count()).where(Notice.person_id == actor.person_id, Notice.code == code)).one()


def test_a_proposal_waits_until_ben_answers_and_a_talk_waits_for_nothing(tx, world):
    one = proposal(tx, world.aki)
    assert read_topic(tx, world.chie, public_id=one).answer.state == "waiting"
    assert factories.topic(tx, world.aki, title="雑談").answer is None
    seen = answer(tx, world.ben, topic=one, state="adopted", words="来春に置きます", post_body="**三か所**です")
    assert (seen.answer.state, seen.answer.words, seen.answer.by.name, seen.posts_count) == (
        "adopted",
        "来春に置きます",
        "Ben",
        2,
    )
    last = posts(tx, world.dai, topic=one).items[-1]
    assert last.official
    assert last.author.kind == "staff"
    assert all(words in last.html for words in ("採り入れました", "来春に置きます", "<strong>三か所</strong>"))


def test_each_change_is_an_official_post_and_told_once_to_each(tx, world):
    one = proposal(tx, world.aki)
    for words in ("いいですね", "さんせいです"):
        factories.post(tx, world.chie, one, body=words)
    for state in ("received", "considering", "considering"):
        answer(tx, world.ben, topic=one, state=state)
    assert [post.official for post in posts(tx, world.aki, topic=one).items] == [False, False, False, True, True]
    for actor in (world.aki, world.chie):
        assert [notices_of(tx, actor, f"town_answer_{state}") for state in ("received", "considering")] == [1, 1]
    assert notices_of(tx, world.ben, "town_answer_received") == 0
    trail = tx.exec(select(AuditEntry.detail).where(AuditEntry.verb == "topic.answer")).all()
    assert trail == [{"decision": "received"}, {"decision": "considering"}]


def test_no_needs_a_reason_and_nothing_is_unsaid(tx, world):
    one = proposal(tx, world.aki, "question")
    with pytest.raises(Invalid) as wrong:
        answer(tx, world.ben, topic=one, state="declined", words=" \u200b ")
    assert [field.field for field in wrong.value.errors] == ["words"]
    with pytest.raises(Invalid):
        answer(tx, world.ben, topic=one, state="waiting")
    answer(tx, world.ben, topic=one, state="declined", words="川の法律があるためです")
    with pytest.raises(Conflict):
        answer(tx, world.ben, topic=one, state="received")
    assert answer(tx, world.ben, topic=one, state="adopted").answer.words == ""
    assert [may_follow(*pair) for pair in (("", "adopted"), ("received", "received"), ("adopted", ""))] == [True, True, False]


def test_only_staff_of_the_town_and_only_to_proposals_and_questions(tx, world):
    one, talk = proposal(tx, world.aki), factories.topic(tx, world.aki, title="雑談").public_id
    for actor in (world.aki, world.chie, world.fumi):
        with pytest.raises(Forbidden):
            answer(tx, actor, topic=one, state="received")
    for actor in (world.dai, replace(world.ben, staff_of=frozenset(), leads=frozenset(), waiting=True)):
        with pytest.raises(Unauthenticated):
            answer(tx, actor, topic=one, state="received")
    with pytest.raises(Forbidden):
        answer(tx, replace(world.ben, scopes=frozenset({"boards"})), topic=one, state="received")
    with pytest.raises(Conflict):
        answer(tx, world.ben, topic=talk, state="received")
    assert answer(tx, world.emi, topic=one, state="received").answer.by.kind == "operator"


def test_a_closed_topic_is_answered_and_a_removed_one_is_gone(tx, world):
    one, other = proposal(tx, world.aki), proposal(tx, world.aki, title="花だん")
    boards.close_topic(tx, world.aki, topic=one)
    assert answer(tx, world.ben, topic=one, state="considering").closed
    boards.remove_topic(tx, world.ben, topic=other, reason="荒い")
    with pytest.raises(Gone):
        answer(tx, world.ben, topic=other, state="considering")


def test_the_page_counts_by_state_and_tells_the_median(tx, world):
    assert (answers(tx, world.dai, board=BOARD).days, boards_with_answers(tx, world.dai)) == (None, ())
    start = clock.now()
    made = [proposal(tx, world.aki, title=f"提案{number}") for number in range(5)]
    for number, days in enumerate((1, 2, 9)):
        with clock.frozen_at(start + days * DAY):
            answer(tx, world.ben, topic=made[number], state="considering")
    with clock.frozen_at(start + 30 * DAY):
        answer(tx, world.ben, topic=made[0], state="adopted")
    boards.remove_topic(tx, world.ben, topic=made[3], reason="荒い")
    held = tx.exec(select(Topic).where(Topic.public_id == made[4])).one()
    seen = answers(tx, world.dai, board=BOARD)
    assert {group.state: group.count for group in seen.groups} == {
        "waiting": 1, "received": 0, "considering": 2, "adopted": 1, "declined": 0}  # fmt: skip
    assert [one.public_id for one in seen.groups[2].topics] == [made[2], made[1]]
    assert (seen.count, seen.answered, seen.days) == (4, 3, 2.0)
    held.held_at = clock.now()
    tx.add(held)
    tx.flush()
    assert answers(tx, world.dai, board=BOARD).count == 3
    assert boards_with_answers(tx, world.dai) == (BOARD,)
    assert tx.exec(select(func.count()).where(Post.official)).one() == 4
