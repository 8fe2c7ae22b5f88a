"""「もう貼ってあります」: a flyer is up already, Chie comes with the same one, and it stays one."""

from __future__ import annotations

import io

import pytest
from PIL import Image, ImageEnhance, ImageOps
from sqlmodel import select

from tamemap import db
from tamemap.models import Notice
from tests import factories
from tests.gateways.photos import encoded, opened, small
from tests.web.browsers import API, form, photo, posted, problem

HERE = {"lat": "32.2101", "lng": "130.7625"}


def again(name: str = "d02.jpg") -> bytes:
    """The same photograph as somebody else's phone would make it: smaller, darker, a little other cut."""
    picture = ImageOps.exif_transpose(opened(small(name))).convert("RGB")
    width, height = picture.size
    cut = picture.crop((width // 120, height // 100, width - width // 150, height - height // 130))
    return encoded(ImageEnhance.Brightness(cut.resize((700, 700 * height // width))).enhance(0.75), "JPEG", quality=60)


def sent(browser, data: bytes) -> str:
    return browser.post(f"{API}/photos", files=photo(data)).json()["photos"][0]["id"]


def alike(browser, slug="hitoyoshi", **wishes):
    answer = browser.get(f"{API}/maps/{slug}/alike", params=wishes)
    assert answer.status_code == 200, answer.text
    return [(one["title"], one["why"]) for one in answer.json()["items"]]


def test_a_picture_that_looks_the_same_is_found_and_another_is_not(world, visit):
    aki, chie = visit(world.aki), visit(world.chie)
    mine = sent(aki, small("d02.jpg"))
    assert aki.post(f"{API}/flyers", data=form(title="秋の市", photo_id=mine)).status_code == 201
    assert alike(chie, photo=sent(chie, again())) == [("秋の市", "picture")]
    assert alike(chie, photo=sent(chie, small("d10.png"))) == []
    # the small one of the region is not looked at on another town's map
    assert alike(chie, "kashima", photo=sent(chie, again())) == []


def test_nobody_compares_with_the_help_of_anothers_photo(world, visit):
    aki, chie = visit(world.aki), visit(world.chie)
    posted(aki, title="秋の市")
    waiting = sent(aki, small("d02.jpg"))
    assert aki.post(f"{API}/flyers", data=form(title="写真の市", photo_id=sent(aki, small("d02.jpg")))).status_code == 201
    assert ("写真の市", "picture") in alike(aki, photo=waiting)
    assert alike(chie, photo=waiting) == []


def test_a_picture_that_was_straightened_is_compared_as_it_is_shown(world, visit):
    aki, chie = visit(world.aki), visit(world.chie)
    mine = sent(aki, small("d02.jpg"))
    assert aki.post(f"{API}/flyers", data=form(title="秋の市", photo_id=mine)).status_code == 201
    other = sent(chie, again())
    corners = [[0, 0.5], [0.5, 0.5], [0.5, 1], [0, 1]]
    assert chie.put(f"{API}/photos/{other}/edit", json={"corners": corners, "blur": []}).status_code == 200
    assert alike(chie, photo=other) == []


def test_what_stands_within_300_metres_on_the_same_days_is_shown(world, visit):
    chie = visit(world.chie)
    with db.transaction(write=True) as tx:
        here, day = (32.21, 130.7625), "2026-12-05"
        factories.flyer(tx, world.aki, title="同じ日", starts_at=day, at=here)
        factories.flyer(tx, world.aki, title="べつの日", starts_at="2026-12-06", at=here)
        factories.flyer(tx, world.aki, title="遠く", starts_at=day, at=(32.2145, 130.7625))
        factories.flyer(tx, world.aki, title="日なし", at=here)
    near = f"{HERE['lat']},{HERE['lng']}"
    assert alike(chie, near=near, when="2026-12-05") == [("同じ日", "near")]
    assert alike(chie, near=near, when="2026-12-04..2026-12-05") == [("同じ日", "near")]
    # without a day no day is the same
    assert alike(chie, near=near) == []
    assert alike(chie) == []


def test_chie_joins_akis_flyer_and_aki_is_thanked_once(world, visit):
    flyer = posted(visit(world.aki), title="秋の市")
    chie = visit(world.chie)
    first = chie.post(f"{API}/flyers/{flyer}/join")
    assert (first.status_code, first.json()["title"], first.json()["told"]) == (200, "秋の市", True)
    assert chie.post(f"{API}/flyers/{flyer}/join").json()["told"] is False
    with db.transaction(write=False) as tx:
        told = tx.exec(select(Notice).where(Notice.code == "flyer_joined")).all()
    assert [(one.person_id, one.url) for one in told] == [(world.aki.person_id, f"/f/{flyer}")]
    assert "Chie" in told[0].params


def test_a_guest_joins_too_and_nobody_joins_their_own_or_one_that_has_left(world, visit):
    aki = visit(world.aki)
    flyer = posted(aki, title="秋の市")
    assert visit(None).post(f"{API}/flyers/{flyer}/join").json()["told"] is True
    problem(aki.post(f"{API}/flyers/{flyer}/join"), 422, "flyer_is_yours", "flyer")
    aki.delete(f"{API}/flyers/{flyer}")
    assert visit(world.chie).post(f"{API}/flyers/{flyer}/join").status_code in {404, 410}


@pytest.mark.parametrize("wish", [{"near": "x"}, {"when": "morgen"}, {"near": "1,2,3"}])
def test_wishes_that_cannot_be_understood_are_said(world, visit, wish):
    assert visit(world.chie).get(f"{API}/maps/hitoyoshi/alike", params=wish).status_code == 422


def test_a_blank_picture_looks_like_nothing(world, visit):
    chie = visit(world.chie)
    blank = io.BytesIO()
    Image.new("RGB", (600, 800), "white").save(blank, "JPEG")
    mine = sent(chie, blank.getvalue())
    assert chie.post(f"{API}/flyers", data=form(title="白紙", photo_id=mine)).status_code == 201
    assert alike(chie, photo=sent(chie, blank.getvalue())) == []
