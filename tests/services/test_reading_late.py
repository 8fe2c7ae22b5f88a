"""What is read when the flyer hangs already: words come with a new version, its poster is told, a blur takes words away."""

from __future__ import annotations

import json
from datetime import timedelta

import pytest
from sqlmodel import select

from tamemap import clock, config, db
from tamemap.domain.actors import Actor
from tamemap.domain.picture_edits import Edit
from tamemap.gateways.storage import storage_from
from tamemap.models import Flyer, KnownVenue, Notice, Picture, Reading, ReadingOutcome
from tamemap.queries.search import search
from tamemap.services import flyers, picture_edit, picture_sizes, reading_work, readings
from tamemap.services.reading_late import hide
from tests import factories
from tests.factories import HITOYOSHI, OFFICES
from tests.services.reading_fake import COURSE, FakeReader, page_of

LAT, LNG = OFFICES[HITOYOSHI]
SHEET = ((0.1, 0.05), (0.9, 0.05), (0.9, 0.95), (0.1, 0.95))
WITH_MOBILE = (*COURSE, ("係 090-1234-5678", 900.0))
MOBILE_LINE = (0.05, 0.63, 0.9, 0.06)  # of the sheet


def posted(actor, *, edit=None, waits=True):
    """A flyer posted before its picture was read."""
    with db.transaction(write=True) as tx:
        original = storage_from(config.settings()).put(f"late {actor.owner_hash}".encode(), ".jpg", private=True)
        picture = factories.waiting_picture(tx, actor, original=original)
        picture.edit = edit or {}
        tx.add(picture)
        if waits:
            readings.ask(tx, actor, original=original)
        raw = {"title": "講座", "category": "learning", "lat": str(LAT), "lng": str(LNG), "venue": "中央公民館"}
        return flyers.post(tx, actor, raw=raw, picture_ids=(picture.public_id,), may_post=True).public_id


def read(words=COURSE):
    """The worker reads the next one."""
    return reading_work.read_next(FakeReader(page_of(words)))


def found(table):
    with db.transaction(write=False) as tx:
        return tx.exec(select(table)).all()


def flyer_of(public_id):
    return next(row for row in found(Flyer) if row.public_id == public_id)


def test_words_that_come_late_raise_the_version_and_are_found(world):
    flyer = posted(world.aki)
    before = flyer_of(flyer).version
    assert read()
    (picture,) = [one for one in found(Picture) if one.flyer_id == flyer_of(flyer).id]
    assert picture.words.startswith("やさしい片づけ講座")
    assert flyer_of(flyer).version == before + 1
    with db.transaction(write=False) as tx:
        assert [item.public_id for item in search(tx, world.chie, q="片づけ").items] == [flyer]


def test_a_flyer_that_has_left_meanwhile_gets_nothing(world):
    flyer = posted(world.aki)
    with db.transaction(write=True) as tx:
        flyers.delete(tx, world.aki, public_id=flyer)
    version = flyer_of(flyer).version
    read(WITH_MOBILE)
    assert flyer_of(flyer).version == version
    assert found(Notice) == []


def test_who_was_quicker_than_the_reader_is_told_once_and_the_reading_stays_to_be_looked_at(world):
    flyer = posted(world.aki)
    read(WITH_MOBILE)
    (told,) = found(Notice)
    assert (told.person_id, told.code, told.url) == (world.aki.person_id, "flyer_private", f"/f/{flyer}/blur")
    assert json.loads(told.params) == {"title": "講座"}
    (reading,) = found(Reading)
    assert reading.state == "read"


def test_nobody_is_told_where_nothing_private_can_be_seen(world):
    posted(world.aki)
    read()
    assert (found(Notice), found(Reading)) == ([], [])


def test_nobody_is_told_of_what_was_blurred_before(world):
    edit = Edit(SHEET, (MOBILE_LINE,)).stored()
    posted(world.aki, edit=edit)
    read(WITH_MOBILE)
    assert (found(Notice), found(Reading)) == ([], [])


