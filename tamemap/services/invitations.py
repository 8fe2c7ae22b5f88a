"""Invitations by mail: into a group, or into the staff of towns. A link that counts once, for two weeks."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING, Any

from sqlmodel import col, func, select, update

from tamemap import clock, i18n, session, urls
from tamemap.domain.permissions import allowed, demand_self
from tamemap.domain.writing import check_text, reference
from tamemap.errors import Forbidden, Invalid, NotFound, TooMany
from tamemap.models import Group, GroupMember, Invitation, Role
from tamemap.queries.grounds import ground_of
from tamemap.queries.invitations import InvitationView, in_part, load, look, town_names, view_of, waiting
from tamemap.services import notices, outbox
from tamemap.services.authority import demand, record
from tamemap.services.sign_in import checked_mail
from tamemap.services.turns import take_turn

if TYPE_CHECKING:
    from sqlmodel import Session

    from tamemap.domain.actors import Actor

__all__ = ["Answered", "InvitationView", "answer", "look", "send", "waiting", "withdraw"]

LIFE = timedelta(days=14)
DAY = timedelta(days=1)
PER_INVITER, PER_MAIL = 50, 5
# the later one includes the earlier one
GROUP_ROLES = ("editor", "owner")
STAFF_LEVELS = ("curator", "lead")
DEPARTMENT_LIMIT = 40


@dataclass(frozen=True, slots=True)
class Answered:
    """An invitation that was taken up or declined: ``kind`` group or staff, ``places`` its names, ``then`` where to go on."""

    kind: str
    accepted: bool
    places: tuple[str, ...]
    then: str


def send(
    db: Session,
    actor: Actor,
    *,
    mail: str,
    role: str,
    group: Group | None = None,
    municipality_codes: tuple[str, ...] = (),
    department: str = "",
    lang: str = i18n.DEFAULT,
) -> InvitationView:
    """Invite an address into a group (``owner``, ``editor``) or into towns' staff (``lead``, ``curator``); services ask first
    whether the actor may. An open invitation of the same address into the same place ends with the new one.

    Raises Invalid at ``mail``, ``role``, ``department`` or ``municipality``, TooMany ``invitations_too_many``: 50 a day for who
    invites, five for an address.
    """
    address = checked_mail(mail)
    if role not in (GROUP_ROLES if group is not None else STAFF_LEVELS):
        raise Invalid.at("role", "role_wrong")
    if group is None and not municipality_codes:
        raise Invalid.at("municipality", "role_needs_municipality")
    department = checked_department(department)
    codes = " ".join(sorted(set(municipality_codes)))
    take_turn(db, "invitations")
    _demand_rest(db, actor, address)
    now, token = clock.now(), session.new_token()
    group_id = group.id if group is not None else None
    same = col(Invitation.mail) == address, col(Invitation.group_id) == group_id, col(Invitation.municipality_codes) == codes
    db.exec(update(Invitation).where(*same, col(Invitation.outcome) == "").values(outcome="withdrawn", answered_at=now))
    row = Invitation(token_hash=session.hashed(token), mail=address, group_id=group_id, municipality_codes=codes, role=role,
                     department=department, invited_by=actor.person_id, created_at=now, expires_at=now + LIFE)  # fmt: skip
    db.add(row)
    db.flush()
    _mail(db, actor, row, token=token, places=_places(db, row, group), lang=lang)
    return view_of(db, row)


def checked_department(department: str) -> str:
    """A department as it is kept and shown; it may be empty. Raises Invalid at ``department``."""
    return check_text(department, field="department", limit=DEPARTMENT_LIMIT) if department.strip() else ""


def _demand_rest(db: Session, actor: Actor, address: str) -> None:
    recent = select(func.count()).select_from(Invitation).where(Invitation.created_at > clock.now() - DAY)
    mine = db.exec(recent.where(Invitation.invited_by == actor.person_id)).one() if actor.person_id is not None else 0
    if mine >= PER_INVITER or db.exec(recent.where(Invitation.mail == address)).one() >= PER_MAIL:
        raise TooMany("invitations_too_many", retry_after=int(DAY.total_seconds()))


def _mail(db: Session, actor: Actor, row: Invitation, *, token: str, places: tuple[str, ...], lang: str) -> None:
    params: dict[str, Any] = {
        "place": i18n.t("invitation.and", lang).join(places),
        "role": i18n.t(f"invitation.role.{row.role}", lang),
        "by": actor.name if actor.person_id is not None else i18n.t("audit.system", lang),
        "link": urls.absolute(urls.with_query("/invitation", token=token, lang="" if lang == i18n.DEFAULT else lang)),
        "days": LIFE.days,
    }
    subject, text = (i18n.t(f"mail.invitation.{part}", lang, **params) for part in ("subject", "text"))
    outbox.put(db, "mail", {"to": row.mail, "subject": subject, "text": text, "until": row.expires_at.isoformat()})


def _places(db: Session, row: Invitation, group: Group | None) -> tuple[str, ...]:
    return (group.name,) if group is not None else tuple(town_names(db, row.municipality_codes.split()).values())


def withdraw(db: Session, actor: Actor, *, public_id: str) -> None:
    """Take an open invitation back: for who may invite there; of several towns' staff a lead of any of them.

    One that was answered or is over stays as it is. Raises NotFound, Unauthenticated, Forbidden.
    """
    row = db.exec(select(Invitation).where(Invitation.public_id == reference(public_id)).with_for_update()).first()
    if row is None:
        raise NotFound("invitation_unknown")
    codes = row.municipality_codes.split()
    if row.group_id is not None:
        ground = ground_of(db, db.get_one(Group, row.group_id).municipality_code)
        verb = "group.invite" if allowed(actor, "group.invite", ground, group_id=row.group_id) else "group.hand_over"
    else:
        verb, grounds = "staff.invite", [ground_of(db, code) for code in codes]
        ground = next((one for one in grounds if allowed(actor, verb, one)), grounds[0])
    demand(db, actor, verb, ground, group_id=row.group_id, thing="invitation", thing_id=row.public_id, detail={"withdrawn": True})
    if not row.outcome:
        row.outcome, row.answered_at = "withdrawn", clock.now()
        db.add(row)
        db.flush()


def answer(db: Session, actor: Actor, *, token: str, accept: bool) -> Answered:
    """Take an invitation up, or decline it, as the signed-in person; it counts once.

    A group's link may have been passed on to another address of the same person, so whoever holds it may take it up. Staff
    rights go to the invited mailbox only. Raises Unauthenticated, Forbidden ``invitation_other_mail``, Gone
    (``invitation_over``, ``invitation_void``).
    """
    person_id = demand_self(actor)
    row = load(db, token, lock=True)
    group = db.get(Group, row.group_id) if row.group_id is not None else None
    if group is None and actor.mail != row.mail:
        raise Forbidden("invitation_other_mail", mail=in_part(row.mail))
    row.outcome, row.answered_at = "taken" if accept else "declined", clock.now()
    db.add(row)
    if accept and group is not None:
        _join_group(db, person_id, group, row.role)
    elif accept:
        _join_staff(db, actor, person_id, row)
    db.flush()
    places = _places(db, row, group)
    # the group's public page is the same for everybody: it cannot say welcome
    then, back = (urls.group_room(group.slug), urls.group_page(group.slug)) if group is not None else ("/desk", "/desk/staff")
    told = {"name": actor.name, "place": i18n.t("invitation.and").join(places)}
    notices.tell(db, person_id=row.invited_by, code=f"invitation_{row.outcome}", params=told, url=back)
    return Answered("group" if group is not None else "staff", accept, places, then if accept else "/me")


def _join_group(db: Session, person_id: int, group: Group, role: str) -> None:
    take_turn(db, f"group:{group.id}")
    held = db.exec(select(GroupMember).where(GroupMember.group_id == group.id, GroupMember.person_id == person_id)).first()
    if held is None:
        db.add(GroupMember(group_id=group.id, person_id=person_id, role=role, since=clock.now()))  # type: ignore[arg-type]
    elif GROUP_ROLES.index(held.role) < GROUP_ROLES.index(role):
        held.role = role
        db.add(held)


def _join_staff(db: Session, actor: Actor, person_id: int, row: Invitation) -> None:
    take_turn(db, f"roles:{person_id}")
    for code in row.municipality_codes.split():
        give_staff(db, person_id=person_id, municipality_code=code, level=row.role, department=row.department)
        record(db, actor, "staff.join", ground_of(db, code), kind="staff", thing="person", thing_id=actor.public_id,
               detail={"level": row.role, "invitation": row.public_id})  # fmt: skip


def give_staff(db: Session, *, person_id: int, municipality_code: str, level: str, department: str = "") -> bool:
    """Make somebody staff, or raise their level (never lower it); answers whether they are new (for services)."""
    held = db.exec(
        select(Role).where(Role.person_id == person_id, Role.role == "staff", Role.municipality_code == municipality_code)
    ).first()
    if held is None:
        db.add(Role(person_id=person_id, role="staff", level=level, department=department, municipality_code=municipality_code,
                    granted_at=clock.now()))  # fmt: skip
        return True
    held.level = max(held.level, level, key=STAFF_LEVELS.index)
    held.department = department or held.department
    db.add(held)
    return False
