"""Counting clients."""

from __future__ import annotations

import pytest
from redis import Redis

from tamemap import config
from tamemap.errors import TooMany
from tamemap.gateways import limits


def use(client: str, what: str = "post", amount: int = 2) -> None:
    limits.demand(what, client, amount=amount, seconds=3600, code="posts_too_many")


@pytest.fixture
def installation(tmp_path, monkeypatch):
    """An installation of its own, so that nothing has been counted yet."""
    monkeypatch.setenv("TAMEMAP_DATA_DIR", str(tmp_path))
    config.settings.cache_clear()
    yield monkeypatch
    config.settings.cache_clear()


def test_the_third_of_two_is_refused_and_says_until_when(installation):
    use("192.0.2.1")
    use("192.0.2.1")
    with pytest.raises(TooMany) as refused:
        use("192.0.2.1")
    assert refused.value.code == "posts_too_many"
    assert 0 < refused.value.params["retry_after"] <= 3601


def test_others_and_other_things_are_counted_apart(installation):
    for _ in range(2):
        use("192.0.2.1")
    use("192.0.2.2")
    use("192.0.2.1", "report")


def test_a_household_is_one_client(installation):
    use("2001:db8::1")
    use("2001:db8::2%eth0")
    with pytest.raises(TooMany):
        use("2001:db8:0:0:ffff::3")
    use("::ffff:192.0.2.1")
    use("192.0.2.1")
    with pytest.raises(TooMany):
        use("192.0.2.1")


def test_without_a_client_nothing_is_counted(installation):
    for _ in range(5):
        use("")


def test_redis_that_is_away_stops_nobody_and_the_log_says_it_once(installation, caplog):
    before = config.settings().redis_url
    installation.setenv("TAMEMAP_REDIS_URL", "redis://127.0.0.1:1/0")
    config.settings.cache_clear()
    for _ in range(5):
        use("192.0.2.1")
    assert [one.getMessage() for one in caplog.records] == ["limits are not counted: their storage does not answer"]
    installation.setenv("TAMEMAP_REDIS_URL", before)
    config.settings.cache_clear()
    use("192.0.2.1")
    assert caplog.records[-1].getMessage() == "limits are counted again"


def test_redis_counts_for_all_processes(installation, redis_url):
    installation.setenv("TAMEMAP_REDIS_URL", redis_url)
    config.settings.cache_clear()
    Redis.from_url(redis_url).flushdb()
    use("192.0.2.1")
    limits._limiter.cache_clear()  # as another process would
    use("192.0.2.1")
    with pytest.raises(TooMany):
        use("192.0.2.1")
