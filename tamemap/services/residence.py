"""Where somebody lives: what they say of it, and what they have proved. Never more than the town, the 町字 and a date."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from sqlmodel import col, exists, select

from tamemap import clock
from tamemap.domain.permissions import demand_self
from tamemap.domain.residence import PROOF_LIFE, proof_ends
from tamemap.domain.writing import check_text, reference, tidied
from tamemap.errors import Invalid
from tamemap.models import Municipality, Notice, Person
from tamemap.services import notices

if TYPE_CHECKING:
    from sqlmodel import Session

    from tamemap.domain.actors import Actor

DISTRICT_LIMIT = 40
REMIND_BEFORE = timedelta(days=30)
PAGE = "/me/residence"


@dataclass(frozen=True, slots=True)
class Said:
    """What somebody says of where they live. ``proof_dropped``: there was a proof for another town; it counts no longer."""

    municipality_code: str | None
    district: str
    proof_dropped: bool


@dataclass(frozen=True, slots=True)
class Kept:
    """A proof of residence that holds from now on; ``until`` is the moment at which it ends."""

    municipality_code: str
    municipality_name: str
    proved_at: datetime
    until: datetime


def say(db: Session, actor: Actor, *, municipality_code: str | None, district: str = "") -> Said:
    """Say in which town, and in which 町字 (up to 40 signs), one lives; None or empty: in none of ours, or not said.

    Raises Unauthenticated, Forbidden for a program, Invalid at ``municipality`` (``municipality_unknown``) or ``district``
    (``text_too_long``).
    """
    person = _me(db, actor)
    town = _town(db, municipality_code) if municipality_code else None
    if municipality_code and town is None:
        raise Invalid.at("municipality", "municipality_unknown")
    named = isinstance(district, str) and tidied(district[: DISTRICT_LIMIT * 4])
    wanted = check_text(district, field="district", limit=DISTRICT_LIMIT) if named and town else ""
    dropped = person.proved_code is not None and person.proved_code != (town.code if town else None)
    if dropped:
        person.proved_code = person.proved_at = None
    person.residence_code, person.district = (town.code if town else None), wanted
    db.add(person)
    db.flush()
    return Said(person.residence_code, person.district, dropped)


def keep_proof(db: Session, actor: Actor, *, municipality_code: str) -> Kept:
    """Write down that the actor has just proved to live in that town: its code and the moment, nothing else.

    It is also the town that they live in from now on. They are told until when the proof holds. Raises Unauthenticated,
    Forbidden for a program, Invalid ``residence_not_ours`` for a town that is not on this installation.
    """
    person = _me(db, actor)
    town = _town(db, municipality_code)
    if town is None:
        raise Invalid("residence_not_ours")
    now = clock.now()
    if person.residence_code != town.code:
        # the 町字 was one of another town
        person.residence_code, person.district = town.code, ""
    person.proved_code, person.proved_at = town.code, now
    db.add(person)
    db.flush()
    _tell(db, person, "residence_proved", town, proof_ends(now))
    return Kept(town.code, town.name, now, proof_ends(now))


def forget(db: Session, actor: Actor) -> None:
    """Take back what was said and what was proved. Raises Unauthenticated, Forbidden for a program."""
    person = _me(db, actor)
    person.residence_code, person.district = None, ""
    person.proved_code = person.proved_at = None
    db.add(person)
    db.flush()


def remind(db: Session, actor: Actor) -> int:
    """Tell everybody whose proof ends within thirty days, once for each proof; the number of those who were told now."""
    now = clock.now()
    told = exists().where(
        col(Notice.person_id) == col(Person.id),
        col(Notice.code) == "residence_ends",
        col(Notice.created_at) > col(Person.proved_at),
    )
    ending = select(Person, Municipality).where(
        col(Municipality.code) == col(Person.proved_code),
        col(Person.proved_at) <= now - PROOF_LIFE + REMIND_BEFORE,
        col(Person.proved_at) > now - PROOF_LIFE,
        col(Person.left_at).is_(None),
        ~told,
    )
    found = db.exec(ending).all()
    for person, town in found:
        _tell(db, person, "residence_ends", town, proof_ends(person.proved_at or now))
    return len(found)


def _me(db: Session, actor: Actor) -> Person:
    return db.get_one(Person, demand_self(actor), with_for_update=True)


def _town(db: Session, code: str) -> Municipality | None:
    return db.get(Municipality, reference(code))


def _tell(db: Session, person: Person, code: str, town: Municipality, until: datetime) -> None:
    params = {"town": town.name, "until": f"{clock.tokyo(until):%Y/%m/%d}"}
    notices.tell(db, person_id=person.id, code=code, params=params, url=PAGE)
