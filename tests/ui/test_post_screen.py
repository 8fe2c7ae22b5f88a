"""The screen /post from the inside: its words, that it needs no State, and the arithmetic of its days and refusals."""

from __future__ import annotations

import json
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from tamemap.domain.dates import read_when
from tamemap.domain.flyers import CATEGORIES, HIDEABLE, LIMITS
from tamemap.errors import Invalid
from tamemap.i18n import section, words
from tamemap.ui.screens import post

MODULES = Path(post.__file__).parent.parent / "components"
SOURCES = {path.name: path.read_text(encoding="utf-8") for path in MODULES.glob("post_form*.js*")}
JAPANESE = re.compile(r"[\u3040-\u30ff\u3400-\u9fff\uff00-\uffef]")
COMMENT = re.compile(r"/\*.*?\*/|(?<!:)//[^\n]*", re.DOTALL)


def run_js(script: str):
    """What a script prints as JSON, with the form's own modules within its reach."""
    node = shutil.which("node", path=str(Path(sys.executable).parent)) or shutil.which("node")
    done = subprocess.run([node, "--input-type=module", "-e", script], cwd=MODULES, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout)


def asked_keys() -> set[str]:
    """Every key that the modules ask the words for; where a part varies, all that it can be."""
    fields = {*LIMITS, "category", "photos", "place", "starts_at", "ends_at", "outside", "may_post"}
    varying = {
        "field.${name}": fields,
        "weekday_${number}": range(7),
        "chip_${name}": ("today", "tomorrow", "saturday", "sunday"),
        "${side}_day": ("starts_at", "ends_at"),
        "${side}_time": ("starts_at", "ends_at"),
        "pin_${words}": ("north", "south", "west", "east"),
        "note.${code}": ("placed_in_other_town", "private_seen"),
        "queue_${now}": ("waiting", "sending", "signin", "other", "adopt", "refused", "done", "held"),
        "queue_said_${part}": ("up", "held", "wrong", "signin", "other", "old", "lost", "see", "close", "count"),
        "step_${one}": (),
        "step_${step}": ("waiting", "reading", "read"),
        "corner_${at}": range(4),
        "private.${one.kind}": ("face", "plate", "mobile", "address"),
        "private.${kind}": (),
        "deed_${deed}": ("blur", "keep"),
        "reading.reason.${code}": (),
        "reading.problem.${code}": ("weekday", "year", "end_before_start"),
        "reading.place.${place.why}": ("known", "gazetteer", "geocoder"),
    }
    # codes that other functions hand to w
    keys = {"start_missing", "start_time_missing", "end_time_missing", "not_a_picture", "too_large", "too_many"}
    keys |= {"here_denied", "here_failed", "starts_at", "ends_at"}
    keys |= {"read_count", "read_nothing", "read_undone", "read_empty", "read_missed", "read_away"}
    keys |= {"alike_picture", "alike_near"}
    keys |= {"close", "queue_adopt_yes", "queue_now", "queue_mend", "queue_leave"}
    keys |= {"guest_hint", "guests_closed", "member_hint"}
    for source in SOURCES.values():
        for asked in first_arguments(COMMENT.sub("", source)):
            keys.update(re.findall(r'"([a-z_]+(?:\.[a-z_]+)*)"', asked))
            for pattern in re.findall(r"`([^`]+)`", asked):
                keys.update(re.sub(r"\$\{[\w.]+\}", str(part), pattern) for part in varying[pattern])
    return keys


def first_arguments(source: str):
    """What stands between ``w(`` and the comma or bracket that ends its first argument."""
    for call in re.finditer(r"\bw\(", source):
        depth, end = 0, call.end()
        while depth or source[end] not in ",)":
            depth += (source[end] in "([{") - (source[end] in ")]}")
            end += 1
        yield source[call.end() : end]


@pytest.mark.parametrize("lang", ["ja", "en"])
def test_every_word_the_form_asks_for_is_there_in_both_languages(lang):
    own = {key.removeprefix("post.") for key in words(lang) if key.startswith(("post.", "reading."))}
    assert asked_keys() - own == set()
    assert set(section("post", "ja")) == set(section("post", "en"))


