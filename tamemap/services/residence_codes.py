"""Codes that a town prints, and that prove residence when they are typed in.

A code is derived from its batch and number with the installation's secret; the database keeps its hash and how often it was
used, never by whom. There are 31^10 codes (49 bits): with all of twenty thousand in use, and twenty tries an hour, one person
guesses one after two hundred thousand years, so that it does no harm when a restart forgets how often somebody has tried.
"""

from __future__ import annotations

import unicodedata
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import TYPE_CHECKING, Any

from sqlalchemy import insert
from sqlmodel import col, select, update

from tamemap import clock, session, urls
from tamemap.domain.permissions import demand_self
from tamemap.domain.residence import code_of, proof_ends, read_code
from tamemap.domain.writing import check_text, reference
from tamemap.errors import Conflict, FieldError, Gone, Invalid, NotFound
from tamemap.gateways import limits
from tamemap.models import Municipality, Person, ResidenceCode, ResidenceCodeBatch
from tamemap.queries.grounds import ground_of
from tamemap.services import residence
from tamemap.services.authority import ask_first, demand
from tamemap.services.turns import take_turn

if TYPE_CHECKING:
    from collections.abc import Callable

    from sqlmodel import Session

    from tamemap.domain.actors import Actor

# what a batch may be: (most codes, most uses of each)
KINDS = {"newsletter": (1, 20_000), "household": (20_000, 10)}
NAME_LIMIT = 60
THING = "residence_code_batch"  # in the audit trail
AHEAD = timedelta(days=397)  # thirteen months
HOUR = 3600
TRIES_OF_PERSON = 20
# a town hall helps many people in one day from one address
TRIES_OF_CLIENT = 300
MINUTE = timedelta(minutes=1)
DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Batch:
    """A batch that was made or ended; it is good until ``expires_at``."""

    public_id: str
    amount: int
    uses_each: int
    expires_at: datetime
    ended: bool


@dataclass(frozen=True, slots=True)
class PrintedCode:
    """One code of a batch: ten signs, the address that its QR leads to, and how often it can still be used."""

    number: int
    code: str
    url: str
    uses_left: int


@dataclass(frozen=True, slots=True)
class HandedOut:
    """Codes to be printed, in the order of their numbers, with what stands on each card."""

    public_id: str
    name: str
    municipality_code: str
    municipality_name: str
    amount: int
    uses_each: int
    expires_at: datetime
    codes: tuple[PrintedCode, ...]


def make(
    db: Session, actor: Actor, *, municipality_code: str, kind: str, name: str, amount: object, uses_each: object, ends_on: str
) -> Batch:
    """Make a batch: ``newsletter`` (one code, up to 20,000 uses) or ``household`` (up to 20,000 codes, up to ten uses each).

    ``ends_on`` is the last day (ISO 8601), at most thirteen months ahead. The same twice within a minute (a double tap) is one
    batch. Raises as ``authority.demand`` for ``residence_code.make``, and one Invalid that names every wrong field.
    """
    ground = ground_of(db, reference(municipality_code))
    ask_first(actor, "residence_code.make", ground)
    row = ResidenceCodeBatch(
        municipality_code=reference(municipality_code),
        **_checked(kind, name, amount, uses_each, ends_on),
        made_by=actor.person_id,
        created_at=clock.now(),
    )
    take_turn(db, f"residence_codes:{row.municipality_code}")
    if same := _made_just_now(db, row):
        return _batch(same)
    db.add(row)
    db.flush()
    numbers = range(1, row.amount + 1)
    hashes = [_hash(_derived(row.public_id, number)) for number in numbers]
    rows = [
        {"batch_id": row.id, "number": number, "code_hash": one, "uses": 0} for number, one in zip(numbers, hashes, strict=True)
    ]
    db.execute(insert(ResidenceCode), rows)
    demand(db, actor, "residence_code.make", ground, thing=THING, thing_id=row.public_id,
           detail={"kind": kind, "amount": row.amount, "uses_each": row.uses_each})  # fmt: skip
    return _batch(row)


