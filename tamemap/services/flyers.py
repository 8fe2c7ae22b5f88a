"""Flyers: posted, changed, shown outside or not, taken back. Each call is one transaction that the door has opened."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING

from sqlmodel import col, func, select

from tamemap import clock
from tamemap.domain import placements
from tamemap.domain.dates import When, said_when
from tamemap.domain.flyers import FACT_NAMES, LIMITS, Facts, read_facts
from tamemap.domain.geography import checked_point
from tamemap.domain.permissions import demand
from tamemap.domain.writing import reference
from tamemap.errors import FieldError, Gone, Invalid, NotFound, PreconditionFailed, TooLarge, TooMany
from tamemap.models import Flyer, PlacementChange, Role
from tamemap.queries.flyer import FlyerView, PlacementView, placements_of
from tamemap.queries.flyer import flyer as flyer_view
from tamemap.queries.grounds import ground_of, is_author
from tamemap.queries.maps import MapView, locate, map_view
from tamemap.services import notices, pictures, reports
from tamemap.services.placing import move, placement_on, refresh, regional_map, town_map

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from sqlmodel import Session

    from tamemap.domain.actors import Actor
    from tamemap.domain.geography import Point

PER_HOUR = {"guest": 10, "member": 60}
UNDO_FOR = timedelta(minutes=10)


@dataclass(frozen=True, slots=True)
class Posted:
    """A new flyer and where it stands; ``notes`` are codes to be said (``placed_in_other_town``)."""

    public_id: str
    placements: tuple[PlacementView, ...]
    notes: tuple[str, ...]


def post(
    db: Session,
    actor: Actor,
    *,
    raw: Mapping[str, str],
    picture_ids: tuple[str, ...],
    hidden: Iterable[str] = (),
    outside: bool = False,
    may_post: bool = False,
    map_slug: str = "",
) -> Posted:
    """Put a flyer on the map of the town that its point lies in, and with ``outside`` on the regional map above.

    ``map_slug`` is where the poster looked; the point decides. A guest's flyer is held where the map says so.
    Raises one Invalid that names all wrong fields, TooLarge, Unauthenticated where guests may not post, TooMany.
    """
    facts, point = _checked(raw, hidden, len(picture_ids), may_post=may_post)
    _demand_measure(db, actor)
    here = _town_of(db, actor, point)
    asked = _asked_map(db, actor, map_slug) if map_slug else here
    state = placements.first_state(actor, guests_may_post=here.guests_may_post, hold_guests=here.hold_guests)
    now = clock.now()
    row = Flyer(
        municipality_code=here.municipality_code or "",
        poster_id=actor.person_id,
        guest_hash=actor.guest_hash if actor.is_guest else None,
        lat=point.lat,
        lng=point.lng,
        created_at=now,
        updated_at=now,
        **_columns(facts),
    )
    db.add(row)
    db.flush()
    pictures.take(db, actor, public_ids=picture_ids, flyer=row)
    move(db, actor, row, town_map(db, row), state)
    if outside:
        move(db, actor, row, regional_map(db, row), state)
    if state == placements.HELD:
        _tell_staff(db, row)
    elsewhere = asked.id != here.id and asked.slug != here.above_slug
    return Posted(row.public_id, placements_of(db, row), ("placed_in_other_town",) if elsewhere else ())


def check(
    db: Session,
    actor: Actor,
    *,
    raw: Mapping[str, str],
    hidden: Iterable[str],
    may_post: bool,
    map_slug: str,
    pictures_count: int,
) -> None:
    """Raise what ``post`` would raise, before any picture has been decoded."""
    _, point = _checked(raw, hidden, pictures_count, may_post=may_post)
    _demand_measure(db, actor)
    here = _town_of(db, actor, point)
    placements.first_state(actor, guests_may_post=here.guests_may_post, hold_guests=here.hold_guests)
    if map_slug:
        _asked_map(db, actor, map_slug)


def _asked_map(db: Session, actor: Actor, slug: str) -> MapView:
    try:
        return map_view(db, actor, slug=slug)
    except NotFound as error:
        raise Invalid.at("map", error.code) from None


def _town_of(db: Session, actor: Actor, point: Point) -> MapView:
    try:
        return locate(db, actor, point=point).map
    except NotFound as error:
        raise Invalid.at("lat", error.code) from None


def _checked(
    raw: Mapping[str, str], hidden: Iterable[str], pictures_count: int, *, may_post: bool
) -> tuple[Facts, Point]:
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
    elif pictures_count > pictures.MOST:
        wrong.append(FieldError("photo", "photo_too_many", {"limit": pictures.MOST}))
    if not may_post:
        wrong.append(FieldError("may_post", "may_post_needed"))
    if wrong or facts is None or point is None:
        one = {error.code for error in wrong} == {wrong[0].code}
        kind = TooLarge if one and wrong[0].code == "photo_too_many" else Invalid
        raise kind(wrong[0].code if one else "flyer_invalid", errors=tuple(wrong), **wrong[0].params)
    return facts, point


def _columns(facts: Facts) -> dict[str, object]:
    columns: dict[str, object] = {name: getattr(facts, name) for name in FACT_NAMES if name not in {"when", "hidden_outside"}}
    return columns | {
        "starts_at": facts.when.starts_at,
        "ends_at": facts.when.ends_at,
        "all_day": facts.when.all_day,
        "hidden_outside": list(facts.hidden_outside),
        "folded": facts.searchable(outside=False),
        "folded_outside": facts.searchable(outside=True),
    }


def _demand_measure(db: Session, actor: Actor) -> None:
    """Raise TooMany for somebody who posts more than a person does."""
    own = Flyer.guest_hash == actor.guest_hash if actor.is_guest else Flyer.poster_id == actor.person_id
    recent = select(func.count()).select_from(Flyer).where(own, Flyer.created_at > clock.now() - timedelta(hours=1))
    if db.exec(recent).one() >= PER_HOUR["guest" if actor.is_guest else "member"] and not actor.may_enter_desk:
        raise TooMany("flyers_too_many", retry_after=3600)


def _tell_staff(db: Session, row: Flyer) -> None:
    query = select(Role.person_id).where(Role.role == "staff", Role.municipality_code == row.municipality_code)
    for person_id in db.exec(query).all():
        notices.tell(db, person_id=person_id, code="flyer_held", params={"title": row.title}, url="/desk")


def loaded(db: Session, actor: Actor, public_id: str, verb: str, version: int | None = None) -> Flyer:
    """The flyer, locked, if this actor may do that to it. Raises NotFound, Gone, Forbidden, PreconditionFailed."""
    row = db.exec(select(Flyer).where(Flyer.public_id == reference(public_id)).with_for_update()).first()
    if row is None:
        raise NotFound("flyer_unknown")
    if row.deleted_at is not None:
        raise Gone("flyer_gone")
    demand(actor, verb, ground_of(db, row.municipality_code), author=is_author(actor, row))
    if version is not None and version != row.version:
        raise PreconditionFailed("flyer_changed_meanwhile")
    return row


def change(
    db: Session,
    actor: Actor,
    *,
    public_id: str,
    raw: Mapping[str, str],
    hidden: Iterable[str] | None = None,
    version: int | None = None,
) -> FlyerView:
    """Change some of a flyer's facts, or its point within the same town; what ``raw`` does not name stays.

    Raises as ``post`` does, PreconditionFailed for another ``version`` than the present one, Invalid at ``lat`` for
    another town: there the flyer would need to be posted anew, before other eyes.
    """
    row = loaded(db, actor, public_id, "flyer.change", version)
    view = flyer_view(db, actor, public_id=public_id)
    facts = read_facts(_said(row) | {name: raw[name] for name in raw if name in {*LIMITS, "category", "starts_at", "ends_at"}},
                       row.hidden_outside if hidden is None else hidden)  # fmt: skip
    if "lat" in raw or "lng" in raw:
        point = checked_point(raw.get("lat"), raw.get("lng"))
        code = _town_of(db, actor, point).municipality_code
        if code != row.municipality_code:
            raise Invalid.at("lat", "place_in_other_town", town=view.municipality_name)
        row.lat, row.lng = point.lat, point.lng
    for name, value in _columns(facts).items():
        setattr(row, name, value)
    touch(db, row)
    refresh(db, row)
    return flyer_view(db, actor, public_id=public_id)


def _said(row: Flyer) -> dict[str, str]:
    """A flyer's facts as the API says them, empty for none."""
    first, last = said_when(When(row.starts_at, row.ends_at, row.all_day))
    said = {name: getattr(row, name) for name in LIMITS}
    return said | {"category": row.category, "starts_at": first or "", "ends_at": last or ""}


