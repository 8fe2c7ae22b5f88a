"""Following topics and boards, and how far somebody has read."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlmodel import select

from tamemap import clock
from tamemap.domain.actors import Actor
from tamemap.errors import Forbidden, Gone, NotFound, Unauthenticated
from tamemap.models import BoardFollow, Notice, OutboxEntry, Post, TopicMark
from tamemap.queries.boards import topic as read_topic
from tamemap.queries.marks import Mark, board_marks, marked_topics, marks, news_of_boards
from tamemap.services import boards, following, posts
from tests import factories
from tests.services.rows import counted

BOARD = "hitoyoshi-hiroba"


@pytest.fixture
def talk(tx, world):
    """A topic of Aki's."""
    return factories.topic(tx, world.aki, title="川の話").public_id


def mark_of(tx, actor):
    row = tx.exec(select(TopicMark).where(TopicMark.person_id == actor.person_id)).one()
    return row.following, tx.get(Post, row.read_to).public_id if row.read_to else ""


def seen(tx, actor, talk):
    return marks(tx, actor, topics=[talk]).get(talk)


def test_who_opens_or_writes_follows(tx, world, talk):
    post = factories.post(tx, world.chie, talk)
    assert [mark_of(tx, actor)[0] for actor in (world.aki, world.chie)] == [True, True]
    assert mark_of(tx, world.chie)[1] == post.public_id
    assert seen(tx, world.aki, talk) == Mark(unread=1, following=True)
    assert seen(tx, world.chie, talk) == Mark(unread=0, following=True)


def test_who_has_said_no_may_write_without_following(tx, world, talk):
    assert following.follow_topic(tx, world.chie, topic=talk, on=False) == following.Followed(False)
    factories.post(tx, world.chie, talk)
    assert mark_of(tx, world.chie)[0] is False
    assert following.follow_topic(tx, world.chie, topic=talk, on=True) == following.Followed(True)
    assert following.follow_topic(tx, world.chie, topic=talk, on=True) == following.Followed(True)
    assert mark_of(tx, world.chie)[0] is True


def test_what_was_there_before_one_followed_is_no_news(tx, world, talk):
    factories.post(tx, world.aki, talk, body="二つめ")
    following.follow_topic(tx, world.chie, topic=talk, on=True)
    assert seen(tx, world.chie, talk) == Mark(0, following=True)
    factories.post(tx, world.ben, talk)
    assert seen(tx, world.chie, talk) == Mark(1, following=True)


def test_a_mark_goes_forward_and_never_back(tx, world, talk):
    first, second = (factories.post(tx, world.ben, talk, body=body).public_id for body in ("一", "二"))
    assert following.mark_read(tx, world.chie, topic=talk, to=first) == following.Read(1, following=False)
    assert following.mark_read(tx, world.chie, topic=talk) == following.Read(0, following=False)
    assert following.mark_read(tx, world.chie, topic=talk, to=first) == following.Read(0, following=False)
    assert mark_of(tx, world.chie) == (None, second)


def test_opening_a_topic_answers_the_notices_about_it(tx, world, talk):
    for url in (f"/b/{BOARD}/{talk}", "/b/x/y"):
        tx.add(Notice(person_id=world.chie.person_id, code="topic_news", url=url, created_at=clock.now()))
    tx.flush()
    following.mark_read(tx, world.chie, topic=talk)
    assert [row.read_at is not None for row in tx.exec(select(Notice).order_by(Notice.id))] == [True, False]


def test_a_post_of_elsewhere_marks_nothing(tx, world, talk):
    other = factories.topic(tx, world.ben, title="別の話")
    post = factories.post(tx, world.ben, other.public_id).public_id
    for to in (post, "2222222222zz", "' OR 1=1"):
        with pytest.raises(NotFound):
            following.mark_read(tx, world.chie, topic=talk, to=to)
    assert seen(tx, world.chie, talk) is None


