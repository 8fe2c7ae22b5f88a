"""``/desk/maps``: what a town decides for its map."""

from __future__ import annotations

from sqlmodel import select

from tamemap import db
from tamemap.domain.permissions import PROVABLE
from tamemap.i18n import t
from tamemap.models import Map
from tamemap.services import residence
from tests import factories
from tests.factories import HITOYOSHI
from tests.web.browsers import form, photo, problem
from tests.web.pages import read

HERE = "/desk/maps"


def settings(slug: str = "hitoyoshi") -> tuple[bool, bool, str]:
    with db.transaction(write=False) as tx:
        row = tx.exec(select(Map).where(Map.slug == slug)).one()
        return row.guests_may_post, row.hold_guests, row.proof_for


def ticked(page) -> set[str]:
    return {one["value"] if one["name"] == "proof_for" else one["name"] for one in page.all("input", type="checkbox", checked="")}


def test_ben_sets_his_towns_map(world, visit):
    ben = visit(world.ben)
    assert ticked(read(ben.get(HERE))) == {"guests_may_post", "hold_guests"}
    sent = ben.post(HERE, data={"map": "hitoyoshi", "hold_guests": "1", "proof_for": ["topics", "flyers"]})
    assert (sent.status_code, sent.headers["location"]) == (303, f"{HERE}?map=hitoyoshi&said=map_set")
    assert settings() == (False, True, "flyers topics")
    page = read(ben.get(sent.headers["location"]))
    assert page.one("div", class_="tm-banner--success").text == t("said.map_set")
    assert ticked(page) == {"hold_guests", "flyers", "topics"}


def test_each_thing_that_can_need_proof_is_explained_and_reading_is_none(world, visit):
    page = read(visit(world.ben).get(HERE))
    assert [one["value"] for one in page.all("input", name="proof_for")] == list(PROVABLE)
    for name in PROVABLE:
        assert t(f"map_settings.proof_for_hint.{name}") in page.text
    assert t("map_settings.reading") in page.text


def test_the_operator_chooses_among_the_maps_of_the_region(world, visit):
    emi = visit(world.emi)
    page = read(emi.get(f"{HERE}?map=nishiki"))
    assert page.one("a", aria_current="page", href=f"{HERE}?map=nishiki").text == "錦町マップ"
    assert page.one("input", name="map")["value"] == "nishiki"
    assert read(emi.get(f"{HERE}?map=kashima")).one("input", name="map")["value"] == "hitoyoshi"


def test_a_forged_form_changes_nothing(world, visit):
    before = settings(), settings("nishiki")
    assert visit(world.ben).post(HERE, data={"map": "nishiki", "proof_for": "flyers"}).status_code == 403
    assert visit(world.ben).post(HERE, data={"map": "hitoyoshi", "proof_for": "reading"}).status_code == 422
    assert visit(world.ben).post(HERE, data={"map": "hitoyoshi-kuma"}).status_code == 404
    assert visit(world.chie).post(HERE, data={"map": "hitoyoshi"}).status_code == 403
    assert visit().post(HERE, data={"map": "hitoyoshi"}).headers["location"] == "/sign-in?then=%2Fdesk%2Fmaps"
    assert visit(world.chie).get(HERE).status_code == 403
    assert (settings(), settings("nishiki")) == before


def test_the_api_and_the_public_boards_say_what_needs_proof(world, visit):
    with db.transaction(write=True) as tx:
        talk = factories.topic(tx, world.ben).public_id
    paths = ("/b/hitoyoshi-hiroba", f"/b/hitoyoshi-hiroba/{talk}")
    before = [visit().get(path) for path in paths]
    assert not any(read(page).all("a", href="/me/residence") for page in before)
    visit(world.ben).post(HERE, data={"map": "hitoyoshi", "proof_for": ["flyers", "posts"]})
    assert visit().get("/api/v1/maps/hitoyoshi").json()["proof_for"] == ["flyers", "posts"]
    for path, page in zip(paths, before, strict=True):
        now = visit().get(path, headers={"If-None-Match": page.headers["etag"]})
        assert now.status_code == 200
        assert len(read(now).all("a", href="/me/residence")) == 1


def test_posting_without_proof_is_refused_with_words_that_help(world, visit):
    visit(world.ben).post(HERE, data={"map": "hitoyoshi", "proof_for": "flyers", "guests_may_post": "1"})
    aki = visit(world.aki)
    assert aki.get("/api/v1/me").json()["proved"] is None
    refused = problem(aki.post("/api/v1/flyers", data=form(), files=photo()), 403, "not_allowed_proof_only")
    assert refused["detail"] == t("errors.not_allowed_proof_only")
    with db.transaction(write=True) as tx:
        residence.keep_proof(tx, world.aki, municipality_code=HITOYOSHI)
    assert aki.get("/api/v1/me").json()["proved"] == HITOYOSHI
    assert aki.post("/api/v1/flyers", data=form(), files=photo()).status_code == 201
