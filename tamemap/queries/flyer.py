"""Reads of one flyer: the face that the viewer may see, its placements; a person's own; the desk's."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from sqlalchemy import and_, or_, select

from tamemap import clock
from tamemap.domain.actors import Ground
from tamemap.domain.dates import When
from tamemap.domain.flyers import HIDEABLE
from tamemap.domain.permissions import allowed
from tamemap.domain.placements import HELD, PAST, UP
from tamemap.errors import Gone, NotFound, Unauthenticated
from tamemap.models import Flyer, Group, Map, Municipality, Person, Placement, PlacementChange
from tamemap.queries.authors import GroupRef, group_ref, group_rows
from tamemap.queries.flyer_rows import Loaded, PlacementView, load_flyer, standing
from tamemap.queries.flyers import CardView, cards, cards_query
from tamemap.queries.grounds import is_ours
from tamemap.queries.pictures import PictureView, picture_view

if TYPE_CHECKING:
    from datetime import datetime

    from sqlmodel import Session

    from tamemap.domain.actors import Actor


@dataclass(frozen=True, slots=True)
class FlyerView:
    """One face of a flyer. Fields hidden from this viewer are empty, as if they had never been written."""

    public_id: str
    face: str  # resident or outside
    title: str
    category: str
    when: When
    body: str
    venue: str
    address: str
    fee: str
    phone: str
    organiser: str
    url: str
    lat: float
    lng: float
    municipality_code: str
    municipality_name: str
    prefecture: str
    map_slug: str
    map_name: str
    above_slug: str | None
    above_name: str
    pictures: tuple[PictureView, ...]
    placements: tuple[PlacementView, ...]
    state: str  # the best of its placements
    poster_name: str  # for staff
    version: int
    created_at: datetime
    updated_at: datetime
    is_mine: bool
    may_change: bool
    may_decide: bool
    hidden_outside: tuple[str, ...]  # for those who may change it
    group: GroupRef | None = None  # in whose name it stands


def flyer(db: Session, actor: Actor, *, public_id: str) -> FlyerView:
    """The face of a flyer that this viewer may see; one read for what stands.

    Raises NotFound for an unknown one or one that never stood on a map, Gone for one that has left (for its author, their
    group and staff it can still be seen unless it was deleted).
    """
    found = load_flyer(db, public_id)
    if found is None:
        raise NotFound("flyer_unknown")
    row = found.row
    mine = is_ours(db, actor, row)
    ground = Ground(row.municipality_code, found.region_id, frozenset(found.town_map.proof_for.split()))
    if row.deleted_at is not None:
        raise _left(db, row, mine=mine)
    insider = allowed(actor, "flyer.see_down", ground, author=mine, group_id=row.group_id)
    visible = tuple(view for view in found.standings if view.state in {UP, PAST})
    if not visible and not insider:
        raise _left(db, row, mine=mine)
    shown = found.standings if insider else tuple(_without_reason(view) for view in visible)
    return _view(db, actor, found, ground, shown=shown, visible=visible, mine=mine)


def _left(db: Session, row: Flyer, *, mine: bool) -> Gone | NotFound:
    """Gone for who has seen it; for others a flyer that staff never let up was never there."""
    stood = select(PlacementChange.id).where(PlacementChange.flyer_id == row.id, PlacementChange.to_state == UP)
    return Gone("flyer_gone") if mine or db.execute(stood.limit(1)).first() else NotFound("flyer_unknown")


def _view(
    db: Session,
    actor: Actor,
    found: Loaded,
    ground: Ground,
    *,
    shown: tuple[PlacementView, ...],
    visible: tuple[PlacementView, ...],
    mine: bool,
) -> FlyerView:
    row, above = found.row, found.above
    resident_face = allowed(actor, "flyer.see_resident_face", ground, author=mine, group_id=row.group_id)
    may_decide = allowed(actor, "flyer.decide", ground)
    may_change = allowed(actor, "flyer.change", ground, author=mine, group_id=row.group_id)
    # a viewer who is no resident is given the outside pictures where they stand, so that unticking takes them away
    outside_pictures = not resident_face and any(view.kind == "regional" for view in visible)
    hidden = () if resident_face else row.hidden_outside
    poster = db.get(Person, row.poster_id) if may_decide and row.poster_id else None
    return FlyerView(
        public_id=row.public_id,
        face="resident" if resident_face else "outside",
        title=row.title,
        category=row.category,
        when=When(row.starts_at, row.ends_at, row.all_day),
        **{name: "" if name in hidden else getattr(row, name) for name in HIDEABLE},
        lat=row.lat,
        lng=row.lng,
        municipality_code=row.municipality_code,
        municipality_name=found.town,
        prefecture=found.prefecture,
        map_slug=found.town_map.slug,
        map_name=found.town_map.name,
        above_slug=above.slug if above else None,
        above_name=above.name if above else "",
        # a text holds all that is on the sheet: where something is hidden, the outside face has none of it
        pictures=tuple(picture_view(one, outside=outside_pictures, words=not hidden) for one in found.pictures),
        placements=shown,
        state=best_state(shown),
        poster_name=poster.name if poster else "",
        version=row.version,
        created_at=row.created_at,
        updated_at=row.updated_at,
        is_mine=mine,
        may_change=may_change,
        may_decide=may_decide,
        hidden_outside=tuple(row.hidden_outside) if may_change else (),
        group=group_ref(found.group) if found.group else None,
    )


def best_state(placements: tuple[PlacementView, ...]) -> str:
    """One word for the whole flyer: up anywhere, else held, past, recalled, withdrawn."""
    states = {view.state for view in placements}
    return next((state for state in (UP, HELD, PAST, "recalled", "withdrawn") if state in states), "withdrawn")


def placements_of(db: Session, row: Flyer) -> tuple[PlacementView, ...]:
    """All standings of a flyer, its town's map first."""
    now = clock.now()
    query = (
        select(Placement, Map).join(Map, Map.id == Placement.map_id).where(Placement.flyer_id == row.id).order_by(Placement.id)
    )
    return tuple(standing(placement, here, now) for placement, here in db.execute(query))


