"""Changing a flyer, the one tick afterwards, taking back; and what staff decide about it."""

from __future__ import annotations

import pytest

from tamemap import clock, db
from tests import factories
from tests.factories import DAY, NISHIKI, OFFICES
from tests.web.browsers import API, form, last_mail, mailed_code, photo, posted, problem, titles


@pytest.fixture
def market(world):
    """Aki's flyer, inside only; its id."""
    with db.transaction(write=True) as tx:
        return factories.flyer(tx, world.aki, starts_at="2026-12-01", venue="駅前").public_id


@pytest.fixture
def fair(world):
    """Aki's flyer on both maps; its id."""
    with db.transaction(write=True) as tx:
        return factories.flyer(tx, world.aki, outside=True, starts_at="2026-12-01").public_id


@pytest.fixture
def held(world):
    """A flyer that Dai posted without an account; its id."""
    with db.transaction(write=True) as tx:
        return factories.flyer(tx, world.dai, outside=True, title="フリーマーケット").public_id


def states(client, public_id):
    """Where it stands and how, as this browser sees it."""
    return {one["map"]: one["state"] for one in client.get(f"{API}/flyers/{public_id}").json()["placements"]}


def test_aki_changes_a_field_and_everybody_sees_it_at_once(world, visit, market):
    aki = visit(world.aki)
    changed = aki.patch(f"{API}/flyers/{market}", json={"title": "冬の市", "venue": ""})
    assert (changed.json()["title"], changed.json()["venue"], changed.json()["version"]) == ("冬の市", "", 2)
    assert changed.json()["starts_at"] == "2026-12-01"
    assert titles(visit()) == ["冬の市"]
    assert titles(visit(), q="冬") == ["冬の市"]
    assert titles(visit(), q="秋") == []


def test_a_change_may_come_as_a_form_and_twice(world, visit, market):
    aki = visit(world.aki)
    for _ in range(2):
        assert aki.patch(f"{API}/flyers/{market}", data={"title": "冬の市"}).json()["title"] == "冬の市"


def test_who_may_not_change_it(world, visit, market):
    problem(visit().patch(f"{API}/flyers/{market}", json={"title": "x"}), 401, "sign_in_first")
    problem(visit(world.chie).patch(f"{API}/flyers/{market}", json={"title": "x"}), 403, "not_allowed_here")
    problem(visit(world.fumi).patch(f"{API}/flyers/{market}", json={"title": "x"}), 403, "not_allowed_here")
    assert titles(visit()) == ["秋の市"]


def test_ben_of_the_town_and_emi_of_the_region_may_change_it(world, visit, market):
    for number, somebody in enumerate((world.ben, world.emi)):
        assert visit(somebody).patch(f"{API}/flyers/{market}", json={"fee": f"{number}円"}).json()["fee"] == f"{number}円"


@pytest.mark.parametrize(
    ("body", "code", "fields"),
    [
        ({"title": ""}, "title_missing", ["title"]),
        ({"starts_at": "2026-12-05", "ends_at": "2026-12-01"}, "end_before_start", ["ends_at"]),
        ({"ends_at": "2026-11-30"}, "end_before_start", ["ends_at"]),
        ({"title": ["a"]}, "text_wrong", ["title"]),
        ({"title": True}, "text_wrong", ["title"]),
        ({"hidden_outside": "title"}, "hidden_outside_wrong", ["hidden_outside"]),
        ({"hidden_outside": [1]}, "hidden_outside_wrong", ["hidden_outside"]),
        ({"lat": "91", "lng": "130"}, "position_wrong", ["lat"]),
        ({"lat": "32.2169"}, "position_missing", ["lng"]),
    ],
)
def test_a_wrong_change_is_refused_and_nothing_is_changed(world, visit, market, body, code, fields):  # noqa: PLR0917
    aki = visit(world.aki)
    problem(aki.patch(f"{API}/flyers/{market}", json=body), 422, code, *fields)
    assert aki.get(f"{API}/flyers/{market}").json()["version"] == 1


def test_what_is_no_object_is_refused(world, visit, market):
    aki = visit(world.aki)
    for body in (b"[]", b"{", b"\xff", b'"x"', b"[" * 100_000):
        problem(aki.patch(f"{API}/flyers/{market}", content=body), 422, "json_broken")
    problem(aki.patch(f"{API}/flyers/{market}", content=b'{"title":"' + b"x" * 300_000 + b'"}'), 413, "body_too_large")


