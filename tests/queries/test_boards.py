"""Reading boards."""

from __future__ import annotations

from datetime import timedelta

import pytest

from tamemap import clock
from tamemap.errors import Invalid, NotFound
from tamemap.models import Person
from tamemap.queries.authors import AuthorView
from tamemap.queries.boards import BoardView, board, boards_of_map, topic, topics
from tamemap.queries.posts import posts as read_posts
from tamemap.services import boards, posts
from tests import factories
from tests.services.rows import flyer, placement

TOWN, REGION = "hitoyoshi-hiroba", "hitoyoshi-kuma-hiroba"


def opened(tx, actor, title, *, hours=0, board=TOWN, kind="talk", flyer=None):
    with clock.frozen_at(clock.now() + timedelta(hours=hours)):
        return boards.open_topic(tx, actor, board=board, kind=kind, title=title, body=f"{title}です", flyer=flyer)


def test_a_map_has_its_boards(tx, world):
    opened(tx, world.aki, "ひとつ")
    boards.remove_topic(tx, world.ben, topic=opened(tx, world.aki, "ふたつ", hours=1).public_id, reason="重複")
    expected = BoardView(
        slug=TOWN, name="広場", description="", writers="members", map_slug="hitoyoshi", map_name="人吉市マップ",
        topics_count=1, may_write=True, may_open_theme=False, may_open=True,
    )  # fmt: skip
    assert boards_of_map(tx, world.chie, slug="hitoyoshi") == (expected,)
    assert board(tx, world.chie, slug=TOWN) == expected
    assert board(tx, world.dai, slug=TOWN).may_write is False
    assert board(tx, world.ben, slug=TOWN).may_open_theme is True
    assert [found.slug for found in boards_of_map(tx, world.dai, slug="hitoyoshi-kuma")] == [REGION]


@pytest.mark.parametrize("slug", ["nowhere", "", "a\x00b", "あ"])
def test_what_is_not_there_is_not_found(tx, world, slug):
    for call in (
        lambda: boards_of_map(tx, world.aki, slug=slug),
        lambda: board(tx, world.aki, slug=slug),
        lambda: topics(tx, world.aki, board=slug),
        lambda: topic(tx, world.aki, public_id=slug),
        lambda: read_posts(tx, world.aki, topic=slug),
    ):
        with pytest.raises(NotFound):
            call()


def test_pinned_topics_stand_first_then_the_liveliest(tx, world):
    old = opened(tx, world.aki, "古い")
    opened(tx, world.aki, "新しい", hours=2)
    opened(tx, world.ben, "お題", hours=1, kind="theme")
    with clock.frozen_at(clock.now() + timedelta(hours=3)):
        posts.write_post(tx, world.chie, topic=old.public_id, body="まだ続くよ")
    opened(tx, world.aki, "よその話", hours=4, board=REGION)
    found = topics(tx, world.dai, board=TOWN)
    assert [item.title for item in found.items] == ["お題", "古い", "新しい"]
    assert found.next is None
    assert [(item.excerpt, item.posts_count) for item in found.items] == [("お題です", 1), ("古いです", 2), ("新しいです", 1)]


def test_pages_hold_every_topic_once_also_at_the_same_moment(tx, world):
    for number in range(3):
        opened(tx, world.aki, f"同じ時刻{number}")
    for number in range(2):
        opened(tx, world.ben, f"お題{number}", kind="theme")
    for number in range(3):
        opened(tx, world.chie, f"あと{number}", hours=number + 1)
    seen, cursor = [], None
    while True:
        page = topics(tx, world.dai, board=TOWN, cursor=cursor, limit=3)
        seen += [item.title for item in page.items]
        cursor = page.next
        if cursor is None:
            break
    assert seen == ["お題1", "お題0", "あと2", "あと1", "あと0", "同じ時刻2", "同じ時刻1", "同じ時刻0"]


def test_the_posts_of_a_topic_come_in_order_and_in_pages(tx, world):
    started = opened(tx, world.aki, "長い話")
    for number in range(4):
        posts.write_post(tx, world.chie, topic=started.public_id, body=f"{number}")
    first = read_posts(tx, world.aki, topic=started.public_id, limit=3)
    second = read_posts(tx, world.aki, topic=started.public_id, limit=3, cursor=first.next)
    assert [post.html for post in first.items + second.items] == [
        "<p>長い話です</p>", "<p>0</p>", "<p>1</p>", "<p>2</p>", "<p>3</p>"
    ]  # fmt: skip
    assert second.next is None


