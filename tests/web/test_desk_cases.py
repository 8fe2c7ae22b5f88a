"""``/desk/cases``, ``/desk/templates``, ``/desk/figures`` and ``/decisions/…``: moderation by plain forms."""

from __future__ import annotations

import pytest
from sqlmodel import select

from tamemap import db
from tamemap.i18n import t
from tamemap.models import Case, CaseDecision
from tamemap.services import decisions, posts, reports
from tests import factories
from tests.factories import HITOYOSHI
from tests.web.pages import read

HERE = "/desk/cases"


@pytest.fixture
def waiting(world):
    """A post of Aki's that Chie pointed at: the case, the topic, the post."""
    with db.transaction(write=True) as tx:
        talk = factories.topic(tx, world.aki).public_id
        post = factories.post(tx, world.aki, talk, body="ひどいことば").public_id
        reports.make(tx, world.chie, thing="post", thing_id=post, reason="rude", words="つらい")
        return tx.exec(select(Case.public_id)).one(), talk, post


def made():
    with db.transaction(write=False) as tx:
        return tx.exec(select(CaseDecision.public_id).order_by(CaseDecision.id)).all()


def test_ben_sees_the_case_in_its_context_and_who_looks(world, visit, waiting):
    case, _, _ = waiting
    ben, emi = visit(world.ben), visit(world.emi)
    listed = read(ben.get(HERE))
    assert listed.one("input", name="case")["value"] == case
    for words in ("ひどいことば", "つらい", t("report_reasons.rude"), "Aki"):
        assert words in listed.text
    shown = read(emi.get(f"{HERE}/{case}"))
    assert "よろしく。" in shown.text
    assert {one["value"] for one in shown.all("input", name="decision")} == {"keep", "hold", "remove", "warn", "suspend"}
    assert t("care.looking", name="Emi", since="11月22日（日） 12:00") in read(ben.get(HERE)).text


def test_ben_removes_aki_reads_why_objects_and_emi_upholds(world, visit, waiting):
    case, talk, _ = waiting
    ben, aki, emi = visit(world.ben), visit(world.aki), visit(world.emi)
    sent = ben.post(f"{HERE}/{case}", data={"decision": "remove", "rule": "harassment", "words": "おだやかに"})
    assert (sent.status_code, sent.headers["location"]) == (303, f"{HERE}?said=case_decided")
    assert "ひどいことば" not in visit().get(f"/b/hitoyoshi-hiroba/{talk}").text
    (decision,) = made()
    own = read(aki.get(f"/decisions/{decision}"))
    for words in (t("care.decision.remove"), t("care.rule.harassment"), "おだやかに"):
        assert words in own.text
    assert "Ben" not in own.text
    assert aki.post(f"/decisions/{decision}", data={"words": " "}).status_code == 422
    assert aki.post(f"/decisions/{decision}", data={"words": "ちがいます"}).headers["location"].endswith("said=objection_sent")
    assert aki.post(f"/decisions/{decision}", data={"words": "また"}).status_code == 409
    assert t("care.objection_own") in read(ben.get(f"{HERE}/{case}")).text
    answer = {"deed": "answer", "made": decision, "outcome": "upheld", "words": "すみません"}
    refused = ben.post(f"{HERE}/{case}", data=answer)
    assert refused.status_code == 403
    assert t("errors.objection_other_needed") in refused.text
    assert emi.post(f"{HERE}/{case}", data=answer).status_code == 303
    assert "ひどいことば" in visit().get(f"/b/hitoyoshi-hiroba/{talk}").text
    assert t("care.own_upheld") in read(aki.get(f"/decisions/{decision}")).text


def test_a_held_post_is_a_quiet_line_for_readers(world, visit, waiting):
    case, talk, post = waiting
    visit(world.ben).post(f"{HERE}/{case}", data={"decision": "hold", "rule": "off_topic"})
    page = visit().get(f"/b/hitoyoshi-hiroba/{talk}")
    assert t("care.held_line") in page.text
    assert "ひどいことば" not in page.text
    seen = {
        who.name: {
            one["id"]: (one["held"], one["html"]) for one in visit(who).get(f"/api/v1/topics/{talk}/posts").json()["items"]
        }
        for who in (world.aki, world.ben, world.chie)
    }
    assert seen["Chie"][post] == (True, "")
    assert seen["Aki"][post] == seen["Ben"][post] == (True, "<p>ひどいことば</p>\n") or "ひどいことば" in seen["Aki"][post][1]


