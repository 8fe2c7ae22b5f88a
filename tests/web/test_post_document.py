"""One post on the web: its address, what it carries, what it said before, and changing it without script."""

from __future__ import annotations

import pytest
from sqlmodel import select

from tamemap import clock, db
from tamemap.i18n import t
from tamemap.models import Person, Picture, Post, Topic
from tamemap.services import posts
from tests import factories
from tests.web.browsers import API, photo, problem
from tests.web.pages import read

BOARD = "/b/hitoyoshi-hiroba"


@pytest.fixture
def talk(world):
    """Aki's topic; its id."""
    with db.transaction(write=True) as tx:
        return factories.topic(tx, world.aki, title="紅葉の話").public_id


def written(actor, topic, body="見ごろです", **fields):
    """A post of this person's; its id."""
    with db.transaction(write=True) as tx:
        return posts.write_post(tx, actor, topic=topic, body=body, **fields).public_id


def changed(actor, post, body):
    with db.transaction(write=True) as tx:
        posts.edit_post(tx, actor, post=post, body=body)


def marked(table, public_id, field):
    with db.transaction(write=True) as tx:
        setattr(tx.exec(select(table).where(table.public_id == public_id)).one(), field, clock.now())


def sent(browser):
    """A photo on its way; its id."""
    answer = browser.post(f"{API}/photos", files=photo())
    assert answer.status_code == 201, answer.text
    return answer.json()["photos"][0]["id"]


# the address of a post


def test_a_post_has_an_address_that_leads_to_its_page(world, visit, talk):
    with db.transaction(write=True) as tx:
        row, now = tx.exec(select(Topic)).one(), clock.now()
        tx.add_all(Post(topic_id=row.id, author_id=world.aki.person_id, body="あ", html="<p>あ</p>", created_at=now)
                   for _ in range(60))  # fmt: skip
        tx.flush()
        ids = tx.exec(select(Post.public_id).order_by(Post.id)).all()
    for number in (0, 49, 50, 60):
        answer = visit().get(f"{BOARD}/{talk}/p/{ids[number]}?lang=en")
        there, _, anchor = answer.headers["location"].partition("#")
        assert (answer.status_code, anchor, "cursor=" in there, "lang=en" in there) == (
            303,
            f"p-{ids[number]}",
            number > 49,
            True,
        )
        assert read(visit().get(there)).one("article", id=anchor)


def test_what_is_nowhere_has_no_address(world, visit, talk):
    with db.transaction(write=True) as tx:
        other = factories.topic(tx, world.aki, title="べつ").public_id
    post = written(world.aki, talk)
    for wrong in (
        f"{BOARD}/{other}/p/{post}",
        f"/b/nishiki-hiroba/{talk}/p/{post}",
        f"{BOARD}/{talk}/p/x",
        f"{BOARD}/x/p/{post}",
    ):
        assert visit().get(wrong).status_code == 404
        assert visit().get(f"{wrong}/history").status_code == 404
    marked(Topic, talk, "deleted_at")
    assert visit().get(f"{BOARD}/{talk}/p/{post}").status_code == 410


# what it carries


