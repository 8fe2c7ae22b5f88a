"""Readings through the API: asked for with a photo, seen by whoever sent it and nobody else, read again within other corners."""

from __future__ import annotations

import pytest
from PIL import Image

from tamemap import config, db
from tamemap.services import reading_work
from tests.gateways.photos import opened, paper
from tests.services.reading_fake import FakeReader, page_of
from tests.web.browsers import API, form, photo, problem, sheet_photo

CORNERS_WRONG = "photo_corners_wrong"
QUARTER = [[0.1, 0.1], [0.9, 0.1], [0.9, 0.9], [0.1, 0.9]]


def asked(browser, data=None):
    """The id of a reading that this browser has asked for."""
    answer = browser.post(f"{API}/readings", files=photo(data) if data else photo())
    assert answer.status_code == 202
    return answer.json()["id"]


def read(*outs):
    """The worker, for one photograph per answer of the reader."""
    reader = FakeReader(*outs)
    while reading_work.read_next(reader):
        pass
    return reader


def test_a_photo_is_read_and_its_fields_come_with_where_they_stood(world, visit):
    aki = visit(world.aki)
    public_id = asked(aki)
    waiting = aki.get(f"{API}/readings/{public_id}").json()
    assert (waiting["state"], waiting["sheets"], waiting["fields"]["title"]) == ("waiting", [], None)
    read(page_of())
    got = aki.get(f"{API}/readings/{public_id}")
    assert got.headers["cache-control"] == "private, no-store"
    body = got.json()
    assert (body["state"], body["photo"] is not None) == ("read", True)
    assert {name: field and field["value"] for name, field in body["fields"].items()} == {
        "title": "やさしい片づけ講座",
        "starts_at": "2026-12-08T13:30:00+09:00",
        "ends_at": "2026-12-08T15:00:00+09:00",
        "all_day": False,
        "venue": "中央公民館",
        "address": None,
        "fee": "500円",
        "phone": "0966-00-1201",
        "organiser": None,
    }
    assert body["fields"]["title"]["evidence"] == {
        "line": "やさしい片づけ講座",
        "box": [0.1, 0.1, 0.8, 0.1],
        "boxes": [[0.1, 0.1, 0.8, 0.1]],
    }
    assert body["corners"] == [[0.1, 0.05], [0.9, 0.05], [0.9, 0.95], [0.1, 0.95]]
    assert (body["lines"][0]["text"], body["sheets"][0]["size"]) == ("やさしい片づけ講座", [1000, 1400])


def test_a_photo_on_its_way_says_its_reading_and_a_posted_one_leaves_none(world, visit):
    aki = visit(world.aki)
    (sent,) = aki.post(f"{API}/photos", files=photo()).json()["photos"]
    assert aki.get(f"{API}/readings/{sent['reading']}").json()["photo"] == sent["id"]
    read(page_of())
    assert aki.post(f"{API}/flyers", data=form(photo_id=sent["id"])).status_code == 201
    problem(aki.get(f"{API}/readings/{sent['reading']}"), 404, "reading_unknown")


def test_the_same_photo_is_read_once(world, visit):
    aki = visit(world.aki)
    assert asked(aki) == asked(aki)
    assert len(read(page_of(), page_of()).given) == 1


def test_a_reading_is_its_owners_alone(world, visit):
    guest, chie = visit(), visit(world.chie)
    public_id = asked(guest)
    read(page_of())
    assert guest.get(f"{API}/readings/{public_id}").json()["state"] == "read"
    for stranger in (chie, visit()):
        problem(stranger.get(f"{API}/readings/{public_id}"), 404, "reading_unknown")
        problem(stranger.get(f"{API}/readings/{public_id}/sheets/0"), 404, "reading_unknown")
        problem(stranger.put(f"{API}/readings/{public_id}/corners", json={"corners": None}), 404, "reading_unknown")
    # the same photograph of somebody else is theirs
    assert asked(chie) != public_id


def test_a_sheet_is_shown_laid_flat(world, visit):
    aki = visit(world.aki)
    public_id = asked(aki)
    problem(aki.get(f"{API}/readings/{public_id}/sheets/0"), 404, "reading_sheet_unknown")
    read(page_of(photo=(200, 280)))
    shown = aki.get(f"{API}/readings/{public_id}/sheets/0")
    assert (shown.headers["content-type"], shown.headers["cache-control"]) == ("image/jpeg", "private, max-age=600")
    assert isinstance(opened(shown.content), Image.Image)
    for number in ("1", "-1", "x"):
        problem(aki.get(f"{API}/readings/{public_id}/sheets/{number}"), 404, "reading_sheet_unknown")