def _checked(kind: str, name: str, amount: object, uses_each: object, ends_on: str) -> dict[str, Any]:
    """What was sent, as columns. Raises one Invalid that names every wrong field."""
    if kind not in KINDS:
        raise Invalid.at("kind", "residence_kind_wrong")
    most_codes, most_uses = KINDS[kind]
    reading: dict[str, Callable[[], object]] = {
        "name": lambda: check_text(name, field="name", limit=NAME_LIMIT),
        "amount": lambda: 1 if kind == "newsletter" else _number("amount", amount, most_codes),
        "uses_each": lambda: _number("uses_each", uses_each, most_uses),
        "expires_at": lambda: clock.day_end(_last_day(ends_on)),
    }
    columns: dict[str, Any] = {}
    wrong: list[FieldError] = []
    for column, read in reading.items():
        try:
            columns[column] = read()
        except Invalid as error:
            wrong += error.errors
    if wrong:
        raise Invalid(wrong[0].code, errors=tuple(wrong), **wrong[0].params)
    return columns


def _made_just_now(db: Session, row: ResidenceCodeBatch) -> ResidenceCodeBatch | None:
    alike = [getattr(ResidenceCodeBatch, name) == getattr(row, name)
             for name in ("municipality_code", "name", "amount", "uses_each", "expires_at", "made_by")]  # fmt: skip
    recent = col(ResidenceCodeBatch.created_at) > clock.now() - MINUTE
    return db.exec(select(ResidenceCodeBatch).where(*alike, recent, col(ResidenceCodeBatch.ended_at).is_(None))).first()


def _number(field: str, value: object, most: int) -> int:
    """A whole number from 1 to ``most``, however it was typed (２０，０００ too)."""
    text = unicodedata.normalize("NFKC", str(value)[:20]).replace(",", "").strip()
    if not (text.isascii() and text.isdigit() and 1 <= int(text) <= most):
        raise Invalid.at(field, "residence_number_wrong", most=f"{most:,}")
    return int(text)


def _last_day(ends_on: str) -> date:
    try:
        day = date.fromisoformat(ends_on)
    except (TypeError, ValueError):
        raise Invalid.at("ends_on", "residence_day_wrong") from None
    if not clock.today() <= day <= clock.today() + AHEAD:
        raise Invalid.at("ends_on", "residence_day_wrong")
    return day


def _derived(public_id: str, number: int) -> str:
    return code_of(session.hashed(f"residence:{public_id}:{number}"))


def _hash(code: str) -> str:
    return session.hashed(f"residence_code:{code}")


def _batch(row: ResidenceCodeBatch) -> Batch:
    return Batch(row.public_id, row.amount, row.uses_each, row.expires_at, row.ended_at is not None)


def _loaded(db: Session, actor: Actor, public_id: str, verb: str, detail: dict[str, object]) -> ResidenceCodeBatch:
    row = db.exec(
        select(ResidenceCodeBatch).where(ResidenceCodeBatch.public_id == reference(public_id)).with_for_update()
    ).first()
    if row is None:
        raise NotFound("residence_batch_unknown")
    ground = ground_of(db, row.municipality_code)
    demand(db, actor, verb, ground, thing=THING, thing_id=row.public_id, detail=detail)
    return row


def end(db: Session, actor: Actor, *, public_id: str) -> Batch:
    """End a batch: its codes prove nothing from now on; what they have proved stays. Twice is once.

    Raises NotFound, and as ``authority.demand`` for ``residence_code.make``.
    """
    row = _loaded(db, actor, public_id, "residence_code.make", {"ended": True})
    if row.ended_at is None:
        row.ended_at = clock.now()
        db.add(row)
        db.flush()
    return _batch(row)


