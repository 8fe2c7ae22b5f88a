"""What the screen /post makes of a reading: which fields fill, whose they stay, where they stand, and what is blurred."""

from __future__ import annotations

import json

import pytest

from tests.ui.test_post_screen import run_js

PRELUDE = """
import { EMPTY } from "./post_form_check.js";
import { NO_DAY } from "./post_form_dates.js";
import * as read from "./post_form_read.js";
import * as shape from "./post_form_shape.js";
const evidence = (line) => ({ line, boxes: [[0, 0, 1, 0.1]] });
const field = (value, more = {}) => (
  { value, confidence: 0.95, sure: true, reason: "label", problems: [], evidence: evidence(value), ...more });
const blank = { page: 0, corners: null, found: false, size: [600, 800], private: [], place: null };
const sheet = (fields, more = {}) => ({ ...blank, fields, ...more });
const mark = (value) => read.marksOf(sheet({ title: field(value) }), {}).title;
const settle = (form, { wanted = {}, marks = {}, touched = [], carried = {} }) => {
  const next = read.settled({ form: { ...EMPTY, ...form }, wanted, marks, touched, carried });
  return { ...next, form: { ...EMPTY, ...form, ...next.part } };
};
const say = (...found) => console.log(JSON.stringify(found));
"""


def tried(script: str):
    """What a script says, with the form's modules and some readings at hand."""
    return run_js(PRELUDE + script)


DAYS = [
    (["2026-11-23", None], {"start": "2026-11-23"}),
    (["2026-11-23", "2026-11-24"], {"start": "2026-11-23", "end": "2026-11-24"}),
    (["2026-11-23T10:00:00+09:00", None], {"start": "2026-11-23", "allDay": False, "startTime": "10:00"}),
    (["2026-11-23T01:00:00Z", "2026-11-23T03:30:00Z"],
     {"start": "2026-11-23", "allDay": False, "startTime": "10:00", "endTime": "12:30"}),
    (["2026-12-31T18:00:00+09:00", "2027-01-01T00:00:00+09:00"],
     {"start": "2026-12-31", "allDay": False, "startTime": "18:00", "endTime": "00:00"}),
    (["2026-12-31T20:00:00+09:00", "2027-01-01T02:00:00+09:00"],
     {"start": "2026-12-31", "allDay": False, "startTime": "20:00", "end": "2027-01-01", "endTime": "02:00"}),
]  # fmt: skip


def test_days_and_hours_that_were_read_become_those_of_the_form():
    script = f"""
    const value = (text) => text && {{ value: text }};
    const both = ([first, last]) => ({{ starts_at: value(first), ends_at: value(last) }});
    say(...{json.dumps([days for days, _ in DAYS])}.map((days) => read.whenOf(both(days))));
    """
    blank = {"on": True, "start": "", "allDay": True, "startTime": "", "end": "", "endTime": ""}
    assert tried(script) == [blank | when for _, when in DAYS]
    assert tried('say(read.whenOf({ starts_at: null }), read.whenOf({ starts_at: { value: "soon" } }))') == [None, None]


def test_the_form_sends_the_hours_as_they_were_read():
    script = """
    import { period } from "./post_form_dates.js";
    const value = (text) => ({ value: text });
    say(period(read.whenOf({ starts_at: value("2026-12-31T18:00:00+09:00"), ends_at: value("2027-01-01T00:00:00+09:00") })));
    """
    assert tried(script)[0]["ends_at"] == "2026-12-31T24:00:00+09:00"


def test_empty_fields_are_filled_and_what_the_person_has_typed_stays():
    script = """
    const wanted = read.marksOf(sheet({ title: field("朝市"), fee: field("無料"), phone: null }), { key: "a" });
    const { form, marks, touched } = settle({ title: "わたしの題" }, { wanted, touched: ["title"] });
    say(form.title, form.fee, form.phone, Object.keys(marks), touched);
    """
    assert tried(script) == ["わたしの題", "無料", "", ["fee"], ["title"]]


def test_what_was_typed_and_deleted_again_is_not_filled():
    assert tried('say(settle({}, { wanted: { title: mark("朝市") }, touched: ["title"] }).form.title)') == [""]


