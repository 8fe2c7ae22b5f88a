"""The store: the same promises from the folder and from its twin in memory."""

from __future__ import annotations

import hashlib
import os
import stat
from pathlib import Path

import pytest

from tamemap.config import Settings
from tamemap.errors import NotFound, Unavailable
from tamemap.gateways.storage import FolderStorage, MemoryStorage, storage_from

LEAVING = ["", "..", "../../secret_key", "/etc/passwd", "a" * 40, "a" * 40 + ".jpg/../x", "A" * 40 + ".jpg", "é" * 40 + ".jpg"]
LEAVING += ["a" * 40 + ".jpg\n", "a" * 40 + ".jpg\0", "a" * 39 + ".jpg", "a" * 40 + ".JPG", "a" * 40 + ".toolong"]


@pytest.fixture(params=["folder", "memory", "s3"])
def store(request, tmp_path):
    if request.param == "s3":
        return storage_from(Settings(storage_url=request.getfixturevalue("s3").replace("/town", f"/{tmp_path.name}")))
    return FolderStorage(tmp_path / "store") if request.param == "folder" else MemoryStorage()


def files(root: Path) -> list[Path]:
    return sorted(path.relative_to(root) for path in root.rglob("*") if path.is_file())


@pytest.mark.parametrize("private", [True, False])
def test_what_aki_puts_in_comes_out_under_the_name_of_its_content(store, private):
    name = store.put(b"a flyer", ".jpg", private=private)
    assert name == hashlib.sha256(b"a flyer").hexdigest()[:40] + ".jpg"
    assert store.get(name) == b"a flyer"
    assert store.exists(name)


def test_the_same_picture_twice_is_one_file(tmp_path):
    store = FolderStorage(tmp_path)
    name = store.put(b"a flyer", ".avif", private=False)
    before = (tmp_path / "public" / name[:2] / name[2:4] / name).stat().st_mtime_ns
    assert store.put(b"a flyer", ".avif", private=False) == name
    assert files(tmp_path) == [Path("public", name[:2], name[2:4], name)]
    assert store.path(name).stat().st_mtime_ns == before


def test_originals_stand_apart_and_no_server_gets_their_path(tmp_path):
    store = FolderStorage(tmp_path)
    name = store.put(b"an original", ".heic", private=True)
    assert files(tmp_path) == [Path("private", name[:2], name[2:4], name)]
    assert store.path(name) is None
    assert store.get(name) == b"an original"
    kept = tmp_path / "private" / name[:2] / name[2:4] / name
    assert stat.S_IMODE(kept.stat().st_mode) == 0o600


def test_a_web_server_may_read_the_public_files(tmp_path):
    store = FolderStorage(tmp_path)
    path = store.path(store.put(b"a variant", ".avif", private=False))
    assert path.read_bytes() == b"a variant"
    assert stat.S_IMODE(path.stat().st_mode) == 0o644


@pytest.mark.parametrize("private", [True, False])
def test_what_was_deleted_is_gone_and_may_be_deleted_again(store, private):
    name = store.put(b"a flyer", ".jpg", private=private)
    store.delete(name)
    store.delete(name)
    assert not store.exists(name)
    assert store.path(name) is None
    with pytest.raises(NotFound, match="picture_gone"):
        store.get(name)


@pytest.mark.parametrize("name", LEAVING)
def test_no_name_leads_out_of_the_store(tmp_path, name):
    (tmp_path / "secret_key").write_bytes(b"secret")
    for store in (FolderStorage(tmp_path / "store"), MemoryStorage()):
        assert store.path(name) is None
        assert not store.exists(name)
        store.delete(name)
        with pytest.raises(NotFound, match="picture_gone"):
            store.get(name)
    assert (tmp_path / "secret_key").read_bytes() == b"secret"


@pytest.mark.parametrize("suffix", ["", "jpg", ".", ".j", ".JPG", "./../x", ".jpg/", ".toolong", ".jpg\n"])
def test_a_strange_suffix_is_refused(store, suffix):
    with pytest.raises(ValueError, match="suffix"):
        store.put(b"a flyer", suffix, private=False)


def test_a_full_disk_leaves_no_half_picture_behind(tmp_path, monkeypatch):
    def full(_):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(Unavailable, match="storage_full"):
        FolderStorage(tmp_path).put(b"a flyer", ".jpg", private=False)
    assert files(tmp_path) == []


def test_a_store_that_cannot_be_written_is_away(tmp_path):
    (tmp_path / "public").write_text("a file where a folder should be")
    with pytest.raises(Unavailable, match="storage_away"):
        FolderStorage(tmp_path).put(b"a flyer", ".jpg", private=False)


def test_the_settings_choose_the_folder(tmp_path):
    assert storage_from(Settings(data_dir=tmp_path)).root == tmp_path / "store"
    named = storage_from(Settings(storage_url=f"file://{tmp_path}/pictures%20of%20the%20town"))
    assert named.root == tmp_path / "pictures of the town"


@pytest.mark.parametrize("url", ["s3://bucket/key", "file://elsewhere/share", "file:", "nonsense"])
def test_a_store_that_nobody_knows_is_said_at_once(url):
    with pytest.raises(Unavailable, match="storage_unknown"):
        storage_from(Settings(storage_url=url))
