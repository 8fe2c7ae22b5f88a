"""Showing people's notices on their devices (for the worker; it opens its own transactions).

One message for each thing, one for many; what a person may not see any more is left out. Many may be told at once, also by
several workers: what one has in hand no other one sends. A device that its push service does
not know any more is forgotten, one that cannot be reached is let be for longer and longer. What no device takes goes by mail.
"""

from __future__ import annotations

import hashlib
import json
from base64 import urlsafe_b64encode
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from sqlmodel import col, select

from tamemap import clock
from tamemap import db as database
from tamemap.config import settings
from tamemap.domain.pushing import GIVEN_UP_AFTER, PATIENCE, kind_of, manner_of, rest_after, ways_of
from tamemap.gateways.push import Address, Answer, push_from_settings
from tamemap.i18n import t
from tamemap.i18n import words as all_words
from tamemap.models import Notice, Person, PushSubscription, SignedIn
from tamemap.queries.people import actor_of_person
from tamemap.queries.push_words import Shown, shown
from tamemap.services import notices, outbox
from tamemap.services.push_holding import HELD, held, hold, let_go
from tamemap.services.pushing import free_moment, reachable

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from sqlmodel import Session

MANY = 3
"""More messages than this at once are one that counts them."""

LINES = 5

TRIES = 5


class Unreachable(OSError):
    """No device could be reached now; the outbox tries again."""


@dataclass(frozen=True, slots=True)
class Device:
    """A browser to be tried now."""

    id: int
    address: Address
    lang: str


@dataclass(frozen=True, slots=True)
class Round:
    """What is to be done for one person: which notices (ids) have come, which of them are told (``shown`` by language of a
    device), and which devices are tried; ``others``: devices that are let be for a while. ``since`` when each was to be shown,
    ``held_until`` it is this worker's."""

    came: tuple[int, ...]
    told: tuple[int, ...]
    shown: dict[str, tuple[Shown, ...]]
    devices: tuple[Device, ...]
    others: int
    since: dict[int, datetime | None]
    held_until: datetime = clock.NEVER


def send_waiting(person_id: int) -> int:
    """Show this person what waits for them; how many messages a device took. Twice is once.

    Raises Unreachable where no device can be reached for now.
    """
    found = _in_hand(person_id)
    if found is None:
        return 0
    try:
        answers = {one.id: _send_all(one, found.shown[one.lang]) for one in found.devices}
    except Exception:
        with database.transaction(write=True) as db:
            let_go(db, {one: found.since[one] for one in found.came}, found.held_until)
        raise
    taken = sum(len(each) for each in answers.values() if each and all(one.state == "taken" for one in each))
    with database.transaction(write=True) as db:
        for device_id, each in answers.items():
            for answer in each:
                note(db, device_id, answer)
        waits = _settle(db, person_id, found, taken=bool(taken))
        _put_off(db, person_id)
    if waits:
        raise Unreachable(f"no device of person {person_id} could be reached")
    return taken


def _in_hand(person_id: int) -> Round | None:
    """What is to be done now, as this worker's own; None for nothing. Raises Unreachable where others are always faster."""
    for _ in range(TRIES):
        with database.transaction(write=False) as db:
            found = _round(db, person_id)
        if found is None:
            return None
        mine = replace(found, held_until=clock.now() + HELD)
        with database.transaction(write=True) as db:
            if hold(db, mine.came, mine.held_until):
                return mine
    raise Unreachable(f"others tell person {person_id}")


def _round(db: Session, person_id: int) -> Round | None:
    """What is to be done now; None for nothing."""
    now = clock.now()
    waiting = Notice.person_id == person_id, col(Notice.push_at) <= now
    rows = db.exec(select(Notice).where(*waiting).order_by(col(Notice.created_at), col(Notice.id))).all()
    if not rows:
        return None
    came, since = tuple(row.id or 0 for row in rows), {row.id or 0: row.push_at for row in rows}
    person = db.exec(select(Person).where(reachable([person_id]))).first()
    if person is None or settings().push == "off":
        return Round(came, _worth_a_mail(db, rows), {}, (), 0, since)
    ways = ways_of(person.told_by)
    free = [row for row in rows if free_moment(person, kind_of(row.code), now) <= now and row.read_at is None]
    free = [row for row in free if ways[kind_of(row.code)] in {"push", "both"}]
    there = _devices(db, person_id)
    tried = [one for one in there if one.rest_until is None or one.rest_until <= now]
    actor = actor_of_person(db, person)
    messages, told = {}, set()
    for lang in {one.lang for one in there}:
        made = [(row, shown(db, actor, row, lang)) for row in free]
        told |= {row.id or 0 for row, message in made if message}
        messages[lang] = _together([message for _, message in made if message], lang)
    devices = tuple(Device(one.id or 0, Address(one.endpoint, one.p256dh, one.auth), one.lang) for one in tried if told)
    later = {row.id for row in rows if row.read_at is None and free_moment(person, kind_of(row.code), now) > now}
    now_told = tuple(one for one in came if one not in later)
    return Round(now_told, tuple(sorted(told)), messages, devices, len(there) - len(tried), since)


def _devices(db: Session, person_id: int) -> Sequence[PushSubscription]:
    alive = SignedIn.person_id == person_id, SignedIn.expires_at > clock.now()
    mine = select(PushSubscription).join(SignedIn, col(SignedIn.id) == PushSubscription.signed_in_id)
    return db.exec(mine.where(PushSubscription.person_id == person_id, *alive).order_by(col(PushSubscription.id))).all()


