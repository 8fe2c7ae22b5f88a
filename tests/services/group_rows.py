"""Groups for tests: asked for and let in through the services."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlmodel import Session, select

from tamemap import clock
from tamemap.models import Group, GroupMember, Person
from tamemap.queries.people import actor_of_person
from tamemap.services import groups
from tests.factories import HITOYOSHI

if TYPE_CHECKING:
    from tamemap.domain.actors import Actor


def asked(db: Session, actor: Actor, *, slug: str = "sakura-kai", name: str = "さくら会", town: str = HITOYOSHI, **more: str):
    """A group that this actor asks for."""
    return groups.ask(db, actor, name=name, slug=slug, municipality_code=town, **({"words": "まつりを知らせたいです。"} | more))


def group(db: Session, owner: Actor, staff: Actor, **more: str) -> Group:
    """A group that was let in; its owner is who asked for it."""
    view = asked(db, owner, **more)
    groups.decide(db, staff, slug=view.slug, approve=True)
    return db.exec(select(Group).where(Group.slug == view.slug)).one()


def join(db: Session, row: Group, actor: Actor, role: str = "editor") -> Actor:
    """The actor as they are once they have joined."""
    db.add(GroupMember(group_id=row.id, person_id=actor.person_id, role=role, since=clock.now()))
    db.flush()
    return now(db, actor)


def now(db: Session, actor: Actor, *, strong: bool = True) -> Actor:
    """The actor as the door would find them at this moment."""
    return actor_of_person(db, db.get_one(Person, actor.person_id), strong=strong)
