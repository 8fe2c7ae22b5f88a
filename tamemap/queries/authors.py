"""Reads about who wrote something: a person, staff for their town, or a person for a group."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, NamedTuple

from sqlmodel import Session, col, select

from tamemap.domain.permissions import allowed
from tamemap.models import Group, Municipality, Person, Role
from tamemap.queries.grounds import ground_of
from tamemap.queries.mascots import MascotRef, mascot_refs

if TYPE_CHECKING:
    from collections.abc import Iterable

    from tamemap.domain.actors import Actor
    from tamemap.models import Post, Topic


class AuthorKey(NamedTuple):
    """Who wrote something and as what, as it stands in its row."""

    person_id: int | None
    kind: str
    municipality_code: str | None
    group_id: int | None = None
    mascot_id: int | None = None


@dataclass(frozen=True, slots=True)
class GroupRef:
    """The group (団体) in whose name something stands; its page is there while it is ``active``."""

    slug: str
    name: str
    active: bool


@dataclass(frozen=True, slots=True)
class AuthorView:
    """Who wrote something, and as what: ``kind`` is member, staff (of ``municipality``, a name), operator, group or mascot.
    ``department`` is where staff are at present. ``resident``: a member who says that they live in the board's town; in which
    part of it, and whether it is proved, nobody else learns.

    For somebody who has ``left`` the name and the id are empty: the screen has words for that. What stands in the name of a
    ``group`` has the group's name and no id; which person wrote it (``by``) is for the group's members and for staff. So it
    is with what a town's ``mascot`` says.
    """

    public_id: str
    name: str
    kind: str
    municipality: str
    is_me: bool
    left: bool
    group: GroupRef | None = None
    by: str = ""
    department: str = ""
    resident: bool = False
    mascot: MascotRef | None = None


def author_views(
    db: Session, actor: Actor, authors: Iterable[AuthorKey], *, here: str | None = None
) -> dict[AuthorKey, AuthorView]:
    """The faces of many authors at once; ``here`` is the municipality on whose board they wrote, if it is one's."""
    wanted = set(authors)
    ids = {one.person_id for one in wanted if one.person_id is not None}
    codes = {one.municipality_code for one in wanted if one.municipality_code}
    people = {row.id: row for row in db.exec(select(Person).where(col(Person.id).in_(ids)))} if ids else {}
    towns: dict[str | None, str] = {}
    if codes:
        rows = db.exec(select(Municipality.code, Municipality.name).where(col(Municipality.code).in_(codes)))
        towns = {code: name for code, name in rows}  # noqa: C416  rows are not plain pairs
    groups, mascots = group_rows(db, (one.group_id for one in wanted)), mascot_refs(db, (one.mascot_id for one in wanted))
    departments = _departments(db, ids) if any(one.kind == "staff" for one in wanted) else {}
    return {
        key: _mascot_author(db, actor, people.get(key.person_id), mascots[key.mascot_id])
        if key.mascot_id is not None
        else _group_author(db, actor, people.get(key.person_id), groups[key.group_id])
        if key.group_id is not None
        else replace(
            _author(
                actor, people.get(key.person_id), kind=key.kind, municipality=towns.get(key.municipality_code, ""), here=here
            ),
            department=departments.get((key.person_id, key.municipality_code), "") if key.kind == "staff" else "",
        )
        for key in wanted
    }


def key_of_post(row: Post) -> AuthorKey:
    """Who wrote a post, and as what."""
    return AuthorKey(row.author_id, row.author_kind, row.author_municipality, row.group_id, row.mascot_id)


def key_of_topic(row: Topic, opening: Post | None) -> AuthorKey:
    """Who opened a topic, and as what, which its first post says."""
    if opening is None:
        return AuthorKey(row.author_id, "member", None, row.group_id)
    return AuthorKey(row.author_id, opening.author_kind, opening.author_municipality, row.group_id, opening.mascot_id)


def _departments(db: Session, ids: set[int]) -> dict[tuple[int | None, str | None], str]:
    rows = db.exec(select(Role).where(col(Role.person_id).in_(ids), Role.role == "staff", Role.department != ""))
    return {(row.person_id, row.municipality_code): row.department for row in rows}


def group_rows(db: Session, ids: Iterable[int | None]) -> dict[int, Group]:
    """The groups of these row numbers."""
    wanted = {one for one in ids if one is not None}
    return {row.id or 0: row for row in db.exec(select(Group).where(col(Group.id).in_(wanted)))} if wanted else {}


def group_ref(row: Group) -> GroupRef:
    """The group as others name it."""
    return GroupRef(row.slug, row.name, row.state == "active")


def _author(actor: Actor, person: Person | None, *, kind: str, municipality: str, here: str | None) -> AuthorView:
    if person is None or person.left_at is not None:
        return AuthorView("", "", kind, municipality, is_me=False, left=True)
    resident = kind == "member" and here is not None and person.residence_code == here
    return AuthorView(
        person.public_id, person.name, kind, municipality, is_me=person.id == actor.person_id, left=False, resident=resident
    )


def _group_author(db: Session, actor: Actor, person: Person | None, group: Group) -> AuthorView:
    insider = allowed(actor, "group.see_members", ground_of(db, group.municipality_code), group_id=group.id)
    here = person is not None and person.left_at is None
    return AuthorView(
        public_id="",
        name=group.name,
        kind="group",
        municipality="",
        is_me=person is not None and here and person.id == actor.person_id,
        left=False,
        group=group_ref(group),
        by=person.name if person is not None and here and insider else "",
    )


def _mascot_author(db: Session, actor: Actor, person: Person | None, mascot: MascotRef) -> AuthorView:
    insider = allowed(actor, "mascot.see", ground_of(db, mascot.municipality_code))
    here = person is not None and person.left_at is None
    return AuthorView(
        public_id="",
        name=mascot.name,
        kind="mascot",
        municipality=mascot.town,
        is_me=person is not None and here and person.id == actor.person_id,
        left=False,
        by=person.name if person is not None and here and insider else "",
        mascot=mascot,
    )
