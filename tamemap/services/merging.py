"""Two accounts of one person become one, when both have been proved.

``PLAN`` says for every column that points at a person what becomes of it; a test fails when a new one is missing there.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from sqlalchemy import delete, update
from sqlmodel import SQLModel, col, select

from tamemap import clock, session
from tamemap.domain.actors import Ground
from tamemap.domain.permissions import demand_self
from tamemap.errors import Conflict, Invalid
from tamemap.models import (
    AccessToken,
    BoardFollow,
    Fan,
    GroupMember,
    MascotVoice,
    Mention,
    Person,
    Picture,
    PollVote,
    Reaction,
    Reading,
    Report,
    Role,
    Tie,
)
from tamemap.queries.grounds import ground_of
from tamemap.queries.people import actor_of_person
from tamemap.queries.ways import Belongings, belongings
from tamemap.services import authority, handshakes, merging_marks, sessions, ways

if TYPE_CHECKING:
    from collections.abc import Callable

    from sqlmodel import Session

    from tamemap.domain.actors import Actor

MOVED, ENDED, LEFT = "moved", "ended", "left"
"""What becomes of a column's rows: they are the present person's, they go, or they stay with the account that is left."""


@dataclass(frozen=True, slots=True)
class Preview:
    """What the two accounts have, before they are one; ``mail`` is the address that will be the way in."""

    own: Belongings
    other: Belongings
    mail: str


@dataclass(frozen=True, slots=True)
class Merged:
    """The two are one: the mail address that is its way in now, and the one that is none any more (either may be empty)."""

    mail: str
    dropped_mail: str


def offer(db: Session, actor: Actor, *, other_id: int, browser_key: str, strong: bool = False) -> str:
    """Remember that the signed-in actor has just proved to be the person ``other_id`` too; the key for ``/me/merge?key=``.

    ``strong``: by a passkey or a one-time code. Only then roles for the desk come along.
    """
    key = session.new_token()
    handshakes.begin(
        db, actor, kind="merge", key=key, browser_key=browser_key, purpose="add", other_id=other_id, secret={"strong": strong}
    )
    return key


def preview(db: Session, actor: Actor, *, key: str, browser_key: str) -> Preview:
    """What ``merge`` would do, without using up the key. Raises as ``merge``."""
    demand_self(actor)
    taken = handshakes.look(db, actor, kind="merge", key=key, browser_key=browser_key)
    person, other = _both(db, actor, taken)
    return Preview(belongings(db, person), belongings(db, other), person.mail or other.mail or "")


def merge(db: Session, actor: Actor, *, key: str, browser_key: str) -> Merged:
    """Make everything of the other account the actor's, once, within ten minutes of the proof. It cannot be taken back.

    Its sessions and tokens end. Its row stays, left and without anything personal, since the audit trail names it. Raises
    Unauthenticated (``sign_in_first``, ``desk_needs_proof``), Invalid ``handshake_over``, Conflict ``merge_needs_code`` (the
    other has a role for the desk, and was not proved by a code or a passkey).
    """
    demand_self(actor)
    taken = handshakes.take(db, actor, kind="merge", key=key, browser_key=browser_key)
    person, other = _both(db, actor, taken)
    dropped = (other.mail or "") if person.mail else ""
    roles = _rows(db, Role.__table__.c.person_id, other)  # type: ignore[attr-defined]
    for column, fate in PLAN.items():
        _carry_out(db, column, fate, person, other)
    _move_what_no_key_points_at(db, person, other)
    _one_person(db, person, other)
    _write_down(db, actor, person, other, roles)
    ways.tell(db, person, "way_merged", also_to=dropped)
    return Merged(person.mail or "", dropped)


def _both(db: Session, actor: Actor, taken: handshakes.Taken) -> tuple[Person, Person]:
    """The present person and the other, locked. Raises as ``merge``."""
    person_id = demand_self(actor)
    sessions.demand_shown(db, actor)
    ids = (person_id, taken.other_id or 0)
    # always in the same order: two merges of the same two must not wait for each other
    query = select(Person).where(col(Person.id).in_(ids), col(Person.left_at).is_(None))
    found = {row.id: row for row in db.exec(query.order_by(col(Person.id)).with_for_update())}
    if len(found) != len(ids):
        raise Invalid("handshake_over")
    person, other = (found[one] for one in ids)
    if not taken.secret.get("strong") and db.exec(select(Role.id).where(Role.person_id == other.id)).first() is not None:
        raise Conflict("merge_needs_code")
    return person, other


def _rows(db: Session, column: Any, person: Person) -> list[Any]:
    return list(db.execute(select(column.table).where(column == person.id)).all())  # type: ignore[call-overload]


def _carry_out(db: Session, name: str, fate: str | Callable[..., None], person: Person, other: Person) -> None:
    if callable(fate):
        fate(db, person, other)
        return
    column = column_of(name)
    if fate == MOVED:
        db.execute(update(column.table).where(column == other.id).values({column.name: person.id}))
    elif fate == ENDED:
        db.execute(delete(column.table).where(column == other.id))


def column_of(name: str) -> Any:
    """The column that ``table.column`` names."""
    table, _, column = name.rpartition(".")
    return SQLModel.metadata.tables[table].c[column]


def _roles(db: Session, person: Person, other: Person) -> None:
    """Each once: a lead stays a lead, and the department is the first that is known."""
    own = {(row.role, row.municipality_code, row.region_id): row for row in _of(db, Role, person)}
    for row in _of(db, Role, other):
        mine = own.get((row.role, row.municipality_code, row.region_id))
        if mine is None:
            row.person_id = person.id
            continue
        mine.level = "lead" if "lead" in {mine.level, row.level} else mine.level
        mine.department = mine.department or row.department
        mine.granted_at = min(mine.granted_at, row.granted_at)
        db.delete(row)
    db.flush()


def _members(db: Session, person: Person, other: Person) -> None:
    """In each group once: who owned it with either account owns it."""
    own = {row.group_id: row for row in _of(db, GroupMember, person)}
    for row in _of(db, GroupMember, other):
        mine = own.get(row.group_id)
        if mine is None:
            row.person_id = person.id
            continue
        mine.role = "owner" if "owner" in {mine.role, row.role} else mine.role
        mine.since = min(mine.since, row.since)
        db.delete(row)
    db.flush()


def _move_or_drop(db: Session, row: Any, person: Person, *, known: bool) -> None:
    if known:
        db.delete(row)
    else:
        row.person_id = person.id


def _fan(db: Session, person: Person, other: Person) -> None:
    """What the present account does not say is taken from the other."""
    theirs = db.get(Fan, other.id)
    if theirs is None:
        return
    own = db.get(Fan, person.id) or Fan(person_id=person.id or 0, updated_at=theirs.updated_at)
    for field in ("prefecture", "age_band", "gender", "interests"):
        setattr(own, field, getattr(own, field) or getattr(theirs, field))
    db.add(own)
    db.delete(theirs)
    db.flush()


def _tokens(db: Session, person: Person, other: Person) -> None:
    """A program's token ends: it was given out for the other account. The audit trail points at it, so the row moves."""
    now = clock.now()
    theirs = col(AccessToken.person_id) == other.id
    db.exec(update(AccessToken).where(theirs, col(AccessToken.ended_at).is_(None)).values(ended_at=now))
    db.exec(update(AccessToken).where(theirs).values(person_id=person.id))


