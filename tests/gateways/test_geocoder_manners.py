"""The geocoder asks seldom, remembers, and leaves a broken service alone."""

import logging
import threading

import pytest
from geopy.extra.rate_limiter import RateLimiter

from tamemap.config import Settings
from tamemap.domain.geography import Bounds, Point
from tamemap.gateways import geocoder as gateway
from tamemap.gateways.geocoder import CarefulGeocoder, Found, geocoder_from
from tests.gateways.gsi_answers import REVERSE, SEARCH, hit

HITOYOSHI = Bounds(130.6, 32.1, 130.9, 32.4)
OFFICE = Point(32.2169, 130.7394)


class Clock:
    """A timer that stands still until it is told to move."""

    def __init__(self):
        self.seconds = 1000.0

    def __call__(self):
        return self.seconds


def careful(outside, timer, **more):
    """The GSI's geocoder with a clock of our own."""
    source = geocoder_from(Settings(_env_file=None, geocoder="gsi", geocoder_url=outside.url))._source
    return CarefulGeocoder(source, delay_seconds=0.0, timer=timer, **more)


def test_the_same_question_is_asked_once_however_it_is_written(outside, ask):
    outside.answer(SEARCH, [hit("人吉駅", 32.2163, 130.7530)])
    asking = ask()
    assert asking.search("人吉駅") == asking.search("  人吉　駅 ") == asking.search("人吉駅")
    assert len(outside.asked) == 1
    asking.search("人吉駅", bounds=HITOYOSHI)
    assert len(outside.asked) == 2


def test_nothing_is_remembered_too(outside, ask):
    outside.answer(REVERSE, {})
    asking = ask()
    assert [asking.reverse(OFFICE), asking.reverse(OFFICE)] == [None, None]
    assert len(outside.asked) == 1


def test_neighbours_share_an_answer_and_keep_their_own_position(outside, ask):
    outside.answer(REVERSE, {"results": {"muniCd": "43203", "lv01Nm": "西間下町"}})
    asking, beside = ask(), Point(OFFICE.lat + 0.00001, OFFICE.lng)
    asking.reverse(OFFICE)
    assert asking.reverse(beside) == Found("西間下町", "西間下町", beside.lat, beside.lng, "gsi", "432032")
    assert len(outside.asked) == 1


def test_an_answer_is_forgotten_after_a_day(outside):
    clock = Clock()
    outside.answer(SEARCH, [])
    asking = careful(outside, clock)
    asking.search("人吉")
    clock.seconds += gateway.CACHE_SECONDS + 1
    asking.search("人吉")
    assert len(outside.asked) == 2


def test_the_memory_is_bounded(outside, monkeypatch):
    monkeypatch.setattr(gateway, "CACHE_ANSWERS", 2)
    outside.answer(SEARCH, [])
    asking = careful(outside, Clock())
    for words in ("一", "二", "三", "一"):
        asking.search(words)
    assert len(outside.asked) == 4


def test_requests_keep_the_policys_distance_among_all_processes_together(outside, monkeypatch):
    clock, slept = Clock(), []

    def sleep(_, seconds):
        slept.append(seconds)
        clock.seconds += seconds

    monkeypatch.setattr(RateLimiter, "_clock", lambda _: clock())
    monkeypatch.setattr(RateLimiter, "_sleep", sleep)
    outside.answer("/search", [])
    outside.answer("/reverse", {"error": "Unable to geocode"})
    asking = geocoder_from(Settings(_env_file=None, geocoder="nominatim", geocoder_url=outside.url, workers=2))
    asking.search("一")
    asking.search("二")
    asking.reverse(OFFICE)
    assert slept == pytest.approx([2.2, 2.2])


