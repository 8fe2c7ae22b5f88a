"""アンケート: Aki asks, many answer, each counts once."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest
from sqlmodel import select

from tamemap import clock, db
from tamemap.errors import Conflict, Forbidden, Gone, Invalid, NotFound, Unauthenticated
from tamemap.models import Board, Notice, PollVote
from tamemap.queries.belongings import belongings
from tamemap.queries.boards import topic as read_topic
from tamemap.services import boards
from tamemap.services.polls import close_poll, open_poll, vote
from tests import factories
from tests.services.test_turns import at_once


def poll_of(tx, actor, **fields):
    """A poll in a new topic of this person's; the topic's id and the poll's."""
    topic = factories.topic(tx, actor, kind="proposal", title="ベンチ").public_id
    made = open_poll(tx, actor, topic=topic, **({"question": "どこがいい", "options": ["川べり", "駅前", "公園"]} | fields))
    return topic, made.poll.public_id


def counts(tx, actor, topic):
    return [(one.count, one.share, one.mine) for one in read_topic(tx, actor, public_id=topic).poll.options]


def test_each_votes_once_and_may_change_their_mind(tx, world):
    topic, poll = poll_of(tx, world.aki)
    for actor, choice in ((world.aki, 0), (world.ben, 0), (world.chie, 1), (world.chie, 1), (world.chie, 0), (world.fumi, 2)):
        vote(tx, actor, poll=poll, options=[choice])
    assert counts(tx, world.chie, topic) == [(3, 75, True), (0, 0, False), (1, 25, False)]
    assert [mine for _, _, mine in counts(tx, world.dai, topic)] == [False] * 3
    seen = read_topic(tx, world.dai, public_id=topic).poll
    assert (seen.total, seen.may_vote, seen.may_close) == (4, False, False)
    assert tx.exec(select(Notice).where(Notice.code.like("poll%"))).all() == []


def test_several_choices_are_replaced_together(tx, world):
    topic, poll = poll_of(tx, world.aki, several=True)
    vote(tx, world.chie, poll=poll, options=[0, 1])
    vote(tx, world.chie, poll=poll, options=[2, 1])
    assert counts(tx, world.chie, topic) == [(0, 0, False), (1, 50, True), (1, 50, True)]
    taken = belongings(tx, world.chie).votes
    assert [(one["question"], one["choice"], one["topic"]) for one in taken] == [
        ("どこがいい", "駅前", topic), ("どこがいい", "公園", topic)]  # fmt: skip


@pytest.mark.parametrize("forged", [[], [3], [-1], [0, 1], ["0"], [True], [None], [0, "x"], [2**70]])
def test_a_choice_that_is_none_changes_nothing(tx, world, forged):
    topic, poll = poll_of(tx, world.aki)
    vote(tx, world.chie, poll=poll, options=[1])
    with pytest.raises(Invalid):
        vote(tx, world.chie, poll=poll, options=forged)
    assert [count for count, _, _ in counts(tx, world.dai, topic)] == [0, 1, 0]


@pytest.mark.parametrize(
    ("fields", "field"),
    [
        ({"options": ["ひとつ", " ", "\u200b "]}, "options"),
        ({"options": [str(at) for at in range(11)]}, "options"),
        ({"options": ["川", "川 "]}, "options"),
        ({"options": ["川", 5]}, "options"),
        ({"question": ""}, "question"),
        ({"results": "never"}, "results"),
        ({"ends_at": "2026-11-22T12:00"}, "ends_at"),
        ({"ends_at": "2028-01-01T00:00"}, "ends_at"),
        ({"ends_at": "あした"}, "ends_at"),
    ],
)
def test_a_poll_that_cannot_be_is_said_at_its_field(tx, world, fields, field):
    with pytest.raises(Invalid) as wrong:
        poll_of(tx, world.aki, **fields)
    assert [one.field for one in wrong.value.errors] == [field]


