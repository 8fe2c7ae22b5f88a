"""A topic's revision rises with everything in it that a reader could see, once for each deed, and with nothing else."""

from __future__ import annotations

import pytest
from sqlmodel import select

from tamemap import clock, db
from tamemap.errors import Unauthenticated
from tamemap.models import Case, Picture, Poll, Post, PostPicture, Topic, TopicFlyer
from tamemap.services import answers, boards, cases, polls, posts, reports, revisions, topic_deeds
from tests import factories
from tests.services.test_turns import at_once


def revision(topic: str) -> int:
    with db.transaction(write=False) as tx:
        return tx.exec(select(Topic.revision).where(Topic.public_id == topic)).one()


def done(act, *args, **named):
    """Do this in a transaction of its own; what it answers."""
    with db.transaction(write=True) as tx:
        return act(tx, *args, **named)


@pytest.fixture
def talk(world):
    """Aki's proposal with an answer of Chie's and a poll: its id and the answer's."""
    topic = done(factories.topic, world.aki, kind="proposal", title="ベンチ").public_id
    post = done(factories.post, world.chie, topic).public_id
    done(polls.open_poll, world.aki, topic=topic, question="どこに", options=["川べり", "駅前"])
    return topic, post


def poll_id() -> str:
    with db.transaction(write=False) as tx:
        return tx.exec(select(Poll.public_id)).one()


DEEDS = {
    "an answer": lambda tx, world, topic, post: posts.write_post(tx, world.ben, topic=topic, body="いいですね"),
    "other words": lambda tx, world, topic, post: posts.edit_post(tx, world.chie, post=post, body="やはり駅前"),
    "a removal": lambda tx, world, topic, post: posts.remove_post(tx, world.chie, post=post),
    "closing": lambda tx, world, topic, post: boards.close_topic(tx, world.aki, topic=topic),
    "removing the topic": lambda tx, world, topic, post: boards.remove_topic(tx, world.ben, topic=topic, reason="古い"),
    "the town's answer": lambda tx, world, topic, post: answers.answer(tx, world.ben, topic=topic, state="received"),
    "a vote": lambda tx, world, topic, post: polls.vote(tx, world.chie, poll=poll_id(), options=[1]),
    "the end of a poll": lambda tx, world, topic, post: polls.close_poll(tx, world.aki, poll=poll_id()),
}


@pytest.mark.parametrize("deed", DEEDS)
def test_what_a_reader_could_see_raises_it_by_one(world, talk, deed):
    topic, post = talk
    before = revision(topic)
    done(lambda tx: DEEDS[deed](tx, world, topic, post))
    assert revision(topic) == before + 1


def test_opening_again_and_bringing_back_raise_it_too(world, talk):
    topic, _ = talk
    done(boards.close_topic, world.aki, topic=topic)
    done(topic_deeds.reopen_topic, world.aki, topic=topic)
    done(boards.remove_topic, world.ben, topic=topic, reason="古い")
    before = revision(topic)
    done(topic_deeds.restore_topic, world.ben, topic=topic)
    assert revision(topic) == before + 1


def test_holding_a_post_and_letting_it_go_raise_it(world, talk):
    topic, post = talk
    done(reports.make, world.aki, thing="post", thing_id=post, reason="rude", words="つらいです")
    with db.transaction(write=False) as tx:
        case = tx.exec(select(Case.public_id)).one()
    before = revision(topic)
    done(cases.decide, world.ben, public_ids=(case,), decision="hold", rule="harassment", words="確認します")
    assert revision(topic) == before + 1
    done(cases.decide, world.ben, public_ids=(case,), decision="keep")
    assert revision(topic) == before + 2


def test_pictures_and_cards_raise_it(world, talk):
    topic, post = talk
    before = revision(topic)
    with db.transaction(write=True) as tx:
        picture = factories.waiting_picture(tx, world.chie)
        number = tx.exec(select(Post.id).where(Post.public_id == post)).one()
        tx.add(PostPicture(post_id=number, picture_id=picture.id))
    assert revision(topic) == before + 1
    with db.transaction(write=True) as tx:
        row = tx.exec(select(Picture).where(Picture.id == picture.id)).one()
        row.hidden_at = row.created_at
        tx.add(row)
    assert revision(topic) == before + 2
    with db.transaction(write=True) as tx:
        flyer = factories.flyer(tx, world.aki)
        card = TopicFlyer(topic_id=tx.exec(select(Topic.id)).one(), flyer_id=flyer.id)
        tx.add(card)
    with db.transaction(write=True) as tx:
        tx.delete(tx.get(TopicFlyer, card.id))
    assert revision(topic) == before + 4


def test_taps_views_twice_and_other_topics_leave_it(world, talk):
    topic, post = talk
    before = revision(topic)
    done(posts.react, world.aki, post=post, kind="like", on=True)
    done(posts.edit_post, world.chie, post=post, body="こちらこそ。")
    done(factories.topic, world.chie, title="べつの話")
    done(factories.flyer, world.aki)
    with pytest.raises(Unauthenticated):
        done(posts.write_post, world.dai, topic=topic, body="だれでもない")
    assert revision(topic) == before


def test_a_bulk_statement_says_so_itself(world, talk):
    topic, _ = talk
    before = revision(topic)
    other = done(factories.topic, world.chie, title="べつの話").public_id
    with db.transaction(write=True) as tx:
        revisions.touch(tx, tx.exec(select(Topic.id)).all())
    assert revision(topic) == before + 1
    assert revision(other) > 1


def test_those_who_write_change_and_remove_at_once_never_wait_for_each_other_for_ever(world, talk):
    topic, _ = talk
    before = revision(topic)
    own = [done(factories.post, world.ben, topic, body=f"ひとつ{n}").public_id for n in range(3)]

    def act(tx, n):
        if n % 3 == 0:
            # as an answer that quotes: the quoted row is looked at by the database while the topic is locked
            number = tx.exec(select(Topic.id).where(Topic.public_id == topic).with_for_update()).one()
            quoted = tx.exec(select(Post.id).where(Post.public_id == own[n % 2])).one()
            tx.add(Post(topic_id=number, author_id=world.aki.person_id, quoted_id=quoted, body="x", html="x",
                        created_at=clock.now()))  # fmt: skip
            tx.flush()
        elif n % 3 == 1:
            posts.edit_post(tx, world.ben, post=own[n % 2], body=f"べつ{n}")
        else:
            posts.remove_post(tx, world.ben, post=own[2])

    at_once(12, act)
    # three answers before, four quoting ones, four other words, one removal (the others found it done)
    assert revision(topic) == before + 3 + 4 + 4 + 1
