"""What a post carries: pictures, the post that it answers, people who are called, cards of its links, and its earlier words."""

from __future__ import annotations

import json
from datetime import timedelta

import pytest
from sqlalchemy import event
from sqlmodel import col, func, select

from tamemap import clock
from tamemap.domain.actors import SYSTEM
from tamemap.errors import Conflict, Forbidden, Gone, Invalid, NotFound
from tamemap.models import Mention, Notice, Person, Picture, Post, PostPicture, PostVersion, Topic
from tamemap.queries.pictures import stored_picture
from tamemap.queries.post_history import post_history
from tamemap.queries.posts import posts as read_posts
from tamemap.services import boards, housekeeping, pictures, post_parts, posts
from tests import factories
from tests.factories import DAY, waiting_picture
from tests.services import group_rows

TOWN = "hitoyoshi-hiroba"


def waiting(tx, actor, count=1):
    return [waiting_picture(tx, actor).public_id for _ in range(count)]


def row_of(tx, view):
    return tx.exec(select(Post).where(Post.public_id == view.public_id)).one()


def seen(tx, actor, topic):
    return read_posts(tx, actor, topic=topic.public_id).items


def told(tx, actor):
    rows = tx.exec(select(Notice).where(Notice.person_id == actor.person_id, Notice.code == "mentioned").order_by(Notice.id))
    return [(json.loads(row.params), row.url) for row in rows]


# pictures


def test_aki_posts_four_pictures_and_everybody_sees_them_in_their_order(tx, world):
    topic = factories.topic(tx, world.aki)
    ids = waiting(tx, world.aki, 4)
    made = posts.write_post(tx, world.aki, topic=topic.public_id, body="写真です", pictures=ids)
    assert [one.public_id for one in made.pictures] == ids
    assert [one.public_id for one in seen(tx, world.dai, topic)[1].pictures] == ids
    names = {one.resident_name for one in tx.exec(select(Picture))}
    assert {one.name for one in seen(tx, world.chie, topic)[1].pictures} <= names


def test_a_topic_is_opened_with_pictures(tx, world):
    (one,) = waiting(tx, world.aki)
    topic = boards.open_topic(tx, world.aki, board=TOWN, kind="talk", title="紅葉", body="見ごろです", pictures=[one])
    assert [picture.public_id for picture in seen(tx, world.dai, topic)[0].pictures] == [one]


def test_five_pictures_are_too_many_and_the_same_one_is_one(tx, world):
    topic = factories.topic(tx, world.aki)
    with pytest.raises(Invalid) as refused:
        posts.write_post(tx, world.aki, topic=topic.public_id, body="写真", pictures=waiting(tx, world.aki, 5))
    assert [(one.field, one.code) for one in refused.value.errors] == [("pictures", "post_pictures_many")]
    (same,) = waiting(tx, world.aki)
    assert len(posts.write_post(tx, world.aki, topic=topic.public_id, body="写真", pictures=[same, same]).pictures) == 1


def test_nobody_posts_the_picture_of_somebody_else_or_one_that_stands_already(tx, world):
    topic = factories.topic(tx, world.aki)
    (mine,) = waiting(tx, world.aki)
    posts.write_post(tx, world.aki, topic=topic.public_id, body="一枚", pictures=[mine])
    flyer = factories.flyer(tx, world.aki)
    hung = tx.exec(select(Picture.public_id).where(Picture.flyer_id == flyer.id)).one()
    for wrong in (waiting(tx, world.chie)[0], mine, hung, "nobody", "../x", ""):
        with pytest.raises(Invalid) as refused:
            posts.write_post(tx, world.aki, topic=topic.public_id, body="もう一枚", pictures=[wrong])
        assert refused.value.errors[0].field == "pictures"
    with pytest.raises(NotFound):
        pictures.discard(tx, world.aki, public_id=mine)
    assert tx.exec(select(func.count()).select_from(PostPicture)).one() == 1


