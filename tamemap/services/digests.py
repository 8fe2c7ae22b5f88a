"""One mail with what is new, daily or weekly, for those who want it so (for the worker; it opens its own transactions): what
they were told, and the new flyers of a map that they have chosen.

A gathering covers what was told until the moment at which it was due: what comes later stands in the next one, so that nobody
gets two on one morning, however often the worker looks.
"""

from __future__ import annotations

import json
from datetime import timedelta
from typing import TYPE_CHECKING, Any

from sqlmodel import col, or_, select

from tamemap import clock, urls
from tamemap import db as database
from tamemap.domain.dates import date_label
from tamemap.domain.pushing import kind_of, ways_of
from tamemap.domain.telling import DIGESTS, digest_moment, quiet_until
from tamemap.i18n import t, words
from tamemap.models import Notice, Person
from tamemap.queries.digest_flyers import NewFlyers, new_flyers
from tamemap.queries.people import actor_of_person
from tamemap.services import outbox, unsubscribing
from tamemap.services.notices import MAILED

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from sqlmodel import Session

AT_ONCE = 100
# what is older was not worth a mail any more; and what is more stands on the page
OLDEST = timedelta(days=14)
MOST = 30
SETTINGS = "/me/notices"


def gather() -> int:
    """Put a mail into the outbox for everybody whose gathering is due and for whom there is something; how many they were."""
    made, after = 0, 0
    while True:
        with database.transaction(write=False) as db:
            page = _with_news(db, after)
            wanted = [person.id or 0 for person in page if _news(db, person) or _flyers(db, person)]
        if wanted:
            with database.transaction(write=True) as db:
                made += sum(_gather_for(db, person_id) for person_id in wanted)
        if len(page) < AT_ONCE:
            return made
        after = page[-1].id or 0


def _with_news(db: Session, after: int) -> Sequence[Person]:
    """People who want gatherings, and have not read something of late or have chosen a map, page by page."""
    lately = Notice.person_id == Person.id, col(Notice.read_at).is_(None), Notice.created_at > clock.now() - OLDEST
    wanting = col(Person.mail).is_not(None), col(Person.left_at).is_(None), col(Person.digest).in_(DIGESTS[1:])
    there = or_(select(Notice.id).where(*lately).exists(), col(Person.digest_map_id).is_not(None))
    return db.exec(select(Person).where(*wanting, col(Person.id) > after, there).order_by(col(Person.id)).limit(AT_ONCE)).all()


def _span(person: Person) -> tuple[datetime, datetime] | None:
    """From when (not itself) until when the gathering reaches that is due for this person now; None for none."""
    until = _due(person)
    last = person.digested_at or person.created_at
    return (max(last, until - OLDEST), until) if until is not None and until > last else None


def _due(person: Person) -> datetime | None:
    quiet = person.quiet_from, person.quiet_to
    return digest_moment(person.digest, *quiet, clock.now(), day=person.digest_day, hour=person.digest_hour)


def _gather_for(db: Session, person_id: int) -> bool:
    """One person's gathering; whether there was one. Looked at again under the lock: two workers make one mail."""
    person = db.exec(select(Person).where(Person.id == person_id).with_for_update()).one()
    found, flyers = _news(db, person), _flyers(db, person)
    if not (found or flyers) or not person.mail:
        return False
    person.digested_at = _due(person)
    db.add(person)
    subject = t("mail.digest.subject", count=len(found)) if found else ""
    if flyers and not found:
        subject = t("mail.digest.subject_flyers", map=flyers.map_name, count=flyers.total)
    stop = urls.absolute(unsubscribing.path_of(person))
    news = "\n\n".join(part for part in (_text(found), _flyers_text(flyers) if flyers else "") if part)
    text = t("mail.digest.text", name=person.name, news=news, link=urls.absolute(SETTINGS), stop=stop)
    later = quiet_until(person.quiet_from, person.quiet_to, clock.now())
    outbox.put(db, "mail", {"to": person.mail, "subject": subject, "text": text, "stop": stop}, due_at=later)
    return True


def _news(db: Session, person: Person) -> list[Notice]:
    """What stands in the gathering that is due for this person now, the oldest first; what was mailed at once, or shown on
    their devices alone, does not.
    """
    span = _span(person)
    if span is None:
        return []
    told = Notice.created_at > span[0], Notice.created_at <= span[1]
    query = select(Notice).where(Notice.person_id == person.id, col(Notice.read_at).is_(None), *told)
    if person.mail_notices:
        query = query.where(col(Notice.code).not_in(MAILED))
    rows, ways = db.exec(query.order_by(col(Notice.created_at), col(Notice.id))).all(), ways_of(person.told_by)
    waits = {"push": lambda row: row.pushed_at is None and row.push_at is None, "none": lambda _: False}
    return [row for row in rows if waits.get(ways[kind_of(row.code)], lambda _: True)(row)]


def _flyers(db: Session, person: Person) -> NewFlyers | None:
    """The new flyers of the map that this person has chosen, where a weekly gathering is due."""
    span = _span(person)
    if span is None or person.digest != "weekly" or person.digest_map_id is None:
        return None
    return new_flyers(db, actor_of_person(db, person), map_id=person.digest_map_id, since=span[0], until=span[1])


def _flyers_text(found: NewFlyers) -> str:
    """The flyers as plain text: title, when and where, and below it the address."""
    parts = [t("mail.digest.flyers", map=found.map_name, count=found.total)]
    for one in found.items:
        label = date_label(one.when)
        facts = " ".join(part for part in ((f"{label.text} {label.time}".strip() if label else ""), one.venue) if part)
        line = f"・{one.title}" + (f"（{facts}）" if facts else "")
        parts.append(f"{line}\n  {urls.absolute(urls.flyer_page(one.public_id))}")
    if found.total > len(found.items):
        link = urls.absolute(urls.map_page(found.map_slug))
        parts.append(t("mail.digest.more", count=found.total - len(found.items), link=link))
    return "\n\n".join(parts)


def _text(found: Sequence[Notice]) -> str:
    """What is new, as plain text: all that belongs to one page together, and below it where that is."""
    pages: dict[str, list[str]] = {}
    for notice in found:
        pages.setdefault(notice.url.partition("#")[0], []).append(_words(notice))
    parts = [
        "\n".join([*(f"・{line}" for line in dict.fromkeys(lines)), f"  {urls.absolute(url or '/notices')}"])
        for url, lines in [*pages.items()][:MOST]
    ]
    if len(pages) > MOST:
        parts.append(t("mail.digest.more", count=len(pages) - MOST, link=urls.absolute("/notices")))
    return "\n\n".join(parts)


def _words(notice: Notice) -> str:
    params: dict[str, Any] = json.loads(notice.params)
    try:
        return words()[f"notices.{notice.code}"].format(**params)
    except (KeyError, IndexError):
        return t("notices_page.unknown")
