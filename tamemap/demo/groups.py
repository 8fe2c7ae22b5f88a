"""The demo's groups: asked for and let in as real ones are."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from sqlmodel import col, delete, select

from tamemap import clock
from tamemap.demo.seeds import load_groups
from tamemap.domain.actors import SYSTEM
from tamemap.models import Group, GroupMember, Notice, Person
from tamemap.queries.people import actor_of_person
from tamemap.services import groups

if TYPE_CHECKING:
    from sqlmodel import Session

    from tamemap.domain.actors import Actor

AGO = timedelta(days=40)


def found_groups(db: Session, cast: dict[str, Actor]) -> dict[str, str]:
    """Let the demo's groups in; answers per owner's key the slug in whose name they post. ``cast`` then speaks for them."""
    spoken: dict[str, str] = {}
    with clock.frozen_at(clock.now() - AGO):
        for seed in load_groups():
            groups.ask(db, cast[seed.owner], name=seed.name, slug=seed.slug, municipality_code=seed.town, words=seed.words,
                       description=seed.description, contact=seed.contact)  # fmt: skip
            groups.decide(db, SYSTEM, slug=seed.slug, approve=True)
            row = db.exec(select(Group).where(Group.slug == seed.slug)).one()
            for key in seed.editors:
                db.add(GroupMember(group_id=row.id or 0, person_id=cast[key].person_id or 0, role="editor", since=clock.now()))
            db.flush()
            for key in (seed.owner, *seed.editors):
                cast[key] = actor_of_person(db, db.get_one(Person, cast[key].person_id))
            spoken[seed.owner] = seed.slug
    # what was asked and answered in one breath is news to nobody
    db.exec(delete(Notice).where(col(Notice.code).in_(["group_asked", "group_approved"])))
    return spoken
