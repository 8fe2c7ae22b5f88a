"""Keys for programs: who makes and ends them; shown once, kept as a hash."""

from __future__ import annotations

import pytest
from sqlmodel import select

from tamemap import clock, session
from tamemap.errors import Conflict, Forbidden, Invalid, NotFound, Unauthenticated
from tamemap.models import AccessToken, Group, GroupMember
from tamemap.queries.people import actor_of_token
from tamemap.queries.tokens import group_tokens, town_tokens
from tamemap.services import tokens
from tests.factories import DAY, HITOYOSHI, NISHIKI
from tests.services.test_invitations import again


def made(tx, actor, **changes):
    return tokens.make(
        tx,
        actor,
        **{"name": "町のホームページ", "scopes": ("flyers", "desk"), "days": 30, "municipality_code": HITOYOSHI} | changes,
    )


@pytest.fixture
def owner(world, tx):
    """Aki as owner of 踊りの会, with Chie as its editor."""
    row = Group(slug="odori", name="踊りの会", municipality_code=HITOYOSHI, state="active", asked_at=clock.now())
    tx.add(row)
    tx.flush()
    for person, role in ((world.aki, "owner"), (world.chie, "editor")):
        tx.add(GroupMember(group_id=row.id, person_id=person.person_id, role=role, since=clock.now()))
    tx.flush()
    return again(tx, world.aki)


def test_a_lead_makes_a_key_and_only_its_hash_is_kept(tx, world):
    key = made(tx, world.ben)
    row = tx.exec(select(AccessToken)).one()
    assert key.text.startswith("tmm_")
    assert (row.token_hash, row.scopes) == (session.hashed(key.text), "flyers desk")
    assert key.text not in str(row.model_dump())
    assert (key.token.state, key.token.expires_at, key.token.made_by) == ("live", clock.now() + 30 * DAY, "Ben")
    program = actor_of_token(tx, token=key.text)
    assert (program.staff_of, program.leads, program.scopes) == ({HITOYOSHI}, frozenset(), {"flyers", "desk"})


def test_the_same_form_sent_twice_makes_one_key(tx, world):
    made(tx, world.ben, once="form-1")
    with pytest.raises(Conflict, match="token_made_already"):
        made(tx, world.ben, once="form-1")
    made(tx, world.ben, once="form-2")
    assert len(tx.exec(select(AccessToken)).all()) == 2


def test_who_may_not_make_one_for_the_town(tx, world, owner):
    for actor, error in ((world.fumi, Forbidden), (world.aki, Forbidden), (world.dai, Unauthenticated)):
        with pytest.raises(error):
            made(tx, actor)
    with pytest.raises(NotFound, match="municipality_unknown"):
        made(tx, world.ben, municipality_code="999999")


def test_a_key_makes_no_keys(tx, world):
    program = actor_of_token(tx, token=made(tx, world.ben).text)
    with pytest.raises(Forbidden, match="token_scope_missing"):
        made(tx, program)
    with pytest.raises(Forbidden, match="token_scope_missing"):
        tokens.end(tx, program, public_id=tx.exec(select(AccessToken.public_id)).one())


def test_a_groups_key_is_made_by_its_owners(tx, world, owner):
    group = {"municipality_code": "", "group": "odori", "scopes": ("flyers", "boards")}
    made(tx, owner, **group)
    with pytest.raises(Forbidden):
        made(tx, again(tx, world.chie), **group)
    with pytest.raises(Invalid, match="token_scopes_wrong"):
        made(tx, owner, **group | {"scopes": ("desk",)})
    found = group_tokens(tx, owner, group="odori")
    assert (found.name, [one.scopes for one in found.tokens]) == ("踊りの会", [("flyers", "boards")])
    with pytest.raises(Forbidden):
        group_tokens(tx, world.ben, group="odori")
    with pytest.raises(NotFound):
        group_tokens(tx, owner, group="nothing")


@pytest.mark.parametrize(
    ("changes", "field", "code"),
    [
        ({"name": " "}, "name", "text_empty"),
        ({"name": "鍵" * 61}, "name", "text_too_long"),
        ({"scopes": ()}, "scopes", "token_scopes_wrong"),
        ({"scopes": ("flyers", "everything")}, "scopes", "token_scopes_wrong"),
        ({"days": 0}, "days", "token_days_wrong"),
        ({"days": 367}, "days", "token_days_wrong"),
        ({"days": True}, "days", "token_days_wrong"),
    ],
)
def test_a_wrong_form_names_its_field(tx, world, changes, field, code):
    with pytest.raises(Invalid) as refused:
        made(tx, world.ben, **changes)
    assert [(one.field, one.code) for one in refused.value.errors] == [(field, code)]


def test_twenty_live_keys_are_enough(tx, world):
    for _ in range(20):
        made(tx, world.ben)
    with pytest.raises(Conflict, match="tokens_too_many"):
        made(tx, world.ben)
    tokens.end(tx, world.ben, public_id=town_tokens(tx, world.ben, municipality_code=HITOYOSHI)[0].public_id)
    made(tx, world.ben)


def test_ended_it_counts_no_more_and_twice_is_once(tx, world):
    key = made(tx, world.ben)
    for actor in (world.fumi, world.aki):
        with pytest.raises(Forbidden):
            tokens.end(tx, actor, public_id=key.token.public_id)
    assert tokens.end(tx, world.ben, public_id=key.token.public_id).state == "ended"
    assert tokens.end(tx, world.ben, public_id=key.token.public_id).state == "ended"
    with pytest.raises(Unauthenticated, match="token_wrong"):
        actor_of_token(tx, token=key.text)
    with pytest.raises(NotFound, match="token_unknown"):
        tokens.end(tx, world.ben, public_id="nothing")


def test_the_list_says_which_keys_rest_or_are_over(tx, world):
    made(tx, world.emi, name="運営のもの")
    made(tx, world.ben, days=1, name="一日だけ")
    role = tx.exec(select(GroupMember)).first()
    assert role is None
    with clock.frozen_at(clock.now() + 2 * DAY):
        assert [(one.name, one.state) for one in town_tokens(tx, world.ben, municipality_code=HITOYOSHI)] == [
            ("一日だけ", "over"),
            ("運営のもの", "live"),
        ]
    with pytest.raises(Forbidden):
        town_tokens(tx, world.ben, municipality_code=NISHIKI)
