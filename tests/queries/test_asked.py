"""Lists of days gone by, from the database: complete and in order, whichever way they are found, and soon found."""

from __future__ import annotations

import random
from datetime import date, timedelta

import pytest

from tamemap import clock, db
from tamemap.domain.actors import Actor
from tamemap.domain.asking import read_wanted
from tamemap.domain.cells import tile_of
from tamemap.domain.folding import fold
from tamemap.domain.geography import Point, distance_metres
from tamemap.queries import asked
from tamemap.queries.flyers import flyers_of_map, map_at
from tamemap.queries.tiles import tile
from tests import factories
from tests.factories import DAY, HITOYOSHI, OFFICES
from tests.web.counting import reads

REGION, TOWN = "hitoyoshi-kuma", "hitoyoshi"
LATER = timedelta(days=30)
WORDS = ("朝市", "夜市", "ヨガ", "太鼓", "100%", "a_b")
OFFICE = Point(*OFFICES[HITOYOSHI])


@pytest.fixture
def gone(world):
    """Forty flyers of Aki around the office, each with two of the words, one of them hidden outside; all are over ``LATER``.
    By title: words that both faces say, those of the resident face alone, and where it is."""
    chance, made = random.Random(3), {}  # noqa: S311
    with db.transaction(write=True) as tx:
        for number in range(40):
            said, hidden = chance.choice(WORDS), chance.choice(WORDS)
            lat, lng = (edge + chance.choice((0.0003, 0.003, 0.03)) * chance.uniform(-1, 1) for edge in OFFICES[HITOYOSHI])
            title = f"{said} {number}号"
            factories.flyer(
                tx, world.aki, title=title, venue=hidden, hidden=("venue",), at=(lat, lng), outside=number % 4 > 0,
                starts_at=f"2026-11-{24 + number % 6}", category=chance.choice(("sports", "food")),
            )  # fmt: skip
            made[title] = (fold(said), fold(hidden), Point(lat, lng), number % 4 > 0)
    return made


def listed(actor, slug, **params):
    """All titles of a list in its order, page by page, and the total that each page tells."""
    titles, totals, cursor = [], set(), ""
    while True:
        with clock.frozen_at(clock.now() + LATER), db.transaction(write=False) as tx:
            wanted = read_wanted({"past": "1", "limit": "7", "cursor": cursor, **params})
            page = flyers_of_map(tx, actor, slug=slug, wanted=wanted)
        titles += [card.title for card in page.items]
        totals.add(page.total)
        if not (cursor := page.next):
            return titles, totals


def fitting(gone, slug, words, *, inside):
    """The titles that hold all these words, looked at one by one."""
    return {
        title
        for title, (said, hidden, _, outside) in gone.items()
        if (slug == TOWN or outside) and all(word in fold(title) or (inside and word in hidden) or word in said for word in words)
    }


@pytest.mark.parametrize("few", [asked.FEW, 3, -1])
@pytest.mark.parametrize(
    "q", ["朝市", "ｱｻｲﾁ", "よが", "市", "号 朝市", "100%", "%", "a_b", "a_", "朝市 太鼓", "どこにもない", "9号"]
)
def test_words_find_all_that_is_over_however_many_there_are(world, gone, monkeypatch, few, q):
    monkeypatch.setattr(asked, "FEW", few)
    words = [fold(word) for word in q.split()]
    for actor, slug, inside in ((Actor(), REGION, False), (Actor(), TOWN, False), (world.aki, TOWN, True)):
        expected = fitting(gone, slug, words, inside=inside)
        for order in ({}, {"sort": "new"}, {"near": f"{OFFICE.lat},{OFFICE.lng}"}):
            titles, totals = listed(actor, slug, q=q, **order)
            assert len(titles) == len(set(titles)) and set(titles) == expected, (slug, order)
            assert totals == {len(expected)}


def test_the_nearest_come_first_to_the_last_page(world, gone):
    near = Point(OFFICE.lat + 0.001, OFFICE.lng - 0.002)
    for slug in (REGION, TOWN):
        here = [title for title, (*_, outside) in gone.items() if slug == TOWN or outside]
        expected = sorted(here, key=lambda title: distance_metres(near, gone[title][2]))
        assert listed(Actor(), slug, near=f"{near.lat},{near.lng}")[0] == expected
    # from the other end of the world, and with a wish that few fit
    assert len(listed(Actor(), TOWN, near="-89.9,-179.9")[0]) == 40
    assert len(listed(Actor(), TOWN, near=f"{near.lat},{near.lng}", bbox="130.73,32.21,130.74,32.22")[0]) > 0


def test_what_nobody_wrote_is_not_looked_for_in_all_that_ever_stood(world, gone):
    with db.transaction(write=False) as tx, reads() as made:
        found = asked.read_asked(
            tx, map_at(tx, REGION), read_wanted({"q": "どこにもない", "past": "1"}), resident_face=False, now=clock.now()
        )
    assert found.named and len(made) <= 4
    assert "flyer_id IN" in " ".join(map(str, found.where))