def _worth_a_mail(db: Session, rows: Sequence[Notice]) -> tuple[int, ...]:
    """What may still be told to whoever has no device any more."""
    person = db.get(Person, rows[0].person_id)
    if person is None or person.left_at is not None:
        return ()
    actor = actor_of_person(db, person)
    return tuple(row.id or 0 for row in rows if row.read_at is None and shown(db, actor, row, "ja"))


def _together(messages: list[Shown], lang: str) -> tuple[Shown, ...]:
    """One for each thing (the last one of a tag counts), or one that counts them all."""
    by_tag = {one.tag: one for one in messages}
    if len(by_tag) <= MANY:
        return tuple(by_tag.values())
    last = messages[-1]
    lines = [one.body.partition("\n")[0][:60] for one in list(by_tag.values())[-LINES:]]
    title = t("push.title.many", lang, count=len(by_tag))
    kinds = {one.kind for one in by_tag.values()}
    return (Shown(last.kind if len(kinds) == 1 else "mine", title, "\n".join(lines), "/notices", "many", last.at),)


def _send_all(device: Device, messages: Sequence[Shown]) -> list[Answer]:
    """Until one is not taken: then the next would not be either."""
    answers = []
    for one in messages:
        answers.append(send(device.address, _payload(one, device.lang), kind=one.kind, tag=one.tag))
        if answers[-1].state != "taken":
            break
    return answers


def _payload(one: Shown, lang: str) -> dict[str, Any]:
    return {
        "title": one.title,
        "body": one.body,
        "url": one.url,
        "tag": one.tag,
        "at": int(one.at.timestamp() * 1000),
        "lang": lang,
    }


def send(to: Address, payload: dict[str, Any], *, kind: str, tag: str) -> Answer:
    """Hand one message over; the topic under which a later one replaces it tells the push service nothing of what it is."""
    manner = manner_of(kind)
    topic = urlsafe_b64encode(hashlib.sha256(f"{settings().push_private()}{tag}".encode()).digest()[:24]).decode()
    data = json.dumps(payload, ensure_ascii=False, separators=(",", ":")).encode()
    return push_from_settings(settings()).send(to, data, ttl=manner.ttl, urgency=manner.urgency, topic=topic)


def note(db: Session, device_id: int, answer: Answer) -> None:
    """Remember what its push service said of a device."""
    row = db.exec(select(PushSubscription).where(PushSubscription.id == device_id).with_for_update()).first()
    if row is None:
        return
    now = clock.now()
    if answer.state == "taken":
        row.success_at, row.failures, row.rest_until = now, 0, None
    elif answer.state == "gone" or row.failures + 1 >= GIVEN_UP_AFTER:
        db.delete(row)
        db.flush()
        return
    else:
        row.failures += 1
        row.failure_at, row.rest_until = now, now + rest_after(row.failures, answer.retry_after)
    db.add(row)
    db.flush()


def _settle(db: Session, person_id: int, found: Round, *, taken: bool) -> bool:
    """Write down what was shown, or mail what could not be; answers whether it is to be tried again."""
    now = clock.now()
    rows = held(db, found.came, found.held_until)
    told = [row for row in rows if row.id in found.told]
    tried = col(PushSubscription.id).in_([one.id for one in found.devices])
    left = found.others or db.exec(select(PushSubscription.id).where(tried)).first() is not None
    # patience begins when a notice could first have been shown
    begun = [found.since[row.id or 0] for row in told]
    tired = all(one is None or one <= now - PATIENCE for one in begun)
    if told and not taken and left and not tired:
        for row in rows:
            row.push_at = found.since[row.id or 0] if row in told else None
        db.add_all(rows)
        return True
    for row in rows:
        row.push_at = None
        if row in told:
            row.pushed_at = now if taken else None
    db.add_all(rows)
    if told and not taken:
        _mail(db, person_id, told)
    return False


def _mail(db: Session, person_id: int, told: list[Notice]) -> None:
    """What no device took: by mail instead, unless it was mailed already."""
    person = db.get_one(Person, person_id)
    for row in told:
        if ways_of(person.told_by)[kind_of(row.code)] == "push":
            said = all_words()[f"notices.{row.code}"].format(**json.loads(row.params))
            notices.put_mail(db, person, code=row.code, words=said, url=row.url)


def send_proof(device_id: int, word: str) -> None:
    """Send a device the test message that carries this word, once: what is late proves nothing."""
    with database.transaction(write=False) as db:
        row = db.get(PushSubscription, device_id)
    if row is None:
        return
    lang = row.lang
    payload = {"title": t("push.test.title", lang), "body": t("push.test.body", lang), "url": "/me/notices", "tag": "test",
               "at": int(clock.now().timestamp() * 1000), "lang": lang, "proof": word}  # fmt: skip
    answer = send(Address(row.endpoint, row.p256dh, row.auth), payload, kind="test", tag="test")
    with database.transaction(write=True) as db:
        note(db, device_id, answer)


def _put_off(db: Session, person_id: int) -> None:
    """What has come into quiet hours, because the worker was late, waits for their end."""
    person, now = db.get_one(Person, person_id), clock.now()
    for row in db.exec(select(Notice).where(Notice.person_id == person_id, col(Notice.push_at) <= now)):
        if (later := free_moment(person, kind_of(row.code), now)) > now:
            row.push_at = later
            db.add(row)
            outbox.put(db, "push", {"person": person_id}, due_at=later)


def reschedule(db: Session, person: Person) -> None:
    """What waits for quiet hours or days off that the person has just changed is asked for anew (for services)."""
    waiting = db.exec(select(Notice).where(Notice.person_id == person.id, col(Notice.push_at).is_not(None))).all()
    for row in waiting:
        row.push_at = free_moment(person, kind_of(row.code), clock.now())
        db.add(row)
        outbox.put(db, "push", {"person": person.id}, due_at=row.push_at)
