"""Programs with a bearer token: what they may, for whom they speak, and how they are refused (RFC 6750)."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlmodel import select

from tamemap import clock, db, door
from tamemap.models import AccessToken, AuditEntry, Flyer, Group, GroupMember, Role
from tamemap.services import staff, tokens
from tests.factories import HITOYOSHI, NISHIKI, OFFICES
from tests.web.browsers import API, browser, form, photo, posted, problem, signed_in

FAIR = {"lat": str(OFFICES[HITOYOSHI][0]), "lng": str(OFFICES[HITOYOSHI][1])}


def key(actor, *scopes, days=30, **place) -> str:
    """The text of a new token that this actor makes."""
    with db.transaction(write=True) as tx:
        return tokens.make(tx, actor, name="ホームページ", scopes=scopes, days=days, **place).text


def program(text: str):
    """A program that shows this token, and nothing else."""
    return browser(authorization=f"Bearer {text}")


@pytest.fixture
def town(world):
    """The key of 人吉市, made by Ben, for flyers and the desk."""
    return key(world.ben, "flyers", "desk", municipality_code=HITOYOSHI)


@pytest.fixture
def club(world):
    """Chie's group 踊りの会 of 人吉市, in the database only; its slug."""
    with db.transaction(write=True) as tx:
        row = Group(slug="odori", name="踊りの会", municipality_code=HITOYOSHI, state="active", asked_at=clock.now())
        tx.add(row)
        tx.flush()
        tx.add(GroupMember(group_id=row.id, person_id=world.chie.person_id, role="owner", since=clock.now()))
    return "odori"


def actor(person):
    """The person as they are now, with the groups and roles that they have got meanwhile."""
    return door.call(lambda tx, who: who, door.Credentials(session_token=signed_in(person)))


def rows(model):
    with db.transaction(write=False) as tx:
        return tx.exec(select(model).order_by(model.id)).all()


def test_a_wrong_token_is_refused_as_the_standard_says(visit, world):
    for text in ("tmm_guessed", ""):
        answer = program(text).get(f"{API}/maps")
        problem(answer, 401, "token_wrong")
        assert answer.headers["www-authenticate"] == 'Bearer realm="tamemap", error="invalid_token"'


def test_a_guest_is_told_that_signing_in_helps(visit, world):
    answer = visit().delete(f"{API}/flyers/{posted(visit(world.aki))}")
    problem(answer, 401, "sign_in_first")
    assert answer.headers["www-authenticate"] == 'Bearer realm="tamemap"'


def test_a_key_counts_until_its_last_day_or_until_it_is_ended(visit, world, town):
    assert program(town).get(f"{API}/maps").status_code == 200
    with clock.frozen_at(clock.now() + timedelta(days=30)):
        problem(program(town).get(f"{API}/maps"), 401, "token_wrong")
    with db.transaction(write=True) as tx:
        tokens.end(tx, world.ben, public_id=rows(AccessToken)[0].public_id)
    problem(program(town).get(f"{API}/maps"), 401, "token_wrong")


def test_when_its_maker_no_longer_leads_the_town_the_key_rests(visit, world, town):
    with db.transaction(write=True) as tx:
        staff.change(tx, world.emi, person=world.ben.public_id, municipality_code=HITOYOSHI, level="curator", department="")
    problem(program(town).get(f"{API}/maps"), 401, "token_wrong")


def test_what_is_beyond_its_scope_is_refused_with_the_reason(visit, world):
    flyer = posted(visit(world.aki))
    reader = program(key(world.ben, "boards", municipality_code=HITOYOSHI))
    answer = reader.post(f"{API}/desk/flyers/{flyer}/decision", json={"decision": "recall", "reason": "雨で中止"})
    problem(answer, 403, "token_scope_missing")
    assert answer.headers["www-authenticate"] == 'Bearer realm="tamemap", error="insufficient_scope"'
    problem(reader.post(f"{API}/flyers", data=form(), files=photo()), 403, "token_scope_missing")
    problem(
        reader.post(f"{API}/reports", json={"thing": "flyer", "thing_id": flyer, "reason": "over"}), 403, "token_scope_missing"
    )
    assert rows(AuditEntry)[-1].verb == "town.make_token"


def test_a_towns_program_decides_about_the_towns_flyers_and_it_is_written_down(visit, world, town):
    here, there = posted(visit(world.aki)), posted(visit(world.aki), lat=str(OFFICES[NISHIKI][0]), lng=str(OFFICES[NISHIKI][1]))
    recall = {"decision": "recall", "reason": "雨で中止"}
    assert program(town).post(f"{API}/desk/flyers/{here}/decision", json=recall).status_code == 200
    problem(program(town).post(f"{API}/desk/flyers/{there}/decision", json=recall), 403, "not_allowed_staff_only")
    entry, token = rows(AuditEntry)[-1], rows(AccessToken)[0]
    assert (entry.verb, entry.thing_id, entry.token_id, entry.actor_id) == ("flyer.decide", here, token.id, world.ben.person_id)


