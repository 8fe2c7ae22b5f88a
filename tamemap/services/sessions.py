"""Sessions: one browser in which a person is signed in, however they came in; a person sees theirs and ends them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING

from sqlmodel import col, delete, func, select, update

from tamemap import clock, session
from tamemap.domain.permissions import demand_self
from tamemap.domain.writing import reference
from tamemap.errors import NotFound, Unauthenticated
from tamemap.models import Flyer, Picture, PushSubscription, SignedIn
from tamemap.queries.passkeys import proofs
from tamemap.queries.ways import SEEN_EVERY

if TYPE_CHECKING:
    from datetime import datetime

    from sqlmodel import Session

    from tamemap.domain.actors import Actor
    from tamemap.models import Person

# the signs that tell a device and a browser apart in User-Agent, the more particular first
_DEVICES = (("iPhone",) * 2, ("iPad",) * 2, ("Android",) * 2, ("CrOS", "Chromebook"), ("Windows",) * 2,
            ("Macintosh", "Mac"), ("Linux",) * 2)  # fmt: skip
_BROWSERS = (("Edg", "Edge"), ("SamsungBrowser", "Samsung Internet"), ("Firefox",) * 2, ("FxiOS", "Firefox"),
             ("CriOS", "Chrome"), ("Chrome",) * 2, ("Safari",) * 2)  # fmt: skip


FRESH = timedelta(hours=1)
"""For how long after coming in, or showing once more who one is, ways in can be changed: a phone that is picked up open must
not become a stolen account."""


@dataclass(frozen=True, slots=True)
class Entered:
    """How a way in ended: ``token`` for a new session's cookie (None: the present session goes on), and ``then``, where to go.

    ``new_person``: the first time. ``merge``: the way belongs to another account, which has now been proved to be the same
    person's too; it is the key for ``/me/merge``. ``known``: the mark by which the browser is known for a mail address.
    ``problem``: nobody came in; an error code that is answered instead of raised, because the wrong try must be kept:
    ``sign_in_code_wrong`` with ``tries_left`` (0: ask for a new mail), ``sign_in_link_over`` or ``sign_in_other_browser``.
    """

    token: str | None = None
    then: str = ""
    person_public_id: str = ""
    new_person: bool = False
    merge: str = ""
    problem: str = ""
    tries_left: int = 0
    known: str = ""


@dataclass(frozen=True, slots=True)
class Device:
    """A session of one's own. ``device`` such as ``iPhone · Safari`` (may be empty), ``way`` mail, passkey or a provider."""

    public_id: str
    device: str
    way: str
    since: datetime
    seen_at: datetime
    is_this: bool


@dataclass(frozen=True, slots=True)
class Ended:
    """How many sessions were ended, and whether the present one was among them."""

    count: int
    this: bool = False


def begin(db: Session, actor: Actor, person: Person, *, way: str, user_agent: str = "", strong: bool = False) -> str:
    """Open a session for this person and answer its token. The one that this browser had ends: no token outlives a sign-in.

    ``way``: mail, passkey, or a provider's name. ``strong``: a passkey or a one-time code was shown, which opens the desk.
    What the browser posted as a guest, and the pictures it is about to, belong to the person from now on.
    """
    token, now = session.new_token(), clock.now()
    made = SignedIn(
        token_hash=session.hashed(token),
        person_id=person.id,  # type: ignore[arg-type]  # flushed
        device=device(user_agent),
        way=way,
        strong_at=now if strong else None,
        created_at=now,
        seen_at=now,
        expires_at=now + timedelta(days=session.SESSION_DAYS),
    )
    db.add(made)
    db.flush()
    if actor.session_id is not None:
        # the same person in the same browser goes on being told there; with anybody else's session that ends
        kept = col(PushSubscription.signed_in_id) == actor.session_id, col(PushSubscription.person_id) == person.id
        db.exec(update(PushSubscription).where(*kept).values(signed_in_id=made.id))
        db.exec(delete(SignedIn).where(col(SignedIn.id) == actor.session_id))
    _adopt(db, actor, person)
    db.flush()
    return token


