"""What the leads of a town decide for its map: whether guests may post, and what needs proof of residence."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlmodel import col, select

from tamemap.domain.permissions import PROVABLE
from tamemap.domain.writing import reference
from tamemap.errors import Invalid, NotFound
from tamemap.models import Map
from tamemap.queries.grounds import ground_of_map
from tamemap.queries.map_settings import MapSettings, settings_of
from tamemap.services.authority import ask_first, demand

if TYPE_CHECKING:
    from collections.abc import Iterable

    from sqlmodel import Session

    from tamemap.domain.actors import Actor


def change(
    db: Session, actor: Actor, *, slug: str, guests_may_post: bool, hold_guests: bool, proof_for: Iterable[str] = ()
) -> MapSettings:
    """Set a resident map; ``proof_for`` are names of ``PROVABLE``. Reading is not among them and never needs proof.

    What is so already changes nothing and is not written down. A regional map has no town to live in, so it has no such
    settings. Raises NotFound, Invalid at ``proof_for`` (``proof_for_unknown``), and as ``authority.demand`` for ``map.set``.
    """
    row = db.exec(
        select(Map).where(Map.slug == reference(slug), col(Map.municipality_code).is_not(None)).with_for_update()
    ).first()
    if row is None:
        raise NotFound("map_unknown")
    ask_first(actor, "map.set", ground_of_map(row))
    asked = set(proof_for)
    if asked - set(PROVABLE):
        raise Invalid.at("proof_for", "proof_for_unknown")
    wanted = MapSettings(row.slug, row.name, bool(guests_may_post), bool(hold_guests), tuple(n for n in PROVABLE if n in asked))
    if wanted == settings_of(row):
        return wanted
    row.guests_may_post, row.hold_guests, row.proof_for = wanted.guests_may_post, wanted.hold_guests, " ".join(wanted.proof_for)
    row.version += 1
    db.add(row)
    db.flush()
    detail = {"guests_may_post": row.guests_may_post, "hold_guests": row.hold_guests, "proof_for": row.proof_for}
    demand(db, actor, "map.set", ground_of_map(row), thing="map", thing_id=row.slug, detail=detail)
    return wanted
