"""What staff decide about flyers: let up, recall, delete; one or several at once."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from tamemap.domain.flyers import cleaned
from tamemap.domain.placements import RECALLED, UP, next_state
from tamemap.errors import Conflict, Invalid, TamemapError
from tamemap.queries.flyer import PlacementView, placements_of
from tamemap.services import case_outside, flyers, reports
from tamemap.services.flyer_group import tell_poster
from tamemap.services.placing import move, placement_on, regional_map, town_map

if TYPE_CHECKING:
    from sqlmodel import Session

    from tamemap.domain.actors import Actor
    from tamemap.models import Flyer

PLACEMENTS = ("resident", "outside", "all")
DECISIONS = ("up", "recall", "delete")
REASON_MOST = 500


@dataclass(frozen=True, slots=True)
class Decided:
    """What became of a flyer."""

    public_id: str
    decision: str
    placements: tuple[PlacementView, ...]


def decide(db: Session, actor: Actor, *, public_id: str, decision: str, placement: str = "all", reason: str = "",
           told: bool = False) -> Decided:  # fmt: skip
    """Let a flyer up, recall it (with a reason, which its poster is told) or delete it, on one of its maps or on all.
    ``told``: its poster is told already (those of a group's flyer are told all the same).

    Raises Forbidden for staff of other towns, Invalid for an unknown word or a missing reason, Conflict where nothing stands.
    """
    reason = checked_reason(reason)
    if decision not in DECISIONS:
        raise Invalid.at("decision", "decision_wrong")
    if placement not in PLACEMENTS:
        raise Invalid.at("placement", "placement_wrong")
    row = flyers.loaded(db, actor, public_id, "flyer.decide", detail={"decision": decision, "placement": placement})
    if decision != "up" and not reason:
        raise Invalid.at("reason", "reason_missing")
    if decision == "delete":
        flyers.take_away(db, actor, row, reason=reason, told=told)
        return Decided(public_id, decision, placements_of(db, row))
    changed = _move_all(db, actor, row, decision=decision, placement=placement, reason=reason)
    if changed:
        flyers.touch(db, row)
        if decision == "recall":
            case_outside.flyer_decided(db, actor, row, decision="hold", reason=reason, told=told)
            reports.settle(db, thing="flyer", thing_id=public_id)
        else:
            case_outside.stands_again(db, thing="flyer", thing_id=public_id, decisions=("hold",))
            tell_poster(db, row, code="flyer_up", params={"title": row.title}, url=f"/f/{public_id}")
    return Decided(public_id, decision, placements_of(db, row))


def checked_reason(reason: str) -> str:
    """A reason as it is kept and told. Raises Invalid at ``reason`` for one that is too long."""
    reason = cleaned(reason, lines=True)
    if len(reason) > REASON_MOST:
        raise Invalid.at("reason", "too_long", limit=REASON_MOST)
    return reason


def _move_all(db: Session, actor: Actor, row: Flyer, *, decision: str, placement: str, reason: str) -> bool:
    maps = {"resident": [town_map(db, row)], "outside": [regional_map(db, row)]}
    chosen = maps.get(placement) or maps["resident"] + maps["outside"]
    standings = [(here, standing) for here in chosen if (standing := placement_on(db, row, here))]
    # what its poster took back is not put up, nor recalled, by a decision about all
    standings = [(here, standing) for here, standing in standings if standing.state != "withdrawn"]
    if not standings:
        raise Conflict("decision_impossible")
    changed = False
    for here, standing in standings:
        state = next_state(decision, standing.state)
        if state != standing.state:
            move(db, actor, row, here, state, reason=reason if state == RECALLED else "")
            changed = changed or state in {UP, RECALLED}
    return changed


@dataclass(frozen=True, slots=True)
class DecidedMany:
    """What became of several: those done, and per refused one its error's code."""

    done: tuple[Decided, ...]
    refused: tuple[tuple[str, str], ...]


def decide_many(
    db: Session, actor: Actor, *, public_ids: tuple[str, ...], decision: str, placement: str = "all", reason: str = ""
) -> DecidedMany:
    """The same decision about several flyers (at most 50): what cannot be decided is named, the others are done."""
    if not 0 < len(public_ids) <= 50:
        raise Invalid.at("ids", "too_many_at_once", limit=50)
    done: list[Decided] = []
    refused: list[tuple[str, str]] = []
    for public_id in dict.fromkeys(public_ids):
        try:
            with db.begin_nested():
                done.append(decide(db, actor, public_id=public_id, decision=decision, placement=placement, reason=reason))
        except TamemapError as error:
            if not done and isinstance(error, Invalid):
                raise
            refused.append((public_id, error.code))
    return DecidedMany(tuple(done), tuple(refused))
