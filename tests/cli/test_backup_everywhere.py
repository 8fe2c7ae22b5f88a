"""A backup between kinds of stores, and while people go on posting."""

from __future__ import annotations

import threading

import pytest
from sqlmodel import select

from tamemap import cli, config, db
from tamemap.config import settings
from tamemap.gateways.storage import FolderStorage, storage_from
from tamemap.models import Picture
from tests.cli.test_backup import elsewhere, everything, lived_in
from tests.web.browsers import browser, posted

__all__ = ["elsewhere", "lived_in"]


def files_of_rows() -> set[str]:
    """The files that the rows name."""
    with db.transaction(write=False) as session:
        rows = session.exec(select(Picture)).all()
    sizes = [size for row in rows for size in row.variants.values()]
    return {row.original for row in rows} | {one[kind] for one in sizes for kind in ("jpeg", "avif") if kind in one}


@pytest.fixture
def turn_to(s3, monkeypatch, tmp_path):
    """Turns to a store of this kind in this place."""

    def turn(kind: str, place: str) -> None:
        address = s3.replace("/town", f"/{tmp_path.name}-{place}") if kind == "s3" else ""
        monkeypatch.setenv("TAMEMAP_STORAGE_URL", address)
        config.settings.cache_clear()

    return turn


@pytest.fixture(params=[("folder", "s3"), ("s3", "folder")])
def kinds(request, world, turn_to):
    """The kinds of two stores; Aki's flyer has its pictures in the first."""
    turn_to(request.param[0], "before")
    request.getfixturevalue("lived_in")
    return request.param


def test_pictures_come_back_into_the_other_kind_of_store(kinds, elsewhere, turn_to, tmp_path):
    before, kept = everything(), sorted(storage_from(settings()).everything())
    bytes_before = {name: storage_from(settings()).get(name) for name, _ in kept}
    assert len(kept) == len(files_of_rows())
    assert cli.main(["backup", str(tmp_path / "backup")]) == 0
    elsewhere()
    turn_to(kinds[1], "after")
    assert cli.main(["restore", str(tmp_path / "backup")]) == 0
    store = storage_from(settings())
    assert isinstance(store, FolderStorage) == (kinds[1] == "folder")
    assert everything() == before
    assert sorted(store.everything()) == kept
    assert {name: store.get(name) for name, _ in kept} == bytes_before
    # what lies in the store now stands in the way of another one
    assert cli.main(["restore", str(tmp_path / "backup")]) == 1


def test_a_backup_while_people_post_is_whole(lived_in, elsewhere, tmp_path):
    stop, written = threading.Event(), []

    def go_on() -> None:
        while not stop.is_set():
            written.append(posted(browser(lived_in.aki), title=f"市 {len(written)}"))

    aki = threading.Thread(target=go_on)
    aki.start()
    try:
        while not written:
            stop.wait(0.01)
        assert cli.main(["backup", str(tmp_path / "backup")]) == 0
    finally:
        stop.set()
        aki.join()
    elsewhere()
    assert cli.main(["restore", str(tmp_path / "backup")]) == 0
    rows = everything()
    # whoever was told that their flyer is up before the backup began has it; and every row has its files
    assert any(written[0] in row for row in rows["flyer"])
    store = storage_from(settings())
    assert {name for name in files_of_rows() if not store.exists(name)} == set()


def test_a_damaged_picture_in_a_backup_is_said(lived_in, elsewhere, tmp_path, capsys):
    assert cli.main(["backup", str(tmp_path / "backup")]) == 0
    next((tmp_path / "backup" / "store").rglob("*.jpg")).write_bytes(b"damaged")
    elsewhere()
    assert cli.main(["restore", str(tmp_path / "backup")]) == 1
    assert "こわれています" in capsys.readouterr().err
