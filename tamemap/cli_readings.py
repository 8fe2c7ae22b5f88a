"""``readings report``: how often what was read is what people posted, so that the rules can be measured and bettered."""

from __future__ import annotations

import json
import unicodedata
from dataclasses import asdict
from typing import TYPE_CHECKING

from tamemap import db as database
from tamemap.cli_words import words
from tamemap.domain.actors import SYSTEM
from tamemap.queries.readings import figures

if TYPE_CHECKING:
    import argparse
    from collections.abc import Sequence

    from tamemap.queries.readings import FieldFigures

COLUMNS = ("field", "all", "read", "right", "sure", "sure_right", "missed")


def readings(chosen: argparse.Namespace) -> int:
    """Print the report as a table, or with ``--json`` as JSON."""
    with database.transaction(write=False) as db:
        found = figures(db, SYSTEM)
    if chosen.json:
        print(json.dumps([asdict(one) for one in found], ensure_ascii=False, indent=1))
        return 0
    if not found:
        print(words("cli.readings.none"))
        return 0
    rows = [[words(f"cli.readings.{name}") for name in COLUMNS], *(_row(one) for one in found)]
    _print(rows)
    print()
    reasons = [
        [words("cli.readings.field"), words("cli.readings.reason"), words("cli.readings.read"), words("cli.readings.right")]
    ]
    reasons += [[one.field, reason, str(count), _share(held, count)] for one in found for reason, count, held in one.reasons]
    _print(reasons)
    return 0


def _row(one: FieldFigures) -> list[str]:
    counts = (str(one.all), str(one.read), _share(one.right, one.read), str(one.sure), _share(one.sure_right, one.sure))
    return [one.field, *counts, str(one.missed)]


def _share(part: int, whole: int) -> str:
    return f"{part} ({100 * part / whole:.0f} %)" if whole else "–"


def _print(rows: Sequence[Sequence[str]]) -> None:
    widths = [max(_width(row[column]) for row in rows) for column in range(len(rows[0]))]
    for row in rows:
        print("  ".join(cell + " " * (width - _width(cell)) for cell, width in zip(row, widths, strict=True)).rstrip())


def _width(text: str) -> int:
    """In columns of a terminal: kanji and kana take two."""
    return sum(2 if unicodedata.east_asian_width(sign) in "FW" else 1 for sign in text)
