"""Why a rule holds what a case is about, and how well its author is known, for staff."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from tamemap import clock
from tamemap.domain.caring import read_hit
from tamemap.domain.trust import NOBODY, History, level
from tamemap.queries.trust import histories

if TYPE_CHECKING:
    from collections.abc import Sequence

    from sqlmodel import Session

    from tamemap.models import Case


@dataclass(frozen=True, slots=True)
class CaseWhy:
    """``rule`` of ``domain.caring.RULES`` (empty: none, people reported it) and what it ``saw``, as parameters of
    ``care.why.<rule>``; the author's ``level`` (None where there is no author) and what it is made of."""

    rule: str = ""
    saw: dict[str, str | int] = field(default_factory=dict)
    level: int | None = None
    history: History = NOBODY


NO_WHY = CaseWhy()


def whys(db: Session, rows: Sequence[Case]) -> dict[int, CaseWhy]:
    """These cases' reasons, by the case's row number; three statements a region."""
    found: dict[int, CaseWhy] = {}
    now = clock.now()
    for region_id in {row.region_id for row in rows}:
        here = [row for row in rows if row.region_id == region_id]
        known = histories(db, {row.author_id for row in here if row.author_id is not None}, region_id)
        for row in here:
            hit, who = read_hit(row.why), known.get(row.author_id or 0)
            found[row.id or 0] = CaseWhy(
                rule=hit.rule if hit else "",
                saw=hit.saw if hit else {},
                level=level(who, now) if who else None,
                history=who or NOBODY,
            )
    return found
