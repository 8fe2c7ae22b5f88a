"""Photographs through the API: every kind that is taken, everything that is refused, and whose they are until they are posted."""

from __future__ import annotations

import pytest
from PIL import Image

from tamemap import db
from tamemap.gateways import imaging
from tests import factories
from tests.gateways.photos import TRUTH, encoded, exif, opened, paper, png_of_nothing, sheet, small
from tests.web.browsers import API, form, guest_of, photo, posted, problem, sheet_photo

MEGABYTE = 1024 * 1024
SVG = b'<svg xmlns="http://www.w3.org/2000/svg"><script>alert(1)</script></svg>'
HTML = b"<!doctype html><script>alert(1)</script>"
REFUSED = {
    "svg": (SVG, 415, "photo_wrong_type"),
    "html": (HTML, 415, "photo_wrong_type"),
    "text": ("チラシです".encode(), 415, "photo_wrong_type"),
    "gif": (encoded(sheet(), "GIF"), 415, "photo_wrong_type"),
    "empty": (b"", 422, "photo_empty"),
    "cut jpeg": (sheet_photo()[:-400], 422, "photo_truncated"),
    "cut png": (encoded(sheet(), "PNG")[:-40], 422, "photo_truncated"),
    "cut heic": (small("d15.heic")[:-2000], 422, "photo_truncated"),
    "locked pdf": (small("locked.pdf"), 422, "pdf_encrypted"),
    "61 megapixels": (png_of_nothing(10_000, 6_100), 413, "photo_too_many_pixels"),
    "one pixel": (encoded(Image.new("RGB", (1, 1)), "PNG"), 422, "photo_too_small"),
    "over 20 MB": (sheet_photo() + b"\0" * (20 * MEGABYTE), 413, "photo_too_large"),
}


def sent(browser, data: bytes = b""):
    """Send a photo ahead; the answer's photos."""
    answer = browser.post(f"{API}/photos", files=photo(data))
    assert answer.status_code == 201, answer.text
    return answer.json()["photos"]


@pytest.mark.parametrize("name", ["d02.jpg", "d10.png", "d15.heic", "d21.webp"])
def test_each_kind_of_photograph_is_taken_by_what_it_is(world, visit, name):
    (one,) = sent(visit(world.aki), small(name))
    assert (one["width"], one["height"]) == (TRUTH[name]["width"], TRUTH[name]["height"])  # upright
    assert one["thumb"] == f"/api/v1/photos/{one['id']}/320.jpeg"
    assert one["blur"].startswith("data:image/")


def test_avif_and_pdf_are_taken_too(world, visit):
    aki = visit(world.aki)
    assert len(sent(aki, encoded(sheet(), "AVIF", speed=9))) == 1
    assert len(sent(aki, paper(*[(300, 400)] * 6))) == 4  # the first four pages
    assert len(sent(aki, small("printing-locked.pdf"))) == 1


def test_where_and_when_it_was_taken_is_told_to_its_owner_and_to_nobody_else(world, visit):
    aki = visit(world.aki)
    (one,) = sent(aki, small("d02.jpg"))
    truth = TRUTH["d02.jpg"]
    assert one["gps"] == {
        "lat": pytest.approx(truth["gps"]["lat"], abs=1e-4),
        "lng": pytest.approx(truth["gps"]["lon"], abs=1e-4),
    }
    assert one["taken_at"].startswith("2026-11-01T00:53:33")  # UTC
    (without,) = sent(aki, sheet_photo())
    assert (without["gps"], without["taken_at"]) == (None, None)


@pytest.mark.parametrize("kind", REFUSED)
def test_what_is_no_photo_of_ours_is_refused_sent_ahead_and_with_a_flyer(world, visit, kind):
    data, status, code = REFUSED[kind]
    aki = visit(world.aki)
    problem(aki.post(f"{API}/photos", files=photo_of(data)), status, code, "photo")
    problem(aki.post(f"{API}/flyers", data=form(), files=photo_of(data)), status, code, "photo")
    english = aki.post(f"{API}/photos", files=photo_of(data), headers={"Accept-Language": "en"}).json()
    assert english["detail"].isascii()


def photo_of(data):
    return {"photo": ("flyer.jpg", data, "image/jpeg")}


def test_a_name_and_a_type_that_lie_change_nothing(world, visit):
    answer = visit(world.aki).post(f"{API}/photos", files={"photo": ("x.svg", sheet_photo(), "image/svg+xml")})
    assert answer.status_code == 201


def test_what_says_that_it_is_too_large_is_refused_unread(world, visit):
    aki = visit(world.aki)
    headers = {"Content-Length": str(100 * MEGABYTE), "Content-Type": "multipart/form-data; boundary=x"}
    problem(aki.post(f"{API}/photos", content=b"--x", headers=headers), 413, "photo_too_large", "photo")
    problem(aki.post(f"{API}/flyers", content=b"--x", headers=headers), 413, "photo_too_large", "photo")


def test_what_never_ends_is_refused_when_it_is_too_large(world, visit):
    def endless():
        yield b'--x\r\nContent-Disposition: form-data; name="photo"; filename="a"\r\n\r\n'
        for _ in range(200):
            yield b"\0" * MEGABYTE

    headers = {"Content-Type": "multipart/form-data; boundary=x"}
    problem(visit(world.aki).post(f"{API}/photos", content=endless(), headers=headers), 413, "photo_too_large", "photo")


