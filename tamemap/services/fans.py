"""What fans tell about themselves: told, changed and taken back, field by field."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlmodel import col, delete, select

from tamemap import clock
from tamemap.domain.fans import TELLABLE, TIES, read_kinds, read_told
from tamemap.domain.permissions import demand_self
from tamemap.domain.writing import reference
from tamemap.errors import FieldError, Invalid
from tamemap.models import Fan, Municipality, Tie
from tamemap.queries.fans import FanView, my_fan

if TYPE_CHECKING:
    from collections.abc import Iterable

    from sqlmodel import Session

    from tamemap.domain.actors import Actor


def tell(
    db: Session,
    actor: Actor,
    *,
    prefecture: str = "",
    age_band: str = "",
    gender: str = "",
    interests: Iterable[str] = (),
    tie_to: str = "",
    kinds: Iterable[str] = (),
) -> FanView:
    """Keep what the actor says of themselves; an empty field is one that is not told.

    With a town's code ``tie_to`` these ``kinds`` of ties to it are added; other ties are left as they are. Raises
    Unauthenticated, Forbidden (a program), one Invalid for all wrong fields (``choice_wrong``, ``text_too_long``, at ``tie_to``
    ``fan_town_missing`` or ``municipality_unknown``, at ``kinds`` ``fan_kind_missing``): then nothing is kept.
    """
    person_id = demand_self(actor)
    wanted: list[str] = list(kinds)
    wrong: list[FieldError] = []
    told: dict[str, str] = {}
    try:
        told = read_told(prefecture=prefecture, age_band=age_band, gender=gender, interests=interests)
    except Invalid as error:
        wrong += error.errors
    if tie_to or wanted:
        wrong += _wrong_tie(db, tie_to, wanted)
    if wrong:
        raise Invalid(wrong[0].code, errors=tuple(wrong), **wrong[0].params)
    _keep(db, person_id, told)
    if not tie_to:
        return my_fan(db, actor)
    held = db.exec(select(Tie.kind).where(Tie.person_id == person_id, Tie.municipality_code == tie_to)).all()
    return tie(db, actor, municipality_code=tie_to, kinds=[*held, *wanted])


def _wrong_tie(db: Session, code: str, kinds: list[str]) -> list[FieldError]:
    wrong = [] if code else [FieldError("tie_to", "fan_town_missing")]
    if code and db.get(Municipality, reference(code)) is None:
        wrong.append(FieldError("tie_to", "municipality_unknown"))
    if not kinds:
        wrong.append(FieldError("kinds", "fan_kind_missing"))
    elif any(one not in TIES for one in kinds):
        wrong.append(FieldError("kinds", "choice_wrong"))
    return wrong


def tie(db: Session, actor: Actor, *, municipality_code: str, kinds: Iterable[str]) -> FanView:
    """Say how the actor is tied to a town, in the place of what they said of it before; no kinds: not at all.

    Raises Unauthenticated, Forbidden, Invalid at ``municipality_code`` (``municipality_unknown``) or ``kinds``
    (``choice_wrong``).
    """
    person_id = demand_self(actor)
    code = reference(municipality_code)
    wanted = read_kinds(kinds)
    if db.get(Municipality, code) is None:
        raise Invalid.at("municipality_code", "municipality_unknown")
    own = (col(Tie.person_id) == person_id, col(Tie.municipality_code) == code)
    db.exec(delete(Tie).where(*own, col(Tie.kind).not_in(wanted)))
    held = set(db.exec(select(Tie.kind).where(*own)).all())
    now = clock.now()
    db.add_all(Tie(person_id=person_id, municipality_code=code, kind=kind, since=now) for kind in wanted if kind not in held)
    db.flush()
    return my_fan(db, actor)


def forget(db: Session, actor: Actor, *, what: str) -> FanView:
    """Take back one thing that was told: a field of ``domain.fans.TELLABLE``, ``tie:<code>`` (all ties to a town), or ``all``.

    Taking back what was not told changes nothing. Raises Unauthenticated, Forbidden, Invalid at ``what`` (``choice_wrong``).
    """
    person_id = demand_self(actor)
    town = what.removeprefix("tie:") if what.startswith("tie:") else ""
    if what == "all":
        db.exec(delete(Tie).where(col(Tie.person_id) == person_id))
        db.exec(delete(Fan).where(col(Fan.person_id) == person_id))
    elif town:
        db.exec(delete(Tie).where(col(Tie.person_id) == person_id, col(Tie.municipality_code) == reference(town)))
    elif what in TELLABLE:
        row = db.get(Fan, person_id)
        if row is not None:
            _keep(db, person_id, {name: "" if name == what else getattr(row, name) for name in TELLABLE})
    else:
        raise Invalid.at("what", "choice_wrong")
    db.flush()
    return my_fan(db, actor)


def _keep(db: Session, person_id: int, told: dict[str, str]) -> None:
    """Nobody who has told nothing, or has taken everything back, has a row: its being there would tell something."""
    row = db.get(Fan, person_id)
    if not any(told.values()):
        if row is not None:
            db.delete(row)
            db.flush()
        return
    row = row or Fan(person_id=person_id, updated_at=clock.now())
    for name, value in told.items():
        setattr(row, name, value)
    row.updated_at = clock.now()
    db.add(row)
    db.flush()
