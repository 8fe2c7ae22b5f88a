"""A group's public page, its entry in the sitemap and the API, and what others see of it."""

from __future__ import annotations

import json
import re

import pytest

from tamemap import db
from tamemap.services import boards, groups
from tests.factories import flyer as post_flyer
from tests.services.group_rows import asked, group, join, now
from tests.web.browsers import API, form, photo, problem


@pytest.fixture
def sakura(world):
    with db.transaction(write=True) as tx:
        row = group(tx, world.aki, world.ben, description="**毎月**の市です。\n<script>alert(1)</script>", contact="みほん公民館",
                    url="https://sakura.example.jp")  # fmt: skip
        join(tx, row, world.chie)
    return row


def test_everybody_reads_the_same_light_page(visit, world, sakura):
    answers = [visit(who).get("/g/sakura-kai") for who in (None, world.aki, world.ben)]
    assert {answer.text for answer in answers} == {answers[0].text}
    page = answers[0]
    assert page.headers["cache-control"].startswith("public")
    assert "<strong>毎月</strong>" in page.text
    assert "<script>alert" not in page.text
    assert "みほん公民館" in page.text
    assert "Aki" not in page.text
    assert "Chie" not in page.text
    assert visit().get("/g/sakura-kai", headers={"If-None-Match": page.headers["etag"]}).status_code == 304
    (data,) = re.findall(r'<script type="application/ld\+json">(.*?)</script>', page.text, re.DOTALL)
    made = json.loads(data)
    assert (made["@type"], made["name"], made["sameAs"]) == ("Organization", "さくら会", "https://sakura.example.jp")
    assert 'property="og:title"' in page.text


def test_its_flyers_and_topics_stand_there(visit, world, sakura):
    sent = visit(world.chie).post(f"{API}/flyers", data=form(group="sakura-kai", title="春の市"), files=photo())
    assert sent.status_code == 201
    with db.transaction(write=True) as tx:
        boards.open_topic(
            tx, now(tx, world.chie), board="hitoyoshi-hiroba", kind="talk", title="手伝って", body="ね", group="sakura-kai"
        )
    page = visit().get("/g/sakura-kai").text
    assert sent.json()["id"] in page
    assert "手伝って" in page
    found = visit().get(f"{API}/groups/sakura-kai").json()
    assert ([one["title"] for one in found["flyers"]], [one["title"] for one in found["topics"]]) == (["春の市"], ["手伝って"])
    flyer = visit().get(f"/f/{sent.json()['id']}").text
    assert 'href="/g/sakura-kai"' in flyer
    assert "Chie" not in flyer


def test_what_is_asked_declined_or_closed_has_no_page(visit, world, sakura):
    with db.transaction(write=True) as tx:
        asked(tx, world.chie, slug="chie-kai")
    assert visit(world.chie).get("/g/chie-kai").status_code == 404
    assert visit().get(f"{API}/groups/chie-kai").status_code == 404
    with db.transaction(write=True) as tx:
        groups.decide(tx, world.ben, slug="chie-kai", approve=False, reason="x")
        groups.close(tx, now(tx, world.aki), slug="sakura-kai")
    assert visit(world.chie).get("/g/chie-kai").status_code == 404
    assert visit().get("/g/sakura-kai").status_code == 410
    problem(visit().get(f"{API}/groups/sakura-kai"), 410, "group_closed")


@pytest.mark.parametrize("slug", ["x", "%2e%2e", "a" * 90, "さくら", "sakura-kai%00", "SAKURA-KAI"])
def test_forged_addresses_lead_nowhere(visit, sakura, slug):
    assert visit().get(f"/g/{slug}").status_code == 404
    assert visit().get(f"{API}/groups/{slug}").status_code == 404


def test_the_sitemap_names_active_groups(visit, world, sakura):
    with db.transaction(write=True) as tx:
        asked(tx, world.chie, slug="chie-kai")
    found = visit().get("/sitemap/pages.xml").text
    assert "/g/sakura-kai</loc>" in found
    assert "chie-kai" not in found


def test_a_guest_points_at_the_group_and_staff_see_it(visit, world, sakura):
    missing = visit().post("/g/sakura-kai/report", data={"reason": "other"})
    assert missing.status_code == 422
    sent = visit().post("/g/sakura-kai/report", data={"reason": "advert"})
    assert (sent.status_code, sent.headers["location"]) == (303, "/g/sakura-kai?reported=1#report")


def test_i_know_my_groups(visit, world, sakura):
    assert visit(world.aki).get(f"{API}/me").json()["groups"] == [{"slug": "sakura-kai", "name": "さくら会", "role": "owner"}]
    assert visit(world.ben).get(f"{API}/me").json()["groups"] == []


def test_the_api_refuses_who_does_not_speak_for_the_group(visit, world, sakura):
    problem(visit(world.fumi).post(f"{API}/flyers", data=form(group="sakura-kai"), files=photo()), 403, "not_allowed_group_only")
    problem(visit().post(f"{API}/flyers", data=form(group="sakura-kai"), files=photo()), 401, "sign_in_first")
    problem(visit(world.aki).post(f"{API}/flyers", data=form(group="no-such"), files=photo()), 422, "group_unknown", "group")
    topic = {"title": "x", "body": "y", "group": "sakura-kai"}
    problem(visit(world.fumi).post(f"{API}/boards/hitoyoshi-hiroba/topics", json=topic), 403, "not_allowed_group_only")


def test_a_post_for_the_group_names_no_person_to_strangers(visit, world, sakura):
    topic = {"title": "市", "body": "来てね", "group": "sakura-kai"}
    made = visit(world.chie).post(f"{API}/boards/hitoyoshi-hiroba/topics", json=topic).json()
    assert made["author"]["group"]["name"] == "さくら会"
    path = f"{API}/topics/{made['id']}/posts"
    assert "Chie" not in visit().get(path).text
    assert visit(world.aki).get(path).json()["items"][0]["author"]["by"] == "Chie"
    assert "Chie" not in visit().get(f"/b/hitoyoshi-hiroba/{made['id']}").text


def test_a_flyer_is_put_into_the_groups_name_afterwards(visit, world, sakura):
    with db.transaction(write=True) as tx:
        public_id = post_flyer(tx, world.chie).public_id
    chie = visit(world.chie)
    assert chie.patch(f"{API}/flyers/{public_id}", json={"group": "sakura-kai"}).json()["group"]["slug"] == "sakura-kai"
    assert visit(world.aki).patch(f"{API}/flyers/{public_id}", json={"title": "冬の市"}).status_code == 200
    problem(visit(world.aki).patch(f"{API}/flyers/{public_id}", json={"group": ""}), 422, "group_flyer_not_yours", "group")
    assert chie.patch(f"{API}/flyers/{public_id}", json={"group": ""}).json()["group"] is None
    problem(visit(world.aki).patch(f"{API}/flyers/{public_id}", json={"title": "x"}), 403, "not_allowed_here")
