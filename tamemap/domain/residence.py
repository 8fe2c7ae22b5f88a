"""Proof of residence: how long it holds, and the codes that a town prints for it."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from tamemap.domain.folding import fold
from tamemap.domain.permissions import TABLE, needed
from tamemap.errors import Invalid

if TYPE_CHECKING:
    from collections.abc import Iterable

    from tamemap.domain.actors import Ground

PROOF_LIFE = timedelta(days=365)
"""People move; a proof is renewed every year."""


def proof_holds(proved_at: datetime | None, now: datetime) -> bool:
    """Whether a proof given then still counts."""
    return proved_at is not None and now < proof_ends(proved_at)


def proof_ends(proved_at: datetime) -> datetime:
    """The moment from which on a proof given then counts no longer."""
    return proved_at + PROOF_LIFE


def asks_proof(ground: Ground, *verbs: str) -> bool:
    """Whether one of these verbs needs proof of residence on that ground."""
    return any(needed(verb, ground) != TABLE[verb] for verb in verbs)


# without look-alikes (0 o 1 l i), as public ids
ALPHABET = "23456789abcdefghjkmnpqrstuvwxyz"
CODE_SIGNS = 10
# as telephone numbers are read out
_GROUPS = (3, 4, 3)


def code_of(digest: str) -> str:
    """The ten signs (49 bits) that stand for a hash (hexadecimal, 128 bits or more: then no sign is likelier than another)."""
    number, signs = int(digest, 16), []
    for _ in range(CODE_SIGNS):
        number, rest = divmod(number, len(ALPHABET))
        signs.append(ALPHABET[rest])
    return "".join(signs)


def said_code(code: str) -> str:
    """A code as it is printed: ``K7M-29XP-QAB``."""
    parts, at = [], 0
    for length in _GROUPS:
        parts.append(code[at : at + length].upper())
        at += length
    return "-".join(parts)


def read_code(typed: object) -> str:
    """The code that somebody typed, in whatever width, case and grouping, or pasted with its whole address.

    Raises Invalid at ``code``: ``residence_code_missing``, or ``residence_code_shape`` for what no code looks like. 0, 1, I, L
    and O are in no code, so that there is nothing to guess where one is typed: it was misread.
    """
    text = unicodedata.normalize("NFKC", typed[:400]).lower() if isinstance(typed, str) else ""
    text = text.rpartition("code=")[2].partition("&")[0]
    signs = "".join(sign for sign in text if sign.isalnum() and sign != "ー")
    if not signs:
        raise Invalid.at("code", "residence_code_missing")
    if len(signs) != CODE_SIGNS or set(signs) - set(ALPHABET):
        raise Invalid.at("code", "residence_code_shape")
    return signs


# as folded addresses begin; no prefecture's name holds one of these signs
_PREFECTURE = re.compile("北海道|東京都|京都府|大阪府|[^0-9市区町村郡]{2,3}県")
# the counties whose names hold 市 or 村 stand by themselves: 八代市郡築 is no county
_COUNTY = re.compile("(?:余市|高市|田村|[東西北]村山|[^0-9市区町村郡]{1,5})郡")
# what goes on like this after 東村 is 東村山市
_LONGER_CITY = re.compile("[^0-9市区町村郡]{1,3}市")


@dataclass(frozen=True, slots=True)
class Town:
    """A municipality as addresses name it: its six-digit code, its prefecture and its own name, without the county."""

    code: str
    prefecture: str
    name: str


def municipality_of_address(address: str, towns: Iterable[Town]) -> str | None:
    """The code of the one town that a Japanese address lies in; None for none of these, or when it could be two of them.

    However it is written (width, spaces, ヶ or ケ, variants by selector), with or without prefecture, and for 町 and 村 with or
    without county. Where the prefecture is told, it must be the town's. Counties are not known here: an address that begins with
    one, and has no prefecture, is believed.
    """
    plain = fold(address)
    told = _PREFECTURE.match(plain)
    rest = plain[told.end() :] if told else plain
    found: dict[str, int] = {}
    for town in towns:
        name = fold(town.name)
        if name and (told is None or told[0] == fold(town.prefecture)) and _lies_in(rest, name, bare=told is None):
            found[town.code] = len(name)
    best = [code for code, length in found.items() if length == max(found.values())]
    return best[0] if len(best) == 1 else None


def _lies_in(rest: str, name: str, *, bare: bool) -> bool:
    """Whether an address without prefecture begins with this town. ``bare``: nothing said which prefecture it is."""
    if name[-1] in "町村" and (county := _COUNTY.match(rest)) and rest.startswith(name, county.end()):
        return True
    if not rest.startswith(name):
        return False
    return not (bare and name[-1] in "町村" and _LONGER_CITY.match(rest, len(name)))
