"""Where pictures are kept: content-addressed files, the public variants apart from the private originals.

A name is the first 40 hex digits of the SHA-256 of the bytes and a suffix, so the same bytes always have the same name and
a public file may be cached for ever. Originals are read by our own code only: ``path``, which web servers send files by,
knows nothing of them. The same bytes put twice are one file: before deleting, the caller makes sure that nobody else's
flyer still shows it.
"""

from __future__ import annotations

import hashlib
import logging
import os
import re
import secrets
import tempfile
from contextlib import suppress
from dataclasses import dataclass
from errno import EDQUOT, EFBIG, ENOSPC, errorcode
from pathlib import Path
from pkgutil import resolve_name
from typing import TYPE_CHECKING, Protocol
from urllib.parse import urlsplit
from urllib.request import url2pathname

from tamemap.errors import NotFound, Unavailable

if TYPE_CHECKING:
    from collections.abc import Generator, Iterator

    from tamemap.config import Settings

log = logging.getLogger(__name__)
NAME = re.compile(r"[0-9a-f]{40}\.[a-z0-9]{2,5}")
AGAIN = 60  # seconds: somebody has to make room
SUFFIX = re.compile(r"\.[a-z0-9]{2,5}")


@dataclass(frozen=True, slots=True)
class Pieces:
    """Bytes that are on their way: how many in all, and the parts one after the other."""

    size: int
    parts: Generator[bytes]


def in_one(data: bytes) -> Pieces:
    """Bytes that are there already, as pieces."""
    return Pieces(len(data), (part for part in (data,)))


class Storage(Protocol):
    """The store of pictures. Names that are none raise NotFound("picture_gone") wherever bytes are asked for."""

    def put(self, data: bytes, suffix: str, *, private: bool) -> str:
        """Keeps the bytes and returns their name; once more with the same bytes changes nothing. ValueError for a suffix
        that is not a dot and two to five small letters or digits."""

    def get(self, name: str) -> bytes:
        """The bytes, of an original too. Raises NotFound("picture_gone")."""

    def size(self, name: str) -> int:
        """How many bytes it has. Raises NotFound("picture_gone")."""

    def pieces(self, name: str, first: int = 0, count: int = 0) -> Pieces:
        """Those ``count`` bytes from ``first`` on (0: all that follow), as they come; the caller ends or closes the iterator.
        Raises NotFound("picture_gone") before the first one."""

    def path(self, name: str) -> Path | None:
        """The public file, for a server that sends files by itself; None for an original, for what is not there, and when
        the store has no files."""

    def exists(self, name: str) -> bool:
        """Whether it is there, public or private."""

    def delete(self, name: str) -> None:
        """Takes it away, public and private; nothing happens when it is not there."""

    def everything(self) -> Iterator[tuple[str, bool]]:
        """All names, each with whether it is private. What comes or goes meanwhile may be among them or not."""


def name_of(data: bytes, suffix: str) -> str:
    """The name that these bytes have in every store. ValueError for a bad suffix."""
    if not SUFFIX.fullmatch(suffix):
        raise ValueError("a suffix is a dot and two to five small letters or digits")
    return hashlib.sha256(data).hexdigest()[:40] + suffix


def is_full(error: OSError) -> bool:
    """Whether it says that there is no room: on the disk, in a quota, or in what one file may have."""
    return error.errno in (ENOSPC, EDQUOT, EFBIG)


def is_name(name: str) -> bool:
    """Whether this can be the name of a picture (and so cannot lead out of the store)."""
    return NAME.fullmatch(name) is not None