def _of(db: Session, table: Any, person: Person) -> list[Any]:
    return list(db.exec(select(table).where(table.person_id == person.id).order_by(table.id)))


def _move_what_no_key_points_at(db: Session, person: Person, other: Person) -> None:
    """Pictures, readings and reports name their owner as ``Actor.owner_hash`` does."""
    was, now = f"person:{other.id}", f"person:{person.id}"
    db.exec(update(Picture).where(col(Picture.owner_hash) == was).values(owner_hash=now))
    db.exec(update(Reading).where(col(Reading.owner_hash) == was).values(owner_hash=now))
    db.exec(update(Report).where(col(Report.reporter_hash) == was).values(reporter_hash=now))


def _one_person(db: Session, person: Person, other: Person) -> None:
    """The rows of the two themselves: the newer proof of residence counts, the mail stays or is the other's."""
    mail = person.mail or other.mail
    if other.proved_at and (person.proved_at is None or other.proved_at > person.proved_at):
        person.proved_code, person.proved_at = other.proved_code, other.proved_at
        person.residence_code, person.district = other.residence_code, other.district
    elif not person.residence_code:
        person.residence_code, person.district = other.residence_code, other.district
    person.created_at = min(person.created_at, other.created_at)
    other.mail, other.name, other.district = None, "", ""
    other.residence_code = other.proved_code = None
    other.proved_at = None
    merging_marks.one_visitor(person, other)
    other.left_at = clock.now()
    db.add(other)
    db.flush()  # first: an address is one person's
    person.mail = mail
    db.add(person)
    db.flush()