def test_a_double_tap_with_pictures_is_one_post_and_other_pictures_are_another(tx, world):
    topic = factories.topic(tx, world.aki)
    first, second = waiting(tx, world.aki, 2)
    made = [posts.write_post(tx, world.aki, topic=topic.public_id, body="写真", pictures=[first]).public_id for _ in range(2)]
    assert made[0] == made[1]
    assert posts.write_post(tx, world.aki, topic=topic.public_id, body="写真", pictures=[second]).public_id != made[0]


@pytest.mark.parametrize("state", ["removed", "held", "topic removed", "topic held", "hidden"])
def test_a_picture_leaves_everywhere_with_its_post(tx, world, state):
    topic = factories.topic(tx, world.aki)
    (one,) = waiting(tx, world.aki)
    made = posts.write_post(tx, world.aki, topic=topic.public_id, body="写真", pictures=[one])
    picture = tx.exec(select(Picture).where(Picture.public_id == one)).one()
    served = {"size": 320, "suffix": "jpeg"}
    for actor in (world.dai, world.chie, world.aki):
        assert stored_picture(tx, actor, name=picture.resident_name, **served).public
    with pytest.raises(NotFound):  # one name for all readers
        stored_picture(tx, world.aki, name=picture.outside_name, **served)
    post, above = row_of(tx, made), tx.exec(select(Topic)).one()
    row, field = {"removed": (post, "deleted_at"), "held": (post, "held_at"), "topic removed": (above, "deleted_at"),
                  "topic held": (above, "held_at"), "hidden": (picture, "hidden_at")}[state]  # fmt: skip
    setattr(row, field, clock.now())
    tx.flush()
    for actor in (world.dai, world.chie, world.fumi):
        with pytest.raises(NotFound):
            stored_picture(tx, actor, name=picture.resident_name, **served)
    assert not stored_picture(tx, world.ben, name=picture.resident_name, **served).public
    if "removed" in state:
        with pytest.raises(NotFound):
            stored_picture(tx, world.aki, name=picture.resident_name, **served)
    else:
        assert not stored_picture(tx, world.aki, name=picture.resident_name, **served).public
    if state == "hidden":
        assert seen(tx, world.aki, topic)[1].pictures == ()
    if state == "removed":
        assert seen(tx, world.ben, topic)[1].pictures == ()


def test_thirty_days_after_a_post_its_pictures_and_earlier_words_are_forgotten(tx, world):
    topic = factories.topic(tx, world.aki)
    post = posts.write_post(tx, world.chie, topic=topic.public_id, body="@Aki みて", pictures=waiting(tx, world.chie))
    posts.edit_post(tx, world.chie, post=post.public_id, body="みて")
    posts.remove_post(tx, world.chie, post=post.public_id)
    housekeeping.sweep(tx, SYSTEM)
    assert tx.exec(select(func.count()).select_from(PostVersion)).one() == 1
    with clock.frozen_at(clock.now() + 31 * DAY):
        housekeeping.sweep(tx, SYSTEM)
    for table in (PostVersion, PostPicture, Mention):
        assert tx.exec(select(func.count()).select_from(table)).one() == 0
    # and the sweep of pictures finds it
    assert tx.exec(select(func.count()).where(pictures.waiting_ones())).one() == 1


# quotes


def test_chie_answers_a_post_and_what_it_says_stands_above(tx, world):
    topic = factories.topic(tx, world.aki, body="**よろしく**おねがいします。" + "あ" * 100)
    first = seen(tx, world.aki, topic)[0]
    made = posts.write_post(tx, world.chie, topic=topic.public_id, body="こちらこそ", quoted=first.public_id)
    assert (made.quote.public_id, made.quote.author.name, made.quote.gone) == (first.public_id, "Aki", False)
    assert made.quote.excerpt.startswith("よろしくおねがいします。ああ")
    assert len(made.quote.excerpt) == 80


