"""Saying where one lives, proving it, and taking it back."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest
from sqlmodel import select

from tamemap import clock
from tamemap.domain.actors import SYSTEM
from tamemap.domain.residence import PROOF_LIFE
from tamemap.errors import Forbidden, Invalid, Unauthenticated
from tamemap.models import Notice, Person
from tamemap.queries.people import actor_of_person
from tamemap.services import residence
from tests.conftest import NOON
from tests.factories import DAY, HITOYOSHI, KASHIMA, NISHIKI


def kept(tx, actor) -> Person:
    return tx.get_one(Person, actor.person_id)


def notices(tx, actor) -> list[str]:
    return list(tx.exec(select(Notice.code).where(Notice.person_id == actor.person_id).order_by(Notice.id)))


def test_chie_says_her_town_and_district(tx, world):
    said = residence.say(tx, world.chie, municipality_code=HITOYOSHI, district="  九日町\u200b ")
    assert said == residence.Said(HITOYOSHI, "九日町", proof_dropped=False)
    assert (kept(tx, world.chie).residence_code, kept(tx, world.chie).district) == (HITOYOSHI, "九日町")


def test_who_lives_elsewhere_names_no_district(tx, world):
    assert residence.say(tx, world.aki, municipality_code=None, district="九日町") == residence.Said(
        None, "", proof_dropped=False
    )


def test_a_town_that_is_not_here_and_a_long_district_are_refused_at_their_fields(tx, world):
    for code in ("131016", "x" * 500, "'; --"):
        with pytest.raises(Invalid) as refused:
            residence.say(tx, world.aki, municipality_code=code)
        assert [(one.field, one.code) for one in refused.value.errors] == [("municipality", "municipality_unknown")]
    with pytest.raises(Invalid) as refused:
        residence.say(tx, world.aki, municipality_code=HITOYOSHI, district="町" * 41)
    assert [(one.field, one.code) for one in refused.value.errors] == [("district", "text_too_long")]


def test_guests_and_programs_say_and_prove_nothing(tx, world):
    program = replace(world.aki, scopes=frozenset({"boards"}), token_id=1)
    for deed in (lambda who: residence.say(tx, who, municipality_code=HITOYOSHI),
                 lambda who: residence.keep_proof(tx, who, municipality_code=HITOYOSHI),
                 lambda who: residence.forget(tx, who)):  # fmt: skip
        with pytest.raises(Unauthenticated, match="sign_in_first"):
            deed(world.dai)
        with pytest.raises(Forbidden, match="token_scope_missing"):
            deed(program)


def test_a_proof_keeps_the_town_and_the_moment_and_nothing_else(tx, world):
    residence.say(tx, world.chie, municipality_code=KASHIMA, district="宮中")
    before = kept(tx, world.chie).model_dump()
    proof = residence.keep_proof(tx, world.chie, municipality_code=HITOYOSHI)
    assert proof == residence.Kept(HITOYOSHI, "人吉市", NOON, NOON + PROOF_LIFE)
    changed = {name: value for name, value in kept(tx, world.chie).model_dump().items() if before[name] != value}
    assert changed == {"residence_code": HITOYOSHI, "district": "", "proved_code": HITOYOSHI, "proved_at": NOON}
    assert notices(tx, world.chie) == ["residence_proved"]


def test_the_district_stays_when_the_proof_is_of_the_town_one_said(tx, world):
    residence.say(tx, world.aki, municipality_code=HITOYOSHI, district="九日町")
    residence.keep_proof(tx, world.aki, municipality_code=HITOYOSHI)
    assert kept(tx, world.aki).district == "九日町"


def test_a_town_that_is_not_on_this_installation_proves_nothing(tx, world):
    with pytest.raises(Invalid, match="residence_not_ours"):
        residence.keep_proof(tx, world.aki, municipality_code="131016")
    assert kept(tx, world.aki).proved_code is None


def test_moving_to_another_town_drops_the_proof_and_a_word_about_the_district_does_not(tx, world):
    residence.keep_proof(tx, world.aki, municipality_code=HITOYOSHI)
    assert not residence.say(tx, world.aki, municipality_code=HITOYOSHI, district="紺屋町").proof_dropped
    assert actor_of_person(tx, kept(tx, world.aki)).proved_code == HITOYOSHI
    assert residence.say(tx, world.aki, municipality_code=NISHIKI).proof_dropped
    assert (kept(tx, world.aki).proved_code, kept(tx, world.aki).proved_at) == (None, None)


def test_aki_takes_everything_back(tx, world):
    residence.say(tx, world.aki, municipality_code=HITOYOSHI, district="九日町")
    residence.keep_proof(tx, world.aki, municipality_code=HITOYOSHI)
    for _ in range(2):
        residence.forget(tx, world.aki)
        row = kept(tx, world.aki)
        assert (row.residence_code, row.district, row.proved_code, row.proved_at) == (None, "", None, None)


def test_a_proof_ends_after_a_year_and_its_owner_is_reminded_once_thirty_days_before(tx, world):
    residence.keep_proof(tx, world.aki, municipality_code=HITOYOSHI)
    seen = []
    for days in (334, 335, 336, 364, 365):
        with clock.frozen_at(NOON + days * DAY + timedelta(minutes=1)):
            told = residence.remind(tx, SYSTEM)
            seen.append((days, told, actor_of_person(tx, kept(tx, world.aki)).proved_code))
    assert seen == [(334, 0, HITOYOSHI), (335, 1, HITOYOSHI), (336, 0, HITOYOSHI), (364, 0, HITOYOSHI), (365, 0, None)]
    assert notices(tx, world.aki) == ["residence_proved", "residence_ends"]


def test_after_renewing_the_next_end_is_told_again(tx, world):
    residence.keep_proof(tx, world.aki, municipality_code=HITOYOSHI)
    for start in (0, 340):
        with clock.frozen_at(NOON + start * DAY + timedelta(hours=1)):
            residence.keep_proof(tx, world.aki, municipality_code=HITOYOSHI)
        with clock.frozen_at(NOON + (start + 336) * DAY):
            assert residence.remind(tx, SYSTEM) == 1
            assert residence.remind(tx, SYSTEM) == 0


def test_who_has_left_is_not_reminded(tx, world):
    residence.keep_proof(tx, world.aki, municipality_code=HITOYOSHI)
    kept(tx, world.aki).left_at = NOON
    tx.flush()
    with clock.frozen_at(NOON + 340 * DAY):
        assert residence.remind(tx, SYSTEM) == 0
