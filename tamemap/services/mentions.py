"""Where a person who has left is mentioned beside what is theirs: others' notices, remembered answers, mails on their way.

For the worker; each opens its own transactions, and reads first, so that nobody waits for a lock while it looks.
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from sqlmodel import col, delete, select, update

from tamemap import db as database
from tamemap import i18n
from tamemap.models import IdempotentAnswer, Notice, OutboxEntry

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import datetime

PAGE = 2000
DESK = "/desk"


def forget_in_notices(titles: set[str], name: str) -> None:
    """Others' notices: at the desk those about something with one of these titles go, and the name becomes nobody's."""
    gone: list[int] = []
    renamed: dict[int, str] = {}
    for number, params, url in _notices():
        said = json.loads(params)
        at_desk = url == DESK or url.startswith(DESK + "/")
        if at_desk and any(value in titles for value in said.values() if isinstance(value, str)):
            gone.append(number)
        elif name and name in said.values():
            nobody = i18n.t("people.left")
            said = {key: nobody if value == name else value for key, value in said.items()}
            renamed[number] = json.dumps(said, ensure_ascii=False)
    with database.transaction(write=True) as db:
        db.exec(delete(Notice).where(col(Notice.id).in_(gone)))
        for number, params in renamed.items():
            db.exec(update(Notice).where(col(Notice.id) == number).values(params=params))


def _notices() -> Iterator[tuple[int, str, str]]:
    """All notices as (id, params, url), a page at a time."""
    last = 0
    while True:
        with database.transaction(write=False) as db:
            query = select(Notice.id, Notice.params, Notice.url).where(col(Notice.id) > last)
            rows = db.exec(query.order_by(col(Notice.id)).limit(PAGE)).all()
        for number, params, url in rows:
            last = number or 0
            yield last, params, url
        if len(rows) < PAGE:
            return


def forget_answers(public_ids: set[str], name: str, mail: str) -> None:
    """Remembered answers to retried requests (kept for a day) that hold one of these ids, the name or the address."""
    needles = {json.dumps(one)[1:-1] for one in (*public_ids, mail) if one}
    # a name stands in an answer as a whole value: shorter ones are parts of other words
    needles |= {json.dumps(name)} if name else set()
    with database.transaction(write=False) as db:
        rows = db.exec(select(IdempotentAnswer.id, IdempotentAnswer.answer)).all()
    found = [number for number, answer in rows if any(needle in answer for needle in needles)]
    with database.transaction(write=True) as db:
        db.exec(delete(IdempotentAnswer).where(col(IdempotentAnswer.id).in_(found)))


def forget_mails(mail: str, name: str, *, before: datetime) -> None:
    """Mails to the address that were still on their way at that moment, or never arrived; and the text of dead ones that
    name the person.
    """
    with database.transaction(write=False) as db:
        waiting = select(OutboxEntry).where(col(OutboxEntry.done_at).is_(None), OutboxEntry.kind == "mail")
        rows = db.exec(waiting).all()
    mine = [row.id for row in rows if mail and row.created_at <= before and _holds(row.payload, mail)]
    dead = [row.id for row in rows if row.dead_at is not None and name and _holds(row.payload, name)]
    with database.transaction(write=True) as db:
        db.exec(delete(OutboxEntry).where(col(OutboxEntry.id).in_(mine)))
        db.exec(update(OutboxEntry).where(col(OutboxEntry.id).in_(dead)).values(payload={}))


def _holds(payload: dict[str, Any], needle: str) -> bool:
    return any(needle in value for value in payload.values() if isinstance(value, str))