def hand_out(
    db: Session, actor: Actor, *, public_id: str, first: int = 1, last: int | None = None, kind: str = "csv"
) -> HandedOut:
    """The codes of a batch from ``first`` to ``last``, for a file or a sheet (``kind``); who took them is written down.

    Raises NotFound, Gone ``residence_batch_over`` for a batch that is over, Conflict ``residence_secret_changed`` where the
    installation's secret is another one than when they were made, and as ``authority.demand`` for ``residence_code.see``.
    """
    row = _loaded(db, actor, public_id, "residence_code.see", {"as": kind, "from": first, "to": last or 0})
    if row.ended_at is not None or row.expires_at <= clock.now():
        raise Gone("residence_batch_over")
    span = col(ResidenceCode.number).between(max(1, first), min(last or row.amount, row.amount))
    rows = db.exec(
        select(ResidenceCode.number, ResidenceCode.uses, ResidenceCode.code_hash)
        .where(ResidenceCode.batch_id == row.id, span)
        .order_by(col(ResidenceCode.number))
    ).all()
    page = urls.absolute(urls.with_query(residence.PAGE, code="-")).removesuffix("-")
    codes = tuple(_printed(row, number, uses, page) for number, uses, _ in rows)
    if codes and not session.same(_hash(codes[0].code), rows[0][2]):
        raise Conflict("residence_secret_changed")
    town = db.get_one(Municipality, row.municipality_code)
    return HandedOut(row.public_id, row.name, town.code, town.name, row.amount, row.uses_each, row.expires_at, codes)


def _printed(row: ResidenceCodeBatch, number: int, uses: int, page: str) -> PrintedCode:
    code = _derived(row.public_id, number)
    return PrintedCode(number, code, page + code, max(0, row.uses_each - uses))


def redeem(db: Session, actor: Actor, *, code: str) -> residence.Kept:
    """Prove residence by a printed code, as it was typed. It counts one use; a second tap within a day does not count again.

    Raises Unauthenticated, Forbidden for a program, Invalid at ``code``: ``residence_code_missing``, ``residence_code_shape``,
    ``residence_code_wrong``, ``residence_code_over``, ``residence_code_used_up``; TooMany ``residence_code_too_many`` after 20
    tries an hour by one person, or 300 from one household.
    """
    person_id = demand_self(actor)
    typed = read_code(code)
    for who, amount in ((f"person:{person_id}", TRIES_OF_PERSON), (actor.client, TRIES_OF_CLIENT)):
        limits.demand("residence_code", who, amount=amount, seconds=HOUR, code="residence_code_too_many")
    take_turn(db, f"residence:{person_id}")
    found = db.exec(
        select(ResidenceCode.id, ResidenceCodeBatch)
        .join(ResidenceCodeBatch, col(ResidenceCodeBatch.id) == ResidenceCode.batch_id)
        .where(ResidenceCode.code_hash == _hash(typed))
    ).first()
    if found is None:
        raise Invalid.at("code", "residence_code_wrong")
    code_id, batch = found
    if batch.ended_at is not None or batch.expires_at <= clock.now():
        raise Invalid.at("code", "residence_code_over")
    if proof := _proved_today(db, person_id, batch.municipality_code):
        return proof
    # counted in the database, not in Python: a family may be typing at this moment
    free = update(ResidenceCode).where(col(ResidenceCode.id) == code_id, col(ResidenceCode.uses) < batch.uses_each)
    counted = db.exec(free.values(uses=col(ResidenceCode.uses) + 1).execution_options(synchronize_session=False))
    if counted.rowcount != 1:
        raise Invalid.at("code", "residence_code_used_up")
    return residence.keep_proof(db, actor, municipality_code=batch.municipality_code)


def _proved_today(db: Session, person_id: int, municipality_code: str) -> residence.Kept | None:
    """The proof that this person has given for this town within a day."""
    person = db.get_one(Person, person_id)
    if person.proved_code != municipality_code or person.proved_at is None or person.proved_at <= clock.now() - DAY:
        return None
    town = db.get_one(Municipality, municipality_code)
    return residence.Kept(town.code, town.name, person.proved_at, proof_ends(person.proved_at))