def test_no_word_that_nobody_asks_for_is_carried_to_the_phone():
    assert set(section("post")) - asked_keys() == {"noscript"}


@pytest.mark.parametrize("name", sorted(SOURCES))
def test_no_word_is_written_into_the_code(name):
    assert JAPANESE.findall(COMMENT.sub("", SOURCES[name])) == []


def test_the_screen_has_no_state_and_carries_its_words():
    screen = str(post.page())
    assert "reflex___state" not in screen.replace("reflex___state____state____update", "")
    assert json.dumps(section("post")["send"])[1:-1] in screen or section("post")["send"] in screen
    for code in CATEGORIES:
        assert f'"{code}"' in screen
    for name in HIDEABLE:
        assert f'"{name}"' in screen


def timed(start_time="", end="", end_time=""):
    """The form's day and hours on 2026-12-31, not all day."""
    return {"start": "2026-12-31", "allDay": False, "startTime": start_time, "end": end, "endTime": end_time}


EVE = "2026-12-31T{}:00+09:00"
EARLY = {"ends_at": "end_before_start"}
PERIODS = [
    ({"on": False, "start": "2026-12-09"}, "", "", {}),
    ({"on": True}, "", "", {"starts_at": "start_missing"}),
    ({"start": "2026-12-09"}, "2026-12-09", "", {}),
    ({"start": "2026-12-09", "end": "2026-12-09"}, "2026-12-09", "", {}),
    ({"start": "2026-12-09", "end": "2026-12-11"}, "2026-12-09", "2026-12-11", {}),
    ({"start": "2026-12-09", "end": "2026-12-08"}, "", "", EARLY),
    (timed(), "", "", {"starts_at": "start_time_missing"}),
    (timed("10:00"), EVE.format("10:00"), "", {}),
    (timed("10:00", end_time="11:30"), EVE.format("10:00"), EVE.format("11:30"), {}),
    (timed("18:00", end_time="00:00"), EVE.format("18:00"), EVE.format("24:00"), {}),
    (timed("20:00", "2027-01-01", "02:00"), EVE.format("20:00"), "2027-01-01T02:00:00+09:00", {}),
    (timed("20:00", end_time="02:00"), "", "", EARLY),
    (timed("10:00", end_time="10:00"), "", "", EARLY),
    (timed("10:00", "2027-01-01"), "", "", {"ends_at": "end_time_missing"}),
    (timed("10:00", "2026-12-30"), "", "", EARLY),
]


def test_days_and_hours_become_what_the_server_reads_the_same_way(world):
    blank = {"on": True, "start": "", "allDay": True, "startTime": "", "end": "", "endTime": ""}
    asked = [blank | when for when, *_ in PERIODS]
    found = run_js(
        f'import {{ period }} from "./post_form_dates.js"; console.log(JSON.stringify({json.dumps(asked)}.map(period)));'
    )
    assert found == [{"starts_at": first, "ends_at": last, "problems": wrong} for _, first, last, wrong in PERIODS]
    for answer in found:
        if not answer["problems"]:
            read_when(answer["starts_at"], answer["ends_at"])


def test_the_server_refuses_what_the_form_calls_an_end_before_the_start(world):
    with pytest.raises(Invalid, match="end_before_start"):
        read_when("2026-12-09T20:00:00+09:00", "2026-12-09T02:00:00+09:00")


def test_chips_know_the_day_in_tokyo_wherever_the_phone_is():
    script = """
    process.env.TZ = "America/Los_Angeles";
    const { today, plus, coming, weekday, dayCount, isPast } = await import("./post_form_dates.js");
    const sunday = today(new Date("2026-11-21T15:00:00Z"));
    console.log(JSON.stringify([sunday, plus(sunday, 1), coming(sunday, 6), coming(sunday, 0), weekday("2026-12-09"), weekday(""),
      dayCount("2026-12-30", "2027-01-02"), isPast({ on: true, start: "2026-11-20", end: "" }, sunday),
      isPast({ on: true, start: "2026-11-20", end: "2026-11-22" }, sunday), plus("2026-12-31", 1)]));
    """
    assert run_js(script) == ["2026-11-22", "2026-11-23", "2026-11-28", "2026-11-29", 3, None, 4, True, False, "2027-01-01"]


