"""Asking the table of permissions on behalf of a deed, and writing down what is done for the town.

Services ask here, never the table itself: so nothing that staff or an operator do can miss the audit trail.
"""

from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

from sqlalchemy import text

from tamemap import clock
from tamemap.db import is_sqlite
from tamemap.domain import permissions
from tamemap.models import AuditEntry

if TYPE_CHECKING:
    from collections.abc import Iterator

    from sqlmodel import Session

    from tamemap.domain.actors import Actor, Ground


def demand(
    db: Session,
    actor: Actor,
    verb: str,
    ground: Ground,
    *,
    author: bool = False,
    group_id: int | None = None,
    thing: str = "",
    thing_id: str = "",
    detail: dict[str, Any] | None = None,
) -> bool:
    """Raise as ``domain.permissions.demand``, unless the actor may; what they may only by their office is written down.

    ``thing`` and ``thing_id`` (a public id, a slug, a code) say to what it was done, ``detail`` how: ids and codes only, never
    what people wrote. Answers whether it was written down.
    """
    permissions.demand(actor, verb, ground, author=author, group_id=group_id)
    if not permissions.by_office(actor, verb, ground, author=author, group_id=group_id):
        return False
    record(db, actor, verb, ground, thing=thing, thing_id=thing_id, detail=detail)
    return True


def ask_first(actor: Actor, verb: str, ground: Ground, *, author: bool = False, group_id: int | None = None) -> None:
    """Raise as ``demand``, before there is anything to name; the deed itself then calls ``demand``, with the new thing's id."""
    permissions.demand(actor, verb, ground, author=author, group_id=group_id)


def record(
    db: Session,
    actor: Actor,
    verb: str,
    ground: Ground | None,
    *,
    kind: str = "",
    thing: str = "",
    thing_id: str = "",
    detail: dict[str, Any] | None = None,
) -> None:
    """Write a deed into the audit trail, with the actor as what they stand on that ground (None: the whole installation), or
    as ``kind``: staff, operator, system."""
    if not kind:
        kind = "system" if actor.person_id is None else (actor.kind_on(ground) if ground else "operator")
    db.add(
        AuditEntry(
            at=clock.now(),
            actor_id=actor.person_id,
            actor_kind=kind,
            token_id=actor.token_id,
            verb=verb,
            municipality_code=ground.municipality_code if ground else None,
            region_id=ground.region_id if ground else None,
            thing=thing,
            thing_id=thing_id,
            detail=detail or {},
        )
    )


@contextmanager
def trail_may_go(db: Session) -> Iterator[None]:
    """While this lasts the database lets the audit trail go: for emptying a whole installation, and for nothing else."""
    if not is_sqlite(db):
        # refused to all but the owner of the tables
        db.connection().execute(text("ALTER TABLE audit_entry DISABLE TRIGGER audit_entry_kept"))
        yield
        db.connection().execute(text("ALTER TABLE audit_entry ENABLE TRIGGER audit_entry_kept"))
        return
    kept = db.connection().execute(
        text("SELECT name, sql FROM sqlite_master WHERE type = 'trigger' AND tbl_name = 'audit_entry'")
    )
    triggers = kept.all()
    for name, _ in triggers:
        db.connection().execute(text(f"DROP TRIGGER {name}"))
    yield
    for _, sql in triggers:
        db.connection().execute(text(sql))