def test_it_ends_at_its_minute_and_only_then_shows_what_was_hidden(tx, world):
    topic, poll = poll_of(tx, world.aki, results="after", ends_at="2026-11-22T18:30")
    vote(tx, world.chie, poll=poll, options=[1])
    seen = read_topic(tx, world.ben, public_id=topic).poll
    assert ([one.count for one in seen.options], seen.shown, seen.total) == ([None] * 3, False, 1)
    with clock.frozen_at(seen.ends_at - timedelta(seconds=1)):
        vote(tx, world.fumi, poll=poll, options=[1])
    with clock.frozen_at(seen.ends_at):
        with pytest.raises(Conflict):
            vote(tx, world.ben, poll=poll, options=[1])
        assert counts(tx, world.dai, topic) == [(0, 0, False), (2, 100, False), (0, 0, False)]


def test_who_may_open_vote_and_close(tx, world):
    talk = factories.topic(tx, world.aki).public_id
    good = {"topic": talk, "question": "どれ", "options": ["川", "山"]}
    for actor in (world.chie, world.fumi):
        with pytest.raises(Forbidden):
            open_poll(tx, actor, **good)
    with pytest.raises(Unauthenticated):
        open_poll(tx, world.dai, **good)
    poll = open_poll(tx, world.ben, **good).poll.public_id
    with pytest.raises(Conflict):
        open_poll(tx, world.aki, **good)
    with pytest.raises(Unauthenticated):
        vote(tx, world.dai, poll=poll, options=[0])
    with pytest.raises(Forbidden):
        vote(tx, replace(world.chie, scopes=frozenset({"boards"})), poll=poll, options=[0])
    with pytest.raises(NotFound):
        vote(tx, world.chie, poll="2222222222zz", options=[0])
    for actor in (world.chie, world.fumi):
        with pytest.raises(Forbidden):
            close_poll(tx, actor, poll=poll)
    assert close_poll(tx, world.aki, poll=poll).poll.over
    assert close_poll(tx, world.emi, poll=poll).poll.over
    with pytest.raises(Conflict):
        vote(tx, world.chie, poll=poll, options=[0])


def test_on_a_board_of_residents_only_they_vote(tx, world):
    _, poll = poll_of(tx, world.aki)
    board = tx.exec(select(Board).where(Board.slug == "hitoyoshi-hiroba")).one()
    board.writers = "residents"
    tx.add(board)
    tx.flush()
    for actor in (world.chie, world.fumi):
        with pytest.raises(Forbidden):
            vote(tx, actor, poll=poll, options=[0])
    assert not vote(tx, world.aki, poll=poll, options=[0]).poll.over


def test_a_closed_topic_ends_its_poll_and_a_removed_one_takes_it_along(tx, world):
    topic, poll = poll_of(tx, world.aki, results="after")
    other, gone = poll_of(tx, world.chie)
    boards.close_topic(tx, world.aki, topic=topic)
    with pytest.raises(Conflict):
        vote(tx, world.chie, poll=poll, options=[0])
    assert read_topic(tx, world.dai, public_id=topic).poll.shown
    boards.remove_topic(tx, world.ben, topic=other, reason="荒い")
    for act in (lambda: vote(tx, world.chie, poll=gone, options=[0]), lambda: close_poll(tx, world.ben, poll=gone)):
        with pytest.raises(Gone):
            act()


def test_votes_of_many_who_have_left_all_count(tx, world):
    topic, poll = poll_of(tx, world.aki)
    for actor in (world.aki, world.ben, world.chie):
        vote(tx, actor, poll=poll, options=[1])
    for row in tx.exec(select(PollVote)):
        row.person_id = None
        tx.add(row)
    tx.flush()
    vote(tx, world.fumi, poll=poll, options=[1])
    assert [count for count, _, _ in counts(tx, world.dai, topic)] == [0, 4, 0]


def test_votes_at_the_same_moment_are_counted_exactly(world):
    with db.transaction(write=True) as tx:
        people = [factories.person(tx, f"Mari{number}") for number in range(4)]
        topic, poll = poll_of(tx, world.aki)
    # each taps two times, on different answers
    at_once(8, lambda tx, n: vote(tx, people[n // 2], poll=poll, options=[n % 3]) and None)
    with db.transaction(write=False) as tx:
        assert read_topic(tx, world.dai, public_id=topic).poll.total == 4
        assert len({row.person_id for row in tx.exec(select(PollVote))}) == 4
