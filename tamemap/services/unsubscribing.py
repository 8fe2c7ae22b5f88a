"""Ending gathered mails with one tap in the mail itself, without signing in (RFC 8058)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlmodel import select

from tamemap import session
from tamemap.domain.writing import reference
from tamemap.errors import NotFound
from tamemap.models import Person

if TYPE_CHECKING:
    from sqlmodel import Session

    from tamemap.domain.actors import Actor

LETTERS = 32


def path_of(person: Person) -> str:
    """The path that ends this person's gathered mails: whoever has such a mail knows it, and can do nothing else with it."""
    return f"/stop/{person.public_id}/{_word(person)}"


def stop(db: Session, actor: Actor, *, person: str, word: str) -> bool:
    """End the gathered mails of the person whose mail held this word; whoever asks. Twice is once.

    Answers whether there were any until now. Raises NotFound ``stop_unknown`` for any other word, and for who has left.
    """
    row = _wanted(db, person, word, lock=True)
    was, row.digest = row.digest != "off", "off"
    db.add(row)
    db.flush()
    return was


def stoppable(db: Session, actor: Actor, *, person: str, word: str) -> bool:
    """Whether there are gathered mails to be ended. Raises as ``stop``."""
    return _wanted(db, person, word).digest != "off"


def _wanted(db: Session, person: str, word: str, *, lock: bool = False) -> Person:
    query = select(Person).where(Person.public_id == reference(person))
    row = db.exec(query.with_for_update() if lock else query).first()
    if row is None or row.left_at is not None or not session.same(_word(row), word):
        raise NotFound("stop_unknown")
    return row


def _word(person: Person) -> str:
    return session.hashed(f"stop:digest:{person.public_id}")[:LETTERS]
