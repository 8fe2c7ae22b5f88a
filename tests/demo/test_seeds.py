"""The demo's invented content: complete, clearly invented, in its towns, and light enough for every clone."""

from __future__ import annotations

import re
from collections import Counter
from datetime import datetime, timedelta
from io import BytesIO

import pytest
from PIL import Image

from tamemap import clock
from tamemap.demo.regions import load_regions
from tamemap.demo.seeds import PICTURES, load_flyers, load_people, load_topics, said_when
from tamemap.domain.dates import read_when
from tamemap.domain.flyers import CATEGORIES, read_facts
from tamemap.domain.geography import Outline, Point
from tamemap.queries.posts import REACTIONS
from tamemap.services.boards import KINDS
from tamemap.services.installation import BOARDS

FLYERS, PEOPLE, TOPICS = load_flyers(), load_people(), load_topics()
REGIONS = load_regions()
TOWNS = {town.code6: town for region in REGIONS for town in region.municipalities}
SUNDAY = datetime(2026, 11, 22, 9, 30, tzinfo=clock.TOKYO)
KEYS = [seed.key for seed in FLYERS]


def test_every_town_has_flyers_and_the_two_main_ones_have_many():
    count = Counter(seed.town for seed in FLYERS)
    assert set(count) == set(TOWNS)
    assert len(FLYERS) >= 60
    assert count["432032"] >= 18
    assert count["082228"] >= 10
    assert min(count.values()) >= 2


def test_all_categories_are_there_and_about_half_can_be_seen_from_outside():
    assert {seed.category for seed in FLYERS} == set(CATEGORIES)
    assert 0.4 < sum(seed.outside for seed in FLYERS) / len(FLYERS) < 0.65


def test_nobody_takes_it_for_real():
    for seed in FLYERS:
        assert "（見本）" in seed.organiser, seed.key
        assert "これは見本のチラシです。" in seed.body, seed.key
        area = "0966" if seed.town.startswith("43") else "0299"
        assert re.fullmatch(rf"{area}-00-\d{{4}}", seed.phone), seed.key
    assert all(re.fullmatch(r"[a-z-]+@example\.jp", person.mail) for person in PEOPLE)


def test_each_flyer_stands_in_its_own_town():
    outlines = {code: Outline.from_geojson(town.outline) for code, town in TOWNS.items()}
    for seed in FLYERS:
        assert [code for code, outline in outlines.items() if outline.contains(Point(seed.lat, seed.lng))] == [seed.town], (
            seed.key
        )
        assert seed.address.startswith(TOWNS[seed.town].prefecture + TOWNS[seed.town].district + TOWNS[seed.town].name)
    assert len({(seed.lat, seed.lng) for seed in FLYERS}) == len(FLYERS)


@pytest.mark.parametrize("seed", FLYERS, ids=KEYS)
def test_each_flyer_is_one_that_could_be_posted(seed):
    facts = read_facts(seed.raw(clock.now()), seed.hidden)
    assert facts.title == seed.title
    assert bool(facts.when.starts_at) == bool(seed.when)


@pytest.mark.parametrize("seed", FLYERS, ids=KEYS)
def test_each_picture_is_a_large_clean_one(seed):
    with Image.open(BytesIO(seed.photo())) as picture:
        assert 900 <= max(picture.size) <= 1400
        assert dict(picture.getexif()) == {}
        assert not set(picture.info) & {"exif", "xmp", "icc_profile", "comment", "photoshop"}
    assert len(seed.photo()) <= 120_000


def test_the_pictures_are_those_of_the_flyers_and_light():
    files = {path.name: path.stat().st_size for path in PICTURES.iterdir()}
    assert set(files) == {seed.picture for seed in FLYERS}
    assert sum(files.values()) < 6_000_000


