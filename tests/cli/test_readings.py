"""``readings report`` as an operator reads it."""

from __future__ import annotations

import json

import pytest

from tamemap import cli, clock, db
from tamemap.models import ReadingOutcome


@pytest.fixture
def outcomes(world, monkeypatch):
    monkeypatch.delenv("LC_ALL", raising=False)
    monkeypatch.setenv("LANG", "C.UTF-8")
    with db.transaction(write=True) as tx:
        for read, confirmed, confidence in (("500円", "500 円", 0.96), ("500円", "無料", 0.78), ("", "無料", 0.0)):
            tx.add(ReadingOutcome(field="fee", read=read, confirmed=confirmed, confidence=confidence,
                                  reason="label" if read else "", made_at=clock.now()))  # fmt: skip


def test_the_report_counts_what_was_right(outcomes, capsys):
    assert cli.main(["readings", "report"]) == 0
    said = [line.split() for line in capsys.readouterr().out.splitlines()]
    assert said[1] == ["fee", "3", "2", "1", "(50", "%)", "1", "1", "(100", "%)", "1"]
    assert said[-1] == ["fee", "label", "2", "1", "(50", "%)"]


def test_it_is_there_for_programs_too(outcomes, capsys):
    assert cli.main(["readings", "report", "--json"]) == 0
    assert json.loads(capsys.readouterr().out) == [
        {"field": "fee", "all": 3, "read": 2, "right": 1, "sure": 1, "sure_right": 1, "missed": 1, "reasons": [["label", 2, 1]]}
    ]


def test_it_says_that_there_is_nothing_yet(world, capsys):
    assert cli.main(["readings", "report"]) == 0
    assert capsys.readouterr().out.count("\n") == 1
