"""Flyers: posted, changed, shown outside or not, taken back. Each call is one transaction that the door has opened."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING, Any

from sqlmodel import col, select

from tamemap import clock
from tamemap.domain import placements
from tamemap.domain.dates import When, said_when
from tamemap.domain.flyers import LIMITS, read_facts
from tamemap.domain.geography import checked_point
from tamemap.domain.writing import reference
from tamemap.errors import Conflict, Gone, Invalid, NotFound, PreconditionFailed
from tamemap.models import Flyer, PlacementChange, Role
from tamemap.queries.flyer import FlyerView, PlacementView, placements_of
from tamemap.queries.flyer import flyer as flyer_view
from tamemap.queries.grounds import ground_of, is_author, is_ours
from tamemap.services import case_outside, notices, pictures, reports
from tamemap.services.authority import demand
from tamemap.services.flyer_group import announced_by, posted_as, regroup
from tamemap.services.flyer_input import asked_map, checked, columns, demand_measure, first_state, town_of
from tamemap.services.placing import move, placement_on, refresh, regional_map, town_map

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from sqlmodel import Session

    from tamemap.domain.actors import Actor
    from tamemap.models import Map

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
    group: str = "",
) -> Posted:
    """Put a flyer on the map of the town that its point lies in, and with ``outside`` on the regional map above.

    ``map_slug`` is where the poster looked; the point decides. A guest's flyer is held where the map says so. ``group`` is the
    slug of the group in whose name it stands. Raises one Invalid that names all wrong fields, TooLarge, Unauthenticated where
    guests may not post, Forbidden where the map asks for proof of residence and in the name of others' groups, TooMany.
    """
    facts, point = checked(raw, hidden, len(picture_ids), may_post=may_post)
    demand_measure(db, actor)
    here = town_of(db, actor, point)
    asked = asked_map(db, actor, map_slug) if map_slug else here
    speaker = posted_as(db, actor, group=group, municipality_code=here.municipality_code or "")
    state = first_state(db, actor, here, in_own_name=speaker is None)
    now = clock.now()
    row = Flyer(
        municipality_code=here.municipality_code or "",
        # a program's flyer is its organisation's, not that of the person who made the token
        poster_id=actor.person_id if actor.scopes is None else None,
        guest_hash=actor.guest_hash if actor.is_guest else None,
        group_id=speaker.id if speaker else None,
        lat=point.lat,
        lng=point.lng,
        created_at=now,
        updated_at=now,
        **columns(announced_by(facts, speaker)),
    )
    db.add(row)
    db.flush()
    if speaker is None:
        demand(db, actor, "flyer.post", ground_of(db, row.municipality_code), thing="flyer", thing_id=row.public_id)
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
    group: str = "",
) -> None:
    """Raise what ``post`` would raise, before any picture has been decoded."""
    _, point = checked(raw, hidden, pictures_count, may_post=may_post)
    demand_measure(db, actor)
    here = town_of(db, actor, point)
    speaker = posted_as(db, actor, group=group, municipality_code=here.municipality_code or "")
    first_state(db, actor, here, in_own_name=speaker is None)
    if map_slug:
        asked_map(db, actor, map_slug)


def _tell_staff(db: Session, row: Flyer) -> None:
    query = select(Role.person_id).where(Role.role == "staff", Role.municipality_code == row.municipality_code)
    for person_id in db.exec(query).all():
        notices.tell(db, person_id=person_id, code="flyer_held", params={"title": row.title}, url="/desk")


def loaded(
    db: Session, actor: Actor, public_id: str, verb: str, version: int | None = None, *, detail: dict[str, Any] | None = None
) -> Flyer:
    """The flyer, locked, if this actor may do that to it; ``detail`` stands in the audit trail when it is done by office.

    Raises NotFound, Gone, Forbidden, PreconditionFailed.
    """
    row = db.exec(select(Flyer).where(Flyer.public_id == reference(public_id)).with_for_update()).first()
    if row is None:
        raise NotFound("flyer_unknown")
    if row.deleted_at is not None:
        raise Gone("flyer_gone")
    _demand(db, actor, row, verb, detail)
    if version is not None and version != row.version:
        raise PreconditionFailed("flyer_changed_meanwhile")
    return row


def _demand(db: Session, actor: Actor, row: Flyer, verb: str, detail: dict[str, Any] | None = None) -> None:
    demand(db, actor, verb, ground_of(db, row.municipality_code), author=is_author(db, actor, row), group_id=row.group_id,
           thing="flyer", thing_id=row.public_id, detail=detail)  # fmt: skip


def change(
    db: Session,
    actor: Actor,
    *,
    public_id: str,
    raw: Mapping[str, str],
    hidden: Iterable[str] | None = None,
    version: int | None = None,
    group: str | None = None,
) -> FlyerView:
    """Change some of a flyer's facts, or its point within the same town; what ``raw`` does not name stays.

    ``group`` puts it into another group's name (empty: only into its poster's, None: leaves that as it is). What a guest changes
    waits for staff again. Raises as ``post`` does, PreconditionFailed for another ``version`` than the present one, Invalid at
    ``lat`` for another town: there the flyer would need to be posted anew, before other eyes.
    """
    row = loaded(db, actor, public_id, "flyer.change", version, detail={"fields": sorted(raw)})
    view = flyer_view(db, actor, public_id=public_id)
    facts = read_facts(_said(row) | {name: raw[name] for name in raw if name in {*LIMITS, "category", "starts_at", "ends_at"}},
                       row.hidden_outside if hidden is None else hidden)  # fmt: skip
    if "lat" in raw or "lng" in raw:
        point = checked_point(raw.get("lat"), raw.get("lng"))
        code = town_of(db, actor, point).municipality_code
        if code != row.municipality_code:
            raise Invalid.at("lat", "place_in_other_town", town=view.municipality_name)
        row.lat, row.lng = point.lat, point.lng
    for name, value in columns(facts).items():
        setattr(row, name, value)
    if group is not None:
        regroup(db, actor, row, group)
    touch(db, row)
    refresh(db, row)
    hold_again(db, actor, row)
    return flyer_view(db, actor, public_id=public_id)


def hold_again(db: Session, actor: Actor, row: Flyer) -> None:
    """What a guest has changed is another flyer than the one that staff let up: it waits for them again."""
    here = town_map(db, row)
    if not actor.is_guest or not here.hold_guests:
        return
    standings = [(place, placement_on(db, row, place)) for place in (here, regional_map(db, row))]
    standing_up = [place for place, standing in standings if standing is not None and standing.state == placements.UP]
    for place in standing_up:
        move(db, actor, row, place, placements.next_state("hold", placements.UP))
    if standing_up:
        _tell_staff(db, row)


def _said(row: Flyer) -> dict[str, str]:
    """A flyer's facts as the API says them, empty for none."""
    first, last = said_when(When(row.starts_at, row.ends_at, row.all_day))
    # one whole day: its end goes where its start goes
    last = None if last == first else last
    said = {name: getattr(row, name) for name in LIMITS}
    return said | {"category": row.category, "starts_at": first or "", "ends_at": last or ""}


