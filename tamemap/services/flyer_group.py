"""A flyer in a group's name: who may put it there, who takes it out again, and who is told of what becomes of it."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from sqlmodel import select

from tamemap.domain import permissions
from tamemap.errors import Invalid
from tamemap.models import Group, GroupMember
from tamemap.queries.grounds import ground_of, is_author
from tamemap.queries.groups import speaking_as
from tamemap.services import notices
from tamemap.services.groups_members import owners_of

if TYPE_CHECKING:
    from collections.abc import Mapping

    from sqlmodel import Session

    from tamemap.domain.actors import Actor
    from tamemap.domain.flyers import Facts
    from tamemap.models import Flyer


def posted_as(db: Session, actor: Actor, *, group: str, municipality_code: str) -> Group | None:
    """The group in whose name a new flyer of that town is posted; None: in the poster's own.

    A group may announce in every town of the installation, and what a map asks of single posters it does not ask of groups.
    Raises as ``queries.groups.speaking_as``.
    """
    return speaking_as(db, actor, group, "flyer.post_as_group", ground_of(db, municipality_code))


def announced_by(facts: Facts, group: Group | None) -> Facts:
    """The facts with the group as organiser, where they name none."""
    return facts if group is None or facts.organiser else replace(facts, organiser=group.name)


def regroup(db: Session, actor: Actor, row: Flyer, group: str) -> None:
    """Put a flyer into another of the actor's groups, or (empty) into its poster's own name: the poster, or staff.

    Raises as ``posted_as``, Invalid at ``group`` when somebody else would have to answer for it.
    """
    present = db.get(Group, row.group_id) if row.group_id is not None else None
    if present is not None and present.slug == group:
        return
    if group:
        chosen = posted_as(db, actor, group=group, municipality_code=row.municipality_code)
        row.group_id = chosen.id if chosen else None
        return
    if present is None:
        return
    ground = ground_of(db, row.municipality_code)
    if not is_author(db, actor, row) and not permissions.allowed(actor, "flyer.decide", ground):
        raise Invalid.at("group", "group_flyer_not_yours")
    row.group_id = None


def tell_poster(
    db: Session, row: Flyer, *, code: str, params: Mapping[str, object], url: str, besides: int | None = None
) -> None:
    """Tell whose flyer it is: its poster, and where it stands in a group's name that group's owners; ``besides`` one of them."""
    told: list[int | None] = [row.poster_id]
    if row.group_id is not None:
        group = db.get_one(Group, row.group_id)
        members = db.exec(select(GroupMember.person_id).where(GroupMember.group_id == row.group_id)).all()
        # who has left the group hears no more of its flyers
        told = [one for one in told if one in members or group.state == "closed"] + list(owners_of(db, row.group_id))
    for person_id in dict.fromkeys(one for one in told if one is None or one != besides):
        notices.tell(db, person_id=person_id, code=code, params=params, url=url)