def touch(db: Session, row: Flyer) -> None:
    row.version += 1
    row.updated_at = clock.now()
    db.add(row)
    db.flush()


def set_outside(db: Session, actor: Actor, *, public_id: str, outside: bool) -> FlyerView:
    """The one tick, afterwards too: onto the regional map or off it. Twice is once.

    Raises Conflict when staff have recalled it from there.
    """
    row = loaded(db, actor, public_id, "flyer.place_outside")
    above = regional_map(db, row)
    before = placement_on(db, row, above)
    if before is None and not outside:
        return flyer_view(db, actor, public_id=public_id)
    home = placement_on(db, row, town_map(db, row))
    held = home is not None and home.state == placements.HELD
    verb = ("tick_held" if held else "tick") if outside else "untick"
    state = placements.next_state(verb, before.state if before else "")
    if before is None or before.state != state:
        move(db, actor, row, above, state)
        touch(db, row)
    return flyer_view(db, actor, public_id=public_id)


@dataclass(frozen=True, slots=True)
class Deleted:
    """A flyer that has left everywhere; until then it can be brought back (``restore``)."""

    public_id: str
    restorable_seconds: int


def delete(db: Session, actor: Actor, *, public_id: str, version: int | None = None, reason: str = "") -> Deleted:
    """Take a flyer away from every map and page. By staff with a reason that its poster is told."""
    row = loaded(db, actor, public_id, "flyer.delete", version)
    for here in (town_map(db, row), regional_map(db, row)):
        standing = placement_on(db, row, here)
        if standing is not None:
            state = placements.next_state("delete", standing.state)
            if state != standing.state:
                move(db, actor, row, here, state, reason=reason)
    row.deleted_at = clock.now()
    touch(db, row)
    reports.settle(db, thing="flyer", thing_id=public_id)
    if not is_author(actor, row):
        notices.tell(db, person_id=row.poster_id, code="flyer_deleted", params={"title": row.title, "reason": reason}, url="/me")
    return Deleted(public_id, int(UNDO_FOR.total_seconds()))


def restore(db: Session, actor: Actor, *, public_id: str) -> FlyerView:
    """Undo one's own deletion within ten minutes: the placements stand as before. Raises NotFound, Gone when it is too late."""
    row = db.exec(select(Flyer).where(Flyer.public_id == reference(public_id)).with_for_update()).first()
    if row is None:
        raise NotFound("flyer_unknown")
    demand(actor, "flyer.delete", ground_of(db, row.municipality_code), author=is_author(actor, row))
    if row.deleted_at is None:
        return flyer_view(db, actor, public_id=public_id)
    if row.deleted_at < clock.now() - UNDO_FOR:
        raise Gone("flyer_gone")
    deleted_at, row.deleted_at = row.deleted_at, None
    taken = select(PlacementChange).where(PlacementChange.flyer_id == row.id, PlacementChange.changed_at == deleted_at)
    taken = taken.where(PlacementChange.to_state == placements.WITHDRAWN).order_by(col(PlacementChange.id))
    steps = db.exec(taken).all()
    if any(step.actor_id != actor.person_id for step in steps):
        raise Gone("flyer_gone")
    for step in steps:
        move(db, actor, row, step.map_id, step.from_state)
    touch(db, row)
    return flyer_view(db, actor, public_id=public_id)

