"""How a person wants to be told: on their own page, for themselves alone."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from tamemap.domain.permissions import demand_self
from tamemap.domain.pushing import ways_of
from tamemap.models import Map, Person

if TYPE_CHECKING:
    from sqlmodel import Session

    from tamemap.domain.actors import Actor


@dataclass(frozen=True, slots=True)
class NoticeSettings:
    """``mail_notices``: important notices come by mail at once; ``digest``: the others gathered, off, daily or weekly; between
    ``quiet_from`` and ``quiet_to`` (``HH:MM`` in Tokyo, both empty: never) no mail comes, and nothing is shown on devices.
    ``mail`` is where to (empty: none). ``ways``: by kind of ``domain.pushing.KINDS`` one of its ``WAYS``; ``duty_days`` of staff
    (empty: all). A weekly digest comes on ``digest_day`` (0 is Monday), at ``digest_hour`` (None: after the quiet hours), and
    tells of the new flyers of ``digest_map`` (a map's slug, empty: of none).
    """

    mail: str
    mail_notices: bool
    digest: str
    quiet_from: str
    quiet_to: str
    told_by: str = ""
    duty_days: str = ""
    digest_day: int = 0
    digest_hour: int | None = None
    digest_map: str = ""

    @property
    def ways(self) -> dict[str, str]:
        """Where each kind of notices is told."""
        return ways_of(self.told_by)


def notice_settings(db: Session, actor: Actor) -> NoticeSettings:
    """The actor's own. Raises Unauthenticated, Forbidden for a program."""
    return settings_of(db, db.get_one(Person, demand_self(actor)))


def settings_of(db: Session, row: Person) -> NoticeSettings:
    """From a person's row."""
    chosen = db.get(Map, row.digest_map_id) if row.digest_map_id is not None else None
    return NoticeSettings(
        row.mail or "",
        row.mail_notices,
        row.digest,
        row.quiet_from,
        row.quiet_to,
        row.told_by,
        row.duty_days,
        row.digest_day or 0,
        row.digest_hour,
        chosen.slug if chosen else "",
    )
