"""Figures of moderation over a known set, and templates of replies."""

from __future__ import annotations

from datetime import timedelta

import pytest

from tamemap import clock
from tamemap.errors import Conflict, Forbidden, NotFound
from tamemap.models import Case, CaseDecision, Objection
from tamemap.queries.care_figures import figures, share, templates
from tamemap.services import reply_templates
from tests.factories import HITOYOSHI, NISHIKI

HOUR, DAY = timedelta(hours=1), timedelta(days=1)


def known_set(tx, world):
    """Ten cases decided after 1 … 10 hours, one long ago, four open ones, one of the neighbour's."""
    now, region = clock.now(), next(iter(world.emi.operator_of))

    def case(opened, decided=None, town=HITOYOSHI):
        row = Case(thing="post", thing_id="x", municipality_code=town, region_id=region, source="report", opened_at=opened,
                   first_decided_at=decided, closed_at=decided)  # fmt: skip
        tx.add(row)
        tx.flush()
        return row

    for hours in range(1, 11):
        row = case(now - 2 * DAY, now - 2 * DAY + hours * HOUR)
        made = CaseDecision(case_id=row.id, decision="remove" if hours > 3 else "keep", decided_at=row.first_decided_at)
        tx.add(made)
        tx.flush()
        if hours > 7:
            outcome = {8: "upheld", 9: "declined"}.get(hours, "")
            tx.add(Objection(decision_id=made.id, person_id=world.aki.person_id, words="x", made_at=now, outcome=outcome))
    old = case(now - 50 * DAY, now - 40 * DAY)
    tx.add(CaseDecision(case_id=old.id, decision="warn", decided_at=old.first_decided_at))
    for age in (HOUR, 2 * DAY, 5 * DAY, 9 * DAY):
        case(now - age)
    case(now - HOUR, town=NISHIKI)
    tx.flush()


def test_the_figures_of_a_known_set(tx, world):
    known_set(tx, world)
    found = figures(tx, world.ben)
    assert found.open == (("day", 1), ("three_days", 1), ("week", 1), ("older", 1))
    assert (found.decided, found.median_hours, found.ninety_hours) == (10, 5, 9)
    made = {name: count for name, count in found.decisions if count}
    assert made == {"keep": 3, "remove": 7}
    assert (found.objections, found.answered, found.upheld) == (3, 2, 1)


def test_ninety_days_reach_further_and_the_operator_sees_all_towns(tx, world):
    known_set(tx, world)
    found = figures(tx, world.emi, days=90)
    assert (found.decided, dict(found.decisions)["warn"], dict(found.open)["day"]) == (11, 1, 2)
    assert dict(figures(tx, world.emi, days=90, town=NISHIKI).open)["day"] == 1
    assert figures(tx, world.ben, town=NISHIKI).open[0] == ("day", 0)
    assert figures(tx, world.fumi).decided == 0
    with pytest.raises(Forbidden):
        figures(tx, world.chie)


def test_nothing_has_no_median():
    assert share([], 0.5) is None
    assert share([3.0], 0.9) == 3.0


def test_templates_are_the_towns(tx, world):
    made = reply_templates.make(tx, world.ben, municipality_code=HITOYOSHI, name="お願い", words="おだやかに。")
    assert [one.words for one in templates(tx, world.ben)] == ["おだやかに。"]
    assert templates(tx, world.fumi) == ()
    for stranger in (world.fumi, world.chie):
        with pytest.raises(Forbidden):
            reply_templates.make(tx, stranger, municipality_code=HITOYOSHI, name="a", words="b")
        with pytest.raises(Forbidden):
            reply_templates.remove(tx, stranger, template=made)
    with pytest.raises(NotFound):
        reply_templates.remove(tx, world.ben, template="no\x00where")
    for number in range(49):
        reply_templates.make(tx, world.ben, municipality_code=HITOYOSHI, name=f"{number}", words="b")
    with pytest.raises(Conflict):
        reply_templates.make(tx, world.ben, municipality_code=HITOYOSHI, name="51", words="b")
    reply_templates.remove(tx, world.ben, template=made)
    assert len(templates(tx, world.ben)) == 49
