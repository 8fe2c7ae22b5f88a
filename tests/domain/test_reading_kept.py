"""What stays of a corrected text when a part of its picture is hidden."""

from __future__ import annotations

from tamemap.domain.reading_kept import still_said

READ = [("夏祭リのご案内", True), ("8月2日 18時から", True), ("会場 中央公園", True)]
PHONE = "電話 0966-00-1201"


def test_a_corrected_line_stays_and_the_hidden_one_goes():
    before = "夏祭りのご案内\n8月2日 18時から\n会場 中央公園\n電話 0966-00-1201 まで"
    assert still_said(before, READ, [PHONE]) == "夏祭りのご案内\n8月2日 18時から\n会場 中央公園"


def test_what_a_person_took_out_stays_out_and_what_was_hidden_before_comes_back():
    before = "夏祭りのご案内\n電話 0966-00-1201"
    seen = [*READ[:2], ("会場 中央公園", False)]
    assert still_said(before, seen, [PHONE]) == "夏祭りのご案内\n会場 中央公園"


def test_a_line_that_says_the_hidden_beside_the_seen_is_as_it_was_read():
    before = "夏祭りのご案内\n8月2日 18時から 電話 0966-00-1201\n会場 中央公園"
    assert "0966" not in still_said(before, READ, [PHONE])
    assert "8月2日 18時から" in still_said(before, READ, [PHONE])


def test_a_line_of_ones_own_stays_where_all_that_is_hidden_is_known():
    before = "夏祭りのご案内\n雨の日は体育館\n電話 0966-00-1201"
    assert "雨の日は体育館" in still_said(before, READ, [PHONE])


def test_nothing_unknown_stays_where_the_hidden_was_misread():
    before = "夏祭りのご案内\n山田太郎 浜町3の2"
    assert still_said(before, READ, ["ム田大目貝町"]) == "夏祭りのご案内"
