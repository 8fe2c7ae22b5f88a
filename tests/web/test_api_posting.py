"""Posting a flyer through the API: what comes back, what is refused, and what a phone sends twice."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from contextvars import copy_context

import pytest
from sqlmodel import func, select

from tamemap import clock, db
from tamemap.models import Flyer, Map
from tamemap.services.flyer_input import PER_HOUR
from tests.factories import DAY, KASHIMA, NISHIKI, OFFICES
from tests.gateways.photos import small
from tests.web.browsers import API, LAT, LNG, form, photo, posted, problem, titles


def flyers_kept() -> int:
    with db.transaction(write=False) as tx:
        return tx.exec(select(func.count()).select_from(Flyer)).one()


def test_aki_posts_and_it_stands_on_her_towns_map_only(world, visit):
    aki = visit(world.aki)
    answer = aki.post(f"{API}/flyers", data=form(), files=photo())
    body = answer.json()
    assert answer.status_code == 201
    assert answer.headers["location"] == f"/f/{body['id']}"
    assert body["url"] == f"http://localhost:8000/f/{body['id']}"
    assert [(one["map"], one["state"]) for one in body["placements"]] == [("hitoyoshi", "up")]
    assert body["notes"] == []
    assert titles(visit()) == ["秋の市"]
    assert titles(visit(), "hitoyoshi-kuma") == []


def test_with_the_one_tick_it_stands_on_the_regional_map_too(world, visit):
    answer = visit(world.aki).post(f"{API}/flyers", data=form(outside="true"), files=photo())
    assert [(one["map"], one["state"]) for one in answer.json()["placements"]] == [("hitoyoshi", "up"), ("hitoyoshi-kuma", "up")]
    assert titles(visit(), "hitoyoshi-kuma") == ["秋の市"]
    assert titles(visit(), "rokko") == []


def test_everything_that_aki_wrote_comes_back(world, visit):
    aki = visit(world.aki)
    said = {
        "title": "クリスマス市",
        "body": "焼き栗\nと手編みの帽子",
        "category": "food",
        "venue": "人吉駅前ひろば",
        "address": "熊本県人吉市中青井町",
        "fee": "無料",
        "phone": "0966-00-0000",
        "organiser": "駅前商店会",
        "url": "https://example.jp/ichi",
        "lat": "32.2101",
        "lng": "130.7402",
    }
    seen = aki.get(f"{API}/flyers/{posted(aki, **said)}").json()
    kept = {name: seen[name] for name in said}
    assert kept == said | {"lat": 32.2101, "lng": 130.7402}
    assert (seen["municipality"], seen["map"], seen["face"]) == ({"code": "432032", "name": "人吉市"}, "hitoyoshi", "resident")
    assert (seen["version"], seen["may_change"], seen["may_decide"]) == (1, True, False)
    assert len(seen["pictures"]) == 1


@pytest.mark.parametrize(
    ("starts", "ends", "all_day", "said"),
    [
        ("2026-12-01", "2026-12-02", True, ("2026-12-01", "2026-12-02")),
        ("2026-12-01", None, True, ("2026-12-01", "2026-12-01")),
        ("2026-12-09T10:00:00+09:00", "2026-12-09T11:30:00+09:00", False, None),
        ("2026-12-09T10:00:00+09:00", None, False, ("2026-12-09T10:00:00+09:00", None)),
        ("2026-12-09T18:00+09:00", "2026-12-09T24:00+09:00", False, ("2026-12-09T18:00:00+09:00", "2026-12-10T00:00:00+09:00")),
        ("2026-12-09T01:00:00Z", "2026-12-09T02:30:00Z", False, ("2026-12-09T10:00:00+09:00", "2026-12-09T11:30:00+09:00")),
        (None, None, False, (None, None)),
    ],
)
def test_days_and_hours_come_back_as_they_were_meant(world, visit, starts, ends, all_day, said):  # noqa: PLR0917
    aki = visit(world.aki)
    seen = aki.get(f"{API}/flyers/{posted(aki, starts_at=starts, ends_at=ends)}").json()
    assert (seen["starts_at"], seen["ends_at"]) == (said or (starts, ends))
    assert seen["all_day"] is all_day


def test_an_evening_until_24_oclock_is_said_so(world, visit):
    aki = visit(world.aki)
    public_id = posted(aki, starts_at="2026-12-09T18:00:00+09:00", ends_at="2026-12-09T24:00:00+09:00")
    label = aki.get(f"{API}/flyers/{public_id}").json()["date_label"]
    assert (label["month"], label["day"], label["weekday"], label["time"]) == (12, 9, "水", "18:00〜24:00")


def test_dai_without_an_account_waits_for_staff_and_sees_and_takes_back_his_own(world, visit):
    dai = visit()
    answer = dai.post(f"{API}/flyers", data=form(), files=photo())
    public_id = answer.json()["id"]
    assert [(one["map"], one["state"]) for one in answer.json()["placements"]] == [("hitoyoshi", "held")]
    assert "httponly" in answer.headers["set-cookie"].lower()
    assert "samesite=lax" in answer.headers["set-cookie"].lower()
    assert titles(visit()) == titles(dai) == []
    problem(visit().get(f"{API}/flyers/{public_id}"), 404, "flyer_unknown")
    problem(visit(world.chie).get(f"{API}/flyers/{public_id}"), 404, "flyer_unknown")
    seen = dai.get(f"{API}/flyers/{public_id}").json()
    assert (seen["state"], seen["may_change"]) == ("held", True)
    assert dai.delete(f"{API}/flyers/{public_id}").status_code == 204
    problem(dai.get(f"{API}/flyers/{public_id}"), 410, "flyer_gone")
    problem(visit().get(f"{API}/flyers/{public_id}"), 404, "flyer_unknown")


def test_another_guest_is_not_dai(world, visit):
    public_id = posted(visit())
    problem(visit().delete(f"{API}/flyers/{public_id}"), 401, "sign_in_first")


def test_where_guests_may_not_post_they_are_asked_to_sign_in(world, visit):
    with db.transaction(write=True) as tx:
        here = tx.exec(select(Map).where(Map.slug == "hitoyoshi")).one()
        here.guests_may_post = False
        tx.add(here)
    problem(visit().post(f"{API}/flyers", data=form(), files=photo()), 401, "sign_in_to_post")
    assert flyers_kept() == 0


def test_where_guests_are_not_held_dais_flyer_is_up_at_once(world, visit):
    with db.transaction(write=True) as tx:
        here = tx.exec(select(Map).where(Map.slug == "hitoyoshi")).one()
        here.hold_guests = False
        tx.add(here)
    posted(visit())
    assert titles(visit()) == ["秋の市"]


def test_the_place_decides_and_the_map_is_only_a_hint(world, visit):
    lat, lng = OFFICES[NISHIKI]
    answer = visit(world.aki).post(f"{API}/flyers", data=form(lat=str(lat), lng=str(lng), map="hitoyoshi"), files=photo())
    assert answer.json()["notes"] == ["placed_in_other_town"]
    assert [one["map"] for one in answer.json()["placements"]] == ["nishiki"]
    region = visit(world.aki).post(f"{API}/flyers", data=form(map="hitoyoshi-kuma"), files=photo())
    assert region.json()["notes"] == []


@pytest.mark.parametrize(
    ("changes", "code", "fields"),
    [
        ({"title": None}, "title_missing", ["title"]),
        ({"title": "あ" * 81}, "too_long", ["title"]),
        ({"title": "\u200b\u202e "}, "title_missing", ["title"]),
        ({"category": "party"}, "category_wrong", ["category"]),
        ({"category": None}, "category_missing", ["category"]),
        ({"lat": None, "lng": None}, "position_missing", ["lat", "lng"]),
        ({"lat": "0", "lng": "0"}, "position_wrong", ["lat", "lng"]),
        ({"lat": "nan"}, "position_wrong", ["lat"]),
        ({"lat": "1e999"}, "position_wrong", ["lat"]),
        ({"lat": "35.0", "lng": "135.0"}, "place_outside", ["lat"]),
        ({"starts_at": "2026-12-09T10:00:00"}, "date_without_offset", ["starts_at"]),
        ({"starts_at": "令和8年12月9日"}, "date_wrong", ["starts_at"]),
        ({"starts_at": "2026-02-30"}, "date_wrong", ["starts_at"]),
        ({"starts_at": "9999-12-31"}, "date_too_far", ["starts_at"]),
        ({"starts_at": "2026-12-02", "ends_at": "2026-12-01"}, "end_before_start", ["ends_at"]),
        ({"starts_at": None, "ends_at": "2026-12-01"}, "start_missing", ["starts_at"]),
        ({"ends_at": "2026-12-01T10:00:00+09:00"}, "date_and_time_mixed", ["ends_at"]),
        ({"url": "javascript:alert(1)"}, "url_wrong", ["url"]),
        ({"url": "https://me@example.jp/"}, "url_wrong", ["url"]),
        ({"phone": "でんわ"}, "phone_wrong", ["phone"]),
        ({"hidden_outside": "title"}, "hidden_outside_wrong", ["hidden_outside"]),
        ({"may_post": "false"}, "may_post_needed", ["may_post"]),
        ({"may_post": None}, "may_post_needed", ["may_post"]),
        ({"outside": "perhaps"}, "flag_wrong", ["outside"]),
        ({"body": "あ" * 4001}, "too_long", ["body"]),
        ({"map": "atlantis"}, "map_unknown", ["map"]),
    ],
)
def test_a_wrong_field_is_named_and_nothing_is_posted(world, visit, changes, code, fields):
    answer = visit(world.aki).post(f"{API}/flyers", data=form(**changes), files=photo())
    problem(answer, 422, code, *fields)
    assert flyers_kept() == 0


def test_all_wrong_fields_are_named_at_once_in_the_readers_language(world, visit):
    changes = {"title": "", "category": "party", "lat": "0", "lng": "0", "may_post": "", "ends_at": "x"}
    japanese = problem(visit(world.aki).post(f"{API}/flyers", data=form(**changes)), 422, "flyer_invalid", "title", "category",
                       "ends_at", "lat", "lng", "photo", "may_post")  # fmt: skip
    english = visit(world.aki, **{"accept-language": "en-GB,en;q=0.9,ja;q=0.5"}).post(f"{API}/flyers", data=form(**changes))
    assert japanese["title"] == "直すところがあります"
    assert english.headers["content-language"] == "en"
    assert english.json()["title"].isascii()
    assert [one["code"] for one in english.json()["errors"]] == [one["code"] for one in japanese["errors"]]
    assert all(one["message"].isascii() for one in english.json()["errors"])


def test_the_same_request_twice_is_one_flyer_and_the_same_answer(world, visit):
    aki = visit(world.aki)
    key = {"Idempotency-Key": "draft-1"}
    first = aki.post(f"{API}/flyers", data=form(), files=photo(), headers=key)
    again = aki.post(f"{API}/flyers", data=form(), files=photo(), headers=key)
    assert (first.status_code, again.status_code) == (201, 201)
    assert again.json() == first.json()
    assert flyers_kept() == 1


def test_the_same_key_with_another_body_is_a_conflict(world, visit):
    aki = visit(world.aki)
    key = {"Idempotency-Key": "draft-1"}
    aki.post(f"{API}/flyers", data=form(), files=photo(), headers=key)
    problem(aki.post(f"{API}/flyers", data=form(title="別の市"), files=photo(), headers=key), 409, "key_used_otherwise")
    problem(aki.post(f"{API}/flyers", data=form(), files=photo(small("d08.jpg")), headers=key), 409, "key_used_otherwise")
    assert flyers_kept() == 1


def test_the_same_key_of_somebody_else_is_another_key(world, visit):
    key = {"Idempotency-Key": "draft-1"}
    for somebody in (world.aki, world.chie):
        assert visit(somebody).post(f"{API}/flyers", data=form(), files=photo(), headers=key).status_code == 201
    assert flyers_kept() == 2


def test_a_refused_request_leaves_its_key_free(world, visit):
    aki = visit(world.aki)
    key = {"Idempotency-Key": "draft-1"}
    problem(aki.post(f"{API}/flyers", data=form(title=""), files=photo(), headers=key), 422, "title_missing", "title")
    assert aki.post(f"{API}/flyers", data=form(), files=photo(), headers=key).status_code == 201


def test_after_a_month_a_key_may_be_used_again(world, visit):
    key = {"Idempotency-Key": "draft-1"}
    aki = visit(world.aki)
    aki.post(f"{API}/flyers", data=form(), files=photo(), headers=key)
    with clock.frozen_at(clock.now() + 31 * DAY):
        assert aki.post(f"{API}/flyers", data=form(title="翌月の市"), files=photo(), headers=key).status_code == 201
    assert flyers_kept() == 2


def test_a_guests_key_holds_while_the_browser_keeps_its_cookie(world, visit):
    dai = visit()
    key = {"Idempotency-Key": "draft-1"}
    first = dai.post(f"{API}/flyers", data=form(), files=photo(), headers=key)
    again = dai.post(f"{API}/flyers", data=form(), files=photo(), headers=key)
    assert again.json() == first.json()
    assert flyers_kept() == 1


@pytest.mark.parametrize("key", ["x" * 201, "café"])
def test_a_key_that_is_none_is_refused(world, visit, key):
    answer = visit(world.aki).post(f"{API}/flyers", data=form(), files=photo(), headers={"Idempotency-Key": key.encode()})
    problem(answer, 422, "key_wrong", "Idempotency-Key")


def test_another_sites_form_is_refused_and_ours_is_taken(world, visit):
    aki = visit(world.aki)
    for stranger in ("https://example.com", "null", "http://testserver:81", "http://testserver.example.com"):
        refused = aki.post(f"{API}/flyers", data=form(), files=photo(), headers={"Origin": stranger})
        problem(refused, 403, "other_site")
    assert flyers_kept() == 0
    for ours in ("http://testserver", "http://localhost:8000"):
        assert aki.post(f"{API}/flyers", data=form(), files=photo(), headers={"Origin": ours}).status_code == 201


def test_a_broken_form_is_refused(world, visit):
    answer = visit(world.aki).post(f"{API}/flyers", content=b"--x\r\nrubbish", headers={"Content-Type": "multipart/form-data"})
    problem(answer, 422, "form_broken")


def test_a_guest_who_posts_without_end_is_asked_to_wait(world, visit):
    dai = visit()
    waiting = dai.post(f"{API}/photos", files=photo()).json()["photos"][0]["id"]
    for number in range(PER_HOUR["guest"]):
        fields = form(title=f"市 {number}", photo_id=waiting)
        assert dai.post(f"{API}/flyers", data=fields).status_code == 201
        waiting = dai.post(f"{API}/photos", files=photo()).json()["photos"][0]["id"]
    refused = dai.post(f"{API}/flyers", data=form(title="もうひとつ", photo_id=waiting))
    problem(refused, 429, "flyers_too_many")
    assert refused.headers["retry-after"] == "3600"


def test_a_point_in_another_region_is_posted_there(world, visit):
    lat, lng = OFFICES[KASHIMA]
    answer = visit(world.aki).post(f"{API}/flyers", data=form(lat=str(lat), lng=str(lng), outside="true"), files=photo())
    assert [one["map"] for one in answer.json()["placements"]] == ["kashima", "rokko"]


def test_the_edge_of_town_is_still_town(world, visit):
    answer = visit(world.aki).post(f"{API}/flyers", data=form(lat=str(LAT - 0.05), lng=str(LNG)), files=photo())
    assert [one["map"] for one in answer.json()["placements"]] == ["hitoyoshi"]


def test_a_guest_whose_first_answer_was_lost_with_its_cookie_sends_it_again_and_is_the_same_guest(world, visit):
    key = {"Idempotency-Key": "5d0f6a3e-5f43-4f0c-9f53-0e1d9b6f2a77"}
    first = visit().post(f"{API}/flyers", data=form(), files=photo(), headers=key)
    dai = visit()
    again = dai.post(f"{API}/flyers", data=form(), files=photo(), headers=key)
    assert again.json() == first.json()
    assert flyers_kept() == 1
    assert dai.get(f"{API}/flyers/{first.json()['id']}").json()["may_change"] is True
    plain = {"Idempotency-Key": "my-flyer"}  # which anybody may think of
    visit().post(f"{API}/flyers", data=form(), files=photo(), headers=plain)
    stranger = visit()
    stranger.post(f"{API}/flyers", data=form(), files=photo(), headers=plain)
    assert flyers_kept() == 3


def test_two_of_the_same_request_at_the_same_moment_are_one_flyer(world, visit):
    aki = visit(world.aki)
    cookie = aki.cookies["tamemap_session"]

    def send():
        twin = visit()
        twin.cookies.set("tamemap_session", cookie)
        return twin.post(f"{API}/flyers", data=form(), files=photo(), headers={"Idempotency-Key": "draft-1"}).json()

    with ThreadPoolExecutor(max_workers=4) as pool:
        # each in a copy of this context, so that their clock stands still, too
        answers = [one.result() for one in [pool.submit(copy_context().run, send) for _ in range(4)]]
    assert {answer["id"] for answer in answers} == {answers[0]["id"]}
    assert flyers_kept() == 1
