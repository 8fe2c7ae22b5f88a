"""``/desk/staff`` and the navigation of the desk."""

from __future__ import annotations

import pytest
from sqlmodel import select

from tamemap import db
from tamemap.i18n import t
from tamemap.models import Invitation, Person, Role
from tamemap.services import invitations
from tests import factories
from tests.factories import HITOYOSHI, NISHIKI
from tests.web.browsers import browser, last_mail, signed_in
from tests.web.pages import read

HERE = "/desk/staff"


@pytest.fixture
def gina(world):
    """Gina, a curator of 人吉市."""
    with db.transaction(write=True) as tx:
        made = factories.person(tx, "Gina")
        invitations.give_staff(tx, person_id=made.person_id, municipality_code=HITOYOSHI, level="curator", department="総務課")
    return made


def rows(model):
    with db.transaction(write=False) as tx:
        return tx.exec(select(model).order_by(model.id)).all()


def nav(page) -> list[str]:
    return [link["href"] for link in page.one("nav", aria_label=t("desk_nav.label")).all("a")]


def test_guests_are_sent_to_sign_in_and_strangers_away(world, visit):
    answer = visit().get(HERE)
    assert (answer.status_code, answer.headers["location"]) == (303, "/sign-in?then=%2Fdesk%2Fstaff")
    assert visit(world.aki).get(HERE).status_code == 403
    weak = browser()
    weak.cookies.set("tamemap_session", signed_in(world.ben, strong=False))
    assert weak.get(HERE).headers["location"] == "/auth/again?then=%2Fdesk%2Fstaff"


def test_ben_sees_his_colleagues_and_what_he_may(world, visit, gina):
    page = read(visit(world.ben).get(HERE))
    assert [row.one("strong").text for row in page.all("li", class_="tm-setting")] == ["Ben", "Gina"]
    assert "総務課" in page.text
    assert nav(page) == [
        f"/desk{rest}"
        for rest in (
            "",
            "/cases",
            "/figures",
            "/boards",
            "/care",
            "/groups",
            "/staff",
            "/mascots",
            "/residence-codes",
            "/maps",
            "/tokens",
            "/audit",
        )
    ]
    assert page.one("a", aria_current="page", href=HERE).text == t("desk_nav.staff")


def test_a_curator_sees_them_and_changes_nothing(world, visit, gina):
    curator = visit(gina)
    page = read(curator.get(HERE))
    assert nav(page) == [
        f"/desk{rest}"
        for rest in ("", "/cases", "/figures", "/boards", "/care", "/groups", "/staff", "/mascots", "/residence-codes")
    ]
    assert page.all("form", action=f"{HERE}/invite") == []
    assert (
        curator.post(f"{HERE}/invite", data={"mail": "h@example.jp", "role": "lead", "municipality": HITOYOSHI}).status_code
        == 403
    )
    assert curator.get(f"{HERE}/{HITOYOSHI}/{world.ben.public_id}").status_code == 404
    assert curator.post(f"{HERE}/{HITOYOSHI}/{world.ben.public_id}/end").status_code == 403
    assert (rows(Invitation), len(rows(Role))) == ([], 4)


def test_ben_invites_and_takes_it_back(world, visit):
    ben = visit(world.ben)
    sent = ben.post(
        f"{HERE}/invite", data={"mail": "gina@example.jp", "role": "curator", "department": "総務課", "municipality": HITOYOSHI}
    )
    assert (sent.status_code, sent.headers["location"]) == (303, f"{HERE}?said=staff_invited")
    assert (last_mail()["to"], "Ben" in last_mail()["text"]) == ("gina@example.jp", True)
    page = read(ben.get(HERE))
    waiting = page.one("form", action=f"{HERE}/withdraw")
    assert "gina@example.jp" in page.text
    gone = ben.post(f"{HERE}/withdraw", data={"invitation": waiting.one("input", name="invitation")["value"]})
    assert gone.headers["location"] == f"{HERE}?said=invitation_withdrawn"
    assert [row.outcome for row in rows(Invitation)] == ["withdrawn"]


