"""Loading the demo, making it fresh again, and starting it anew. All dates are relative to the day on which that happens."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from sqlmodel import SQLModel, col, delete, func, select, update

from tamemap import clock, session
from tamemap import db as database
from tamemap.config import settings
from tamemap.demo.groups import found_groups
from tamemap.demo.mascots import make_mascots, prepare_faces
from tamemap.demo.regions import load_regions
from tamemap.demo.seeds import load_flyers, load_people
from tamemap.demo.talk import shift_talk, write_talk
from tamemap.domain.actors import SYSTEM, Actor
from tamemap.domain.dates import read_when
from tamemap.errors import Conflict
from tamemap.gateways.storage import name_of, storage_from
from tamemap.models import Flyer, Heartbeat, Map, OutboxEntry, Person, Picture, Placement, Post
from tamemap.queries.people import actor_of_person
from tamemap.queries.pinned import FAR
from tamemap.services import decisions, flyers, housekeeping, people, pictures, placing
from tamemap.services.authority import trail_may_go
from tamemap.services.installation import install_region

if TYPE_CHECKING:
    from collections.abc import Mapping

    from sqlmodel import Session

    from tamemap.demo.seeds import FlyerSeed, PersonSeed

# the heartbeat that says that this database holds the demo, and of which day its dates are
MARK = "demo"
FRESH_FOR = timedelta(days=7)
EVENING = timedelta(hours=19)


@dataclass(frozen=True, slots=True)
class Loaded:
    """What was put into the database."""

    flyers: int
    topics: int


def load_demo() -> Loaded | None:
    """Load regions, people, flyers and talk into a database without any map; None (and nothing done) where there is one.

    Opens its own transactions: the pictures are made before, all rows come in one, so that half a demo never stands.
    """
    with database.transaction(write=False) as db:
        if db.exec(select(Map.id).limit(1)).first() is not None:
            return None
    seeds = load_flyers()
    # two at a time: so many children decode
    with ThreadPoolExecutor(2) as threads:
        prepared = list(threads.map(lambda seed: pictures.prepare(seed.photo()), seeds))
    faces = prepare_faces()
    with database.transaction(write=True) as db:
        for region in load_regions():
            install_region(db, SYSTEM, seed=region)
        cast = _people(db)
        spoken = found_groups(db, cast)
        ids = {
            seed.key: _post(db, cast, seed, picture, spoken.get(seed.poster, ""))
            for seed, picture in zip(seeds, prepared, strict=True)
        }
        topics = write_talk(db, cast, ids, make_mascots(db, cast, faces))
        # invented people get no mail, nor news that a digest would gather
        db.exec(delete(OutboxEntry).where(col(OutboxEntry.kind).in_(("mail", "followers"))))
        housekeeping.beat(db, SYSTEM, name=MARK)
    return Loaded(len(ids), topics)


def _people(db: Session) -> dict[str, Actor]:
    """The invented people, as actors by key."""
    return {seed.key: _person(db, seed) for seed in load_people()}


def _person(db: Session, seed: PersonSeed) -> Actor:
    people.grant(db, SYSTEM, mail=seed.mail, role="member")
    for code in seed.staff_of:
        people.grant(db, SYSTEM, mail=seed.mail, role="staff", municipality_code=code)
    if seed.operator:
        region = None if seed.operator == "*" else seed.operator
        people.grant(db, SYSTEM, mail=seed.mail, role="operator", region_slug=region)
    row = db.exec(select(Person).where(Person.mail == seed.mail)).one()
    row.name, row.residence_code = seed.name, seed.residence
    db.add(row)
    db.flush()
    return actor_of_person(db, row)


def _post(db: Session, cast: Mapping[str, Actor], seed: FlyerSeed, picture: pictures.Prepared, group: str) -> str:
    """Put a flyer up as its poster did, that many days ago; answers its public id."""
    now = clock.now()
    actor = cast[seed.poster] if seed.poster else Actor(guest_hash=session.hashed(f"demo:{seed.key}"))
    with clock.frozen_at(_posted_at(seed)):
        waiting = pictures.keep(db, actor, prepared=picture)
        posted = flyers.post(
            db,
            actor,
            raw=seed.raw(now),
            picture_ids=tuple(view.public_id for view in waiting),
            hidden=seed.hidden,
            outside=seed.outside,
            may_post=True,
            group=group,
        )
    if seed.recalled:
        with clock.frozen_at(_posted_at(seed) + timedelta(hours=20)):
            decisions.decide(db, _staff_of(cast, seed), public_id=posted.public_id, decision="recall", reason=seed.recalled)
    return posted.public_id


def _posted_at(seed: FlyerSeed) -> datetime:
    """In the evening of that day; what was posted today was posted half an hour ago."""
    if not seed.posted:
        return clock.now() - timedelta(minutes=30)
    # not all at the same minute: lists sort by it
    minutes = timedelta(minutes=sum(seed.key.encode()) % 120)
    return clock.day_start(clock.today() - timedelta(days=seed.posted)) + EVENING + minutes


def _staff_of(cast: Mapping[str, Actor], seed: FlyerSeed) -> Actor:
    return next(actor for actor in cast.values() if seed.town in actor.staff_of)


def loaded_at() -> datetime | None:
    """When the demo in this database was loaded or last made fresh; None in a database without it."""
    with database.transaction(write=False) as db:
        mark = db.get(Heartbeat, MARK)
        return mark.beat_at if mark else None


def freshen_demo(*, at_once: bool = False) -> bool:
    """Bring the demo's dates to the present day when they are older than a week (or ``at_once``), so that no map looks dead.

    Only what came with the demo moves, told by its pictures and its people; what a visitor has posted stays as it is.
    Answers whether anything was done.
    """
    loaded = loaded_at()
    if loaded is None or (not at_once and clock.now() - loaded < FRESH_FOR):
        return False
    by_picture = {name_of(seed.photo(), ".any")[:40]: seed for seed in load_flyers()}
    with database.transaction(write=True) as db:
        rows = db.exec(select(Flyer, Picture).join(Picture).where(col(Flyer.deleted_at).is_(None), Picture.position == 0)).all()
        for row, picture in rows:
            if seed := by_picture.get(picture.original[:40]):
                _freshen(db, row, seed)
        shift_talk(db, tuple(seed.mail for seed in load_people()), clock.today() - clock.tokyo(loaded).date())
        housekeeping.beat(db, SYSTEM, name=MARK)
    return True


def _freshen(db: Session, row: Flyer, seed: FlyerSeed) -> None:
    raw = seed.raw(clock.now())
    when = read_when(raw["starts_at"], raw["ends_at"])
    row.starts_at, row.ends_at, row.all_day = when.starts_at, when.ends_at, when.all_day
    row.created_at = _posted_at(seed)
    since = update(Placement).where(col(Placement.flyer_id) == row.id).values(since=row.created_at)
    db.exec(since.execution_options(synchronize_session=False))
    flyers.touch(db, row)
    placing.refresh(db, row)


def reset_demo(*, sure: bool = False) -> Loaded:
    """Empty the whole database and load the demo anew. Raises Conflict where it holds more than the demo, unless ``sure``."""
    if not sure and not only_demo():
        raise Conflict("demo_not_alone")
    with database.transaction(write=True) as db:
        files = {name for row in db.exec(select(Picture)).all() for name in _files(row)}
        # what browsers remember of a map is told apart by its version: a new map must not repeat an old one's
        floor = db.exec(select(func.max(Map.version))).one() or 0
        with trail_may_go(db):
            for table in reversed(SQLModel.metadata.sorted_tables):
                db.execute(table.delete())
    store = storage_from(settings())
    for name in files:
        store.delete(name)
    loaded = load_demo()
    assert loaded is not None  # noqa: S101  the database has just been emptied
    with database.transaction(write=True) as db:
        # and what servers remember of it is forgotten as a whole
        db.exec(update(Map).values(version=Map.version + floor + FAR))
    return loaded


def _files(row: Picture) -> set[str]:
    made = {value for entry in row.variants.values() for value in entry.values() if isinstance(value, str)}
    return made | {row.original}


def only_demo() -> bool:
    """Whether nobody but the invented people has posted, written or been given anything here."""
    if loaded_at() is None:
        with database.transaction(write=False) as db:
            return db.exec(select(Map.id).limit(1)).first() is None
    mails = [seed.mail for seed in load_people()]
    pictured = {name_of(seed.photo(), ".any")[:40] for seed in load_flyers()}
    with database.transaction(write=False) as db:
        strangers = db.exec(select(func.count()).select_from(Person).where(col(Person.mail).not_in(mails))).one()
        invented = select(Person.id).where(col(Person.mail).in_(mails))
        written = db.exec(select(func.count()).select_from(Post).where(col(Post.author_id).not_in(invented))).one()
        own = {name[:40] for name in db.exec(select(Picture.original).where(col(Picture.flyer_id).is_not(None))).all()}
    return not strangers and not written and own <= pictured