class FolderStorage:
    """Files below one folder: ``public/ab/cd/abcd….avif`` and ``private/…``, which only the owner of the process reads."""

    def __init__(self, root: Path) -> None:
        self.root = root

    def put(self, data: bytes, suffix: str, *, private: bool) -> str:
        """As promised by ``Storage``. The file appears whole or not at all, also when the power fails.

        Raises Unavailable ``storage_full`` where there is no room, ``storage_away`` where nothing can be written.
        """
        name = name_of(data, suffix)
        target = self._place(name, private)
        if target.exists():
            return name
        try:
            self._write(data, target, private)
        except OSError as error:
            log.error("the store cannot be written: %s", errorcode.get(error.errno or 0, type(error).__name__))
            raise Unavailable("storage_full" if is_full(error) else "storage_away", retry_after=AGAIN) from error
        return name

    @staticmethod
    def _write(data: bytes, target: Path, private: bool) -> None:
        target.parent.mkdir(parents=True, exist_ok=True, mode=0o700 if private else 0o755)
        handle, written = tempfile.mkstemp(prefix=".new-", dir=target.parent)
        try:
            with os.fdopen(handle, "wb") as file:
                file.write(data)
                file.flush()
                os.fsync(handle)
                os.fchmod(handle, 0o600 if private else 0o644)
            Path(written).replace(target)
        except BaseException:
            Path(written).unlink(missing_ok=True)
            raise

    def get(self, name: str) -> bytes:
        """As promised by ``Storage``."""
        for place in self._places(name):
            with suppress(FileNotFoundError):
                return place.read_bytes()
        raise NotFound("picture_gone")

    def size(self, name: str) -> int:
        """As promised by ``Storage``."""
        return len(self.get(name))

    def pieces(self, name: str, first: int = 0, count: int = 0) -> Pieces:
        """As promised by ``Storage``; in one, for who sends files by themselves asks for their ``path``."""
        return in_one(self.get(name)[first : first + count if count else None])

    def path(self, name: str) -> Path | None:
        """As promised by ``Storage``."""
        return next((place for place in self._places(name)[:1] if place.is_file()), None)

    def exists(self, name: str) -> bool:
        """As promised by ``Storage``."""
        return any(place.is_file() for place in self._places(name))

    def delete(self, name: str) -> None:
        """As promised by ``Storage``."""
        for place in self._places(name):
            place.unlink(missing_ok=True)

    def everything(self) -> Iterator[tuple[str, bool]]:
        """As promised by ``Storage``."""
        for private in (False, True):
            below = self.root / ("private" if private else "public")
            for path in below.glob("??/??/*"):
                if is_name(path.name):
                    yield path.name, private

    def _places(self, name: str) -> list[Path]:
        """Where it may be, the public place first; none for what is no name and might lead out of the store."""
        return [self._place(name, False), self._place(name, True)] if is_name(name) else []

    def _place(self, name: str, private: bool) -> Path:
        # two levels of 256 folders: a million pictures are 15 files in each
        return self.root / ("private" if private else "public") / name[:2] / name[2:4] / name


class MemoryStorage:
    """The twin without a disk: for tests and for trying out."""

    def __init__(self) -> None:
        self._kept: dict[tuple[bool, str], bytes] = {}

    def put(self, data: bytes, suffix: str, *, private: bool) -> str:
        """As promised by ``Storage``."""
        name = name_of(data, suffix)
        self._kept[private, name] = bytes(data)
        return name

    def get(self, name: str) -> bytes:
        """As promised by ``Storage``."""
        for private in (False, True):
            if (private, name) in self._kept:
                return self._kept[private, name]
        raise NotFound("picture_gone")

    def size(self, name: str) -> int:
        """As promised by ``Storage``."""
        return len(self.get(name))

    def pieces(self, name: str, first: int = 0, count: int = 0) -> Pieces:
        """As promised by ``Storage``."""
        return in_one(self.get(name)[first : first + count if count else None])

    def path(self, name: str) -> Path | None:
        """None: there are no files."""
        return None

    def exists(self, name: str) -> bool:
        """As promised by ``Storage``."""
        return any((private, name) in self._kept for private in (False, True))

    def delete(self, name: str) -> None:
        """As promised by ``Storage``."""
        for private in (False, True):
            self._kept.pop((private, name), None)

    def everything(self) -> Iterator[tuple[str, bool]]:
        """As promised by ``Storage``."""
        yield from [(name, private) for private, name in self._kept]


def writable(store: Storage) -> bool:
    """Whether something can be put there and taken away again. Raises what the store raises."""
    # each question has a name of its own: several machines may ask the same store at once
    probe = f"tamemap can write here: {secrets.token_hex(8)}".encode()
    name = store.put(probe, ".txt", private=True)
    try:
        return store.get(name) == probe
    finally:
        store.delete(name)


def storage_from(settings: Settings) -> Storage:
    """The store that the settings name: a folder in the data directory, ``file:///…``, or ``s3://…`` (see ``storage_s3``).

    Raises Unavailable("storage_unknown", scheme) for any other address.
    """
    if not settings.storage_url:
        return FolderStorage(settings.data_dir / "store")
    parts = urlsplit(settings.storage_url)
    if parts.scheme == "file" and parts.netloc in ("", "localhost") and len(parts.path) > 1:
        return FolderStorage(Path(url2pathname(parts.path)))
    if parts.scheme == "s3":
        # found by its name, as a database's driver is: who keeps pictures in a folder need not carry the client (20 MB a process)
        made: Storage = resolve_name("tamemap.gateways.storage_s3:from_url")(settings.storage_url)
        return made
    raise Unavailable("storage_unknown", scheme=parts.scheme)
