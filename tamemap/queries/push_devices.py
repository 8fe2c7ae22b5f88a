"""Reads about the devices on which a person has notices shown: for themselves alone."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from sqlmodel import Session, col, select

from tamemap import clock
from tamemap.config import settings
from tamemap.domain.permissions import demand_self
from tamemap.domain.writing import reference
from tamemap.errors import NotFound
from tamemap.gateways.push import public_key
from tamemap.models import BoardFollow, PushSubscription, SignedIn, TopicMark

if TYPE_CHECKING:
    from datetime import datetime

    from tamemap.domain.actors import Actor


@dataclass(frozen=True, slots=True)
class Device:
    """A browser that shows notices. ``is_this``: the one that asks. ``last``: when its push service last took a message.

    ``test``: empty (none was sent), ``waiting``, ``sent`` (its push service has it), ``refused``, ``arrived`` (proved).
    """

    public_id: str
    device: str
    since: datetime
    last: datetime | None
    is_this: bool
    failing: bool
    test: str


@dataclass(frozen=True, slots=True)
class Devices:
    """All of the actor's, this one first; ``key`` is what a browser needs to subscribe, empty where nothing is pushed here."""

    key: str
    items: tuple[Device, ...]

    @property
    def this(self) -> Device | None:
        """The browser that asks, if it is one of them."""
        return next((one for one in self.items if one.is_this), None)


def devices(db: Session, actor: Actor) -> Devices:
    """The actor's. Raises Unauthenticated, Forbidden for a program."""
    mine = PushSubscription.person_id == demand_self(actor), SignedIn.expires_at > clock.now()
    query = select(PushSubscription).join(SignedIn, col(SignedIn.id) == PushSubscription.signed_in_id).where(*mine)
    found = [device_of(row, actor) for row in db.exec(query.order_by(col(PushSubscription.id).desc()))]
    key = public_key(settings()) if settings().push == "on" else ""
    return Devices(key, tuple(sorted(found, key=lambda one: not one.is_this)))


def device(db: Session, actor: Actor, *, public_id: str) -> Device:
    """One of the actor's. Raises Unauthenticated, Forbidden, NotFound ``push_device_unknown``."""
    mine = PushSubscription.person_id == demand_self(actor), PushSubscription.public_id == reference(public_id)
    row = db.exec(select(PushSubscription).where(*mine)).first()
    if row is None:
        raise NotFound("push_device_unknown")
    return device_of(row, actor)


def worth_inviting(db: Session, actor: Actor) -> bool:
    """Whether this is the first thing that the actor follows, and no device of theirs is told of it. Raises Unauthenticated,
    Forbidden for a program."""
    person_id = demand_self(actor)
    if settings().push == "off" or db.exec(select(PushSubscription.id).where(PushSubscription.person_id == person_id)).first():
        return False
    topics = db.exec(
        select(TopicMark.id).where(TopicMark.person_id == person_id, col(TopicMark.following).is_(True)).limit(2)
    ).all()
    boards = db.exec(select(BoardFollow.id).where(BoardFollow.person_id == person_id).limit(2)).all()
    return len(topics) + len(boards) == 1


def device_of(row: PushSubscription, actor: Actor) -> Device:
    """From a row."""
    here = row.signed_in_id == actor.session_id
    return Device(row.public_id, row.device, row.created_at, row.success_at, here, row.failures > 0, _test(row))


def _test(row: PushSubscription) -> str:
    if row.proof_at is None:
        return ""
    if row.proved_at is not None:
        return "arrived"
    if row.failure_at is not None and row.failure_at >= row.proof_at:
        return "refused"
    return "sent" if row.success_at is not None and row.success_at >= row.proof_at else "waiting"
