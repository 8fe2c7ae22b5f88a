"""``/me/residence``: the page and its forms, without script."""

from __future__ import annotations

import pytest

from tamemap import db, session
from tamemap.domain.residence import said_code
from tamemap.gateways import oidc
from tamemap.i18n import t
from tamemap.models import Person, Place
from tamemap.services import map_settings, residence_codes
from tests.factories import HITOYOSHI, KASHIMA, NISHIKI
from tests.web.pages import read

HERE = "/me/residence"


def person(actor) -> Person:
    with db.transaction(write=False) as tx:
        return tx.get_one(Person, actor.person_id)


def printed(actor, *, uses_each: int = 2) -> str:
    """A code of 人吉市 that Ben has had printed."""
    with db.transaction(write=True) as tx:
        batch = residence_codes.make(tx, actor, municipality_code=HITOYOSHI, kind="household", name="全世帯", amount=1,
                                     uses_each=uses_each, ends_on="2027-03-31")  # fmt: skip
        return residence_codes.hand_out(tx, actor, public_id=batch.public_id).codes[0].code


def said_on(page) -> str:
    return page.one("div", class_="tm-banner--success", role="status").text


def test_chie_says_where_she_lives(world, visit):
    chie = visit(world.chie)
    form = read(chie.get(HERE)).one("select", name="municipality")
    assert form.one("option", value=KASHIMA).has(selected="")
    sent = chie.post(HERE, data={"deed": "say", "municipality": HITOYOSHI, "district": "九日町"})
    assert (sent.status_code, sent.headers["location"]) == (303, f"{HERE}?said=residence_said")
    page = read(chie.get(sent.headers["location"]))
    assert said_on(page) == t("said.residence_said")
    assert page.one("input", name="district")["value"] == "九日町"
    assert (person(world.chie).residence_code, person(world.chie).district) == (HITOYOSHI, "九日町")


def test_the_districts_of_the_town_are_suggested(world, visit):
    with db.transaction(write=True) as tx:
        for code, kind, name in ((HITOYOSHI, "town", "九日町"), (HITOYOSHI, "office", "人吉市役所"), (NISHIKI, "town", "一武")):
            tx.add(Place(municipality_code=code, kind=kind, name=name, folded=name))
    page = read(visit(world.aki).get(HERE))
    assert [one["value"] for one in page.one("datalist", id="districts").all("option")] == ["九日町"]
    assert page.one("input", name="district")["list"] == "districts"


def test_wrong_input_comes_back_with_what_was_typed(world, visit):
    sent = visit(world.aki).post(HERE, data={"deed": "say", "municipality": HITOYOSHI, "district": "町" * 41})
    assert sent.status_code == 422
    page = read(sent)
    assert page.one("input", name="district")["value"] == "町" * 41
    assert page.one("p", id="district-error").text == t("errors.text_too_long", limit=40, over=1)
    assert visit(world.aki).post(HERE, data={"municipality": "131016"}).status_code == 422
    assert person(world.aki).district == ""


def test_aki_comes_by_the_qr_signs_in_and_finds_her_code_typed_in(world, visit):
    code = printed(world.ben)
    guest = visit()
    sent = guest.get(f"{HERE}?code={code}")
    assert (sent.status_code, sent.headers["location"]) == (303, f"/sign-in?then=%2Fme%2Fresidence%3Fcode%3D{code}")
    assert read(guest.get(sent.headers["location"])).one("input", name="then")["value"] == f"{HERE}?code={code}"
    aki = visit(world.aki)
    assert read(aki.get(f"{HERE}?code={code}")).one("input", name="code")["value"] == code
    done = aki.post(HERE, data={"deed": "code", "code": said_code(code)})
    assert (done.status_code, done.headers["location"]) == (303, f"{HERE}?said=residence_proved")
    page = read(aki.get(done.headers["location"]))
    assert said_on(page) == t("said.residence_proved")
    banner = page.all("div", class_="tm-banner--success")[1].text
    assert banner.startswith("人吉市に住んでいることをたしかめました")
    assert "11月22日（日）" in banner
    assert "2027年11月22日（月）" in banner


