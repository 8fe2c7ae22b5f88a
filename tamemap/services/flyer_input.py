"""What somebody sends as a flyer, checked before anything is written (for services): facts, place, map, measure."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Any

from sqlmodel import col, func, select

from tamemap import clock
from tamemap.domain import placements
from tamemap.domain.flyers import FACT_NAMES, Facts, read_facts
from tamemap.domain.geography import checked_point
from tamemap.errors import FieldError, Invalid, NotFound, TooLarge, TooMany
from tamemap.models import Flyer
from tamemap.queries.grounds import ground_of
from tamemap.queries.maps import MapView, locate, map_view
from tamemap.services.authority import ask_first
from tamemap.services.pictures import MOST

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from sqlmodel import Session

    from tamemap.domain.actors import Actor
    from tamemap.domain.geography import Point

# a group puts up a season at once; a stall of the town may post for its visitors from one browser
PER_HOUR = {"guest": 30, "member": 200}


def asked_map(db: Session, actor: Actor, slug: str) -> MapView:
    """The map on which the poster looked. Raises Invalid at ``map``."""
    try:
        return map_view(db, actor, slug=slug)
    except NotFound as error:
        raise Invalid.at("map", error.code) from None


def town_of(db: Session, actor: Actor, point: Point) -> MapView:
    """The map of the town that the point lies in. Raises Invalid at ``lat`` outside every town."""
    try:
        return locate(db, actor, point=point).map
    except NotFound as error:
        raise Invalid.at("lat", error.code) from None


def checked(raw: Mapping[str, str], hidden: Iterable[str], pictures_count: int, *, may_post: bool) -> tuple[Facts, Point]:
    """Facts and place. Raises one Invalid that names every wrong field, or TooLarge when only the pictures are too many."""
    wrong: list[FieldError] = []
    facts = point = None
    try:
        facts = read_facts(raw, hidden)
    except Invalid as error:
        wrong += error.errors
    try:
        point = checked_point(raw.get("lat"), raw.get("lng"))
    except Invalid as error:
        wrong += error.errors
    if not pictures_count:
        wrong.append(FieldError("photo", "photo_missing"))
    elif pictures_count > MOST:
        wrong.append(FieldError("photo", "photo_too_many", {"limit": MOST}))
    if not may_post:
        wrong.append(FieldError("may_post", "may_post_needed"))
    if wrong or facts is None or point is None:
        one = {error.code for error in wrong} == {wrong[0].code}
        kind = TooLarge if one and wrong[0].code == "photo_too_many" else Invalid
        raise kind(wrong[0].code if one else "flyer_invalid", errors=tuple(wrong), **wrong[0].params)
    return facts, point


def first_state(db: Session, actor: Actor, here: MapView, *, in_own_name: bool = True) -> str:
    """How a flyer of this actor stands at first on that map of a town.

    Raises Unauthenticated where guests may not post, and Forbidden where the map asks those who post ``in_own_name`` for proof of
    residence.
    """
    state = placements.first_state(actor, guests_may_post=here.guests_may_post, hold_guests=here.hold_guests)
    if in_own_name:
        ask_first(actor, "flyer.post", ground_of(db, here.municipality_code or ""))
    return state


def columns(facts: Facts) -> dict[str, Any]:
    """The facts as a flyer's columns."""
    plain: dict[str, Any] = {name: getattr(facts, name) for name in FACT_NAMES if name not in {"when", "hidden_outside"}}
    return plain | {
        "starts_at": facts.when.starts_at,
        "ends_at": facts.when.ends_at,
        "all_day": facts.when.all_day,
        "hidden_outside": list(facts.hidden_outside),
        "folded": facts.searchable(outside=False),
        "folded_outside": facts.searchable(outside=True),
    }


def demand_measure(db: Session, actor: Actor) -> None:
    """Raise TooMany for somebody who posts more than a person does."""
    own: Any = Flyer.guest_hash == actor.guest_hash if actor.is_guest else Flyer.poster_id == actor.person_id
    if actor.scopes is not None:
        own = col(Flyer.group_id).in_(actor.groups)
    recent = select(func.count()).select_from(Flyer).where(own, Flyer.created_at > clock.now() - timedelta(hours=1))
    if db.exec(recent).one() >= PER_HOUR["guest" if actor.is_guest else "member"] and not actor.may_enter_desk:
        raise TooMany("flyers_too_many", retry_after=3600)