def touch(db: Session, row: Flyer) -> None:
    row.version += 1
    row.updated_at = clock.now()
    db.add(row)
    db.flush()


def set_outside(db: Session, actor: Actor, *, public_id: str, outside: bool) -> FlyerView:
    """The one tick, afterwards too: onto the regional map or off it. Twice is once.

    What staff have not let up yet waits there too. Raises Conflict when staff have recalled it, from there or from its town.
    """
    row = loaded(db, actor, public_id, "flyer.place_outside", detail={"outside": outside})
    above = regional_map(db, row)
    before = placement_on(db, row, above)
    if before is None and not outside:
        return flyer_view(db, actor, public_id=public_id)
    state = placements.next_state(_tick(db, row, above) if outside else "untick", before.state if before else "")
    if before is None or before.state != state:
        move(db, actor, row, above, state)
        touch(db, row)
    return flyer_view(db, actor, public_id=public_id)


def _tick(db: Session, row: Flyer, above: Map) -> str:
    home = placement_on(db, row, town_map(db, row))
    if home is not None and home.state == placements.RECALLED:
        raise Conflict("recalled_by_staff")
    taken_back = db.exec(
        select(PlacementChange.from_state)
        .where(PlacementChange.flyer_id == row.id, PlacementChange.map_id == above.id)
        .where(PlacementChange.to_state == placements.WITHDRAWN)
        .order_by(col(PlacementChange.id).desc())
    ).first()
    # unticking and ticking again is no way around staff
    held = placements.HELD in {home.state if home else "", taken_back}
    return "tick_held" if held else "tick"


@dataclass(frozen=True, slots=True)
class Deleted:
    """A flyer that has left everywhere; until then it can be brought back (``restore``)."""

    public_id: str
    restorable_seconds: int


def delete(db: Session, actor: Actor, *, public_id: str, version: int | None = None, reason: str = "") -> Deleted:
    """Take a flyer away from every map and page. When staff do it, its poster is told, with the reason. Raises as ``loaded``."""
    return take_away(db, actor, loaded(db, actor, public_id, "flyer.delete", version), reason=reason)


def take_away(db: Session, actor: Actor, row: Flyer, *, reason: str, told: bool = False) -> Deleted:
    """Delete a flyer that was ``loaded`` for it (for services)."""
    mine, public_id = is_ours(db, actor, row), row.public_id
    for here in (town_map(db, row), regional_map(db, row)):
        standing = placement_on(db, row, here)
        if standing is not None:
            state = placements.next_state("delete", standing.state)
            # that staff deleted it, and why, is written down also where it stood no longer
            if state != standing.state or not mine:
                move(db, actor, row, here, state, reason=reason)
    row.deleted_at = clock.now()
    touch(db, row)
    if not mine:
        case_outside.flyer_decided(db, actor, row, decision="remove", reason=reason, told=told)
    reports.settle(db, thing="flyer", thing_id=public_id)
    return Deleted(public_id, int(UNDO_FOR.total_seconds()))


def restore(db: Session, actor: Actor, *, public_id: str) -> FlyerView:
    """Undo one's own deletion within ten minutes: the placements stand as before. Raises NotFound, Gone when it is too late."""
    row = db.exec(select(Flyer).where(Flyer.public_id == reference(public_id)).with_for_update()).first()
    if row is None:
        raise NotFound("flyer_unknown")
    _demand(db, actor, row, "flyer.delete", {"restored": True})
    if row.deleted_at is None:
        return flyer_view(db, actor, public_id=public_id)
    if row.deleted_at < clock.now() - UNDO_FOR:
        raise Gone("flyer_gone")
    deleted_at, row.deleted_at = row.deleted_at, None
    taken = select(PlacementChange).where(PlacementChange.flyer_id == row.id, PlacementChange.changed_at == deleted_at)
    steps = db.exec(taken.order_by(col(PlacementChange.id))).all()
    if any(step.actor_id != actor.person_id for step in steps):
        raise Gone("flyer_gone")
    for step in steps:
        if step.to_state == placements.WITHDRAWN:
            move(db, actor, row, step.map_id, step.from_state)
    case_outside.stands_again(db, thing="flyer", thing_id=public_id, decisions=("remove",))
    touch(db, row)
    return flyer_view(db, actor, public_id=public_id)
