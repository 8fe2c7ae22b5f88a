"""What a public document costs the database, and what it gets for it."""

from __future__ import annotations

import pytest

from tamemap import db, door
from tamemap.domain.actors import SYSTEM
from tamemap.domain.asking import Wanted
from tamemap.errors import NotFound
from tamemap.queries.flyers import flyers_of_map
from tamemap.queries.introductions import introductions
from tamemap.queries.maps import maps, outlines
from tamemap.queries.surroundings import around_flyer, around_map
from tamemap.services import answers, boards, mascots, polls, posts, themes
from tamemap.web import board_document
from tests import factories
from tests.services import group_rows
from tests.web.counting import reads
from tests.web.pages import read


@pytest.fixture
def busy(world):
    """A flyer of which everything is known, talked about on both maps; its public id."""
    with db.transaction(write=True) as tx:
        flyer = factories.flyer(tx, world.aki, outside=True, pictures=3, starts_at="2026-11-23").public_id
        for number in range(3):
            factories.flyer(tx, world.aki, title=f"市{number}", outside=True)
            factories.topic(tx, world.aki, title=f"話{number}")
    return flyer


def test_a_flyers_page_costs_a_guest_two_reads(world, visit, busy):
    with reads() as asked:
        page = read(visit().get(f"/f/{busy}"))
    assert len(asked) == 2, asked
    assert len(page.all("figure")) == 3
    assert page.one("svg", class_="tm-minimap")


def test_a_map_costs_one_read_beside_its_flyers(world, visit, busy):
    for slug in ("hitoyoshi", "hitoyoshi-kuma"):
        visit().get(f"/m/{slug}")
        with reads() as own:
            door.call(flyers_of_map, door.GUEST, slug=slug, wanted=Wanted(limit=20))
        with reads() as asked:
            assert visit().get(f"/m/{slug}").status_code == 200
        assert len(asked) == len(own) + 1 == 2, asked


BOARD = "/b/hitoyoshi-hiroba"


@pytest.fixture
def talk(world):
    """A topic in which there is everything that a topic can have, written by all who can write; its address."""
    with db.transaction(write=True) as tx:
        club = group_rows.group(tx, world.chie, world.ben)
        bear = mascots.make(tx, SYSTEM, municipality_code="432032", name="くま", voices=[world.ben.public_id])
        linked, carried = (factories.flyer(tx, world.aki, title=title, pictures=1).public_id for title in ("朝市", "写真展"))
        about = {"flyer": linked, "flyers": [carried], "pictures": [factories.waiting_picture(tx, world.aki).public_id]}
        topic = boards.open_topic(
            tx, world.aki, board="hitoyoshi-hiroba", kind="question", title="道", body="？", **about
        ).public_id
        polls.open_poll(tx, world.aki, topic=topic, question="いつ", options=["朝", "夕"])
        answers.answer(tx, world.ben, topic=topic, state="received", words="聞きました", post_body="市から")
        links = f"/f/{linked} /m/hitoyoshi /g/{club.slug} {BOARD}/{topic}"
        said = posts.write_post(tx, group_rows.now(tx, world.chie), topic=topic, body=links, group=club.slug)
        posts.write_post(tx, world.aki, topic=topic, body="どうも", quoted=said.public_id)
        posts.write_post(tx, world.ben, topic=topic, body="がおー", group=f"mascot:{bear.public_id}")
        posts.react(tx, world.aki, post=said.public_id, kind="like", on=True)
        period = {"opens_on": "2026-11-20", "ends_on": "2026-12-20"}
        cover = factories.waiting_picture(tx, world.ben).public_id
        themes.open_theme(tx, world.ben, board="hitoyoshi-hiroba", title="お題", body="どうぞ", period=period, cover=cover)
        # what a page quotes may stand on an earlier one
        for number in range(3):
            factories.topic(tx, world.chie, title=f"別{number}")
    return f"{BOARD}/{topic}"


def cost(client, address):
    """How many reads a page costs."""
    with reads() as asked:
        assert client.get(address).status_code == 200
    return len(asked)


def test_boards_and_topics_cost_a_guest_two_reads_each(world, visit, busy, talk, monkeypatch):
    assert {address: cost(visit(), address) for address in (BOARD, talk, f"{BOARD}/answers")} == {
        BOARD: 2,
        talk: 2,
        f"{BOARD}/answers": 2,
    }
    monkeypatch.setattr(board_document, "TOPICS", 2)
    monkeypatch.setattr(board_document, "POSTS", 2)
    for address in (BOARD, talk):
        following = read(visit().get(address)).one("a", rel="next")["href"]
        assert cost(visit(), following) == 2


def test_what_a_signed_in_reader_costs_more_is_counted(world, visit, busy, talk):
    """One read says who they are, and a board asks for their marks. Of who wrote in the topic is asked whether it is still theirs
    to change, of staff on whose ground they are, and as whom they wrote; the map and the answers are the same for all."""
    pages = {"map": "/m/hitoyoshi", "flyer": f"/f/{busy}", "board": BOARD, "topic": talk, "answers": f"{BOARD}/answers"}
    visit().get("/m/hitoyoshi")
    found = {
        name: {page: cost(visit(actor), address) for page, address in pages.items()}
        for name, actor in (("aki", world.aki), ("chie", world.chie), ("ben", world.ben))
    }
    assert found == {
        "aki": {"map": 2, "flyer": 3, "board": 4, "topic": 4, "answers": 2},
        "chie": {"map": 2, "flyer": 3, "board": 4, "topic": 3, "answers": 2},
        "ben": {"map": 2, "flyer": 4, "board": 4, "topic": 7, "answers": 2},
    }


def test_everything_on_a_topics_page_is_there(world, visit, talk):
    page = visit().get(talk).text
    for words in ("さくら会", "くま", "市から", "聞きました", "写真展", "朝市", "いつ", "どうも", "がおー"):
        assert words in page, words


@pytest.mark.parametrize("slug", ["hitoyoshi", "hitoyoshi-kuma", "kashima", "rokko"])
def test_one_read_tells_the_same_as_many(world, tx, slug):
    for number in range(3):
        place = {"lat": "32.2171", "lng": "130.7401", "place_name": "駅前"}
        said = {"title": f"散歩道{number}", "body": "**どうぞ**"}
        boards.open_topic(tx, world.aki, board="hitoyoshi-hiroba", kind="introduction", **said, **place)
    around, introduced = around_map(tx, world.dai, slug=slug)
    assert around.all_maps == maps(tx, world.dai)
    assert around.here == next(one for one in around.all_maps if one.slug == slug)
    assert around.outlines == outlines(tx, world.dai, slug=slug)
    assert introduced == introductions(tx, world.dai, slug=slug)
    assert [one.title for one in introduced] == (["散歩道2", "散歩道1", "散歩道0"] if slug == "hitoyoshi" else [])


def test_around_nothing_there_is_nothing(world, tx):
    for reading in (lambda: around_map(tx, world.dai, slug="nowhere"), lambda: around_map(tx, world.dai, slug="x' OR 1=1")):
        with pytest.raises(NotFound):
            reading()
    around, talks = around_flyer(tx, world.dai, slug="hitoyoshi", public_id="nothing")
    assert (around.here.slug, talks) == ("hitoyoshi", ())
