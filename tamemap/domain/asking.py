"""What a reader asks a map for: place, days, categories, words, order. Parsed once, for pages and API alike."""

from __future__ import annotations

import base64
import binascii
import json
from dataclasses import dataclass
from itertools import zip_longest
from typing import TYPE_CHECKING, Any

from tamemap.domain.dates import Span, asked_span
from tamemap.domain.flyers import CATEGORIES
from tamemap.domain.folding import fold_words
from tamemap.domain.geography import Bounds, Point, parse_near
from tamemap.errors import Invalid

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from tamemap.domain.areas import Area

SORTS = ("soon", "near", "new")
MOST = 100
# no row number or moment of ours is larger, and both databases can compare it
LARGEST = 2**53


@dataclass(frozen=True, slots=True)
class Wanted:
    """The filters of a map; all fields are optional wishes that must hold together."""

    when: Span | None = None
    categories: tuple[str, ...] = ()
    words: tuple[str, ...] = ()
    # for each word the places that it names, which also finds what lies there: known only where the map is known
    areas: tuple[tuple[Area, ...], ...] = ()
    bounds: Bounds | None = None
    near: Point | None = None
    sort: str = "soon"
    past: bool = False
    limit: int = 20
    cursor: str = ""

    @property
    def words_and_areas(self) -> Iterator[tuple[str, tuple[Area, ...]]]:
        """Each word with the places that it names."""
        return zip_longest(self.words, self.areas, fillvalue=())  # type: ignore[arg-type]


def read_wanted(params: Mapping[str, str], categories: Iterable[str] = ()) -> Wanted:
    """The wishes in an address's parameters; ``categories`` are all values of the repeated one (each may hold commas).

    Raises Invalid at the parameter that cannot be understood.
    """
    chosen = tuple(dict.fromkeys(name for part in categories for name in part.split(",") if name))
    if any(name not in CATEGORIES for name in chosen):
        raise Invalid.at("category", "category_wrong")
    near = parse_near(params["near"]) if params.get("near") else None
    sort = params.get("sort") or ("near" if near else "soon")
    if sort not in SORTS or (sort == "near" and near is None):
        raise Invalid.at("sort", "sort_wrong")
    try:
        limit = int(params.get("limit") or 20)
    except ValueError:
        raise Invalid.at("limit", "limit_wrong", limit=MOST) from None
    if not 1 <= limit <= MOST:
        raise Invalid.at("limit", "limit_wrong", limit=MOST)
    return Wanted(
        when=asked_span(params.get("when") or ""),
        categories=chosen,
        words=fold_words(params.get("q") or ""),
        bounds=Bounds.parse(params["bbox"]) if params.get("bbox") else None,
        near=near,
        sort=sort,
        past=params.get("past") in {"1", "true"},
        limit=limit,
        cursor=params.get("cursor") or "",
    )


def write_cursor(*key: Any) -> str:
    """An opaque cursor that remembers the sort key of the last row."""
    return base64.urlsafe_b64encode(json.dumps(key, separators=(",", ":")).encode()).decode().rstrip("=")


def read_cursor(cursor: str, *kinds: type | tuple[type, ...]) -> list[Any]:
    """The key in a cursor, whose parts must be of those kinds. Raises Invalid at ``cursor`` for anything we did not write."""
    try:
        key = json.loads(base64.urlsafe_b64decode(cursor + "=" * (-len(cursor) % 4)))
    except (ValueError, binascii.Error, UnicodeDecodeError):
        raise Invalid.at("cursor", "cursor_wrong") from None
    if not isinstance(key, list) or len(key) != len(kinds):
        raise Invalid.at("cursor", "cursor_wrong")
    if not all(isinstance(part, kind) for part, kind in zip(key, kinds, strict=True)) or any(
        isinstance(part, int | float) and not -LARGEST < part < LARGEST for part in key
    ):
        raise Invalid.at("cursor", "cursor_wrong")
    return key