def test_the_nearest_are_looked_for_near_by_first(world, gone):
    near = f"{OFFICE.lat},{OFFICE.lng}"
    with clock.frozen_at(clock.now() + LATER), db.transaction(write=False) as tx, reads() as made:
        flyers_of_map(tx, Actor(), slug=TOWN, wanted=read_wanted({"past": "1", "near": near, "limit": "2"}))
    ordered = [one for one in made if "placement" in one and "ORDER BY anon_1.square" in one]
    assert ordered and all("placement.cell >=" in one for one in ordered), made


def test_words_of_days_gone_by_are_on_tiles(world, gone):
    for actor, slug, inside in ((Actor(), REGION, False), (world.aki, TOWN, True)):
        with clock.frozen_at(clock.now() + LATER), db.transaction(write=False) as tx:
            seen = tile(tx, actor, slug=slug, z=5, x=27, y=12, wanted=read_wanted({"q": "朝市", "past": "1"}))
        found = len(seen.points) + sum(one.count for one in seen.clusters)
        assert found == len(fitting(gone, slug, ["朝市"], inside=inside)) > 0


def test_what_was_read_of_the_past_holds_until_the_next_is_over(world):
    now = clock.now()
    with db.transaction(write=True) as tx:
        for hours in (5, 3):
            starts, ends = ((clock.tokyo(now) + timedelta(hours=hours + more)).isoformat() for more in (0, 1))
            factories.flyer(tx, world.aki, starts_at=starts, ends_at=ends, outside=True)
    with db.transaction(write=False) as tx:
        first = flyers_of_map(tx, Actor(), slug=REGION, wanted=read_wanted({"past": "1"}))
        ends = sorted(card.until for card in flyers_of_map(tx, Actor(), slug=REGION, wanted=read_wanted({})).items)
    assert (first.total, first.truth.until) == (0, ends[0])
    with clock.frozen_at(ends[0] + timedelta(minutes=1)), db.transaction(write=False) as tx:
        after = flyers_of_map(tx, Actor(), slug=REGION, wanted=read_wanted({"past": "1"}))
    assert (after.total, after.truth.until) == (1, ends[1])
    with clock.frozen_at(ends[1] + DAY), db.transaction(write=False) as tx:
        last = flyers_of_map(tx, Actor(), slug=REGION, wanted=read_wanted({"past": "1"}))
        assert last.total == 2 and last.truth.until > clock.now()


LENGTHS = (0.05, 0.4, 1, 2, 3, 4, 9, 30, 64, 65, 200, 900)
SPANS = ("2026-11-22", "2026-11-23", "2026-12-01", "2026-12-24..2026-12-31", "2027-01-31", "2026-11-20..2027-06-01", "2029-05-01")


@pytest.fixture
def long_and_short(world):
    """Flyers of every length, some that begin on each of the first days; by title their beginning and end."""
    made, noon = {}, clock.now()
    with db.transaction(write=True) as tx:
        for number, days in enumerate(LENGTHS):
            for later in (0, 1, 8, 37):
                starts = clock.tokyo(noon) + timedelta(days=later, minutes=number)
                title, ends = f"{days}日 {later}", starts + timedelta(days=days)
                factories.flyer(tx, world.aki, title=title, outside=True, starts_at=starts.isoformat(), ends_at=ends.isoformat())
                made[title] = (starts, ends)
        factories.flyer(tx, world.aki, title="日のない", outside=True)
    return made


@pytest.mark.parametrize("when", SPANS)
def test_days_gone_by_are_complete_however_long_a_flyer_lasted(world, long_and_short, when):
    first, _, last = when.partition("..")
    start, end = (clock.tokyo(clock.day_start(date.fromisoformat(one))) for one in (first, last or first))
    end += timedelta(days=1)
    expected = {title for title, (starts, ends) in long_and_short.items() if starts < end and ends > start}
    with clock.frozen_at(clock.now() + timedelta(days=3000)):
        for order in ({}, {"sort": "new"}, {"near": "32.2,130.7"}, {"q": "日"}, {"q": "どこにもない"}):
            titles, totals = listed(Actor(), REGION, when=when, past="", **order)
            wanted = set() if order.get("q") == "どこにもない" else expected
            assert set(titles) == wanted and len(titles) == len(wanted), order
            assert totals == {len(wanted)}
            if not order:
                assert [long_and_short[title][0] for title in titles] == sorted(long_and_short[title][0] for title in titles)
        with db.transaction(write=False) as tx:
            for z, x, y in ((5, 27, 12), (18, *tile_of(OFFICE.lat, OFFICE.lng, 18))):
                seen = tile(tx, Actor(), slug=REGION, z=z, x=x, y=y, wanted=read_wanted({"when": when}))
                assert len(seen.points) + sum(one.count for one in seen.clusters) == len(expected)


def test_few_days_are_ranges_of_an_index_and_many_are_not(world):
    with db.transaction(write=False) as tx:
        few, many = (
            asked.read_asked(tx, map_at(tx, REGION), read_wanted({"when": when}), resident_face=False, now=clock.now())
            for when in ("2026-01-01", "2025-01-01..2026-01-01")
        )
    assert (len(few.parts), len(many.parts)) == (16, 1)