def _without_reason(view: PlacementView) -> PlacementView:
    return PlacementView(view.map_slug, view.map_name, view.kind, view.state, view.since, view.until, "")


@dataclass(frozen=True, slots=True)
class OwnView:
    """A flyer in its poster's own list, or at the desk: the card, every placement, and who posted it."""

    card: CardView
    placements: tuple[PlacementView, ...]
    poster_name: str
    by_guest: bool
    outside: bool
    body: str
    created_at: datetime
    group: GroupRef | None = None


def mine(db: Session, actor: Actor, *, limit: int = 50) -> tuple[OwnView, ...]:
    """The actor's own flyers and those of their groups, newest first; a guest's are those posted from the same browser."""
    if actor.is_guest and actor.guest_hash is None:
        return ()
    return _own(db, _own_of(actor), limit=limit, newest=True)


def _own_of(actor: Actor) -> Any:
    if actor.is_guest:
        return Flyer.guest_hash == actor.guest_hash
    # see queries.grounds.is_author: in a group's name it is one's own while one is in the group, or when that is closed
    closed = select(Group.id).where(Group.state == "closed")
    alone = or_(Flyer.group_id == None, Flyer.group_id.in_(closed))  # type: ignore[union-attr]  # noqa: E711
    own = and_(Flyer.poster_id == actor.person_id, alone)
    return or_(own, Flyer.group_id.in_(actor.groups)) if actor.groups else own  # type: ignore[union-attr]


def at_desk(db: Session, actor: Actor, *, state: str = HELD, limit: int = 50) -> tuple[OwnView, ...]:
    """Flyers on the ground that this actor curates, in that state (``held`` oldest first, others newest first).

    Raises Unauthenticated or Forbidden for everybody else.
    """
    if not actor.may_enter_desk:
        demand_desk(actor)
    where: list[Any] = [Placement.state == (UP if state == PAST else state)]
    if state in {UP, PAST}:
        where.append(Placement.until > clock.now() if state == UP else Placement.until <= clock.now())
    if not actor.operator_of_all:
        where.append(
            or_(
                Flyer.municipality_code.in_(actor.staff_of),  # type: ignore[attr-defined]
                Municipality.region_id.in_(actor.operator_of),  # type: ignore[attr-defined]
            )
        )
    return _own(db, *where, limit=limit, newest=state != HELD)


def demand_desk(actor: Actor) -> None:
    """Raise unless there is a desk for this actor: Unauthenticated (``sign_in_first``, ``desk_needs_proof``) or NotFound."""
    if actor.is_guest:
        raise Unauthenticated("sign_in_first")
    if actor.waiting:
        raise Unauthenticated("desk_needs_proof")
    if not actor.may_enter_desk:
        raise NotFound("desk_not_yours")


def _own(db: Session, *where: Any, limit: int, newest: bool) -> tuple[OwnView, ...]:
    order = Flyer.id.desc() if newest else Flyer.id  # type: ignore[union-attr]
    ids = select(Placement.flyer_id).join(Flyer, Flyer.id == Placement.flyer_id)
    ids = ids.join(Municipality, Municipality.code == Flyer.municipality_code).where(*where, Flyer.deleted_at == None)  # noqa: E711
    query = cards_query().add_columns(Person.name).outerjoin(Person, Person.id == Flyer.poster_id)
    # one row per flyer: the placement on its town's map
    query = query.where(Flyer.id.in_(ids), Placement.map_id == Map.id).order_by(order).limit(limit)  # type: ignore[union-attr]
    rows = db.execute(query).all()
    made = cards(db, [row[:4] for row in rows], outside=False, resident_face=True)  # type: ignore[misc]
    groups = group_rows(db, (row[1].group_id for row in rows))
    views = []
    for card, (_, row, _, _, poster) in zip(made, rows, strict=True):
        standings = placements_of(db, row)
        outside = any(view.kind == "regional" and view.state in {UP, HELD} for view in standings)
        group = group_ref(groups[row.group_id]) if row.group_id else None
        by_guest = row.poster_id is None
        views.append(OwnView(card, standings, poster or "", by_guest, outside, row.body, row.created_at, group))
    return tuple(views)