def test_four_photos_are_a_flyer_and_five_are_too_many(world, visit):
    aki = visit(world.aki)
    one = photo()["photo"]
    four = aki.post(f"{API}/flyers", data=form(), files=[("photo", one)] * 4)
    assert len(aki.get(f"{API}/flyers/{four.json()['id']}").json()["pictures"]) == 4
    for many in (5, 14):
        problem(aki.post(f"{API}/flyers", data=form(), files=[("photo", one)] * many), 413, "photo_too_many", "photo")
    ids = [sent(aki)[0]["id"] for _ in range(5)]
    problem(aki.post(f"{API}/flyers", data=form(photo_id=ids)), 413, "photo_too_many", "photo")
    pages = paper(*[(300, 400)] * 4)
    problem(aki.post(f"{API}/flyers", data=form(photo_id=ids[:1]), files=photo(pages)), 413, "photo_too_many", "photo")


def test_a_flyer_without_a_photo_is_none(world, visit):
    aki = visit(world.aki)
    problem(aki.post(f"{API}/flyers", data=form()), 422, "photo_missing", "photo")
    problem(aki.post(f"{API}/photos", data={"x": "y"}), 422, "photo_missing", "photo")


def test_photos_sent_ahead_stand_in_the_order_that_aki_chose(world, visit):
    aki = visit(world.aki)
    wide, tall = sent(aki, encoded(sheet(300, 200), "JPEG"))[0], sent(aki)[0]
    public_id = aki.post(f"{API}/flyers", data=form(photo_id=[tall["id"], wide["id"]])).json()["id"]
    seen = aki.get(f"{API}/flyers/{public_id}").json()["pictures"]
    assert [(one["width"], one["height"]) for one in seen] == [(200, 280), (300, 200)]


def test_a_waiting_photo_is_its_owners_alone(world, visit):
    dai, chie = visit(), visit(world.chie)
    (one,) = sent(dai)
    shown = dai.get(one["thumb"])
    assert (shown.status_code, shown.headers["content-type"]) == (200, "image/jpeg")
    assert shown.headers["cache-control"] == "private, no-store"
    for stranger in (chie, visit()):
        problem(stranger.get(one["thumb"]), 404, "picture_gone")
        problem(stranger.delete(f"{API}/photos/{one['id']}"), 404, "photo_unknown")
        problem(stranger.post(f"{API}/flyers", data=form(photo_id=one["id"])), 422, "photo_unknown", "photo")
    assert dai.post(f"{API}/flyers", data=form(photo_id=one["id"])).status_code == 201


def test_a_photo_can_be_posted_once_and_a_forgotten_one_never(world, visit):
    aki = visit(world.aki)
    (one,) = sent(aki)
    assert aki.post(f"{API}/flyers", data=form(photo_id=one["id"])).status_code == 201
    problem(aki.post(f"{API}/flyers", data=form(photo_id=one["id"])), 422, "photo_unknown", "photo")
    problem(aki.delete(f"{API}/photos/{one['id']}"), 404, "photo_unknown")
    (other,) = sent(aki)
    assert aki.delete(f"{API}/photos/{other['id']}").status_code == 204
    problem(aki.delete(f"{API}/photos/{other['id']}"), 404, "photo_unknown")
    problem(aki.post(f"{API}/flyers", data=form(photo_id=other["id"])), 422, "photo_unknown", "photo")


def test_who_keeps_forty_photos_waiting_gets_no_more(world, visit):
    dai = visit()
    sent(dai)
    with db.transaction(write=True) as tx:
        for _ in range(39):
            factories.waiting_picture(tx, guest_of(dai))
    problem(dai.post(f"{API}/photos", files=photo()), 429, "photos_waiting")


def test_not_a_byte_of_metadata_is_in_any_picture_that_others_can_fetch(world, visit):
    aki = visit(world.aki)
    data = encoded(sheet(), "JPEG", exif=exif(6, {1: "N", 2: (32.0, 13.0, 1.0), 3: "E", 4: (130.0, 44.0, 0.0)}))
    assert b"Camera of nobody" in data
    answer = aki.post(f"{API}/flyers", data=form(outside="true"), files=photo(data))
    guest = visit()
    seen = guest.get(f"{API}/flyers/{answer.json()['id']}").json()
    addresses = [value for size in seen["pictures"][0]["sizes"].values() for value in size.values() if isinstance(value, str)]
    assert len(addresses) >= 2
    for address in addresses:
        shown = guest.get(address)
        assert shown.status_code == 200
        assert b"Camera of nobody" not in shown.content
        assert b"Exif" not in shown.content
        assert opened(shown.content).size[0] > opened(shown.content).size[1]  # upright, as the camera was held
    assert (seen["pictures"][0]["width"], seen["pictures"][0]["height"]) == (280, 200)


def test_a_picture_stays_in_the_readers_browser_and_nowhere_else(world, visit):
    guest = visit()
    public_id = posted(visit(world.aki))
    address = guest.get(f"{API}/flyers/{public_id}").json()["pictures"][0]["sizes"]["320"]["jpeg"]
    kept = guest.get(address).headers["cache-control"]
    assert "immutable" in kept
    assert "public" not in kept


def test_twenty_megabytes_are_the_limit_that_imaging_knows_too():
    assert imaging.MOST_BYTES == 20 * MEGABYTE