def test_the_pin_moves_within_the_town_only(world, visit, market):
    aki = visit(world.aki)
    moved = aki.patch(f"{API}/flyers/{market}", json={"lat": 32.22, "lng": 130.75}).json()
    assert (moved["lat"], moved["lng"]) == (32.22, 130.75)
    assert titles(visit(), bbox="130.749,32.219,130.751,32.221") == ["秋の市"]
    lat, lng = OFFICES[NISHIKI]
    problem(aki.patch(f"{API}/flyers/{market}", json={"lat": lat, "lng": lng}), 422, "place_in_other_town", "lat")
    problem(aki.patch(f"{API}/flyers/{market}", json={"lat": 35.0, "lng": 135.0}), 422, "place_outside", "lat")


def test_the_version_that_aki_saw_must_be_the_present_one(world, visit, market):
    aki = visit(world.aki)
    seen = aki.get(f"{API}/flyers/{market}").headers["etag"]
    assert seen == '"v1"'
    changed = aki.patch(f"{API}/flyers/{market}", json={"fee": "無料"}, headers={"If-Match": seen})
    assert changed.headers["etag"] == '"v2"'
    problem(
        aki.patch(f"{API}/flyers/{market}", json={"fee": "100円"}, headers={"If-Match": seen}), 412, "flyer_changed_meanwhile"
    )
    problem(aki.delete(f"{API}/flyers/{market}", headers={"If-Match": seen}), 412, "flyer_changed_meanwhile")
    problem(aki.patch(f"{API}/flyers/{market}", json={"fee": "1円"}, headers={"If-Match": "abc"}), 412, "flyer_changed_meanwhile")
    assert aki.patch(f"{API}/flyers/{market}", json={"fee": "2円"}, headers={"If-Match": "*"}).status_code == 200
    assert aki.delete(f"{API}/flyers/{market}", headers={"If-Match": 'W/"v3"'}).status_code == 204


def test_the_tick_afterwards_puts_it_on_the_regional_map_and_off_it(world, visit, market):
    aki = visit(world.aki)
    for _ in range(2):
        assert aki.put(f"{API}/flyers/{market}/outside").status_code == 200
        assert titles(visit(), "hitoyoshi-kuma") == ["秋の市"]
    for _ in range(2):
        assert aki.delete(f"{API}/flyers/{market}/outside").status_code == 200
        assert titles(visit(), "hitoyoshi-kuma") == []
    assert titles(visit()) == ["秋の市"]
    assert states(aki, market) == {"hitoyoshi": "up", "hitoyoshi-kuma": "withdrawn"}
    assert states(visit(), market) == {"hitoyoshi": "up"}


def test_chie_may_not_tick(world, visit, market):
    problem(visit(world.chie).put(f"{API}/flyers/{market}/outside"), 403, "not_allowed_here")
    problem(visit().delete(f"{API}/flyers/{market}/outside"), 401, "sign_in_first")
    problem(visit(world.aki).put(f"{API}/flyers/nosuchflyer2/outside"), 404, "flyer_unknown")


def test_what_staff_recalled_from_outside_aki_cannot_put_there_again(world, visit, fair):
    decided = visit(world.ben).post(
        f"{API}/desk/flyers/{fair}/decision", json={"placement": "outside", "decision": "recall", "reason": "市外では終了"}
    )
    assert {one["map"]: one["state"] for one in decided.json()["placements"]} == {"hitoyoshi": "up", "hitoyoshi-kuma": "recalled"}
    aki = visit(world.aki)
    problem(aki.put(f"{API}/flyers/{fair}/outside"), 409, "recalled_by_staff")
    assert (titles(visit()), titles(visit(), "hitoyoshi-kuma")) == (["秋の市"], [])
    reasons = {one["map"]: one.get("reason") for one in aki.get(f"{API}/flyers/{fair}").json()["placements"]}
    assert reasons == {"hitoyoshi": None, "hitoyoshi-kuma": "市外では終了"}
    assert "市外では終了" not in visit(world.chie).get(f"{API}/flyers/{fair}").text


def test_aki_deletes_hers_and_it_is_gone_the_second_time_too(world, visit, fair):
    aki = visit(world.aki)
    assert aki.delete(f"{API}/flyers/{fair}").status_code == 204
    assert (titles(visit()), titles(visit(), "hitoyoshi-kuma")) == ([], [])
    problem(aki.delete(f"{API}/flyers/{fair}"), 410, "flyer_gone")
    problem(visit().get(f"{API}/flyers/{fair}"), 410, "flyer_gone")
    problem(aki.patch(f"{API}/flyers/{fair}", json={"title": "x"}), 410, "flyer_gone")


def test_who_may_not_delete_it(world, visit, fair):
    problem(visit().delete(f"{API}/flyers/{fair}"), 401, "sign_in_first")
    problem(visit(world.chie).delete(f"{API}/flyers/{fair}"), 403, "not_allowed_here")
    problem(visit(world.fumi).delete(f"{API}/flyers/{fair}"), 403, "not_allowed_here")


