"""Pictures in an S3-compatible store: ``s3://key:secret@host:port/bucket/folder?region=…&tls=off``.

The bucket is private as a whole and stays so: nobody is ever sent to it. What is public goes out through our own addresses, which
look at the flyer first, so that what was recalled is gone there too. Objects are named as the folder names its files:
``public/ab/cd/abcd….avif`` and ``private/…``.
"""

from __future__ import annotations

import logging
import os
from contextlib import contextmanager
from functools import lru_cache, partial
from io import BytesIO
from typing import TYPE_CHECKING, TypeVar
from urllib.parse import parse_qs, unquote, urlsplit

from minio import Minio
from minio.error import InvalidResponseError, S3Error, ServerError
from urllib3 import PoolManager, Retry, Timeout
from urllib3.exceptions import HTTPError, ProtocolError

from tamemap.errors import NotFound, Unavailable
from tamemap.gateways.storage import NAME, Pieces, is_name, name_of

if TYPE_CHECKING:
    from collections.abc import Callable, Generator, Iterator
    from pathlib import Path

    from urllib3 import BaseHTTPResponse

    T = TypeVar("T")

log = logging.getLogger(__name__)
# as many threads of a process as may ask at once
AT_ONCE = 40
CONNECT, READ, TRIES = 3.0, 15.0, 2
AGAIN = 10  # seconds
PIECE = 64 * 1024
MISSING = {"NoSuchKey", "NoSuchObject", "ResourceNotFound"}


class S3Storage:
    """Objects of one bucket below one folder. All that is asked raises Unavailable ``storage_away`` when the store is away."""

    def __init__(self, client: Minio, bucket: str, folder: str = "") -> None:
        self.client, self.bucket, self.folder = client, bucket, folder

    def put(self, data: bytes, suffix: str, *, private: bool) -> str:
        """As promised by ``Storage``: an object of S3 appears whole or not at all."""
        name = name_of(data, suffix)
        with _asking():
            self.client.put_object(self.bucket, self._key(name, private), BytesIO(data), len(data))
        return name

    def get(self, name: str) -> bytes:
        """As promised by ``Storage``."""
        for key in self._keys(name):
            with _asking(missing=True):
                return _once_more(partial(self._whole, key))
        raise NotFound("picture_gone")

    def _whole(self, key: str) -> bytes:
        answer = self.client.get_object(self.bucket, key)
        try:
            return answer.read()
        finally:
            answer.close()
            answer.release_conn()

    def size(self, name: str) -> int:
        """As promised by ``Storage``."""
        for key in self._keys(name):
            with _asking(missing=True):
                return self.client.stat_object(self.bucket, key).size or 0
        raise NotFound("picture_gone")

    def pieces(self, name: str, first: int = 0, count: int = 0) -> Pieces:
        """As promised by ``Storage``: what was sent on is forgotten, however large the whole is. The first part has come before
        anything is promised to anybody.
        """
        for key in self._keys(name):
            with _asking(missing=True):
                return _once_more(partial(self._begun, key, first, count))
        raise NotFound("picture_gone")

    def _begun(self, key: str, first: int, count: int) -> Pieces:
        answer = self.client.get_object(self.bucket, key, offset=first, length=count)
        parts = answer.stream(PIECE)
        try:
            begun = next(parts, b"")
        except HTTPError:
            answer.close()
            answer.release_conn()
            raise
        return Pieces(int(answer.headers["content-length"]), _parts(answer, begun, parts))

    def path(self, name: str) -> Path | None:
        """None: there are no files."""
        return None

    def exists(self, name: str) -> bool:
        """As promised by ``Storage``."""
        return any(self._is_there(key) for key in self._keys(name))

    def _is_there(self, key: str) -> bool:
        with _asking(missing=True):
            self.client.stat_object(self.bucket, key)
            return True
        return False

    def delete(self, name: str) -> None:
        """As promised by ``Storage``."""
        for key in self._keys(name):
            with _asking(missing=True):
                self.client.remove_object(self.bucket, key)

    def everything(self) -> Iterator[tuple[str, bool]]:
        """As promised by ``Storage``."""
        for private in (False, True):
            with _asking():
                below = self.folder + ("private/" if private else "public/")
                for one in self.client.list_objects(self.bucket, prefix=below, recursive=True):
                    name = (one.object_name or "").rpartition("/")[2]
                    if NAME.fullmatch(name):
                        yield name, private

    def _keys(self, name: str) -> list[str]:
        return [self._key(name, False), self._key(name, True)] if is_name(name) else []

    def _key(self, name: str, private: bool) -> str:
        return f"{self.folder}{'private' if private else 'public'}/{name[:2]}/{name[2:4]}/{name}"


def _once_more(ask: Callable[[], T]) -> T:
    """What breaks off while it is read, because the store is started anew or its way here is, is asked for once more."""
    try:
        return ask()
    except ProtocolError:
        return ask()


def _parts(answer: BaseHTTPResponse, begun: bytes, rest: Iterator[bytes]) -> Generator[bytes]:
    whole = False
    try:
        yield begun
        with _asking():
            yield from rest
        whole = True
    finally:
        # a connection with something left on it cannot be asked again
        if not whole:
            answer.close()
        answer.release_conn()


@contextmanager
def _asking(*, missing: bool = False) -> Iterator[None]:
    """Errors of the network and the store become one of ours; with ``missing``, that there is no such object becomes nothing."""
    try:
        yield
    except S3Error as error:
        if missing and error.code in MISSING:
            return
        # codes only: the store's words may hold addresses and keys
        log.error("the store answered %s", error.code)
        raise Unavailable("storage_away", retry_after=AGAIN) from error
    except (ServerError, InvalidResponseError, HTTPError, OSError) as error:
        log.error("the store does not answer: %s", type(error).__name__)
        raise Unavailable("storage_away", retry_after=AGAIN) from error


def from_url(url: str) -> S3Storage:
    """The store of this address, one client a process. Raises Unavailable ``storage_unknown`` for an address that is none."""
    return _made(url, os.getpid())


@lru_cache(maxsize=8)
def _made(url: str, _process: int) -> S3Storage:
    parts = urlsplit(url)
    try:
        wishes = {name: values[-1] for name, values in parse_qs(parts.query).items()}
        bucket, _, folder = parts.path.strip("/").partition("/")
        host = f"{parts.hostname}:{parts.port}" if parts.port else parts.hostname or ""
        # one that cannot be asked for long: somebody waits for their page
        pool = PoolManager(maxsize=AT_ONCE, timeout=Timeout(connect=CONNECT, read=READ),
                           retries=Retry(total=TRIES, backoff_factor=0.2, status_forcelist=(500, 502, 503, 504)))  # fmt: skip
        client = Minio(
            host,
            access_key=unquote(parts.username or ""),
            secret_key=unquote(parts.password or ""),
            secure=wishes.get("tls", "on") != "off",
            # a store that we need not ask for it, as it is signed into every request
            region=wishes.get("region", "us-east-1"),
            http_client=pool,
        )
    except ValueError:
        bucket = ""
    # without a key it may be meant as other programs write it, s3://bucket/folder
    if not bucket or not parts.password:
        raise Unavailable("storage_unknown", scheme="s3")
    return S3Storage(client, bucket, f"{folder}/" if folder else "")
