"""Choosing how one is told: at once, gathered, and at which hours never."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tamemap import clock
from tamemap.domain.permissions import demand_self
from tamemap.domain.quiet import checked_night
from tamemap.domain.telling import DIGESTS
from tamemap.errors import Invalid
from tamemap.models import Person
from tamemap.queries.notice_settings import NoticeSettings, settings_of

if TYPE_CHECKING:
    from sqlmodel import Session

    from tamemap.domain.actors import Actor


def choose(db: Session, actor: Actor, *, mail_notices: bool, digest: str, quiet_from: str, quiet_to: str) -> NoticeSettings:
    """Keep how the actor wants to be told; both times empty: no quiet hours. Who begins with gathered mails gets what is new
    from now on.

    Raises Unauthenticated, Forbidden for a program, and Invalid at ``digest``, ``night_from`` or ``night_to``.
    """
    row = db.get_one(Person, demand_self(actor), with_for_update=True)
    if digest not in DIGESTS:
        raise Invalid.at("digest", "choice_missing")
    begin, end = checked_night(quiet_from, quiet_to)
    if row.digest == "off" and digest != "off":
        row.digested_at = clock.now()
    row.mail_notices, row.digest, row.quiet_from, row.quiet_to = mail_notices, digest, begin, end
    db.add(row)
    db.flush()
    return settings_of(row)
