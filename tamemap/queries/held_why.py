"""Which rule holds what waits for staff, for those who see it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlmodel import Session, col, select

from tamemap.domain.caring import read_hit
from tamemap.models import Case

if TYPE_CHECKING:
    from collections.abc import Sequence


def rules_of(db: Session, thing: str, public_ids: Sequence[str]) -> dict[str, str]:
    """The rule that holds each of these posts or topics; what staff themselves hold is not among them (for queries)."""
    if not public_ids:
        return {}
    waits = Case.thing == thing, col(Case.thing_id).in_(public_ids), col(Case.closed_at).is_(None)
    found = {thing_id: read_hit(why) for thing_id, why in db.exec(select(Case.thing_id, Case.why).where(*waits))}
    return {thing_id: hit.rule for thing_id, hit in found.items() if hit is not None}