@pytest.mark.parametrize("field", ["deleted_at", "held_at"])
def test_a_quoted_post_that_goes_takes_its_words_along(tx, world, field):
    topic = factories.topic(tx, world.aki)
    first = seen(tx, world.aki, topic)[0]
    posts.write_post(tx, world.chie, topic=topic.public_id, body="こちらこそ", quoted=first.public_id)
    setattr(row_of(tx, first), field, clock.now())
    tx.flush()
    for actor in (world.chie, world.aki, world.ben):
        quote = seen(tx, actor, topic)[1].quote
        assert (quote.gone, quote.author, quote.excerpt) == (True, None, "")
    with pytest.raises(Invalid) as refused:
        posts.write_post(tx, world.aki, topic=topic.public_id, body="もういちど", quoted=first.public_id)
    assert refused.value.errors[0].field == "quoted"


def test_only_posts_of_the_same_topic_are_quoted(tx, world):
    topic, other = factories.topic(tx, world.aki), factories.topic(tx, world.aki, title="べつの話")
    elsewhere = seen(tx, world.aki, other)[0].public_id
    for wrong in (elsewhere, "nobody", "x" * 500):
        with pytest.raises(Invalid):
            posts.write_post(tx, world.chie, topic=topic.public_id, body="こちらこそ", quoted=wrong)


# mentions


def test_aki_is_told_that_chie_called_her(tx, world):
    topic = factories.topic(tx, world.aki)
    made = posts.write_post(tx, world.chie, topic=topic.public_id, body="@Aki さん、どうも。 @Ben @Chie")
    assert made.html == "<p><strong>@Aki</strong> さん、どうも。 @Ben <strong>@Chie</strong></p>"
    assert told(tx, world.aki) == [({"title": "はじめまして", "name": "Chie"}, f"/b/{TOWN}/{topic.public_id}/p/{made.public_id}")]
    assert told(tx, world.chie) == told(tx, world.ben) == []


def test_only_who_has_written_there_can_be_called(tx, world):
    topic = factories.topic(tx, world.aki)
    said = {"topic": topic.public_id, "body": "@Ben どうですか"}
    assert "<strong>" not in posts.write_post(tx, world.aki, **said).html
    factories.post(tx, world.ben, topic.public_id)
    assert "<strong>@Ben</strong>" in posts.write_post(tx, world.chie, **said).html
    assert len(told(tx, world.ben)) == 1


def test_who_speaks_for_a_group_or_is_held_cannot_be_called(tx, world):
    club = group_rows.group(tx, world.chie, world.ben, slug="club", name="くらぶ")
    chie = group_rows.now(tx, world.chie)
    topic = factories.topic(tx, world.aki)
    posts.write_post(tx, chie, topic=topic.public_id, body="団体です", group=club.slug)
    held = factories.post(tx, world.fumi, topic.public_id, body="まちます")
    row_of(tx, held).held_at = clock.now()
    tx.flush()
    assert "<strong>" not in posts.write_post(tx, world.aki, topic=topic.public_id, body="@Chie @Fumi").html
    assert told(tx, world.chie) == told(tx, world.fumi) == []


def test_everybody_of_a_name_is_meant_and_ten_people_are_enough(tx, world):
    topic = factories.topic(tx, world.aki)
    for number in range(12):
        factories.post(tx, factories.person(tx, f"ひと{number:02}"), topic.public_id, body=f"{number}")
    for row in tx.exec(select(Person).where(col(Person.name).in_(["ひと00", "ひと01"]))):
        row.name = "みどり"
    tx.flush()
    calls = " ".join(["@みどり", *(f"@ひと{number:02}" for number in range(2, 12))])
    made = posts.write_post(tx, world.aki, topic=topic.public_id, body=calls)
    assert tx.exec(select(func.count()).select_from(Mention)).one() == 10
    assert made.html.count("<strong>") == 9
    assert tx.exec(select(func.count()).where(Notice.code == "mentioned")).one() == 10


