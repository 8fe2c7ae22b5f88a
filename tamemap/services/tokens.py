"""Bearer tokens for the programs of groups and towns: named, scoped, with an end; shown once, kept as a hash."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING

from sqlmodel import col, func, select

from tamemap import clock, session
from tamemap.domain.permissions import SCOPES, demand_self
from tamemap.domain.writing import check_text, reference
from tamemap.errors import Conflict, Invalid, NotFound
from tamemap.models import AccessToken, Group, Person
from tamemap.models.base import ALPHABET
from tamemap.queries.tokens import TokenView, place_of, view_of
from tamemap.services.authority import ask_first, demand
from tamemap.services.turns import take_turn

if TYPE_CHECKING:
    from sqlmodel import Session

    from tamemap.domain.actors import Actor

# by it people and programs that look for leaked secrets know what it is
PREFIX = "tmm_"
NAME_LIMIT = 60
DAYS_MOST = 366
MOST = 20
GROUP_SCOPES = ("flyers", "boards")
TOWN_SCOPES = tuple(SCOPES)


@dataclass(frozen=True, slots=True)
class Made:
    """A new token; ``text`` is what the program shows, and stands nowhere else."""

    text: str
    token: TokenView


def make(
    db: Session,
    actor: Actor,
    *,
    name: str,
    scopes: tuple[str, ...],
    days: int,
    group: str = "",
    municipality_code: str = "",
    once: str = "",
) -> Made:
    """Make a token for a group (by its slug, for its owners) or a town (for its leads), for 1 to 366 days.

    ``once`` is what the form carries that it was asked for with: sent again, it makes no second token. Raises Invalid at
    ``name``, ``scopes`` or ``days``, NotFound, Unauthenticated, Forbidden, Conflict (``token_made_already``,
    ``tokens_too_many``).
    """
    person_id = demand_self(actor)
    verb, ground, row = place_of(db, group=group, municipality_code=municipality_code)
    group_id = row.id if row is not None else None
    ask_first(actor, verb, ground, group_id=group_id)
    name = check_text(name, field="name", limit=NAME_LIMIT)
    known = TOWN_SCOPES if row is None else GROUP_SCOPES
    if not scopes or not set(scopes) <= set(known):
        raise Invalid.at("scopes", "token_scopes_wrong")
    if type(days) is not int or not 0 < days <= DAYS_MOST:
        raise Invalid.at("days", "token_days_wrong", limit=DAYS_MOST)
    code = None if row is not None else ground.municipality_code
    _demand_room(db, group_id, code)
    public_id, text, now = _public_id(person_id, once), PREFIX + session.new_token(), clock.now()
    if db.exec(select(AccessToken.id).where(AccessToken.public_id == public_id)).first() is not None:
        raise Conflict("token_made_already")
    made = AccessToken(public_id=public_id, token_hash=session.hashed(text), name=name, person_id=person_id, group_id=group_id,
                       municipality_code=code, scopes=" ".join(one for one in known if one in scopes), created_at=now,
                       expires_at=now + timedelta(days=days))  # fmt: skip
    db.add(made)
    db.flush()
    detail = {"scopes": made.scopes, "days": days}
    demand(db, actor, verb, ground, group_id=group_id, thing="token", thing_id=public_id, detail=detail)
    return Made(text, view_of(db, made, db.get_one(Person, person_id)))


def _demand_room(db: Session, group_id: int | None, code: str | None) -> None:
    take_turn(db, f"tokens:{group_id}:{code}")
    live = (
        select(func.count())
        .select_from(AccessToken)
        .where(col(AccessToken.group_id) == group_id, col(AccessToken.municipality_code) == code)
        .where(AccessToken.expires_at > clock.now(), col(AccessToken.ended_at).is_(None))
    )
    if db.exec(live).one() >= MOST:
        raise Conflict("tokens_too_many", limit=MOST)


def _public_id(person_id: int, once: str) -> str:
    """The same for the same form of the same person: the second sending finds the first one's token."""
    number, signs = int(session.hashed(f"token:{person_id}:{once[:100] or session.new_token()}"), 16), ""
    for _ in range(12):
        number, at = divmod(number, len(ALPHABET))
        signs += ALPHABET[at]
    return signs


def end(db: Session, actor: Actor, *, public_id: str) -> TokenView:
    """The token counts no more, from this moment on; twice is once. Raises NotFound, Unauthenticated, Forbidden."""
    row = db.exec(select(AccessToken).where(AccessToken.public_id == reference(public_id)).with_for_update()).first()
    if row is None:
        raise NotFound("token_unknown")
    slug = db.get_one(Group, row.group_id).slug if row.group_id is not None else ""
    verb, ground, _ = place_of(db, group=slug, municipality_code=row.municipality_code or "")
    demand(db, actor, verb, ground, group_id=row.group_id, thing="token", thing_id=row.public_id, detail={"ended": True})
    if row.ended_at is None:
        row.ended_at = clock.now()
        db.add(row)
        db.flush()
    return view_of(db, row, db.get_one(Person, row.person_id))


def mark(db: Session, actor: Actor) -> None:
    """Write down that the actor's token was used at this moment, so that its organisation sees which ones nobody needs."""
    row = db.get(AccessToken, actor.token_id) if actor.token_id is not None else None
    if row is not None:
        row.used_at = clock.now()
        db.add(row)
        db.flush()
