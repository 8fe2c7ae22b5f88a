"""Ending gathered mails from the mail itself: by a person and by a mail program, by nobody else."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from sqlmodel import select

from tamemap import clock, db
from tamemap.config import settings
from tamemap.gateways.mail import message
from tamemap.i18n import t
from tamemap.jobs.handlers import send_mail
from tamemap.models import Map, Person
from tamemap.services import digests, flyers, unsubscribing
from tests import factories
from tests.services.rows import mails
from tests.web.pages import read

ONE_CLICK = {"List-Unsubscribe": "One-Click"}
# Friday, 18:02 in Tokyo
FRIDAY = datetime(2026, 11, 27, 9, 2, tzinfo=UTC)


@pytest.fixture
def path(world):
    with db.transaction(write=False) as tx:
        return unsubscribing.path_of(tx.get(Person, world.aki.person_id))


def digest_of(actor):
    with db.transaction(write=False) as tx:
        return tx.get(Person, actor.person_id).digest


def test_a_person_looks_first_and_ends_it_by_one_button(world, visit, path):
    guest = visit()
    form = read(guest.get(path)).one("form")
    assert digest_of(world.aki) == "daily"
    assert t("stop.over") in read(guest.post(form["action"])).text
    assert digest_of(world.aki) == "off"
    assert t("stop.over") in read(guest.get(path)).text


def test_a_mail_program_ends_it_by_one_post_and_twice_is_once(world, visit, path):
    for _ in range(2):
        assert visit().post(path, data=ONE_CLICK).status_code == 200
    assert (digest_of(world.aki), digest_of(world.chie)) == ("off", "daily")


def test_no_other_word_ends_anything(world, visit, path):
    person, word = path.split("/")[2:]
    with db.transaction(write=False) as tx:
        chie = unsubscribing.path_of(tx.get(Person, world.chie.person_id)).split("/")[2]
    for wrong in (f"/stop/{person}/x{word[1:]}", f"/stop/{chie}/{word}", f"/stop/2222222222zz/{word}", f"/stop/{person}/あ"):
        assert visit().post(wrong, data=ONE_CLICK).status_code == 404
    assert digest_of(world.aki) == digest_of(world.chie) == "daily"


def test_who_has_left_cannot_be_asked_for(world, visit, path):
    with db.transaction(write=True) as tx:
        tx.get(Person, world.aki.person_id).left_at = clock.now()
    assert visit().get(path).status_code == 404


def test_the_headers_of_rfc_8058_are_in_the_mail_as_it_is_sent(world):
    send_mail({"to": "aki@example.jp", "subject": "新", "text": "新", "stop": "https://town.example/stop/a/b"})
    (file,) = (settings().data_dir / "mail").glob("*.eml")
    text = file.read_text(encoding="utf-8")
    assert "List-Unsubscribe: <https://town.example/stop/a/b>\n" in text.replace("\r\n", "\n")
    assert "List-Unsubscribe-Post: List-Unsubscribe=One-Click" in text
    assert "List-Unsubscribe" not in message("T <t@example.jp>", "aki@example.jp", "新", "新")


def test_once_a_week_at_her_hour_with_the_new_flyers_of_her_map(world):
    with db.transaction(write=True) as tx:
        row = tx.get(Person, world.aki.person_id)
        row.digest, row.digest_day, row.digest_hour = "weekly", 4, 18
        row.digest_map_id = tx.exec(select(Map.id).where(Map.slug == "hitoyoshi")).one()
    with clock.frozen_at(clock.now() + timedelta(hours=1)), db.transaction(write=True) as tx:
        factories.flyer(tx, world.chie, title="冬の市", starts_at="2026-12-05T10:00:00+09:00", venue="市民会館")
        gone = factories.flyer(tx, world.chie, title="なくなった市").public_id
        flyers.delete(tx, world.chie, public_id=gone)
    moments = [FRIDAY - timedelta(hours=1), FRIDAY, FRIDAY + timedelta(hours=1), FRIDAY + timedelta(days=7)]
    made = []
    for moment in moments:
        with clock.frozen_at(moment):
            made.append(digests.gather())
    assert made == [0, 1, 0, 0]
    with db.transaction(write=False) as tx:
        (mail,) = [one for one in mails(tx) if one["to"] == "aki@example.jp"]
    assert mail["subject"] == t("mail.digest.subject_flyers", map="人吉市マップ", count=1)
    assert "・冬の市（12月5日（土） 10:00から 市民会館）" in mail["text"]
    assert "なくなった市" not in mail["text"]