def test_the_page_shows_pictures_quote_call_and_card(world, visit, talk):
    aki, chie = visit(world.aki), visit(world.chie)
    first = read(visit().get(f"{BOARD}/{talk}")).one("article")["id"].removeprefix("p-")
    with db.transaction(write=True) as tx:
        flyer = factories.flyer(tx, world.aki, title="秋の市", starts_at="2026-11-23").public_id
    ids = [sent(chie), sent(chie)]
    data = {"body": f"@Aki さん http://localhost:8000/f/{flyer}", "pictures": ids, "quoted": first}
    answer = chie.post(f"{API}/topics/{talk}/posts", json=data)
    assert answer.status_code == 201, answer.text
    made = answer.json()
    assert [one["id"] for one in made["pictures"]] == ids
    assert made["pictures"][1]["alt"] == t("talk.photo_of", name="Chie", number=2)
    assert (made["quote"]["id"], made["quote"]["author"]["name"], made["quote"]["gone"]) == (first, "Aki", False)
    assert [(one["kind"], one["title"], one["thumb"] is not None) for one in made["cards"]] == [("flyer", "秋の市", True)]
    page = read(visit().get(f"{BOARD}/{talk}"))
    post = page.one("article", id=f"p-{made['id']}")
    images = post.one("ul", class_="tm-photos").all("img")
    assert [one["alt"] for one in images] == ["Chieさんの写真 1", "Chieさんの写真 2"]
    assert all(int(one["width"]) > 0 and int(one["height"]) > 0 for one in images)
    assert post.one("p", class_="tm-quote").one("a")["href"] == f"{BOARD}/{talk}/p/{first}"
    assert post.one("div", class_="tm-post__body").one("strong").text == "@Aki"
    assert "11月23日（月・祝）" in post.one("a", class_="tm-linkcard").text
    assert post.one("a", class_="tm-post__when")["href"] == f"{BOARD}/{talk}/p/{made['id']}"
    for one in (*images, post.one("ul", class_="tm-photos").all("a")[0]):
        address = one.attributes.get("src") or one["href"]
        assert visit().get(address).status_code == 200
    assert aki.get(f"{API}/me").json()["unread"] >= 1


def test_the_picture_of_a_removed_or_held_post_is_served_to_no_outsider(world, visit, talk):
    chie = visit(world.chie)
    post = chie.post(f"{API}/topics/{talk}/posts", json={"body": "写真", "pictures": [sent(chie)]}).json()
    sizes = post["pictures"][0]["sizes"]
    addresses = [sizes["320"]["jpeg"], sizes["960"]["avif"]]
    with db.transaction(write=False) as tx:
        outside = tx.exec(select(Picture.outside_name)).one()
    assert [visit().get(one).status_code for one in addresses] == [200, 200]
    assert visit().get(f"/p/{outside}/320.jpeg").status_code == 404
    marked(Post, post["id"], "held_at")
    for one in addresses:
        assert [visit(who).get(one).status_code for who in (None, world.aki, world.fumi, world.chie, world.ben)] == [
            404, 404, 404, 200, 200]  # fmt: skip
        assert visit(world.chie).get(one).headers["cache-control"] == "private, no-store"
    assert chie.delete(f"{API}/posts/{post['id']}").status_code == 204
    for one in addresses:
        assert [visit(who).get(one).status_code for who in (None, world.aki, world.fumi, world.chie, world.ben)] == [
            404, 404, 404, 404, 200]  # fmt: skip
    assert "tm-photos" not in visit().get(f"{BOARD}/{talk}").text


def test_wrong_lists_of_pictures_are_told_at_the_field(world, visit, talk):
    chie = visit(world.chie)
    for wrong in ("x", {"a": 1}, [1], [None], ["x"] * 51, ["2222222222zz"], [""], [sent(visit(world.aki))]):
        answer = chie.post(f"{API}/topics/{talk}/posts", json={"body": "写真", "pictures": wrong})
        assert (answer.status_code, answer.json()["errors"][0]["field"]) == (422, "pictures")
    plaza = f"{API}/boards/hitoyoshi-hiroba/topics"
    answer = chie.post(plaza, json={"title": "写真", "body": "写真", "pictures": [sent(chie)] + ["2222222222zz"] * 4})
    assert answer.status_code == 422
    opened = chie.post(plaza, json={"title": "写真", "body": "写真", "pictures": [sent(chie)]})
    (first,) = visit().get(f"{API}/topics/{opened.json()['id']}/posts").json()["items"]
    assert len(first["pictures"]) == 1


def test_hostile_names_and_words_stay_words(world, visit):
    with db.transaction(write=True) as tx:
        evil = factories.person(tx, "x")
        tx.exec(select(Person).where(Person.id == evil.person_id)).one().name = '"><script>alert(1)</script>'
        tx.flush()
        talk = factories.topic(tx, evil, title="<b>見出し</b>").public_id
        first = tx.exec(select(Post.public_id).order_by(Post.id.desc())).first()
        photo_id = factories.waiting_picture(tx, evil).public_id
        posts.write_post(tx, evil, topic=talk, pictures=(photo_id,), quoted=first,
                         body='@"><script>alert(1)</script> <img src=x onerror=alert(1)> /f/"><svg onload=1>')  # fmt: skip
    text = visit().get(f"{BOARD}/{talk}").text
    for bad in ("<script>alert", "<img src=x", "<svg onload", "<b>見出し"):
        assert bad not in text


