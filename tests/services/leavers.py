"""A rich life, to be left: flyers whose pictures are really in the store, words, groups, offices, ways in, and mails."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from sqlmodel import SQLModel, col, select

from tamemap import clock, db, session
from tamemap.config import settings
from tamemap.domain.actors import Actor
from tamemap.jobs.drain import drain
from tamemap.jobs.handlers import HANDLERS, send_mail
from tamemap.models import (
    AccessToken,
    AuditEntry,
    Group,
    GroupMember,
    Handshake,
    Identity,
    Invitation,
    OutboxEntry,
    Passkey,
    Person,
    Post,
    SignedIn,
    SignInCode,
)
from tamemap.queries.people import actor_of_session
from tamemap.services import authority, decisions, fans, flyers, following, introductions, pictures, posting, posts, reports
from tamemap.services.leaving import leave
from tests import factories
from tests.factories import DAY, HITOYOSHI, HOUR, NISHIKI, OFFICES
from tests.gateways.photos import encoded, exif, sheet

if TYPE_CHECKING:
    from collections.abc import Iterable

MAIL, NAME, TOKEN = "gina.secret@example.org", "ぎなのひみつ", "ginas-session-token"
GPS = {1: "N", 2: (32.0, 12.0, 34.56), 3: "E", 4: (130.0, 45.0, 12.34)}


@dataclass
class Life:
    """Somebody with a life here: as an actor, and by what they could still be found (``needles``) if something stayed."""

    actor: Actor
    needles: list[str] = field(default_factory=list)
    flyers: dict[str, str] = field(default_factory=dict)
    topics: dict[str, str] = field(default_factory=dict)
    posts: dict[str, str] = field(default_factory=dict)
    files: dict[str, set[str]] = field(default_factory=dict)


def came_in(person_id: int, token: str = TOKEN) -> Actor:
    """The actor of a session opened now with that token."""
    with db.transaction(write=True) as tx:
        now = clock.now()
        tx.add(SignedIn(token_hash=session.hashed(token), person_id=person_id, device="ギナの電話 · Safari", created_at=now,
                        seen_at=now, strong_at=now, expires_at=now + 90 * DAY))  # fmt: skip
    with db.transaction(write=False) as tx:
        return actor_of_session(tx, token=token, guest_key="ginas-browser")


def gina(world) -> Life:
    """Gina lives in 人吉市, posts, writes, speaks for two groups, curates 錦町, and has told everything that can be told."""
    with db.transaction(write=True) as tx:
        row = Person(name=NAME, mail=MAIL, residence_code=HITOYOSHI, district="七日町ひみつ", proved_code=HITOYOSHI,
                     proved_at=clock.now() - DAY, created_at=clock.now() - 30 * DAY)  # fmt: skip
        tx.add(row)
        tx.flush()
        person_id, public_id = row.id or 0, row.public_id
    life = Life(came_in(person_id))
    life.needles += [MAIL, NAME, "七日町ひみつ", session.hashed(TOKEN), "ギナの電話", f"person:{person_id}", public_id]
    _posts_flyers(life)
    _talks(life, world)
    _shows(life, world)
    _tells(life)
    _ways_in(life, person_id)
    _speaks_for_groups(life, world, person_id)
    return life


def _photo(number: int) -> pictures.Prepared:
    camera = exif(gps=GPS)
    return pictures.prepare(encoded(sheet(300 + number, 400), "JPEG", exif=camera))


def _posts_flyers(life: Life) -> None:
    lat, lng = OFFICES[HITOYOSHI]
    for number, (name, words) in enumerate(
        {"shown": "のこる市ひみつ", "gone": "はがす市ひみつ", "past": "むかしの市ひみつ"}.items()
    ):
        made = _photo(number)
        with db.transaction(write=True) as tx:
            waiting = pictures.keep(tx, life.actor, prepared=made)
            raw = {"title": words, "category": "market", "lat": str(lat + 0.0123), "lng": str(lng),
                   "phone": "0966-99-1234", "body": f"{words}の本文", "address": "七日町99"}  # fmt: skip
            sent = posting.Submission(
                raw=raw, picture_ids=(waiting[0].public_id,), may_post=True, outside=True, key=f"key-{name}-0123"
            )
            life.flyers[name] = posting.submit(tx, life.actor, submission=sent).public_id
            life.files[name] = {made.original} | {
                value
                for page in made.pages
                for size in page.variants.values()
                for value in size.values()
                if isinstance(value, str)
            }
    with db.transaction(write=True) as tx:
        flyers.delete(tx, life.actor, public_id=life.flyers["past"])
    waiting_one = _photo(9)
    with db.transaction(write=True) as tx:
        pictures.keep(tx, life.actor, prepared=waiting_one)
    life.files["waiting"] = {waiting_one.original}


def _talks(life: Life, world) -> None:
    with db.transaction(write=True) as tx:
        alone = factories.topic(tx, life.actor, kind="introduction", title="ひとりの話題ひみつ", body="だれもこないひみつ")
        introductions.set_place(tx, life.actor, topic=alone.public_id, lat=32.2171, lng=130.7401, place_name="ひみつの小屋")
        talked = factories.topic(tx, life.actor, title="みんなの話題ひみつ", body="さそいのことばひみつ")
        other = factories.topic(tx, world.aki, title="あきの話題")
        mine = factories.post(tx, life.actor, other.public_id, body="ぎなの返事ひみつ")
        answer = factories.post(tx, world.chie, talked.public_id, body="ちえの返事はのこる")
        posts.react(tx, world.chie, post=mine.public_id, kind="thanks", on=True)
        posts.react(tx, life.actor, post=answer.public_id, kind="thanks", on=True)
        following.follow_board(tx, life.actor, board="hitoyoshi-hiroba", on=True)
        reports.make(tx, life.actor, thing="topic", thing_id=other.public_id, reason="other", words="通報のことばひみつ")
        reports.make(tx, world.chie, thing="flyer", thing_id=life.flyers["gone"], reason="wrong", words="はがすべきひみつ")
        decisions.decide(tx, world.ben, public_id=life.flyers["gone"], decision="recall", reason="ギナさんへの理由ひみつ")
        decisions.decide(tx, world.ben, public_id=life.flyers["gone"], decision="up", reason="")
        life.topics |= {"alone": alone.public_id, "talked": talked.public_id, "other": other.public_id}
        life.posts |= {"mine": mine.public_id, "answer": answer.public_id}
    drain({"followers": HANDLERS["followers"]})
    life.needles += ["通報のことばひみつ", "ギナさんへの理由ひみつ"]


def _shows(life: Life, world) -> None:
    """A post with a picture that said something else before; and Chie, who called her by name, before and after a change."""
    made = _photo(5)
    with db.transaction(write=True) as tx:
        (photo,) = pictures.keep(tx, life.actor, prepared=made)
        talk = factories.topic(tx, world.aki, title="写真の話題")
        first = tx.exec(select(Post.public_id).order_by(col(Post.id).desc())).first()
        other = talk.public_id
        shown = posts.write_post(
            tx, life.actor, topic=other, body="まえのことばひみつ", pictures=(photo.public_id,), quoted=first
        )
        posts.edit_post(tx, life.actor, post=shown.public_id, body="ぎなの写真ひみつ")
        called = factories.post(tx, world.chie, other, body=f"@{NAME} さん、いいですね")
        posts.edit_post(tx, world.chie, post=called.public_id, body=f"＠{NAME}さん、とてもいいですね")
        life.posts |= {"shown": shown.public_id, "called": called.public_id, "first": first}
        life.topics["photos"] = other
    life.files["post"] = {made.original} | {
        value for page in made.pages for size in page.variants.values() for value in size.values() if isinstance(value, str)
    }


def _tells(life: Life) -> None:
    with db.transaction(write=True) as tx:
        fans.tell(tx, life.actor, prefecture="13", age_band="30", gender="せいべつひみつ", interests=("food",))
        fans.tie(tx, life.actor, municipality_code=NISHIKI, kinds=("family", "visited"))
    life.needles += ["せいべつひみつ"]


def _ways_in(life: Life, person_id: int) -> None:
    now = clock.now()
    with db.transaction(write=True) as tx:
        tx.add(Identity(person_id=person_id, provider="line", subject_hash="5ub" * 20, created_at=now, used_at=now))
        tx.add(
            Passkey(person_id=person_id, credential_id="credential-of-gina", public_key=b"key", name="ギナの鍵", created_at=now)
        )
        tx.add(SignInCode(mail=MAIL, person_id=person_id, code_hash="c" * 64, link_hash="l" * 64, browser_hash="b" * 64,
                          created_at=now, expires_at=now + HOUR))  # fmt: skip
        tx.add(Handshake(key_hash="h" * 64, kind="passkey", person_id=person_id, browser_hash="b" * 64,
                         secret={"challenge": "gina-challenge"}, created_at=now, expires_at=now + HOUR))  # fmt: skip
        for dead in (False, True):
            tx.add(OutboxEntry(kind="mail", payload={"to": MAIL, "subject": "あ", "text": f"{NAME}さん"}, created_at=now,
                               due_at=now + HOUR, dead_at=now if dead else None))  # fmt: skip
    send_mail({"to": MAIL, "subject": "番号", "text": "123456"})
    send_mail({"to": "chie@example.jp", "subject": "番号", "text": "654321"})
    life.needles += ["5ub" * 20, "credential-of-gina", "ギナの鍵", "gina-challenge"]


def _speaks_for_groups(life: Life, world, person_id: int) -> None:
    now = clock.now()
    with db.transaction(write=True) as tx:
        tx.add(factories.Role(person_id=person_id, role="staff", level="lead", municipality_code="082228", granted_at=now))
        for number, state in enumerate(("active", "asked", "active")):
            group = Group(slug=f"group-{number}", name=f"会{number}", municipality_code=HITOYOSHI, state=state,
                          asked_by=person_id, asked_words="登録のわけひみつ", asked_at=now)  # fmt: skip
            tx.add(group)
            tx.flush()
            tx.add(GroupMember(group_id=group.id, person_id=person_id, role="owner", since=now))
            tx.add(Invitation(token_hash=f"{number}" * 64, mail="someone@example.jp", group_id=group.id, role="editor",
                              invited_by=person_id, created_at=now, expires_at=now + DAY))  # fmt: skip
            tx.add(AccessToken(token_hash=f"t{number}" * 32, name="ギナの自動投稿", person_id=person_id, group_id=group.id,
                               scopes="flyers", created_at=now, expires_at=now + DAY))  # fmt: skip
        tx.add(GroupMember(group_id=group.id, person_id=world.chie.person_id, role="owner", since=now))
        tx.add(Invitation(token_hash="i" * 64, mail=MAIL, municipality_codes=HITOYOSHI, role="lead", created_at=now,
                          expires_at=now + DAY))  # fmt: skip
        authority.record(tx, life.actor, "flyer.decide", None, thing="flyer", thing_id="222222222222")
        tx.flush()
        used = tx.exec(select(AccessToken).where(AccessToken.person_id == person_id)).first()
        tx.add(AuditEntry(at=now, actor_id=person_id, actor_kind="staff", token_id=used.id, verb="flyer.decide"))
    with db.transaction(write=False) as tx:
        life.actor = actor_of_session(tx, token=TOKEN, guest_key="ginas-browser")
    life.needles += ["登録のわけひみつ", "ギナの自動投稿", "t0" * 32]


def gone(life: Life, *, flyers: str = "take_down", posts: str = "remove", times: int = 1) -> None:
    """Leave, and let the worker do the rest, as often as a dying worker would."""
    with db.transaction(write=True) as tx:
        leave(tx, life.actor, flyers=flyers, posts=posts)
        payload = dict(tx.exec(select(OutboxEntry).where(OutboxEntry.kind == "leave")).one().payload)
    for _ in range(times):
        HANDLERS["leave"](payload)
    with db.transaction(write=True) as tx:
        for row in tx.exec(select(OutboxEntry)).all():
            row.payload, row.done_at = ({}, clock.now()) if row.kind == "leave" else (row.payload, row.done_at)
            tx.add(row)


def found_in_rows(needles: Iterable[str]) -> list[tuple[str, str]]:
    """Where in all columns of all tables, as text, one of these stands: (table, needle). The audit trail's ids are let be."""
    hits = []
    with db.transaction(write=False) as tx:
        for table in SQLModel.metadata.sorted_tables:
            for row in tx.connection().execute(table.select()).all():
                text = " ".join(str(value) for value in row)
                hits += [(table.name, needle) for needle in needles if needle in text]
    return sorted(set(hits))


def found_in_files(needles: Iterable[str]) -> list[tuple[str, str]]:
    """Which files of the data directory hold one of these."""
    hits = []
    for path in settings().data_dir.rglob("*"):
        if path.is_file():
            content = path.read_bytes()
            hits += [(path.parent.name, needle) for needle in needles if needle.encode() in content]
    return sorted(set(hits))


def files_there() -> set[str]:
    """The names of all files in the store."""
    return {path.name for path in (settings().data_dir / "store").rglob("*") if path.is_file()}


def digest(path_bytes: bytes) -> str:
    """What the store would call these bytes."""
    return hashlib.sha256(path_bytes).hexdigest()[:40]