def test_dragged_corners_are_read_again(world, visit):
    aki = visit(world.aki)
    public_id = asked(aki)
    read(page_of(photo=(1000, 2000)))
    answer = aki.put(f"{API}/readings/{public_id}/corners", json={"sheet": 0, "corners": QUARTER})
    assert (answer.status_code, aki.get(f"{API}/readings/{public_id}").json()["state"]) == (202, "waiting")
    assert read(page_of()).given == [[[100.0, 200.0], [900.0, 200.0], [900.0, 1800.0], [100.0, 1800.0]]]
    aki.put(f"{API}/readings/{public_id}/corners", json={"corners": None})
    assert read(page_of()).given == [None]


def test_corners_may_be_dragged_before_it_has_been_read(world, visit):
    aki = visit(world.aki)
    public_id = asked(aki, sheet_photo())
    wide, high = opened(sheet_photo()).size
    assert aki.put(f"{API}/readings/{public_id}/corners", json={"corners": QUARTER}).status_code == 202
    assert read(page_of()).given[0][2] == [wide * 0.9, high * 0.9]


WRONG = [None, {}, [], "x", [[0, 0]] * 4, [[0, 0], [1, 0], [1, 1]], [[0, 0], [1, 1], [1, 0], [0, 1]], [[9, 9]] * 4,
         [[0, 0], [1, 0], [1, True], [0, 1]], [[0, 0], [0, 1], [1, 1], [1, 0]]]  # fmt: skip


@pytest.mark.parametrize("corners", WRONG[1:])
def test_corners_that_are_none_are_refused(world, visit, corners):
    aki = visit(world.aki)
    public_id = asked(aki)
    problem(aki.put(f"{API}/readings/{public_id}/corners", json={"corners": corners}), 422, CORNERS_WRONG, "corners")


def test_what_is_not_said_is_refused(world, visit):
    aki = visit(world.aki)
    path = f"{API}/readings/{asked(aki)}/corners"
    problem(aki.put(path, json={}), 422, CORNERS_WRONG, "corners")
    problem(aki.put(path, json={"corners": QUARTER, "sheet": "0"}), 422, "reading_sheet_unknown", "sheet")
    problem(aki.put(path, json={"corners": QUARTER, "sheet": 3}), 404, "reading_sheet_unknown")
    problem(aki.post(f"{API}/readings", data={"x": "y"}), 422, "photo_missing", "photo")
    problem(aki.post(f"{API}/readings", files={"photo": ("a.jpg", b"words", "image/jpeg")}), 415, "photo_wrong_type", "photo")


def test_a_pdf_has_pages_and_no_corners(world, visit):
    aki = visit(world.aki)
    public_id = asked(aki, paper((300, 400), (300, 400)))
    problem(aki.put(f"{API}/readings/{public_id}/corners", json={"corners": QUARTER}), 409, "reading_without_corners")
    read(page_of(photo=(0, 0), corners=(), times=2))
    body = aki.get(f"{API}/readings/{public_id}").json()
    assert [(one["corners"], one["page"]) for one in body["sheets"]] == [(None, 0), (None, 1)]
    assert aki.get(f"{API}/readings/{public_id}/sheets/1").status_code == 200
    problem(aki.put(f"{API}/readings/{public_id}/corners", json={"corners": QUARTER}), 409, "reading_without_corners")


def test_where_reading_is_off_posting_works_as_before(world, visit, monkeypatch):
    monkeypatch.setenv("TAMEMAP_READER", "off")
    config.settings.cache_clear()
    aki = visit(world.aki)
    problem(aki.post(f"{API}/readings", files=photo()), 503, "reading_off")
    (sent,) = aki.post(f"{API}/photos", files=photo()).json()["photos"]
    assert sent["reading"] is None
    assert aki.post(f"{API}/flyers", data=form(photo_id=sent["id"])).status_code == 201
    with db.transaction(write=False) as tx:
        assert tx.connection().exec_driver_sql("SELECT count(*) FROM reading").scalar() == 0


def test_dropping_the_photo_drops_what_was_read(world, visit):
    aki = visit(world.aki)
    (sent,) = aki.post(f"{API}/photos", files=photo()).json()["photos"]
    assert aki.delete(f"{API}/photos/{sent['id']}").status_code == 204
    problem(aki.get(f"{API}/readings/{sent['reading']}"), 404, "reading_unknown")