def test_several_calls_in_one_topic_are_one_notice_while_it_is_unread(tx, world):
    topic = factories.topic(tx, world.aki)
    last = [factories.post(tx, world.chie, topic.public_id, body=f"@Aki {number}") for number in range(3)][-1]
    (notice,) = told(tx, world.aki)
    assert notice[1].endswith(last.public_id)


def test_a_change_tells_only_who_is_new(tx, world):
    topic = factories.topic(tx, world.aki)
    factories.post(tx, world.ben, topic.public_id)
    post = factories.post(tx, world.chie, topic.public_id, body="@Aki どうも")
    tx.exec(select(Notice).where(Notice.code == "mentioned")).one().read_at = clock.now()
    posts.edit_post(tx, world.chie, post=post.public_id, body="@Aki @Ben どうも")
    assert (len(told(tx, world.aki)), len(told(tx, world.ben))) == (1, 1)
    posts.edit_post(tx, world.chie, post=post.public_id, body="どうも")
    assert tx.exec(select(func.count()).select_from(Mention)).one() == 0


# cards of links


def cards(tx, actor, topic, body):
    made = posts.write_post(tx, actor, topic=topic.public_id, body=body)
    return [(one.kind, one.url, one.title, one.picture is not None) for one in made.cards]


def test_links_to_what_is_stored_have_cards(tx, world):
    flyer = factories.flyer(tx, world.aki, title="秋の市", starts_at="2026-11-23")
    club = group_rows.group(tx, world.chie, world.ben, slug="club", name="くらぶ")
    topic, other = factories.topic(tx, world.aki), factories.topic(tx, world.chie, title="べつの話")
    url = f"/f/{flyer.public_id}"
    assert cards(tx, world.chie, topic, f"http://localhost:8000{url}、見て") == [("flyer", url, "秋の市", True)]
    body = f"くわしくは{url} と /g/{club.slug} と /m/hitoyoshi と /b/{TOWN}/{other.public_id} {url}"
    assert [kind for kind, *_ in cards(tx, world.chie, topic, body)] == ["flyer", "group", "map"]
    assert cards(tx, world.aki, topic, f"(/b/{TOWN}/{other.public_id}/p/{other.public_id})") == [
        ("topic", f"/b/{TOWN}/{other.public_id}", "べつの話", False)
    ]
    for none in (f"https://example.jp{url}", f"https://example.jp/x{url}", f"{url}.jpg", "/f/2222222222zz", "/g/nobody", "/m/x"):
        assert cards(tx, world.ben, topic, none) == []


def test_nothing_is_shown_that_a_reader_may_not_see(tx, world):
    inside = factories.flyer(tx, world.aki, title="町だけの市")
    fallen = factories.flyer(tx, world.aki, title="はがした市")
    region = factories.topic(tx, world.emi, board="hitoyoshi-kuma-hiroba")
    # it does not hang on the regional map: no picture of it on that map's board
    assert cards(tx, world.emi, region, f"/f/{inside.public_id}") == [("flyer", f"/f/{inside.public_id}", "町だけの市", False)]
    both = factories.flyer(tx, world.aki, title="そとにも", outside=True)
    made = posts.write_post(tx, world.emi, topic=region.public_id, body=f"/f/{both.public_id}")
    picture = tx.exec(select(Picture).where(Picture.flyer_id == both.id)).one()
    assert made.cards[0].picture.name == picture.outside_name
    fallen.deleted_at = clock.now()
    club = group_rows.group(tx, world.chie, world.ben, slug="club", name="くらぶ")
    club.state = "closed"
    other = factories.topic(tx, world.chie, title="べつの話")
    tx.exec(select(Topic).where(Topic.public_id == other.public_id)).one().held_at = clock.now()
    tx.flush()
    assert cards(tx, world.emi, region, f"/f/{fallen.public_id} /g/club /b/{TOWN}/{other.public_id}") == []