def test_a_wrong_address_comes_back_with_what_was_typed(world, visit):
    answer = visit(world.ben).post(
        f"{HERE}/invite", data={"mail": "nobody", "role": "lead", "department": "広報課", "municipality": HITOYOSHI}
    )
    page = read(answer)
    assert answer.status_code == 422
    assert page.one("p", id="mail-error").text == t("errors.mail_wrong")
    assert (page.one("input", name="mail")["value"], page.one("input", name="department")["value"]) == ("nobody", "広報課")
    assert page.one("select", name="role").one("option", selected="")["value"] == "lead"


def test_ben_changes_gina_and_thanks_her(world, visit, gina):
    ben, path = visit(world.ben), f"{HERE}/{HITOYOSHI}/{gina.public_id}"
    page = read(ben.get(path))
    assert page.one("input", name="department")["value"] == "総務課"
    assert ben.post(path, data={"level": "lead", "department": "広報課"}).headers["location"] == f"{HERE}?said=staff_changed"
    assert [(row.level, row.department) for row in rows(Role) if row.person_id == gina.person_id] == [("lead", "広報課")]
    open_tab = visit(gina)
    assert open_tab.get(HERE).status_code == 200
    assert ben.post(f"{path}/end").headers["location"] == f"{HERE}?said=staff_ended"
    assert open_tab.get(HERE).status_code == 403
    assert ben.get(path).status_code == 404


def test_the_last_lead_is_told_why_not(world, visit):
    answer = visit(world.ben).post(f"{HERE}/{HITOYOSHI}/{world.ben.public_id}/end")
    assert answer.status_code == 409
    assert t("errors.last_lead") in read(answer).text


def test_forged_forms_of_the_neighbours_lead_change_nothing(world, visit, gina):
    fumi = visit(world.fumi)
    sent = {"mail": "f@example.jp", "role": "lead", "municipality": [HITOYOSHI, NISHIKI]}
    assert fumi.post(f"{HERE}/invite", data=sent).status_code == 403
    assert fumi.post(f"{HERE}/{HITOYOSHI}/{gina.public_id}/end").status_code == 403
    assert fumi.post(f"{HERE}/{HITOYOSHI}/{gina.public_id}", data={"level": "lead"}).status_code == 403
    assert fumi.post(f"{HERE}/withdraw", data={"invitation": "nothing"}).status_code == 404
    assert fumi.get(f"{HERE}?town={HITOYOSHI}").status_code == 200
    assert "Gina" not in fumi.get(f"{HERE}?town={HITOYOSHI}").text


def test_an_operator_of_two_towns_invites_into_both(world, visit):
    page = read(visit(world.emi).get(HERE))
    assert [one["value"] for one in page.all("input", name="municipality")] == [HITOYOSHI, NISHIKI]
    sent = visit(world.emi).post(
        f"{HERE}/invite", data={"mail": "g@example.jp", "role": "lead", "municipality": [HITOYOSHI, NISHIKI]}
    )
    assert sent.status_code == 303
    assert rows(Invitation)[0].municipality_codes == f"{HITOYOSHI} {NISHIKI}"


def test_a_page_from_another_site_invites_nobody(world, visit):
    sent = {"mail": "g@example.jp", "role": "lead", "municipality": HITOYOSHI}
    answer = visit(world.ben).post(f"{HERE}/invite", data=sent, headers={"origin": "https://evil.example"})
    assert (answer.status_code, rows(Invitation)) == (403, [])


def test_in_english_the_page_stays_in_english(world, visit, gina):
    page = read(visit(world.ben).get(f"{HERE}?lang=en"))
    assert page.one("h1").text == "Staff"
    assert all("lang=en" in one["action"] for one in page.all("form"))
    assert rows(Person)[0].name == "Aki"
