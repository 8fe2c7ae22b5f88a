"""Readings in the queue: one at a time, fairly, whatever breaks; and forgotten with the upload."""

from __future__ import annotations

import pytest
from sqlmodel import select

from tamemap import clock, config, db
from tamemap.domain.actors import Actor
from tamemap.gateways import reader_setting
from tamemap.gateways.reader import NullReader, Readout
from tamemap.gateways.reader_setting import reader_from_settings
from tamemap.gateways.storage import storage_from
from tamemap.models import Reading
from tamemap.services import flyers, leaving, pictures, reading_work, readings
from tamemap.services.readings import KEPT_FOR, LEASE
from tests import factories
from tests.factories import HITOYOSHI, OFFICES
from tests.services.reading_fake import FakeReader, page_of

LAT, LNG = OFFICES[HITOYOSHI]


def asked(actor, name="a"):
    """A reading of a waiting picture of this actor's, whose original is in the store."""
    with db.transaction(write=True) as tx:
        original = storage_from(config.settings()).put(f"{name} {actor.owner_hash}".encode(), ".jpg", private=True)
        factories.waiting_picture(tx, actor, original=original)
        return readings.ask(tx, actor, original=original)


def rows():
    with db.transaction(write=False) as tx:
        return {row.public_id: row for row in tx.exec(select(Reading)).all()}


def states():
    return sorted(row.state for row in rows().values())


def guest(number):
    return Actor(guest_hash=f"{number:064d}")


def test_ten_at_once_from_ten_people_each_get_their_first_before_anyones_second(world):
    people = [guest(number) for number in range(10)]
    for person in people:
        for number in range(3):
            asked(person, f"photo {number}")
    order = []
    while claimed := readings.begin():
        order.append(claimed.owner_hash)
        reading_work.finish(claimed, Readout("empty"))
    assert [len(set(order[at : at + 10])) for at in (0, 10, 20)] == [10, 10, 10]


def test_who_has_had_many_waits_for_who_has_had_none(world):
    for number in range(3):
        asked(world.aki, f"photo {number}")
    first = readings.begin()
    late = asked(world.chie)
    second = readings.begin()
    assert (first.owner_hash, second.owner_hash) == (world.aki.owner_hash, world.chie.owner_hash)
    assert rows()[late].state == "reading"


def test_nobody_gets_what_another_worker_has_in_hand(world):
    asked(world.aki)
    assert readings.begin() is not None
    assert readings.begin() is None


def test_what_a_worker_died_over_is_taken_up_once_more_and_then_lost(world):
    asked(world.aki)
    for again in range(2):
        with clock.frozen_at(clock.now() + again * 2 * LEASE):
            assert readings.begin().tries == again + 1
            assert readings.begin() is None
    with clock.frozen_at(clock.now() + 4 * LEASE):
        assert readings.begin() is None
        assert states() == ["lost"]


def test_a_reader_that_breaks_once_is_asked_again_and_one_that_breaks_twice_costs_the_suggestion_only(world):
    once, twice = asked(world.aki), asked(world.chie)
    broken = Readout("lost", again=True)
    reader = FakeReader(broken, broken, page_of(), broken)
    while reading_work.read_next(reader):
        pass
    assert sorted((rows()[once].state, rows()[twice].state)) == ["lost", "read"]
    # uploaded again it is read again
    with db.transaction(write=True) as tx:
        lost = tx.exec(select(Reading).where(Reading.state == "lost")).one()
        owner = next(one for one in (world.aki, world.chie) if one.owner_hash == lost.owner_hash)
        assert readings.ask(tx, owner, original=lost.original) == lost.public_id
    assert sorted(states()) == ["read", "waiting"]


def test_what_a_busy_machine_had_no_time_for_is_read_once_more_and_waits_until_then(world):
    asked(world.aki)
    no_time = Readout("late", again=True)
    reader = FakeReader(no_time, page_of())
    assert reading_work.read_next(reader)
    assert states() == ["waiting"]
    assert reading_work.read_next(reader)
    assert states() == ["read"]
    asked(world.chie)
    while reading_work.read_next(FakeReader(no_time, no_time)):
        pass
    assert sorted(states()) == ["late", "read"]


