"""The search's index follows what is written: topics, posts and flyers, each in the transaction that writes it.

It listens to the session instead of being called, so that no service that writes words can forget it; ``services/__init__`` makes
it listen before any service can write. What is taken away leaves the index with the same flush. Whether a thing may be seen now
(up, held, past) is asked when somebody searches, for that changes without anybody writing.

Rows written past the session (bulk statements) are not seen: after such a thing call :func:`rebuild`.
"""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any

from sqlalchemy import event, inspect, text
from sqlalchemy.orm import Session as OrmSession
from sqlmodel import and_, col, delete, func, insert, select

from tamemap import db as database
from tamemap.domain.areas import FAR, quarter_names, town_names
from tamemap.domain.bigrams import MARK, place_mark, tokens
from tamemap.domain.geography import METRES_PER_DEGREE
from tamemap.domain.writing import POST_LIMIT, excerpt
from tamemap.i18n import t
from tamemap.models import Board, Flyer, Map, Municipality, Picture, Place, Post, SearchEntry, Topic
from tamemap.queries.pictures import words_on
from tamemap.services import outbox

if TYPE_CHECKING:
    from collections.abc import Sequence

    from sqlalchemy import Row
    from sqlmodel import Session

AT_ONCE = 200
# flyers that are indexed anew in one go: some seconds, and another worker may go on from there
STEP = 1000
TOPIC, POST, FLYER, OUTSIDE = "topic", "post", "flyer", "outside"
# what of a flyer is looked through; its category by its name
FLYER_FIELDS = ("title", "venue", "address", "organiser", "fee", "body")
# when one of these has changed, the thing is indexed anew
_MATTERS: dict[Any, tuple[str, ...]] = {
    Topic: ("title", "closing_words", "answer_words", "deleted_at"),
    Post: ("html", "deleted_at"),
    Flyer: (*FLYER_FIELDS, "category", "hidden_outside", "deleted_at", "lat", "lng", "municipality_code"),
    # what stands on a flyer's pictures belongs to its words
    Picture: ("words", "flyer_id", "hidden_at"),
}


@event.listens_for(OrmSession, "after_flush")
def _follow(db: Session, _context: object) -> None:
    for row in [*db.new, *db.dirty]:
        if type(row) in _MATTERS and (row in db.new or _changed(row)):
            _index_picture(db, row) if isinstance(row, Picture) else index(db, row)
    for row in db.deleted:
        if type(row) in _MATTERS and not isinstance(row, Picture):
            forget(db, _things(row), row.id)


def _changed(row: Any) -> bool:
    state = inspect(row)
    return any(state.attrs[name].history.has_changes() for name in _MATTERS[type(row)])


def _things(row: Any) -> tuple[str, ...]:
    return (TOPIC,) if isinstance(row, Topic) else (POST,) if isinstance(row, Post) else (FLYER, OUTSIDE)


def index(db: Session, row: Topic | Post | Flyer) -> None:
    """Put a thing's present words into the index in place of its former ones; what was taken away is forgotten."""
    if row.deleted_at is not None:
        forget(db, _things(row), row.id)
    elif isinstance(row, Topic):
        _index_topic(db, row)
    elif isinstance(row, Post):
        _index_post(db, row)
    else:
        _index_flyer(db, row)


def _index_topic(db: Session, row: Topic) -> None:
    map_id = db.connection().scalar(select(Board.map_id).where(Board.id == row.board_id))
    _put(db, TOPIC, row.id, [f"k{TOPIC}", f"m{map_id}"], [row.title, row.closing_words, row.answer_words])


def _index_post(db: Session, row: Post) -> None:
    query = select(Board.map_id).join(Topic, col(Topic.board_id) == Board.id).where(Topic.id == row.topic_id)
    plain = excerpt(row.html, POST_LIMIT)
    _put(db, POST, row.id, [f"k{POST}", f"m{db.connection().scalar(query)}"], [plain])


def _index_picture(db: Session, row: Picture) -> None:
    """The flyer that a picture is on; a picture that never had any text changes nothing."""
    if row.flyer_id is None or not (row.words or inspect(row).attrs.words.history.has_changes()):
        return
    found = db.connection().execute(select(Flyer).where(Flyer.id == row.flyer_id, col(Flyer.deleted_at).is_(None))).first()
    if found is not None:
        _index_flyer(db, found)


def _index_flyer(db: Session, row: Flyer | Row[Any]) -> None:
    query = select(Map.id, Map.above_id).where(Map.municipality_code == row.municipality_code)
    town, above = db.connection().execute(query).one()
    places = [f"m{town}", f"m{above}"]
    places += _place_marks(db, row)
    # two entries: nobody finds a flyer by words that its outside face does not show them
    code = row.municipality_code
    words = words_on(db.connection(), [row.id or 0]).get(row.id or 0, "")
    for thing, faces, hidden in (
        (FLYER, ("resident", f"resident{code}"), ()),
        (OUTSIDE, (f"outside{code}",), row.hidden_outside),
    ):
        texts = [getattr(row, name) for name in FLYER_FIELDS if name not in hidden]
        marks = [f"k{FLYER}", *faces, *places]
        _put(db, thing, row.id, marks, [*texts, t(f"category.{row.category}"), "" if hidden else words])


