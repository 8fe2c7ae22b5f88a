"""Chie lives far away, likes 人吉市, and tells what she likes."""

from __future__ import annotations

import pytest
from sqlmodel import select

from tamemap import i18n
from tamemap.domain.actors import Actor
from tamemap.domain.fans import AGE_BANDS, INTERESTS, PREFECTURES, TIES
from tamemap.errors import Forbidden, Invalid, Unauthenticated
from tamemap.models import Fan, Tie
from tamemap.queries.fans import TieView, TownsView, my_fan
from tamemap.services.fans import forget, tell, tie
from tests.factories import HITOYOSHI, NISHIKI


def told(seen):
    return seen.prefecture, seen.age_band, seen.gender, seen.interests


def test_chie_tells_what_she_likes_and_changes_it(tx, world):
    assert (told(my_fan(tx, world.chie)), my_fan(tx, world.chie).told) == (("", "", "", ()), 0)
    seen = tell(tx, world.chie, prefecture="08", age_band="30", gender=" おんな\u200b ", interests=("food", "events", "food"))
    assert (told(seen), seen.told) == (("08", "30", "おんな", ("events", "food")), 4)
    assert told(tell(tx, world.chie, prefecture="13")) == ("13", "", "", ())


def test_each_thing_is_taken_back_alone(tx, world):
    tell(tx, world.chie, prefecture="08", age_band="30", gender="女", interests=("food",))
    tie(tx, world.chie, municipality_code=HITOYOSHI, kinds=("visited",))
    assert told(forget(tx, world.chie, what="gender")) == ("08", "30", "", ("food",))
    assert told(forget(tx, world.chie, what="prefecture")) == ("", "30", "", ("food",))
    assert told(forget(tx, world.chie, what="interests")) == ("", "30", "", ())
    assert told(forget(tx, world.chie, what="age_band")) == ("", "", "", ())
    # that there is a row would still tell something
    assert tx.exec(select(Fan)).all() == []
    assert forget(tx, world.chie, what="gender").ties == (TieView(HITOYOSHI, "人吉市", ("visited",)),)
    assert forget(tx, world.chie, what=f"tie:{HITOYOSHI}").ties == ()


def test_everything_is_taken_back_at_once_and_twice_is_once(tx, world):
    tell(tx, world.chie, prefecture="08")
    tie(tx, world.chie, municipality_code=HITOYOSHI, kinds=("visited",))
    for _ in range(2):
        seen = forget(tx, world.chie, what="all")
        assert (told(seen), seen.ties) == (("", "", "", ()), ())
    assert (tx.exec(select(Fan)).all(), tx.exec(select(Tie)).all()) == ([], [])


def test_ties_to_several_towns_are_of_several_kinds(tx, world):
    tie(tx, world.chie, municipality_code=NISHIKI, kinds=("family",))
    tie(tx, world.chie, municipality_code=HITOYOSHI, kinds=("curious", "visited", "visited"))
    (since,) = tx.exec(select(Tie.since).where(Tie.kind == "visited")).all()
    seen = tie(tx, world.chie, municipality_code=HITOYOSHI, kinds=("visited", "lived"))
    assert seen.ties == (TieView(HITOYOSHI, "人吉市", ("lived", "visited")), TieView(NISHIKI, "錦町", ("family",)))
    assert tx.exec(select(Tie.since).where(Tie.kind == "visited")).one() == since
    assert tie(tx, world.chie, municipality_code=HITOYOSHI, kinds=()).ties == (TieView(NISHIKI, "錦町", ("family",)),)


def test_all_is_told_in_one_breath_or_not_at_all(tx, world):
    seen = tell(tx, world.chie, prefecture="08", tie_to=HITOYOSHI, kinds=("visited",))
    assert (seen.prefecture, seen.ties) == ("08", (TieView(HITOYOSHI, "人吉市", ("visited",)),))
    seen = tell(tx, world.chie, prefecture="08", tie_to=HITOYOSHI, kinds=("family", "visited"))
    assert seen.ties == (TieView(HITOYOSHI, "人吉市", ("family", "visited")),)
    with pytest.raises(Invalid) as refused:
        tell(tx, world.chie, prefecture="99", tie_to="999999", kinds=("king",))
    assert [(one.field, one.code) for one in refused.value.errors] == [
        ("prefecture", "choice_wrong"), ("tie_to", "municipality_unknown"), ("kinds", "choice_wrong")]  # fmt: skip
    assert my_fan(tx, world.chie) == seen


def test_nobody_sees_what_another_told(tx, world):
    tell(tx, world.chie, prefecture="08")
    tie(tx, world.chie, municipality_code=HITOYOSHI, kinds=("visited",))
    seen = my_fan(tx, world.aki)
    assert (told(seen), seen.ties) == (("", "", "", ()), ())
    kuma, rokko = ((HITOYOSHI, "人吉市"), (NISHIKI, "錦町")), (("082228", "鹿嶋市"),)
    assert seen.towns == (TownsView("人吉球磨", kuma), TownsView("鹿行", rokko))
    forget(tx, world.aki, what="all")
    assert my_fan(tx, world.chie).told == 2


@pytest.mark.parametrize(
    ("given", "wrong"),
    [({"prefecture": "48"}, ["prefecture"]), ({"prefecture": "東京"}, ["prefecture"]), ({"age_band": "15"}, ["age_band"]),
     ({"gender": "あ" * 41}, ["gender"]), ({"interests": ("food", "money")}, ["interests"]),
     ({"prefecture": "\x00", "age_band": "x" * 999, "interests": ("<script>",)}, ["prefecture", "age_band", "interests"])],
)  # fmt: skip
def test_what_is_wrong_is_said_at_its_field_and_nothing_is_kept(tx, world, given, wrong):
    tell(tx, world.chie, prefecture="08")
    with pytest.raises(Invalid) as refused:
        tell(tx, world.chie, **given)
    assert [one.field for one in refused.value.errors] == wrong
    assert told(my_fan(tx, world.chie)) == ("08", "", "", ())


@pytest.mark.parametrize(("code", "kinds", "field"), [
    ("999999", ("visited",), "municipality_code"), ("", ("visited",), "municipality_code"), ("' OR 1=1", (), "municipality_code"),
    (HITOYOSHI, ("owner",), "kinds"),
])  # fmt: skip
def test_a_wrong_tie_is_refused(tx, world, code, kinds, field):
    with pytest.raises(Invalid) as refused:
        tie(tx, world.chie, municipality_code=code, kinds=kinds)
    assert [one.field for one in refused.value.errors] == [field]


def test_only_people_tell_and_only_known_things_are_taken_back(tx, world):
    program = Actor(person_id=world.chie.person_id, scopes=frozenset({"flyers"}))
    for call in (lambda who: tell(tx, who), lambda who: forget(tx, who, what="all"), lambda who: my_fan(tx, who),
                 lambda who: tie(tx, who, municipality_code=HITOYOSHI, kinds=("visited",))):  # fmt: skip
        with pytest.raises(Unauthenticated):
            call(world.dai)
        with pytest.raises(Forbidden):
            call(program)
    with pytest.raises(Invalid):
        forget(tx, world.chie, what="name")


@pytest.mark.parametrize("lang", i18n.AVAILABLE)
def test_every_choice_has_its_words(lang):
    words = i18n.words(lang)
    keys = [f"prefecture.{code}" for code in PREFECTURES] + [f"fan.age.{band}" for band in AGE_BANDS]
    keys += [f"fan.interest.{code}" for code in INTERESTS] + [f"fan.tie.{kind}" for kind in TIES]
    assert [key for key in keys if not words.get(key)] == []