def test_ben_lets_dais_flyer_up_and_nothing_changes_the_second_time(world, visit, held):
    ben = visit(world.ben)
    assert titles(visit()) == []
    for _ in range(2):
        decided = ben.post(f"{API}/desk/flyers/{held}/decision", json={"decision": "up"})
        assert {one["map"]: one["state"] for one in decided.json()["placements"]} == {"hitoyoshi": "up", "hitoyoshi-kuma": "up"}
    assert titles(visit()) == titles(visit(), "hitoyoshi-kuma") == ["フリーマーケット"]


def test_ben_lets_it_up_inside_only(world, visit, held):
    visit(world.ben).post(f"{API}/desk/flyers/{held}/decision", json={"decision": "up", "placement": "resident"})
    assert (titles(visit()), titles(visit(), "hitoyoshi-kuma")) == (["フリーマーケット"], [])


def test_a_held_flyer_that_staff_never_let_up_was_never_there_for_others(world, visit, held):
    visit(world.ben).post(f"{API}/desk/flyers/{held}/decision", json={"decision": "recall", "reason": "広告です"})
    problem(visit().get(f"{API}/flyers/{held}"), 404, "flyer_unknown")
    problem(visit(world.aki).get(f"{API}/flyers/{held}"), 404, "flyer_unknown")


def test_ben_recalls_with_a_reason_that_aki_is_told(world, visit, fair):
    ben = visit(world.ben)
    recalled = ben.post(f"{API}/desk/flyers/{fair}/decision", json={"decision": "recall", "reason": "日にちが違います"})
    assert recalled.status_code == 200
    assert (titles(visit()), titles(visit(), "hitoyoshi-kuma")) == ([], [])
    aki = visit(world.aki)
    assert aki.get(f"{API}/flyers/{fair}").json()["placements"][0]["reason"] == "日にちが違います"
    assert aki.get(f"{API}/me").json()["unread"] == 1
    problem(visit().get(f"{API}/flyers/{fair}"), 410, "flyer_gone")


def test_ben_deletes_it_everywhere(world, visit, fair):
    decided = visit(world.ben).post(f"{API}/desk/flyers/{fair}/decision", json={"decision": "delete", "reason": "重複"})
    assert {one["state"] for one in decided.json()["placements"]} == {"withdrawn"}
    problem(visit(world.ben).get(f"{API}/flyers/{fair}"), 410, "flyer_gone")
    assert visit(world.aki).get(f"{API}/me").json()["unread"] == 1


def test_staff_of_another_town_and_others_may_not_decide(world, visit, fair):
    wish = {"decision": "recall", "reason": "x"}
    for somebody in (world.fumi, world.chie, world.aki):
        problem(visit(somebody).post(f"{API}/desk/flyers/{fair}/decision", json=wish), 403, "not_allowed_staff_only")
    problem(visit().post(f"{API}/desk/flyers/{fair}/decision", json=wish), 401, "sign_in_first")
    assert titles(visit()) == ["秋の市"]


def test_the_regions_operator_may_decide(world, visit, fair):
    answer = visit(world.emi).post(f"{API}/desk/flyers/{fair}/decision", json={"decision": "recall", "reason": "x"})
    assert {one["state"] for one in answer.json()["placements"]} == {"recalled"}


@pytest.mark.parametrize(
    ("wish", "code", "field"),
    [
        ({"decision": "burn"}, "decision_wrong", "decision"),
        ({}, "decision_wrong", "decision"),
        ({"decision": "recall"}, "reason_missing", "reason"),
        ({"decision": "delete", "reason": " \n "}, "reason_missing", "reason"),
        ({"decision": "recall", "reason": "あ" * 501}, "too_long", "reason"),
        ({"decision": "up", "placement": "moon"}, "placement_wrong", "placement"),
    ],
)
def test_a_wrong_decision_is_refused(world, visit, fair, wish, code, field):  # noqa: PLR0917
    problem(visit(world.ben).post(f"{API}/desk/flyers/{fair}/decision", json=wish), 422, code, field)


def test_a_decision_about_where_it_never_stood_is_a_conflict(world, visit, market):
    wish = {"decision": "up", "placement": "outside"}
    problem(visit(world.ben).post(f"{API}/desk/flyers/{market}/decision", json=wish), 409, "decision_impossible")


