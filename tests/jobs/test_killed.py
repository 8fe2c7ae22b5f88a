"""Workers are killed after each single step of what they do: nothing is lost, nothing comes twice, nothing is stuck."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta

import pytest
from sqlmodel import col, select

from tamemap import clock, config, db
from tamemap.gateways.storage import storage_from
from tamemap.jobs.drain import drain
from tamemap.jobs.handlers import HANDLERS
from tamemap.models import Notice, OutboxEntry, Picture, Reading
from tamemap.services import digests, leaving, outbox, pictures, reading_work, readings
from tamemap.services.notices import tell
from tests import factories
from tests.gateways.photos import encoded, sheet
from tests.jobs.dying import dying_again_and_again
from tests.services import push_service
from tests.services.leavers import MAIL, files_there, found_in_files, found_in_rows, gina
from tests.services.push_service import service, services
from tests.services.reading_fake import FakeReader, page_of

__all__ = ["service", "services"]
# Monday, in Tokyo: the world's clock begins on Sunday at noon
MORNING = datetime(2026, 11, 22, 22, 2, tzinfo=UTC)
RECALL = {"title": "秋の市", "reason": "雨"}


def rows(table):
    with db.transaction(write=False) as tx:
        return tx.exec(select(table).order_by(col(table.id))).all()


def work():
    """One worker, until nothing is due."""
    while drain(HANDLERS):
        pass


def undone():
    return [row.kind for row in rows(OutboxEntry) if row.done_at is None]


def letters():
    """The mails that a mailbox shows, by their Message-ID: one that a dying worker had just sent comes again under the same."""
    texts = [path.read_text() for path in (config.settings().data_dir / "mail").glob("*.eml")]
    return [*{re.search(r"^Message-ID: (.+)$", text, re.MULTILINE)[1]: text for text in texts}.values()]


def test_a_notice_on_aki_s_phone_comes_and_says_the_same_each_time(world, service, monkeypatch):
    with db.transaction(write=True) as tx:
        push_service.device(tx, world.aki, service.address("aki"))
        tell(tx, person_id=world.aki.person_id, code="flyer_recalled", params=RECALL, url="/f/222222222222")
    # claimed, held, taken, settled; what the next one finds is done
    assert dying_again_and_again(work, monkeypatch, lease=outbox.LEASE) == 4
    # what the phone shows already it shows once: the same tag, and the same moment, for which it does not ring again
    assert len({(one["tag"], one["at"], one["body"]) for one in service.payloads}) == 1
    (notice,) = rows(Notice)
    assert (notice.push_at, notice.pushed_at is not None) == (None, True)
    assert (undone(), letters()) == ([], [])


def test_the_digest_is_one_mail(world, monkeypatch):
    for actor in (world.aki, world.chie):
        with clock.frozen_at(clock.now() + timedelta(minutes=1)), db.transaction(write=True) as tx:
            params = {"title": "川の話", "name": "Dai", "count": 3}
            tell(tx, person_id=actor.person_id, code="topic_news", params=params, url="/b/hitoyoshi-hiroba/222222222222")

    def gather():
        digests.gather()
        work()

    with clock.frozen_at(MORNING):
        assert dying_again_and_again(gather, monkeypatch, lease=outbox.LEASE) == 3
    assert len([text for text in letters() if "aki@example.jp" in text]) == 1
    assert len([text for text in letters() if "chie@example.jp" in text]) == 1
    assert (len(letters()), undone()) == (2, [])


@pytest.mark.parametrize("wish", ["take_down", "keep"])
def test_of_who_leaves_everything_goes_and_the_goodbye_comes_once(world, kept, monkeypatch, wish):
    life = kept.or_made("gina", lambda: gina(world))
    with db.transaction(write=True) as tx:
        leaving.leave(tx, life.actor, flyers=wish, posts="remove")
        entry = tx.exec(select(OutboxEntry).where(OutboxEntry.kind == "leave")).one()
        payload = dict(entry.payload) | {"once": "leave-once"}
        entry.payload, entry.done_at = {}, clock.now()
        tx.add(entry)
    # more often than the outbox would let it: each step is tried
    assert dying_again_and_again(lambda: HANDLERS["leave"](payload), monkeypatch, lease=timedelta(seconds=1), stride=7) > 3
    work()
    assert [hit for hit in found_in_rows([*life.needles, "むかしの市ひみつ"]) if hit[0] != "audit_entry"] == []
    assert found_in_files(life.needles) == [("mail", MAIL)]
    assert len([text for text in letters() if MAIL in text]) == 1
    gone = ("shown", "gone", "past", "waiting", "post") if wish == "take_down" else ("past", "waiting", "post")
    assert files_there() & set().union(*(life.files[name] for name in gone)) == set()
    assert undone() == []


def test_a_reading_is_taken_up_again_and_its_words_come(world, monkeypatch):
    with db.transaction(write=True) as tx:
        original = storage_from(config.settings()).put(b"a photograph", ".jpg", private=True)
        factories.waiting_picture(tx, world.aki, original=original)
        readings.ask(tx, world.aki, original=original)
    reader = FakeReader(page_of(), page_of())
    lease = readings.LEASE + timedelta(seconds=1)
    # once with the photograph in hand, once when all was written down
    assert dying_again_and_again(lambda: reading_work.read_next(reader), monkeypatch, lease=lease) == 2
    assert [(row.state, row.tries, len(row.sheets)) for row in rows(Reading)] == [("read", 2, 1)]


def test_the_files_of_what_nobody_posted_go_with_it(world, monkeypatch):
    photo = encoded(sheet(600, 800), "JPEG")
    with db.transaction(write=True) as tx:
        pictures.keep(tx, world.aki, prepared=pictures.prepare(photo))
    work()
    assert len(files_there()) == 5

    def sweep():
        pictures.sweep()
        work()

    with clock.frozen_at(clock.now() + timedelta(hours=25)):
        assert dying_again_and_again(sweep, monkeypatch, lease=outbox.LEASE) > 5
    assert (files_there(), rows(Picture), undone()) == (set(), [], [])
