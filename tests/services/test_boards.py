"""Writing on boards."""

from __future__ import annotations

import pytest
from sqlmodel import func, select

from tamemap import clock
from tamemap.domain.actors import SYSTEM
from tamemap.errors import Forbidden, Invalid, NotFound, TooMany, Unauthenticated
from tamemap.models import OutboxEntry, Topic
from tamemap.queries.authors import AuthorView
from tamemap.queries.boards import topic
from tamemap.queries.posts import posts as read_posts
from tamemap.queries.topic_flyers import FlyerRef
from tamemap.services import posts
from tests import factories
from tests.services.rows import flyer, mails
from tests.services.talk import REGION, TOWN, answered, later, opened

# opening


def test_aki_opens_a_topic_with_its_first_post(tx, world):
    found = opened(tx, world.aki, title=" 秋の\u200b話 ", body="**どう**でしょう")
    assert (found.title, found.kind, found.posts_count, found.excerpt, found.pinned) == (
        "秋の話",
        "talk",
        1,
        "どうでしょう",
        False,
    )
    assert found.author == AuthorView(world.aki.public_id, "Aki", "member", "", is_me=True, left=False, resident=True)
    (first,) = read_posts(tx, world.aki, topic=found.public_id).items
    assert (first.html, first.body) == ("<p><strong>どう</strong>でしょう</p>", "**どう**でしょう")


def test_a_double_tap_opens_one_topic(tx, world):
    first = opened(tx, world.aki)
    assert opened(tx, world.aki).public_id == first.public_id
    with later(seconds=61):
        assert opened(tx, world.aki).public_id != first.public_id


def test_guests_and_the_installation_write_nothing(tx, world):
    for actor in (world.dai, SYSTEM):
        with pytest.raises(Unauthenticated):
            opened(tx, actor)


def test_a_theme_is_for_staff_of_the_town_and_is_pinned(tx, world):
    for actor in (world.aki, world.fumi):
        with pytest.raises(Forbidden):
            opened(tx, actor, kind="theme")
    found = opened(tx, world.ben, kind="theme")
    assert found.pinned
    assert found.author == AuthorView(world.ben.public_id, "Ben", "staff", "人吉市", is_me=True, left=False)


@pytest.mark.parametrize(
    ("wrong", "field", "code"),
    [({"kind": "poem"}, "kind", "topic_kind_wrong"), ({"title": " "}, "title", "text_empty"),
     ({"title": "あ" * 81}, "title", "text_too_long"),
     ({"body": ""}, "body", "text_empty"),
     ({"body": "あ" * 8001}, "body", "text_too_long"), ({"kind": "flyer"}, "flyer", "topic_needs_flyer"),
     ({"flyer": "nowhere"}, "flyer", "flyer_not_on_map")],
)  # fmt: skip
def test_a_wrong_topic_names_its_field_and_is_not_kept(tx, world, wrong, field, code):
    with pytest.raises(Invalid) as refused:
        opened(tx, world.aki, **wrong)
    assert [(error.field, error.code) for error in refused.value.errors] == [(field, code)]
    assert tx.exec(select(func.count()).select_from(Topic)).one() == 0


def test_there_must_be_a_board(tx, world):
    with pytest.raises(NotFound) as refused:
        opened(tx, world.aki, board="no\x00where")
    assert refused.value.code == "board_unknown"


def test_a_topic_about_a_flyer_shows_it(tx, world):
    row = flyer(tx, world.aki)
    found = opened(tx, world.chie, kind="flyer", flyer=row.public_id)
    assert found.flyer == FlyerRef(row.public_id, "秋の市")


def test_a_flyer_that_is_for_residents_only_is_not_carried_to_the_region(tx, world):
    row = flyer(tx, world.aki)
    with pytest.raises(Invalid) as refused:
        opened(tx, world.aki, board=REGION, flyer=row.public_id)
    assert refused.value.code == "flyer_not_on_map"


# who may write


@pytest.mark.parametrize(
    ("writers", "may"),
    [("members", {"aki", "ben", "chie", "emi", "fumi"}), ("residents", {"aki", "ben", "emi"}), ("staff", {"ben", "emi"})],
)
def test_each_board_says_who_writes(tx, world, writers, may):
    started = opened(tx, world.ben)
    row = factories.board(tx, TOWN)
    row.writers = writers
    tx.add(row)
    tx.flush()
    written = set()
    for name in ("aki", "ben", "chie", "dai", "emi", "fumi"):
        actor = getattr(world, name)
        assert topic(tx, actor, public_id=started.public_id).may_write == (name in may)
        try:
            answered(tx, actor, started, f"{name}です")
            written.add(name)
        except (Forbidden, Unauthenticated):
            pass
    assert written == may


def test_everybody_is_shown_as_what_they_are_there(tx, world):
    started = opened(tx, world.aki, board=REGION)
    for actor in (world.ben, world.emi, world.chie):
        answered(tx, actor, started, f"{actor.name}です")
    faces = [
        (post.author.name, post.author.kind, post.author.municipality)
        for post in read_posts(tx, world.dai, topic=started.public_id).items
    ]
    assert faces == [("Aki", "member", ""), ("Ben", "staff", "人吉市"), ("Emi", "operator", ""), ("Chie", "member", "")]


def test_staff_of_the_next_town_are_neighbours(tx, world):
    assert opened(tx, world.fumi).author.kind == "member"


# answering


def test_chie_answers_and_the_followers_are_to_be_told(tx, world):
    started = opened(tx, world.aki)
    with later(minutes=5):
        post = answered(tx, world.chie, started)
        answered(tx, world.chie, started, "もうひとつ")
        found = topic(tx, world.aki, public_id=started.public_id)
        assert (found.posts_count, found.last_post_at) == (3, clock.now())
    assert (post.author.name, post.topic, post.may_change) == ("Chie", started.public_id, True)
    waiting = tx.exec(select(OutboxEntry).where(OutboxEntry.kind == "followers").order_by(OutboxEntry.id)).all()
    assert [row.payload["post"] for row in waiting][1] == post.public_id
    assert (len(waiting), mails(tx)) == (3, [])


def test_a_double_tap_is_one_post(tx, world):
    started = opened(tx, world.aki)
    assert answered(tx, world.chie, started) == answered(tx, world.chie, started)
    assert topic(tx, world.aki, public_id=started.public_id).posts_count == 2


def test_a_newcomers_seventh_post_within_a_minute_waits(tx, world):
    started = opened(tx, world.chie)
    for number in range(5):
        answered(tx, world.chie, started, f"{number}")
    with later(seconds=20), pytest.raises(TooMany) as refused:
        answered(tx, world.chie, started, "もうひとつ")
    assert (refused.value.code, refused.value.params) == ("posts_too_many", {"retry_after": 40})
    with pytest.raises(TooMany):
        opened(tx, world.chie, title="べつの話")
    answered(tx, world.aki, started, "わたしは書ける")
    with later(seconds=60):
        answered(tx, world.chie, started, "もうひとつ")


@pytest.mark.parametrize(("topic_id", "error"), [("nowhere", NotFound), ("", NotFound), (None, NotFound)])
def test_there_must_be_a_topic(tx, world, topic_id, error):
    with pytest.raises(error):
        posts.write_post(tx, world.aki, topic=topic_id, body="あ")


def test_an_empty_answer_is_refused(tx, world):
    started = opened(tx, world.aki)
    with pytest.raises(Invalid) as refused:
        answered(tx, world.aki, started, " \u200b\n")
    assert refused.value.code == "text_empty"
