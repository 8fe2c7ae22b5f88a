"""Invented flyers by the million for the benchmarks: written past the services, as quickly as each database takes rows.

One of ten stands now, the others are over; all stand on their town's map and on the region's.
"""

from __future__ import annotations

import random
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

from sqlalchemy import text
from sqlmodel import select

from tamemap import clock, db
from tamemap.config import settings
from tamemap.demo.regions import load_regions
from tamemap.domain.actors import SYSTEM
from tamemap.domain.bigrams import MARK, tokens
from tamemap.domain.cells import cell_of
from tamemap.domain.flyers import CATEGORIES
from tamemap.domain.folding import fold
from tamemap.migration import migrate
from tamemap.models import Map
from tamemap.services.installation import install_region

if TYPE_CHECKING:
    from collections.abc import Iterator

STANDING = 10  # one of so many
AT_ONCE = 20_000
WORDS = "朝市 祭り コンサート 教室 体験 健康 こども 野菜 音楽 写真展 講座 マルシェ 清掃 囲碁 囃子 ヨガ".split()  # noqa: SIM905
SYLLABLES = "あいうえおかきくけこさしすせそたちつてとなにぬねのはひふへほまみむめもやゆよらりるれろわん山川町市花火駅湯"
FLYER = ("id", "public_id", "municipality_code", "title", "body", "category", "starts_at", "ends_at", "all_day", "venue",
         "address", "fee", "phone", "organiser", "url", "hidden_outside", "lat", "lng", "folded", "folded_outside", "version",
         "created_at", "updated_at")  # fmt: skip
PLACEMENT = ("id", "flyer_id", "map_id", "state", "since", "until", "reason", "cell", "lat", "lng", "category", "soon_at",
             "lasts", "stamp")  # fmt: skip
ENTRY = ("id", "thing", "thing_id")


def fill(count: int) -> None:
    """The demo's regions and that many invented flyers over the towns of one, in the search's index, too."""
    settings.cache_clear()
    db.dispose()
    migrate()
    seed = load_regions()[0]
    with db.transaction(write=True) as session:
        install_region(session, SYSTEM, seed=seed)
        maps = {row.municipality_code: row.id for row in session.exec(select(Map)).all()}
    towns = [(town.code6, place) for town in seed.municipalities for place in town.towns if place.lat is not None]
    chance = random.Random(1)  # noqa: S311  the same flyers in every run
    now = clock.now().replace(microsecond=0)
    for start in range(1, count + 1, AT_ONCE):
        made = [_flyer(number, chance, towns, now, count) for number in range(start, min(start + AT_ONCE, count + 1))]
        _write("flyer", FLYER, made)
        _write("placement", PLACEMENT, _placements(made, maps))
        _index(made, maps)
    if db.engine().dialect.name == "postgresql":
        with db.engine().connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
            for table in ("flyer", "placement", "search_entry"):
                last = f"SELECT setval(pg_get_serial_sequence('{table}', 'id'), greatest(1, max(id))) FROM {table}"  # noqa: S608
                connection.execute(text(last))
            connection.execute(text("VACUUM ANALYZE"))
    db.dispose()


def _flyer(number: int, chance: random.Random, towns: list[Any], now: datetime, count: int) -> tuple[Any, ...]:
    code, place = towns[int(chance.random() * len(towns))]
    lat, lng = place.lat + chance.gauss(0, 0.004), place.lng + chance.gauss(0, 0.004)
    ahead = timedelta(minutes=chance.randrange(90, 60 * 24 * 90))
    # the newest stand now
    starts = now + ahead if number > count - count // STANDING else now - ahead * 10
    category = chance.choice(CATEGORIES)
    said = "".join(chance.choices(SYLLABLES, k=24))
    title, venue = f"{chance.choice(WORDS)}の見本 {number}", f"{place.name}公民館"
    words = fold(f"{title} {venue} {said}")
    created = now - timedelta(days=1000) + timedelta(days=999) * (number / count)
    ends = starts + timedelta(hours=2)
    return (number, f"{number:012d}", code, title, said, category, starts, ends, False, venue, "", "", "", "", "", "[]",
            lat, lng, words, words, 1, created, created)  # fmt: skip


def _placements(flyers: list[tuple[Any, ...]], maps: dict[Any, int | None]) -> Iterator[tuple[Any, ...]]:
    for one in flyers:
        number, code, lat, lng = one[0], one[2], one[16], one[17]
        for more, here in enumerate((maps[code], maps[None])):
            at = (cell_of(lat, lng), lat, lng)
            yield (2 * number - 1 + more, number, here, "up", one[21], one[7], "", *at, one[5], one[6], 0, 1)


def _index(flyers: list[tuple[Any, ...]], maps: dict[Any, int | None]) -> None:
    entries, words = [], []
    for one in flyers:
        said = " ".join(tokens([one[3], one[9], one[4]]))
        for more, (thing, marks) in enumerate((("flyer", ("resident", f"resident{one[2]}")), ("outside", (f"outside{one[2]}",)))):
            number = 2 * one[0] - 1 + more
            entries.append((number, thing, one[0]))
            marked = " ".join(MARK + mark for mark in ("kflyer", *marks, f"m{maps[one[2]]}", f"m{maps[None]}"))
            words.append((number, f"{marked} {said}"))
    if db.engine().dialect.name == "sqlite":
        _write("search_entry", ENTRY, entries)
        _write("search_words", ("rowid", "words"), words)
    else:
        vectors = (" ".join(f"'{word}':{at}" for at, word in enumerate(said.split(), 1)) for _, said in words)
        _write("search_entry", (*ENTRY, "words"), [(*entry, vector) for entry, vector in zip(entries, vectors, strict=True)])


def _write(table: str, columns: tuple[str, ...], rows: Any) -> None:
    named = ", ".join(f'"{one}"' for one in columns)
    connection = db.engine().raw_connection()
    try:
        if db.engine().dialect.name == "sqlite":
            cursor = connection.cursor()
            cursor.execute("BEGIN IMMEDIATE")
            cursor.executemany(f"INSERT INTO {table} ({named}) VALUES ({', '.join('?' * len(columns))})", map(_plain, rows))  # noqa: S608
            cursor.execute("COMMIT")
            return
        with connection.cursor().copy(f"COPY {table} ({named}) FROM STDIN") as copy:
            for row in rows:
                copy.write_row(row)
        connection.commit()
    finally:
        connection.close()


def _plain(row: tuple[Any, ...]) -> tuple[Any, ...]:
    """As SQLite keeps moments: naive UTC with microseconds."""
    return tuple(one.astimezone(UTC).strftime("%Y-%m-%d %H:%M:%S.%f") if isinstance(one, datetime) else one for one in row)
