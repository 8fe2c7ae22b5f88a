"""The staff of towns: invited, changed, thanked."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from sqlmodel import col, func, select

from tamemap import i18n
from tamemap.domain.writing import reference
from tamemap.errors import Conflict, Invalid, NotFound
from tamemap.models import Municipality, Person, Role
from tamemap.queries.grounds import ground_of
from tamemap.services import invitations, notices
from tamemap.services.authority import ask_first, demand
from tamemap.services.turns import take_turn

if TYPE_CHECKING:
    from sqlmodel import Session

    from tamemap.domain.actors import Actor, Ground
    from tamemap.queries.invitations import InvitationView


@dataclass(frozen=True, slots=True)
class Changed:
    """Somebody in a town's staff as they are now; ``level`` is empty for who no longer is."""

    public_id: str
    municipality_code: str
    level: str
    department: str


def invite(
    db: Session,
    actor: Actor,
    *,
    mail: str,
    role: str,
    municipality_codes: tuple[str, ...],
    department: str = "",
    lang: str = i18n.DEFAULT,
) -> InvitationView:
    """Invite an address into the staff of one town or several, each of which the actor leads, as ``lead`` or ``curator``.

    Raises as ``invitations.send``, Unauthenticated, Forbidden, NotFound for a town that is none.
    """
    if not municipality_codes:
        raise Invalid.at("municipality", "role_needs_municipality")
    grounds = [ground_of(db, reference(code)) for code in sorted(set(municipality_codes))]
    for ground in grounds:
        ask_first(actor, "staff.invite", ground)
    codes = tuple(ground.municipality_code or "" for ground in grounds)
    sent = invitations.send(db, actor, mail=mail, role=role, municipality_codes=codes, department=department, lang=lang)
    for ground in grounds:
        demand(db, actor, "staff.invite", ground, thing="invitation", thing_id=sent.public_id, detail={"level": role})
    return sent


def change(db: Session, actor: Actor, *, person: str, municipality_code: str, level: str, department: str) -> Changed:
    """Make somebody lead or curator, and say in which department they are (which readers are shown).

    Raises NotFound, Unauthenticated, Forbidden, Invalid at ``level`` or ``department``, Conflict ``last_lead``.
    """
    if level not in invitations.STAFF_LEVELS:
        raise Invalid.at("level", "role_wrong")
    department = invitations.checked_department(department)
    row, ground = _loaded(db, actor, person, municipality_code, {"level": level})
    if level != "lead":
        _keep_a_lead(db, actor, row, ground)
    if row.level != level:
        _tell(db, actor, row, "staff_changed", level=i18n.t(f"invitation.role.{level}"))
    row.level, row.department = level, department
    db.add(row)
    db.flush()
    return Changed(person, ground.municipality_code or "", level, department)


def end(db: Session, actor: Actor, *, person: str, municipality_code: str) -> Changed:
    """Somebody is no longer staff of that town, at once: in all their open pages, and with the tokens that they made for it.

    Raises NotFound, Unauthenticated, Forbidden, Conflict ``last_lead``: a town keeps a lead, unless its operator decides.
    """
    row, ground = _loaded(db, actor, person, municipality_code, {"ended": True})
    _keep_a_lead(db, actor, row, ground)
    _tell(db, actor, row, "staff_ended")
    db.delete(row)
    db.flush()
    return Changed(person, ground.municipality_code or "", "", "")


def _loaded(db: Session, actor: Actor, person: str, code: str, detail: dict[str, Any]) -> tuple[Role, Ground]:
    ground = ground_of(db, reference(code))
    demand(db, actor, "staff.change", ground, thing="person", thing_id=reference(person), detail=detail)
    # two leads who send each other away at the same moment must not both succeed
    take_turn(db, f"leads:{ground.municipality_code}")
    row = db.exec(
        select(Role)
        .join(Person, col(Person.id) == Role.person_id)
        .where(Person.public_id == reference(person), Role.role == "staff", Role.municipality_code == ground.municipality_code)
        .with_for_update(of=Role)
    ).first()
    if row is None:
        raise NotFound("staff_unknown")
    return row, ground


def _keep_a_lead(db: Session, actor: Actor, row: Role, ground: Ground) -> None:
    if row.level != "lead" or actor.kind_on(ground) == "operator":
        return
    others = (
        select(func.count())
        .select_from(Role)
        .join(Person, col(Person.id) == Role.person_id)
        .where(Role.municipality_code == ground.municipality_code, Role.role == "staff", Role.level == "lead")
        .where(col(Role.id) != row.id, col(Person.left_at).is_(None))
    )
    if not db.exec(others).one():
        raise Conflict("last_lead")


def _tell(db: Session, actor: Actor, row: Role, code: str, **params: str) -> None:
    if row.person_id == actor.person_id:
        return
    town = db.get_one(Municipality, row.municipality_code)
    notices.tell(db, person_id=row.person_id, code=code, params={"town": town.name} | params, url="/me")
