"""Reads of what a fan has told, for the fan alone."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from sqlmodel import Session, col, select

from tamemap.domain.fans import TIES
from tamemap.domain.permissions import demand_self
from tamemap.models import Fan, Municipality, Region, Tie

if TYPE_CHECKING:
    from tamemap.domain.actors import Actor


@dataclass(frozen=True, slots=True)
class TieView:
    """A town and how one is tied to it: kinds of ``domain.fans.TIES``."""

    municipality_code: str
    municipality_name: str
    kinds: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class TownsView:
    """A region's towns as (code, name)."""

    region_name: str
    towns: tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class FanView:
    """What somebody has told, each field empty until they do; ``towns`` are those of this installation."""

    prefecture: str
    age_band: str
    gender: str
    interests: tuple[str, ...]
    ties: tuple[TieView, ...]
    towns: tuple[TownsView, ...]

    @property
    def told(self) -> int:
        """How many things are told: fields and towns."""
        return sum(map(bool, (self.prefecture, self.age_band, self.gender, self.interests))) + len(self.ties)


def my_fan(db: Session, actor: Actor) -> FanView:
    """What the actor has told. Raises Unauthenticated for a guest, Forbidden for a program."""
    person_id = demand_self(actor)
    row = db.get(Fan, person_id) or Fan(person_id=person_id)
    return FanView(
        prefecture=row.prefecture,
        age_band=row.age_band,
        gender=row.gender,
        interests=tuple(row.interests.split()),
        ties=ties_of(db, person_id),
        towns=_towns(db),
    )


def ties_of(db: Session, person_id: int) -> tuple[TieView, ...]:
    """A person's ties, town by town in the order of their codes."""
    rows = db.exec(
        select(Tie.municipality_code, Municipality.name, Tie.kind)
        .join(Municipality, Municipality.code == Tie.municipality_code)
        .where(Tie.person_id == person_id)
        .order_by(Tie.municipality_code)
    ).all()
    names = dict.fromkeys((code, name) for code, name, _ in rows)
    kinds = {(code, kind) for code, _, kind in rows}
    return tuple(TieView(code, name, tuple(kind for kind in TIES if (code, kind) in kinds)) for code, name in names)


def _towns(db: Session) -> tuple[TownsView, ...]:
    rows = db.exec(
        select(Region.name, Municipality.code, Municipality.name)
        .join(Municipality, Municipality.region_id == Region.id)
        .order_by(col(Region.id), col(Municipality.code))
    ).all()
    regions: dict[str, list[tuple[str, str]]] = {}
    for region, code, name in rows:
        regions.setdefault(region, []).append((code, name))
    return tuple(TownsView(region, tuple(towns)) for region, towns in regions.items())