# what it said before


def test_everybody_reads_what_a_post_said_before(world, visit, talk):
    post = written(world.chie, talk, "はじめの**文**")
    changed(world.chie, post, "つぎの文")
    page = read(visit().get(f"{BOARD}/{talk}")).one("article", id=f"p-{post}")
    (link,) = [one for one in page.all("a") if one.text == t("board.edited")]
    shown = read(visit().get(link["href"]))
    assert [one.one("div").text for one in shown.all("article")] == ["つぎの文", "はじめの文"]
    assert read(visit().get(link["href"] + "?lang=en")).one("h1").text == t("talk.history", "en")
    versions = visit().get(f"{API}/posts/{post}/history").json()
    assert [one["html"] for one in versions["versions"]] == ["<p>つぎの文</p>", "<p>はじめの<strong>文</strong></p>"]
    marked(Post, post, "held_at")
    assert [visit(who).get(link["href"]).status_code for who in (None, world.aki, world.chie, world.ben)] == [404, 404, 200, 200]
    problem(visit().get(f"{API}/posts/{post}/history"), 404, "post_held")
    marked(Post, post, "deleted_at")
    assert [visit(who).get(link["href"]).status_code for who in (None, world.chie, world.ben)] == [410, 410, 410]
    problem(visit(world.chie).get(f"{API}/posts/{post}/history"), 410, "post_gone")


# changing without script


def test_chie_changes_her_post_by_a_plain_form(world, visit, talk):
    post = written(world.chie, talk, "はじめの**文**")
    chie, address = visit(world.chie), f"/posts/{post}/edit"
    (link,) = [one for one in read(chie.get(f"{BOARD}/{talk}")).all("a") if one["href"] == address]
    assert link.text == t("talk.edit")
    assert address not in visit(world.aki).get(f"{BOARD}/{talk}").text
    assert read(chie.get(address)).one("textarea").text == "はじめの**文**"
    answer = chie.post(address, data={"body": "つぎの文"})
    assert (answer.status_code, answer.headers["location"]) == (303, f"{BOARD}/{talk}/p/{post}?said=post_changed")
    there = chie.get(answer.headers["location"]).headers["location"].partition("#")[0]
    page = read(chie.get(there))
    assert t("said.post_changed") in page.text
    assert "つぎの文" in page.one("article", id=f"p-{post}").text


def test_a_wrong_change_comes_back_with_what_was_typed(world, visit, talk):
    post = written(world.chie, talk)
    chie, address = visit(world.chie), f"/posts/{post}/edit"
    assert read(chie.get(address)).one("form", method="post")["enctype"] == "multipart/form-data"
    assert chie.post(address, files={"body": (None, "い" * 8000)}).status_code == 303
    answer = chie.post(address, files={"body": (None, "あ" * 8001)})
    assert (answer.status_code, read(answer).one("textarea").text) == (422, "あ" * 8001)
    marked(Topic, talk, "closed_at")
    assert chie.post(address, data={"body": "おそい"}).status_code == 409


def test_nobody_else_changes_it(world, visit, talk):
    post = written(world.chie, talk)
    address = f"/posts/{post}/edit"
    for call in (lambda browser: browser.get(address), lambda browser: browser.post(address, data={"body": "ちがう"})):
        assert call(visit()).headers["location"].startswith("/sign-in")
        assert [call(visit(who)).status_code for who in (world.aki, world.ben, world.emi)] == [403, 403, 403]
    assert visit(world.chie).get("/posts/2222222222zz/edit").status_code == 404
    marked(Post, post, "deleted_at")
    assert visit(world.chie).get(address).status_code == 410
