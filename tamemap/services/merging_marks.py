"""Two accounts become one: what each has read, follows, and when each was here (for ``services.merging``)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlmodel import select

from tamemap.models import TopicMark

if TYPE_CHECKING:
    from sqlmodel import Session

    from tamemap.models import Person


def topic_marks(db: Session, person: Person, other: Person) -> None:
    """One mark for each topic: read as far as either has, followed when either follows."""
    mine = {row.topic_id: row for row in db.exec(select(TopicMark).where(TopicMark.person_id == person.id))}
    for row in db.exec(select(TopicMark).where(TopicMark.person_id == other.id)).all():
        own = mine.get(row.topic_id)
        if own is None:
            row.person_id = person.id  # type: ignore[assignment]  # stored
            db.add(row)
            continue
        own.read_to, own.marked_at = max(own.read_to, row.read_to), max(own.marked_at, row.marked_at)
        said = {own.following, row.following}
        own.following = True if True in said else False if False in said else None
        db.add(own)
        db.delete(row)
    db.flush()


def one_visitor(person: Person, other: Person) -> None:
    """The person was here when either account was, and is told as they wished; the other's wishes are forgotten."""
    person.seen_at = max(filter(None, (person.seen_at, other.seen_at)), default=None)
    person.seen_before = max(filter(None, (person.seen_before, other.seen_before)), default=None)
    other.seen_at = other.seen_before = other.digested_at = None
    other.digest_day = other.digest_hour = other.digest_map_id = None
    other.told_by = other.duty_days = ""
    other.digest, other.quiet_from, other.quiet_to = "", "", ""