def test_typing_takes_the_mark_away_for_good():
    script = """
    const first = settle({}, { wanted: { title: mark("朝市") } });
    const typed = settle({ title: "朝市！" }, { ...first, wanted: { title: mark("朝市") } });
    const deleted = settle({ title: "" }, { ...typed, wanted: { title: mark("朝市") } });
    say(Object.keys(first.marks), typed.marks, typed.form.title, deleted.form.title);
    """
    assert tried(script) == [["title"], {}, "朝市！", ""]


def test_taking_back_empties_what_was_filled_and_not_changed():
    script = """
    const wanted = { title: mark("朝市"), fee: mark("無料") };
    const first = settle({}, { wanted });
    const changed = settle({ ...first.form, fee: "百円" }, { ...first, wanted });
    const back = settle(changed.form, { ...changed, wanted: {} });
    const again = settle(back.form, { ...back, wanted });
    say(back.form.title, back.form.fee, back.marks, again.form.title, again.form.fee);
    """
    assert tried(script) == ["", "百円", {}, "朝市", "百円"]


def test_a_draft_that_came_back_keeps_its_words_and_knows_those_that_were_read():
    script = """
    const { form, marks } = settle({ title: "朝市", fee: "百円" }, { wanted: { title: mark("朝市"), fee: mark("無料") } });
    say(form.title, form.fee, Object.keys(marks), marks.title.before);
    """
    assert tried(script) == ["朝市", "百円", ["title"], ""]


def test_what_came_along_from_the_flyer_before_gives_way_and_comes_back():
    script = """
    const carried = { venue: "公民館" };
    const first = settle({ venue: "公民館" }, { wanted: { venue: mark("体育館") }, carried });
    const back = settle(first.form, { ...first, wanted: {}, carried });
    const typed = settle({ venue: "集会所" }, { wanted: { venue: mark("体育館") }, carried });
    say(first.form.venue, back.form.venue, typed.form.venue);
    """
    assert tried(script) == ["体育館", "公民館", "集会所"]


def test_another_sheet_brings_its_own_words():
    script = """
    const first = settle({}, { wanted: { title: mark("朝市"), fee: mark("無料") } });
    const other = settle(first.form, { ...first, wanted: { title: mark("夜市") } });
    say(other.form.title, other.form.fee, Object.keys(other.marks));
    """
    assert tried(script) == ["夜市", "", ["title"]]


def test_the_day_is_as_sure_as_its_less_sure_end_and_tells_all_its_problems():
    script = """
    const ends_at = { value: "2026-11-24", confidence: 0.89, problems: ["past"] };
    const fields = { starts_at: field("2026-11-23", { problems: ["weekday"] }), ends_at };
    const { when } = read.marksOf(sheet(fields), {});
    say(when.sure, when.problems, when.lines, when.boxes.length);
    """
    assert tried(script) == [False, ["weekday", "past"], ["2026-11-23"], 1]


def test_the_cover_speaks_first_and_the_other_side_adds_what_it_lacks():
    script = """
    const other = sheet({ title: field("別"), phone: field("0966-00-0001") }, { place: { name: "公民館" } });
    const back = [sheet({ title: field("裏") }), other];
    const readings = { r1: { sheets: [sheet({ title: field("朝市") })] }, r2: { sheets: back } };
    const items = [{ key: "a", photo: { reading: "r1" } }, { key: "b", photo: { reading: "r2" }, sheet: 1 }, { key: "c" },
      { key: "d", photo: {} }];
    const { wanted, place } = read.wantedOf(items, readings);
    say(wanted.title.value, wanted.phone.value, wanted.phone.reading, wanted.phone.sheet, place.name);
    """
    assert tried(script) == ["朝市", "0966-00-0001", "r2", 1, "公民館"]


def test_a_page_of_a_pdf_takes_its_own_sheet():
    script = """
    const reading = { sheets: [sheet({}, { page: 0 }), sheet({}, { page: 1 })] };
    say(read.sheetOf(reading, { page: 1 }).n, read.sheetOf(reading, {}).n, read.sheetsOf(reading, { page: 2 }),
      read.sheetsOf(undefined, {}));
    """
    assert tried(script) == [1, 0, [], []]


def test_the_place_is_never_offered_over_a_pin_that_the_person_has_set():
    script = """
    const place = { name: "公民館", lat: 32.2, lng: 130.7 };
    const carried = { lat: 1, lng: 2, from: "map" };
    const points = [null, { from: "photo" }, carried, { from: "map" }, { from: "here" }, { from: "reading" }];
    say(...points.map((point) => read.mayPlace(point, place, carried)), read.mayPlace(null, null));
    """
    assert tried(script) == [True, True, True, False, False, False, False]