def test_removed_and_held_posts_are_not_unread(tx, world, talk):
    held = factories.post(tx, world.chie, talk, body="待つ").public_id
    gone = factories.post(tx, world.chie, talk, body="消える").public_id
    posts.remove_post(tx, world.chie, post=gone)
    tx.exec(select(Post).where(Post.public_id == held)).one().held_at = clock.now()
    tx.flush()
    assert seen(tx, world.aki, talk) == Mark(0, following=True)
    assert news_of_boards(tx, world.aki, slug="hitoyoshi") == {}


def test_boards_are_followed_and_left(tx, world):
    for on in (True, True, False, False, True):
        assert following.follow_board(tx, world.chie, board=BOARD, on=on) == following.Followed(on)
    assert [row.person_id for row in tx.exec(select(BoardFollow))] == [world.chie.person_id]
    assert board_marks(tx, world.chie, board=BOARD, map_slug="hitoyoshi", topics=[]).following is True
    assert board_marks(tx, world.aki, board=BOARD, map_slug="hitoyoshi", topics=[]).following is False


def test_a_board_tells_of_followed_topics_with_news(tx, world, talk):
    factories.post(tx, world.chie, talk)
    assert news_of_boards(tx, world.aki, slug="hitoyoshi") == {BOARD: 1}
    assert news_of_boards(tx, world.aki, slug="nishiki") == {}
    following.follow_topic(tx, world.aki, topic=talk, on=False)
    assert news_of_boards(tx, world.aki, slug="hitoyoshi") == {}
    assert marked_topics(tx, world.aki, board=BOARD).marks == {talk: Mark(1, following=False)}


def test_guests_and_programs_follow_nothing(tx, world, talk):
    program = Actor(person_id=world.ben.person_id, scopes=frozenset({"boards"}), staff_of=world.ben.staff_of)
    calls = (
        lambda who: following.follow_topic(tx, who, topic=talk, on=True),
        lambda who: following.follow_board(tx, who, board=BOARD, on=True),
        lambda who: following.mark_read(tx, who, topic=talk),
    )
    for call in calls:
        with pytest.raises(Unauthenticated):
            call(world.dai)
        with pytest.raises(Forbidden):
            call(program)
    posts.write_post(tx, program, topic=talk, body="役場から")
    assert tx.exec(select(TopicMark.person_id)).all() == [world.aki.person_id]
    assert board_marks(tx, world.dai, board=BOARD, map_slug="hitoyoshi", topics=[talk]).signed_in is False


def test_what_is_not_there_is_followed_by_nobody(tx, world, talk):
    with pytest.raises(NotFound):
        following.follow_topic(tx, world.chie, topic="2222222222zz", on=True)
    with pytest.raises(NotFound):
        following.follow_board(tx, world.chie, board="nowhere", on=True)
    boards.remove_topic(tx, world.ben, topic=talk, reason="まちがい")
    with pytest.raises(Gone):
        following.follow_topic(tx, world.chie, topic=talk, on=True)


def test_each_post_is_announced_once_in_its_own_transaction(tx, world, talk):
    for _ in range(2):  # a double tap
        factories.post(tx, world.chie, talk)
    waiting = tx.exec(select(OutboxEntry).where(OutboxEntry.kind == "followers").order_by(OutboxEntry.id)).all()
    written = tx.exec(select(Post.public_id).order_by(Post.id)).all()
    assert [row.payload["post"] for row in waiting] == written
    assert read_topic(tx, world.dai, public_id=talk).posts_count == 2


def test_marks_of_many_topics_cost_one_read(tx, world):
    ids = []
    for number in range(7):
        with clock.frozen_at(clock.now() + number * timedelta(minutes=2)):
            ids.append(factories.topic(tx, world.aki, title=f"話{number}").public_id)
    with counted() as statements:
        assert len(marks(tx, world.aki, topics=ids)) == 7
    assert len(statements) == 1
