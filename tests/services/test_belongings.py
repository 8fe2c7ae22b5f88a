"""Gina takes everything along: all that is kept of her, and nothing that opens her account or is somebody else's."""

from __future__ import annotations

import io
import json
import zipfile
from datetime import UTC, datetime

import pytest
from sqlmodel import SQLModel

from tamemap import clock, db, session
from tamemap.config import settings
from tamemap.domain.actors import Actor
from tamemap.errors import Forbidden, Unauthenticated
from tamemap.formats.belongings import FACTS, FORMAT, write
from tamemap.gateways.storage import storage_from
from tamemap.queries.belongings import EXPORTED, LEFT_OUT, Belongings, belongings
from tests.factories import HITOYOSHI, NISHIKI
from tests.services.leavers import MAIL, NAME, TOKEN, gina


@pytest.fixture
def taken(world):
    """What Gina takes along, and her life."""
    life = gina(world)
    with db.transaction(write=False) as tx:
        return life, belongings(tx, life.actor)


def zipped(found):
    """The facts as they stand in the ZIP, and all its names."""
    target = io.BytesIO()
    store = storage_from(settings())
    pictures = ((one.file, store.get(one.stored)) for one in found.all_pictures if one.stored)
    write(target, found, readme=("読んでください.txt", "ぎなさん"), pictures=pictures, at=clock.now())
    made = zipfile.ZipFile(target)
    assert made.testzip() is None
    return json.loads(made.read(FACTS)), made


def test_all_that_gina_is_and_did_is_there(taken):
    life, found = taken
    facts, made = zipped(found)
    assert facts["format"] == FORMAT
    assert facts["profile"] == {
        "id": life.actor.public_id, "name": NAME, "mail": MAIL, "mail_notices": True, "digest": "daily", "quiet_from": "21:00",
        "quiet_to": "07:00", "digest_day": None, "digest_hour": None, "digest_map": "",
        "told_by": "", "duty_days": "", "seen_at": None, "residence_code": HITOYOSHI,
        "residence": "人吉市", "district": "七日町ひみつ", "proved_code": HITOYOSHI, "proved_at": "2026-11-21T03:00:00Z",
        "since": "2026-10-23T03:00:00Z"}  # fmt: skip
    assert [(way["kind"], way["name"]) for way in facts["ways"]] == [("line", ""), ("passkey", "ギナの鍵")]
    assert [device["device"] for device in facts["devices"]] == ["ギナの電話 · Safari"]
    assert (facts["about"]["gender"], facts["about"]["interests"]) == ("せいべつひみつ", ["food"])
    assert [(tie["municipality_code"], tie["kind"]) for tie in facts["ties"]] == [(NISHIKI, "family"), (NISHIKI, "visited")]
    assert [(role["role"], role["level"]) for role in facts["roles"]] == [("staff", "lead")]
    assert [(group["slug"], group["asked_words"]) for group in facts["groups"]] == [
        (f"group-{number}", "登録のわけひみつ") for number in range(3)]  # fmt: skip
    titles = {"shown": "のこる市ひみつ", "gone": "はがす市ひみつ", "past": "むかしの市ひみつ"}
    assert [(flyer["id"], flyer["fields"]["title"]) for flyer in facts["flyers"]] == [
        (life.flyers[name], title) for name, title in titles.items()]  # fmt: skip
    steps = [(step["map"], step["to_state"]) for step in facts["flyers"][1]["history"]]
    assert steps[:3] == [("hitoyoshi", "up"), ("hitoyoshi-kuma", "up"), ("hitoyoshi", "recalled")]
    assert [post["body"] for post in facts["posts"]] == [
        "だれもこないひみつ", "さそいのことばひみつ", "ぎなの返事ひみつ", "ぎなの写真ひみつ"]  # fmt: skip
    shown = facts["posts"][3]
    assert shown["earlier"] == [{"body": "まえのことばひみつ", "written_at": "2026-11-22T03:00:00Z"}]
    assert (shown["quoted"], [one["file"] for one in shown["pictures"]]) == (life.posts["first"], [f"posts/{shown['id']}/1.jpg"])
    assert [topic["title"] for topic in facts["topics"]] == ["ひとりの話題ひみつ", "みんなの話題ひみつ"]
    followed = [(one["board"], one["topic"], one["following"]) for one in facts["following"]]
    topics = (life.topics[name] for name in ("alone", "talked", "other", "photos"))
    assert followed == [("hitoyoshi-hiroba", "", True), *(("hitoyoshi-hiroba", topic, True) for topic in topics)]
    assert facts["following"][3]["read_to"] == life.posts["mine"]
    assert [report["words"] for report in facts["reports"]] == ["通報のことばひみつ"]
    assert [tap["kind"] for tap in facts["reactions"]] == ["thanks"]
    assert len(facts["notices"]) > 0
    assert {deed["verb"] for deed in facts["deeds"]} == {"flyer.decide"}
    assert sorted(made.namelist()) == sorted(
        ["読んでください.txt", FACTS, f"posts/{shown['id']}/1.jpg",
         *(f"flyers/{public_id}/1.jpg" for public_id in life.flyers.values())])  # fmt: skip


def test_pictures_are_the_largest_and_open_as_jpeg(taken):
    _, found = taken
    _, made = zipped(found)
    for flyer in found.flyers:
        assert made.read(flyer.pictures[0].file)[:3] == b"\xff\xd8\xff"
        # nothing of what a camera writes is in them
        assert b"Exif" not in made.read(flyer.pictures[0].file)


def test_nothing_that_opens_the_account_and_nothing_of_others_is_in_it(taken, world):
    _, found = taken
    facts, _ = zipped(found)
    text = json.dumps(facts, ensure_ascii=False)
    secrets = [TOKEN, session.hashed(TOKEN), "credential-of-gina", "5ub" * 20, "c" * 64, "l" * 64, "h" * 64, "t0" * 32, "0" * 64,
               "gina-challenge", "stored"]  # fmt: skip
    others = ["ちえの返事はのこる", "chie@example.jp", "someone@example.jp", "はがすべきひみつ", world.ben.public_id]
    assert [needle for needle in secrets + others if needle in text] == []


def test_whoever_has_nothing_takes_an_empty_book(tx, world):
    found = belongings(tx, world.chie)
    assert isinstance(found, Belongings)
    assert (found.profile.name, found.about, found.flyers, found.posts, found.deeds) == ("Chie", None, (), (), ())
    with pytest.raises(Unauthenticated):
        belongings(tx, world.dai)
    with pytest.raises(Forbidden):
        belongings(tx, Actor(person_id=world.chie.person_id, scopes=frozenset({"flyers"})))


def test_every_reference_to_a_person_is_taken_along_or_left_out_for_a_reason():
    there = [f"{table.name}.{key.parent.name}" for table in SQLModel.metadata.sorted_tables for key in table.foreign_keys
             if key.column.table.name == "person"]  # fmt: skip
    assert sorted([*EXPORTED, *LEFT_OUT]) == sorted(there)
    assert set(EXPORTED.values()) <= set(Belongings.__dataclass_fields__)
    assert all(LEFT_OUT.values())


def test_names_and_dates_in_the_file_are_plain(taken):
    _, found = taken
    made = zipped(found)[1]
    assert all(not name.startswith("/") and ".." not in name for name in made.namelist())
    assert {one.date_time for one in made.infolist()} == {datetime(2026, 11, 22, 3, 0, tzinfo=UTC).timetuple()[:6]}
