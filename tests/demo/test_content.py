"""The demo in a database: loaded into an empty one, kept fresh, begun anew; never over what a town has made itself."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from functools import cache

import pytest
from sqlmodel import SQLModel, col, func, select

from tamemap import clock, db
from tamemap.config import settings
from tamemap.demo import content
from tamemap.demo.content import freshen_demo, load_demo, loaded_at, only_demo, reset_demo
from tamemap.demo.seeds import load_flyers, load_topics
from tamemap.domain.actors import SYSTEM, Actor
from tamemap.domain.answers import KINDS
from tamemap.domain.asking import read_wanted
from tamemap.domain.dates import When
from tamemap.errors import Conflict
from tamemap.gateways import imaging
from tamemap.gateways.storage import storage_from
from tamemap.models import Flyer, Heartbeat, Map, OutboxEntry, Person, Picture, Placement, Post, Reaction, Topic
from tamemap.queries.boards import topics
from tamemap.queries.flyer import flyer
from tamemap.queries.flyers import flyers_of_map
from tamemap.queries.maps import maps
from tamemap.queries.people import actor_of_person
from tamemap.queries.posts import posts
from tamemap.services import boards, flyers, people, pictures
from tamemap.services.authority import trail_may_go
from tests.conftest import NOON
from tests.factories import DAY

STRANGER = Actor()
# one of each sort, and those that the talk is about: the whole set takes the pictures' pipeline fifteen seconds
FEW = ("akari", "dansui", "photo", "neko", "kaitori", "bunkasai", "coffee", "komoriuta", "kurimatsuri", "kidssoccer", "taisou")
SEEDS = {seed.key: seed for seed in load_flyers()}


RENDER = imaging.render


@cache
def rendered(data: bytes, *, sizes: tuple[int, ...], max_pages: int) -> imaging.Imaged:
    """The real pictures, each made once for all these tests."""
    return RENDER(data, sizes=sizes, max_pages=max_pages)


@pytest.fixture
def empty(world, monkeypatch):
    """An installation without any row, and a demo of a few flyers."""
    with db.transaction(write=True) as session, trail_may_go(session):
        for table in reversed(SQLModel.metadata.sorted_tables):
            session.execute(table.delete())
    monkeypatch.setattr(content, "load_flyers", lambda: tuple(SEEDS[key] for key in FEW))
    monkeypatch.setattr(imaging, "render", rendered)


@pytest.fixture
def loaded(empty, kept):
    """The demo, loaded at noon."""
    return kept.or_made("demo", load_demo)


def listed(slug: str, **asked: str) -> list[str]:
    """The titles on a map as a stranger sees them."""
    with db.transaction(write=False) as session:
        return [
            card.title
            for card in flyers_of_map(session, STRANGER, slug=slug, wanted=read_wanted({"limit": "100", **asked})).items
        ]


def states() -> dict[str, dict[str, str]]:
    """Per flyer, its placements' states by map."""
    with db.transaction(write=False) as session:
        found: dict[str, dict[str, str]] = {}
        for title, slug, state in session.exec(select(Flyer.title, Map.slug, Placement.state).where(
            Placement.flyer_id == Flyer.id, Placement.map_id == Map.id)):  # fmt: skip
            found.setdefault(title, {})[slug] = state
        return found


def post_as(mail: str, title: str) -> str:
    """Somebody posts a flyer of their own, for tomorrow; answers its public id."""
    prepared = pictures.prepare(SEEDS["nashi"].photo())
    with db.transaction(write=True) as session:
        people.grant(session, SYSTEM, mail=mail, role="member")
        actor = actor_of_person(session, session.exec(select(Person).where(Person.mail == mail)).one())
        waiting = pictures.keep(session, actor, prepared=prepared)
        raw = SEEDS["nashi"].raw(clock.now()) | {"title": title, "starts_at": "2026-11-23", "ends_at": ""}
        return flyers.post(session, actor, raw=raw, picture_ids=(waiting[0].public_id,), may_post=True).public_id