@pytest.mark.parametrize("state", ["late", "refused", "empty", "off"])
def test_what_else_may_come_of_it_is_said_and_not_tried_again(world, state):
    asked(world.aki)
    assert reading_work.read_next(FakeReader(Readout(state, code="photo_empty" if state == "refused" else "")))
    assert states() == [state]
    assert not reading_work.read_next(FakeReader())


def test_no_transaction_is_open_while_it_is_read(world):
    asked(world.aki)

    def meanwhile():
        # SQLite has one writer: with a transaction open here this would wait for itself
        asked(world.chie)
        return page_of()

    assert reading_work.read_next(FakeReader(meanwhile))
    assert states() == ["read", "waiting"]


def test_what_was_asked_for_anew_meanwhile_is_read_anew(world):
    public_id = asked(world.aki)

    def meanwhile():
        with db.transaction(write=True) as tx:
            readings.set_corners(tx, world.aki, public_id=public_id, corners=None)
        return page_of()

    assert reading_work.read_next(FakeReader(meanwhile))
    assert states() == ["waiting"]


def test_a_photograph_that_is_gone_costs_nothing(world):
    asked(world.aki)
    storage_from(config.settings()).delete(next(iter(rows().values())).original)
    assert reading_work.read_next(FakeReader())
    assert states() == ["refused"]


def test_readings_are_forgotten_after_a_day_and_with_their_upload(world):
    kept, old, without = (asked(actor) for actor in (world.aki, world.chie, world.dai))
    with db.transaction(write=True) as tx:
        tx.exec(select(Reading).where(Reading.public_id == old)).one().asked_at = clock.now() - KEPT_FOR - KEPT_FOR / 24
        tx.delete(tx.exec(select(pictures.Picture).where(pictures.Picture.owner_hash == world.dai.owner_hash)).one())
        tx.flush()
        assert readings.forget(tx) == 2
    assert set(rows()) == {kept}
    assert without not in rows()


def test_who_leaves_leaves_no_reading(world):
    asked(world.aki)
    asked(world.chie)
    with db.transaction(write=True) as tx:
        payload = leaving._payload(tx.get_one(leaving.Person, world.aki.person_id), "keep", "keep", "ja")
    leaving.finish(payload)
    assert [row.owner_hash for row in rows().values()] == [world.chie.owner_hash]


def test_who_posts_before_it_is_read_loses_nothing(world):
    asked(world.aki)
    with db.transaction(write=True) as tx:
        picture = tx.exec(select(pictures.Picture)).one()
        raw = {"title": "片づけ", "category": "learning", "lat": str(LAT), "lng": str(LNG)}
        flyers.post(tx, world.aki, raw=raw, picture_ids=(picture.public_id,), may_post=True)
    assert states() == ["waiting"]
    assert reading_work.read_next(FakeReader(page_of()))
    assert rows() == {}
    with db.transaction(write=False) as tx:
        assert tx.exec(select(pictures.Picture.words)).one().startswith("やさしい片づけ講座\n")


def test_reading_can_be_switched_off(world, monkeypatch):
    monkeypatch.setenv("TAMEMAP_READER", "off")
    config.settings.cache_clear()
    assert asked(world.aki) is None
    assert isinstance(reader_from_settings(), NullReader)


def test_without_its_packages_it_is_as_if_switched_off_and_said_once(world, monkeypatch):
    said = []
    monkeypatch.setattr(reader_setting.log, "warning", lambda text, *parts: said.append(text % parts))
    monkeypatch.setattr(reader_setting, "PACKAGES", ("json", "no_such_package_here"))
    reader_setting._installed.cache_clear()
    try:
        assert (asked(world.aki), asked(world.chie)) == (None, None)
    finally:
        reader_setting._installed.cache_clear()
    assert said == ["flyers are not read: no_such_package_here not installed"]
