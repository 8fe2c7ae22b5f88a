"""Too many reports: what many people point at waits until staff have looked (for services)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlmodel import Session, col, select

from tamemap import clock, urls
from tamemap.domain.caring import REPORTER_AGE, Hit
from tamemap.models import Board, Flyer, Map, Person, Post, Report, Topic
from tamemap.queries.care_settings import wishes_for
from tamemap.queries.trust import history
from tamemap.services import holding, notices

if TYPE_CHECKING:
    from tamemap.domain.actors import Ground
    from tamemap.models import Case


def hold_if_many(db: Session, row: Case, ground: Ground, title: str) -> bool:
    """Hold the thing of a case once as many people have reported it as its town wishes, and tell whose it is; answers whether
    it was held now. What staff wrote, and groups, are not held.

    All guests together count as one person, and so do all accounts younger than a day: nobody is silenced by browsers that
    forget their cookies. Who reported it before, and staff let it stand, does not count again.
    """
    if row.thing not in {"flyer", "topic", "post"}:
        return False
    here = Map.region_id == ground.region_id, col(Map.municipality_code).is_not_distinct_from(ground.municipality_code)
    limit = wishes_for(db, db.exec(select(Map.id).where(*here)).first()).reports
    count = _people(db, row) if limit else 0
    if not limit or count < limit or _by_staff(db, row) or not _hold(db, row):
        return False
    row.why = Hit("reports", {"count": count, "limit": limit}).kept()
    db.add(row)
    db.flush()
    notices.tell(db, person_id=row.author_id, code="care_reports", params={"title": title}, url=_page(db, row))
    return True


def _people(db: Session, row: Case) -> int:
    """How many people's reports count."""
    about = Report.thing == row.thing, Report.thing_id == row.thing_id
    dealt_with = select(Report.reporter_hash).where(*about, col(Report.closed_at).is_not(None))
    fresh = select(Report.reporter_id, Person.created_at).outerjoin(Person, col(Person.id) == Report.reporter_id)
    rows = db.exec(fresh.where(*about, col(Report.closed_at).is_(None), col(Report.reporter_hash).not_in(dealt_with))).all()
    grown = clock.now() - REPORTER_AGE
    people = {who for who, since in rows if who is not None and since is not None and since <= grown}
    return len(people) + any(who not in people for who, _ in rows)


def _by_staff(db: Session, row: Case) -> bool:
    """Whether staff wrote it, or it is by somebody who is staff there."""
    if row.thing == "post":
        found = db.exec(select(Post).where(Post.public_id == row.thing_id)).one()
        if found.author_kind != "member" or found.official or found.mascot_id is not None:
            return True
    return row.author_id is not None and history(db, row.author_id, row.region_id).office


def _hold(db: Session, row: Case) -> bool:
    if row.thing == "flyer":
        flyer = db.exec(select(Flyer).where(Flyer.public_id == row.thing_id).with_for_update()).one()
        return holding.hold_flyer(db, flyer)
    return holding.hold_written(db, holding.written(db, row.thing, row.thing_id), clock.now())


def _page(db: Session, row: Case) -> str:
    if row.thing == "flyer":
        return urls.flyer_page(row.thing_id)
    found = select(Board.slug, Topic.public_id).join(Topic, col(Topic.board_id) == Board.id)
    if row.thing == "topic":
        slug, topic = db.exec(found.where(Topic.public_id == row.thing_id)).one()
        return urls.topic_page(slug, topic)
    slug, topic = db.exec(found.join(Post, col(Post.topic_id) == Topic.id).where(Post.public_id == row.thing_id)).one()
    return urls.topic_page(slug, topic) + f"#{row.thing_id}"
