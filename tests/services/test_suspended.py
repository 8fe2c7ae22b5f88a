"""Aki's writing rests: every door that puts something before others is shut in that region, with words that say until when."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta

import pytest
from sqlmodel import select

from tamemap import clock
from tamemap.domain.actors import Actor
from tamemap.domain.permissions import STOPPED
from tamemap.errors import Conflict, Forbidden
from tamemap.models import Case, CaseDecision, PollVote
from tamemap.queries.posts import posts as read_posts
from tamemap.queries.suspensions import rest_on_map, rests
from tamemap.services import boards, cases, flyers, groups, groups_members, objections, polls, posts, quiet, reports, topic_cards
from tests import factories
from tests.factories import HITOYOSHI
from tests.services.group_rows import group, now

TOWN = "hitoyoshi-hiroba"


@dataclass(frozen=True)
class Things:
    """What Aki had made before."""

    aki: Actor
    topic: str
    post: str
    flyer: str
    poll: str
    asked: str


def ask(tx, actor, topic):
    made = polls.open_poll(tx, actor, topic=topic, question="いつ？", options=["土", "日"])
    return made.poll.public_id


def suspended(tx, world, *, days=7):
    """Aki, who had a life here, as their next request finds them."""
    aki = now(tx, world.aki) if group(tx, world.aki, world.ben) else world.aki
    asked = factories.topic(tx, aki, title="きく話").public_id
    talk = factories.topic(tx, aki).public_id
    things = (talk, factories.post(tx, aki, talk, body="ひどいことば").public_id, factories.flyer(tx, aki).public_id)
    poll = ask(tx, aki, asked)
    reports.make(tx, world.chie, thing="post", thing_id=things[1], reason="rude")
    (case,) = tx.exec(select(Case.public_id)).all()
    cases.decide(tx, world.ben, public_ids=(case,), decision="suspend", rule="harassment", days=days)
    return Things(now(tx, aki), *things, poll, asked)


DOORS = {
    "flyer.post": lambda tx, it: factories.flyer(tx, it.aki, title="べつ"),
    "flyer.post_as_group": lambda tx, it: flyers.check(
        tx, it.aki, raw={"title": "市", "category": "market", "lat": "32.2169", "lng": "130.7394"}, hidden=(), may_post=True,
        map_slug="", pictures_count=1, group="sakura-kai"),
    "flyer.change": lambda tx, it: flyers.change(tx, it.aki, public_id=it.flyer, raw={"title": "かえた"}),
    "flyer.place_outside": lambda tx, it: flyers.set_outside(tx, it.aki, public_id=it.flyer, outside=True),
    "topic.open": lambda tx, it: factories.topic(tx, it.aki, title="あたらしい話"),
    "topic.open, above": lambda tx, it: factories.topic(tx, it.aki, board="hitoyoshi-kuma-hiroba"),
    "topic.open, next town": lambda tx, it: factories.topic(tx, it.aki, board="nishiki-hiroba"),
    "topic.change": lambda tx, it: topic_cards.set_cards(tx, it.aki, topic=it.topic, flyers=()),
    "topic.close": lambda tx, it: boards.close_topic(tx, it.aki, topic=it.topic),
    "post.write": lambda tx, it: factories.post(tx, it.aki, it.topic, body="また"),
    "post.write_as_group": lambda tx, it: posts.write_post(tx, it.aki, topic=it.topic, body="また", group="sakura-kai"),
    "post.change": lambda tx, it: posts.edit_post(tx, it.aki, post=it.post, body="べつ"),
    "post.react": lambda tx, it: posts.react(tx, it.aki, post=it.post, kind="like", on=True),
    "poll.open": lambda tx, it: ask(tx, it.aki, it.topic),
    "poll.vote": lambda tx, it: polls.vote(tx, it.aki, poll=it.poll, options=[0]),
    "group.ask": lambda tx, it: groups.ask(tx, it.aki, name="会", slug="kai", municipality_code=HITOYOSHI, words="お願い"),
    "group.change": lambda tx, it: groups.change(tx, it.aki, slug="sakura-kai", raw={"name": "べつの会"}),
    "group.invite": lambda tx, it: groups_members.invite(tx, it.aki, slug="sakura-kai", mail="b@example.jp", role="editor"),
}  # fmt: skip
# for staff alone, who are not suspended; a group's token is its owner's own matter and writes as the group
BESIDES = {"topic.open_theme", "post.write_as_mascot", "post.write_residents", "post.write_staff", "group.make_token"}


@pytest.mark.parametrize("door", DOORS)
def test_the_door_is_shut_until_then_and_opens_after(tx, world, door):
    it = suspended(tx, world)
    with pytest.raises(Forbidden) as refused:
        DOORS[door](tx, it)
    assert (refused.value.code, refused.value.params) == ("suspended", {"until": "2026-11-29 12:00"})
    with clock.frozen_at(clock.now() + timedelta(days=7, seconds=1)):
        DOORS[door](tx, Things(now(tx, it.aki), it.topic, it.post, it.flyer, it.poll, it.asked))


def test_every_verb_that_a_suspension_stops_has_a_door_here():
    assert {door.split(",")[0] for door in DOORS} | BESIDES == STOPPED


def test_what_is_ones_own_to_do_stays(tx, world):
    it = suspended(tx, world)
    assert len(read_posts(tx, it.aki, topic=it.topic).items) == 2
    reports.make(tx, it.aki, thing="topic", thing_id=it.asked, reason="wrong")
    posts.remove_post(tx, it.aki, post=it.post)
    flyers.delete(tx, it.aki, public_id=it.flyer)
    polls.close_poll(tx, it.aki, poll=it.poll)
    decision = tx.exec(select(CaseDecision.public_id).where(CaseDecision.decision == "suspend")).one()
    objections.make(tx, it.aki, decision=decision, words="ちがいます")
    factories.topic(tx, it.aki, board="kashima-hiroba")
    assert tx.exec(select(PollVote)).all() == []


def test_where_they_would_write_it_is_said_until_when_why_and_where_to_object(tx, world):
    it = suspended(tx, world)
    decision = tx.exec(select(CaseDecision.public_id).where(CaseDecision.decision == "suspend")).one()
    (rest,) = rests(tx, it.aki)
    assert (rest.region, rest.rule, rest.decision, rest.objected) == ("人吉球磨", "harassment", decision, False)
    assert rest.until == clock.now() + timedelta(days=7)
    assert rest_on_map(tx, it.aki, slug="nishiki") == rest
    assert rest_on_map(tx, it.aki, slug="kashima") is None
    assert rest_on_map(tx, world.chie, slug="hitoyoshi") is None
    objections.make(tx, it.aki, decision=decision, words="ちがいます")
    assert rests(tx, it.aki)[0].objected
    cases.undo(tx, world.ben, decision=decision)
    assert rests(tx, now(tx, it.aki)) == ()


def test_in_rough_weather_no_poll_is_opened_either(tx, world):
    talk, asked = factories.topic(tx, world.aki).public_id, factories.topic(tx, world.aki, title="きく話").public_id
    poll = ask(tx, world.aki, asked)
    quiet.close_writing(tx, world.ben, map_slug="hitoyoshi", words="やすみます")
    with pytest.raises(Conflict) as refused:
        ask(tx, world.aki, talk)
    assert refused.value.code == "writing_closed"
    # a tap is no writing
    polls.vote(tx, world.chie, poll=poll, options=[1])
    ask(tx, world.ben, talk)
