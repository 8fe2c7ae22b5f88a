"""What points show: moments as each database tells them, and the same rows after any change."""

from __future__ import annotations

from datetime import UTC, datetime

import numpy as np

from tamemap.domain.dates import When
from tamemap.domain.shown import Point, Shown, moments

AT = datetime(2026, 11, 28, 1, 30, 0, 250_000, UTC)


def test_moments_are_the_same_from_texts_and_from_clocks():
    texts, clocks = (
        (None, "2026-11-28 01:30:00.250000", "9999-12-31 00:00:00.000000"),
        (None, AT, datetime(9999, 12, 31, tzinfo=UTC)),
    )
    assert moments(texts).tolist() == moments(clocks).tolist()
    assert moments(texts).tolist()[1] == 1_795_829_400_250_000
    assert moments([None]).tolist() == moments(texts).tolist()[:1]
    assert moments([]).tolist() == []


def test_a_point_says_what_its_row_says_before_and_after_others_come_and_go():
    whole = Shown.of(
        [["a", "b"], ["市", "祭り"], ["", "/p/x/320.jpeg"], ["food", "event"], [AT, None], [None, None], [True, False]]
    )
    fair, feast = (
        Point("a", "市", "food", When(AT, None, all_day=True), "", 1.0, 2.0),
        Point("b", "祭り", "event", When(), "/p/x/320.jpeg", 3.0, 4.0),
    )
    assert (whole.point(0, 1.0, 2.0), whole.point(1, 3.0, 4.0)) == (fair, feast)
    come = Shown.of([["c"], ["夜店"], [""], ["food"], [AT], [AT], [False]])
    changed = whole.with_changes(np.array([False, True]), np.array([0]), come)
    assert changed.point(0, 5.0, 6.0) == Point("c", "夜店", "food", When(AT, AT), "", 5.0, 6.0)
    assert changed.point(1, 3.0, 4.0) == feast
    both = Shown.joined([come, whole], np.array([2, 0, 1]))
    assert [both.point(row, 0, 0).title for row in range(3)] == ["祭り", "夜店", "市"]
