"""What people change about themselves, and what the operator makes of them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from sqlmodel import select

from tamemap import clock
from tamemap.domain.codes import normalise_code
from tamemap.domain.writing import NAME_LIMIT, check_text, reference
from tamemap.errors import Forbidden, Invalid, NotFound, Unauthenticated
from tamemap.models import Municipality, Person, Region, Role
from tamemap.services.sign_in import checked_mail, person_of_mail

if TYPE_CHECKING:
    from sqlmodel import Session

    from tamemap.domain.actors import Actor

ROLES = ("member", "staff", "operator")


@dataclass(frozen=True, slots=True)
class Profile:
    """What a person says about themselves; ``residence_code`` None: lives elsewhere, or does not say."""

    name: str
    residence_code: str | None


@dataclass(frozen=True, slots=True)
class Granted:
    """The role that a person has now; ``new`` when they did not have it before."""

    mail: str
    person_public_id: str
    role: str
    municipality_code: str | None
    region_slug: str | None
    new: bool


def change_profile(db: Session, actor: Actor, *, name: str, residence_code: str | None) -> Profile:
    """Change the actor's name (1 to 40 signs) and the town they say they live in (None or empty: none of ours).

    Raises Unauthenticated, Invalid at ``name`` (``text_empty``, ``text_too_long``) or ``residence_code``
    (``municipality_unknown``).
    """
    if actor.person_id is None:
        raise Unauthenticated("sign_in_first")
    person = db.get_one(Person, actor.person_id)
    person.name = check_text(name, field="name", limit=NAME_LIMIT)
    if residence_code and not _municipality(db, residence_code):
        raise Invalid.at("residence_code", "municipality_unknown")
    person.residence_code = residence_code or None
    db.add(person)
    db.flush()
    return Profile(person.name, person.residence_code)


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

    ``member`` (only makes the person), ``staff`` of a municipality, ``operator`` of a region or, without one, of all. Raises
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
    if role != "member":
        region_id = region.id if region else None
        # NULLs are not equal to each other in the unique constraint: this look is what keeps a role single
        held = db.exec(
            select(Role).where(
                Role.person_id == person.id,
                Role.role == role,
                Role.municipality_code == code,
                Role.region_id == region_id,
            )
        ).first()
        new = held is None
        if new:
            made = Role(person_id=person.id, role=role, municipality_code=code, region_id=region_id, granted_at=clock.now())  # type: ignore[arg-type]
            # the first of a town invites the others
            made.level = "lead" if role == "staff" else made.level
            db.add(made)
            db.flush()
    return Granted(address, person.public_id, role, code, region.slug if region else None, new)


def _scope(db: Session, role: str, municipality_code: str | None, region_slug: str | None) -> tuple[str | None, Region | None]:
    """Where a role holds: the municipality of staff, the region of an operator."""
    if role == "staff":
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
