"""Searching topics, posts and flyers: what is found, by whom, in what order."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlmodel import select

from tamemap import clock, db
from tamemap.errors import Invalid, NotFound
from tamemap.models import Flyer, Post, Topic
from tamemap.queries import search_entries
from tamemap.queries.search import search
from tamemap.services import boards, posts, search_index
from tests.services.rows import flyer, placement

TOWN, REGION = "hitoyoshi-hiroba", "hitoyoshi-kuma-hiroba"


def opened(tx, actor, title, body="本文", *, board=TOWN):
    return boards.open_topic(tx, actor, board=board, kind="talk", title=title, body=body).public_id


def hits(tx, actor, q, **wanted):
    return [(item.kind, item.title.text) for item in search(tx, actor, q=q, **wanted).items]


def hidden_flyer(tx, actor, **fields):
    row = flyer(tx, actor, **{name: fields.pop(name) for name in ("title", "on", "state", "days") if name in fields})
    for name, value in fields.items():
        setattr(row, name, value)
    tx.add(row)
    tx.flush()
    return row


@pytest.mark.parametrize("q", ["朝市", "市", "ｱｻｲﾁ", "あさ", "朝 市です", '"朝市です"', "AISU", "朝市です アイス"])
def test_chie_finds_what_aki_wrote_however_she_spells_it(tx, world, q):
    topic = opened(tx, world.aki, "土曜の話", "あれは**朝市**です、アサイチ。アイス ａｉｓｕ")
    posts.write_post(tx, world.chie, topic=topic, body="関係のない返事")
    assert hits(tx, world.chie, q) == [("post", "土曜の話")]


@pytest.mark.parametrize("q", ["市朝", "朝市場", "朝市 雨", '"土曜 朝市"', "", "？！", "\u200b", "' OR 1=1 --", 'a" OR b',
                               "NEAR(", "朝*",
                               "-朝", "words:朝", "\x00", "\ud800", "\u202e朝市x", "((((",
                               "'\\", "あ" * 5000, "🙂", "(" * 400, '"'])  # fmt: skip
def test_whatever_is_asked_is_words_and_breaks_nothing(tx, world, q):
    opened(tx, world.aki, "土曜の話", "朝市です")
    assert hits(tx, world.chie, q) == []


def test_the_newest_stands_first_and_pages_follow_each_other(tx, world):
    for n in range(7):
        with clock.frozen_at(clock.now() + timedelta(minutes=n)):
            opened(tx, world.aki, f"温泉{n}")
    page, seen = search(tx, world.dai, q="温泉", limit=3), []
    while True:
        seen += [item.title.text for item in page.items]
        if page.next is None:
            break
        page = search(tx, world.dai, q="温泉", limit=3, cursor=page.next)
    assert seen == [f"温泉{n}" for n in (6, 5, 4, 3, 2, 1, 0)]
    for cursor in ("x", "W10", "WyJhIl0", "Wy0xXQ"):
        with pytest.raises(Invalid):
            search(tx, world.dai, q="温泉", cursor=cursor)


@pytest.mark.parametrize(
    ("steps", "at_once"), [(((2, 0.0),), 2), (((2, 9.0),), 1), (((1, 0.0), (2, 0.6), (3, 0.3)), 3), (((100, 0.0),), 100)]
)
def test_however_the_entries_are_read_each_is_found_once_and_in_order(tx, world, monkeypatch, steps, at_once):
    monkeypatch.setattr(search_entries, "STEPS", steps)
    monkeypatch.setattr(search_entries, "AT_ONCE", at_once)
    for n in range(9):
        opened(tx, world.ben, f"話{n}" if n % 3 else f"温泉{n}", "いい湯" if n < 5 else "山")
    assert [title for _, title in hits(tx, world.dai, "温泉")] == ["温泉6", "温泉3", "温泉0"]
    page = search(tx, world.dai, q="いい湯", limit=2)
    seen = [item.title.text for item in page.items]
    while page.next:
        page = search(tx, world.dai, q="いい湯", limit=2, cursor=page.next)
        seen += [item.title.text for item in page.items]
    assert seen == ["話4", "温泉3", "話2", "話1", "温泉0"]
    assert hits(tx, world.dai, "冥王星") == []


def test_maps_and_kinds_narrow_it_down(tx, world):
    opened(tx, world.aki, "人吉の花火")
    opened(tx, world.aki, "広い話", "地域の花火", board=REGION)
    flyer(tx, world.aki, "花火大会", on=("hitoyoshi",))
    flyer(tx, world.aki, "遠い花火", on=("hitoyoshi", "hitoyoshi-kuma"))
    everything = [("flyer", "遠い花火"), ("flyer", "花火大会"), ("post", "広い話"), ("topic", "人吉の花火")]
    assert hits(tx, world.dai, "花火") == everything
    assert hits(tx, world.dai, "花火", map_slug="hitoyoshi") == [everything[0], everything[1], everything[3]]
    assert hits(tx, world.dai, "花火", map_slug="hitoyoshi-kuma") == [everything[0], everything[2]]
    assert hits(tx, world.dai, "花火", map_slug="nishiki") == []
    assert hits(tx, world.dai, "花火", kinds=("flyer",)) == everything[:2]
    assert hits(tx, world.dai, "花火", kinds=("topic", "post")) == everything[2:]
    with pytest.raises(NotFound):
        hits(tx, world.dai, "花火", map_slug="nowhere")
    with pytest.raises(Invalid):
        hits(tx, world.dai, "花火", kinds=("person",))


def test_hidden_fields_are_found_by_residents_only(tx, world):
    hidden_flyer(tx, world.aki, title="秋の会", venue="秘密の公民館", body="誰でもどうぞ", hidden_outside=["venue"])
    for resident in (world.aki, world.ben, world.emi):
        (item,) = search(tx, resident, q="公民館").items
        assert item.excerpt.text.startswith("秘密の公民館")
        assert hits(tx, resident, "秋の会 どうぞ") == [("flyer", "秋の会")]
    for stranger in (world.chie, world.dai, world.fumi):
        assert hits(tx, stranger, "公民館") == []
        (item,) = search(tx, stranger, q="どうぞ").items
        assert "公民館" not in item.excerpt.text


@pytest.mark.parametrize("state", ["held", "recalled", "withdrawn"])
def test_a_flyer_is_found_while_it_is_up_and_not_a_moment_longer(tx, world, state):
    row = flyer(tx, world.aki, "夏の市", days=3)
    assert hits(tx, world.dai, "夏の市") == [("flyer", "夏の市")]
    with clock.frozen_at(clock.now() + timedelta(days=4)):
        assert hits(tx, world.dai, "夏の市") == []
    standing = placement(tx, row, "hitoyoshi")
    standing.state = state
    tx.add(standing)
    tx.flush()
    assert hits(tx, world.aki, "夏の市") == []


def test_an_unticked_flyer_leaves_the_regional_map_only(tx, world):
    row = flyer(tx, world.aki, "夏の市", on=("hitoyoshi", "hitoyoshi-kuma"))
    standing = placement(tx, row, "hitoyoshi-kuma")
    standing.state = "withdrawn"
    tx.add(standing)
    tx.flush()
    assert hits(tx, world.dai, "夏の市", map_slug="hitoyoshi-kuma") == []
    assert hits(tx, world.dai, "夏の市", map_slug="hitoyoshi") == [("flyer", "夏の市")]


def test_removed_and_held_things_are_not_found_and_changed_ones_by_their_new_words(tx, world):
    topic = opened(tx, world.aki, "古い題", "もとの言葉")
    post = tx.exec(select(Post)).one()
    posts.edit_post(tx, world.aki, post=post.public_id, body="新しい言葉")
    assert (hits(tx, world.dai, "もとの"), hits(tx, world.dai, "新しい")) == ([], [("post", "古い題")])
    row = tx.exec(select(Topic)).one()
    row.held_at = clock.now()
    tx.add(row)
    tx.flush()
    assert (hits(tx, world.dai, "新しい"), hits(tx, world.dai, "古い題")) == ([], [])
    row.held_at, post.held_at = None, clock.now()
    tx.add_all([row, post])
    tx.flush()
    assert (hits(tx, world.dai, "新しい"), hits(tx, world.dai, "古い題")) == ([], [("topic", "古い題")])
    posts.remove_post(tx, world.aki, post=post.public_id)
    boards.remove_topic(tx, world.ben, topic=topic, reason="重複")
    post.held_at = None
    tx.add(post)
    tx.flush()
    assert (hits(tx, world.dai, "新しい"), hits(tx, world.dai, "古い題")) == ([], [])
    row.deleted_at = None
    tx.add(row)
    tx.flush()
    assert hits(tx, world.dai, "古い題") == [("topic", "古い題")]


def test_words_are_marked_and_long_posts_cut_around_them(tx, world):
    opened(tx, world.aki, "朝市の話", "前置き。" * 60 + "ｱｻｲﾁは8時" + "続き。" * 60)
    (post,) = search(tx, world.dai, q="アサイチ").items
    assert len(post.excerpt.text) <= 142
    assert [part for part, marked in post.excerpt.parts if marked] == ["ｱｻｲﾁ"]
    assert post.excerpt.text.startswith("…")
    assert post.excerpt.text.endswith("…")
    assert "".join(part for part, _ in post.excerpt.parts) == post.excerpt.text
    assert (post.who.name, post.place, post.map_slug) == ("Aki", "広場", "hitoyoshi")
    (topic,) = search(tx, world.dai, q="朝市").items
    assert topic.title.parts == (("朝市", True), ("の話", False))


def test_a_post_far_down_has_an_address_that_begins_with_it(tx, world):
    topic = opened(tx, world.aki, "長い話")
    for n in range(51):
        with clock.frozen_at(clock.now() + timedelta(minutes=n)):
            last = posts.write_post(tx, world.aki, topic=topic, body=f"返事{n}番目").public_id
    (near,) = search(tx, world.dai, q="返事3番目").items
    (far,) = search(tx, world.dai, q="返事50番目").items
    assert "?" not in near.url
    assert "?cursor=" in far.url
    assert far.url.endswith(f"#p-{last}")


def test_many_flyers_that_are_over_do_not_hide_what_is_up(tx, world):
    flyer(tx, world.aki, "古本市", days=30)
    for _ in range(60):
        flyer(tx, world.aki, "古本市", days=1)
    with clock.frozen_at(clock.now() + timedelta(days=2)):
        page = search(tx, world.dai, q="古本市")
        assert [item.kind for item in page.items] == ["flyer"]
        assert page.next is None


def test_rebuilding_finds_everything_again_in_its_order(world):
    with db.transaction(write=True) as tx:
        opened(tx, world.aki, "花の話", "花です")
        with clock.frozen_at(clock.now() + timedelta(minutes=1)):
            flyer(tx, world.aki, "花の市")
        before = hits(tx, world.dai, "花")
    for _ in range(2):
        assert search_index.rebuild() == 3
    with db.transaction(write=True) as tx:
        search_index.tidy(tx)
        assert {kind for kind, _ in before} == {"flyer", "topic", "post"}
        assert hits(tx, world.dai, "花")[0] == ("flyer", "花の市")
        assert sorted(hits(tx, world.dai, "花")) == sorted(before)


def test_a_rolled_back_post_was_never_written(world):
    with pytest.raises(RuntimeError), db.transaction(write=True) as tx:
        opened(tx, world.aki, "取りやめた話")
        raise RuntimeError
    with db.transaction(write=False) as tx:
        assert hits(tx, world.dai, "取りやめた") == []


def test_a_row_that_is_deleted_is_forgotten(tx, world):
    row = flyer(tx, world.aki, "消える市", on=())
    number = row.id
    tx.delete(row)
    tx.flush()
    assert tx.get(Flyer, number) is None
    assert hits(tx, world.aki, "消える市") == []


def test_postgresql_plans_each_question_for_the_words_that_it_asks_for(tx, world):
    """Planned once for all words, a rare one would be looked for in a million flyers one by one."""
    if db.is_sqlite(tx):
        pytest.skip("SQLite looks at the words by itself")
    shown = [tx.connection().exec_driver_sql(f"SHOW {name}").scalar() for name in ("plan_cache_mode", "jit")]
    assert shown == ["force_custom_plan", "off"]
