"""Places on a flyer's pictures are hidden when it hangs already, without script; and the whole photo is its sender's alone."""

from __future__ import annotations

import re

import pytest
from sqlmodel import select

from tamemap import db
from tamemap.models import Picture, Reading
from tamemap.queries.flyer_blur import ACROSS
from tamemap.services import reading_work
from tests.gateways.photos import encoded, opened, paper, sheet
from tests.services.reading_fake import COURSE, FakeReader, page_of
from tests.web.browsers import API, form, photo, problem

CHANGED = "写真が変わっていました"
WITH_MOBILE = (*COURSE, ("係 090-1234-5678", 900.0))


def hung(browser, data=b""):
    """A flyer that was posted before it was read, and its picture."""
    (one,) = browser.post(f"{API}/photos", files=photo(data or encoded(sheet(400, 560), "JPEG"))).json()["photos"]
    answer = browser.post(f"{API}/flyers", data=form(photo_id=one["id"]))
    assert answer.status_code == 201, answer.text
    return answer.json()["id"], one["id"]


def row_of(public_id) -> Picture:
    with db.transaction(write=False) as tx:
        return tx.exec(select(Picture).where(Picture.public_id == public_id)).one()


def blur(browser, flyer, picture, **fields):
    """Send the form."""
    page = browser.get(f"/f/{flyer}/blur").text
    (version,) = set(re.findall(r'name="version" value="(\d+)"', page))
    return browser.post(f"/f/{flyer}/blur", data={"version": version, "picture": picture} | fields)


def test_what_was_read_late_is_offered_and_hidden_with_one_button(world, visit):
    aki = visit(world.aki)
    flyer, picture = hung(aki)
    reading_work.read_next(FakeReader(page_of(WITH_MOBILE, photo=(400, 560))))
    page = aki.get(f"/f/{flyer}/blur").text
    assert "携帯電話の番号をぼかす" in page
    assert page.count("<rect") == 1
    answer = blur(aki, flyer, picture, found="0")
    assert (answer.status_code, answer.headers["location"]) == (303, f"/f/{flyer}/blur?said=blurred")
    after = aki.get(answer.headers["location"]).text
    assert "ぼかしました" in after and "携帯電話の番号をぼかす" not in after
    assert len(row_of(picture).edit["blur"]) == 1
    assert "係" not in row_of(picture).words and "500円" in row_of(picture).words


def test_places_that_were_ticked_are_hidden_side_by_side_as_one_and_taken_back(world, visit):
    aki = visit(world.aki)
    flyer, picture = hung(aki)
    assert blur(aki, flyer, picture, place=["0", "1", str(ACROSS)]).status_code == 303
    down = aki.get(f"/f/{flyer}/blur").text.count('name="place"') // ACROSS
    wide, high = pytest.approx(1 / ACROSS, abs=1e-4), pytest.approx(1 / down, abs=1e-4)
    twice = pytest.approx(2 / ACROSS, abs=1e-4)
    assert row_of(picture).edit["blur"] == [[0, 0, twice, high], [0, high, wide, high]]
    assert blur(aki, flyer, picture, deed="undo").headers["location"].endswith("said=unblurred")
    assert row_of(picture).edit == {}


def test_a_guest_who_posted_may_too_and_nobody_else(world, visit):
    guest = visit()
    flyer, picture = hung(guest)
    assert blur(guest, flyer, picture, place="3").status_code == 303
    before = row_of(picture)
    assert visit().get(f"/f/{flyer}/blur").status_code in {303, 404}
    for stranger in (visit(world.chie), visit()):
        answer = stranger.post(f"/f/{flyer}/blur", data={"version": "1", "picture": picture, "place": "4"})
        assert answer.status_code in {303, 403, 404} and "said" not in answer.headers.get("location", "")
    assert row_of(picture) == before


@pytest.mark.parametrize(
    ("fields", "words"),
    [({}, "ぼかすところをえらんでください"), ({"place": "99"}, CHANGED), ({"found": "5"}, CHANGED), ({"place": "x"}, CHANGED),
     ({"place": "1", "version": "77"}, "")],
)  # fmt: skip
def test_what_cannot_be_is_said_and_changes_nothing(world, visit, fields, words):
    aki = visit(world.aki)
    flyer, picture = hung(aki)
    answer = blur(aki, flyer, picture, **fields)
    assert answer.status_code in {409, 412, 422} and words in answer.text
    assert row_of(picture).edit == {}


