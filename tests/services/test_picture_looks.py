"""Pictures of before there were looks: the worker looks at each once, a few at a time, and then has nothing to do."""

from __future__ import annotations

import threading
from contextvars import copy_context
from datetime import timedelta

import pytest
from PIL import Image
from sqlalchemy import text
from sqlmodel import select

from tamemap import clock, config, db
from tamemap.domain.looks import NONE, SAME, difference
from tamemap.errors import Unavailable
from tamemap.gateways.looks import look_of
from tamemap.gateways.storage import storage_from
from tamemap.jobs import tasks
from tamemap.models import Picture
from tamemap.queries.alike import alike
from tamemap.services import picture_looks
from tests import factories
from tests.gateways.photos import encoded, sheet


@pytest.fixture(scope="module")
def photo():
    """A small photograph of a sheet."""
    return encoded(sheet(240, 320), "JPEG")


def of_before(actor, *datas):
    """A picture each with these bytes (None: its file is gone), which nobody has looked at."""
    with db.transaction(write=True) as tx:
        rows = []
        for data in datas:
            row = factories.waiting_picture(tx, actor)
            if data is not None:
                name = storage_from(config.settings()).put(data, ".jpg", private=False)
                row.variants = {"320": row.variants["320"] | {"jpeg": name}}
                tx.add(row)
            rows.append(row.id)
        return rows


def looks():
    with db.transaction(write=False) as tx:
        return tx.exec(select(Picture.look).order_by(Picture.id)).all()


def test_a_few_at_a_time_the_newest_first_until_none_is_left(world, photo):
    of_before(world.aki, *[photo] * 3)
    assert picture_looks.look(most=2) == 2
    assert looks() == ["", look_of(photo), look_of(photo)]
    assert (picture_looks.any_unseen(), picture_looks.look(), picture_looks.any_unseen()) == (True, 1, False)
    assert (picture_looks.look(), looks()) == (0, [look_of(photo)] * 3)


def test_what_is_damaged_or_gone_or_blank_is_looked_at_once_and_for_all(world, photo):
    blank = encoded(Image.new("RGB", (240, 320), "white"), "JPEG")
    of_before(world.aki, photo[: len(photo) // 2], b"no picture", None, blank, photo)
    assert picture_looks.look() == 5
    assert looks() == [NONE, NONE, NONE, NONE, look_of(photo)]
    assert picture_looks.any_unseen() is False


def test_where_the_smallest_file_is_gone_the_next_size_is_looked_at(world, photo):
    (which,) = of_before(world.aki, None)
    name = storage_from(config.settings()).put(photo, ".jpg", private=False)
    with db.transaction(write=True) as tx:
        row = tx.get_one(Picture, which)
        row.variants = row.variants | {"960": {"jpeg": name, "width": 720, "height": 960}}
        tx.add(row)
    assert (picture_looks.look(), looks()) == (1, [look_of(photo)])


def test_while_the_store_is_away_they_wait(world, photo, monkeypatch):
    of_before(world.aki, photo)
    with monkeypatch.context() as patch:
        patch.setenv("TAMEMAP_STORAGE_URL", "s3://key:secret@127.0.0.1:1/bucket?tls=off")
        config.settings.cache_clear()
        with pytest.raises(Unavailable):
            picture_looks.look()
    config.settings.cache_clear()
    assert (looks(), picture_looks.look()) == ([""], 1)


def test_who_is_edited_meanwhile_keeps_the_look_of_the_edit(world, photo, monkeypatch):
    (which,) = of_before(world.aki, photo)

    def edited_meanwhile(data):
        with db.transaction(write=True) as tx:
            row = tx.get_one(Picture, which)
            row.look = "f" * 64
            tx.add(row)
        return look_of(data)

    monkeypatch.setattr(picture_looks, "look_of", edited_meanwhile)
    picture_looks.look()
    assert looks() == ["f" * 64]


def test_of_all_workers_one_looks_and_another_goes_on_where_it_died(world, photo, monkeypatch):
    of_before(world.aki, photo)
    looked, together = [], threading.Barrier(4)
    monkeypatch.setattr(picture_looks, "look", lambda: looked.append(True) or 0)

    def worker():
        together.wait()
        tasks.look_at_pictures()

    workers = [threading.Thread(target=copy_context().run, args=(worker,)) for _ in range(4)]
    for one in workers:
        one.start()
    for one in workers:
        one.join()
    assert looked == [True]
    monkeypatch.undo()
    with clock.frozen_at(clock.now() + timedelta(minutes=1)):
        tasks.look_at_pictures()
    assert looks() == [look_of(photo)]


def test_several_at_once_do_no_harm(world, photo):
    of_before(world.aki, *[photo] * 6)
    workers = [threading.Thread(target=copy_context().run, args=(picture_looks.look,)) for _ in range(3)]
    for one in workers:
        one.start()
    for one in workers:
        one.join()
    assert looks() == [look_of(photo)] * 6


def test_then_the_same_sheet_is_found_when_somebody_puts_it_up_again(world, photo):
    with db.transaction(write=True) as tx:
        row = factories.flyer(tx, world.aki)
        standing = tx.exec(select(Picture).where(Picture.flyer_id == row.id)).one()
        name = storage_from(config.settings()).put(photo, ".jpg", private=False)
        standing.variants = {"320": standing.variants["320"] | {"jpeg": name}}
        again = factories.waiting_picture(tx, world.chie)
        again.look = look_of(photo)
        tx.add_all([standing, again])
        sent, flyer = again.public_id, row.public_id
    with db.transaction(write=False) as tx:
        assert alike(tx, world.chie, slug="hitoyoshi", photos=(sent,)) == ()
    picture_looks.look()
    with db.transaction(write=False) as tx:
        (found,) = alike(tx, world.chie, slug="hitoyoshi", photos=(sent,))
    assert (found.card.public_id, found.why) == (flyer, "picture")
    assert difference(look_of(photo), look_of(encoded(sheet(200, 270), "JPEG"))) <= SAME


def test_two_blank_pictures_are_not_the_same_flyer(world):
    with db.transaction(write=True) as tx:
        row = factories.flyer(tx, world.aki)
        standing = tx.exec(select(Picture).where(Picture.flyer_id == row.id)).one()
        again = factories.waiting_picture(tx, world.chie)
        standing.look = again.look = NONE
        tx.add_all([standing, again])
        tx.flush()
        assert alike(tx, world.chie, slug="hitoyoshi", photos=(again.public_id,)) == ()


def test_whether_there_is_one_is_read_from_an_index_that_is_soon_empty(world, tx):
    if tx.get_bind().dialect.name != "sqlite":
        pytest.skip("PostgreSQL reads small tables without their indices")
    plan = tx.connection().execute(text("EXPLAIN QUERY PLAN SELECT id FROM picture WHERE look = '' LIMIT 1")).all()
    assert "ix_picture_unseen" in plan[0][3]
