"""/me/about as Chie fills it in: what she typed comes back when it was wrong, each thing is taken back alone."""

from __future__ import annotations

import re

import pytest

from tamemap import db
from tamemap.i18n import t
from tamemap.queries.fans import my_fan
from tests.factories import HITOYOSHI

HERE = "/me/about"


def seen_by(actor):
    with db.transaction(write=False) as tx:
        return my_fan(tx, actor)


def test_a_guest_is_sent_to_sign_in_and_comes_back(visit):
    for answer in (visit().get(HERE), visit().post(HERE, data={"prefecture": "43"})):
        assert (answer.status_code, answer.headers["location"]) == (303, "/sign-in?then=%2Fme%2Fabout")


def test_chie_tells_and_finds_it_again(visit, world):
    chie = visit(world.chie)
    sent = {"prefecture": "08", "age_band": "30", "gender": "女", "interests": ["food", "nature"]}
    answer = chie.post(HERE, data=sent)
    assert (answer.status_code, answer.headers["location"]) == (303, "/me/about?said=fan_told")
    page = chie.get(answer.headers["location"]).text
    assert t("said.fan_told") in page
    assert '<option value="08" selected>茨城県</option>' in page
    assert re.findall(r'name="interests" value="(\w+)" checked', page) == ["food", "nature"]
    assert 'value="女"' in page
    # why it is asked stands at each field, and who sees it
    for key in ("prefecture_why", "age_band_why", "gender_why", "interests_why", "ties_why", "who_sees"):
        assert t(f"fan.{key}") in page


def test_what_was_typed_comes_back_when_it_is_wrong(visit, world):
    chie = visit(world.chie)
    answer = chie.post(HERE, data={"prefecture": "13", "age_band": "40", "gender": "あ" * 41, "interests": "sport"})
    assert answer.status_code == 422
    assert t("errors.text_too_long", limit=40, over=1) in answer.text
    assert 'aria-describedby="gender-hint gender-error"' in answer.text
    assert "あ" * 41 in answer.text
    assert '<option value="13" selected>' in answer.text
    assert re.findall(r'name="interests" value="(\w+)" checked', answer.text) == ["sport"]
    assert seen_by(world.chie).told == 0


def test_ties_are_added_and_taken_back(visit, world):
    chie = visit(world.chie)
    answer = chie.post(HERE, data={"prefecture": "08", "tie_to": HITOYOSHI, "kinds": ["visited", "family"]})
    assert (answer.status_code, answer.headers["location"]) == (303, "/me/about?said=fan_told")
    page = chie.get(HERE).text
    assert f"{t('fan.tie.family')}{t('fan.and')}{t('fan.tie.visited')}" in page
    assert f'name="forget" value="tie:{HITOYOSHI}"' in page
    # saving the rest leaves them alone
    chie.post(HERE, data={"prefecture": "13"})
    assert [one.kinds for one in seen_by(world.chie).ties] == [("family", "visited")]
    chie.post(HERE, data={"forget": f"tie:{HITOYOSHI}"})
    assert (seen_by(world.chie).ties, seen_by(world.chie).prefecture) == ((), "13")


@pytest.mark.parametrize(("sent", "words"), [
    ({"kinds": "visited"}, "errors.fan_town_missing"),
    ({"tie_to": "999999", "kinds": "visited"}, "errors.municipality_unknown"),
    ({"tie_to": HITOYOSHI}, "errors.fan_kind_missing"),
    ({"tie_to": HITOYOSHI, "kinds": "king"}, "errors.choice_wrong"),
])  # fmt: skip
def test_a_wrong_tie_is_said_where_it_is_wrong_and_nothing_is_kept(visit, world, sent, words):
    answer = visit(world.chie).post(HERE, data=sent | {"prefecture": "08", "interests": "food"})
    assert (answer.status_code, t(words) in answer.text, seen_by(world.chie).told) == (422, True, 0)
    assert '<option value="08" selected>' in answer.text
    if sent.get("kinds") == "visited":
        assert 'name="kinds" value="visited" checked' in answer.text
    if sent.get("tie_to") == HITOYOSHI:
        assert f'<option value="{HITOYOSHI}" selected>' in answer.text


def test_all_mistakes_are_said_at_once(visit, world):
    answer = visit(world.chie).post(HERE, data={"gender": "あ" * 41, "tie_to": HITOYOSHI, "interests": "money"})
    for words in (t("errors.text_too_long", limit=40, over=1), t("errors.fan_kind_missing"), t("errors.choice_wrong")):
        assert words in answer.text


def test_one_thing_or_everything_is_taken_back(visit, world):
    chie = visit(world.chie)
    chie.post(HERE, data={"prefecture": "08", "age_band": "30", "gender": "女", "tie_to": HITOYOSHI, "kinds": "visited"})
    # a button takes back its own field, whatever stands in the others at that moment
    answer = chie.post(HERE, data={"forget": "gender", "prefecture": "13", "age_band": "", "gender": "x"})
    assert answer.headers["location"] == "/me/about?said=fan_forgotten"
    assert (seen_by(world.chie).prefecture, seen_by(world.chie).gender) == ("08", "")
    answer = chie.post(HERE, data={"forget": "all"})
    assert answer.headers["location"] == "/me/about?said=fan_forgotten_all"
    assert seen_by(world.chie).told == 0
    assert chie.post(HERE, data={"forget": "name"}).status_code == 422


def test_it_is_said_in_english_too(visit, world):
    chie = visit(world.chie)
    page = chie.get(f"{HERE}?lang=en").text
    assert "<h1>About me</h1>" in page
    assert '<option value="43">Kumamoto</option>' in page
    answer = chie.post(f"{HERE}?lang=en", data={"prefecture": "43"})
    assert answer.headers["location"] == "/me/about?said=fan_told&lang=en"


def test_another_origin_changes_nothing(visit, world):
    chie = visit(world.chie)
    answer = chie.post(HERE, data={"prefecture": "43"}, headers={"origin": "https://evil.example"})
    assert (answer.status_code, seen_by(world.chie).told) == (403, 0)
