"""The frames between the server and its imaging children: ``length (4 bytes, big-endian) | JSON header | blobs``.

JSON and bytes only: a child that a hostile photograph has taken over cannot hand the server anything that runs. The pipes
are unbuffered: a process that is forked meanwhile finds no locked or half-full buffer in them.
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Sequence
    from io import FileIO

MOST_HEADER = 1 << 20
MOST_BLOBS = 64 << 20


class WireError(Exception):
    """The other side is gone, or speaks something else."""


def write_frame(pipe: FileIO, header: dict[str, Any], blobs: Sequence[bytes] = ()) -> None:
    """Writes one frame. Raises OSError when nobody listens any more."""
    head = json.dumps(header | {"blobs": [len(blob) for blob in blobs]}).encode()
    for part in (len(head).to_bytes(4, "big") + head, *blobs):
        rest = memoryview(part)
        while rest:
            rest = rest[pipe.write(rest) or 0 :]


def read_frame(pipe: FileIO) -> tuple[dict[str, Any], list[bytes]]:
    """Reads one frame. Raises WireError at the end of the stream and for frames beyond all sense."""
    size = int.from_bytes(_exactly(pipe, 4), "big")
    if size > MOST_HEADER:
        raise WireError("header")
    try:
        header = json.loads(_exactly(pipe, size))
        sizes = header.pop("blobs")
        fits = all(isinstance(one, int) and one >= 0 for one in sizes) and sum(sizes) <= MOST_BLOBS
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        raise WireError("header") from error
    if not fits:
        raise WireError("blobs")
    return header, [_exactly(pipe, one) for one in sizes]


def _exactly(pipe: FileIO, size: int) -> bytes:
    data = bytearray(size)
    rest = memoryview(data)
    while rest:
        count = pipe.readinto(rest)
        if not count:
            raise WireError("end")
        rest = rest[count:]
    return bytes(data)
