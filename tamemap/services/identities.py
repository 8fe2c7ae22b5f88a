"""Accounts at other programs (LINE, Google, Apple, …) as ways in: begun here, and ended with what the provider has proved."""

from __future__ import annotations

import secrets
from dataclasses import dataclass
from typing import TYPE_CHECKING

from sqlmodel import select

from tamemap import clock, i18n, session
from tamemap.db import IntegrityError
from tamemap.domain.permissions import demand_self
from tamemap.domain.residence import Town, municipality_of_address
from tamemap.errors import Invalid
from tamemap.models import Identity, Municipality, Person
from tamemap.services import handshakes, merging, residence, sessions, ways

if TYPE_CHECKING:
    from sqlmodel import Session

    from tamemap.domain.actors import Actor
    from tamemap.services.handshakes import Taken

KIND, RESIDENCE = "provider", "residence"
PURPOSES = frozenset({"sign_in", "add"})


@dataclass(frozen=True, slots=True)
class Begun:
    """A dance that has just begun: state and nonce go along, the PKCE verifier (RFC 7636) stays until the code is redeemed."""

    state: str
    nonce: str
    verifier: str


@dataclass(frozen=True, slots=True)
class Returned:
    """A dance that has come back, in the browser that began it and once only; ``lang`` is the language that it began in."""

    taken: Taken
    nonce: str
    verifier: str
    lang: str


def begin(
    db: Session,
    actor: Actor,
    *,
    provider: str,
    browser_key: str,
    purpose: str = "sign_in",
    then: str = "",
    lang: str = i18n.DEFAULT,
) -> Begun:
    """Begin to sign in by a provider, or (``purpose`` ``add``) to add it as one more way in for who is signed in.

    Raises Invalid (``purpose_unknown``, ``browser_key_missing``), TooMany; for adding also Unauthenticated (``sign_in_first``,
    ``ways_need_proof``, ``desk_needs_proof``).
    """
    if purpose not in PURPOSES:
        raise Invalid("purpose_unknown")
    if purpose == "add":
        demand_self(actor)
    return _begin(db, actor, KIND, browser_key, provider=provider, purpose=purpose, then=then, lang=lang)


def begin_residence(db: Session, actor: Actor, *, provider: str, browser_key: str, lang: str = i18n.DEFAULT) -> Begun:
    """Begin to prove residence by the card app. Raises Unauthenticated for a guest, Forbidden for a program, TooMany."""
    demand_self(actor)
    return _begin(db, actor, RESIDENCE, browser_key, provider=provider, purpose="add", then="", lang=lang)


def _begin(db: Session, actor: Actor, kind: str, browser_key: str, *, provider: str, purpose: str, then: str, lang: str) -> Begun:
    begun = Begun(session.new_token(), session.new_token(), session.new_token())
    secret = {"nonce": begun.nonce, "verifier": begun.verifier, "lang": lang}
    handshakes.begin(db, actor, kind=kind, key=begun.state, browser_key=browser_key, provider=provider, purpose=purpose,
                     secret=secret, then=then)  # fmt: skip
    return begun


def take(db: Session, actor: Actor, *, provider: str, state: str, browser_key: str, kind: str = KIND) -> Returned:
    """Use up the dance of this state. Raises Invalid ``handshake_over``, also when it began at another provider."""
    taken = handshakes.take(db, actor, kind=kind, key=state, browser_key=browser_key)
    if taken.provider != provider:
        raise Invalid("handshake_over")
    secret = taken.secret
    return Returned(taken, str(secret.get("nonce", "")), str(secret.get("verifier", "")), str(secret.get("lang", i18n.DEFAULT)))


def prove_residence(db: Session, actor: Actor, *, address: str) -> residence.Kept:
    """Keep in which of our towns this proved address lies; the address itself is forgotten.

    Raises Invalid ``residence_elsewhere`` for an address outside our towns, and as ``residence.keep_proof``.
    """
    rows = db.exec(select(Municipality.code, Municipality.prefecture, Municipality.name)).all()
    code = municipality_of_address(address, [Town(*row) for row in rows])
    if code is None:
        raise Invalid("residence_elsewhere")
    return residence.keep_proof(db, actor, municipality_code=code)


def enter(
    db: Session,
    actor: Actor,
    *,
    taken: Taken,
    subject: str,
    browser_key: str,
    user_agent: str = "",
    lang: str = i18n.DEFAULT,
) -> sessions.Entered:
    """Let in whoever the provider says it is. ``subject``: issuer and subject together (``gateways.oidc.Claims.identity``).

    Signing in: the person who is known by it, else a new one, without a mail address. Adding: it becomes a way in of the
    signed-in person; where it is another account's already, that account has been proved too, and both can be merged
    (``Entered.merge``). Raises Unauthenticated where nobody is signed in any more to add it to.
    """
    hashed, now = session.hashed(subject), clock.now()
    known = _known(db, taken.provider, hashed)
    if taken.purpose == "add":
        mine = demand_self(actor)
        if known is not None and known.person_id != mine:
            merge = merging.offer(db, actor, other_id=known.person_id, browser_key=browser_key)
            return sessions.Entered(then=taken.then, merge=merge)
        if known is None:
            _add(db, Identity(person_id=mine, provider=taken.provider, subject_hash=hashed, created_at=now, used_at=now))
            ways.tell(db, db.get_one(Person, mine), "way_identity_added", provider=taken.provider)
        return sessions.Entered(then=taken.then, person_public_id=actor.public_id)
    person, new = _person(db, known, taken.provider, hashed, lang)
    token = sessions.begin(db, actor, person, way=taken.provider, user_agent=user_agent, strong=False)
    return sessions.Entered(token=token, then=taken.then, person_public_id=person.public_id, new_person=new)


def _known(db: Session, provider: str, hashed: str) -> Identity | None:
    """Who comes in by it; nobody when that person has left, who shall not be found again by it."""
    found = db.exec(
        select(Identity, Person)
        .join(Person, Person.id == Identity.person_id)  # type: ignore[arg-type]
        .where(Identity.provider == provider, Identity.subject_hash == hashed)
    ).first()
    if found is None:
        return None
    identity, person = found
    if person.left_at is not None:
        db.delete(identity)
        db.flush()
        return None
    identity.used_at = clock.now()
    db.add(identity)
    return identity


def _add(db: Session, identity: Identity) -> None:
    try:
        with db.begin_nested():
            db.add(identity)
            db.flush()
    except IntegrityError:  # two tabs at the same moment
        raise Invalid("handshake_over") from None


def _person(db: Session, known: Identity | None, provider: str, hashed: str, lang: str) -> tuple[Person, bool]:
    """The person who is known by it, or one made just now, with a friendly name of ours to begin with."""
    if known is None:
        now = clock.now()
        name = i18n.t("people.first_name", lang, number=f"{secrets.randbelow(10_000):04d}")
        try:
            with db.begin_nested():
                made = Person(name=name, created_at=now)
                db.add(made)
                db.flush()
                db.add(Identity(person_id=made.id, provider=provider, subject_hash=hashed, created_at=now, used_at=now))  # type: ignore[arg-type]
                db.flush()
            return made, True
        except IntegrityError:  # two browsers at the same moment: the other one made it
            known = db.exec(select(Identity).where(Identity.provider == provider, Identity.subject_hash == hashed)).one()
    return db.exec(select(Person).where(Person.id == known.person_id)).one(), False
