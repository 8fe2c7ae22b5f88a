"""``/b/{board}`` and its topics: to read for everybody, without script."""

from __future__ import annotations

import pytest

from tamemap import clock, db
from tamemap.i18n import t
from tamemap.services import boards, posts
from tests import factories
from tests.factories import HOUR
from tests.web.pages import meta, read

BOARD = "/b/hitoyoshi-hiroba"


def opened(actor, title: str = "朝市は何時から", body: str = "**はじめて**行きます。", kind: str = "talk", **fields) -> str:
    """A topic of this person's; its public id."""
    with db.transaction(write=True) as tx:
        return boards.open_topic(tx, actor, board="hitoyoshi-hiroba", kind=kind, title=title, body=body, **fields).public_id


def answered(actor, topic: str, body: str) -> str:
    """An answer of this person's; its public id."""
    with db.transaction(write=True) as tx:
        return posts.write_post(tx, actor, topic=topic, body=body).public_id


def test_a_guest_reads_a_board_and_its_topics(world, visit):
    topic = opened(world.aki)
    answer = visit().get(BOARD)
    page = read(answer)
    assert page.one("h1").text == "広場"
    (row,) = page.all("li", class_="tm-topic")
    assert row.one("h3").text == "朝市は何時から"
    assert row.one("a")["href"] == f"{BOARD}/{topic}"
    assert "はじめて行きます。" in row.text
    assert "Aki" in row.text
    assert answer.headers["cache-control"] == "public, max-age=0, must-revalidate"
    assert visit().get(BOARD, headers={"If-None-Match": answer.headers["etag"]}).status_code == 304
    assert meta(page, "og:url") == f"http://localhost:8000{BOARD}"


def test_a_topic_shows_who_wrote_what_as_what(world, visit):
    topic = opened(world.aki)
    answered(world.ben, topic, "8時からです。 https://example.jp/a?b=1&c=2")
    page = read(visit().get(f"{BOARD}/{topic}"))
    first, second = page.all("article")
    assert page.one("h1").text == "朝市は何時から"
    assert (first.one("span", class_="tm-post__who").text, first.one("strong").text) == ("Aki", "はじめて")
    assert first.one("time").text == "11月22日（日） 12:00"
    assert second.has(class_="tm-post--staff")
    assert second.one("span", class_="tm-badge--staff").text == "人吉市 職員"
    assert second.one("div", class_="tm-post__body").one("a")["rel"] == "nofollow ugc noopener"
    assert [node["href"] for node in page.one("main").all("a") if "board=" in node["href"]] == [
        f"/?tab=boards&map=hitoyoshi&board=hitoyoshi-hiroba&topic={topic}"
    ]


@pytest.mark.parametrize("words", ["<script>alert(1)</script>", "{{ 7*7 }}", "[x](javascript:alert(1))", "</div></main>"])
def test_what_people_write_is_only_ever_words(world, visit, words):
    topic = opened(world.aki, title=words, body=words)
    for address in (BOARD, f"{BOARD}/{topic}"):
        page = read(visit().get(address))
        scripts = [one.attributes.get("src") for one in page.all("script")]
        assert scripts in (["/pwa.js", "/kept.js"], ["/live.js", "/pwa.js", "/kept.js"])
        assert not [one for one in page.all("script") if one.text]
        assert not [node for node in page.all("a") if node["href"].startswith("javascript")]
        assert words in page.text or "javascript" in words
    assert page.one("h1").text == words


def test_a_removed_answer_leaves_its_place_and_no_word(world, visit):
    topic = opened(world.aki)
    post = answered(world.chie, topic, "ひどい言葉")
    with db.transaction(write=True) as tx:
        posts.remove_post(tx, world.ben, post=post, reason="きまりに反します")
    text = visit().get(f"{BOARD}/{topic}").text
    assert "ひどい言葉" not in text
    assert t("board.removed") in text


def test_a_removed_topic_is_gone(world, visit):
    topic = opened(world.aki)
    with db.transaction(write=True) as tx:
        boards.remove_topic(tx, world.ben, topic=topic, reason="まちがい")
    answer = visit().get(f"{BOARD}/{topic}")
    assert (answer.status_code, read(answer).one("h1").text) == (410, t("errors.topic_gone"))
    assert read(visit().get(BOARD)).one("p", class_="tm-empty__title").text == t("board.empty")


@pytest.mark.parametrize("address", ["/b/nowhere", f"{BOARD}/nothing", "/b/%22", f"{BOARD}/" + "x" * 300])
def test_what_is_not_there_leads_to_the_maps(world, visit, address):
    answer = visit().get(address)
    assert answer.status_code == 404
    assert "/m/hitoyoshi" in [node["href"] for node in read(answer).one("main").all("a")]


def test_a_topic_stands_on_its_own_board_only(world, visit):
    topic = opened(world.aki)
    assert visit().get(f"/b/nishiki-hiroba/{topic}").status_code == 404


def test_many_topics_and_posts_go_on_without_script(world, visit):
    with clock.frozen_at(clock.now() - 48 * HOUR):
        names = []
        for number in range(23):
            with clock.frozen_at(clock.now() + number * HOUR):
                names.append(f"話題{number:02d}")
                topic = opened(world.ben, title=names[-1])
    first = read(visit().get(BOARD))
    second = read(visit().get(first.one("a", rel="next")["href"]))
    seen = [row.one("h3").text for page in (first, second) for row in page.all("li", class_="tm-topic")]
    assert seen == names[::-1]
    assert not second.all("a", rel="next")
    with clock.frozen_at(clock.now() + HOUR):
        for number in range(52):
            with clock.frozen_at(clock.now() + number * HOUR):
                answered(world.chie, topic, f"返事{number}")
    page = read(visit().get(f"{BOARD}/{topic}"))
    following = read(visit().get(page.one("a", rel="next")["href"]))
    assert len(page.all("article")) == 50
    assert [node.one("div", class_="tm-post__body").text for node in following.all("article")] == ["返事49", "返事50", "返事51"]
    assert meta(following, "robots") == "noindex"


@pytest.mark.parametrize("address", [f"{BOARD}?cursor=nonsense", f"{BOARD}?cursor=WzFd"])
def test_a_wrong_cursor_is_said_kindly(world, visit, address):
    answer = visit().get(address)
    assert answer.status_code == 422
    assert read(answer).one("h1").text == t("errors.cursor_wrong")


def test_a_topic_about_a_flyer_leads_to_it_only_while_it_stands(world, visit):
    with db.transaction(write=True) as tx:
        flyer = factories.flyer(tx, world.aki).public_id
    topic = opened(world.aki, kind="flyer", flyer=flyer)
    assert f"/f/{flyer}" in [node["href"] for node in read(visit().get(f"{BOARD}/{topic}")).all("a")]
    with clock.frozen_at(clock.now() + 24 * 90 * HOUR):
        assert f"/f/{flyer}" not in visit().get(f"{BOARD}/{topic}").text