@pytest.mark.parametrize(
    ("body", "status"), [("{}", 500), ("{}", 503), ("not json", 200), ("{}", 200), ("null", 200), ("", 200), ("{}", 403)]
)
def test_a_broken_service_is_an_empty_answer_and_after_three_times_left_alone_for_a_minute(outside, body, status):
    clock = Clock()
    outside.answer(SEARCH, body, status)
    asking = careful(outside, clock)
    assert [asking.search(f"人吉{number}") for number in range(6)] == [()] * 6
    assert len(outside.asked) == 3
    clock.seconds += gateway.PAUSE_SECONDS + 1
    asking.search("人吉")
    assert asking.search("もう一度") == ()
    assert len(outside.asked) == 4  # one try, then quiet again


def test_a_service_that_recovers_is_used_again_and_its_failures_are_forgiven(outside):
    clock = Clock()
    asking = careful(outside, clock)
    outside.answer(SEARCH, "{}", 500)
    for number in range(3):
        asking.search(f"人吉{number}")
    outside.answer(SEARCH, [hit("人吉駅", 32.2163, 130.7530)])
    assert asking.search("人吉0") == ()
    clock.seconds += gateway.PAUSE_SECONDS + 1
    assert len(asking.search("人吉0")) == 1  # a failure was not remembered as an answer
    outside.answer(SEARCH, "{}", 500)
    asking.search("a"), asking.search("b")
    outside.answer(SEARCH, [])
    asking.search("c")
    assert len(outside.asked) == 7


def test_a_pause_does_not_hide_what_is_remembered(outside):
    asking = careful(outside, Clock())
    outside.answer(SEARCH, [hit("人吉駅", 32.2163, 130.7530)])
    known = asking.search("人吉駅")
    outside.answer(SEARCH, "{}", 500)
    for number in range(4):
        asking.search(f"人吉{number}")
    assert asking.search("人吉駅") == known != ()


def test_too_many_requests_is_heard_at_once(outside):
    clock = Clock()
    outside.answer(SEARCH, "{}", 429, Retry_After="300")
    asking = careful(outside, clock)
    asking.search("a")
    clock.seconds += 299
    asking.search("b")
    assert len(outside.asked) == 1
    clock.seconds += 2
    asking.search("c")
    assert len(outside.asked) == 2


def test_a_question_that_the_service_refuses_does_not_count_against_it(outside):
    outside.answer(SEARCH, "{}", 400)
    asking = careful(outside, Clock())
    for number in range(5):
        asking.search(f"人吉{number}")
    assert len(outside.asked) == 5


def test_without_network_the_answer_is_empty(outside):
    asking = careful(outside, Clock())
    outside.server.shutdown()
    outside.server.server_close()
    assert asking.search("人吉") == ()
    assert asking.reverse(OFFICE) is None


def test_a_request_that_hangs_is_not_waited_for_and_others_are_not_sent_after_it(outside):
    let_go = threading.Event()
    outside.answer(SEARCH, lambda: let_go.wait(20) and "[]")
    asking = careful(outside, Clock(), wait_seconds=0.2)
    try:
        assert asking.search("a") == ()
        assert asking.search("b") == ()
        assert [query["q"] for _, query in outside.asked] == ["a"]
    finally:
        let_go.set()


def test_what_aki_searched_for_is_in_no_log(outside, caplog):
    caplog.set_level(logging.DEBUG)
    outside.answer(SEARCH, "秘密の場所", 500)
    careful(outside, Clock()).search("秘密の場所")
    logging.getLogger("geopy").setLevel(logging.WARNING)
    text = "\n".join(record.getMessage() for record in caplog.records)
    assert "geocoder failed: GeocoderServiceError (1 in a row)" in text
    assert "秘密" not in text and "%E7" not in text


def test_many_people_at_once_get_their_answers(outside, ask):
    outside.answer(SEARCH, [hit("人吉駅", 32.2163, 130.7530)])
    asking, answers = ask(), []
    people = [
        threading.Thread(target=lambda number=number: answers.append(asking.search(f"人吉{number % 4}"))) for number in range(12)
    ]
    for person in people:
        person.start()
    for person in people:
        person.join()
    assert [len(answer) for answer in answers] == [1] * 12
