"""A town's mascots: made by the town's lead, who says which of its staff may write as them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlmodel import col, delete, func, select

from tamemap import clock
from tamemap.domain.mascots import MOST, checked_texts
from tamemap.domain.writing import reference
from tamemap.errors import Conflict, Invalid, NotFound
from tamemap.models import Mascot, MascotVoice, Person, Role
from tamemap.queries.grounds import ground_of
from tamemap.queries.mascots import MascotRef, mascot_refs
from tamemap.services import pictures
from tamemap.services.authority import ask_first, demand

if TYPE_CHECKING:
    from collections.abc import Sequence
    from typing import Any

    from sqlmodel import Session

    from tamemap.domain.actors import Actor


def make(
    db: Session,
    actor: Actor,
    *,
    municipality_code: str,
    name: str,
    description: str = "",
    face: str = "",
    voices: Sequence[str] = (),
) -> MascotRef:
    """Make a mascot; ``face`` is a waiting picture of the actor's own, ``voices`` the public ids of staff who may write as it.

    Raises NotFound, Unauthenticated, Forbidden, Invalid at ``name``, ``description``, ``photo`` or ``voices``, and Conflict
    ``mascots_too_many``.
    """
    ground = ground_of(db, reference(municipality_code))
    ask_first(actor, "mascot.make", ground)
    said = checked_texts(name, description)
    mine = Mascot.municipality_code == ground.municipality_code, col(Mascot.retired_at).is_(None)
    if db.exec(select(func.count()).select_from(Mascot).where(*mine)).one() >= MOST:
        raise Conflict("mascots_too_many", most=MOST)
    named = _checked_voices(db, ground.municipality_code or "", voices)
    row = Mascot(municipality_code=ground.municipality_code or "", name=said[0], description=said[1], made_by=actor.person_id,
                 made_at=clock.now())  # fmt: skip
    if face:
        row.picture_id = pictures.take_cover(db, actor, public_id=face).id
    db.add(row)
    db.flush()
    _name_voices(db, row, named)
    return _done(db, actor, row)


def change(
    db: Session,
    actor: Actor,
    *,
    mascot: str,
    name: str,
    description: str = "",
    face: str = "",
    voices: Sequence[str] = (),
) -> MascotRef:
    """Another name, description or face (empty: it stays as it is), and who may write as it from now on. Raises as ``make``."""
    row = _loaded(db, actor, mascot)
    (row.name, row.description), named = checked_texts(name, description), _checked_voices(db, row.municipality_code, voices)
    if face:
        row.picture_id = pictures.take_cover(db, actor, public_id=face).id
    db.add(row)
    _name_voices(db, row, named)
    return _done(db, actor, row, changed=True)


def retire(db: Session, actor: Actor, *, mascot: str) -> MascotRef:
    """It writes no more; what it wrote stays as it is. Twice is once. Raises NotFound, Unauthenticated, Forbidden."""
    row = _loaded(db, actor, mascot)
    if row.retired_at is None:
        row.retired_at = clock.now()
        db.add(row)
        return _done(db, actor, row, ended=True)
    return mascot_refs(db, [row.id])[row.id]


def bring_back(db: Session, actor: Actor, *, mascot: str) -> MascotRef:
    """A retired one writes again. Twice is once. Raises as ``retire``, and Conflict ``mascots_too_many``."""
    row = _loaded(db, actor, mascot)
    if row.retired_at is None:
        return mascot_refs(db, [row.id])[row.id]
    mine = Mascot.municipality_code == row.municipality_code, col(Mascot.retired_at).is_(None)
    if db.exec(select(func.count()).select_from(Mascot).where(*mine)).one() >= MOST:
        raise Conflict("mascots_too_many", most=MOST)
    row.retired_at = None
    db.add(row)
    return _done(db, actor, row, restored=True)


def _loaded(db: Session, actor: Actor, public_id: str) -> Mascot:
    row = db.exec(select(Mascot).where(Mascot.public_id == reference(public_id)).with_for_update()).first()
    if row is None:
        raise NotFound("mascot_unknown")
    ask_first(actor, "mascot.make", ground_of(db, row.municipality_code))
    return row


def _checked_voices(db: Session, municipality_code: str, voices: Sequence[str]) -> list[int]:
    wanted = {one for one in voices if one}
    staff = (
        select(Person.id)
        .join(Role, col(Role.person_id) == Person.id)
        .where(Role.role == "staff", Role.municipality_code == municipality_code, col(Person.left_at).is_(None))
        .where(col(Person.public_id).in_(wanted))
    )
    found = set(db.exec(staff).all()) if wanted else set()
    if len(found) != len(wanted):
        raise Invalid.at("voices", "mascot_voice_not_staff")
    return sorted(one for one in found if one is not None)


def _name_voices(db: Session, row: Mascot, people: Sequence[int]) -> None:
    db.exec(delete(MascotVoice).where(col(MascotVoice.mascot_id) == row.id))
    for person_id in people:
        db.add(MascotVoice(mascot_id=row.id or 0, person_id=person_id))
    db.flush()


def _done(db: Session, actor: Actor, row: Mascot, **how: Any) -> MascotRef:
    db.flush()
    demand(db, actor, "mascot.make", ground_of(db, row.municipality_code), thing="mascot", thing_id=row.public_id, detail=how)
    return mascot_refs(db, [row.id])[row.id]
