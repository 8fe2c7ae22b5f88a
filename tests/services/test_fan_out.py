"""Followers are told by the worker: once, and never of what nobody may read."""

from __future__ import annotations

import json
from datetime import timedelta

import pytest
from sqlmodel import select

from tamemap import clock, db
from tamemap.jobs.drain import drain
from tamemap.jobs.handlers import HANDLERS
from tamemap.models import BoardFollow, CaseDecision, Map, Notice, OutboxEntry, Person, Post, Suspension, TopicMark
from tamemap.models.care import Case
from tamemap.services import answers, boards, fan_out, following, leaving, mascots, posts
from tests import factories
from tests.factories import HITOYOSHI
from tests.services import group_rows
from tests.services.people_rows import opened

BOARD = "hitoyoshi-hiroba"
MINUTE = timedelta(minutes=1)


def told():
    """Everybody's notices of news, as (name, code, title, count, who), in order."""
    with db.transaction(write=False) as tx:
        rows = tx.exec(select(Notice, Person.name).join(Person, Person.id == Notice.person_id).order_by(Notice.id)).all()
    said = [(name, row.code, json.loads(row.params)) for row, name in rows if row.code in following.TOPIC_CODES]
    return [(name, code, params["title"], params["count"], params["name"]) for name, code, params in said]


def work():
    """What the worker does."""
    drain({"followers": HANDLERS["followers"]})


def wrote(actor, talk, body="こちらこそ"):
    with db.transaction(write=True) as tx:
        return posts.write_post(tx, actor, topic=talk, body=body).public_id


def follows(actor, talk, *, on=True):
    with db.transaction(write=True) as tx:
        following.follow_topic(tx, actor, topic=talk, on=on)


@pytest.fixture
def talk(world):
    """A topic of Aki's, already announced."""
    with db.transaction(write=True) as tx:
        made = factories.topic(tx, world.aki, title="川の話").public_id
    work()
    return made


def test_the_author_is_told_who_wrote_and_other_followers_how_much_is_new(world, talk):
    follows(world.emi, talk)
    wrote(world.chie, talk)
    wrote(world.chie, talk, "もうひとつ")
    work()
    assert told() == [("Aki", "topic_answered", "川の話", 2, "Chie"), ("Emi", "topic_news", "川の話", 2, "Chie")]
    with clock.frozen_at(clock.now() + MINUTE):
        wrote(world.ben, talk, "わたしも")
        work()
    assert told() == [
        ("Aki", "topic_answered", "川の話", 3, "Ben"),
        ("Emi", "topic_news", "川の話", 3, "Ben"),
        ("Chie", "topic_news", "川の話", 1, "Ben"),
    ]


def test_nobody_is_told_of_their_own_words_nor_who_has_said_no(world, talk):
    follows(world.aki, talk, on=False)
    wrote(world.chie, talk)
    wrote(world.aki, talk, "ありがとう")
    work()
    assert told() == [("Chie", "topic_news", "川の話", 1, "Aki")]


def test_a_worker_that_repeats_itself_tells_once(world, talk):
    wrote(world.chie, talk)
    work()
    with db.transaction(write=False) as tx:
        post = tx.exec(select(Post).order_by(Post.id.desc())).first()
    again = {"post": post.public_id, "at": post.created_at.isoformat(timespec="microseconds")}
    HANDLERS["followers"](again)
    assert len(told()) == 1
    with db.transaction(write=True) as tx:  # also after it was read on the page of notices
        for row in tx.exec(select(Notice)):
            row.read_at = clock.now()
            tx.add(row)
    HANDLERS["followers"](again)
    assert len(told()) == 1


def test_what_was_read_meanwhile_is_no_news(world, talk):
    wrote(world.chie, talk)
    with db.transaction(write=True) as tx:
        following.mark_read(tx, world.aki, topic=talk)
    work()
    assert told() == []


def test_held_and_removed_posts_are_told_to_nobody_until_they_are_let_go(world, talk):
    held, gone = wrote(world.chie, talk), wrote(world.chie, talk, "消える")
    with db.transaction(write=True) as tx:
        tx.exec(select(Post).where(Post.public_id == held)).one().held_at = clock.now()
        posts.remove_post(tx, world.chie, post=gone)
    work()
    assert told() == []
    # Aki reads on: she has not seen the one that is held
    wrote(world.ben, talk, "わたしも")
    with db.transaction(write=True) as tx:
        following.mark_read(tx, world.aki, topic=talk)
    work()
    with clock.frozen_at(clock.now() + MINUTE), db.transaction(write=True) as tx:
        post = tx.exec(select(Post).where(Post.public_id == held)).one()
        post.held_at = None
        following.announce(tx, post)
    with clock.frozen_at(clock.now() + 2 * MINUTE):
        work()
    assert ("Aki", "topic_answered", "川の話", 1, "Chie") in told()