def test_wrong_decisions_come_back_with_what_was_typed(world, visit, waiting):
    case, _, _ = waiting
    ben = visit(world.ben)
    for path, sent in ((f"{HERE}/{case}", {}), (HERE, {"case": case})):
        back = ben.post(path, data={"decision": "remove", "rule": "other", "words": "", **sent})
        assert back.status_code == 422
        assert t("errors.case_words_missing") in back.text
        back = ben.post(path, data={"decision": "suspend", "rule": "harassment", "days": "９", "words": "<b>x", **sent})
        assert back.status_code == 422
        assert "&lt;b&gt;x" in back.text
    assert ben.post(HERE, data={"decision": "keep"}).status_code == 422
    assert made() == []


def test_the_second_of_two_is_told_kindly(world, visit, waiting):
    case, _, _ = waiting
    visit(world.ben).post(f"{HERE}/{case}", data={"decision": "keep"})
    late = visit(world.emi).post(f"{HERE}/{case}", data={"decision": "remove", "rule": "harassment"})
    assert late.status_code == 409
    assert t("errors.case_decided") in late.text


def test_others_are_kept_out(world, visit, waiting):
    case, _, _ = waiting
    for path in (HERE, f"{HERE}/{case}", "/desk/templates", "/desk/figures", "/desk/figures.csv"):
        assert visit(world.chie).get(path).status_code == 403
        assert visit().get(path).headers["location"].startswith("/sign-in?then=")
    fumi = visit(world.fumi)
    assert not read(fumi.get(HERE)).all("input", name="case")
    assert fumi.get(f"{HERE}/{case}").status_code == 403
    assert fumi.post(f"{HERE}/{case}", data={"decision": "keep"}).status_code == 403
    assert made() == []


def test_a_templates_words_are_sent_where_there_are_no_others(world, visit, waiting):
    case, _, _ = waiting
    ben = visit(world.ben)
    wish = {"municipality": HITOYOSHI, "name": "お願い", "words": "おだやかにお願いします。"}
    assert ben.post("/desk/templates", data=wish).status_code == 303
    assert ben.post("/desk/templates", data=wish | {"name": ""}).status_code == 422
    template = read(ben.get("/desk/templates")).one("input", name="template")["value"]
    ben.post(f"{HERE}/{case}", data={"decision": "warn", "rule": "harassment", "template": template})
    assert "おだやかにお願いします。" in visit(world.aki).get(f"/decisions/{made()[0]}").text
    assert ben.post("/desk/templates", data={"deed": "remove", "template": template}).status_code == 303
    assert not read(ben.get("/desk/templates")).all("input", name="template")


def test_the_figures_stand_on_a_page_and_in_a_file(world, visit, waiting):
    ben = visit(world.ben)
    assert t("care.age.day") in read(ben.get("/desk/figures?days=90&town=")).text
    file = ben.get("/desk/figures.csv?days=x")
    assert file.headers["content-type"] == "text/csv; charset=utf-8"
    assert file.text.startswith("\ufeff")
    assert f"{t('care.figures_open')},{t('care.age.day')},1\r\n" in file.text


def test_a_suspended_person_is_told_until_when(world, visit, waiting):
    case, talk, _ = waiting
    visit(world.ben).post(f"{HERE}/{case}", data={"decision": "suspend", "rule": "harassment", "days": "7"})
    refused = visit(world.aki).post(f"/api/v1/topics/{talk}/posts", json={"body": "まだです"})
    assert refused.status_code == 403
    assert refused.json()["code"] == "suspended"
    assert "2026-11-29 12:00" in refused.json()["detail"]


def test_the_case_shows_where_it_stands_and_what_was_before(world, visit, waiting):
    case, talk, post = waiting
    with db.transaction(write=True) as tx:
        for number in range(4):
            factories.post(tx, world.chie, talk, body=f"そのあと{number}")
        other = factories.post(tx, world.aki, talk, body="まえのこと").public_id
        posts.remove_post(tx, world.ben, post=other, reason="番号", rule="personal_data")
    shown = read(visit(world.ben).get(f"{HERE}/{case}"))
    assert [one.text for one in shown.all("a", href=f"/b/hitoyoshi-hiroba/{talk}")] == ["はじめまして"]
    lines = [one.text for one in shown.all("div", class_="tm-post")]
    assert [("Aki" in one, "Chie" in one) for one in lines] == [(True, False), (True, False), (False, True), (False, True)]
    assert "ひどいことば" in lines[1]
    assert t("care.count", decision=t("care.decision.remove"), count=1) in shown.text
    assert t("care.rule_said.personal_data") in shown.text
    assert post not in {one["value"] for one in shown.all("input", name="case")}


