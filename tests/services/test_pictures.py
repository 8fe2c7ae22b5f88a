"""Pictures on their way: kept at once, finished by the worker, forgotten when nobody posts them."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import pytest
from sqlmodel import select

from tamemap import clock, db, door
from tamemap.config import settings
from tamemap.domain.actors import Actor
from tamemap.errors import Invalid, NotFound, TooMany, Unsupported
from tamemap.gateways.storage import storage_from
from tamemap.jobs.drain import drain
from tamemap.jobs.handlers import HANDLERS
from tamemap.models import OutboxEntry, Picture
from tamemap.queries.pictures import stored_picture, waiting_picture
from tamemap.services import flyers, pictures
from tests import factories
from tests.factories import HITOYOSHI, OFFICES
from tests.gateways.photos import encoded, paper, sheet, small

LAT, LNG = OFFICES[HITOYOSHI]
FILES = {"picture_files": HANDLERS["picture_files"]}


@pytest.fixture(scope="module")
def photo():
    """A photograph larger than the first sizes."""
    return encoded(sheet(1500, 2100), "JPEG")


def kept(tx, actor, data):
    return pictures.keep(tx, actor, prepared=pictures.prepare(data))


def rows(tx):
    return tx.exec(select(Picture).order_by(Picture.id)).all()


def files():
    """The names of everything in the store."""
    return {path.name for path in (settings().data_dir / "store").rglob("*") if path.is_file()}


def test_a_photo_is_kept_for_its_sender_with_its_small_sizes_and_the_worker_is_asked_for_the_rest(world, tx, photo):
    (view,) = kept(tx, world.aki, photo)
    (row,) = rows(tx)
    assert (view.public_id, view.width, view.height) == (row.public_id, 1500, 2100)
    assert (row.owner_hash, row.flyer_id, set(row.variants)) == (world.aki.owner_hash, None, {"320", "960"})
    assert row.resident_name != row.outside_name
    assert tx.exec(select(OutboxEntry)).one().payload == {"picture": row.public_id}
    assert waiting_picture(tx, world.aki, public_id=row.public_id, size=320).public is False


def test_the_original_is_private_and_what_is_shown_is_not(world, tx, photo):
    kept(tx, world.aki, photo)
    (row,) = rows(tx)
    store = storage_from(settings())
    assert store.get(row.original) == photo
    assert store.path(row.original) is None
    assert isinstance(store.path(row.variants["320"]["jpeg"]), Path)


def test_a_pdf_is_a_picture_per_page_up_to_four(world, tx):
    views = kept(tx, world.aki, paper(*[(300, 400)] * 5))
    assert len(views) == 4
    assert [row.page for row in rows(tx)] == [0, 1, 2, 3]
    assert len({row.original for row in rows(tx)}) == 1


def test_nobody_elses_picture_can_be_seen_or_forgotten(world, tx, photo):
    (view,) = kept(tx, world.dai, photo)
    for stranger in (world.aki, Actor(), Actor(guest_hash="e" * 64)):
        with pytest.raises(NotFound):
            pictures.discard(tx, stranger, public_id=view.public_id)
        with pytest.raises(NotFound):
            waiting_picture(tx, stranger, public_id=view.public_id, size=320)
    pictures.discard(tx, world.dai, public_id=view.public_id)
    with pytest.raises(NotFound):
        waiting_picture(tx, world.dai, public_id=view.public_id, size=320)


def test_without_an_owner_and_beyond_forty_nothing_is_kept(world, tx, photo):
    prepared = pictures.prepare(photo)
    with pytest.raises(Invalid, match="photo_without_owner"):
        pictures.keep(tx, Actor(), prepared=prepared)
    for _ in range(40):
        factories.waiting_picture(tx, world.dai)
    with pytest.raises(TooMany, match="photos_waiting"):
        pictures.keep(tx, world.dai, prepared=prepared)
    assert len(pictures.keep(tx, world.aki, prepared=prepared)) == 1


def test_what_is_no_picture_leaves_nothing_in_the_store(world):
    for wrong in (b"", b"<svg/>", small("locked.pdf")):
        with pytest.raises((Invalid, Unsupported)):
            pictures.prepare(wrong)
    assert files() == set()


def test_forgetting_twice_is_not_found_the_second_time(world, tx, photo):
    (view,) = kept(tx, world.aki, photo)
    pictures.discard(tx, world.aki, public_id=view.public_id)
    with pytest.raises(NotFound):
        pictures.discard(tx, world.aki, public_id=view.public_id)


def test_the_worker_makes_the_large_size_once(world, photo):
    with db.transaction(write=True) as tx:
        (view,) = kept(tx, world.aki, photo)
    pictures.finish(view.public_id)
    with db.transaction(write=False) as tx:
        (row,) = rows(tx)
    assert set(row.variants) == {"320", "960", "2048"}
    assert (row.variants["2048"]["width"], row.variants["2048"]["height"]) == (1463, 2048)
    before = files()
    pictures.finish(view.public_id)
    pictures.finish("nosuchpictu2")
    assert files() == before


def test_all_pages_of_a_pdf_are_finished_together(world):
    with db.transaction(write=True) as tx:
        views = kept(tx, world.aki, paper((300, 400), (400, 300)))
    pictures.finish(views[0].public_id)
    with db.transaction(write=False) as tx:
        made = {row.page: row.variants["2048"] for row in rows(tx)}
    assert made[0]["width"] < made[0]["height"]
    assert made[1]["width"] > made[1]["height"]


def test_what_nobody_posted_is_forgotten_after_a_day_with_its_files(world, photo):
    with db.transaction(write=True) as tx:
        kept(tx, world.aki, photo)
    with clock.frozen_at(clock.now() + timedelta(hours=23)):
        assert pictures.sweep() == 0
    with clock.frozen_at(clock.now() + timedelta(hours=25)):
        assert (pictures.sweep(), pictures.sweep()) == (1, 0)
        drain(FILES)
    assert files() == set()


def test_what_was_discarded_is_nobodys_at_once_and_goes_with_its_files_after_a_day(world, photo):
    with db.transaction(write=True) as tx:
        (view,) = kept(tx, world.aki, photo)
        pictures.discard(tx, world.aki, public_id=view.public_id)
    with db.transaction(write=False) as tx:
        assert [(row.owner_hash, row.gps_lat) for row in rows(tx)] == [(pictures.LET_GO, None)]
    assert files() != set()
    with clock.frozen_at(clock.now() + timedelta(hours=25)):
        assert pictures.sweep() == 1
        drain(FILES)
    assert files() == set()


def test_the_same_photo_that_somebody_posted_stays(world, photo):
    with db.transaction(write=True) as tx:
        kept(tx, world.aki, photo)
        (chies,) = kept(tx, world.chie, photo)
        raw = {"title": "市", "category": "market", "lat": str(LAT), "lng": str(LNG)}
        flyers.post(tx, world.chie, raw=raw, picture_ids=(chies.public_id,), may_post=True)
    with clock.frozen_at(clock.now() + timedelta(hours=25)):
        assert pictures.sweep() == 1
        drain(FILES)
    with db.transaction(write=False) as tx:
        (row,) = rows(tx)
    store = storage_from(settings())
    assert store.get(row.original) == photo
    assert all(store.exists(one[form]) for one in row.variants.values() for form in ("avif", "jpeg"))


def test_what_somebody_who_left_posted_keeps_the_files_it_shows(world, photo):
    with db.transaction(write=True) as tx:
        kept(tx, world.aki, photo)
        (chies,) = kept(tx, world.chie, photo)
    # without its original only the shown sizes tell that the files are in use
    pictures.disown(Picture.public_id == chies.public_id)
    pictures.erase(Picture.public_id != chies.public_id)
    with db.transaction(write=False) as tx:
        (row,) = rows(tx)
    assert (row.original, files()) == ("", pictures.shown_files(row))


def test_a_pictures_address_works_for_its_face_and_its_viewers_only(world, tx):
    row = factories.flyer(tx, world.aki, outside=True)
    (picture,) = rows(tx)
    for name in (picture.resident_name, picture.outside_name):
        for viewer in (world.aki, world.chie, Actor()):
            assert stored_picture(tx, viewer, name=name, size=320, suffix="jpg").public is True
    flyers.set_outside(tx, world.aki, public_id=row.public_id, outside=False)
    with pytest.raises(NotFound):
        stored_picture(tx, Actor(), name=picture.outside_name, size=320, suffix="jpg")
    assert stored_picture(tx, world.ben, name=picture.outside_name, size=320, suffix="jpg").public is False
    for name, size, suffix in (("nothing", 320, "jpg"), (picture.resident_name, 321, "jpg"), (picture.resident_name, 320, "gif")):
        with pytest.raises(NotFound):
            stored_picture(tx, world.aki, name=name, size=size, suffix=suffix)


def test_a_waiting_picture_has_no_public_address(world, tx):
    waiting = factories.waiting_picture(tx, world.aki)
    with pytest.raises(NotFound):
        stored_picture(tx, world.aki, name=waiting.resident_name, size=320, suffix="jpg")


def test_through_the_door_a_guests_browser_is_the_owner(world, photo):
    dai = door.Credentials(guest_key="a guest's key")
    (view,) = door.call(pictures.keep, dai, prepared=pictures.prepare(photo))
    with pytest.raises(NotFound):
        door.call(pictures.discard, door.Credentials(guest_key="another"), public_id=view.public_id)
    door.call(pictures.discard, dai, public_id=view.public_id)
