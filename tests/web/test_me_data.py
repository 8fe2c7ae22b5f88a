"""/me/data.zip as browsers get it: one's own alone, five an hour, never cached."""

from __future__ import annotations

import io
import json
import zipfile

from tamemap import clock, db
from tamemap.gateways import limits
from tests import factories
from tests.services.leavers import TOKEN, gina


def facts_of(answer):
    return json.loads(zipfile.ZipFile(io.BytesIO(answer.content)).read("tamemap.json"))


def test_gina_takes_everything_along(visit, world):
    life = gina(world)
    browser = visit()
    browser.cookies.set("tamemap_session", TOKEN)
    assert 'href="/me/data.zip"' in browser.get("/me/data").text
    answer = browser.get("/me/data.zip")
    assert answer.status_code == 200
    assert answer.headers["content-type"] == "application/zip"
    assert answer.headers["cache-control"] == "private, no-store"
    assert answer.headers["content-disposition"] == 'attachment; filename="tamemap-20261122.zip"'
    assert int(answer.headers["content-length"]) == len(answer.content)
    made = zipfile.ZipFile(io.BytesIO(answer.content))
    assert made.testzip() is None
    assert sorted(made.namelist()) == sorted(
        ["tamemap.json", "読んでください.txt", *(f"flyers/{one}/1.jpg" for one in life.flyers.values()),
         f"posts/{life.posts['shown']}/1.jpg"])  # fmt: skip
    words = made.read("読んでください.txt").decode()
    assert "ぎなのひみつさんの" in words
    assert "docs/" not in words  # who is no operator has no such file


def test_everybody_gets_their_own_and_a_guest_nothing(visit, world):
    with db.transaction(write=True) as tx:
        factories.flyer(tx, world.aki, title="あきの市")
    aki, chie = facts_of(visit(world.aki).get("/me/data.zip")), facts_of(visit(world.chie).get("/me/data.zip"))
    assert ([one["fields"]["title"] for one in aki["flyers"]], chie["flyers"]) == (["あきの市"], [])
    assert (aki["profile"]["mail"], chie["profile"]["mail"]) == ("aki@example.jp", "chie@example.jp")
    for browser in (visit(), visit(authorization="Bearer nothing")):
        answer = browser.get("/me/data.zip")
        assert (answer.status_code, answer.headers["location"]) == (303, "/sign-in?then=%2Fme%2Fdata.zip")
    stale = visit(world.aki)
    with clock.frozen_at(clock.now() + 91 * factories.DAY):
        assert stale.get("/me/data.zip").status_code == 303


def test_a_picture_that_is_gone_is_left_out(visit, world):
    with db.transaction(write=True) as tx:
        # factories' pictures are names only
        row = factories.flyer(tx, world.aki)
    facts = facts_of(visit(world.aki).get("/me/data.zip"))
    assert [one["file"] for one in facts["flyers"][0]["pictures"]] == [f"flyers/{row.public_id}/1.jpg"]


def test_five_times_an_hour_and_then_a_wait(visit, world):
    limits._limiter.cache_clear()
    aki = visit(world.aki)
    assert [aki.get("/me/data.zip").status_code for _ in range(6)] == [200] * 5 + [429]
    refused = aki.get("/me/data.zip")
    assert int(refused.headers["retry-after"]) > 0
    # another browser of hers is hers too; Chie has her own five
    assert visit(world.aki).get("/me/data.zip").status_code == 429
    assert visit(world.chie).get("/me/data.zip").status_code == 200
