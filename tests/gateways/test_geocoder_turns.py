"""The distance between two questions to Nominatim, among all machines that share a Redis."""

from __future__ import annotations

import pytest
from geopy.extra.rate_limiter import RateLimiter
from redis import Redis

from tamemap.config import Settings
from tamemap.gateways import geocoder as gateway
from tamemap.gateways.geocoder import geocoder_from
from tamemap.gateways.geocoder_turns import Crowded, SharedTurns


@pytest.fixture
def shared(redis_url):
    """An empty Redis."""
    with Redis.from_url(redis_url) as client:
        client.flushdb()
    return redis_url


def turns(url, *, delay=100.0, longest=1000.0, service="nominatim"):
    return SharedTurns(url, service, delay_seconds=delay, longest_seconds=longest)


def machine(outside, url, slept=None, **more):
    """A machine's geocoder; it notes how long it would have slept."""
    made = geocoder_from(Settings(_env_file=None, geocoder="nominatim", geocoder_url=outside.url, redis_url=url, **more))
    made._sleep = (slept if slept is not None else []).append
    return made


def test_each_machine_gets_the_next_turn(shared):
    assert turns(shared).wait() == 0
    assert turns(shared).wait() == pytest.approx(100, abs=20)
    assert turns(shared).wait() == pytest.approx(200, abs=20)
    assert turns(shared, service="another").wait() == 0


def test_a_turn_that_is_too_far_away_is_not_taken(shared):
    near = turns(shared, longest=150)
    assert [near.wait(), near.wait()] == [0, pytest.approx(100, abs=20)]
    for _ in range(3):
        with pytest.raises(Crowded):
            near.wait()
    assert turns(shared).wait() == pytest.approx(200, abs=20)


def test_the_key_goes_by_itself(shared):
    turns(shared).wait()
    with Redis.from_url(shared) as client:
        (key,) = client.keys("*")
        assert 0 < client.pttl(key) <= 200_000


def test_two_machines_keep_the_policys_distance_together(shared, outside, monkeypatch):
    monkeypatch.setattr(gateway, "NOMINATIM_DELAY_SECONDS", 100.0)
    outside.answer("/search", [])
    slept = []
    one, other = (machine(outside, shared, slept, workers=2) for _ in range(2))
    one.search("一")
    other.search("二")
    assert slept == [0, pytest.approx(100, abs=20)]
    assert len(outside.asked) == 2


def test_when_too_many_ask_nobody_is_asked_and_nothing_counts_as_broken(shared, outside, monkeypatch):
    monkeypatch.setattr(gateway, "NOMINATIM_DELAY_SECONDS", 100.0)
    outside.answer("/search", [])
    one, other = (machine(outside, shared) for _ in range(2))
    one.search("一")
    one.search("二")
    assert [other.search(f"三{number}") for number in range(5)] == [()] * 5
    assert (len(outside.asked), other._failures) == (2, 0)
    with Redis.from_url(shared) as client:
        client.flushdb()
    other.search("三0")
    assert len(outside.asked) == 3


def test_while_redis_is_away_each_process_keeps_its_own_distance(outside, monkeypatch):
    slept = []
    monkeypatch.setattr(RateLimiter, "_clock", lambda _: 1000.0 + sum(slept))
    monkeypatch.setattr(RateLimiter, "_sleep", lambda _, seconds: slept.append(seconds))
    outside.answer("/search", [])
    asking = machine(outside, "redis://127.0.0.1:1/0", workers=2)
    asking.search("一")
    asking.search("二")
    assert slept == [pytest.approx(2.2)]
    assert len(outside.asked) == 2
