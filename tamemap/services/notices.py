"""お知らせ: telling people what happened to what they posted, on their page and, where it matters, by mail."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from sqlmodel import col, select, update

from tamemap import clock, i18n, urls
from tamemap.domain.pushing import kind_of, ways_of
from tamemap.domain.telling import quiet_until
from tamemap.errors import Unauthenticated
from tamemap.models import Notice, Person
from tamemap.queries.notices import unread
from tamemap.services import outbox, pushing

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from sqlmodel import Session

    from tamemap.domain.actors import Actor

# decisions about somebody's own words and flyers, and work for staff: worth a mail
MAILED = frozenset(
    {
        *("flyer_recalled", "flyer_deleted", "flyer_up", "flyer_held", "post_removed", "report_made"),
        *("group_without_owner", "town_without_lead"),
        *("care_held", "care_reports"),
        *("group_asked", "group_approved", "group_declined", "group_handed_over"),
        "residence_ends",
        *("case_close", "case_hold", "case_hide_picture", "case_remove", "case_warn", "case_suspend", "case_undone"),
        *("objection_made", "objection_upheld", "objection_declined"),
    }
)
# many of a kind about one thing: while one is unread, it is renewed instead of doubled
RENEWED = frozenset({"mentioned", "flyer_held", "report_made", "care_held"})


@dataclass(frozen=True, slots=True)
class MarkedRead:
    """How many notices were marked now, and how many are still unread."""

    marked: int
    unread: int


def tell(db: Session, *, person_id: int | None, code: str, params: Mapping[str, object], url: str = "") -> None:
    """Tell one person, within the caller's transaction (for services, not through the door): on their page, on their devices
    where they switched that on, and by mail where the matter is worth one and no device shows it.

    The words stand under ``notices.<code>`` and are made of ``params`` (plain JSON) when they are shown; ``url`` is the path
    that the notice leads to. A mail waits until the person's quiet hours are over. Nobody is told for ``person_id`` None (a
    guest) or somebody who has left. Raises KeyError for a code without words.
    """
    words = i18n.t(f"notices.{code}", **dict[str, Any](params))
    person = db.get(Person, person_id) if person_id is not None else None
    if person_id is None or person is None or person.left_at is not None:
        return
    stored = json.dumps(dict(params), ensure_ascii=False)
    if code in RENEWED and (old := _unread_about(db, person_id, code, url)):
        old.params, old.created_at = stored, clock.now()
        db.add(old)
        db.flush()
        if kind_of(code) == "office":
            pushing.show(db, [old])
        return
    made = Notice(person_id=person_id, code=code, params=stored, url=url, created_at=clock.now())
    db.add(made)
    db.flush()
    if person_id not in pushing.show(db, [made]):
        put_mail(db, person, code=code, words=words, url=url)


def put_mail(db: Session, person: Person, *, code: str, words: str, url: str) -> None:
    """Mail a notice at once, after quiet hours, where it is worth a mail and the person wants such (for services)."""
    wanted = person.mail_notices and ways_of(person.told_by)[kind_of(code)] != "none"
    if code in MAILED and person.mail and wanted:
        text = i18n.t("mail.notice.text", name=person.name, words=words, link=urls.absolute(url or "/me"))
        later = quiet_until(person.quiet_from, person.quiet_to, clock.now())
        outbox.put(db, "mail", {"to": person.mail, "subject": i18n.t(f"mail.subject.{code}"), "text": text}, due_at=later)


def _unread_about(db: Session, person_id: int, code: str, url: str) -> Notice | None:
    return db.exec(
        select(Notice).where(Notice.person_id == person_id, Notice.code == code, Notice.url == url, col(Notice.read_at).is_(None))
    ).first()


def mark_read(db: Session, actor: Actor, *, ids: Sequence[int] | None = None) -> MarkedRead:
    """Mark these notices of the actor's own as read, or all without ``ids``; others' are left alone. Raises Unauthenticated."""
    if actor.person_id is None:
        raise Unauthenticated("sign_in_first")
    wanted = [col(Notice.person_id) == actor.person_id, col(Notice.read_at).is_(None)]
    if ids is not None:
        # ids come from outside: what is not a row number of either database names nothing
        wanted.append(col(Notice.id).in_([one for one in ids if type(one) is int and 0 < one < 2**31]))
    marked = db.exec(update(Notice).where(*wanted).values(read_at=clock.now())).rowcount
    return MarkedRead(marked=marked, unread=unread(db, actor))
