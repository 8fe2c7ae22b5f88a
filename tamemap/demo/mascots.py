"""The demo's mascots: made by their towns' staff, who write as them."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from tamemap import clock
from tamemap.demo.seeds import MASCOTS
from tamemap.domain.mascots import voice_name
from tamemap.services import mascots, pictures

if TYPE_CHECKING:
    from collections.abc import Mapping

    from sqlmodel import Session

    from tamemap.domain.actors import Actor

AGO = timedelta(days=30)


def prepare_faces() -> dict[str, pictures.Prepared]:
    """The faces in the store, by mascot; outside of any transaction."""
    return {seed.key: pictures.prepare(seed.picture()) for seed in MASCOTS}


def make_mascots(db: Session, cast: Mapping[str, Actor], faces: Mapping[str, pictures.Prepared]) -> dict[str, str]:
    """Make them; answers by key as whom one writes then (``group`` of a post)."""
    made: dict[str, str] = {}
    with clock.frozen_at(clock.now() - AGO):
        for seed in MASCOTS:
            lead = cast[seed.voice]
            face = pictures.keep(db, lead, prepared=faces[seed.key])[0].public_id
            ref = mascots.make(db, lead, municipality_code=seed.town, name=seed.name, description=seed.description, face=face,
                               voices=(lead.public_id,))  # fmt: skip
            made[seed.key] = voice_name(ref.public_id)
    return made