def test_files_are_refused_by_what_they_are_and_how_heavy():
    script = """
    import { refusal } from "./post_form_check.js";
    const most = 20 * 1024 * 1024;
    const files = [["a.jpg", "image/jpeg", 1], ["a.heic", "", 1], ["a.pdf", "application/pdf", 1], ["a.svg", "image/svg+xml", 1],
      ["a.mov", "video/quicktime", 1], ["a.txt", "", 1], ["a.png", "image/png", most], ["a.png", "image/png", most + 1]];
    console.log(JSON.stringify(files.map(([name, type, size]) => refusal({ name, type, size }))));
    """
    assert run_js(script) == ["", "", "", "not_a_picture", "not_a_picture", "not_a_picture", "", "too_large"]


def test_what_is_sent_leaves_out_empty_fields_and_mends_an_address_without_scheme():
    script = """
    import { EMPTY, entriesOf } from "./post_form_check.js";
    const form = { ...EMPTY, title: " 市 ", url: "example.jp/a", phone: "0966", hidden: ["phone", "fee"], outside: true,
      point: { lat: 32.2, lng: 130.7 } };
    const items = [{ photo: { id: "p1" } }, { photo: { id: "p2" } }];
    console.log(JSON.stringify(entriesOf({ form, items, slug: "hitoyoshi" })));
    """
    assert run_js(script) == [
        ["title", "市"], ["category", "event"], ["lat", "32.2"], ["lng", "130.7"], ["map", "hitoyoshi"], ["phone", "0966"],
        ["url", "https://example.jp/a"], ["hidden_outside", "phone"], ["outside", "true"], ["may_post", "true"],
        ["photo_id", "p1"], ["photo_id", "p2"],
    ]  # fmt: skip


def test_what_the_server_says_is_led_to_its_field():
    script = """
    import { inOrder, problemsFrom } from "./post_form_check.js";
    const errors = [{ field: "phone", message: "a" }, { field: "lat", message: "b" }, { field: "photo", message: "c" }];
    const { fields, said } = problemsFrom({ detail: "d", errors });
    const other = problemsFrom({ detail: "d", errors: [{ field: "else", message: "e" }] });
    console.log(JSON.stringify([fields, inOrder(fields), said, other]));
    """
    assert run_js(script) == [
        {"phone": "a", "place": "b", "photos": "c"}, ["photos", "place", "phone"], "", {"fields": {}, "said": "d"},
    ]  # fmt: skip


ANYWHERE, UNHELD, CLOSED = {}, {"hold_guests": False}, {"guests_may_post": False}
GUEST, MEMBER = {"signed_in": False}, {"signed_in": True}


@pytest.mark.parametrize(
    ("who", "where", "known", "told"),
    [
        (None, None, False, "guest_hint"),
        (GUEST, None, False, "guest_hint"),
        (MEMBER, None, False, "member_hint"),
        (None, None, True, ""),
        (MEMBER, ANYWHERE, True, ""),
        (GUEST, ANYWHERE, True, "guest_hint"),
        (GUEST, UNHELD, False, ""),
        (GUEST, CLOSED, False, "guests_closed"),
    ],
)
def test_the_guests_place_has_words_from_the_first_and_does_not_go_away_under_the_finger(who, where, known, told):
    given = json.dumps({"me": who, "map": where, "known": known})
    assert run_js(f'import {{ hintFor }} from "./post_form_hint.js"; console.log(JSON.stringify(hintFor({given})))') == told


def test_the_guests_words_are_true_for_whoever_reads_them_before_it_is_known_who_that_is():
    assert (words("ja")["post.guest_hint"], words("en")["post.guest_hint"]) == (
        "サインインしないで貼ると、職員が確かめてから出ます。",
        "Without signing in, staff look at the flyer before it goes up.",
    )