@pytest.mark.parametrize("cursor", ["x", "bnVsbA", "WzFd", "WyJhIl0", "W3RydWUsIngiLDFd", "WzFlOTld", "あ", "[" * 400])
def test_a_cursor_that_is_not_ours_is_refused(tx, world, cursor):
    started = opened(tx, world.aki, "話")
    with pytest.raises(Invalid) as refused:
        topics(tx, world.aki, board=TOWN, cursor=cursor)
    assert refused.value.code == "cursor_wrong"
    if cursor != "WzFd":  # [1] is a place among posts
        with pytest.raises(Invalid):
            read_posts(tx, world.aki, topic=started.public_id, cursor=cursor)


def test_a_tombstone_tells_nothing_of_what_was_there(tx, world):
    started = opened(tx, world.aki, "話")
    post = posts.write_post(tx, world.chie, topic=started.public_id, body="ひみつ")
    posts.react(tx, world.aki, post=post.public_id, kind="like", on=True)
    posts.remove_post(tx, world.ben, post=post.public_id, reason="個人情報")
    tombstone = read_posts(tx, world.ben, topic=started.public_id).items[1]
    assert (tombstone.deleted, tombstone.author, tombstone.html, tombstone.body, tombstone.reactions) == (True, None, "", "", ())
    assert (tombstone.may_change, tombstone.may_remove) == (False, False)


def test_the_list_shows_nothing_of_a_removed_first_post(tx, world):
    started = opened(tx, world.aki, "話")
    first = read_posts(tx, world.aki, topic=started.public_id).items[0]
    posts.remove_post(tx, world.aki, post=first.public_id)
    assert topics(tx, world.aki, board=TOWN).items[0].excerpt == ""


def test_somebody_who_left_has_no_name(tx, world):
    started = opened(tx, world.aki, "話")
    person = tx.get(Person, world.aki.person_id)
    person.left_at = clock.now()
    tx.add(person)
    tx.flush()
    nobody = AuthorView("", "", "member", "", is_me=False, left=True)
    assert topic(tx, world.chie, public_id=started.public_id).author == nobody
    assert read_posts(tx, world.chie, topic=started.public_id).items[0].author == nobody


def test_what_may_be_done_depends_on_who_looks(tx, world):
    started = opened(tx, world.aki, "話")
    found = {
        name: read_posts(tx, getattr(world, name), topic=started.public_id).items[0]
        for name in ("aki", "ben", "chie", "dai", "emi", "fumi")
    }
    assert {name for name, post in found.items() if post.may_change} == {"aki"}
    assert {name for name, post in found.items() if post.may_remove} == {"aki", "ben", "emi"}
    assert {name for name, post in found.items() if post.body} == {"aki"}
    may_close = {name for name in found if topic(tx, getattr(world, name), public_id=started.public_id).may_close}
    assert may_close == {"aki", "ben", "emi"}


@pytest.mark.parametrize("left", ["recalled", "withdrawn", "held", "over", "deleted"])
def test_a_flyer_leaves_its_topics_when_it_leaves_the_map(tx, world, left):
    row = flyer(tx, world.aki, on=("hitoyoshi", "hitoyoshi-kuma"))
    town = opened(tx, world.chie, "町で", kind="flyer", flyer=row.public_id)
    region = opened(tx, world.chie, "外で", board=REGION, kind="flyer", flyer=row.public_id)
    standing = placement(tx, row, "hitoyoshi-kuma")
    if left == "deleted":
        row.deleted_at = clock.now()
    elif left == "over":
        standing.until = clock.now()
    else:
        standing.state = left
    tx.add(row)
    tx.add(standing)
    tx.flush()
    assert topic(tx, world.chie, public_id=region.public_id).flyer is None
    assert topics(tx, world.chie, board=REGION).items[0].flyer is None
    assert (topic(tx, world.chie, public_id=town.public_id).flyer is None) == (left == "deleted")


def test_who_lives_in_the_boards_town_is_a_resident_there_and_nowhere_else(tx, world):
    def of(actor, board):
        return factories.topic(tx, actor, board=board, title="あいさつ").author.resident

    assert [of(world.aki, "hitoyoshi-hiroba"), of(world.chie, "hitoyoshi-hiroba"), of(world.aki, "nishiki-hiroba")] == [
        True, False, False]  # fmt: skip
    # a region's board is nobody's town, and staff stand as staff
    assert (of(world.aki, "hitoyoshi-kuma-hiroba"), of(world.ben, "hitoyoshi-hiroba")) == (False, False)
