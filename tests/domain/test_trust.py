"""The five levels, and that ``docs/care.md`` shows them as they are (``python -m tests.domain.test_trust`` writes its table)."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from tamemap.domain.trust import MAY, NOBODY, STEPS, History, level
from tamemap.web.desk_care import levels

DOCUMENT = Path(__file__).parents[2] / "docs" / "care.md"
BEGIN, END = "<!-- levels -->\n", "<!-- /levels -->\n"
NOW = datetime(2026, 11, 22, 3, 0, tzinfo=UTC)


def known(number: int) -> History:
    """Somebody who has just reached that level."""
    step = STEPS[number]
    return History(deeds=step.deeds, days=step.days, first=NOW - step.age)


def test_who_has_written_nothing_is_new():
    assert level(NOBODY, NOW) == 0


@pytest.mark.parametrize("number", STEPS)
def test_each_level_asks_for_deeds_days_and_time(number):
    reached = known(number)
    assert level(reached, NOW) == number
    for less in (
        replace(reached, deeds=reached.deeds - 1),
        replace(reached, days=reached.days - 1),
        replace(reached, first=reached.first + timedelta(seconds=1)),
    ):
        assert level(less, NOW) == number - 1


def test_a_proof_of_residence_is_as_good_as_the_first_step():
    assert level(History(proven=True), NOW) == 1
    assert level(replace(known(3), proven=True), NOW) == 3


def test_decisions_take_levels_away_and_a_suspension_all():
    assert [level(replace(known(3), against=count), NOW) for count in range(5)] == [3, 2, 1, 0, 0]
    assert level(replace(known(3), against=1, suspended=True, proven=True), NOW) == 0
    assert level(History(proven=True, against=1), NOW) == 0


def test_staff_are_always_at_the_top():
    assert level(History(office=True, against=9), NOW) == 4


def test_no_level_may_less_than_the_one_below():
    for number in range(4):
        lower, higher = MAY[number], MAY[number + 1]
        for name in ("links", "contacts", "first", "surge", "again", "words"):
            assert getattr(higher, name) >= getattr(lower, name)
        assert higher.per_minute >= lower.per_minute
        assert higher.floods == 0 or higher.floods >= lower.floods > 0


def table() -> str:
    rows = [f"| {name} | {way} | {'、'.join(may)} |" for name, way, may in levels("ja")]
    return "\n".join(["| 段階 | なるには | できること |", "| --- | --- | --- |", *rows, ""])


def test_the_documentation_shows_this_table():
    text = DOCUMENT.read_text(encoding="utf-8")
    assert text.partition(BEGIN)[2].partition(END)[0] == table()


if __name__ == "__main__":
    head, _, rest = DOCUMENT.read_text(encoding="utf-8").partition(BEGIN)
    DOCUMENT.write_text(head + BEGIN + table() + END + rest.partition(END)[2], encoding="utf-8")