def test_pictures_of_others_and_of_no_flyer_are_not_there(world, visit):
    aki = visit(world.aki)
    flyer, _ = hung(aki)
    assert blur(aki, flyer, "2222222222zz", place="1").status_code == 404
    assert aki.get("/f/2222222222zz/blur").status_code == 404


def test_a_picture_whose_original_is_forgotten_says_so(world, visit):
    aki = visit(world.aki)
    flyer, picture = hung(aki)
    with db.transaction(write=True) as tx:
        row = tx.exec(select(Picture).where(Picture.public_id == picture)).one()
        row.original = ""
        tx.add(row)
    assert "ぼかせません" in aki.get(f"/f/{flyer}/blur").text
    assert aki.post(f"/f/{flyer}/blur", data={"version": "1", "picture": picture, "place": "4"}).status_code == 410


def whole(browser, public_id, query=""):
    return browser.get(f"{API}/photos/{public_id}/whole.jpeg{query}")


def test_the_whole_photo_is_shown_to_its_sender_uncut_before_and_after_it_is_posted(world, visit):
    aki = visit(world.aki)
    (one,) = aki.post(f"{API}/photos", files=photo(encoded(sheet(400, 560), "JPEG"))).json()["photos"]
    aki.put(f"{API}/photos/{one['id']}/edit", json={"corners": [[0, 0], [0.5, 0], [0.5, 1], [0, 1]], "blur": []})
    got = whole(aki, one["id"])
    assert (got.headers["content-type"], got.headers["cache-control"]) == ("image/jpeg", "private, max-age=600")
    assert opened(got.content).size == (400, 560)
    assert opened(whole(aki, one["id"], "?corners=0,0,0.5,0,0.5,1,0,1").content).size == (200, 560)
    assert aki.post(f"{API}/flyers", data=form(photo_id=one["id"])).status_code == 201
    assert whole(aki, one["id"]).status_code == 200
    for other in (visit(world.ben), visit(world.chie), visit()):
        problem(whole(other, one["id"]), 404, "photo_unknown")


def test_a_page_of_a_pdf_is_shown_by_itself(world, visit):
    aki = visit(world.aki)
    _, second = aki.post(f"{API}/photos", files=photo(paper((300, 400), (400, 300)))).json()["photos"]
    wide, high = opened(whole(aki, second["id"]).content).size
    assert wide > high


@pytest.mark.parametrize("corners", ["x", "1,2", "0,0,1,0,1,1", "0,0,1,1,1,0,0,1", "0,0,nan,0,1,1,0,1"])
def test_corners_that_are_none_are_refused(world, visit, corners):
    aki = visit(world.aki)
    (one,) = aki.post(f"{API}/photos", files=photo()).json()["photos"]
    problem(whole(aki, one["id"], f"?corners={corners}"), 422, "photo_corners_wrong", "corners")


def test_what_is_no_flyer_is_not_read(world, visit):
    aki = visit(world.aki)

    def reading(**fields):
        return aki.post(f"{API}/photos", files=photo(encoded(sheet(300, 400 + len(fields)), "JPEG")), data=fields)

    assert reading(read="false").json()["photos"][0]["reading"] is None
    assert reading(read="true", x="y").json()["photos"][0]["reading"] is not None
    problem(reading(read="maybe"), 422, "flag_wrong", "read")


def test_a_photo_that_comes_with_its_flyer_is_read_afterwards_and_gets_its_words(world, visit):
    aki = visit(world.aki)
    answer = aki.post(f"{API}/flyers", data=form(), files=photo())
    before = aki.get(f"{API}/flyers/{answer.json()['id']}")
    assert before.json()["pictures"][0]["words"] == ""
    assert reading_work.read_next(FakeReader(page_of()))
    after = aki.get(f"{API}/flyers/{answer.json()['id']}")
    assert "やさしい片づけ講座" in after.json()["pictures"][0]["words"]
    assert after.headers["etag"] != before.headers["etag"]
    with db.transaction(write=False) as tx:
        assert tx.exec(select(Reading)).all() == []
