"""Reads about residence: what I said and proved, and for staff the batches of printed codes."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from sqlmodel import Session, col, func, select

from tamemap import clock
from tamemap.domain.actors import Ground
from tamemap.domain.permissions import allowed, demand, demand_self
from tamemap.domain.residence import proof_ends, proof_holds
from tamemap.domain.writing import reference
from tamemap.errors import NotFound
from tamemap.models import Map, Municipality, Person, Place, Region, ResidenceCode, ResidenceCodeBatch

if TYPE_CHECKING:
    from datetime import datetime

    from tamemap.domain.actors import Actor


@dataclass(frozen=True, slots=True)
class TownView:
    """A town of this installation. ``proof_for``: what its map asks proof of residence for, names of ``PROVABLE``."""

    code: str
    name: str
    region_name: str
    proof_for: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class ProofView:
    """My proof of residence, for as long as it holds."""

    municipality_code: str
    municipality_name: str
    proved_at: datetime
    until: datetime


@dataclass(frozen=True, slots=True)
class ResidenceView:
    """Where I live, for myself only. ``districts`` are the names of the 町字 of the town that I say (or that was asked for)."""

    municipality_code: str
    district: str
    proof: ProofView | None
    towns: tuple[TownView, ...]
    districts: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class BatchView:
    """A batch of printed codes. ``state`` is running, ended (by staff) or over (by its date); ``kind`` newsletter or household.

    ``used`` of ``most`` uses have been made; ``may_end``: the viewer may end it.
    """

    public_id: str
    municipality_code: str
    municipality_name: str
    name: str
    kind: str
    amount: int
    uses_each: int
    used: int
    most: int
    created_at: datetime
    expires_at: datetime
    state: str
    may_end: bool


@dataclass(frozen=True, slots=True)
class CodesDesk:
    """All batches of somebody's towns, and the towns in which they may make a new one."""

    batches: tuple[BatchView, ...]
    towns: tuple[TownView, ...]


def mine(db: Session, actor: Actor, *, town: str = "") -> ResidenceView:
    """What I said and proved of where I live; the 町字 are those of ``town``, else of my own. Raises as ``demand_self``."""
    person = db.get_one(Person, demand_self(actor))
    rows = db.exec(
        select(Municipality.code, Municipality.name, Region.name, Map.proof_for)
        .join(Region, col(Region.id) == Municipality.region_id)
        .outerjoin(Map, col(Map.municipality_code) == Municipality.code)
        .order_by(col(Municipality.region_id), col(Municipality.code))
    )
    towns = tuple(TownView(code, name, region, tuple((proof or "").split())) for code, name, region, proof in rows)
    return ResidenceView(
        municipality_code=person.residence_code or "",
        district=person.district,
        proof=_proof(person, towns),
        towns=towns,
        districts=_districts(db, reference(town) or person.residence_code or ""),
    )


def _proof(person: Person, towns: tuple[TownView, ...]) -> ProofView | None:
    if person.proved_at is None or not proof_holds(person.proved_at, clock.now()):
        return None
    name = next((one.name for one in towns if one.code == person.proved_code), "")
    return ProofView(person.proved_code or "", name, person.proved_at, proof_ends(person.proved_at))


def _districts(db: Session, code: str) -> tuple[str, ...]:
    named = select(Place.name).where(Place.municipality_code == code, Place.kind == "town").distinct()
    return tuple(db.exec(named.order_by(col(Place.name))))


def towns_where(db: Session, actor: Actor, *, verb: str) -> tuple[TownView, ...]:
    """The towns in which the actor may do that at the desk. Raises as ``demand`` where there is none."""
    found = _towns_where(db, actor, verb)
    if not found:
        demand(actor, verb, Ground(None, 0))
    return found


def _towns_where(db: Session, actor: Actor, verb: str) -> tuple[TownView, ...]:
    rows = db.exec(
        select(Municipality.code, Municipality.name, Municipality.region_id, Region.name)
        .join(Region, col(Region.id) == Municipality.region_id)
        .order_by(col(Municipality.region_id), col(Municipality.code))
    )
    return tuple(
        TownView(code, name, region, ())
        for code, name, region_id, region in rows
        if allowed(actor, verb, Ground(code, region_id))
    )


def codes_desk(db: Session, actor: Actor) -> CodesDesk:
    """The batches of the actor's towns, the newest first, and where they may make new ones.

    Raises as ``demand`` for ``residence_code.see``.
    """
    seen = [town.code for town in towns_where(db, actor, verb="residence_code.see")]
    found = _batches(db, actor, col(ResidenceCodeBatch.municipality_code).in_(seen))
    return CodesDesk(found, _towns_where(db, actor, "residence_code.make"))


def batch(db: Session, actor: Actor, *, public_id: str) -> BatchView:
    """One batch. Raises NotFound, and as ``demand`` for ``residence_code.see``."""
    row = db.exec(
        select(ResidenceCodeBatch.municipality_code, Municipality.region_id)
        .join(Municipality, col(Municipality.code) == ResidenceCodeBatch.municipality_code)
        .where(ResidenceCodeBatch.public_id == reference(public_id))
    ).first()
    if row is None:
        raise NotFound("residence_batch_unknown")
    demand(actor, "residence_code.see", Ground(row[0], row[1]))
    return _batches(db, actor, col(ResidenceCodeBatch.public_id) == public_id)[0]


def _batches(db: Session, actor: Actor, which: object) -> tuple[BatchView, ...]:
    used = (
        select(func.coalesce(func.sum(ResidenceCode.uses), 0))
        .where(ResidenceCode.batch_id == ResidenceCodeBatch.id)
        .scalar_subquery()
    )
    rows = db.exec(
        select(ResidenceCodeBatch, Municipality, used)  # type: ignore[call-overload]
        .join(Municipality, col(Municipality.code) == ResidenceCodeBatch.municipality_code)
        .where(which)
        .order_by(col(ResidenceCodeBatch.id).desc())
    )
    return tuple(_batch_view(actor, row, town, count) for row, town, count in rows)


def _batch_view(actor: Actor, row: ResidenceCodeBatch, town: Municipality, used: int) -> BatchView:
    state = "ended" if row.ended_at is not None else ("over" if row.expires_at <= clock.now() else "running")
    return BatchView(
        public_id=row.public_id,
        municipality_code=town.code,
        municipality_name=town.name,
        name=row.name,
        # a single code with a few uses is one for a household, given out at the counter
        kind="newsletter" if row.amount == 1 and row.uses_each > 10 else "household",
        amount=row.amount,
        uses_each=row.uses_each,
        used=used,
        most=row.amount * row.uses_each,
        created_at=row.created_at,
        expires_at=row.expires_at,
        state=state,
        may_end=state == "running" and allowed(actor, "residence_code.make", Ground(town.code, town.region_id)),
    )
