"""What is new for somebody who comes back."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlmodel import select

from tamemap import clock
from tamemap.domain.actors import Actor
from tamemap.errors import Forbidden, NotFound, Unauthenticated
from tamemap.models import Flyer, Post, Topic, TopicFlyer
from tamemap.queries.news import NewsView, TopicNews, news
from tamemap.services import answers, flyers, following, posts, visits
from tests import factories
from tests.factories import HITOYOSHI, HOUR, OFFICES
from tests.services.people_rows import person_of
from tests.services.rows import counted

BOARD = "hitoyoshi-hiroba"
LAT, LNG = OFFICES[HITOYOSHI]
# 900 and 1100 metres to the north, in degrees
NEAR, FAR = 900 / 111_195, 1100 / 111_195


@pytest.fixture
def later(world):
    """Two hours after Aki's last visit."""
    with clock.frozen_at(clock.now() + 2 * HOUR):
        yield


@pytest.fixture
def talk(tx, world):
    """A topic of Aki's, who then came for the last time."""
    made = factories.topic(tx, world.aki, title="川の話", kind="proposal").public_id
    come(tx, world.aki)
    return made


def come(tx, actor, slug="hitoyoshi") -> NewsView:
    return visits.come(tx, actor, slug=slug)


def row(tx, talk) -> Topic:
    return tx.exec(select(Topic).where(Topic.public_id == talk)).one()


def test_a_visit_is_new_after_half_an_hour_and_written_once(tx, world):
    start = clock.now()
    moments = []
    for minutes in (0, 10, 29, 30, 45, 90):
        with clock.frozen_at(start + timedelta(minutes=minutes)):
            due = news(tx, world.aki, slug="hitoyoshi").visit_due
            assert come(tx, world.aki).visit_due is False
            person = person_of(tx, world.aki)
            seen = [moment and (moment - start).seconds // 60 for moment in (person.seen_at, person.seen_before)]
            moments.append((due, *seen))
    assert moments == [(True, 0, None), (False, 0, None), (False, 0, None), (True, 30, 0), (False, 30, 0), (True, 90, 30)]


def test_aki_comes_back_to_new_posts_topics_and_the_towns_answer(tx, world, talk, later):
    told = factories.topic(tx, world.aki, title="橋を直して", kind="proposal").public_id
    with clock.frozen_at(clock.now() + HOUR):
        factories.post(tx, world.chie, talk)
        answers.answer(tx, world.ben, topic=told, state="adopted")
        fresh = [factories.topic(tx, world.chie, title=f"話{number}").public_id for number in range(4)]
        found = come(tx, world.aki)
        assert found.topics == (TopicNews(talk, BOARD, "川の話", 1),)
        assert found.answers == (TopicNews(told, BOARD, "橋を直して", 1, "adopted"),)
        assert (found.opened_count, [one.public_id for one in found.opened]) == (4, fresh[:0:-1])
        # what she reads is no news any more
        for topic in (talk, told, *fresh):
            following.mark_read(tx, world.aki, topic=topic)
        assert come(tx, world.aki) == NewsView()


def test_nothing_new_is_nothing(tx, world, talk, later):
    factories.post(tx, world.aki, talk)
    assert come(tx, world.aki) == NewsView()
    assert come(tx, world.aki, slug="nishiki") == NewsView()


def test_what_is_held_removed_or_not_followed_is_no_news(tx, world, talk, later):
    held, gone = (factories.post(tx, world.chie, talk, body=body).public_id for body in ("待つ", "消える"))
    tx.exec(select(Post).where(Post.public_id == held)).one().held_at = clock.now()
    posts.remove_post(tx, world.chie, post=gone)
    waiting = factories.topic(tx, world.chie, title="待つ話").public_id
    row(tx, waiting).held_at = clock.now()
    tx.flush()
    assert come(tx, world.aki) == NewsView()
    factories.post(tx, world.chie, talk, body="見える")
    assert len(come(tx, world.aki).topics) == 1
    following.follow_topic(tx, world.aki, topic=talk, on=False)
    assert come(tx, world.aki) == NewsView()


@pytest.mark.parametrize("place", ["of its own", "of its flyer", "of its card"])
def test_flyers_within_a_kilometre_of_followed_topics_are_shown(tx, world, talk, place):
    about = factories.flyer(tx, world.aki, title="川開き")
    topic = row(tx, talk)
    if place == "of its own":
        topic.lat, topic.lng = LAT, LNG
    elif place == "of its flyer":
        topic.flyer_id = about.id
    else:
        tx.add(TopicFlyer(topic_id=topic.id, flyer_id=about.id))
    tx.flush()
    with clock.frozen_at(clock.now() + 2 * HOUR):
        factories.flyer(tx, world.chie, title="近く", at=(LAT + NEAR, LNG), venue="公園", hidden=("venue",))
        factories.flyer(tx, world.chie, title="遠く", at=(LAT + FAR, LNG))
        factories.flyer(tx, world.aki, title="自分の")
        down = factories.flyer(tx, world.chie, title="はがした")
        flyers.delete(tx, world.chie, public_id=down.public_id)
        (card,) = come(tx, world.aki).flyers
        assert (card.title, card.venue) == ("近く", "")
        assert come(tx, world.aki, slug="hitoyoshi-kuma").flyers == ()
        following.follow_topic(tx, world.aki, topic=talk, on=False)
        assert come(tx, world.aki).flyers == ()


def test_flyers_of_before_the_last_visit_are_known(tx, world, talk):
    row(tx, talk).lat, row(tx, talk).lng = LAT, LNG
    factories.flyer(tx, world.chie, title="近く")
    with clock.frozen_at(clock.now() + 2 * HOUR):
        assert come(tx, world.aki).flyers == ()


def test_all_of_it_is_at_most_six_reads_and_few_rows(tx, world, talk):
    row(tx, talk).lat, row(tx, talk).lng = LAT, LNG
    with clock.frozen_at(clock.now() + 2 * HOUR):
        for number in range(8):
            with clock.frozen_at(clock.now() + number * 2 * timedelta(minutes=1)):
                made = factories.topic(tx, world.chie, title=f"話{number}").public_id
                following.follow_topic(tx, world.aki, topic=made, on=True)
                factories.flyer(tx, world.chie, title=f"市{number}")
                factories.post(tx, world.ben, made, body=f"{number}")
        with clock.frozen_at(clock.now() + HOUR):
            come(tx, world.aki)
            with counted() as statements:
                found = news(tx, world.aki, slug="hitoyoshi")
        assert len(statements) == 6
        assert (len(found.topics), len(found.flyers)) == (5, 3)
        assert tx.exec(select(Flyer)).all()


def test_guests_programs_and_unknown_maps(tx, world):
    for call in (news, visits.come):
        with pytest.raises(Unauthenticated):
            call(tx, world.dai, slug="hitoyoshi")
        with pytest.raises(Forbidden):
            call(tx, Actor(person_id=world.aki.person_id, scopes=frozenset({"boards"})), slug="hitoyoshi")
        with pytest.raises(NotFound):
            call(tx, world.aki, slug="nowhere")