def test_a_flyers_case_shows_what_it_says_and_where_it_hangs(world, visit):
    with db.transaction(write=True) as tx:
        fair = factories.flyer(tx, world.aki, outside=True, venue="公民館", starts_at="2026-12-01").public_id
        reports.make(tx, world.chie, thing="flyer", thing_id=fair, reason="wrong")
        case = tx.exec(select(Case.public_id)).one()
    shown = read(visit(world.ben).get(f"{HERE}/{case}"))
    for words in ("公民館", "12月1日（火）", t("category.market"), "人吉市マップ", "人吉球磨マップ", t("placement.up")):
        assert words in shown.text


def test_two_who_look_at_one_case_learn_of_each_other_and_one_who_leaves_is_gone(world, visit, waiting):
    case, _, _ = waiting
    ben, emi, here = visit(world.ben), visit(world.emi), f"{HERE}/{waiting[0]}"
    assert t("care.looking_too", name="Ben", since="") not in read(ben.get(here)).text
    since = "11月22日（日） 12:00"
    assert t("care.looking_too", name="Ben", since=since) in read(emi.get(here)).text
    assert ben.post(f"{here}/looking").json() == {"looking": t("care.looking_too", name="Emi", since=since), "decided": ""}
    assert emi.post(f"{here}/looking").json()["looking"] == t("care.looking_too", name="Ben", since=since)
    listed = [{"id": case, "words": t("care.looking", name="Emi", since=since)}]
    assert ben.get(f"{HERE}/looking").json() == {"items": listed}
    assert emi.get(f"{HERE}/looking").json() == {"items": []}
    # staff of other towns hear nothing of it
    assert visit(world.fumi).get(f"{HERE}/looking").json() == {"items": []}
    assert visit(world.fumi).post(f"{here}/looking").status_code == 403
    assert visit(world.chie).get(f"{HERE}/looking").status_code == 403
    assert emi.post(f"{here}/left").status_code == 204
    assert ben.post(f"{here}/looking").json() == {"looking": "", "decided": ""}
    assert emi.post(f"{here}/left").status_code == 204
    assert t("care.looking", name="Ben", since=since) in read(emi.get(HERE)).text


def test_who_comes_late_reads_who_decided_what_and_loses_no_words(world, visit, waiting):
    ben, emi, here = visit(world.ben), visit(world.emi), f"{HERE}/{waiting[0]}"
    emi.get(here)
    ben.post(here, data={"decision": "remove", "rule": "harassment"})
    words = t("care.decided_by", name="Ben", when="11月22日（日） 12:00", decision=t("care.decision.remove"))
    assert emi.post(f"{here}/looking").json() == {"looking": "", "decided": words}
    late = emi.post(here, data={"decision": "hold", "rule": "off_topic", "words": "長い長いことば"})
    assert late.status_code == 409
    assert words in late.text
    assert "長い長いことば" in read(late).one("textarea", name="words").text
    assert ben.post(f"{here}/looking").json() == {"looking": "", "decided": ""}
    assert len(made()) == 1


def test_late_words_about_what_a_guest_posted_are_kept_too(world, visit):
    with db.transaction(write=True) as tx:
        fair = factories.flyer(tx, world.dai).public_id
        decisions.decide(tx, world.ben, public_id=fair, decision="up")
        reports.make(tx, world.chie, thing="flyer", thing_id=fair, reason="wrong")
        case = tx.exec(select(Case.public_id)).one()
    visit(world.ben).post(f"{HERE}/{case}", data={"decision": "keep"})
    late = read(visit(world.emi).post(f"{HERE}/{case}", data={"decision": "remove", "rule": "other", "words": "長いことば"}))
    assert late.all("input", name="decision") == []
    assert late.one("textarea", name="kept").text == "長いことば"


