"""Building the screens: when it fails it says why in a sentence, and it leaves the checkout as it was."""

from __future__ import annotations

import json
import subprocess

import pytest

from tamemap import cli
from tamemap.i18n import t
from tamemap.ui import build

REFUSED = """npm silly fetch manifest
\x1b[31mnpm error code ECONNREFUSED\x1b[0m
npm error errno ECONNREFUSED
npm error A complete log of this run can be found in: somewhere
npm verbose exit 1
"""
LOCK = {"packages": {"node_modules/react": {"version": "19", "integrity": "sha512-x"}}}


@pytest.fixture
def house(tmp_path, monkeypatch):
    """A checkout with a lock, and ``house(output, status, lock)``: what Reflex says and leaves when it is asked to build."""
    (tmp_path / "reflex.lock").mkdir()
    (tmp_path / "reflex.lock" / "package-lock.json").write_text(json.dumps(LOCK))
    monkeypatch.setattr(build, "ROOT", tmp_path)

    def exporting(output: str = "", status: int = 0, lock: dict | None = None) -> None:
        def export() -> subprocess.CompletedProcess[str]:
            (tmp_path / "reflex.lock" / "package-lock.json").write_text(json.dumps(lock or LOCK, indent=2))
            if not status:
                (tmp_path / build.BUILT).mkdir(parents=True)
                (tmp_path / build.BUILT / "index.html").write_text("<!doctype html>")
            return subprocess.CompletedProcess([], status, output)

        monkeypatch.setattr(build, "_exported", export)

    exporting.root = tmp_path
    return exporting


def test_a_build_without_the_packages_says_so_in_a_sentence_and_where_the_rest_is(house, capsys):
    house(REFUSED, 1)
    assert cli.main(["build"]) == 1
    log = house.root / build.LOG
    why = "npm error code ECONNREFUSED / npm error errno ECONNREFUSED"
    assert capsys.readouterr().err == t("errors.build_failed", why=why, log=log) + "\n"
    assert log.read_text() == REFUSED


def test_a_build_that_says_nothing_of_an_error_is_quoted_from_its_end(house, capsys):
    house("one\n\n---\ntwo\nthree\nfour\n", 1)
    assert cli.main(["build"]) == 1
    assert "two / three / four" in capsys.readouterr().err


def test_where_packages_were_loaded_from_is_not_written_into_the_checkout(house):
    before = (house.root / "reflex.lock" / "package-lock.json").read_bytes()
    house(
        lock={
            "packages": {"node_modules/react": {"resolved": "http://mirror/react.tgz", "version": "19", "integrity": "sha512-x"}}
        }
    )
    assert cli.main(["build"]) == 0
    assert (house.root / "reflex.lock" / "package-lock.json").read_bytes() == before


def test_another_package_is_written_into_the_lock(house):
    house(lock={"packages": {"node_modules/react": {"version": "20", "integrity": "sha512-y"}}})
    assert cli.main(["build"]) == 0
    assert (
        json.loads((house.root / "reflex.lock" / "package-lock.json").read_text())["packages"]["node_modules/react"]["version"]
        == "20"
    )
