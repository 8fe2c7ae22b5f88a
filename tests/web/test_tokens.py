"""``/desk/tokens`` and ``/g/{slug}/tokens``: a key is shown once, in the answer to its form and nowhere else."""

from __future__ import annotations

import pytest
from sqlmodel import select

from tamemap import clock, db
from tamemap.i18n import t
from tamemap.models import AccessToken, Group, GroupMember
from tests.factories import HITOYOSHI, NISHIKI
from tests.web.browsers import API, browser
from tests.web.pages import read

DESK, CLUB = "/desk/tokens", "/g/odori/tokens"
TOWN = f"{DESK}?town={HITOYOSHI}"


@pytest.fixture
def club(world):
    """Aki's group 踊りの会, in which Chie is an editor."""
    with db.transaction(write=True) as tx:
        row = Group(slug="odori", name="踊りの会", municipality_code=HITOYOSHI, state="active", asked_at=clock.now())
        tx.add(row)
        tx.flush()
        for person, role in ((world.aki, "owner"), (world.chie, "editor")):
            tx.add(GroupMember(group_id=row.id, person_id=person.person_id, role=role, since=clock.now()))


def filled(page, **changes) -> dict[str, object]:
    """The form as a person fills it in."""
    return {
        "name": "町のホームページ",
        "scopes": ["flyers", "desk"],
        "days": "30",
        "once": page.one("input", name="once")["value"],
    } | changes


def keys():
    with db.transaction(write=False) as tx:
        return tx.exec(select(AccessToken).order_by(AccessToken.id)).all()


def test_a_key_is_shown_once_and_works(world, visit):
    ben = visit(world.ben)
    answer = ben.post(TOWN, data=filled(read(ben.get(DESK))))
    page = read(answer)
    text = page.one("p", class_="tm-once").text
    assert (answer.status_code, answer.headers["cache-control"]) == (200, "private, no-store")
    assert browser(authorization=f"Bearer {text}").get(f"{API}/maps").status_code == 200
    assert text not in ben.get(DESK).text
    assert t("tokens.scope.desk") in ben.get(DESK).text


def test_loading_the_answer_again_makes_no_second_key(world, visit):
    ben = visit(world.ben)
    sent = filled(read(ben.get(DESK)))
    ben.post(TOWN, data=sent)
    again = ben.post(TOWN, data=sent)
    assert (again.status_code, len(keys())) == (409, 1)
    assert t("errors.token_made_already") in read(again).text
    assert read(again).all("p", class_="tm-once") == []


def test_a_wrong_form_keeps_what_was_typed(world, visit):
    ben = visit(world.ben)
    answer = ben.post(TOWN, data=filled(read(ben.get(DESK)), name="", days="1000", scopes=["boards"]))
    page = read(answer)
    assert (answer.status_code, keys()) == (422, [])
    assert page.one("p", id="name-error").text == t("errors.text_empty")
    assert page.one("input", name="days")["value"] == "1000"
    assert [one["value"] for one in page.all("input", name="scopes", checked="")] == ["boards"]
    for sent, error in (
        ({"scopes": []}, "token_scopes_wrong"),
        ({"days": "１０"}, "token_days_wrong"),
        ({"days": "-1"}, "token_days_wrong"),
    ):
        answer = ben.post(TOWN, data=filled(read(ben.get(DESK)), **sent))
        assert t(f"errors.{error}", limit=366) in read(answer).text


def test_ben_ends_a_key_and_fumi_cannot(world, visit):
    ben, fumi = visit(world.ben), visit(world.fumi)
    text = read(ben.post(TOWN, data=filled(read(ben.get(DESK))))).one("p", class_="tm-once").text
    one = {"token": keys()[0].public_id}
    assert fumi.post(f"{DESK}/end?town={HITOYOSHI}", data=one).status_code == 403
    assert fumi.get(f"{DESK}?town={HITOYOSHI}").status_code == 403
    assert fumi.post(f"{DESK}?town={HITOYOSHI}", data=filled(read(fumi.get(DESK)))).status_code == 403
    form = read(ben.get(DESK)).one("form", action=f"{DESK}/end?town={HITOYOSHI}")
    assert ben.post(form["action"], data=one).headers["location"] == f"{DESK}?town={HITOYOSHI}&said=token_ended"
    assert browser(authorization=f"Bearer {text}").get(f"{API}/maps").status_code == 401
    assert t("tokens.state.ended") in read(ben.get(DESK)).text


def test_the_operator_chooses_among_the_towns(world, visit):
    page = read(visit(world.emi).get(f"{DESK}?town={NISHIKI}"))
    assert page.one("a", aria_current="page", href=f"{DESK}?town={NISHIKI}").text == "錦町"
    visit(world.emi).post(f"{DESK}?town={NISHIKI}", data=filled(page))
    assert [key.municipality_code for key in keys()] == [NISHIKI]


def test_owners_make_their_groups_keys_and_editors_do_not(world, visit, club):
    aki = visit(world.aki)
    page = read(aki.get(CLUB))
    assert [one["value"] for one in page.all("input", name="scopes")] == ["flyers", "boards"]
    made = read(aki.post(CLUB, data=filled(page, scopes=["flyers"], name="会のページ")))
    assert made.one("p", class_="tm-once").text.startswith("tmm_")
    for other in (world.chie, world.ben):
        assert visit(other).get(CLUB).status_code == 403
        assert visit(other).post(CLUB, data=filled(page, once="x")).status_code == 403
        assert visit(other).post(f"{CLUB}/end", data={"token": keys()[0].public_id}).status_code == 403
    assert visit().get(CLUB).headers["location"] == "/sign-in?then=%2Fg%2Fodori%2Ftokens"
    assert aki.get("/g/nothing/tokens").status_code == 404
    assert aki.post(f"{CLUB}/end", data={"token": keys()[0].public_id}).headers["location"] == f"{CLUB}?said=token_ended"
    assert len(keys()) == 1
