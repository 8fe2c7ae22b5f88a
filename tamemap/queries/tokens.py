"""Reads about bearer tokens: those of a group or of a town."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING, Any

from sqlmodel import Session, col, or_, select

from tamemap import clock
from tamemap.domain.permissions import demand
from tamemap.domain.writing import reference
from tamemap.errors import NotFound
from tamemap.models import AccessToken, Group, Person
from tamemap.queries.grounds import ground_of
from tamemap.queries.people import still_counts

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from tamemap.domain.actors import Actor, Ground


@dataclass(frozen=True, slots=True)
class TokenView:
    """A token, without its text. ``state``: live, idle (its maker may no longer act there), over, ended."""

    public_id: str
    name: str
    scopes: tuple[str, ...]
    made_by: str
    created_at: datetime
    expires_at: datetime
    used_at: datetime | None
    state: str


@dataclass(frozen=True, slots=True)
class GroupTokens:
    """A group's name, and its tokens."""

    slug: str
    name: str
    tokens: tuple[TokenView, ...]


def place_of(db: Session, *, group: str, municipality_code: str) -> tuple[str, Ground, Group | None]:
    """The verb that makes a token there, the ground, and the group's row (for services and queries). Raises NotFound."""
    if not group:
        return "town.make_token", ground_of(db, reference(municipality_code)), None
    row = db.exec(select(Group).where(Group.slug == reference(group), Group.state == "active")).first()
    if row is None:
        raise NotFound("group_unknown")
    return "group.make_token", ground_of(db, row.municipality_code), row


def town_tokens(db: Session, actor: Actor, *, municipality_code: str) -> tuple[TokenView, ...]:
    """The tokens of a town, the newest first, for its leads; ended ones for 90 days.

    Raises NotFound, Unauthenticated, Forbidden.
    """
    verb, ground, _ = place_of(db, group="", municipality_code=municipality_code)
    demand(actor, verb, ground)
    return _views(db, AccessToken.municipality_code == municipality_code)


def group_tokens(db: Session, actor: Actor, *, group: str) -> GroupTokens:
    """The tokens of a group (by its slug), for its owners. Raises NotFound, Unauthenticated, Forbidden."""
    verb, ground, row = place_of(db, group=group, municipality_code="")
    if row is None:
        raise NotFound("group_unknown")
    demand(actor, verb, ground, group_id=row.id)
    return GroupTokens(row.slug, row.name, _views(db, AccessToken.group_id == row.id))


def _views(db: Session, which: Any) -> tuple[TokenView, ...]:
    lately = clock.now() - timedelta(days=90)
    rows: Sequence[tuple[AccessToken, Person]] = db.exec(
        select(AccessToken, Person)
        .join(Person, Person.id == AccessToken.person_id)
        .where(
            which, or_(col(AccessToken.ended_at).is_(None), col(AccessToken.ended_at) > lately), AccessToken.expires_at > lately
        )
        .order_by(col(AccessToken.id).desc())
    ).all()
    return tuple(view_of(db, row, maker) for row, maker in rows)


def view_of(db: Session, row: AccessToken, maker: Person) -> TokenView:
    """One token as its organisation sees it (for services)."""
    if row.ended_at is not None:
        state = "ended"
    elif row.expires_at <= clock.now():
        state = "over"
    else:
        state = "live" if still_counts(db, row, maker) else "idle"
    name = maker.name if maker.left_at is None else ""
    return TokenView(row.public_id, row.name, tuple(row.scopes.split()), name, row.created_at, row.expires_at, row.used_at, state)


def unmarked(db: Session, actor: Actor) -> bool:
    """Whether the use of the actor's token should be written down (``services.tokens.mark``): nobody did for ten minutes."""
    row = db.get(AccessToken, actor.token_id) if actor.token_id is not None else None
    return row is not None and (row.used_at is None or row.used_at < clock.now() - timedelta(minutes=10))
