"""A large photograph in pieces: from wherever it broke off, once, for its sender only, within the bounds of all photographs."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlmodel import func, select

from tamemap import clock, db
from tamemap.config import settings
from tamemap.gateways.storage import storage_from
from tamemap.models import Picture, Upload
from tamemap.services import uploads
from tests.gateways.photos import small
from tests.web.browsers import API, guest_of, problem, sheet_photo

KEY = "0123456789abcdef" * 2
PHOTO = sheet_photo()
PIECE = len(PHOTO) // 3 + 1


def put(browser, data: bytes = b"", *, offset: int = 0, size: int = len(PHOTO), key: str = KEY):
    """Send a piece."""
    return browser.put(f"{API}/uploads/{key}", content=data, headers={"Upload-Length": str(size), "Upload-Offset": str(offset)})


def sent(browser, data: bytes, key: str = KEY):
    """Send all of it in three pieces; the last answer."""
    piece = len(data) // 3 + 1
    for offset in range(0, len(data), piece):
        answer = put(browser, data[offset : offset + piece], offset=offset, size=len(data), key=key)
    return answer


def counted(table) -> int:
    with db.transaction(write=False) as tx:
        return tx.exec(select(func.count()).select_from(table)).one()


def pieces() -> list[str]:
    with db.transaction(write=False) as tx:
        return [name for row in tx.exec(select(Upload)).all() for name in row.pieces]


def test_a_photograph_in_pieces_waits_as_any_other(world, visit):
    aki = visit(world.aki)
    answer = sent(aki, small("d15.heic")).json()
    (photo,) = answer["photos"]
    assert answer["arrived"] == answer["size"] == len(small("d15.heic"))
    assert photo["gps"]["lat"] == pytest.approx(32.2, abs=0.2)
    assert aki.get(photo["thumb"]).headers["content-type"] == "image/jpeg"
    assert pieces() == []


def test_who_was_cut_off_goes_on_from_there_and_a_piece_twice_is_once(world, visit):
    aki = visit(world.aki)
    assert put(aki).json() == {"arrived": 0, "size": len(PHOTO), "photos": None}
    put(aki, PHOTO[:PIECE])
    assert put(aki, PHOTO[:PIECE]).json()["arrived"] == PIECE
    assert put(aki, PHOTO[2 * PIECE :], offset=2 * PIECE).json()["arrived"] == PIECE  # too early: nothing is taken
    assert put(aki).json()["arrived"] == PIECE
    put(aki, PHOTO[PIECE : 2 * PIECE], offset=PIECE)
    first = put(aki, PHOTO[2 * PIECE :], offset=2 * PIECE).json()
    assert put(aki).json() == first  # the answer was lost: it is given again
    assert counted(Picture) == 1


def test_an_upload_is_its_senders_own(world, visit):
    aki, guest = visit(world.aki), visit()
    put(aki, PHOTO[:PIECE])
    assert put(guest).json()["arrived"] == 0
    assert guest_of(guest).guest_hash
    put(guest, PHOTO[:PIECE])
    assert len(set(pieces())) == 2  # the same bytes are two files: one goes without the other
    assert put(aki).json()["arrived"] == PIECE


def test_a_guest_whose_first_answer_was_lost_is_the_same_guest(world, visit):
    put(visit(), PHOTO[:PIECE])
    assert put(visit()).json()["arrived"] == PIECE


@pytest.mark.parametrize(
    ("wrong", "status", "code"),
    [
        ({"key": "short"}, 422, "upload_key_wrong"),
        ({"size": 0}, 422, "photo_empty"),
        ({"size": uploads.FILE_MOST + 1}, 413, "photo_too_large"),
        ({"data": b"x" * 11, "size": 10}, 422, "upload_too_long"),
        ({"data": b"x" * (uploads.PIECE_MOST + 1), "size": uploads.FILE_MOST}, 413, "body_too_large"),
    ],
)
def test_what_is_no_upload_is_refused(world, visit, wrong, status, code):
    problem(put(visit(world.aki), **wrong), status, code, *(["photo"] if code == "photo_empty" else []))
    assert counted(Upload) == 0


def test_headers_must_be_numbers(world, visit):
    problem(visit(world.aki).put(f"{API}/uploads/{KEY}", headers={"Upload-Length": "ten"}), 422, "header_wrong")


def test_what_is_no_picture_is_refused_at_the_end_and_forgotten(world, visit):
    problem(sent(visit(world.aki), b"no picture at all"), 415, "photo_wrong_type", "photo")
    assert counted(Upload) == 0


def test_only_so_much_may_be_under_way(world, visit, monkeypatch):
    monkeypatch.setattr(uploads, "BYTES_MOST", len(PHOTO))
    aki = visit(world.aki)
    put(aki, PHOTO[:PIECE])
    problem(put(aki, PHOTO[:PIECE], key="f" * 32), 429, "photos_waiting")
    assert put(aki, PHOTO[PIECE : 2 * PIECE], offset=PIECE).status_code == 200


def test_after_a_day_an_upload_is_forgotten_with_its_pieces(world, visit):
    put(visit(world.aki), PHOTO[:PIECE])
    (name,) = pieces()
    with clock.frozen_at(clock.now() + timedelta(hours=23)):
        assert uploads.sweep() == 0
    with clock.frozen_at(clock.now() + timedelta(hours=25)):
        assert uploads.sweep() == 1
    assert not storage_from(settings()).exists(name)
