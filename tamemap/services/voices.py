"""As whom somebody writes on a board: for themselves, for their town, for a group, or as a mascot (for services)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from sqlmodel import col, func, select

from tamemap.domain.mascots import mascot_named
from tamemap.errors import Forbidden, Unauthenticated
from tamemap.models import Municipality
from tamemap.queries.boards import WRITE_VERBS, may_speak
from tamemap.queries.grounds import ground_of, ground_of_map
from tamemap.queries.groups import speaking_as
from tamemap.queries.mascots import speaking_mascot
from tamemap.services.authority import ask_first, demand

if TYPE_CHECKING:
    from sqlmodel import Session

    from tamemap.domain.actors import Actor
    from tamemap.models import Board, Map


@dataclass(frozen=True, slots=True)
class Voice:
    """The person who writes, and as what: ``kind`` is member, staff (of the municipality) or operator.

    ``name`` is what others are told: the group's or the mascot's, where it is written for one (``group_id``, ``mascot_id``).
    """

    person_id: int
    kind: str
    municipality_code: str | None
    group_id: int | None
    name: str
    mascot_id: int | None = None
    mascot: str = ""  # its public id

    @property
    def own(self) -> bool:
        """Whether somebody writes in their own name, perhaps by office, and not in another's."""
        return self.group_id is None and self.mascot_id is None


def voice_of(db: Session, actor: Actor, board: Board, map_: Map, group: str = "") -> Voice:
    """As whom the actor writes there, ``group`` being a slug, or ``mascot:`` and a mascot's id. A group needs no proof of
    residence; on the residents' board it is one of that town, and nobody but staff writes on theirs.

    The installation itself may do all and still writes nothing: a post needs somebody's name. Raises Unauthenticated, Forbidden,
    Invalid at ``group``.
    """
    if mascot := mascot_named(group):
        return _mascot(db, actor, board, map_, mascot)
    ground = ground_of_map(map_)
    row = speaking_as(db, actor, group, "post.write_as_group", ground)
    if row is None:
        ask_first(actor, WRITE_VERBS[board.writers], ground)
    elif not may_speak(actor, board, ground, row.id or 0, row.municipality_code):
        raise Forbidden(f"not_allowed_{board.writers}_only")
    if actor.person_id is None:
        raise Unauthenticated("sign_in_first")
    if row is not None:
        return Voice(actor.person_id, "member", None, row.id, row.name)
    kind, municipality = _author_kind(db, actor, map_)
    if actor.scopes is not None and kind == "member":
        raise Forbidden("token_other_place")
    return Voice(actor.person_id, kind, municipality, None, actor.name)


def _mascot(db: Session, actor: Actor, board: Board, map_: Map, public_id: str) -> Voice:
    row = speaking_mascot(db, actor, public_id, map_)
    if board.writers == "staff":
        ask_first(actor, WRITE_VERBS[board.writers], ground_of_map(map_))
    if actor.person_id is None:
        raise Unauthenticated("sign_in_first")
    return Voice(actor.person_id, "staff", row.municipality_code, None, row.name, row.id, row.public_id)


def note_mascot(db: Session, actor: Actor, voice: Voice, *, thing: str, thing_id: str) -> None:
    """Write down who it was that wrote as a mascot."""
    if voice.mascot_id is not None and voice.municipality_code is not None:
        demand(db, actor, "post.write_as_mascot", ground_of(db, voice.municipality_code), thing=thing, thing_id=thing_id,
               detail={"mascot": voice.mascot})  # fmt: skip


def _author_kind(db: Session, actor: Actor, map_: Map) -> tuple[str, str | None]:
    """Staff of the town itself, or of one of the region's towns on the region's boards."""
    kind = actor.kind_on(ground_of_map(map_))
    if kind == "staff":
        return kind, map_.municipality_code
    if kind == "member" and map_.municipality_code is None and actor.staff_of:
        code = db.exec(
            select(func.min(Municipality.code)).where(
                Municipality.region_id == map_.region_id, col(Municipality.code).in_(actor.staff_of)
            )
        ).one()
        return ("staff", code) if code else (kind, None)
    return kind, None
