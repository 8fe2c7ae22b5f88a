"""Profiles and roles."""

from __future__ import annotations

import pytest
from sqlmodel import func, select

from tamemap.domain.actors import SYSTEM, Actor
from tamemap.errors import Forbidden, Invalid, NotFound, Unauthenticated
from tamemap.models import Person, Role
from tamemap.queries.notices import notices
from tamemap.queries.people import Me, PersonView, RoleView, actor_of_person, me, person_view
from tamemap.services import people
from tamemap.services.notices import tell
from tests.factories import HITOYOSHI
from tests.services.rows import mails


def test_aki_changes_her_name(tx, world):
    found = people.change_profile(tx, world.aki, name=" あき\u200b　\n 子 ")
    assert found == people.Profile(name="あき 子", mail_notices=True)
    assert actor_of_person(tx, tx.get(Person, world.aki.person_id)).name == "あき 子"
    assert people.change_profile(tx, world.aki, name="あき 子") == found


def test_aki_wants_no_mails_and_still_reads_her_notices(tx, world):
    assert people.set_mail_notices(tx, world.aki, on=False).mail_notices is False
    tell(tx, person_id=world.aki.person_id, code="flyer_up", params={"title": "市"})
    assert (mails(tx), len(notices(tx, world.aki))) == ([], 1)
    people.set_mail_notices(tx, world.aki, on=True)
    tell(tx, person_id=world.aki.person_id, code="flyer_up", params={"title": "市"})
    assert [mail["to"] for mail in mails(tx)] == ["aki@example.jp"]


def test_a_guest_and_a_program_have_no_profile(tx, world):
    program = Actor(person_id=world.aki.person_id, scopes=frozenset({"flyers"}))
    for call in (lambda who: people.change_profile(tx, who, name="Dai"), lambda who: people.set_mail_notices(tx, who, on=True)):
        with pytest.raises(Unauthenticated):
            call(world.dai)
        with pytest.raises(Forbidden):
            call(program)


@pytest.mark.parametrize(
    ("name", "code"),
    [("", "text_empty"), ("\u3164\u200d \u202e", "text_empty"), ("あ" * 41, "text_too_long"), (7, "text_empty")],
)
def test_a_wrong_name_is_said_at_its_field(tx, world, name, code):
    with pytest.raises(Invalid) as refused:
        people.change_profile(tx, world.aki, name=name)
    assert [(error.field, error.code) for error in refused.value.errors] == [("name", code)]


def test_i_see_myself_with_address_and_roles(tx, world):
    assert me(tx, world.ben) == Me(
        public_id=world.ben.public_id,
        name="Ben",
        mail="ben@example.jp",
        residence_code=None,
        residence_name="",
        roles=(RoleView("staff", HITOYOSHI, "人吉市", "", "", "lead"),),
        may_enter_desk=True,
        unread_notices=0,
    )
    assert me(tx, world.aki).residence_name == "人吉市"
    with pytest.raises(Unauthenticated):
        me(tx, world.dai)


def test_others_see_neither_address_nor_residence(tx, world):
    found = person_view(tx, world.chie, public_id=world.emi.public_id)
    assert found == PersonView(
        public_id=world.emi.public_id,
        name="Emi",
        roles=(RoleView("operator", "", "", "hitoyoshi-kuma", "人吉球磨"),),
        since=found.since,
    )
    with pytest.raises(NotFound):
        person_view(tx, world.chie, public_id="' or 1=1")


def test_the_operator_makes_gina_staff_and_twice_is_once(tx):
    found = people.grant(tx, SYSTEM, mail="Gina@example.jp", role="staff", municipality_code="43203")
    person = tx.exec(select(Person).where(Person.mail == "gina@example.jp")).one()
    assert found == people.Granted("gina@example.jp", person.public_id, "staff", HITOYOSHI, None, new=True)
    assert actor_of_person(tx, person).staff_of == {HITOYOSHI}
    assert not people.grant(tx, SYSTEM, mail="gina@example.jp", role="staff", municipality_code=HITOYOSHI).new
    assert tx.exec(select(func.count()).select_from(Role).where(Role.person_id == person.id)).one() == 1


def test_an_operator_is_of_a_region_or_of_all(tx, world):
    region = people.grant(tx, SYSTEM, mail="aki@example.jp", role="operator", region_slug="rokko")
    everything = people.grant(tx, SYSTEM, mail="chie@example.jp", role="operator")
    again = people.grant(tx, SYSTEM, mail="chie@example.jp", role="operator")
    assert (region.region_slug, everything.region_slug, everything.new, again.new) == ("rokko", None, True, False)
    assert actor_of_person(tx, tx.get(Person, world.chie.person_id)).operator_of_all
    assert not actor_of_person(tx, tx.get(Person, world.aki.person_id)).operator_of_all


def test_nobody_else_grants_roles(tx, world):
    for actor, error in ((world.aki, Forbidden), (world.emi, Forbidden), (world.dai, Unauthenticated)):
        with pytest.raises(error):
            people.grant(tx, actor, mail="aki@example.jp", role="operator")


@pytest.mark.parametrize(
    ("given", "error", "code"),
    [({"role": "king"}, Invalid, "role_wrong"), ({"role": "staff"}, Invalid, "role_needs_municipality"),
     ({"role": "staff", "municipality_code": "432041"}, NotFound, "municipality_unknown"),
     ({"role": "staff", "municipality_code": "432031"}, Invalid, "code_wrong"),
     ({"role": "operator", "region_slug": "nowhere"}, NotFound, "region_unknown"),
     ({"role": "member", "mail": "x"}, Invalid, "mail_wrong")],
)  # fmt: skip
def test_a_wrong_grant_is_refused_and_makes_nobody(tx, given, error, code):
    with pytest.raises(error) as refused:
        people.grant(tx, SYSTEM, **({"mail": "new@example.jp"} | given))
    assert refused.value.code == code
    assert tx.exec(select(Person).where(Person.mail == "new@example.jp")).first() is None
