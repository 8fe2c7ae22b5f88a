"""Gina leaves: nothing of her stays in any row or file; what is others' stays."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import pytest
from sqlmodel import SQLModel, col, func, select

from tamemap import clock, db
from tamemap.domain.actors import Actor
from tamemap.errors import Forbidden, Gone, Invalid, Unauthenticated
from tamemap.gateways.mail import mail_from_settings
from tamemap.i18n import t
from tamemap.models import (
    AuditEntry,
    Flyer,
    Group,
    Invitation,
    Map,
    Notice,
    OutboxEntry,
    Person,
    Picture,
    Post,
    Report,
    Role,
    SignedIn,
    Topic,
)
from tamemap.queries.flyer import flyer
from tamemap.queries.leaving import leaving_view
from tamemap.queries.people import actor_of_session, actor_of_token
from tamemap.queries.post_history import post_history
from tamemap.queries.posts import posts
from tamemap.services import outbox, traces
from tamemap.services.leaving import ENDS, finish, leave
from tests import factories
from tests.services.leavers import (
    MAIL,
    NAME,
    TOKEN,
    Life,
    came_in,
    files_there,
    found_in_files,
    found_in_rows,
    gina,
    gone,
)

WORDS = ["ひとりの話題ひみつ", "みんなの話題ひみつ", "だれもこないひみつ", "さそいのことばひみつ", "ぎなの返事ひみつ",
         "まえのことばひみつ", "ぎなの写真ひみつ"]  # fmt: skip
FLYER_WORDS = ["のこる市ひみつ", "はがす市ひみつ", "むかしの市ひみつ", "0966-99-1234", "七日町99", "32.2292"]


@pytest.fixture
def life(world, kept):
    """Gina with her life."""
    return kept.or_made("gina", lambda: gina(world))


def person_row():
    with db.transaction(write=False) as tx:
        return tx.exec(select(Person).where(col(Person.left_at).is_not(None))).one()


def test_of_who_leaves_with_everything_nothing_stays_in_any_row(world, life):
    every = [*life.needles, *WORDS, *FLYER_WORDS]
    # the search finds what is there
    assert {needle for _, needle in found_in_rows(every)} >= {*every} - {"32.2292"}
    gone(life)
    # the audit trail knows that an office ended, by a number that leads nowhere any more
    assert [(table, needle) for table, needle in found_in_rows(every) if table != "audit_entry"] == []
    assert {needle for table, needle in found_in_rows(every) if table == "audit_entry"} <= {life.actor.public_id}


def test_of_who_leaves_with_everything_nothing_stays_in_any_file(world, life):
    mine = set().union(*life.files.values())
    assert mine <= files_there()
    before = found_in_files([MAIL])
    assert ("mail", MAIL) in before
    gone(life)
    assert files_there() & mine == set()
    # what is left in the folder of mails is the goodbye alone: what a mail server would have carried away
    letters = list((db_folder() / "mail").glob("*.eml"))
    assert [path for path in letters if "654321" in path.read_text()] != []
    assert len([path for path in letters if MAIL in path.read_text()]) == 1
    assert [(folder, needle) for folder, needle in found_in_files([*life.needles, *WORDS, *FLYER_WORDS])] == [("mail", MAIL)]


def test_of_who_leaves_with_everything_nothing_stays_on_the_disk_either(world, life):
    address = db.engine().url
    if address.get_backend_name() != "sqlite":
        return  # PostgreSQL overwrites what was deleted in its own time
    files = [Path(address.database + end) for end in ("", "-wal")]
    assert any(MAIL.encode() in one.read_bytes() for one in files)
    gone(life)
    db.checkpoint()
    kept = b"".join(one.read_bytes() for one in files if one.exists())
    assert [needle for needle in [MAIL, NAME, *WORDS] if needle.encode() in kept] == []


def test_where_others_called_her_she_is_somebody_who_has_left(world, life):
    gone(life, flyers="keep", posts="keep", times=2)
    with db.transaction(write=False) as tx:
        found = post_history(tx, world.aki, public_id=life.posts["called"])
        html = [one.html for one in found.versions]
        kept = posts(tx, world.aki, topic=life.topics["photos"]).items[1]
        picture = tx.exec(select(Picture).where(Picture.public_id == kept.pictures[0].public_id)).one()
    nobody = f"<strong>@（{t('people.left')}）</strong>"
    assert html == [f"<p>{nobody}さん、とてもいいですね</p>", f"<p>{nobody} さん、いいですね</p>"]
    # her own picture stays with her words, without her
    assert (kept.author.left, picture.owner_hash, picture.original) == (True, "", "")


def db_folder():
    return db.settings().data_dir


def test_the_person_is_an_empty_shell(world, life):
    gone(life)
    row = person_row()
    assert (row.mail, row.name, row.residence_code, row.district, row.proved_code, row.proved_at, row.mail_notices) == (
        None, "", None, "", None, None, False)  # fmt: skip
    assert row.public_id != life.actor.public_id
    assert clock.tokyo(row.created_at).time().isoformat() == "00:00:00"


def test_at_once_every_way_in_is_closed(world, life):
    with db.transaction(write=True) as tx:
        left = leave(tx, life.actor, flyers="keep", posts="keep")
        assert (left.flyers, left.posts, left.mail) == ("keep", "keep", True)
        assert actor_of_session(tx, token=TOKEN).is_guest
        assert tx.exec(select(func.count()).select_from(SignedIn)).one() == 0
        with pytest.raises(Unauthenticated):
            actor_of_token(tx, token="anything")
        ended = tx.exec(select(AuditEntry).where(AuditEntry.verb == "staff.change")).one()
        assert (ended.municipality_code, ended.actor_id, ended.detail) == (
            "082228", life.actor.person_id, {"ended": True, "left": True, "role": "staff"})  # fmt: skip
        assert tx.exec(select(func.count()).select_from(Role).where(Role.person_id == life.actor.person_id)).one() == 0
        # the address is free again at once
        tx.add(Person(mail=MAIL, name="あたらしい人", created_at=clock.now()))
        tx.flush()


def test_what_is_kept_stands_without_its_poster_and_without_what_the_camera_wrote(world, life):
    gone(life, flyers="keep", posts="keep")
    with db.transaction(write=False) as tx:
        shown = flyer(tx, Actor(), public_id=life.flyers["shown"])
        assert (shown.title, shown.phone, shown.state) == ("のこる市ひみつ", "0966-99-1234", "up")
        row = tx.exec(select(Flyer).where(Flyer.public_id == life.flyers["shown"])).one()
        picture = tx.exec(select(Picture).where(Picture.flyer_id == row.id)).one()
        assert (row.poster_id, picture.owner_hash, picture.original) == (None, "", "")
        assert set(picture.variants) == {"320", "960", "2048"}
        stored = {value for size in picture.variants.values() for value in size.values() if isinstance(value, str)}
        talk = posts(tx, world.chie, topic=life.topics["talked"])
        assert [(post.author.name, post.author.left) for post in talk.items] == [("", True), ("Chie", False)]
        assert tx.exec(select(Topic.title).where(Topic.public_id == life.topics["talked"])).one() == "みんなの話題ひみつ"
        # what was taken down before is erased all the same
        assert tx.exec(select(Flyer.title).where(Flyer.public_id == life.flyers["past"])).one() == ""
    assert stored <= files_there()
    originals = {name for names in life.files.values() for name in names if name.endswith(".jpeg")} - stored
    assert originals & files_there() == set()
    assert [hit for hit in found_in_rows(life.needles) if hit[0] != "audit_entry"] == []


def test_flyers_taken_down_say_that_they_are_gone(world, life):
    with db.transaction(write=False) as tx:
        before = {row.slug: row.version for row in tx.exec(select(Map))}
    gone(life)
    with db.transaction(write=False) as tx:
        for public_id in life.flyers.values():
            with pytest.raises(Gone):
                flyer(tx, world.ben, public_id=public_id)
        after = {row.slug: row.version for row in tx.exec(select(Map))}
        reported = tx.exec(select(Report).where(Report.thing_id == life.flyers["gone"])).one()
        assert (reported.words, reported.closed_at is not None) == ("", True)
    assert {slug for slug in before if after[slug] > before[slug]} == {"hitoyoshi", "hitoyoshi-kuma"}


def test_others_keep_their_words_their_pictures_and_their_mails(world, life):
    with db.transaction(write=True) as tx:
        # Chie has the very same photo
        tx.add(Picture(owner_hash="x", original=next(iter(life.files["gone"])), width=3, height=4, variants={},
                       resident_name="r", outside_name="o", created_at=clock.now()))  # fmt: skip
    gone(life)
    with db.transaction(write=False) as tx:
        talked = tx.exec(select(Topic).where(Topic.public_id == life.topics["talked"])).one()
        assert (talked.title, talked.posts_count, talked.deleted_at) == (t("leave.topic_title"), 1, None)
        alone = tx.exec(select(Topic).where(Topic.public_id == life.topics["alone"])).one()
        assert (alone.title, alone.posts_count, alone.deleted_at is not None) == ("", 0, True)
        kept = tx.exec(select(Post).where(Post.public_id == life.posts["answer"])).one()
        assert (kept.body, kept.author_id) == ("ちえの返事はのこる", world.chie.person_id)
        answered = tx.exec(select(Notice.params).where(Notice.person_id == world.aki.person_id).order_by(Notice.id)).first()
        assert (NAME in answered, t("people.left") in answered) == (False, True)
    assert next(iter(life.files["gone"])) in files_there()


def test_a_worker_that_dies_and_begins_again_does_no_harm(world, life):
    gone(life, times=3)
    with db.transaction(write=False) as tx:
        assert tx.exec(select(Topic.posts_count).where(Topic.public_id == life.topics["talked"])).one() == 1
        assert tx.exec(select(Topic.posts_count).where(Topic.public_id == life.topics["other"])).one() == 1
    assert [hit for hit in found_in_rows([*life.needles, *WORDS, *FLYER_WORDS]) if hit[0] != "audit_entry"] == []


@pytest.mark.parametrize("step", ["_erase_flyers", "_empty", "_some_posts", "_reactions_and_reports"])
def test_broken_off_in_the_middle_it_is_finished_later(world, life, monkeypatch, step):
    with monkeypatch.context() as broken:
        broken.setattr(traces, step, lambda *_: 1 / 0)
        with pytest.raises(ZeroDivisionError):
            gone(life)
    with db.transaction(write=False) as tx:
        payload = tx.exec(select(OutboxEntry).where(OutboxEntry.kind == "leave")).one_or_none()
    assert payload is None or payload.done_at is None
    _again(payload)
    assert [hit for hit in found_in_rows([*life.needles, *WORDS, *FLYER_WORDS]) if hit[0] not in {"audit_entry", "outbox"}] == []
    assert set().union(*life.files.values()) & files_there() == set()


def _again(entry):
    finish(entry.payload)


def test_who_stays_hears_of_groups_and_towns_left_alone(world, life):
    gone(life)
    with db.transaction(write=False) as tx:
        told = tx.exec(select(Notice.person_id, Notice.code, Notice.url).order_by(col(Notice.id))).all()
        assert (world.ben.person_id, "group_without_owner", "/g/group-0/manage") in told
        assert [one for one in told if one[2].startswith("/g/group-2")] == []  # Chie owns it too
        assert [row.slug for row in tx.exec(select(Group).order_by(Group.id))] == ["group-0", "group-2"]
        pending = tx.exec(select(Invitation.outcome, Invitation.invited_by)).all()
        assert {(outcome, by) for outcome, by in pending} == {("withdrawn", None)}


def test_the_page_counts_what_is_there(world, life):
    with db.transaction(write=False) as tx:
        seen = leaving_view(tx, life.actor)
    assert (seen.flyers, seen.posts, seen.topics, seen.needs_proof) == (2, 4, 2, False)
    assert [group.slug for group in seen.groups] == ["group-0"]
    assert [town.name for town in seen.towns] == ["鹿嶋市"]


def test_a_phone_that_lies_open_erases_nobody(world, life):
    with clock.frozen_at(clock.now() + timedelta(hours=13)), db.transaction(write=True) as tx:
        assert leaving_view(tx, life.actor).needs_proof
        with pytest.raises(Unauthenticated) as refused:
            leave(tx, life.actor, flyers="keep", posts="keep")
        assert refused.value.code == "leave_needs_proof"
    with clock.frozen_at(clock.now() + timedelta(hours=13)):
        again = came_in(life.actor.person_id, "another-token")
        with db.transaction(write=True) as tx:
            leave(tx, again, flyers="keep", posts="keep")


@pytest.mark.parametrize(("flyers", "posts", "field"), [("", "keep", "flyers"), ("keep", "burn", "posts")])
def test_without_an_answer_nobody_leaves(world, life, flyers, posts, field):
    with db.transaction(write=True) as tx, pytest.raises(Invalid) as refused:
        leave(tx, life.actor, flyers=flyers, posts=posts)
    assert [(one.field, one.code) for one in refused.value.errors] == [(field, "choice_missing")]


def test_neither_guests_nor_programs_leave(tx, world):
    with pytest.raises(Unauthenticated):
        leave(tx, world.dai, flyers="keep", posts="keep")
    with pytest.raises(Forbidden):
        leave(tx, Actor(person_id=world.aki.person_id, scopes=frozenset({"flyers"})), flyers="keep", posts="keep")


def test_every_reference_to_a_person_has_its_end_or_its_reason():
    known = [f"{column.class_.__tablename__}.{column.key}"
             for columns in (ENDS, traces.UNTIED, traces.WRITTEN, traces.STAYS) for column in columns]  # fmt: skip
    there = [f"{table.name}.{key.parent.name}" for table in SQLModel.metadata.sorted_tables for key in table.foreign_keys
             if key.column.table.name == "person"]  # fmt: skip
    assert sorted(known) == sorted(there)


def test_what_ben_wrote_as_the_town_stays_the_towns(world):
    ben = came_in(world.ben.person_id, "bens-token")
    with db.transaction(write=True) as tx:
        theme = factories.topic(tx, ben, kind="theme", title="町からのお題", body="職員のことば")
        assert (leaving_view(tx, ben).topics, leaving_view(tx, ben).office_posts) == (0, 1)
    life = Life(ben)
    gone(life, flyers="keep", posts="remove")
    with db.transaction(write=False) as tx:
        talk = posts(tx, world.aki, topic=theme.public_id)
        assert [(post.html, post.author.left, post.author.kind) for post in talk.items] == [
            ("<p>職員のことば</p>", True, "staff")
        ]
        assert tx.exec(select(Topic.title, Topic.author_id)).one() == ("町からのお題", None)


def test_a_double_tap_leaves_once(world, life):
    with db.transaction(write=True) as tx:
        leave(tx, life.actor, flyers="keep", posts="keep")
    with db.transaction(write=True) as tx, pytest.raises(Unauthenticated):
        leave(tx, life.actor, flyers="take_down", posts="remove")
    with db.transaction(write=False) as tx:
        (entry,) = tx.exec(select(OutboxEntry).where(OutboxEntry.kind == "leave")).all()
        assert entry.payload["flyers"] == "keep"


def test_whoever_comes_anew_with_the_same_address_gets_their_mail(world, life):
    with db.transaction(write=True) as tx:
        leave(tx, life.actor, flyers="keep", posts="keep")
        entry = tx.exec(select(OutboxEntry).where(OutboxEntry.kind == "leave")).one()
    with clock.frozen_at(clock.now() + timedelta(seconds=5)):
        with db.transaction(write=True) as tx:
            outbox.put(tx, "mail", {"to": MAIL, "subject": "123456", "text": "123456"})
        mail_from_settings(db.settings()).send(MAIL, "234567", "234567")
        finish(entry.payload)
        finish(entry.payload)
    with db.transaction(write=False) as tx:
        waiting = tx.exec(select(OutboxEntry).where(OutboxEntry.kind == "mail", col(OutboxEntry.done_at).is_(None))).all()
    assert [one.payload["text"] for one in waiting if one.payload.get("to") == MAIL] == ["123456"]
    letters = [path.read_text() for path in (db_folder() / "mail").glob("*.eml")]
    assert [text for text in letters if MAIL in text and "234567" not in text] == []
    assert len([text for text in letters if "234567" in text]) == 1