@pytest.mark.parametrize(
    ("states", "step"),
    [([], ""), (["waiting"], "waiting"), (["waiting", "reading"], "reading"), (["read", "late"], "read"),
     (["empty", "lost"], "empty"), (["refused"], "missed"), (["off"], "missed"), (["late"], "missed"), (["gone"], "")],
)  # fmt: skip
def test_one_line_for_all_photographs(states, step):
    assert tried(f"say(read.stepOf({json.dumps(states)}))") == [step]


FOLLOW = """
const pauses = [];
const heard = [];
const stop = new AbortController();
const sleep = async (pause) => pauses.push(pause);
const given = %s;
const ask = async () => {
  const next = given.length > 1 ? given.shift() : given[0];
  if (typeof next !== "string") throw next;
  return { state: next };
};
await read.follow({ ask, sleep, onAnswer: ({ state }) => { heard.push(state); %s }, signal: stop.signal });
say(pauses, heard);
"""


def test_it_asks_after_a_second_and_then_every_two_until_it_is_over():
    assert tried(FOLLOW % ('["waiting", "reading", "read"]', "")) == [[1000, 2000, 2000], ["waiting", "reading", "read"]]


def test_it_asks_more_and_more_seldom_until_the_server_says_that_it_is_over():
    states = json.dumps(["waiting"] * 30 + ["late"])
    pauses, heard = tried(FOLLOW % (states, ""))
    assert (pauses[:16], pauses[16], pauses[-1]) == ([1000, *[2000] * 15], 3000, 30_000)
    assert pauses == sorted(pauses)
    assert heard[-1] == "late"


def test_a_thin_line_is_asked_again_and_what_is_gone_is_not():
    script = FOLLOW % ("[{ network: true }, { status: 503 }, { status: 404 }]", "")
    assert tried(script) == [[1000, 2000, 2000], [None, "gone"]]


def test_without_signal_it_is_said_that_nobody_can_be_asked_until_somebody_answers():
    follow = FOLLOW.replace("({ state }) => { heard.push(state)", "({ state, away }) => { heard.push(away ? 'away' : state)")
    assert tried(follow % ('["waiting", { network: true }, "read"]', ""))[1] == ["waiting", "away", "read"]
    assert tried('say(read.stepOf(["read", "away"]), read.stepOf(["read", "waiting"]));') == ["away", "waiting"]


def test_nothing_is_heard_any_more_once_it_was_stopped():
    assert tried(FOLLOW % ('["waiting"]', "stop.abort();")) == [[1000, 2000], ["waiting"]]


def test_boxes_go_from_the_sheet_to_the_photograph_and_back():
    script = """
    const corners = [[0.2, 0.1], [0.9, 0.2], [0.8, 0.95], [0.15, 0.8]];
    const near = (found, wished) => found.every((one, at) => Math.abs(one - wished[at]) < 1e-6);
    const box = [0.25, 0.5, 0.25, 0.125];
    const points = shape.inPhoto(box, corners);
    say(near(shape.inShown(points, corners), box), near(shape.inPhoto([0, 0, 1, 1], corners).flat(), corners.flat()),
      near(shape.inShown(shape.inPhoto(box, null), null), box),
      shape.inShown([[0, 0], [0.05, 0], [0.05, 0.05], [0, 0.05]], corners));
    """
    assert tried(script) == [True, True, True, None]


def test_corners_stay_in_the_photograph_and_make_a_sheet():
    script = """
    const square = [[0.1, 0.1], [0.9, 0.1], [0.9, 0.9], [0.1, 0.9]];
    say(shape.isSheet(square), shape.isSheet(shape.placed(square, 0, [0.95, 0.95])), shape.isSheet(square.map(() => [0.5, 0.5])),
      shape.isSheet([square[3], square[0], square[1], square[2]]), shape.placed(square, 1, [1.4, -0.2])[1]);
    """
    assert tried(script) == [True, False, False, True, [1, 0]]


def test_the_piece_around_what_was_read_stays_on_the_sheet():
    script = """
    const [x, y, width, height] = shape.pieceOf([[0, 0.02, 0.4, 0.05], [0.5, 0.1, 0.5, 0.05]], [600, 800]);
    say(x, y, Math.round((x + width) * 100), y + height > 0.15 && y + height < 0.4);
    """
    assert tried(script) == [0, 0, 100, True]