def strengthen(db: Session, actor: Actor) -> None:
    """The present session has just shown a passkey or a one-time code of its person: the desk is open for a while."""
    db.exec(update(SignedIn).where(col(SignedIn.id) == actor.session_id).values(strong_at=clock.now()))


def demand_shown(db: Session, actor: Actor) -> None:
    """Raise Unauthenticated ``desk_needs_proof`` for staff who have not shown of late what they could show.

    Otherwise a session that may not open the desk could make itself the key to it. Who has nothing to show yet may go on.
    """
    if actor.waiting:
        found = proofs(db, actor)
        if found.mail or found.passkeys:
            raise Unauthenticated("desk_needs_proof")


def demand_fresh(db: Session, actor: Actor) -> None:
    """Raise Unauthenticated unless ways in can be changed in this session.

    ``ways_need_proof``: it was neither opened nor strengthened within the last hour; ``desk_needs_proof``: as
    ``demand_shown``. An actor without a session is our own code's: the door lets no person in without one.
    """
    demand_shown(db, actor)
    if actor.session_id is not None and not is_fresh(db, actor):
        raise Unauthenticated("ways_need_proof")


def is_fresh(db: Session, actor: Actor) -> bool:
    """Whether the session was opened, or its person shown once more, within the last hour."""
    row = db.get(SignedIn, actor.session_id) if actor.session_id is not None else None
    return row is not None and max(row.created_at, row.strong_at or row.created_at) > clock.now() - FRESH


def touch(db: Session, actor: Actor) -> None:
    """Keep when this session was last seen, to ten minutes. One look-up by key that mostly changes nothing."""
    if actor.session_id is not None:
        now = clock.now()
        db.exec(
            update(SignedIn)
            .where(col(SignedIn.id) == actor.session_id, col(SignedIn.seen_at) <= now - SEEN_EVERY)
            .values(seen_at=now)
        )


def mine(db: Session, actor: Actor) -> tuple[Device, ...]:
    """The actor's live sessions: this one first, then the last seen. Raises Unauthenticated, Forbidden for a program."""
    person_id = demand_self(actor)
    touch(db, actor)
    rows = db.exec(select(SignedIn).where(SignedIn.person_id == person_id, SignedIn.expires_at > clock.now())).all()
    rows = sorted(rows, key=lambda row: (row.id == actor.session_id, row.seen_at, row.id or 0), reverse=True)
    return tuple(
        Device(row.public_id, row.device, row.way, row.created_at, row.seen_at, row.id == actor.session_id) for row in rows
    )


def end(db: Session, actor: Actor, *, public_id: str) -> Ended:
    """End one of the actor's sessions: whoever sits there is a guest from now on. Raises Unauthenticated, NotFound."""
    person_id = demand_self(actor)
    row = db.exec(select(SignedIn).where(SignedIn.public_id == reference(public_id), SignedIn.person_id == person_id)).first()
    if row is None:
        raise NotFound("session_unknown")
    db.delete(row)
    db.flush()
    return Ended(1, this=row.id == actor.session_id)


def end_others(db: Session, actor: Actor) -> Ended:
    """End all of the actor's sessions but the present one. Raises Unauthenticated."""
    return Ended(end_all(db, demand_self(actor), but=actor.session_id))


def end_all(db: Session, person_id: int, *, but: int | None = None) -> int:
    """End a person's sessions, for services that have asked already; answers how many there were."""
    others = col(SignedIn.person_id) == person_id, func.coalesce(but, 0) != col(SignedIn.id)
    return int(db.exec(delete(SignedIn).where(*others)).rowcount)


def _adopt(db: Session, actor: Actor, person: Person) -> None:
    if not actor.guest_hash:
        return
    db.exec(update(Flyer).where(col(Flyer.guest_hash) == actor.guest_hash).values(poster_id=person.id, guest_hash=None))
    db.exec(update(Picture).where(col(Picture.owner_hash) == actor.guest_hash).values(owner_hash=f"person:{person.id}"))


def device(user_agent: str) -> str:
    """A short label such as ``iPhone · Safari`` by which a person tells their devices apart; empty when nothing is known."""
    found = [next((label for sign, label in signs if sign in user_agent[:500]), "") for signs in (_DEVICES, _BROWSERS)]
    return " · ".join(label for label in found if label)
