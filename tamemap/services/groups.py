"""Groups (団体): asked for by a member, decided by staff, changed and closed."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlmodel import col, func, select, update

from tamemap import clock, urls
from tamemap.db import IntegrityError
from tamemap.domain import groups as rules
from tamemap.domain.actors import Ground
from tamemap.domain.groups import ACTIVE, ASKED, CLOSED, DECLINED, OWNER
from tamemap.domain.writing import check_text, reference
from tamemap.errors import Conflict, FieldError, Gone, Invalid, NotFound, PreconditionFailed, Unauthenticated
from tamemap.models import Group, GroupMember, Invitation, Person
from tamemap.queries.grounds import ground_of
from tamemap.queries.groups import GroupView, view_of
from tamemap.queries.groups_manage import deciders
from tamemap.services import notices, reports
from tamemap.services.authority import ask_first, demand
from tamemap.services.turns import take_turn

if TYPE_CHECKING:
    from collections.abc import Mapping

    from sqlmodel import Session

    from tamemap.domain.actors import Actor

DESK = "/desk/groups"


def ask(
    db: Session,
    actor: Actor,
    *,
    name: str,
    municipality_code: str,
    words: str,
    slug: str = "",
    description: str = "",
    contact: str = "",
    url: str = "",
) -> GroupView:
    """Ask for a group in a town; its staff are told. Without ``slug`` its name suggests one, where it has Latin letters.

    The same request twice is one; who was declined may ask again. Raises Unauthenticated, Forbidden, one Invalid for all wrong
    fields, Conflict ``group_asked_enough`` with three requests open.
    """
    ground = _ground(db, municipality_code)
    ask_first(actor, "group.ask", ground or Ground(None, 0))
    if actor.person_id is None:
        raise Unauthenticated("sign_in_first")
    raw = {"name": name, "description": description, "contact": contact, "url": url, "words": words}
    facts, slug, words = _checked(raw, slug, ground)
    assert ground is not None  # noqa: S101  checked with the fields
    take_turn(db, f"groups:{actor.person_id}")
    row = _free(db, actor, slug)
    if row is not None and row.state == ASKED:
        return view_of(db, actor, row)
    _demand_rest(db, actor)
    row = row or Group(slug=slug, name=facts.name, municipality_code=municipality_code, asked_at=clock.now())
    row.municipality_code, row.state, row.asked_by, row.asked_at = municipality_code, ASKED, actor.person_id, clock.now()
    row.asked_words, row.reason, row.decided_by, row.decided_at = words, "", None, None
    _take_over(row, facts)
    try:
        with db.begin_nested():
            db.add(row)
            db.flush()
    except IntegrityError:  # two asked for the same address at the same moment
        raise Invalid.at("slug", "group_slug_taken") from None
    demand(db, actor, "group.ask", ground, thing="group", thing_id=slug)
    for person_id in deciders(db, ground):
        notices.tell(db, person_id=person_id, code="group_asked", params={"name": row.name}, url=DESK)
    return view_of(db, actor, row)


def _ground(db: Session, municipality_code: str) -> Ground | None:
    try:
        return ground_of(db, municipality_code)
    except NotFound:
        return None


def _checked(raw: Mapping[str, str], slug: str, ground: Ground | None) -> tuple[rules.GroupFacts, str, str]:
    wrong: list[FieldError] = []
    facts, words = None, ""
    try:
        facts = rules.read_group(raw)
    except Invalid as error:
        wrong += error.errors
    try:
        slug = rules.checked_slug(slug or rules.suggested_slug(raw["name"]))
    except Invalid as error:
        wrong += error.errors
    try:
        words = rules.read_words(raw)
    except Invalid as error:
        wrong += error.errors
    if ground is None:
        wrong.append(FieldError("municipality_code", "municipality_unknown"))
    rules.demand_right(wrong)
    assert facts is not None  # noqa: S101  else something was wrong
    return facts, slug, words


def _free(db: Session, actor: Actor, slug: str) -> Group | None:
    """The asker's own row for this address, open or declined; None where the address is free. Raises Invalid at ``slug``.

    What somebody else was declined keeps no address: its row steps aside.
    """
    row = db.exec(select(Group).where(Group.slug == slug).with_for_update()).first()
    if row is None:
        return None
    if row.asked_by == actor.person_id and row.state in {ASKED, DECLINED}:
        return row
    if row.state != DECLINED:
        raise Invalid.at("slug", "group_slug_taken")
    row.slug = f"{slug[: rules.SLUG_MOST - len(row.public_id) - 1]}-{row.public_id}"
    db.add(row)
    db.flush()
    return None


def _demand_rest(db: Session, actor: Actor) -> None:
    waiting = select(func.count()).select_from(Group).where(Group.asked_by == actor.person_id, Group.state == ASKED)
    if db.exec(waiting).one() >= rules.OPEN_REQUESTS_MOST:
        raise Conflict("group_asked_enough", limit=rules.OPEN_REQUESTS_MOST)


def _take_over(row: Group, facts: rules.GroupFacts) -> None:
    row.name, row.description, row.html = facts.name, facts.description, facts.html
    row.contact, row.url = facts.contact, facts.url


def loaded(db: Session, slug: object) -> Group:
    """The group, with nobody else changing it or its members meanwhile (for services). Raises NotFound."""
    row = db.exec(select(Group).where(Group.slug == reference(slug))).first()
    if row is None:
        raise NotFound("group_unknown")
    # the turn, not the row's lock: who takes up an invitation has the turn and then needs the row
    take_turn(db, f"group:{row.id}")
    db.refresh(row)
    return row


def demand_active(row: Group) -> None:
    """Raise unless the group is there: Gone for a closed one, NotFound for one that is not yet, or never was."""
    if row.state == CLOSED:
        raise Gone("group_closed", group=row.name)
    if row.state != ACTIVE:
        raise NotFound("group_unknown")


def decide(db: Session, actor: Actor, *, slug: str, approve: bool, reason: str = "") -> GroupView:
    """Let a group in, or decline it with a reason; the asker is told, and becomes its owner. The same decision twice is one.

    Raises NotFound, Unauthenticated, Forbidden (staff of other towns), Invalid at ``reason`` when one declines without any,
    Conflict ``group_decided_already``.
    """
    row = loaded(db, slug)
    ground = ground_of(db, row.municipality_code)
    ask_first(actor, "group.decide", ground)
    if row.state != ASKED:
        if row.state == (ACTIVE if approve else DECLINED):
            return view_of(db, actor, row)
        raise Conflict("group_decided_already")
    reason = check_text(reason, field="reason", limit=rules.REASON_LIMIT, lines=True) if reason.strip() or not approve else ""
    demand(db, actor, "group.decide", ground, thing="group", thing_id=row.slug, detail={"approved": approve})
    row.state, row.reason = (ACTIVE if approve else DECLINED), reason
    row.decided_by, row.decided_at = actor.person_id, clock.now()
    row.version += 1
    db.add(row)
    asker = db.get(Person, row.asked_by) if row.asked_by is not None else None
    if approve and asker is not None and asker.left_at is None:
        db.add(GroupMember(group_id=row.id or 0, person_id=asker.id or 0, role=OWNER, since=clock.now()))
    db.flush()
    code, url = ("group_approved", urls.group_room(row.slug)) if approve else ("group_declined", "/groups/new")
    params = {"name": row.name} | ({} if approve else {"reason": reason})
    notices.tell(db, person_id=row.asked_by, code=code, params=params, url=url)
    return view_of(db, actor, row)


def change(db: Session, actor: Actor, *, slug: str, raw: Mapping[str, str], version: int | None = None) -> GroupView:
    """Change what a group says about itself (``name``, ``description``, ``contact``, ``url``); what ``raw`` lacks stays.

    Staff are told of a new name: they let the group in by its old one. Raises NotFound, Gone, Unauthenticated, Forbidden,
    Invalid, PreconditionFailed ``group_changed_meanwhile`` for another ``version`` than the present one.
    """
    row = loaded(db, slug)
    ground = ground_of(db, row.municipality_code)
    ask_first(actor, "group.change", ground, group_id=row.id)
    demand_active(row)
    if version is not None and version != row.version:
        raise PreconditionFailed("group_changed_meanwhile")
    before = {name: getattr(row, name) for name in ("name", "description", "contact", "url")}
    facts = rules.read_group(before | {name: raw[name] for name in before if name in raw})
    if before == {name: getattr(facts, name) for name in before}:
        return view_of(db, actor, row)
    by_office = demand(db, actor, "group.change", ground, group_id=row.id, thing="group", thing_id=row.slug)
    _take_over(row, facts)
    row.version += 1
    db.add(row)
    db.flush()
    if row.name != before["name"] and not by_office:
        for person_id in deciders(db, ground):
            params = {"before": before["name"], "name": row.name}
            notices.tell(db, person_id=person_id, code="group_renamed", params=params, url=urls.group_page(row.slug))
    return view_of(db, actor, row)


def close(db: Session, actor: Actor, *, slug: str) -> GroupView:
    """Close a group for good: nobody speaks for it any more, its flyers and posts stay. Its members are told.

    Raises NotFound, Unauthenticated, Forbidden, Gone the second time.
    """
    row = loaded(db, slug)
    ground = ground_of(db, row.municipality_code)
    if row.state == CLOSED:
        demand_active(row)
    ask_first(actor, "group.close", ground, group_id=row.id)
    demand_active(row)
    demand(db, actor, "group.close", ground, group_id=row.id, thing="group", thing_id=row.slug)
    row.state = CLOSED
    row.version += 1
    db.add(row)
    open_ones = col(Invitation.group_id) == row.id, col(Invitation.outcome) == ""
    db.exec(update(Invitation).where(*open_ones).values(outcome="withdrawn", answered_at=clock.now()))
    db.flush()
    reports.settle(db, thing="group", thing_id=row.slug)
    for person_id in db.exec(select(GroupMember.person_id).where(GroupMember.group_id == row.id)).all():
        if person_id != actor.person_id:
            notices.tell(
                db, person_id=person_id, code="group_was_closed", params={"name": row.name}, url=urls.group_page(row.slug)
            )
    return view_of(db, actor, row)