def test_the_keys_can_be_switched_off_by_each_of_the_staff(world, visit, waiting):
    case, _, _ = waiting
    ben, emi = visit(world.ben), visit(world.emi)
    shown = read(ben.get(f"{HERE}/{case}"))
    assert shown.one("form", data_tm_decide="").has(data_tm_keys="")
    assert len(shown.all("kbd")) == len(shown.all("input", name="decision")) == 5
    assert t("care.keys", keys="K・H・R・W・S", rules=7) in shown.text
    listed = read(ben.get(HERE))
    assert t("care.keys_on") in listed.text
    assert listed.one("input", name="on")["value"] == ""
    assert ben.post(f"{HERE}/keys", data={"on": ""}).headers["location"] == f"{HERE}?said=desk_keys_off"
    off = read(ben.get(f"{HERE}/{case}"))
    assert not off.one("form", data_tm_decide="").has(data_tm_keys="")
    assert (off.all("kbd"), [one for one in off.all("input") if "data-key" in one.attributes]) == ([], [])
    assert t("care.keys_off") in off.text
    assert read(ben.get(HERE)).one("input", name="on")["value"] == "1"
    assert read(emi.get(f"{HERE}/{case}")).all("kbd") != []
    assert ben.post(f"{HERE}/keys", data={"on": "1"}).status_code == 303
    assert read(ben.get(f"{HERE}/{case}")).all("kbd") != []
    assert visit(world.chie).post(f"{HERE}/keys", data={"on": ""}).status_code == 403
    assert visit().post(f"{HERE}/keys", data={"on": ""}).headers["location"].startswith("/sign-in")


def test_old_reports_stand_in_the_queue_as_soon_as_it_is_opened(world, visit, waiting):
    case, _, _ = waiting
    with db.transaction(write=True) as tx:
        tx.delete(tx.exec(select(Case)).one())
    listed = read(visit(world.ben).get(HERE))
    assert listed.one("input", name="case")["value"] != case
    assert "ひどいことば" in listed.text


def test_the_topics_page_asks_staff_for_a_rule(world, visit, waiting):
    ben, page = visit(world.ben), f"/b/hitoyoshi-hiroba/{waiting[1]}"
    assert [one["name"] for one in read(ben.get(page)).all("select")] == ["rule", "rule"]
    assert read(visit(world.aki).get(page)).all("select") == []
    wrong = ben.post(page, data={"deed": "remove", "reason": "宣伝", "rule": "mine"})
    assert wrong.status_code == 422
    assert ben.post(page, data={"deed": "remove", "reason": "宣伝です", "rule": "advertising"}).status_code == 303
    own = visit(world.aki).get(f"/decisions/{made()[0]}").text
    assert "宣伝です" in own
    assert t("care.rule_said.advertising") in own


def test_a_program_of_the_town_names_the_rule_or_none(world, visit, waiting):
    _, _, post = waiting
    ben = visit(world.ben)
    assert ben.delete(f"/api/v1/posts/{post}?reason=x&rule=mine").status_code == 422
    assert ben.delete(f"/api/v1/posts/{post}?reason=x").status_code == 204
    with db.transaction(write=False) as tx:
        assert tx.exec(select(CaseDecision.rule)).one() == "other"


def test_on_the_topics_page_a_suspended_reader_finds_the_way_to_the_decision(world, visit, waiting):
    case, talk, _ = waiting
    visit(world.ben).post(f"{HERE}/{case}", data={"decision": "suspend", "rule": "harassment", "days": "7"})
    page = f"/b/hitoyoshi-hiroba/{talk}"
    shown = read(visit(world.aki).get(page))
    assert shown.one("a", href=f"/decisions/{made()[0]}").text == t("care.rest_object")
    assert t("board.answer") not in shown.text
    for reader in (visit(), visit(world.chie)):
        other = read(reader.get(page))
        assert t("board.answer") in other.text
        assert t("care.rest_object") not in other.text


def test_pictures_to_hide_keep_their_numbers_when_one_is_hidden_already(world, visit):
    with db.transaction(write=True) as tx:
        talk = factories.topic(tx, world.aki).public_id
        ids = [factories.waiting_picture(tx, world.aki).public_id for _ in range(3)]
        post = posts.write_post(tx, world.aki, topic=talk, body="三枚", pictures=ids).public_id
        reports.make(tx, world.chie, thing="post", thing_id=post, reason="privacy")
        case = tx.exec(select(Case.public_id)).one()
    ben = visit(world.ben)
    sent = {"decision": "hide_picture", "rule": "personal_data", "picture": ids[0]}
    assert ben.post(f"{HERE}/{case}", data=sent).status_code == 303
    labels = [one for one in read(ben.get(f"{HERE}/{case}")).all("label") if one.all("input", name="picture")]
    numbered = {one.one("input")["value"]: one.text for one in labels}
    assert numbered == {ids[1]: t("care.picture_n", number=2), ids[2]: t("care.picture_n", number=3)}
