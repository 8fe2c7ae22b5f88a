"""The search at 100,000 posts and 10,000 flyers: milliseconds by kind of word, the index's size, and what it costs to write.

SQLite in a new folder; PostgreSQL too where ``TAMEMAP_TEST_POSTGRESQL`` names a server (``tests/run.sh`` starts one).
"""

from __future__ import annotations

import json
import os
import random
import statistics
import tempfile
import time
from datetime import timedelta
from typing import Any

from sqlalchemy import text

from tamemap import clock, config, db
from tamemap.domain.actors import Actor
from tamemap.domain.asking import write_cursor
from tamemap.migration import migrate
from tamemap.models import Flyer, Placement, Post, Topic
from tamemap.queries.search import search
from tamemap.services import search_index
from tests import factories
from tests.factories import HITOYOSHI, OFFICES

POSTS, FLYERS, TOPICS, TIMES = 100_000, 10_000, 2_000, 40
# syllables make words of which some stand everywhere and most almost nowhere, as in people's talk
SYLLABLES = "あいうえおかきくけこさしすせそたちつてとなにぬねのはひふへほまみむめもやゆよらりるれろわん山川町市祭花火朝駅湯"
QUERIES = {
    "in every post": "です",
    "common, 4 signs": "みんなで",
    "two signs": "朝市",
    "one sign": "湯",
    "rare": "天草四郎祭",
    "in one of 1,000": "観光列車",
    "not there": "冥王星",
    "two words": "朝市 観光列車",
    "common and rare": "です 天草四郎祭",
}


def main() -> dict[str, Any]:
    """Both databases; returns figures by database."""
    figures = {"sqlite": _sqlite()}
    if server := os.environ.get("TAMEMAP_TEST_POSTGRESQL"):
        figures["postgresql"] = _postgresql(server)
    return figures


def _sqlite() -> dict[str, Any]:
    with tempfile.TemporaryDirectory() as folder:
        return _measure(f"sqlite:///{folder}/bench.db", folder, "SELECT sum(pgsize) FROM dbstat WHERE name LIKE 'search_%'")


def _postgresql(server: str) -> dict[str, Any]:
    name = f"tamemap_bench_{os.getpid()}"
    admin = db.make_engine(server + "/postgres").execution_options(isolation_level="AUTOCOMMIT")
    with admin.connect() as connection:
        connection.execute(text(f"CREATE DATABASE {name}"))
    try:
        with tempfile.TemporaryDirectory() as folder:
            return _measure(f"{server}/{name}", folder, "SELECT pg_total_relation_size('search_entry')")
    finally:
        with admin.connect() as connection:
            connection.execute(text(f"DROP DATABASE {name}"))
        admin.dispose()


def _measure(url: str, folder: str, size: str) -> dict[str, Any]:
    os.environ |= {"TAMEMAP_DATABASE_URL": url, "TAMEMAP_DATA_DIR": folder, "TAMEMAP_SECRET_KEY": "bench"}
    config.settings.cache_clear()
    try:
        migrate()
        written = _fill()
        figures: dict[str, Any] = {"write": written}
        if url.startswith("postgresql"):
            with db.engine().connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
                connection.execute(text("VACUUM ANALYZE"))
        figures |= {name: _times(q) for name, q in QUERIES.items()}
        figures["on a small map"] = _times("です", map_slug="nishiki")
        figures["flyers only"] = _times("です", kinds=("flyer",))
        figures["the last page"] = _times("です", cursor=write_cursor(3000))
        with db.transaction(write=False) as session:
            figures["index MB"] = round((_scalar(session, size) or 0) / 1e6, 1)
        return figures
    finally:
        db.dispose()
        config.settings.cache_clear()


def _scalar(session: Any, query: str) -> int:
    try:
        return int(session.execute(text(query)).scalar())
    except Exception:  # dbstat is not in every SQLite
        session.rollback()
        return 0


def _words(random_: random.Random) -> str:
    said = ["みんなで"] if random_.random() < 0.3 else []
    said += ["朝市"] if random_.random() < 0.05 else []
    said += ["観光列車"] if random_.random() < 0.001 else []
    said += ["天草四郎祭"] if random_.random() < 0.00003 else []
    said += ["".join(random_.choices(SYLLABLES, k=random_.randint(2, 5))) for _ in range(random_.randint(6, 20))]
    random_.shuffle(said)
    return "、".join(said) + "です。"


def _fill() -> dict[str, float]:
    random_ = random.Random(4)  # noqa: S311
    with db.transaction(write=True) as session:
        actor = factories.cast(session)["aki"]
        _flyers(session, random_, actor)
        for n in range(TOPICS):
            board = 3 if n % 50 == 0 else 2
            session.add(Topic(id=n + 1, board_id=board, title=f"話題{n} {_words(random_)[:20]}", author_id=actor.person_id,
                              posts_count=POSTS // TOPICS, created_at=clock.now(), last_post_at=clock.now()))  # fmt: skip
    plain = _posts(random_, actor, 2_000, indexed=False)
    indexed = _posts(random_, actor, POSTS - 2_000, indexed=True)
    return {"ms per post": round(indexed, 3), "without index ms": round(plain, 3)}


def _flyers(session: Any, random_: random.Random, actor: Actor) -> None:
    lat, lng = OFFICES[HITOYOSHI]
    now = clock.now()
    for n in range(FLYERS):
        row = Flyer(id=n + 1, municipality_code=HITOYOSHI, poster_id=actor.person_id, title=f"催し{n}", body=_words(random_) * 3,
                    category="event", lat=lat, lng=lng, created_at=now, updated_at=now)  # fmt: skip
        session.add(row)
        if n % 500 == 0:
            session.flush()
    session.flush()
    for n in range(FLYERS):
        # most are over: nine of ten
        until = now + timedelta(days=30 if n % 10 == 0 else -30)
        session.add(Placement(flyer_id=n + 1, map_id=2, state="up", since=now, until=until, cell=0, lat=lat, lng=lng,
                              category="event", soon_at=clock.NEVER))  # fmt: skip


def _posts(random_: random.Random, actor: Actor, count: int, *, indexed: bool) -> float:
    """Milliseconds for each post, written 500 at a time."""
    began = time.perf_counter()
    real = search_index.index
    if not indexed:
        search_index.index = lambda _db, _row: None
    for start in range(0, count, 500):
        with db.transaction(write=True) as session:
            for _ in range(min(500, count - start)):
                words = _words(random_)
                session.add(Post(topic_id=random_.randint(1, TOPICS), author_id=actor.person_id, body=words,
                                 html=f"<p>{words}</p>",
                                 created_at=clock.now()))  # fmt: skip
    search_index.index = real
    return (time.perf_counter() - began) * 1000 / count


def _times(q: str, **wanted: Any) -> dict[str, float]:
    """Milliseconds of one search in its own transaction."""
    took, found = [], 0
    for _ in range(TIMES):
        began = time.perf_counter()
        with db.transaction(write=False) as session:
            found = len(search(session, Actor(), q=q, **wanted).items)
        took.append((time.perf_counter() - began) * 1000)
    took.sort()
    return {"p50 ms": round(statistics.median(took), 1), "p95 ms": round(took[int(len(took) * 0.95)], 1), "found": found}


if __name__ == "__main__":
    print(json.dumps(main(), indent=1, ensure_ascii=False))
