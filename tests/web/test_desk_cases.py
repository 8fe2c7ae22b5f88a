"""``/desk/cases``, ``/desk/templates``, ``/desk/figures`` and ``/decisions/…``: moderation by plain forms."""

from __future__ import annotations

import pytest
from sqlmodel import select

from tamemap import db
from tamemap.i18n import t
from tamemap.models import Case, CaseDecision
from tamemap.services import reports
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
    assert t("care.looking", name="Emi") in read(ben.get(HERE)).text


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
