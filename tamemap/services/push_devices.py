"""A person's devices that show notices: switching one on, taking one away, a test message whose arrival is proved."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlmodel import col, or_, select

from tamemap import clock, i18n, session
from tamemap.config import settings
from tamemap.domain.permissions import demand_self
from tamemap.domain.writing import reference
from tamemap.errors import Conflict, Invalid, NotFound, TooMany, Unauthenticated
from tamemap.gateways.push import is_keys, is_push_service
from tamemap.models import PushSubscription, SignedIn
from tamemap.queries.push_devices import Device, device_of
from tamemap.services import outbox
from tamemap.services.sessions import device

if TYPE_CHECKING:
    from sqlmodel import Session

    from tamemap.domain.actors import Actor

ENDPOINT_MOST = 1000
MOST = 20
"""Devices that one person may have switched on."""

TEST_EVERY = 5  # seconds


def switch_on(
    db: Session, actor: Actor, *, endpoint: str, p256dh: str, auth: str, user_agent: str = "", lang: str = i18n.DEFAULT
) -> Device:
    """Show notices in the browser in which the actor is signed in, as its push service knows it, until that session ends; twice
    is once. A browser is one person's: whoever had switched it on before is told there no more.

    Raises Unauthenticated, Forbidden for a program, Conflict ``push_off`` where this installation has none, Invalid
    ``push_unknown`` for an address that is no push service's or keys that are none.
    """
    person_id = demand_self(actor)
    if actor.session_id is None:
        raise Unauthenticated("sign_in_first")
    if settings().push == "off":
        raise Conflict("push_off")
    known = len(endpoint) <= ENDPOINT_MOST and is_push_service(endpoint, settings())
    if not known or len(p256dh) > 100 or len(auth) > 40 or not is_keys(p256dh, auth):
        raise Invalid("push_unknown")
    # one turn after the other for a browser that sends twice
    db.exec(select(SignedIn.id).where(SignedIn.id == actor.session_id).with_for_update()).one()
    row = db.exec(select(PushSubscription).where(PushSubscription.endpoint == endpoint)).first()
    if row is None or (row.person_id, row.signed_in_id) != (person_id, actor.session_id):
        same = or_(col(PushSubscription.endpoint) == endpoint, col(PushSubscription.signed_in_id) == actor.session_id)
        for old in db.exec(select(PushSubscription).where(same)).all():
            db.delete(old)
        db.flush()
        _make_room(db, person_id)
        row = PushSubscription(
            person_id=person_id,
            signed_in_id=actor.session_id,
            endpoint=endpoint,
            p256dh=p256dh,
            auth=auth,
            device=device(user_agent),
            created_at=clock.now(),
        )
    row.p256dh, row.auth, row.failures, row.rest_until = p256dh, auth, 0, None
    row.lang = lang if lang in i18n.AVAILABLE else i18n.DEFAULT
    db.add(row)
    db.flush()
    return device_of(row, actor)


def _make_room(db: Session, person_id: int) -> None:
    """The one that was switched on first makes room."""
    mine = select(PushSubscription).where(PushSubscription.person_id == person_id)
    for row in db.exec(mine.order_by(col(PushSubscription.id).desc()).offset(MOST - 1)).all():
        db.delete(row)
    db.flush()


def switch_off(db: Session, actor: Actor, *, public_id: str) -> None:
    """Show nothing there any more. Raises Unauthenticated, Forbidden, NotFound ``push_device_unknown``."""
    db.delete(_own(db, actor, public_id))
    db.flush()


def renew(db: Session, actor: Actor, *, old: str, endpoint: str, p256dh: str, auth: str) -> Device:
    """The push service has given the browser another address. Only the session that switched it on may say so.

    Raises as ``switch_on``, and NotFound ``push_device_unknown`` where the actor had not switched this browser on.
    """
    person_id = demand_self(actor)
    mine = PushSubscription.person_id == person_id, PushSubscription.signed_in_id == actor.session_id
    row = db.exec(select(PushSubscription).where(*mine)).first()
    if row is None or (old and row.endpoint not in {old, endpoint}):
        raise NotFound("push_device_unknown")
    if row.endpoint == endpoint:
        return device_of(row, actor)
    label, lang = row.device, row.lang
    switch_on(db, actor, endpoint=endpoint, p256dh=p256dh, auth=auth, lang=lang)
    made = db.exec(select(PushSubscription).where(*mine)).one()
    made.device = label
    db.add(made)
    db.flush()
    return device_of(made, actor)


def send_test(db: Session, actor: Actor, *, public_id: str) -> Device:
    """Have a test message sent to one of the actor's devices now, also in quiet hours. ``arrived`` tells when it is there.

    Raises Unauthenticated, Forbidden, NotFound, TooMany where the last one was sent just now.
    """
    row = _own(db, actor, public_id)
    now = clock.now()
    if row.proof_at is not None and (now - row.proof_at).total_seconds() < TEST_EVERY:
        raise TooMany("push_test_just_sent", retry_after=TEST_EVERY)
    word = session.new_token()
    row.proof_hash, row.proof_at, row.proved_at = session.hashed(word), now, None
    db.add(row)
    db.flush()
    outbox.put(db, "push", {"device": row.id, "proof": word})
    return device_of(row, actor)


def arrived(db: Session, actor: Actor, *, word: str) -> bool:
    """The browser says the word of the test message that it has shown: whoever can say it has got it. Answers whether it was
    one; twice is once."""
    row = db.exec(select(PushSubscription).where(PushSubscription.proof_hash == session.hashed(word)).with_for_update()).first()
    if row is None or not word:
        return False
    row.proved_at = row.proved_at or clock.now()
    db.add(row)
    db.flush()
    return True


def _own(db: Session, actor: Actor, public_id: str) -> PushSubscription:
    mine = PushSubscription.person_id == demand_self(actor), PushSubscription.public_id == reference(public_id)
    row = db.exec(select(PushSubscription).where(*mine).with_for_update()).first()
    if row is None:
        raise NotFound("push_device_unknown")
    return row
