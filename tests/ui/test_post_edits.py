"""What becomes of a photograph before it is public: what is asked about, what a person draws, what the flyer before leaves."""

from __future__ import annotations

from tests.ui.test_post_reading import tried

EDITS = """
import { bodyOf, decidedWith, isEdited, ownOf, pictureOf, privateOf, withOwn } from "./post_form_edits.js";
const corners = [[0.1, 0.1], [0.9, 0.1], [0.9, 0.9], [0.1, 0.9]];
const reading = { sheets: [sheet({}, { corners, private: [{ kind: "face", box: [0.5, 0.5, 0.25, 0.25] }] }),
  sheet({}, { corners: [[0, 0], [0.05, 0], [0.05, 0.05], [0, 0.05]], private: [{ kind: "plate", box: [0, 0, 1, 1] }] })] };
const near = (boxes) => boxes.map((box) => box.map((one) => Math.round(one * 1000) / 1000));
"""


def test_what_is_blurred_stays_blurred_however_the_photograph_is_shown():
    script = """
    const [face] = privateOf({ edit: { corners, decided: [] } }, reading);
    const decided = decidedWith([], face.points, "blur");
    say(near(bodyOf({ corners, decided }).blur), near(bodyOf({ corners: null, decided }).blur),
      isEdited({ corners: null, decided }),
      privateOf({ edit: { corners: null, decided } }, reading).map(({ kind, deed }) => [kind, deed]));
    """
    assert tried(EDITS + script) == [
        [[0.5, 0.5, 0.25, 0.25]], [[0.5, 0.5, 0.2, 0.2]], True, [["face", "blur"], ["plate", ""]],
    ]  # fmt: skip


def test_laid_flat_only_what_is_on_that_sheet_is_asked_about():
    script = """
    const kinds = (item) => privateOf(item, reading).map(({ kind }) => kind);
    const other = { sheet: 1, edit: { corners: reading.sheets[1].corners, decided: [] } };
    say(kinds({ edit: { corners, decided: [] } }), kinds({}), kinds(other));
    """
    assert tried(EDITS + script) == [["face"], ["face", "plate"], ["plate"]]


def test_a_second_thought_takes_the_place_of_the_first():
    script = """
    const [face] = privateOf({}, reading);
    const decided = decidedWith(decidedWith([], face.points, "blur"), face.points, "keep");
    say(decided.length, bodyOf({ corners: null, decided }), isEdited({ corners: null, decided }), isEdited(undefined));
    """
    assert tried(EDITS + script) == [1, {"corners": None, "blur": []}, False, False]


def test_who_stands_beside_the_sheet_is_asked_about_where_the_whole_photograph_is_shown():
    script = """
    const seen = [{ kind: "face", box: [0.5, 0.5, 0.2, 0.2] }, { kind: "face", box: [0, 0.5, 0.08, 0.2] }];
    const beside = { sheets: [{ ...reading.sheets[0], around: seen }] };
    const shown = (edit) => near(privateOf({ edit }, beside).map(({ box }) => box));
    say(shown({ corners: null, decided: [] }), shown({ corners, decided: [] }));
    """
    # the one on the sheet was found there already; laid flat, nobody sees the other
    assert tried(EDITS + script) == [[[0.5, 0.5, 0.2, 0.2], [0, 0.5, 0.08, 0.2]], [[0.5, 0.5, 0.25, 0.25]]]


def test_places_of_ones_own_are_blurred_beside_what_was_found_and_stay_where_they_are():
    script = """
    const [face] = privateOf({}, reading);
    const drawn = withOwn({ corners, decided: [] }, [[0.5, 0.5, 0.25, 0.25], [0, 0, 0.5, 0.125]]);
    const decided = decidedWith(drawn, face.points, "keep");
    const moved = withOwn({ corners, decided }, [[0, 0, 0.25, 0.125]]);
    say(near(ownOf({ edit: { corners, decided } })), near(bodyOf({ corners: null, decided: moved }).blur),
      decided.length, moved.length, near(ownOf({ edit: { corners: reading.sheets[1].corners, decided } })), ownOf({}));
    """
    own = [[0.5, 0.5, 0.25, 0.25], [0, 0, 0.5, 0.125]]
    assert tried(EDITS + script) == [own, [[0.1, 0.1, 0.2, 0.1]], 3, 2, [], []]


def test_what_is_drawn_elsewhere_stays_when_another_part_is_shown():
    script = """
    const decided = withOwn({ corners: null, decided: [] }, [[0.02, 0.02, 0.02, 0.02], [0.5, 0.5, 0.2, 0.2]]);
    say(near(ownOf({ edit: { corners, decided } })), withOwn({ corners, decided }, []).length);
    """
    assert tried(EDITS + script) == [[[0.5, 0.5, 0.25, 0.25]], 1]