def test_a_page_of_posts_with_links_costs_no_more_than_one(tx, world):
    flyer = factories.flyer(tx, world.aki)
    topic = factories.topic(tx, world.aki, body=f"/f/{flyer.public_id} /m/hitoyoshi")
    few = _reads(tx, world.dai, topic)
    people = [factories.person(tx, f"ひと{number}") for number in range(8)]
    for person in people:
        factories.post(tx, person, topic.public_id, body=f"/f/{flyer.public_id} /m/kashima " + "/f/2222222222zz " * 300)
    assert _reads(tx, world.dai, topic) == few


def _reads(tx, actor, topic):
    tx.expire_all()
    reads = []

    def count(*_):
        reads.append(1)

    event.listen(tx.connection(), "before_cursor_execute", count)
    try:
        seen(tx, actor, topic)
    finally:
        event.remove(tx.connection(), "before_cursor_execute", count)
    return len(reads)


# earlier words


def test_each_real_change_is_kept_and_everybody_may_read_it(tx, world):
    topic = factories.topic(tx, world.aki)
    (one,) = waiting(tx, world.chie)
    first = seen(tx, world.aki, topic)[0].public_id
    post = posts.write_post(tx, world.chie, topic=topic.public_id, body="はじめ", pictures=[one], quoted=first)
    with clock.frozen_at(clock.now() + timedelta(minutes=5)):
        for words in ("つぎ", "つぎ", "さいご"):
            made = posts.edit_post(tx, world.chie, post=post.public_id, body=words)
    assert ([picture.public_id for picture in made.pictures], made.quote.public_id) == ([one], first)
    found = post_history(tx, world.dai, public_id=post.public_id)
    assert [version.html for version in found.versions] == ["<p>さいご</p>", "<p>つぎ</p>", "<p>はじめ</p>"]
    assert found.versions[-1].written_at == clock.now()


def test_fifty_changes_are_enough(tx, world):
    topic = factories.topic(tx, world.aki)
    post = factories.post(tx, world.chie, topic.public_id)
    for number in range(post_parts.MOST_VERSIONS):
        posts.edit_post(tx, world.chie, post=post.public_id, body=f"{number}")
    with pytest.raises(Conflict) as refused:
        posts.edit_post(tx, world.chie, post=post.public_id, body="もう一度")
    assert refused.value.code == "post_changes_many"


def test_what_is_gone_or_held_has_no_history(tx, world):
    topic = factories.topic(tx, world.aki)
    post = factories.post(tx, world.chie, topic.public_id)
    posts.edit_post(tx, world.chie, post=post.public_id, body="なおした")
    row_of(tx, post).held_at = clock.now()
    tx.flush()
    with pytest.raises(NotFound):
        post_history(tx, world.aki, public_id=post.public_id)
    assert len(post_history(tx, world.chie, public_id=post.public_id).versions) == 2
    posts.remove_post(tx, world.chie, post=post.public_id)
    for actor in (world.aki, world.chie, world.ben):
        with pytest.raises(Gone):
            post_history(tx, actor, public_id=post.public_id)


def test_hostile_words_stay_words(tx, world):
    evil = factories.person(tx, "<b>x</b>\u202e")
    row = tx.exec(select(Person).where(Person.id == evil.person_id)).one()
    row.name = '"><script>alert(1)</script>'
    tx.flush()
    topic = factories.topic(tx, evil)
    made = posts.write_post(tx, world.aki, topic=topic.public_id, body=f"@{row.name} \u200b\u202e<img src=x onerror=alert(1)>")
    for bad in ("<script", "<img", "\u202e", "\u200b"):
        assert bad not in made.html
    with pytest.raises(Invalid):
        posts.edit_post(tx, world.aki, post=made.public_id, body="@" * 8001)
    with pytest.raises(Forbidden):
        posts.edit_post(tx, world.ben, post=made.public_id, body="ちがう")
