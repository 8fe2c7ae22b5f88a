"""Proof of residence: how long it holds, and the codes that a town prints for it."""

from __future__ import annotations

import unicodedata
from datetime import datetime, timedelta

from tamemap.errors import Invalid
from tamemap.models.base import ALPHABET

PROOF_LIFE = timedelta(days=365)
"""People move; a proof is renewed every year."""


def proof_holds(proved_at: datetime | None, now: datetime) -> bool:
    """Whether a proof given then still counts."""
    return proved_at is not None and now < proof_ends(proved_at)


def proof_ends(proved_at: datetime) -> datetime:
    """The moment from which on a proof given then counts no longer."""
    return proved_at + PROOF_LIFE


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
