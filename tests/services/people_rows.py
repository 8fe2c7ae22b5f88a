"""Rows about ways in that the tests of ways, sessions and merging need beside the cast."""

from __future__ import annotations

import secrets
from dataclasses import replace
from typing import TYPE_CHECKING

from sqlmodel import Session, select

from tamemap import clock, session
from tamemap.models import Identity, Passkey, Person, SignedIn
from tamemap.queries.people import actor_of_session

if TYPE_CHECKING:
    from datetime import datetime

    from tamemap.domain.actors import Actor


def person_of(db: Session, actor: Actor) -> Person:
    """The person's row, as it is in the database."""
    return db.exec(select(Person).where(Person.id == actor.person_id).execution_options(populate_existing=True)).one()


def passkey(db: Session, actor: Actor, name: str = "ノート") -> Passkey:
    """A passkey of this person that nobody holds."""
    row = Passkey(person_id=actor.person_id, credential_id=secrets.token_hex(16), public_key=b"x", name=name,
                  created_at=clock.now())  # fmt: skip
    db.add(row)
    db.flush()
    return row


def identity(db: Session, actor: Actor, provider: str = "line") -> Identity:
    """An account at a provider that belongs to this person."""
    now = clock.now()
    row = Identity(person_id=actor.person_id, provider=provider, subject_hash=secrets.token_hex(32), created_at=now, used_at=now)
    db.add(row)
    db.flush()
    return row


def opened(
    db: Session, actor: Actor, *, way: str = "mail", since: datetime | None = None, strong: bool = True
) -> tuple[str, Actor]:
    """A session of this person: its token, and the actor who shows it."""
    token, then = session.new_token(), since or clock.now()
    db.add(SignedIn(token_hash=session.hashed(token), person_id=actor.person_id, way=way, created_at=then, seen_at=then,
                    strong_at=then if strong else None, expires_at=clock.now().replace(year=2027)))  # fmt: skip
    db.flush()
    return token, actor_of_session(db, token=token)


def without_mail(db: Session, actor: Actor) -> Actor:
    """The same person, from now on without a mail address."""
    person_of(db, actor).mail = None
    db.flush()
    return replace(actor, mail="")
