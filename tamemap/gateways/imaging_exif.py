"""Where and when a photograph was taken, as its Exif block says (CIPA DC-008, Exif 3.0, sections 4.6.5 to 4.6.7).

A broken block is no reason to refuse a photograph: whatever cannot be read is None.
"""

from __future__ import annotations

import math
import re
import warnings
from contextlib import suppress
from datetime import UTC, datetime, timedelta, timezone, tzinfo

from PIL import Image

from tamemap.clock import TOKYO

EXIF_IFD, GPS_IFD = 0x8769, 0x8825
LAT_REF, LAT, LNG_REF, LNG = 1, 2, 3, 4
TAKEN, TAKEN_OFFSET = (0x9003, 0x9011), (0x9004, 0x9012)  # DateTimeOriginal, DateTimeDigitized, each with its offset
NULL_ISLAND = 1e-6  # phones that hide the place write zeros


def read(block: bytes | None) -> tuple[tuple[float, float] | None, datetime | None]:
    """``((lat, lng), moment)`` of an Exif block: degrees (WGS 84, 7 decimals) and UTC; None for what is not there."""
    if not block:
        return None, None
    exif, place, moment = Image.Exif(), None, None
    with warnings.catch_warnings(action="ignore"):  # a hostile block may warn of and raise anything
        with suppress(Exception):
            exif.load(block)
        with suppress(Exception):
            place = position(dict(exif.get_ifd(GPS_IFD)))
        with suppress(Exception):
            moment = taken_at(dict(exif.get_ifd(EXIF_IFD)))
    return place, moment


def position(tags: dict[int, object]) -> tuple[float, float] | None:
    """Latitude and longitude in degrees; None for (0, 0), NaN, zero denominators and anything outside the globe.

    Without N/S and E/W letters we take north and east: the towns are there, and a place outside is refused later.
    """
    lat = _degrees(tags.get(LAT), tags.get(LAT_REF), "NS", 90)
    lng = _degrees(tags.get(LNG), tags.get(LNG_REF), "EW", 180)
    if lat is None or lng is None or (abs(lat) < NULL_ISLAND and abs(lng) < NULL_ISLAND):
        return None
    return round(lat, 7), round(lng, 7)


def _degrees(value: object, letter: object, letters: str, limit: int) -> float | None:
    """Degrees of ``(degrees, minutes, seconds)``; decimal degrees with zero minutes are fine too."""
    if not isinstance(value, tuple | list) or not 1 <= len(value) <= 3:
        return None
    parts = [float(part) for part in value]
    if not all(math.isfinite(part) and part >= 0 for part in parts):
        return None
    degrees = sum(part / 60**power for power, part in enumerate(parts))
    text = letter.decode("ascii", "ignore") if isinstance(letter, bytes) else str(letter or "")
    text = text.strip("\0 ").upper()[:1] or letters[0]
    if degrees > limit or text not in letters:
        return None
    return -degrees if text == letters[1] else degrees


def taken_at(tags: dict[int, object]) -> datetime | None:
    """The moment in UTC; a time without an offset is one of Tokyo."""
    for tag, offset in (TAKEN, TAKEN_OFFSET):
        with suppress(ValueError, OverflowError):
            naive = datetime.strptime(str(tags.get(tag, "")).strip("\0 "), "%Y:%m:%d %H:%M:%S")  # noqa: DTZ007
            return naive.replace(tzinfo=_zone(str(tags.get(offset, "")))).astimezone(UTC)
    return None


def _zone(offset: str) -> tzinfo:
    found = re.fullmatch(r"([+-])(\d\d):(\d\d)", offset.strip("\0 "))
    if not found:
        return TOKYO
    minutes = int(found[2]) * 60 + int(found[3])
    return timezone(timedelta(minutes=-minutes if found[1] == "-" else minutes))
