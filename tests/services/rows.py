"""Rows that the tests of boards, reports and sign-in need beside the cast: a flyer that stands on maps."""

from __future__ import annotations

from contextlib import contextmanager
from datetime import timedelta
from typing import TYPE_CHECKING, Any

from sqlalchemy import Engine, event
from sqlmodel import Session, select

from tamemap import clock
from tamemap.models import Flyer, Map, OutboxEntry, Picture, Placement
from tests.factories import HITOYOSHI, OFFICES

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tamemap.domain.actors import Actor


def flyer(
    db: Session, poster: Actor, title: str = "秋の市", *, on: tuple[str, ...] = ("hitoyoshi",), days: int = 7, state: str = "up"
) -> Flyer:
    """A flyer of 人吉市 that stands on these maps for so many days, posted with or without an account."""
    now = clock.now()
    lat, lng = OFFICES[HITOYOSHI]
    row = Flyer(municipality_code=HITOYOSHI, poster_id=poster.person_id, guest_hash=poster.guest_hash, title=title,
                category="market", lat=lat, lng=lng, hidden_outside=[], created_at=now, updated_at=now)  # fmt: skip
    db.add(row)
    db.flush()
    for slug in on:
        here = db.exec(select(Map).where(Map.slug == slug)).one()
        db.add(Placement(flyer_id=row.id, map_id=here.id, state=state, since=now, until=now + timedelta(days=days),
                         cell=0, lat=lat, lng=lng, category=row.category, soon_at=row.starts_at or clock.NEVER))  # fmt: skip
    db.flush()
    return row


def placement(db: Session, row: Flyer, slug: str) -> Placement:
    """The flyer's standing on that map."""
    return db.exec(select(Placement).join(Map).where(Placement.flyer_id == row.id, Map.slug == slug)).one()


def picture(db: Session, owner_hash: str, name: str) -> Picture:
    """A picture that waits for its poster."""
    row = Picture(owner_hash=owner_hash, original=name, width=3, height=4, variants={}, resident_name=f"r{name}",
                  outside_name=f"o{name}", created_at=clock.now())  # fmt: skip
    db.add(row)
    db.flush()
    return row


def mails(db: Session) -> list[dict[str, str]]:
    """What waits in the outbox to be mailed, in order."""
    return [row.payload for row in db.exec(select(OutboxEntry).where(OutboxEntry.kind == "mail").order_by(OutboxEntry.id))]


@contextmanager
def counted() -> Iterator[list[str]]:
    """The SQL statements that are run within the block."""
    statements: list[str] = []

    def note(*call: Any) -> None:
        statements.append(call[2])

    event.listen(Engine, "before_cursor_execute", note)
    yield statements
    event.remove(Engine, "before_cursor_execute", note)
