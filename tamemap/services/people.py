"""What people change about themselves, and what the operator makes of them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from sqlmodel import col, select

from tamemap import clock
from tamemap.domain.actors import Ground
from tamemap.domain.codes import normalise_code
from tamemap.domain.permissions import demand_self
from tamemap.domain.writing import NAME_LIMIT, check_text, reference
from tamemap.errors import Forbidden, Invalid, NotFound, Unauthenticated
from tamemap.models import Municipality, Person, Region, Role
from tamemap.queries.grounds import ground_of
from tamemap.services.authority import record
from tamemap.services.invitations import give_staff
from tamemap.services.sign_in import checked_mail, person_of_mail

if TYPE_CHECKING:
    from sqlmodel import Session

    from tamemap.domain.actors import Actor

ROLES = ("member", "staff", "lead", "curator", "operator")
"""What the command line gives: ``staff`` is a lead, too: the first of a town invites the others."""
LEVELS = {"staff": "lead", "lead": "lead", "curator": "curator"}


@dataclass(frozen=True, slots=True)
class Profile:
    """What a person says about themselves to everybody, and whether notices also come by mail."""

    name: str
    mail_notices: bool


@dataclass(frozen=True, slots=True)
class Granted:
    """The role that a person has now; ``new`` when they did not have it before."""

    mail: str
    person_public_id: str
    role: str
    municipality_code: str | None
    region_slug: str | None
    new: bool


def change_profile(db: Session, actor: Actor, *, name: str) -> Profile:
    """Change the actor's name (1 to 40 signs). Where they live: ``services.residence``.

    Raises Unauthenticated, Forbidden (a program), Invalid at ``name`` (``text_empty``, ``text_too_long``).
    """
    person = db.get_one(Person, demand_self(actor))
    person.name = check_text(name, field="name", limit=NAME_LIMIT)
    db.add(person)
    db.flush()
    return Profile(person.name, person.mail_notices)


def set_mail_notices(db: Session, actor: Actor, *, on: bool) -> Profile:
    """Have notices sent by mail too, or only shown. Raises Unauthenticated, Forbidden (a program)."""
    person = db.get_one(Person, demand_self(actor))
    person.mail_notices = on
    db.add(person)
    db.flush()
    return Profile(person.name, person.mail_notices)


def _municipality(db: Session, code: str) -> Municipality | None:
    return db.get(Municipality, reference(code))


def grant(
    db: Session,
    actor: Actor,
    *,
    mail: str,
    role: str,
    municipality_code: str | None = None,
    region_slug: str | None = None,
) -> Granted:
    """Give a person a role; the person is made when nobody has that address yet. For the operator of all: the command line.

    ``member`` (only makes the person), ``staff`` or ``lead`` of a municipality (the same), ``curator`` of one (who is a lead
    already stays one), ``operator`` of a region or, without one, of all. It stands in the audit trail. Raises
    Unauthenticated, Forbidden, Invalid (``mail_wrong``, ``role_wrong``, ``role_needs_municipality``, ``code_wrong``) and
    NotFound (``municipality_unknown``, ``region_unknown``).
    """
    if not actor.operator_of_all:
        raise Unauthenticated("sign_in_first") if actor.is_guest else Forbidden("not_allowed_here")
    if role not in ROLES:
        raise Invalid.at("role", "role_wrong")
    address = checked_mail(mail)
    code, region = _scope(db, role, municipality_code, region_slug)
    person, new = person_of_mail(db, address)
    if role in LEVELS:
        new = give_staff(db, person_id=person.id or 0, municipality_code=code or "", level=LEVELS[role])
    elif role == "operator":
        new = _make_operator(db, person, region)
    if role != "member":
        ground = ground_of(db, code) if code else (Ground(None, region.id or 0) if region else None)
        record(db, actor, "role.grant", ground, thing="person", thing_id=person.public_id, detail={"role": role})
    db.flush()
    return Granted(address, person.public_id, role, code, region.slug if region else None, new)


def _make_operator(db: Session, person: Person, region: Region | None) -> bool:
    """Whether they were not yet."""
    region_id = region.id if region else None
    # NULLs are not equal to each other in the unique constraint: this look is what keeps a role single
    mine = Role.person_id == person.id, Role.role == "operator", col(Role.region_id) == region_id
    if db.exec(select(Role.id).where(*mine)).first() is not None:
        return False
    db.add(Role(person_id=person.id, role="operator", region_id=region_id, granted_at=clock.now()))  # type: ignore[arg-type]
    return True


def _scope(db: Session, role: str, municipality_code: str | None, region_slug: str | None) -> tuple[str | None, Region | None]:
    """Where a role holds: the municipality of staff, the region of an operator."""
    if role in LEVELS:
        if not municipality_code:
            raise Invalid.at("municipality", "role_needs_municipality")
        code = normalise_code(municipality_code)
        if not _municipality(db, code):
            raise NotFound("municipality_unknown")
        return code, None
    if role == "operator" and region_slug:
        region = db.exec(select(Region).where(Region.slug == reference(region_slug))).first()
        if region is None:
            raise NotFound("region_unknown")
        return None, region
    return None, None
