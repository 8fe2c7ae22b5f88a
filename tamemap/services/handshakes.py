"""Dances with other programs (a provider, an authenticator): begun once, ended once, in the same browser, within minutes."""

from __future__ import annotations

import math
from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING, Any

from sqlmodel import func, select

from tamemap import clock, session
from tamemap.errors import Invalid, TooMany
from tamemap.gateways.limits import household
from tamemap.models import Handshake
from tamemap.services import sessions
from tamemap.urls import own_path

if TYPE_CHECKING:
    from sqlmodel import Session

    from tamemap.domain.actors import Actor

LIFE = timedelta(minutes=10)
HOUR = timedelta(hours=1)
# a town hall or a school stands behind one address
PER_CLIENT = 200
# the kinds that add a way in when their purpose is "add"
WAYS = frozenset({"provider", "passkey_new"})


@dataclass(frozen=True, slots=True)
class Taken:
    """A handshake that was just used up. ``person_id``: who was signed in when it began."""

    kind: str
    provider: str
    purpose: str
    then: str
    secret: dict[str, Any]
    person_id: int | None
    other_id: int | None


def client_hash(client: str) -> str:
    """Under what a client's household is counted in rows; empty for none (the command line)."""
    return session.hashed(f"client:{household(client)}") if client else ""


def begin(
    db: Session,
    actor: Actor,
    *,
    kind: str,
    key: str,
    browser_key: str,
    provider: str = "",
    purpose: str = "sign_in",
    other_id: int | None = None,
    secret: dict[str, Any] | None = None,
    then: str = "",
    life: timedelta = LIFE,
) -> None:
    """Remember a dance under ``key`` (a state or a challenge: 128 random bits or more), for this browser and this person.

    One that adds a way in needs a fresh session: Unauthenticated as ``sessions.demand_fresh``. Raises Invalid
    ``browser_key_missing``, TooMany ``sign_in_too_many`` after 200 an hour from one household.
    """
    if not browser_key:
        raise Invalid.at("browser_key", "browser_key_missing")
    if purpose == "add" and kind in WAYS:
        sessions.demand_fresh(db, actor)
    now, who = clock.now(), client_hash(actor.client)
    if who:
        recent = select(func.count(), func.min(Handshake.created_at)).where(
            Handshake.client_hash == who, Handshake.created_at > now - HOUR
        )
        count, oldest = db.exec(recent).one()
        if count >= PER_CLIENT:
            raise TooMany("sign_in_too_many", retry_after=max(1, math.ceil((oldest + HOUR - now).total_seconds())))
    db.add(
        Handshake(
            key_hash=session.hashed(key),
            kind=kind,
            provider=provider,
            purpose=purpose,
            person_id=actor.person_id,
            other_id=other_id,
            browser_hash=session.hashed(browser_key),
            client_hash=who,
            secret=secret or {},
            then=own_path(then),
            created_at=now,
            expires_at=now + life,
        )
    )
    db.flush()


def take(db: Session, actor: Actor, *, kind: str, key: str, browser_key: str) -> Taken:
    """Use up the dance of this key. Raises Invalid ``handshake_over`` when there is none such: unknown, used, too late, begun in
    another browser, or by somebody else than who is signed in now. A wrong browser does not use it up.
    """
    row = _live(db, actor, kind=kind, key=key, browser_key=browser_key)
    row.used_at = clock.now()
    taken = _taken(row)
    row.secret = {}
    db.add(row)
    db.flush()
    return taken


def look(db: Session, actor: Actor, *, kind: str, key: str, browser_key: str) -> Taken:
    """As ``take``, and leave it to be taken later."""
    return _taken(_live(db, actor, kind=kind, key=key, browser_key=browser_key))


def _taken(row: Handshake) -> Taken:
    return Taken(row.kind, row.provider, row.purpose, row.then, dict(row.secret), row.person_id, row.other_id)


def _live(db: Session, actor: Actor, *, kind: str, key: str, browser_key: str) -> Handshake:
    row = db.exec(select(Handshake).where(Handshake.key_hash == session.hashed(str(key)[:2000])).with_for_update()).first()
    if (
        row is None
        or row.kind != kind
        or row.used_at is not None
        or row.expires_at <= clock.now()
        or not session.same(row.browser_hash, session.hashed(browser_key))
        or (row.purpose != "sign_in" and row.person_id != actor.person_id)
    ):
        raise Invalid("handshake_over")
    return row
