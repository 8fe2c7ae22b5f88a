"""Reads what people's trust is made of: what of theirs stands in a region, and what staff decided there."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from sqlmodel import Session, and_, col, func, or_, select, union_all

from tamemap import clock
from tamemap.db import is_sqlite
from tamemap.domain.placements import UP
from tamemap.domain.residence import proof_holds
from tamemap.domain.trust import AGAINST, NOBODY, REMEMBERED, History, level
from tamemap.models import Board, Case, CaseDecision, Flyer, Map, Municipality, Person, Placement, Post, Role, Topic

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import datetime


def histories(db: Session, person_ids: Iterable[int], region_id: int) -> dict[int, History]:
    """These people's histories in that region, in three statements."""
    ids = set(person_ids)
    if not ids:
        return {}
    deeds = {who: (count, days, first) for who, count, days, first in db.exec(_deeds(db, ids, region_id))}
    since = clock.now() - REMEMBERED
    against: dict[int, list[str]] = {}
    decided = select(Case.author_id, CaseDecision.decision).join(CaseDecision, col(CaseDecision.case_id) == Case.id)
    standing = col(CaseDecision.undone_at).is_(None), CaseDecision.decided_at > since, col(CaseDecision.decision).in_(AGAINST)
    for who, decision in db.exec(decided.where(col(Case.author_id).in_(ids), Case.region_id == region_id, *standing)):
        against.setdefault(who or 0, []).append(decision)
    found: dict[int, History] = {}
    for who, proved_at, proved_region, role in db.exec(_standing(ids, region_id)):
        count, days, first = deeds.get(who, (0, 0, None))
        found[who] = History(
            deeds=count,
            days=days,
            first=first,
            against=len(against.get(who, ())),
            suspended="suspend" in against.get(who, ()),
            proven=proved_region == region_id and proof_holds(proved_at, clock.now()),
            office=role is not None,
        )
    return found


def _deeds(db: Session, ids: set[int], region_id: int) -> Any:
    """Per person: posts and flyers that stand, their days in Tokyo, the first moment."""
    posts: Any = (
        select(col(Post.author_id).label("who"), col(Post.created_at).label("at"))
        # the sum keeps databases from reading all posts of the region: there are fewer of one person
        .join(Topic, col(Topic.id) == col(Post.topic_id) + 0)
        .join(Board, col(Board.id) == Topic.board_id)
        .join(Map, col(Map.id) == Board.map_id)
        .where(col(Post.author_id).in_(ids), Map.region_id == region_id)
        .where(col(Post.deleted_at).is_(None), col(Post.held_at).is_(None))
        .where(col(Topic.deleted_at).is_(None), col(Topic.held_at).is_(None))
    )
    up = select(Placement.id).where(Placement.flyer_id == Flyer.id, Placement.state == UP).exists()
    flyers: Any = (
        select(col(Flyer.poster_id).label("who"), col(Flyer.created_at).label("at"))
        .join(Municipality, col(Municipality.code) == Flyer.municipality_code)
        .where(col(Flyer.poster_id).in_(ids), Municipality.region_id == region_id, col(Flyer.deleted_at).is_(None), up)
    )
    made = union_all(posts, flyers).subquery()
    day = func.date(made.c.at, "+9 hours") if is_sqlite(db) else func.date(func.timezone("Asia/Tokyo", made.c.at))
    return select(made.c.who, func.count(), func.count(func.distinct(day)), func.min(made.c.at)).group_by(made.c.who)  # type: ignore[call-overload]


def _standing(ids: set[int], region_id: int) -> Any:
    """Per person: when and in which region they proved where they live, and a role of theirs that counts in this one."""
    towns = select(Municipality.code).where(Municipality.region_id == region_id)
    here = or_(
        and_(Role.role == "staff", col(Role.municipality_code).in_(towns)),
        and_(Role.role == "operator", or_(col(Role.region_id).is_(None), Role.region_id == region_id)),
    )
    return (
        select(Person.id, Person.proved_at, Municipality.region_id, func.min(Role.id))
        .outerjoin(Municipality, col(Municipality.code) == Person.proved_code)
        .outerjoin(Role, and_(col(Role.person_id) == Person.id, here))
        .where(col(Person.id).in_(ids))
        .group_by(col(Person.id), col(Person.proved_at), col(Municipality.region_id))
    )


def history(db: Session, person_id: int, region_id: int) -> History:
    """One person's history in that region."""
    return histories(db, (person_id,), region_id).get(person_id, NOBODY)


def levels(db: Session, person_ids: Iterable[int], region_id: int, now: datetime) -> dict[int, int]:
    """The levels of these people in that region at that moment."""
    return {who: level(one, now) for who, one in histories(db, person_ids, region_id).items()}
