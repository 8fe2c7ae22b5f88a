"""A person's ways in: how they are changed, and that the last one stays."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlmodel import col, select

from tamemap.db import IntegrityError
from tamemap.models import Person

if TYPE_CHECKING:
    from sqlmodel import Session


def take_mail(db: Session, *, person_id: int, mail: str) -> int | None:
    """Make this proved address the person's; the id of the other person, unchanged, when it is theirs."""
    other = db.exec(select(Person.id).where(Person.mail == mail, col(Person.id) != person_id)).first()
    if other is not None:
        return other
    person = db.exec(select(Person).where(Person.id == person_id).with_for_update()).one()
    try:
        with db.begin_nested():
            person.mail = mail
            db.add(person)
            db.flush()
    except IntegrityError:
        return db.exec(select(Person.id).where(Person.mail == mail)).one()
    return None
