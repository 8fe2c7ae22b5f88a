"""The secrets of an installation are made once, and nobody ever reads half of one."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

from tamemap import config
from tamemap.config import Settings

PROCESSES = 8


def test_whoever_comes_while_a_secret_is_made_finds_none_or_all_of_it(tmp_path, monkeypatch):
    half = []

    def made():
        half.append((tmp_path / "push_key").exists())
        return "whole"

    monkeypatch.setattr(config, "_new_p256", made)
    assert Settings(data_dir=tmp_path).push_private() == "whole"
    assert half == [False]
    assert [one.name for one in tmp_path.iterdir()] == ["push_key"]
    assert (tmp_path / "push_key").stat().st_mode & 0o777 == 0o600


def test_of_many_that_start_at_once_all_have_the_same_secrets(tmp_path, monkeypatch):
    together, number = Barrier(PROCESSES), iter(range(PROCESSES))

    def made():
        together.wait(30)
        return f"secret {next(number)}"

    monkeypatch.setattr(config, "_new_p256", made)
    with ThreadPoolExecutor(PROCESSES) as threads:
        seen = list(threads.map(lambda _: Settings(data_dir=tmp_path).push_private(), range(PROCESSES)))
    assert len(set(seen)) == 1
    assert seen[0].startswith("secret")
    assert Settings(data_dir=tmp_path).push_private() == seen[0]
