"""A flyer's picture out of a store without files: as a server that sends files answers for one."""

from __future__ import annotations

import pytest

from tamemap import config
from tamemap.gateways.storage import storage_from
from tests.web.browsers import API, browser, posted

pytestmark = pytest.mark.one_database


@pytest.fixture
def picture(world, s3, monkeypatch, tmp_path):
    """Asks for a picture that lies in such a store, with these headers; and what is in it."""
    monkeypatch.setenv("TAMEMAP_STORAGE_URL", s3.replace("/town", f"/{tmp_path.name}"))
    config.settings.cache_clear()
    aki = browser(world.aki)
    address = aki.get(f"{API}/flyers/{posted(aki)}").json()["pictures"][0]["sizes"]["320"]["jpeg"]
    return lambda method="GET", **headers: aki.request(
        method, address, headers={k.replace("_", "-"): v for k, v in headers.items()}
    )


def test_whole_and_in_part_and_not_at_all(picture):
    whole = picture()
    data, tag = whole.content, whole.headers["etag"]
    size = len(data)
    assert (whole.status_code, whole.headers["content-length"], whole.headers["accept-ranges"]) == (200, str(size), "bytes")
    assert (whole.headers["content-type"], data[:2]) == ("image/jpeg", b"\xff\xd8")
    for wished, part in (
        ("bytes=0-9", slice(0, 10)),
        ("bytes=10-", slice(10, size)),
        ("bytes=-7", slice(size - 7, size)),
        (f"bytes=5-{size * 2}", slice(5, size)),
        (f"bytes=-{size * 2}", slice(0, size)),
    ):
        answer = picture(range=wished)
        assert (answer.status_code, answer.content) == (206, data[part])
        assert answer.headers["content-range"] == f"bytes {part.start}-{part.stop - 1}/{size}"
        assert answer.headers["cache-control"] == whole.headers["cache-control"]
    for headers in (
        {"range": "bytes=0-9", "if_range": '"old"'},
        {"range": "bytes=0-1,4-5"},
        {"range": "lines=1-2"},
        {"range": "bytes=-"},
    ):
        answer = picture(**headers)
        assert (answer.status_code, answer.content) == (200, data)
    assert picture(range="bytes=0-9", if_range=tag).status_code == 206
    beyond = picture(range=f"bytes={size}-")
    assert (beyond.status_code, beyond.headers["content-range"]) == (416, f"bytes */{size}")
    for known in (tag, f'"other", W/{tag}', "*"):
        answer = picture(if_none_match=known)
        assert (answer.status_code, answer.content, answer.headers["etag"]) == (304, b"", tag)
    assert picture(if_none_match='"other"').status_code == 200
    head = picture("HEAD")
    assert (head.status_code, head.content, head.headers["content-length"]) == (200, b"", str(size))


def test_what_is_gone_from_the_store_is_not_found_even_by_who_has_it(picture):
    tag = picture().headers["etag"]
    store = storage_from(config.settings())
    for name, _ in list(store.everything()):
        store.delete(name)
    for headers in ({}, {"range": "bytes=0-9"}, {"if_none_match": tag}):
        assert picture(**headers).status_code == 404