def _place_marks(db: Session, row: Flyer | Row[Any]) -> list[str]:
    """The names of its town and of the 町字 that is nearest there."""
    north, east = col(Place.lat) - row.lat, col(Place.lng) - row.lng
    shrink = math.cos(math.radians(row.lat))
    far = FAR / METRES_PER_DEGREE
    near = (
        *(Place.municipality_code == Municipality.code, Place.kind == "town"),
        *(col(Place.lat).between(row.lat - far, row.lat + far), func.abs(east) * shrink <= far),
    )
    query = (
        select(Municipality.name, Municipality.kana, Municipality.prefecture, Place.name, Place.kana)  # type: ignore[call-overload]
        .outerjoin(Place, and_(*near))
        .where(Municipality.code == row.municipality_code)
        .order_by(north * north + east * east * shrink * shrink, Place.id)
        .limit(1)
    )
    town, kana, prefecture, quarter, quarter_kana = db.connection().execute(query).one()
    names = town_names(town, kana, prefecture)
    names |= quarter_names(quarter, quarter_kana, town, prefecture) if quarter else set()
    return [place_mark(name) for name in sorted(names)]


def _put(db: Session, thing: str, thing_id: int | None, marks: Sequence[str], texts: Sequence[str]) -> None:
    """Write an entry's words; it keeps its number, so that a thing that was changed stays where it was in time."""
    connection = db.connection()
    words = tokens(texts)
    here = (SearchEntry.thing == thing, SearchEntry.thing_id == thing_id)
    number = connection.scalar(select(SearchEntry.id).where(*here))
    if number is None:
        number = connection.scalar(insert(SearchEntry).values(thing=thing, thing_id=thing_id).returning(col(SearchEntry.id)))
    marked = [MARK + mark for mark in marks]
    if database.is_sqlite(db):
        replace = text("INSERT OR REPLACE INTO search_words (rowid, words) VALUES (:id, :words)")
        connection.execute(replace, {"id": number, "words": " ".join([*marked, *words])})
        return
    vector = " ".join([*(f"'{mark}'" for mark in marked), *(f"'{word}':{at}" for at, word in enumerate(words, 1))])
    update = text("UPDATE search_entry SET words = CAST(:words AS tsvector) WHERE id = :id")
    connection.execute(update, {"id": number, "words": vector})


def forget(db: Session, things: Sequence[str], thing_id: int | None) -> None:
    """Take a thing out of the index."""
    here = (col(SearchEntry.thing).in_(things), col(SearchEntry.thing_id) == thing_id)
    connection = db.connection()
    if database.is_sqlite(db):
        for number in connection.scalars(select(SearchEntry.id).where(*here)).all():
            connection.execute(text("DELETE FROM search_words WHERE rowid = :id"), {"id": number})
    connection.execute(delete(SearchEntry).where(*here))


def tidy(db: Session) -> None:
    """Merge SQLite's index, so that words of what was taken away are gone from the disk, too; nothing on PostgreSQL."""
    if database.is_sqlite(db):
        db.connection().execute(text("INSERT INTO search_words (search_words) VALUES ('optimize')"))


def rebuild() -> int:
    """Index everything anew, the oldest first, in small transactions of its own: writers wait for none of them long.

    Meanwhile the search finds what has been indexed. Answers how many things there were.
    """
    with database.transaction(write=True) as db:
        if database.is_sqlite(db):
            db.connection().execute(text("DELETE FROM search_words"))
        db.connection().execute(delete(SearchEntry))
    with database.transaction(write=False) as db:
        waiting: list[tuple[Any, int | None, Any]] = [
            (at, number, table)
            for table in (Topic, Post, Flyer)
            for at, number in db.exec(select(table.created_at, table.id).where(col(table.deleted_at).is_(None)))
        ]
    waiting.sort(key=lambda one: one[0])
    for start in range(0, len(waiting), AT_ONCE):
        with database.transaction(write=True) as db:
            for _, number, table in waiting[start : start + AT_ONCE]:
                if (row := db.get(table, number)) is not None:
                    index(db, row)
    return len(waiting)


def index_flyers(after: int) -> int:
    """Index the flyers of larger numbers anew, each in its place, some of them; the rest is left to the outbox. Answers how many.

    Opens its own transactions. For what is found now and was not written into the index before (migration 0012).
    """
    with database.transaction(write=False) as db:
        standing = select(Flyer.id).where(col(Flyer.id) > after, col(Flyer.deleted_at).is_(None))
        numbers = db.exec(standing.order_by(col(Flyer.id)).limit(STEP)).all()
    for start in range(0, len(numbers), AT_ONCE):
        with database.transaction(write=True) as db:
            for number in numbers[start : start + AT_ONCE]:
                if (row := db.get(Flyer, number)) is not None:
                    index(db, row)
    if len(numbers) == STEP:
        with database.transaction(write=True) as db:
            outbox.put(db, "search", {"after": numbers[-1]})
    return len(numbers)
