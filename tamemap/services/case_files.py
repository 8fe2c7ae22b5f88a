"""Opening a case, joining it, and shutting it when what it was about is dealt with otherwise (for services)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlmodel import Session, col, select, update

from tamemap import clock
from tamemap.i18n import t
from tamemap.models import Case, CaseDecision, Flyer, Group, Post, Report, Suspension, Topic
from tamemap.services import case_care, notices
from tamemap.services.turns import take_turn

if TYPE_CHECKING:
    from datetime import datetime

    from tamemap.domain.actors import Actor, Ground

WHO = {
    "flyer": (Flyer.public_id, Flyer.poster_id),
    "topic": (Topic.public_id, Topic.author_id),
    "post": (Post.public_id, Post.author_id),
    "group": (Group.slug, Group.asked_by),
}
"""By what a kind of thing is named, and whose it is."""


def opened(db: Session, *, thing: str, thing_id: str, ground: Ground, at: datetime, source: str = "report") -> Case:
    """The open case of this thing; a new one where there is none, waiting since ``at``. Two at once open one."""
    take_turn(db, f"case:{thing}:{thing_id}")
    here = Case.thing == thing, Case.thing_id == thing_id, col(Case.closed_at).is_(None)
    row = db.exec(select(Case).where(*here)).first()
    if row is None:
        key, who = WHO[thing]
        row = Case(
            thing=thing,
            thing_id=thing_id,
            municipality_code=ground.municipality_code,
            region_id=ground.region_id,
            author_id=db.exec(select(who).where(key == thing_id)).first(),
            source=source,
            opened_at=at,
        )
        db.add(row)
        db.flush()
    return row


def shut(db: Session, *, thing: str, thing_id: str) -> None:
    """The thing is gone by another way: nothing is left to decide."""
    here = col(Case.thing) == thing, col(Case.thing_id) == thing_id, col(Case.closed_at).is_(None)
    db.exec(update(Case).where(*here).values(closed_at=clock.now()).execution_options(synchronize_session=False))


def shut_within(db: Session, topic_id: int | None) -> None:
    """A whole topic is gone: nothing is left to decide about its posts, nor to read in reports of them."""
    written = select(Post.public_id).where(Post.topic_id == topic_id)
    for table in (Case, Report):
        here = col(table.thing) == "post", col(table.thing_id).in_(written), col(table.closed_at).is_(None)
        db.exec(update(table).where(*here).values(closed_at=clock.now()).execution_options(synchronize_session=False))


def kept(db: Session, actor: Actor, *, thing: str, thing_id: str) -> None:
    """Its reports were dealt with one by one: when none is open any more, its case is closed, and the thing stays."""
    waits = Report.thing == thing, Report.thing_id == thing_id, col(Report.closed_at).is_(None)
    if db.exec(select(Report.id).where(*waits)).first() is not None:
        return
    here = Case.thing == thing, Case.thing_id == thing_id, col(Case.closed_at).is_(None)
    row = db.exec(select(Case).where(*here).with_for_update()).first()
    if row is not None:
        case_care.let_stand(db, row)
        close(db, row, actor, decision="keep")


def close(db: Session, row: Case, actor: Actor, *, decision: str, rule: str = "", words: str = "") -> CaseDecision:
    """Write down what was decided, and close the case."""
    now = clock.now()
    made = CaseDecision(
        case_id=row.id or 0, decision=decision, rule=rule, words=words, decided_by=actor.person_id, decided_at=now
    )
    row.first_decided_at = row.first_decided_at or now
    row.closed_at, row.looking_by, row.looking_at = now, None, None
    db.add_all([row, made])
    db.flush()
    return made


def tell(db: Session, row: Case, made: CaseDecision, title: str) -> None:
    """Tell whose thing it is what was decided about it, by which rule, and where they may object. Keeping needs no words."""
    if made.decision == "keep":
        return
    params: dict[str, object] = {"title": title, "rule": t(f"care.rule_said.{made.rule}"), "words": made.words}
    ends = db.exec(select(Suspension.until).where(Suspension.decision_id == made.id)).first()
    if ends is not None:
        params["until"] = f"{clock.tokyo(ends):%Y-%m-%d %H:%M}"
    url = f"/decisions/{made.public_id}"
    notices.tell(db, person_id=row.author_id, code=f"case_{made.decision}", params=params, url=url)
