"""Sessions: one browser in which a person is signed in, however they came in."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING

from sqlmodel import col, delete, update

from tamemap import clock, session
from tamemap.models import Flyer, Picture, SignedIn

if TYPE_CHECKING:
    from sqlmodel import Session

    from tamemap.domain.actors import Actor
    from tamemap.models import Person

# the signs that tell a device and a browser apart in User-Agent, the more particular first
_DEVICES = (("iPhone",) * 2, ("iPad",) * 2, ("Android",) * 2, ("CrOS", "Chromebook"), ("Windows",) * 2,
            ("Macintosh", "Mac"), ("Linux",) * 2)  # fmt: skip
_BROWSERS = (("Edg", "Edge"), ("SamsungBrowser", "Samsung Internet"), ("Firefox",) * 2, ("FxiOS", "Firefox"),
             ("CriOS", "Chrome"), ("Chrome",) * 2, ("Safari",) * 2)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Entered:
    """How a way in ended: ``token`` for a new session's cookie (None: the present session goes on), and ``then``, where to go.

    ``new_person``: the first time. ``merge``: the way belongs to another account, which has now been proved to be the same
    person's too; it is the key for ``/me/merge``.
    """

    token: str | None = None
    then: str = ""
    person_public_id: str = ""
    new_person: bool = False
    merge: str = ""


def begin(db: Session, actor: Actor, person: Person, *, way: str, user_agent: str = "", strong: bool = False) -> str:
    """Open a session for this person and answer its token. The one that this browser had ends: no token outlives a sign-in.

    ``way``: mail, passkey, or a provider's name. ``strong``: a passkey or a one-time code was shown, which opens the desk.
    What the browser posted as a guest, and the pictures it is about to, belong to the person from now on.
    """
    if actor.session_id is not None:
        db.exec(delete(SignedIn).where(col(SignedIn.id) == actor.session_id))
    token, now = session.new_token(), clock.now()
    db.add(
        SignedIn(
            token_hash=session.hashed(token),
            person_id=person.id,  # type: ignore[arg-type]  # flushed
            device=device(user_agent),
            way=way,
            strong_at=now if strong else None,
            created_at=now,
            seen_at=now,
            expires_at=now + timedelta(days=session.SESSION_DAYS),
        )
    )
    _adopt(db, actor, person)
    db.flush()
    return token


def strengthen(db: Session, actor: Actor) -> None:
    """The present session has just shown a passkey or a one-time code of its person: the desk is open for a while."""
    db.exec(update(SignedIn).where(col(SignedIn.id) == actor.session_id).values(strong_at=clock.now()))


def _adopt(db: Session, actor: Actor, person: Person) -> None:
    if not actor.guest_hash:
        return
    db.exec(update(Flyer).where(col(Flyer.guest_hash) == actor.guest_hash).values(poster_id=person.id, guest_hash=None))
    db.exec(update(Picture).where(col(Picture.owner_hash) == actor.guest_hash).values(owner_hash=f"person:{person.id}"))


def device(user_agent: str) -> str:
    """A short label such as ``iPhone · Safari`` by which a person tells their devices apart; empty when nothing is known."""
    found = [next((label for sign, label in signs if sign in user_agent[:500]), "") for signs in (_DEVICES, _BROWSERS)]
    return " · ".join(label for label in found if label)