def blur(actor, flyer, *boxes, corners=SHEET):
    """The picture of the flyer blurred afterwards; answers its row."""
    with db.transaction(write=True) as tx:
        row = tx.exec(select(Picture).join(Flyer).where(Flyer.public_id == flyer)).one()
        prepared = picture_sizes.PreparedPage(row.width, row.height, row.blur, row.variants, row.look)
        picture_edit.keep(tx, actor, public_id=row.public_id, edit=Edit(corners, boxes), prepared=prepared)
        return row.words


def test_a_blur_afterwards_takes_the_words_at_once_and_the_rest_comes_back(world):
    flyer = posted(world.aki)
    read()
    with clock.frozen_at(clock.now() + timedelta(minutes=1)):
        assert blur(world.aki, flyer, (0.0, 0.49, 1.0, 0.05)) == ""
    with db.transaction(write=False) as tx:
        assert search(tx, world.chie, q="0966-00-1201").items == ()
    version, outcomes = flyer_of(flyer).version, len(found(ReadingOutcome))
    assert read()
    (picture,) = [one for one in found(Picture) if one.flyer_id]
    assert "500円" in picture.words
    assert "0966" not in picture.words
    assert flyer_of(flyer).version == version + 1
    # what is read for the second time counts once
    assert len(found(ReadingOutcome)) == outcomes
    assert [row.times for row in found(KnownVenue)] == [1]


def test_a_blur_while_the_reading_is_still_there_needs_no_second_one(world):
    flyer = posted(world.aki)
    read(WITH_MOBILE)
    words = blur(world.aki, flyer, MOBILE_LINE)
    assert "500円" in words
    assert "係" not in words
    assert not read()


def test_a_blur_that_is_taken_back_leaves_the_words_alone(world):
    flyer = posted(world.aki)
    read()
    blur(world.aki, flyer, (0.0, 0.49, 1.0, 0.05))
    read()
    with db.transaction(write=True) as tx:
        row = tx.exec(select(Picture).join(Flyer).where(Flyer.public_id == flyer)).one()
        before, row.edit = Edit(SHEET, (MOBILE_LINE,)), Edit(SHEET).stored()
        hide(tx, row, before)
        assert "500円" in row.words
    assert found(Reading) == []


@pytest.mark.parametrize("guests", [True, False])
def test_a_guests_venue_is_not_learnt_however_late_it_is_read(world, guests):
    actor = Actor(guest_hash="7" * 64) if guests else world.aki
    posted(actor)
    read()
    assert len(found(KnownVenue)) == (0 if guests else 1)


def corrected(flyer, *changes):
    """The words of its picture, as somebody corrects them by hand."""
    with db.transaction(write=True) as tx:
        row = tx.exec(select(Picture).join(Flyer).where(Flyer.public_id == flyer)).one()
        for old, new in changes:
            assert old in row.words
            row.words = row.words.replace(old, new)
        tx.add(row)


def test_what_was_corrected_by_hand_is_there_again_after_a_later_blur_but_for_what_is_hidden(world):
    flyer = posted(world.aki)
    read()
    corrected(flyer, ("片づけ講座", "片付け講座"), ("0966-00-1201", "0966-00-1201（山田）"))
    with clock.frozen_at(clock.now() + timedelta(minutes=1)):
        assert blur(world.aki, flyer, (0.0, 0.49, 1.0, 0.05)) == ""
        assert blur(world.aki, flyer, (0.0, 0.49, 1.0, 0.05), (0.0, 0.0, 0.05, 0.01)) == ""
    assert read()
    (picture,) = [one for one in found(Picture) if one.flyer_id]
    assert "片付け講座" in picture.words
    assert "片づけ講座" not in picture.words
    assert not {"0966", "山田"} & {part for part in ("0966", "山田") if part in picture.words}
    assert "kept" not in picture.edit