def test_a_topic_that_is_gone_tells_nobody(world, talk):
    wrote(world.chie, talk)
    with db.transaction(write=True) as tx:
        boards.remove_topic(tx, world.ben, topic=talk, reason="まちがい")
    work()
    assert told() == []
    assert fan_out.tell_followers(post="2222222222zz", at="") == 0


def test_what_a_mascot_says_is_told_in_its_name(world, talk):
    with db.transaction(write=True) as tx:
        made = mascots.make(tx, world.ben, municipality_code=HITOYOSHI, name="きりもこ", voices=(world.ben.public_id,))
        posts.write_post(tx, world.ben, topic=talk, body="やあ", group=f"mascot:{made.public_id}")
    work()
    assert told() == [("Aki", "topic_answered", "川の話", 1, "きりもこ")]


def test_followers_of_a_board_hear_of_new_topics_and_of_nothing_else(world):
    with db.transaction(write=True) as tx:
        for actor in (world.aki, world.chie):
            following.follow_board(tx, actor, board=BOARD, on=True)
        made = factories.topic(tx, world.aki, title="山の話").public_id
    work()
    assert told() == [("Chie", "board_news", "山の話", 1, "Aki")]
    wrote(world.ben, made)
    work()
    assert told()[1:] == [("Aki", "topic_answered", "山の話", 1, "Ben")]
    with db.transaction(write=False) as tx:
        assert {row.payload.get("post") for row in tx.exec(select(OutboxEntry))} == {None}


def test_who_has_left_or_is_suspended_there_is_not_told(world, talk):
    with db.transaction(write=True) as tx:
        region = tx.exec(select(Map.region_id).where(Map.slug == "hitoyoshi")).one()
        case = Case(thing="post", thing_id="x", region_id=region, source="report", opened_at=clock.now())
        tx.add(case)
        tx.flush()
        for number, (actor, lifted) in enumerate(((world.emi, False), (world.fumi, True))):
            following.follow_topic(tx, actor, topic=talk, on=True)
            made = CaseDecision(case_id=case.id, decision="suspend", decided_at=clock.now(), rule=str(number))
            tx.add(made)
            tx.flush()
            tx.add(Suspension(person_id=actor.person_id, region_id=region, decision_id=made.id, since=clock.now(),
                              until=clock.now() + MINUTE, lifted_at=clock.now() if lifted else None))  # fmt: skip
        following.follow_topic(tx, world.chie, topic=talk, on=True)
        leaving.leave(tx, opened(tx, world.chie)[1], flyers="keep", posts="keep")
    wrote(world.ben, talk)
    work()
    assert [name for name, *_ in told()] == ["Aki", "Fumi"]


def test_a_group_is_named_and_not_its_writer(world, talk):
    with db.transaction(write=True) as tx:
        group_rows.group(tx, world.chie, world.ben)
        posts.write_post(tx, group_rows.now(tx, world.chie), topic=talk, body="手伝います", group="sakura-kai")
    work()
    assert told() == [("Aki", "topic_answered", "川の話", 1, "さくら会")]


def test_an_answer_of_the_town_reaches_those_who_only_follow_once(world):
    with db.transaction(write=True) as tx:
        made = factories.topic(tx, world.aki, title="橋を直して", kind="proposal").public_id
        following.follow_topic(tx, world.chie, topic=made, on=True)
    work()
    with db.transaction(write=True) as tx:
        answers.answer(tx, world.ben, topic=made, state="received")
    work()
    with db.transaction(write=False) as tx:
        codes = tx.exec(select(Person.name, Notice.code).join(Notice).order_by(Notice.id)).all()
    assert [tuple(one) for one in codes] == [("Aki", "town_answer_received"), ("Chie", "topic_news")]


def test_more_followers_than_a_page_are_told_page_by_page(world, talk, monkeypatch):
    monkeypatch.setattr(fan_out, "AT_ONCE", 3)
    now = clock.now()
    with db.transaction(write=True) as tx:
        topic_id, board_id = tx.exec(select(TopicMark.topic_id)).one(), factories.board(tx, BOARD).id
        crowd = [Person(name=f"人{number}", created_at=now) for number in range(8)]
        tx.add_all(crowd)
        tx.flush()
        tx.add_all([TopicMark(person_id=one.id, topic_id=topic_id, following=True, marked_at=now) for one in crowd])
        tx.add_all([BoardFollow(board_id=board_id, person_id=one.id, since=now) for one in crowd])
        names = sorted(one.name for one in crowd)
    wrote(world.chie, talk)
    work()
    assert sorted(name for name, *_ in told()) == ["Aki", *names]
    with db.transaction(write=True) as tx:
        factories.topic(tx, world.chie, title="山の話")
    work()
    assert sorted(name for name, code, *_ in told() if code == "board_news") == names