def test_days_are_of_every_kind():
    kinds = Counter("past" if seed.when.startswith("-") else "several" if ".." in seed.when else seed.when[:2] for seed in FLYERS)
    assert kinds["past"] >= 3
    assert kinds["several"] >= 5
    assert kinds[""] >= 5
    assert kinds["+1"] >= 2
    assert kinds["sa"] >= 5
    assert kinds["su"] >= 5
    assert sum(seed.when.startswith("+0") for seed in FLYERS) >= 4
    assert sum(not seed.poster for seed in FLYERS) == 2
    assert sum(bool(seed.recalled) for seed in FLYERS) == 1


@pytest.mark.parametrize(
    ("words", "starts", "ends"),
    [
        ("", "", ""),
        ("+0", "2026-11-22", ""),
        ("+3..+9", "2026-11-25", "2026-12-01"),
        ("-9..-8", "2026-11-13", "2026-11-14"),
        ("+1 13:00-16:00", "2026-11-23T13:00:00+09:00", "2026-11-23T16:00:00+09:00"),
        ("sun 10:00", "2026-11-22T10:00:00+09:00", ""),
        ("sun 08:00-10:00", "2026-11-22T08:00:00+09:00", "2026-11-22T10:00:00+09:00"),
        ("sun 08:00-09:30", "2026-11-29T08:00:00+09:00", "2026-11-29T09:30:00+09:00"),
        ("sun 08:00", "2026-11-29T08:00:00+09:00", ""),
        ("sun", "2026-11-22", ""),
        ("sat 09:00-24:00", "2026-11-28T09:00:00+09:00", "2026-11-28T24:00:00+09:00"),
        ("sun+1 08:00-09:40", "2026-11-29T08:00:00+09:00", "2026-11-29T09:40:00+09:00"),
        ("sat..sun", "2026-11-28", "2026-11-29"),
        ("+0 09:00..+2 17:00", "2026-11-22T09:00:00+09:00", "2026-11-24T17:00:00+09:00"),
    ],
)
def test_days_are_said_relative_to_today(words, starts, ends):
    assert said_when(words, SUNDAY) == (starts, ends)


@pytest.mark.parametrize("words", ["tomorrow", "+1 25", "sat-1", "5", "+1 9:00"])
def test_a_day_that_is_none_is_a_mistake_of_ours(words):
    with pytest.raises(ValueError, match="no date"):
        said_when(words, SUNDAY)


def test_every_date_ends_after_it_starts_on_every_day_of_the_week():
    for hours in range(0, 7 * 24, 3):
        for seed in FLYERS:
            read_when(*said_when(seed.when, SUNDAY + timedelta(hours=hours)))


def test_people_have_one_key_one_mail_and_real_towns():
    assert len({person.key for person in PEOPLE}) == len({person.mail for person in PEOPLE}) == len(PEOPLE)
    assert {code for person in PEOPLE for code in person.staff_of} == set(TOWNS)
    assert all(person.residence in (None, *TOWNS) for person in PEOPLE)
    assert next(person.staff_of for person in PEOPLE if person.mail == "staff@example.jp") == ("432032",)


def test_talk_is_by_people_of_the_demo_on_boards_that_there_are():
    slugs = set()
    for region in REGIONS:
        slugs |= {f"{region.map_slug}-{key}" for key in BOARDS["regional"]}
        slugs |= {f"{town.slug}-{key}" for town in region.municipalities for key in BOARDS["resident"]}
    people = {person.key for person in PEOPLE}
    assert len(TOPICS) >= 12
    assert {topic.kind for topic in TOPICS} == set(KINDS)
    for topic in TOPICS:
        assert topic.board in slugs
        assert topic.flyer in ("", *KEYS)
        assert set(topic.flyers) <= set(KEYS)
        hours = [post.hours_ago for post in topic.posts]
        assert hours == sorted(hours, reverse=True)
        assert {post.author for post in topic.posts} <= people
        assert {pair for post in topic.posts for pair in post.reactions} <= {
            (person, kind) for person in people for kind in REACTIONS
        }
