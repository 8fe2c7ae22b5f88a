"""Where there is no room left for pictures, people are told so in their language and lose nothing; then all goes on."""

from __future__ import annotations

import resource
from errno import EIO, ENOSPC

import pytest
from starlette.datastructures import UploadFile
from starlette.requests import Request

from tamemap import db
from tamemap.gateways.storage import FolderStorage
from tamemap.i18n import t
from tamemap.models import Flyer
from tamemap.web.away import answer_full
from tests.web.browsers import API, browser, form, photo, problem


@pytest.fixture
def aki(world):
    """Aki's browser."""
    return browser(world.aki)


@pytest.fixture
def full(monkeypatch):
    """The system gives the store no room until ``full()``: no file may have more than 100 bytes."""
    write = FolderStorage._write
    _, most = resource.getrlimit(resource.RLIMIT_FSIZE)

    def without_room(data, target, private):
        resource.setrlimit(resource.RLIMIT_FSIZE, (100, most))
        try:
            write(data, target, private)
        finally:
            resource.setrlimit(resource.RLIMIT_FSIZE, (most, most))

    monkeypatch.setattr(FolderStorage, "_write", staticmethod(without_room))
    return lambda: monkeypatch.setattr(FolderStorage, "_write", staticmethod(write))


def test_aki_is_told_that_there_is_no_room_and_the_same_flyer_goes_up_when_there_is(aki, full):
    key = {"Idempotency-Key": "5c1f9d3e-1b1f-4c2d-8e6a-1f2b3c4d5e6f"}
    refused = aki.post(f"{API}/flyers", data=form(), files=photo(), headers=key)
    said = problem(refused, 503, "storage_full", "photo")
    assert said["detail"] == t("errors.storage_full", "ja")
    assert refused.headers["retry-after"] == "60"
    with db.transaction(write=False) as session:
        assert not session.query(Flyer).count()
    full()
    assert aki.post(f"{API}/flyers", data=form(), files=photo(), headers=key).status_code == 201


def failing(error: OSError):
    async def write(_self, _data):
        raise error

    return write


def test_no_room_for_what_is_on_its_way_is_said_too(aki, monkeypatch):
    monkeypatch.setattr(UploadFile, "write", failing(OSError(ENOSPC, "No space left on device")))
    refused = aki.post(f"{API}/flyers", data=form(), files=photo(), headers={"Accept-Language": "en"})
    assert problem(refused, 503, "storage_full")["detail"] == t("errors.storage_full", "en")


def test_another_error_of_the_disk_is_not_called_no_room():
    with pytest.raises(OSError, match="Input/output"):
        answer_full(Request({"type": "http", "path": API}), OSError(EIO, "Input/output error")).send(None)
