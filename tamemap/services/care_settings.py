"""What a town's leads (and for regional maps the operator) decide about automatic care."""

from __future__ import annotations

from dataclasses import asdict, fields
from typing import TYPE_CHECKING

from sqlmodel import select

from tamemap import clock
from tamemap.domain.caring import MOST, Wishes, checked_number, checked_words
from tamemap.domain.writing import reference
from tamemap.errors import FieldError, Invalid, NotFound
from tamemap.models import CareSetting, Map
from tamemap.queries.care_settings import wishes_for
from tamemap.queries.grounds import ground_of_map
from tamemap.services.authority import ask_first, demand

if TYPE_CHECKING:
    from collections.abc import Mapping

    from sqlmodel import Session

    from tamemap.domain.actors import Actor

SWITCHES = ("hold_words", "hold_links", "hold_contacts", "hold_repeats")


def change(
    db: Session, actor: Actor, *, map_slug: str, switches: tuple[str, ...], numbers: Mapping[str, str], words: str
) -> Wishes:
    """Set the rules of a map's boards: those of ``SWITCHES`` that are on, the ``numbers`` of ``domain.caring.MOST``, and the
    words to hold, one a line. What is so already changes nothing and is not written down; the trail has what was changed, and of
    the words only how many there are.

    Raises NotFound, one Invalid that names all wrong fields, and as ``authority.demand`` for ``care.set``.
    """
    here = db.exec(select(Map).where(Map.slug == reference(map_slug)).with_for_update()).first()
    if here is None:
        raise NotFound("map_unknown")
    ground = ground_of_map(here)
    ask_first(actor, "care.set", ground)
    wanted = _checked(switches, numbers, words)
    before = wishes_for(db, here.id)
    if wanted == before:
        return wanted
    row = db.exec(select(CareSetting).where(CareSetting.map_id == here.id)).first()
    row = row or CareSetting(map_id=here.id or 0, changed_at=clock.now())
    for name, value in asdict(wanted).items():
        setattr(row, name, "\n".join(value) if name == "words" else value)
    row.changed_by, row.changed_at = actor.person_id, clock.now()
    db.add(row)
    db.flush()
    demand(db, actor, "care.set", ground, thing="map", thing_id=here.slug, detail=_changes(before, wanted))
    return wanted


def _checked(switches: tuple[str, ...], numbers: Mapping[str, str], words: str) -> Wishes:
    wrong: list[FieldError] = []
    made: dict[str, int] = {}
    kept: tuple[str, ...] = ()
    for name in MOST:
        try:
            made[name] = checked_number(name, numbers.get(name, ""))
        except Invalid as error:
            wrong += error.errors
    try:
        kept = checked_words(words)
    except Invalid as error:
        wrong += error.errors
    if wrong:
        raise Invalid(wrong[0].code, errors=tuple(wrong), **wrong[0].params)
    return Wishes(words=kept, **{name: name in switches for name in SWITCHES}, **made)  # type: ignore[arg-type]


def _changes(before: Wishes, after: Wishes) -> dict[str, object]:
    changed = [one.name for one in fields(Wishes) if getattr(before, one.name) != getattr(after, one.name)]
    return {name: len(after.words) if name == "words" else getattr(after, name) for name in changed}