def test_the_two_regions_come_alive(loaded):
    assert loaded == content.Loaded(flyers=len(FEW), topics=len(load_topics()))
    with db.transaction(write=False) as session:
        regional = [view.slug for view in maps(session, STRANGER) if view.kind == "regional"]
        assert regional == ["hitoyoshi-kuma", "rokko"]
        assert session.exec(select(func.count()).select_from(Map)).one() == 17
    assert listed("hitoyoshi", when="today") == ["写真展「川とくらす」", "灯りの夜さんぽ"]
    assert listed("hitoyoshi", when="tomorrow") == ["写真展「川とくらす」", "断水のお知らせ"]
    assert set(listed("hitoyoshi-kuma")) == {
        "灯りの夜さんぽ",
        "写真展「川とくらす」",
        "珈琲みほん 開店しました",
        "こもりうたを聴く夜",
        "栗とれたまつり",
    }
    assert listed("kashima") == ["キッズサッカーひろば"]


def test_a_guests_flyer_waits_and_a_recalled_one_is_down(loaded):
    found = states()
    assert found["ねこを さがしています"] == {"hitoyoshi": "held"}
    assert found["なんでも高く買います 出張査定会"] == {"hitoyoshi": "recalled", "hitoyoshi-kuma": "recalled"}
    assert found["みほん公民館 文化祭"] == {"hitoyoshi": "up"}
    assert found["灯りの夜さんぽ"] == {"hitoyoshi": "up", "hitoyoshi-kuma": "up"}


def test_strangers_do_not_see_what_is_for_residents(loaded):
    with db.transaction(write=False) as session:
        row = session.exec(select(Flyer).where(Flyer.title == "こもりうたを聴く夜")).one()
        assert row.address
        assert flyer(session, STRANGER, public_id=row.public_id).address == ""


def test_invented_people_get_no_mail_and_their_pictures_are_finished_later(loaded):
    with db.transaction(write=False) as session:
        assert set(session.exec(select(OutboxEntry.kind)).all()) == {"pictures"}


def test_boards_have_themes_answers_and_reactions(loaded):
    with db.transaction(write=False) as session:
        page = topics(session, STRANGER, board="hitoyoshi-hiroba")
        assert page.items[0].kind == "theme"
        assert page.items[0].pinned
        assert page.items[0].author.kind == "staff"
        assert [item.flyer.title for item in page.items if item.flyer] == ["灯りの夜さんぽ"]
        assert all(item.last_post_at <= NOON for item in page.items)
        assert [[card.title for card in item.cards] for item in page.items if item.cards] == [
            ["写真展「川とくらす」", "珈琲みほん 開店しました"]
        ]
        assert [item.place.name for item in page.items if item.place] == ["本の部屋 みほん文庫（見本）"]
        assert session.exec(select(func.count()).select_from(Reaction)).one() == sum(
            len(post.reactions) for topic in load_topics() for post in topic.posts)  # fmt: skip


def test_where_staff_have_written_nobody_waits_for_the_town(loaded):
    with db.transaction(write=False) as session:
        asked = session.exec(select(Topic).where(col(Topic.kind).in_(KINDS))).all()
        town_halls = select(Person.id).where(col(Person.mail).like("staff%@example.jp"))
        spoken = set(session.exec(select(Post.topic_id).where(col(Post.author_id).in_(town_halls))).all())
        assert {topic.title: topic.answer_state for topic in asked if topic.id in spoken} == {
            "雨の日の資源回収、出していいですか？": "received",
            "落ち葉を、畑へまわしませんか": "adopted",
            "つり橋の手前に、ベンチがほしい": "adopted",
        }


def test_a_mascot_has_spoken_and_nobody_outside_the_town_hall_learns_who(loaded):
    with db.transaction(write=False) as session:
        (written,) = session.exec(select(Post).where(col(Post.mascot_id).is_not(None))).all()
        topic = session.get_one(Topic, written.topic_id)
        seen = [one.author for one in posts(session, STRANGER, topic=topic.public_id).items if one.author.mascot]
    assert [(one.name, one.by, one.mascot.town, one.mascot.face is not None) for one in seen] == [
        ("きりもこ（見本）", "", "人吉市", True)
    ]


def test_a_town_that_has_a_map_is_left_alone(world):
    assert load_demo() is None
    assert loaded_at() is None
    assert not freshen_demo(at_once=True)


def test_a_failed_load_leaves_nothing_behind(empty, monkeypatch):
    wrong = replace(SEEDS["akari"], lat=0.0)
    monkeypatch.setattr(content, "load_flyers", lambda: (SEEDS["photo"], wrong))
    with pytest.raises(Exception, match="place_outside"):
        load_demo()
    with db.transaction(write=False) as session:
        assert session.exec(select(func.count()).select_from(Map)).one() == 0


