"""Profiles and roles."""

from __future__ import annotations

import pytest
from sqlmodel import func, select

from tamemap.domain.actors import SYSTEM
from tamemap.errors import Forbidden, Invalid, NotFound, Unauthenticated
from tamemap.models import Person, Role
from tamemap.queries.people import Me, PersonView, RoleView, actor_of_person, me, person_view
from tamemap.services import people
from tests.factories import HITOYOSHI, KASHIMA


def test_aki_changes_her_name_and_moves(tx, world):
    found = people.change_profile(tx, world.aki, name=" あき\u200b　\n 子 ", residence_code=KASHIMA)
    assert found == people.Profile(name="あき 子", residence_code=KASHIMA)
    aki = actor_of_person(tx, tx.get(Person, world.aki.person_id))
    assert (aki.name, aki.residence_code) == ("あき 子", KASHIMA)


def test_saying_the_same_twice_changes_nothing(tx, world):
    first = people.change_profile(tx, world.aki, name="Aki", residence_code=None)
    assert people.change_profile(tx, world.aki, name="Aki", residence_code="") == first


def test_a_guest_has_no_profile(tx, world):
    with pytest.raises(Unauthenticated):
        people.change_profile(tx, world.dai, name="Dai", residence_code=None)


@pytest.mark.parametrize(
    ("name", "town", "field", "code"),
    [("", None, "name", "text_empty"), ("\u3164\u200d \u202e", None, "name", "text_empty"),
     ("あ" * 41, None, "name", "text_too_long"), (7, None, "name", "text_empty"),
     ("Aki", "999999", "residence_code", "municipality_unknown"),
     ("Aki", "\x00", "residence_code", "municipality_unknown")],
)  # fmt: skip
def test_a_wrong_profile_names_its_field(tx, world, name, town, field, code):  # noqa: PLR0917
    with pytest.raises(Invalid) as refused:
        people.change_profile(tx, world.aki, name=name, residence_code=town)
    assert [(error.field, error.code) for error in refused.value.errors] == [(field, code)]


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