def test_the_picture_to_draw_on_is_the_one_that_will_be_public():
    script = """
    const photo = { id: "abc" };
    say(pictureOf({ photo }, "blob:1"), pictureOf({ photo }, undefined),
      pictureOf({ photo, edit: { corners, decided: [] } }, "blob:1"));
    """
    whole = "/api/v1/photos/abc/whole.jpeg"
    assert tried(EDITS + script) == ["blob:1", whole, f"{whole}?corners=0.1,0.1,0.9,0.1,0.9,0.9,0.1,0.9"]


def test_a_box_is_drawn_moved_and_stretched_within_the_picture():
    script = """
    const { drawn, shifted, stretched } = shape;
    say(drawn([0.5, 0.5], [0.3, 0.4]), drawn([0.5, 0.5], [0.505, 0.505]), drawn([1.2, 0.5], [1.3, 0.9]),
      shifted([0.8, 0.1, 0.2, 0.1], 0.1, -0.2), stretched([0.8, 0.1, 0.1, 0.1], 0.3, -0.2));
    """
    assert tried(script) == [[0.3, 0.4, 0.2, 0.1], None, [0.98, 0.5, 0.02, 0.4], [0.8, 0, 0.2, 0.1], [0.8, 0.1, 0.2, 0.02]]


STALE = """
const pin = { lat: 1, lng: 2, from: "map" };
const before = { venue: "公民館", address: "九日町1", phone: "0966-00-0001", organiser: "町内会", point: pin };
const stale = (form, names, more = {}) => {
  const marks = Object.fromEntries(Object.entries(names).map(([name, value]) => [name, { value }]));
  return read.stale({ form: { ...EMPTY, ...form }, marks, carried: before, place: null, ...more });
};
"""


def test_another_flyer_at_another_venue_does_not_keep_the_pin_the_address_and_the_telephone():
    script = """
    const gone = stale(before, { title: "朝市", venue: "体育館", organiser: "商工会" });
    const place = { name: "体育館", lat: 3, lng: 4, why: "known" };
    const found = stale(before, { title: "朝市", venue: "体育館" }, { place });
    const guessed = stale(before, { title: "朝市", venue: "体育館" }, { place: { ...place, why: "geocoder" } });
    say(gone, found.point, guessed.point);
    """
    assert tried(STALE + script) == [
        {"address": "", "phone": "", "point": None}, {"lat": 3, "lng": 4, "from": "reading", "name": "体育館"}, None,
    ]  # fmt: skip


def test_what_the_person_has_said_for_this_flyer_and_the_same_venue_stay():
    script = """
    const mine = { ...before, address: "ここ", phone: "", point: { lat: 9, lng: 9, from: "here" } };
    say(stale(mine, { title: "朝市", venue: "体育館", organiser: "町内会" }),
      stale(before, { title: "朝市", venue: "公民館 2階" }).point, stale(before, { venue: "体育館" }), stale(before, {}));
    """
    assert tried(STALE + script) == [{}, None, {}, {}]


def test_a_known_venue_sets_the_pin_where_there_is_none_and_nowhere_else():
    script = """
    const place = { name: "体育館", lat: 3, lng: 4, why: "gazetteer" };
    const marks = { title: { value: "朝市" }, venue: { value: "体育館" } };
    const set = (point, carried = {}) => read.stale({ form: { ...EMPTY, point }, marks, carried, place }).point?.from;
    say(set(null), set({ lat: 1, lng: 2, from: "photo" }), set({ lat: 1, lng: 2, from: "map" }));
    """
    assert tried(script) == ["reading", None, None]


def test_the_day_is_said_as_it_will_be_posted():
    script = """
    import { NO_DAY as none, period, saidWhen } from "./post_form_dates.js";
    const w = (key, more) => (more ? `${key} ${Object.values(more).join("/")}` : key);
    const hours = { ...none, on: true, start: "2026-12-08", allDay: false, startTime: "13:30", endTime: "15:00" };
    say(saidWhen(hours, w), period(hours).ends_at, saidWhen({ ...none, on: true, start: "2026-12-08", end: "2026-12-09" }, w));
    """
    assert tried(script) == [
        "from_to day_said 2026/12/8/weekday_2 13:30/15:00",
        "2026-12-08T15:00:00+09:00",
        "from_to day_said 2026/12/8/weekday_2/day_said 2026/12/9/weekday_3",
    ]
