"""Reading a municipal list of facilities (公共施設一覧, old or current edition; also lists of sights and toilets).

Columns are known by their names, not by their places. UTF-8 with or without BOM, else CP932.
"""

from __future__ import annotations

import csv
import io
import unicodedata
from typing import TYPE_CHECKING

from tamemap.domain.codes import normalise_code
from tamemap.domain.geography import valid_point
from tamemap.errors import Invalid
from tamemap.services.gazetteer import NewPlace

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

ALIASES = {
    "name": ("名称", "施設名", "施設名称", "name"),
    "kana": ("名称_カナ", "名称_かな", "名称(カナ)", "施設名_カナ", "nameKana"),
    "lat": ("緯度", "latitude"),
    "lng": ("経度", "longitude"),
    "code": (
        "都道府県コード又は市区町村コード", "全国地方公共団体コード", "所在地_全国地方公共団体コード", "自治体コード",
        "市区町村コード", "localgov_code",
    ),
}  # fmt: skip
ENCODINGS = ("utf-8-sig", "cp932")
Refused = tuple[tuple[int, str], ...]


def read_places(file: Path) -> tuple[tuple[NewPlace, ...], Refused]:
    """The facilities of a file, and per refused row its line and its error's code.

    Refused is a row without a name, with one coordinate only, or with coordinates that are none. Raises Invalid:
    ``import_file_missing``, ``import_not_text``, ``import_columns_twice``, ``import_columns_missing``.
    """
    try:
        data = file.read_bytes()
    except OSError:
        raise Invalid("import_file_missing", file=str(file)) from None
    reader = csv.DictReader(io.StringIO(decoded(data), newline=""))
    columns = _columns([_plain(name) for name in reader.fieldnames or ()])
    reader.fieldnames = [_plain(name) for name in reader.fieldnames or ()]
    places: list[NewPlace] = []
    refused: list[tuple[int, str]] = []
    for row in reader:
        try:
            places.append(_place(row, columns))
        except Invalid as error:
            refused.append((reader.line_num, error.code))
    return tuple(places), tuple(refused)


def decoded(data: bytes) -> str:
    """The text in the first encoding that fits. Raises Invalid."""
    for encoding in ENCODINGS:
        try:
            return data.decode(encoding)
        except UnicodeDecodeError:
            continue
    raise Invalid("import_not_text")


def _plain(name: str) -> str:
    # full-width brackets and underscores are written for half-width ones
    return unicodedata.normalize("NFKC", name).strip()


def _columns(names: list[str]) -> dict[str, str]:
    """Our field → the file's column."""
    if len(set(names)) < len([name for name in names if name]):
        raise Invalid("import_columns_twice")
    found = {field: next((name for name in aliases if name in names), "") for field, aliases in ALIASES.items()}
    if not found["name"]:
        raise Invalid("import_columns_missing", columns=ALIASES["name"][0])
    return found


def _place(row: Mapping[str, str | None], columns: Mapping[str, str]) -> NewPlace:
    cells = {field: unicodedata.normalize("NFKC", row.get(column) or "").strip() for field, column in columns.items()}
    name = (row.get(columns["name"]) or "").strip()
    if not name:
        raise Invalid("row_without_name")
    if bool(cells["lat"]) != bool(cells["lng"]):
        raise Invalid("row_half_position")
    point = valid_point(cells["lat"], cells["lng"])
    if cells["lat"] and point is None:
        raise Invalid("row_wrong_position")
    return NewPlace(
        name=name,
        kana=cells["kana"],
        lat=point.lat if point else None,
        lng=point.lng if point else None,
        municipality_code=_code(cells["code"]),
    )


def _code(text: str) -> str:
    try:
        return normalise_code(text) if text else ""
    except Invalid:
        return ""
