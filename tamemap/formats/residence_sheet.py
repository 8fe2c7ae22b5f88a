"""Printed codes: as a table for a printing house, and as QR codes for one's own sheets of cards."""

from __future__ import annotations

import csv
import io
from dataclasses import dataclass
from typing import TYPE_CHECKING

import segno

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

ACROSS, DOWN = 2, 5
"""Cards on an A4 sheet: 91 by 55 mm each, as the ready-cut sheets for business cards have them (14 and 11 mm margin)."""
CARDS = ACROSS * DOWN


@dataclass(frozen=True, slots=True)
class Card:
    """What stands on a card: ``code`` as it is printed, ``url`` as the QR says it. ``uses_left`` stands in the table only."""

    number: int
    code: str
    url: str
    uses_left: int


def table(cards: Iterable[Card], headings: Sequence[str]) -> bytes:
    """A CSV file (RFC 4180): number, code, address, uses left. UTF-8 with the mark by which Excel knows it.

    Nothing in it can be taken for a formula: numbers, signs of the codes' alphabet, and our own address.
    """
    out = io.StringIO()
    rows = csv.writer(out)
    rows.writerow(headings)
    rows.writerows((card.number, card.code, card.url, card.uses_left) for card in cards)
    return b"\xef\xbb\xbf" + out.getvalue().encode()


def sheets(cards: Sequence[Card]) -> tuple[tuple[Card, ...], ...]:
    """The cards sheet by sheet; a single one fills its sheet, to be cut and laid out in several places."""
    filled = tuple(cards) * CARDS if len(cards) == 1 else tuple(cards)
    return tuple(filled[at : at + CARDS] for at in range(0, len(filled), CARDS))


def qr(url: str) -> str:
    """The QR code (ISO/IEC 18004, level M: it still reads with 15 % of it dirty) as an ``<svg>`` that fills its box.

    The quiet zone of four modules is in it.
    """
    return segno.make_qr(url, error="m").svg_inline(border=4, omitsize=True, svgclass=None, lineclass=None)
