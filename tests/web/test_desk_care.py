"""``/desk/care``: Ben sets what holds posts on his town's boards, tries it, and what a held post's author and staff read."""

from __future__ import annotations

import pytest

from tamemap import db
from tamemap.domain.caring import Wishes
from tamemap.i18n import t
from tamemap.models import Case
from tamemap.queries.care_settings import care_desk
from tamemap.services import invitations, posts
from tests import factories
from tests.factories import HITOYOSHI
from tests.web.pages import read

HERE = "/desk/care"
NUMBERS = {"hold_first": "1", "flood": "9", "surge": "０", "reports": "4"}


def wishes(world):
    with db.transaction(write=False) as tx:
        return care_desk(tx, world.ben, map_slug="hitoyoshi").wishes


@pytest.fixture
def gina(world):
    """Gina, a curator of 人吉市."""
    with db.transaction(write=True) as tx:
        made = factories.person(tx, "Gina")
        invitations.give_staff(tx, person_id=made.person_id, municipality_code=HITOYOSHI, level="curator")
    return made


def test_ben_sets_the_rules_and_finds_them_again(world, visit):
    ben = visit(world.ben)
    page = read(ben.get(HERE))
    assert [box["value"] for box in page.all("input", type="checkbox") if "checked" in box.attributes] == [
        *("hold_words", "hold_links", "hold_contacts", "hold_repeats")
    ]
    sent = {"map": "hitoyoshi", "on": ["hold_words", "hold_repeats"], "words": "闇バイト\r\n\r\n 一攫千金 ", **NUMBERS}
    answer = ben.post(HERE, data=sent)
    assert (answer.status_code, answer.headers["location"]) == (303, f"{HERE}?map=hitoyoshi&said=care_set")
    assert wishes(world) == Wishes(("闇バイト", "一攫千金"), True, False, False, 1, 9, True, 0, 4)
    page = read(ben.get(answer.headers["location"]))
    assert t("said.care_set") in page.text
    assert page.one("textarea", id="words").text == "闇バイト 一攫千金"
    assert page.one("input", id="flood")["value"] == "9"


def test_what_is_wrong_is_said_and_nothing_typed_is_lost(world, visit):
    sent = {"map": "hitoyoshi", "on": "hold_links", "words": "。。。", **NUMBERS, "flood": "たくさん"}
    answer = visit(world.ben).post(HERE, data=sent)
    page = read(answer)
    assert answer.status_code == 422
    assert page.one("p", id="flood-error").text == t("errors.care_number_wrong", limit=100)
    assert page.one("p", id="words-error").text == t("errors.care_word_empty", word="。。。")
    assert page.one("input", id="flood")["value"] == "たくさん"
    assert [box["value"] for box in page.all("input", type="checkbox") if "checked" in box.attributes] == ["hold_links"]
    assert wishes(world) == Wishes()


def test_a_curator_reads_and_strangers_are_sent_away(world, visit, gina):
    curator = visit(gina)
    page = read(curator.get(HERE))
    assert t("desk_care.read_only") in page.text
    assert "disabled" in page.one("fieldset").attributes
    assert curator.post(HERE, data={"map": "hitoyoshi", "words": "闇バイト", **NUMBERS}).status_code == 403
    assert visit(world.aki).get(HERE).status_code == 403
    assert visit().get(HERE).headers["location"] == "/sign-in?then=%2Fdesk%2Fcare"
    assert visit(world.fumi).get(f"{HERE}?map=hitoyoshi").status_code == 403
    assert wishes(world) == Wishes()


def test_the_operator_sets_the_regional_map(world, visit):
    emi = visit(world.emi)
    assert t("desk_care.settings", map="人吉球磨マップ") in read(emi.get(f"{HERE}?map=hitoyoshi-kuma")).text
    assert emi.post(HERE, data={"map": "hitoyoshi-kuma", "words": "闇バイト", **NUMBERS}).status_code == 303
    assert visit(world.ben).get(f"{HERE}?map=hitoyoshi-kuma").status_code == 403


def test_trying_says_which_rule_and_what_it_sees(world, visit):
    ben = visit(world.ben)
    page = read(ben.post(HERE, data={"map": "hitoyoshi", "deed": "try", "text": "https://shop.example.net <b>"}))
    assert t("care.why.links", host="shop.example.net") in page.text
    assert page.one("textarea", id="text").text.strip() == "https://shop.example.net <b>"
    page = read(ben.post(HERE, data={"map": "hitoyoshi", "deed": "try", "text": "いい天気"}))
    assert t("desk_care.try_none") in page.text
    answer = ben.post(HERE, data={"map": "hitoyoshi", "deed": "try", "text": ""})
    assert (answer.status_code, read(answer).one("p", id="text-error").text) == (422, t("errors.text_empty"))
    with db.transaction(write=False) as tx:
        assert tx.query(Case).all() == []


def test_the_author_reads_what_kind_of_check_and_staff_read_why(world, visit):
    with db.transaction(write=True) as tx:
        talk = factories.topic(tx, world.ben, title="朝市")
        made = posts.write_post(tx, world.chie, topic=talk.public_id, body="https://shop.example.net/x")
    address = f"/b/{talk.board}/{talk.public_id}"
    mine = read(visit(world.chie).get(address)).text
    assert t("care.told.links") in mine
    assert t("care.told.wait") in mine
    assert "shop.example.net" in mine
    for who in (world.aki, None):
        others = read(visit(who).get(address) if who else visit().get(address)).text
        assert t("care.held_line") not in others
        assert "shop.example.net" not in others
    ben = visit(world.ben)
    for page in (ben.get("/desk/cases"), ben.get("/desk/cases/" + _case(made.public_id))):
        said = read(page).text
        assert t("care.rules.links") in said
        assert t("care.why.links", host="shop.example.net") in said
        assert t("trust.level.0") in said


def _case(thing_id):
    with db.transaction(write=False) as tx:
        return tx.query(Case.public_id).filter(Case.thing_id == thing_id).scalar()