def _write_down(db: Session, actor: Actor, person: Person, other: Person, roles: list[Any]) -> None:
    """Rights that changed hands stand in the audit trail of each town and region."""
    one = actor_of_person(db, person, session_id=actor.session_id)
    for role in roles:
        ground = Ground(None, role.region_id) if role.region_id else None
        if role.municipality_code:
            ground = ground_of(db, role.municipality_code)
        authority.record(
            db, one, "staff.change", ground, thing="person", thing_id=person.public_id, detail={"merged": other.public_id}
        )


def _unless_mine(table: Any, *keys: str) -> Callable[[Session, Person, Person], None]:
    """Moves what the person does not have already by these columns; what both have is theirs as it is."""

    def move(db: Session, person: Person, other: Person) -> None:
        mine = {tuple(getattr(row, key) for key in keys) for row in _of(db, table, person)}
        for row in _of(db, table, other):
            _move_or_drop(db, row, person, known=tuple(getattr(row, key) for key in keys) in mine)
        db.flush()

    return move


PLAN: dict[str, str | Callable[[Session, Person, Person], None]] = {
    "role.person_id": _roles,
    "group_member.person_id": _members,
    "group.asked_by": MOVED,
    "group.decided_by": MOVED,
    "invitation.invited_by": MOVED,
    "residence_code_batch.made_by": MOVED,
    "notice.person_id": MOVED,
    "identity.person_id": MOVED,
    "passkey.person_id": MOVED,
    "sign_in_code.person_id": ENDED,
    "signed_in.person_id": ENDED,
    "handshake.person_id": ENDED,
    "handshake.other_id": ENDED,
    "access_token.person_id": _tokens,
    "fan.person_id": _fan,
    "tie.person_id": _unless_mine(Tie, "municipality_code", "kind"),
    "topic.author_id": MOVED,
    "post.author_id": MOVED,
    "reaction.person_id": _unless_mine(Reaction, "post_id", "kind"),
    "report.reporter_id": MOVED,
    "poll_vote.person_id": _unless_mine(PollVote, "poll_id"),
    "care_case.author_id": MOVED,
    "care_case.looking_by": MOVED,
    "case_decision.decided_by": MOVED,
    "objection.person_id": MOVED,
    "objection.decided_by": MOVED,
    "suspension.person_id": MOVED,
    "reply_template.made_by": MOVED,
    "mention.person_id": _unless_mine(Mention, "post_id"),
    "mascot.made_by": MOVED,
    "mascot_voice.person_id": _unless_mine(MascotVoice, "mascot_id"),
    "topic_mark.person_id": merging_marks.topic_marks,
    "board_follow.person_id": _unless_mine(BoardFollow, "board_id"),
    "care_setting.changed_by": MOVED,
    "flyer.poster_id": MOVED,
    "placement.decided_by": MOVED,
    "placement_change.actor_id": MOVED,
    "push_subscription.person_id": ENDED,
    "audit_entry.actor_id": LEFT,  # the database refuses to change it
}
"""By ``table.column``: moved, ended, left, or a function of its own where rows of both could be the same."""