def test_a_towns_program_posts_for_the_town_and_not_for_whoever_made_the_key(visit, world, town):
    made = posted(program(town))
    assert rows(Flyer)[-1].poster_id is None
    assert program(town).patch(f"{API}/flyers/{made}", json={"title": "冬の市"}).status_code == 200
    elsewhere = form(lat=str(OFFICES[NISHIKI][0]), lng=str(OFFICES[NISHIKI][1]))
    problem(program(town).post(f"{API}/flyers", data=elsewhere, files=photo()), 403, "token_other_place")


def test_a_key_opens_nothing_of_the_person_who_made_it(visit, world, town):
    own = posted(visit(world.ben), lat=str(OFFICES[NISHIKI][0]), lng=str(OFFICES[NISHIKI][1]))
    problem(program(town).delete(f"{API}/flyers/{own}"), 403, "not_allowed_here")
    problem(program(town).get(f"{API}/me"), 403, "token_scope_missing")
    problem(program(town).post(f"{API}/sign-in", json={"mail": "ben@example.jp"}), 403, "token_scope_missing")
    problem(program(town).post(f"{API}/sign-out"), 403, "token_scope_missing")


def test_a_key_beside_a_cookie_is_what_counts(visit, world, town):
    aki = visit(world.aki)
    flyer = posted(aki)
    problem(aki.delete(f"{API}/flyers/{flyer}", headers={"authorization": "Bearer tmm_guessed"}), 401, "token_wrong")
    assert aki.get(f"{API}/flyers/{flyer}").status_code == 200
    # the desk of the key, not Aki's own word
    recall = {"decision": "recall", "reason": "雨で中止"}
    told = aki.post(f"{API}/desk/flyers/{flyer}/decision", json=recall, headers={"authorization": f"bearer {town}"})
    assert told.status_code == 200


def test_pages_know_no_keys(visit, world, town):
    answer = program(town).get("/desk/staff")
    assert (answer.status_code, answer.headers["location"].split("?")[0]) == (303, "/sign-in")


def test_a_groups_program_posts_in_its_groups_name_only(visit, world, club):
    text = key(actor(world.chie), "flyers", "boards", group=club)
    posted(program(text))
    made = rows(Flyer)[-1]
    assert (made.group_id, made.poster_id) == (rows(Group)[0].id, None)
    topic = program(text).post(
        f"{API}/boards/hitoyoshi-hiroba/topics", json={"kind": "talk", "title": "稽古", "body": "土曜です。"}
    )
    assert (topic.status_code, topic.json()["author"]["name"]) == (201, "踊りの会")
    # what Chie herself has posted is not the group's
    own = posted(visit(world.chie))
    problem(program(text).delete(f"{API}/flyers/{own}"), 403, "not_allowed_here")


def test_who_leaves_the_group_takes_the_keys_power_along(visit, world, club):
    text = key(actor(world.chie), "flyers", group=club)
    with db.transaction(write=True) as tx:
        member = tx.exec(select(GroupMember)).one()
        member.role = "editor"
        tx.add(member)
    problem(program(text).get(f"{API}/maps"), 401, "token_wrong")


def test_the_same_idempotency_key_of_two_programs_is_two_keys(visit, world):
    first, second = (program(key(world.ben, "flyers", municipality_code=HITOYOSHI)) for _ in range(2))
    sheets = [one.post(f"{API}/flyers", data=form(title=title), files=photo(), headers={"Idempotency-Key": "season-1"})
              for one, title in ((first, "春の市"), (first, "春の市"), (second, "夏の市"))]  # fmt: skip
    ids = [sheet.json()["id"] for sheet in sheets]
    assert [sheet.status_code for sheet in sheets] == [201, 201, 201]
    assert (ids[0] == ids[1], ids[0] == ids[2]) == (True, False)


def test_a_program_that_never_rests_is_asked_to(visit, world, town, monkeypatch):
    monkeypatch.setattr(door, "TOKEN_CALLS", 2)
    answers = [program(town).get(f"{API}/maps") for _ in range(3)]
    assert [one.status_code for one in answers] == [200, 200, 429]
    assert int(answers[-1].headers["retry-after"]) > 0


def test_its_use_is_written_down_every_ten_minutes_at_most(visit, world, town):
    program(town).get(f"{API}/maps")
    first = rows(AccessToken)[0].used_at
    with clock.frozen_at(first + timedelta(minutes=9)):
        program(town).get(f"{API}/maps")
    assert rows(AccessToken)[0].used_at == first
    with clock.frozen_at(first + timedelta(minutes=11)):
        program(town).get(f"{API}/maps")
    assert rows(AccessToken)[0].used_at == first + timedelta(minutes=11)


def test_a_key_still_counts_for_an_operator_who_made_it(visit, world):
    text = key(world.emi, "flyers", municipality_code=NISHIKI)
    assert program(text).get(f"{API}/maps").status_code == 200
    with db.transaction(write=True) as tx:
        for role in tx.exec(select(Role).where(Role.person_id == world.emi.person_id)):
            tx.delete(role)
    problem(program(text).get(f"{API}/maps"), 401, "token_wrong")
