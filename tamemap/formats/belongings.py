"""What a person takes along, as a ZIP: ``tamemap.json`` (UTF-8, times by RFC 3339 in UTC), a text to read, and pictures.

Pictures are JPEG already and stored as they are, one at a time, so that the size of the whole never stands in memory.
"""

from __future__ import annotations

import zipfile
from dataclasses import asdict
from datetime import UTC, datetime
from typing import IO, TYPE_CHECKING, Any

import orjson

if TYPE_CHECKING:
    from collections.abc import Iterable

    from _typeshed import DataclassInstance

FACTS = "tamemap.json"
FORMAT = "tamemap-belongings-1"


def write(
    target: IO[bytes],
    facts: DataclassInstance,
    *,
    readme: tuple[str, str],
    pictures: Iterable[tuple[str, bytes]],
    at: datetime,
) -> None:
    """Write the ZIP: ``facts`` becomes ``tamemap.json``, ``readme`` is the name and the text of the file to read first,
    ``pictures`` are names and bytes (drawn one after the other). ``at`` is the date that the files carry.
    """
    data = {"format": FORMAT} | without_store(asdict(facts))
    moment = at.astimezone(UTC).timetuple()[:6]
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED, allowZip64=True) as made:
        made.writestr(_entry(readme[0], moment), readme[1].encode())
        made.writestr(_entry(FACTS, moment), orjson.dumps(data, option=orjson.OPT_INDENT_2 | orjson.OPT_UTC_Z))
        for name, content in pictures:
            made.writestr(_entry(name, moment, zipfile.ZIP_STORED), content)


def _entry(name: str, moment: tuple[int, ...], how: int = zipfile.ZIP_DEFLATED) -> zipfile.ZipInfo:
    found = zipfile.ZipInfo(name, moment[:6])  # type: ignore[arg-type]
    found.compress_type = how
    # readable by its owner alone, wherever it is unpacked
    found.external_attr = 0o600 << 16
    return found


def without_store(value: Any) -> Any:
    """The same without the names under which pictures stand in our store: they mean nothing outside."""
    if isinstance(value, dict):
        return {key: without_store(one) for key, one in value.items() if key != "stored"}
    return [without_store(one) for one in value] if isinstance(value, list | tuple) else value
