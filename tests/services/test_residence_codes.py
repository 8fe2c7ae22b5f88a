"""Printed codes: made in batches, printed again, used so often and no oftener, and ended."""

from __future__ import annotations

import re
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from contextvars import copy_context
from dataclasses import replace
from datetime import date, timedelta

import pytest
from sqlmodel import func, select

from tamemap import clock, config, db
from tamemap.domain.residence import said_code
from tamemap.errors import Conflict, Forbidden, Gone, Invalid, NotFound, TooMany, Unauthenticated
from tamemap.models import AuditEntry, Person, ResidenceCode, ResidenceCodeBatch
from tamemap.queries.people import actor_of_person
from tamemap.services import residence, residence_codes
from tests import factories
from tests.conftest import NOON
from tests.factories import HITOYOSHI, NISHIKI

LAST_DAY = "2027-03-31"


def made(tx, actor, *, kind="household", amount=3, uses_each=2, ends_on=LAST_DAY, name="広報ひとよし12月号", town=HITOYOSHI):
    return residence_codes.make(
        tx, actor, municipality_code=town, kind=kind, name=name, amount=amount, uses_each=uses_each, ends_on=ends_on
    )


def codes(tx, actor, batch) -> list[str]:
    return [one.code for one in residence_codes.hand_out(tx, actor, public_id=batch.public_id).codes]


def proved(tx, actor) -> str | None:
    return tx.get_one(Person, actor.person_id).proved_code


@contextmanager
def refused(code: str, field: str = "code"):
    """The block must raise Invalid with exactly this code at exactly this field."""
    with pytest.raises(Invalid) as caught:
        yield
    assert [(one.field, one.code) for one in caught.value.errors] == [(field, code)]


def test_ben_makes_codes_for_households_and_the_database_knows_none_of_them(tx, world):
    batch = made(tx, world.ben)
    assert (batch.amount, batch.uses_each, batch.ended) == (3, 2, False)
    assert batch.expires_at == clock.day_end(date(2027, 3, 31))
    found = codes(tx, world.ben, batch)
    assert len(set(found)) == 3
    assert all(re.fullmatch("[2-9abcdefghjkmnp-z]{10}", code) for code in found)
    rows = tx.exec(select(ResidenceCode).order_by(ResidenceCode.number)).all()
    assert [(row.number, row.uses) for row in rows] == [(1, 0), (2, 0), (3, 0)]
    for row, code in zip(rows, found, strict=True):
        assert code not in str(row.model_dump())
    assert codes(tx, world.ben, batch) == found


def test_a_newsletter_has_one_code_for_all_its_readers(tx, world):
    batch = made(tx, world.ben, kind="newsletter", amount="", uses_each="２０，０００")
    assert (batch.amount, batch.uses_each) == (1, 20_000)


def test_a_double_tap_makes_one_batch(tx, world):
    assert made(tx, world.ben).public_id == made(tx, world.ben).public_id
    assert tx.exec(select(func.count()).select_from(ResidenceCode)).one() == 3
    with clock.frozen_at(NOON + timedelta(minutes=2)):
        made(tx, world.ben)
    assert tx.exec(select(func.count()).select_from(ResidenceCodeBatch)).one() == 2


@pytest.mark.parametrize(
    ("changes", "field", "code"),
    [
        ({"kind": "everybody"}, "kind", "residence_kind_wrong"),
        ({"name": "  "}, "name", "text_empty"),
        ({"name": "号" * 61}, "name", "text_too_long"),
        ({"amount": 0}, "amount", "residence_number_wrong"),
        ({"amount": 20_001}, "amount", "residence_number_wrong"),
        ({"amount": "たくさん"}, "amount", "residence_number_wrong"),
        ({"amount": "-1"}, "amount", "residence_number_wrong"),
        ({"uses_each": 11}, "uses_each", "residence_number_wrong"),
        ({"uses_each": "2.5"}, "uses_each", "residence_number_wrong"),
        ({"kind": "newsletter", "uses_each": 20_001}, "uses_each", "residence_number_wrong"),
        ({"ends_on": "2026-11-21"}, "ends_on", "residence_day_wrong"),
        ({"ends_on": "2027-12-25"}, "ends_on", "residence_day_wrong"),
        ({"ends_on": "きょう"}, "ends_on", "residence_day_wrong"),
    ],
)
def test_what_is_wrong_is_said_at_its_field_and_nothing_is_made(tx, world, changes, field, code):
    with refused(code, field):
        made(tx, world.ben, **changes)
    assert tx.exec(select(func.count()).select_from(ResidenceCodeBatch)).one() == 0
    assert tx.exec(select(func.count()).select_from(AuditEntry)).one() == 0


