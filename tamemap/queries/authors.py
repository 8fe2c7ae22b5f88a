"""Reads about who wrote something: a person, staff for their town, or a person for a group."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, NamedTuple

from sqlmodel import Session, col, select

from tamemap.domain.permissions import allowed
from tamemap.models import Group, Map, Municipality, Person, Role
from tamemap.queries.grounds import ground_in
from tamemap.queries.mascots import MASCOTS, MascotRef, mascot_ref
from tamemap.queries.together import Asked, Question, among, ask, read

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable

    from tamemap.domain.actors import Actor, Ground
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


PEOPLE = Question(select(Person).where(among(col(Person.id), "people_ids")), "people_ids")
TOWNS = Question(
    select(Municipality.code, Municipality.name).where(among(col(Municipality.code), "town_codes")),
    "town_codes",
    lambda row: row[0],
)
GROUPS = Question(
    select(Group, Municipality.region_id, Map.proof_for)
    .join(Municipality, col(Municipality.code) == Group.municipality_code)
    .outerjoin(Map, col(Map.municipality_code) == Municipality.code)
    .where(among(col(Group.id), "group_ids")),
    "group_ids",
)
DEPARTMENTS = Question(
    select(Role.person_id, Role.municipality_code, Role.department).where(
        among(col(Role.person_id), "staff_ids"), Role.role == "staff", Role.department != ""
    ),
    "staff_ids",
    lambda row: row[0],
)


def author_asks(wanted: Collection[AuthorKey]) -> tuple[Asked, ...]:
    """What :func:`author_views` asks the database (for who asks ahead)."""
    return (
        ask(PEOPLE, {one.person_id for one in wanted}),
        ask(TOWNS, {one.municipality_code or None for one in wanted}),
        ask(GROUPS, {one.group_id for one in wanted}),
        ask(MASCOTS, {one.mascot_id for one in wanted}),
        ask(DEPARTMENTS, {one.person_id for one in wanted if one.kind == "staff"}),
    )


def author_views(
    db: Session, actor: Actor, authors: Iterable[AuthorKey], *, here: str | None = None
) -> dict[AuthorKey, AuthorView]:
    """The faces of many authors at once; ``here`` is the municipality on whose board they wrote, if it is one's."""
    wanted = set(authors)
    found = read(db, *author_asks(wanted))
    people: dict[int | None, Person] = {row.id: row for (row,) in found[0]}
    towns: dict[str | None, str] = dict(found[1])
    groups = {row.id: (row, ground_in(row.municipality_code, region_id, proof)) for row, region_id, proof in found[2]}
    mascots = {row[0].id: (mascot_ref(*row[:3]), ground_in(row[0].municipality_code, *row[3:])) for row in found[3]}
    departments = {(person_id, code): name for person_id, code, name in found[4]}
    return {
        key: _mascot_author(actor, people.get(key.person_id), *mascots[key.mascot_id])
        if key.mascot_id is not None
        else _group_author(actor, people.get(key.person_id), *groups[key.group_id])
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


def _group_author(actor: Actor, person: Person | None, group: Group, ground: Ground) -> AuthorView:
    insider = allowed(actor, "group.see_members", ground, group_id=group.id)
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


def _mascot_author(actor: Actor, person: Person | None, mascot: MascotRef, ground: Ground) -> AuthorView:
    insider = allowed(actor, "mascot.see", ground)
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
