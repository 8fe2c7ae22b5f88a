"""How a person wants to be told: on their own page, for themselves alone."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from tamemap.domain.permissions import demand_self
from tamemap.models import Person

if TYPE_CHECKING:
    from sqlmodel import Session

    from tamemap.domain.actors import Actor


@dataclass(frozen=True, slots=True)
class NoticeSettings:
    """``mail_notices``: important notices come by mail at once; ``digest``: the others gathered, off, daily or weekly; between
    ``quiet_from`` and ``quiet_to`` (``HH:MM`` in Tokyo, both empty: never) no mail comes. ``mail`` is where to (empty: none)."""

    mail: str
    mail_notices: bool
    digest: str
    quiet_from: str
    quiet_to: str


def notice_settings(db: Session, actor: Actor) -> NoticeSettings:
    """The actor's own. Raises Unauthenticated, Forbidden for a program."""
    return settings_of(db.get_one(Person, demand_self(actor)))


def settings_of(row: Person) -> NoticeSettings:
    """From a person's row."""
    return NoticeSettings(row.mail or "", row.mail_notices, row.digest, row.quiet_from, row.quiet_to)