def test_all_that_is_wrong_is_named_at_once(tx, world):
    with pytest.raises(Invalid) as caught:
        made(tx, world.ben, name="", amount="", uses_each="", ends_on="")
    assert [one.field for one in caught.value.errors] == ["name", "amount", "uses_each", "ends_on"]


def test_only_leads_of_the_town_make_and_end_batches(tx, world):
    curator = replace(world.ben, leads=frozenset())
    batch = made(tx, world.ben)
    for who, error in ((curator, Forbidden), (world.fumi, Forbidden), (world.aki, Forbidden), (world.dai, Unauthenticated),
                       (replace(world.ben, staff_of=frozenset(), leads=frozenset(), waiting=True), Unauthenticated)):  # fmt: skip
        with pytest.raises(error):
            made(tx, who, name="べつの束")
        with pytest.raises(error):
            residence_codes.end(tx, who, public_id=batch.public_id)
    assert made(tx, world.emi, name="圏域の束").amount == 3


def test_curators_print_and_strangers_do_not(tx, world):
    batch = made(tx, world.ben)
    curator = replace(world.ben, leads=frozenset())
    assert len(codes(tx, curator, batch)) == 3
    for who in (world.fumi, world.chie):
        with pytest.raises(Forbidden, match="not_allowed_staff_only"):
            codes(tx, who, batch)
    with pytest.raises(NotFound, match="residence_batch_unknown"):
        residence_codes.hand_out(tx, world.ben, public_id="222222222222")


def test_the_audit_trail_tells_who_made_printed_and_ended_which_batch(tx, world):
    batch = made(tx, world.ben)
    residence_codes.hand_out(tx, world.ben, public_id=batch.public_id, first=2, last=3, kind="print")
    residence_codes.end(tx, world.ben, public_id=batch.public_id)
    rows = tx.exec(select(AuditEntry).order_by(AuditEntry.id)).all()
    assert {(row.actor_id, row.municipality_code, row.thing, row.thing_id) for row in rows} == {
        (world.ben.person_id, HITOYOSHI, "residence_code_batch", batch.public_id)
    }
    assert [(row.verb, row.detail) for row in rows] == [
        ("residence_code.make", {"kind": "household", "amount": 3, "uses_each": 2}),
        ("residence_code.see", {"as": "print", "from": 2, "to": 3}),
        ("residence_code.make", {"ended": True}),
    ]


def test_aki_proves_residence_by_a_code_as_it_stands_on_the_paper(tx, world):
    code = codes(tx, world.ben, made(tx, world.ben))[1]
    proof = residence_codes.redeem(tx, world.aki, code=said_code(code))
    assert (proof.municipality_code, proof.proved_at) == (HITOYOSHI, NOON)
    assert actor_of_person(tx, tx.get_one(Person, world.aki.person_id)).proved_code == HITOYOSHI
    assert [one.uses_left for one in residence_codes.hand_out(
        tx, world.ben, public_id=tx.exec(select(ResidenceCodeBatch.public_id)).one()).codes] == [2, 1, 2]  # fmt: skip


def test_who_used_a_code_is_written_nowhere(tx, world):
    code = codes(tx, world.ben, made(tx, world.ben))[0]
    trail = tx.exec(select(func.count()).select_from(AuditEntry)).one()
    residence_codes.redeem(tx, world.aki, code=code)
    row = tx.exec(select(ResidenceCode).where(ResidenceCode.number == 1)).one()
    assert set(row.model_dump()) == {"id", "batch_id", "number", "code_hash", "uses"}
    assert tx.exec(select(func.count()).select_from(AuditEntry)).one() == trail


def test_a_second_tap_counts_once_and_works_also_when_the_code_is_used_up(tx, world):
    code = codes(tx, world.ben, made(tx, world.ben, uses_each=1))[0]
    first = residence_codes.redeem(tx, world.aki, code=code)
    with clock.frozen_at(NOON + timedelta(seconds=2)):
        assert residence_codes.redeem(tx, world.aki, code=code) == first
    with refused("residence_code_used_up"):
        residence_codes.redeem(tx, world.chie, code=code)
    assert proved(tx, world.chie) is None


def test_a_code_is_used_as_often_as_it_may_be(tx, world):
    code = codes(tx, world.ben, made(tx, world.ben, uses_each=2))[0]
    for who in (world.aki, world.chie):
        residence_codes.redeem(tx, who, code=code)
    with refused("residence_code_used_up"):
        residence_codes.redeem(tx, world.fumi, code=code)