def test_a_wrong_code_says_what_to_do_and_stays_in_its_field(world, visit):
    aki = visit(world.aki)
    for typed, problem in (
        ("k7m-29xp-qab", "residence_code_wrong"),
        ("O7M", "residence_code_shape"),
        ("", "residence_code_missing"),
    ):
        sent = aki.post(HERE, data={"deed": "code", "code": typed})
        assert sent.status_code == 422
        field = read(sent).one("input", name="code")
        assert (field["value"], field["aria-invalid"]) == (typed, "true")
        assert read(sent).one("p", id="code-error").text == t(f"errors.{problem}")


def test_too_many_tries_are_told_on_the_page(world, visit, monkeypatch):
    monkeypatch.setattr(residence_codes, "TRIES_OF_PERSON", 1)
    aki = visit(world.chie)
    aki.post(HERE, data={"deed": "code", "code": "k7m-29xp-qab"})
    sent = aki.post(HERE, data={"deed": "code", "code": "k7m-29xp-qab"})
    assert sent.status_code == 429
    assert int(sent.headers["retry-after"]) > 0
    assert read(sent).one("div", class_="tm-banner--error").text == t("errors.residence_code_too_many")
    assert read(sent).one("input", name="code")["value"] == "k7m-29xp-qab"


def test_who_was_signed_out_meanwhile_keeps_the_code(world, visit):
    sent = visit().post(HERE, data={"deed": "code", "code": "K7M-29XP-QAB"})
    assert (sent.status_code, sent.headers["location"]) == (303, "/sign-in?then=%2Fme%2Fresidence%3Fcode%3DK7M-29XP-QAB")
    sent = visit().post(HERE, data={"deed": "say", "municipality": HITOYOSHI})
    assert sent.headers["location"] == "/sign-in?then=%2Fme%2Fresidence"


def test_moving_drops_the_proof_and_everything_can_be_taken_back(world, visit):
    aki = visit(world.aki)
    aki.post(HERE, data={"deed": "code", "code": printed(world.ben)})
    moved = aki.post(HERE, data={"deed": "say", "municipality": NISHIKI, "district": ""})
    assert moved.headers["location"] == f"{HERE}?said=residence_moved"
    assert person(world.aki).proved_code is None
    gone = aki.post(HERE, data={"deed": "forget"})
    assert gone.headers["location"] == f"{HERE}?said=residence_forgotten"
    row = person(world.aki)
    assert (row.residence_code, row.district, row.proved_code, row.proved_at) == (None, "", None, None)
    assert not read(aki.get(HERE)).all("input", name="deed", value="forget")


def test_it_says_what_the_towns_map_asks_proof_for(world, visit):
    assert "ぜんぶできます" in read(visit(world.aki).get(HERE)).text
    with db.transaction(write=True) as tx:
        map_settings.change(
            tx, world.ben, slug="hitoyoshi", guests_may_post=True, hold_guests=True, proof_for=["flyers", "posts"]
        )
    text = read(visit(world.aki).get(HERE)).text
    assert t("residence.for.flyers") in text
    assert t("residence.for.posts") in text
    assert t("residence.for.topics") not in text


@pytest.mark.parametrize("there", [True, False])
def test_the_card_is_offered_only_where_the_app_is_set_up(world, visit, monkeypatch, there):
    monkeypatch.setattr(oidc, "digital_configured", lambda: there)
    forms = read(visit(world.aki).get(HERE)).all("form", action="/auth/residence", method="post")
    assert len(forms) == (1 if there else 0)


def test_the_page_is_nobody_elses_and_speaks_english(world, visit):
    answer = visit(world.aki).get(f"{HERE}?lang=en")
    assert answer.headers["cache-control"] == "private, no-store"
    page = read(answer)
    assert page.one("h1").text == t("residence.title", "en")
    assert page.one("input", name="code").attributes["autocomplete"] == "off"
    sent = visit(world.aki).post(f"{HERE}?lang=en", data={"deed": "say", "municipality": NISHIKI})
    assert sent.headers["location"] == f"{HERE}?said=residence_said&lang=en"


def test_another_sites_page_proves_and_forgets_nothing(world, visit):
    aki = visit(world.aki, Origin="https://evil.example")
    assert aki.post(HERE, data={"deed": "forget"}).status_code == 403
    assert person(world.aki).residence_code == HITOYOSHI
    assert session.COOKIE in aki.cookies