def test_every_step_is_kept_with_who_when_and_why(world, visit, fair):
    aki, ben = visit(world.aki), visit(world.ben)
    aki.delete(f"{API}/flyers/{fair}/outside")
    ben.post(f"{API}/desk/flyers/{fair}/decision", json={"decision": "recall", "reason": "日にちが違います"})
    ben.post(f"{API}/desk/flyers/{fair}/decision", json={"decision": "up"})
    steps = aki.get(f"{API}/flyers/{fair}/history").json()["items"]
    assert [(one["map"], one["from"], one["to"], one["by"], one["as"], one["reason"]) for one in steps] == [
        ("人吉市マップ", None, "up", "Aki", "member", ""),
        ("人吉球磨マップ", None, "up", "Aki", "member", ""),
        ("人吉球磨マップ", "up", "withdrawn", "Aki", "member", ""),
        ("人吉市マップ", "up", "recalled", "Ben", "staff", "日にちが違います"),
        ("人吉市マップ", "recalled", "up", "Ben", "staff", ""),
    ]
    assert {one["at"] for one in steps} == {"2026-11-22T12:00:00+09:00"}
    problem(visit(world.chie).get(f"{API}/flyers/{fair}/history"), 404, "flyer_unknown")
    problem(visit(world.fumi).get(f"{API}/flyers/{fair}/history"), 404, "flyer_unknown")
    assert ben.get(f"{API}/flyers/{fair}/history").json()["items"] == steps


def test_a_flyer_whose_dates_are_over_leaves_by_itself_and_can_be_looked_up(world, visit):
    public_id = posted(visit(world.aki), starts_at="2026-11-23", outside="true")
    with clock.frozen_at(clock.now() + 2 * DAY):
        chie = visit(world.chie)
        assert titles(chie) == titles(chie, "hitoyoshi-kuma") == []
        assert titles(chie, past="true") == titles(chie, when="2026-11-23") == ["秋の市"]
        assert chie.get(f"{API}/flyers/{public_id}").json()["state"] == "past"
        assert visit().get(f"{API}/maps/hitoyoshi").json()["counts"] == {"up": 0}


def test_a_flyer_without_dates_stays_sixty_days(world, visit):
    posted(visit(world.aki), starts_at=None)
    with clock.frozen_at(clock.now() + 59 * DAY):
        assert titles(visit()) == ["秋の市"]
    with clock.frozen_at(clock.now() + 61 * DAY):
        assert titles(visit()) == []


def test_a_guests_flyer_becomes_the_persons_who_signs_in_from_that_browser(world, visit):
    dai = visit()
    public_id = dai.post(f"{API}/flyers", data=form(), files=photo()).json()["id"]
    dai.post(f"{API}/sign-in", json={"mail": "dai@example.jp"})
    assert dai.post(f"{API}/sign-in/code", json={"mail": "dai@example.jp", "code": mailed_code()}).status_code == 200
    dai.cookies.delete("tamemap_guest")
    assert dai.get(f"{API}/flyers/{public_id}").json()["may_change"] is True


def test_what_a_guest_changes_waits_for_staff_again(world, visit):
    dai = visit()
    public_id = posted(dai, outside="true")
    ben = visit(world.ben)
    ben.post(f"{API}/desk/flyers/{public_id}/decision", json={"decision": "up"})
    changed = dai.patch(f"{API}/flyers/{public_id}", json={"title": "まったく別のもの"}).json()
    assert (changed["state"], changed["title"]) == ("held", "まったく別のもの")
    assert (titles(visit()), titles(visit(), "hitoyoshi-kuma")) == ([], [])
    ben.post(f"{API}/desk/flyers/{public_id}/decision", json={"decision": "up"})
    assert titles(visit()) == titles(visit(), "hitoyoshi-kuma") == ["まったく別のもの"]


def test_ticking_again_is_no_way_around_staff(world, visit):
    dai, ben = visit(), visit(world.ben)
    public_id = posted(dai, outside="true")
    ben.post(f"{API}/desk/flyers/{public_id}/decision", json={"decision": "up", "placement": "resident"})
    dai.delete(f"{API}/flyers/{public_id}/outside")
    assert {one["map"]: one["state"] for one in dai.put(f"{API}/flyers/{public_id}/outside").json()["placements"]} == {
        "hitoyoshi": "up",
        "hitoyoshi-kuma": "held",
    }


def test_what_staff_recalled_in_town_is_not_put_outside_instead(world, visit, market):
    visit(world.ben).post(f"{API}/desk/flyers/{market}/decision", json={"decision": "recall", "reason": "日にちが違います"})
    problem(visit(world.aki).put(f"{API}/flyers/{market}/outside"), 409, "recalled_by_staff")
    assert titles(visit(), "hitoyoshi-kuma") == []


@pytest.mark.parametrize(("reason", "told"), [("", "書かれていません"), ("?reason=重複です", "重複です")])
def test_staff_delete_it_and_aki_is_told_why(world, visit, fair, reason, told):
    assert visit(world.ben).delete(f"{API}/flyers/{fair}{reason}").status_code == 204
    assert told in last_mail()["text"]
    assert last_mail()["to"] == "aki@example.jp"
    problem(visit(world.ben).delete(f"{API}/flyers/{fair}?reason={'あ' * 501}"), 422, "too_long", "reason")