def test_ended_and_expired_batches_prove_nothing_and_are_not_printed(tx, world):
    ended, late = made(tx, world.ben), made(tx, world.ben, name="期限のある束", ends_on="2026-11-23")
    used, unused, late_code = *codes(tx, world.ben, ended)[:2], codes(tx, world.ben, late)[0]
    residence_codes.redeem(tx, world.aki, code=used)
    for _ in range(2):
        assert residence_codes.end(tx, world.ben, public_id=ended.public_id).ended
    with refused("residence_code_over"):
        residence_codes.redeem(tx, world.chie, code=unused)
    with clock.frozen_at(clock.day_end(date(2026, 11, 23)) - timedelta(seconds=1)):
        residence_codes.redeem(tx, world.fumi, code=late_code)
    with clock.frozen_at(clock.day_end(date(2026, 11, 23))), refused("residence_code_over"):
        residence_codes.redeem(tx, world.chie, code=late_code)
    with pytest.raises(Gone, match="residence_batch_over"):
        codes(tx, world.ben, ended)
    assert proved(tx, world.aki) == HITOYOSHI


def test_a_code_of_another_town_moves_the_residence_there(tx, world):
    code = codes(tx, world.fumi, made(tx, world.fumi, town=NISHIKI))[0]
    residence.keep_proof(tx, world.aki, municipality_code=HITOYOSHI)
    residence_codes.redeem(tx, world.aki, code=code)
    assert proved(tx, world.aki) == NISHIKI


def test_wrong_codes_are_refused_each_with_what_helps(tx, world):
    made(tx, world.ben)
    for typed, problem in (("", "residence_code_missing"), ("--", "residence_code_missing"), ("k7m-29xp", "residence_code_shape"),
                           ("o7m-29xp-qab", "residence_code_shape"), ("あ" * 10, "residence_code_shape"),
                           ("k7m-29xp-qab", "residence_code_wrong"), ("2" * 5000, "residence_code_shape")):  # fmt: skip
        with refused(problem):
            residence_codes.redeem(tx, world.aki, code=typed)
    with pytest.raises(Unauthenticated):
        residence_codes.redeem(tx, world.dai, code="k7m-29xp-qab")
    with pytest.raises(Forbidden):
        residence_codes.redeem(tx, replace(world.aki, scopes=frozenset({"boards"})), code="k7m-29xp-qab")


def test_guessing_is_slowed_down_for_a_person_and_for_a_household(tx, world):
    at_home = replace(world.chie, client="2001:db8::17")
    for _ in range(residence_codes.TRIES_OF_PERSON):
        with refused("residence_code_wrong"):
            residence_codes.redeem(tx, at_home, code="k7m-29xp-qab")
    with pytest.raises(TooMany, match="residence_code_too_many"):
        residence_codes.redeem(tx, at_home, code="k7m-29xp-qab")
    left = residence_codes.TRIES_OF_CLIENT - residence_codes.TRIES_OF_PERSON
    for number in range(left):
        with refused("residence_code_wrong"):
            residence_codes.redeem(tx, replace(world.aki, person_id=world.aki.person_id + 1000 + number, client="2001:db8::99"),
                                   code="k7m-29xp-qab")  # fmt: skip
    with pytest.raises(TooMany):
        residence_codes.redeem(tx, replace(world.aki, client="2001:db8::3"), code="k7m-29xp-qab")


def test_printing_stops_where_the_secret_has_changed_since(tx, world, monkeypatch):
    batch = made(tx, world.ben)
    monkeypatch.setenv("TAMEMAP_SECRET_KEY", "another one")
    config.settings.cache_clear()
    with pytest.raises(Conflict, match="residence_secret_changed"):
        codes(tx, world.ben, batch)


def test_twelve_neighbours_at_once_get_no_more_uses_than_five(world):
    with db.transaction(write=True) as tx:
        code = codes(tx, world.ben, made(tx, world.ben, amount=1, uses_each=5))[0]
        neighbours = [factories.person(tx, f"Gen{number}") for number in range(12)]

    def tried(actor) -> bool:
        try:
            with db.transaction(write=True) as tx:
                residence_codes.redeem(tx, actor, code=code)
        except Invalid as error:
            assert error.code == "residence_code_used_up"
            return False
        return True

    with ThreadPoolExecutor(12) as pool:
        worked = [future.result() for future in [pool.submit(copy_context().run, tried, one) for one in neighbours]]
    assert worked.count(True) == 5
    with db.transaction(write=False) as tx:
        assert tx.exec(select(ResidenceCode.uses)).one() == 5
        assert tx.exec(select(func.count()).select_from(Person).where(Person.proved_code == HITOYOSHI)).one() == 5


def test_codes_of_twenty_thousand_households_are_all_different(tx, world):
    batch = made(tx, world.ben, amount=20_000, uses_each=5)
    found = residence_codes.hand_out(tx, world.ben, public_id=batch.public_id).codes
    assert len({one.code for one in found}) == 20_000
    assert [one.number for one in found] == list(range(1, 20_001))
    part = residence_codes.hand_out(tx, world.ben, public_id=batch.public_id, first=19_991, last=30_000).codes
    assert part == found[-10:]
