"""What staff decide where the thing stands (on its board, among the flyers) and not in the queue: a decision all the same.

It has a rule, whose thing it is is told and may object, the figures count it; and when the thing stands again by another way,
nothing is decided against it any more (for services).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from sqlmodel import Session, col, select, update

from tamemap import clock
from tamemap.domain.care import RULES
from tamemap.errors import Invalid
from tamemap.i18n import t
from tamemap.models import Case, CaseDecision, GroupMember
from tamemap.queries.grounds import ground_of, is_ours
from tamemap.services import case_files
from tamemap.services.flyer_group import tell_poster

if TYPE_CHECKING:
    from tamemap.domain.actors import Actor, Ground
    from tamemap.models import Flyer

SOURCE = "staff"


def checked_rule(rule: object) -> str:
    """By which of ``domain.care.RULES`` staff take something away; empty is ``other``. Raises Invalid at ``rule``."""
    if not rule:
        return "other"
    if not isinstance(rule, str) or rule not in RULES:
        raise Invalid.at("rule", "case_rule_missing")
    return rule


@dataclass(frozen=True, slots=True)
class Deed:
    """What staff did, and to which thing (its ``title`` for whose it is)."""

    thing: str
    thing_id: str
    ground: Ground
    title: str
    decision: str
    rule: str
    words: str


def decided(db: Session, actor: Actor, deed: Deed, *, tell: bool = True) -> None:
    """Write down what staff just did as the decision of the thing's open case, or of one that is closed at once, and tell whose
    it is."""
    row = case_files.opened(db, thing=deed.thing, thing_id=deed.thing_id, ground=deed.ground, at=clock.now(), source=SOURCE)
    made = case_files.close(db, row, actor, decision=deed.decision, rule=deed.rule, words=deed.words)
    if tell:
        case_files.tell(db, row, made, deed.title)


def flyer_decided(db: Session, actor: Actor, row: Flyer, *, decision: str, reason: str, told: bool = False) -> None:
    """The same for a flyer that staff recalled (``hold``) or deleted (``remove``); the owners of a group in whose name it stands
    are told, too. ``told``: it was decided in the queue, which tells its poster."""
    code = "flyer_recalled" if decision == "hold" else "flyer_deleted"
    reason = reason or t("decisions.no_reason")
    params = {"title": row.title, "reason": reason}
    url = f"/f/{row.public_id}" if decision == "hold" else "/me"
    if is_ours(db, actor, row):
        # what staff have posted themselves they take back as anybody does
        tell_poster(db, row, code=code, params=params, url=url)
        return
    if row.group_id is not None:
        tell_poster(db, row, code=code, params=params, url=url, besides=row.poster_id)
    if told:
        return
    ground = ground_of(db, row.municipality_code)
    deed = Deed("flyer", row.public_id, ground, row.title, decision, "other", reason)
    decided(db, actor, deed, tell=row.group_id is None or _still_in(db, row))


def _still_in(db: Session, row: Flyer) -> bool:
    """Whether its poster is still in the group in whose name it stands: who has left it hears no more of its flyers."""
    mine = GroupMember.group_id == row.group_id, GroupMember.person_id == row.poster_id
    return db.exec(select(GroupMember.id).where(*mine)).first() is not None


def stands_again(db: Session, *, thing: str, thing_id: str, decisions: tuple[str, ...] = ("hold", "remove")) -> None:
    """The thing stands again by another way than the queue's: these decisions about it count no more."""
    here = select(Case.id).where(Case.thing == thing, Case.thing_id == thing_id)
    standing = col(CaseDecision.undone_at).is_(None), col(CaseDecision.decision).in_(decisions)
    gone = update(CaseDecision).where(col(CaseDecision.case_id).in_(here), *standing).values(undone_at=clock.now())
    db.exec(gone.execution_options(synchronize_session="fetch"))