def test_loaded_twice_is_loaded_once(loaded):
    assert load_demo() is None
    assert len(states()) == len(FEW)


def test_a_week_later_the_dates_are_todays_again(loaded):
    with clock.frozen_at(NOON + 6 * DAY):
        assert not freshen_demo()
        assert "灯りの夜さんぽ" not in listed("hitoyoshi")
    with clock.frozen_at(NOON + 8 * DAY):
        assert freshen_demo()
        assert listed("hitoyoshi", when="today") == ["写真展「川とくらす」", "灯りの夜さんぽ"]
        assert listed("hitoyoshi", when="tomorrow") == ["写真展「川とくらす」", "断水のお知らせ"]
        assert not freshen_demo()
        with db.transaction(write=False) as session:
            latest = max(item.last_post_at for item in topics(session, STRANGER, board="hitoyoshi-hiroba").items)
            assert NOON + 7 * DAY < latest <= NOON + 8 * DAY
    assert states()["ねこを さがしています"] == {"hitoyoshi": "held"}


def test_months_later_a_flyer_without_dates_still_stands(loaded):
    with clock.frozen_at(NOON + 90 * DAY):
        assert listed("hitoyoshi") == []
        freshen_demo()
        assert "珈琲みほん 開店しました" in listed("hitoyoshi")
        assert loaded_at() == NOON + 90 * DAY


def test_what_a_visitor_has_posted_and_written_keeps_its_date(loaded):
    public_id = post_as("chie@example.org", "ちえのフリマ")
    with db.transaction(write=True) as session:
        chie = actor_of_person(session, session.exec(select(Person).where(Person.mail == "chie@example.org")).one())
        topic = boards.open_topic(
            session, chie, board="hitoyoshi-hiroba", kind="talk", title="ちえの話", body="こんにちは"
        ).public_id
    with clock.frozen_at(NOON + 8 * DAY):
        freshen_demo()
    with db.transaction(write=False) as session:
        row = session.exec(select(Flyer).where(Flyer.public_id == public_id)).one()
        assert When(row.starts_at, row.ends_at, row.all_day).last_day().isoformat() == "2026-11-23"
        assert session.exec(select(Topic.created_at).where(Topic.public_id == topic)).one() == NOON


def test_reset_begins_anew_and_no_browser_takes_the_new_map_for_the_old_one(loaded):
    with db.transaction(write=False) as session:
        versions = {view.slug: view.version for view in maps(session, STRANGER)}
        names = session.exec(select(Picture.resident_name)).all()
    assert reset_demo() == loaded
    with db.transaction(write=False) as session:
        assert all(view.version > max(versions.values()) for view in maps(session, STRANGER))
        assert not set(session.exec(select(Picture.resident_name)).all()) & set(names)
        files = {name for row in session.exec(select(Picture)) for name in (row.original, row.variants["320"]["jpeg"])}
    assert all(storage_from(settings()).exists(name) for name in files)
    assert len(states()) == len(FEW)


def test_reset_refuses_to_take_what_a_visitor_has_posted(loaded):
    assert only_demo()
    public_id = post_as("chie@example.org", "ちえのフリマ")
    assert not only_demo()
    with pytest.raises(Conflict) as refused:
        reset_demo()
    assert refused.value.code == "demo_not_alone"
    assert "ちえのフリマ" in states()
    reset_demo(sure=True)
    assert "ちえのフリマ" not in states()
    with db.transaction(write=False) as session:
        assert session.exec(select(Flyer).where(Flyer.public_id == public_id)).first() is None


def test_reset_refuses_in_a_town_that_never_was_a_demo(world):
    assert not only_demo()
    with pytest.raises(Conflict):
        reset_demo()
    with db.transaction(write=False) as session:
        assert session.get(Heartbeat, content.MARK) is None
        assert session.exec(select(func.count()).select_from(Person)).one() == 5


def test_posts_of_a_day_are_not_all_of_the_same_minute(loaded):
    with db.transaction(write=False) as session:
        since = session.exec(select(Flyer.created_at)).all()
    assert len(set(since)) == len(since)
    assert max(since) == NOON - timedelta(minutes=30)
