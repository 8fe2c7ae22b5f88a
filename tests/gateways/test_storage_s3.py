"""The store elsewhere, with a partner that speaks S3."""

from __future__ import annotations

import threading
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest

from tamemap import config
from tamemap.config import Settings
from tamemap.errors import NotFound, Unavailable
from tamemap.gateways.storage import FolderStorage, storage_from, writable
from tamemap.gateways.storage_s3 import PIECE, S3Storage
from tests.web.browsers import API, browser, posted


@pytest.fixture
def bucket(s3, tmp_path):
    """A store of this test's own, in a folder of the bucket."""
    return storage_from(Settings(storage_url=s3.replace("/town", f"/{tmp_path.name}")))


def test_originals_stand_apart_and_everything_is_told(bucket):
    public = bucket.put(b"a variant", ".avif", private=False)
    private = bucket.put(b"an original", ".heic", private=True)
    assert sorted(bucket.everything()) == sorted([(public, False), (private, True)])
    assert bucket._is_there(bucket._key(private, True))
    assert not bucket._is_there(bucket._key(private, False))
    assert bucket.path(public) is None


def test_it_can_be_written_to_and_is_left_as_it_was(bucket):
    assert writable(bucket)
    assert list(bucket.everything()) == []


def test_what_is_deleted_is_gone(bucket):
    name = bucket.put(b"a flyer", ".jpg", private=False)
    bucket.delete(name)
    bucket.delete(name)
    assert not bucket.exists(name)
    with pytest.raises(NotFound):
        bucket.get(name)


def test_a_picture_comes_in_pieces_whole_or_in_part(bucket):
    data = bytes(range(256)) * 1000
    name = bucket.put(data, ".jpg", private=False)
    parts = list(bucket.pieces(name).parts)
    assert b"".join(parts) == data
    assert max(map(len, parts)) <= PIECE < len(data) == bucket.size(name)
    some = bucket.pieces(name, 1000, 70_000)
    assert (some.size, b"".join(some.parts)) == (70_000, data[1000:71_000])
    rest = bucket.pieces(name, 255_990)
    assert (rest.size, b"".join(rest.parts)) == (10, data[-10:])
    for ask in (bucket.size, bucket.pieces):
        with pytest.raises(NotFound):
            ask("a" * 40 + ".jpg")


def test_who_stops_in_the_middle_leaves_nothing_behind(bucket):
    name = bucket.put(bytes(1_000_000), ".jpg", private=False)
    for _ in range(50):
        found = bucket.pieces(name)
        next(found.parts)
        found.parts.close()
    assert len(bucket.get(name)) == 1_000_000


def test_with_a_wrong_key_nothing_is_kept(s3):
    wrong = storage_from(Settings(storage_url=s3.replace("s3://S3RVER:", "s3://nobody:")))
    with pytest.raises(Unavailable) as refused:
        wrong.put(b"an original", ".jpg", private=True)
    assert refused.value.code == "storage_away"


def test_a_store_that_is_away_is_said_so_with_when_to_come_again():
    away = storage_from(Settings(storage_url="s3://key:secret@127.0.0.1:1/pictures?tls=off"))
    assert isinstance(away, S3Storage)
    for deed in (lambda: away.put(b"x", ".jpg", private=True), lambda: away.get("a" * 40 + ".jpg"), lambda: [*away.everything()]):
        with pytest.raises(Unavailable) as refused:
            deed()
        assert (refused.value.code, refused.value.params["retry_after"]) == ("storage_away", 10)


@pytest.mark.parametrize("deed", [S3Storage.get, lambda store, name: b"".join(store.pieces(name).parts)])
def test_what_breaks_off_while_it_is_read_is_asked_for_once_more(deed):
    with breaking_off([4, 10]) as store:
        assert deed(store, "a" * 40 + ".jpg") == b"0123456789"
    with breaking_off([4, 4, 10]) as store, pytest.raises(Unavailable):
        deed(store, "a" * 40 + ".jpg")


@contextmanager
def breaking_off(sent):
    """A store that sends so many bytes of ten, answer by answer, and goes away."""

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self):
            self.send_response(200)
            self.send_header("content-length", "10")
            self.end_headers()
            self.wfile.write(b"0123456789"[: sent.pop(0)])

        def log_message(self, *_):
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    try:
        yield storage_from(Settings(storage_url=f"s3://key:secret@127.0.0.1:{server.server_port}/pictures?tls=off"))
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


@pytest.mark.parametrize("url", ["s3://key:secret@host", "s3://", "s3://key:secret@host:99999/bucket", "s3:///bucket"])
def test_an_address_that_is_none_is_refused(url):
    with pytest.raises(Unavailable) as refused:
        storage_from(Settings(storage_url=url))
    assert refused.value.code == "storage_unknown"


def test_a_flyers_pictures_go_out_through_our_address_and_not_after_a_recall(world, s3, monkeypatch, tmp_path):
    monkeypatch.setenv("TAMEMAP_STORAGE_URL", s3.replace("/town", f"/{tmp_path.name}"))
    config.settings.cache_clear()
    aki, chie = browser(world.aki), browser(world.chie)
    flyer = posted(aki)
    page = chie.get(f"{API}/flyers/{flyer}").json()
    address = page["pictures"][0]["sizes"]["320"]["jpeg"]
    answer = chie.get(address)
    assert (answer.status_code, answer.headers["content-type"]) == (200, "image/jpeg")
    assert answer.content.startswith(b"\xff\xd8")
    assert "127.0.0.1" not in address
    assert not isinstance(storage_from(config.settings()), FolderStorage)
    assert not any(Path(config.settings().data_dir).glob("store/**/*.*"))
    assert aki.delete(f"{API}/flyers/{flyer}").status_code in {200, 204}
    assert chie.get(address).status_code in {404, 410}
