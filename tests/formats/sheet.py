"""A flyer's face without a database: what the formats are given in their tests."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import UTC, datetime

from tamemap.domain.dates import When, read_when


@dataclass(frozen=True)
class Size:
    """One size of a picture."""

    size: int
    width: int
    height: int
    formats: tuple[str, ...] = ("avif", "jpeg")


@dataclass(frozen=True)
class Picture:
    """A picture in two sizes."""

    name: str = "a1b2"
    sizes: tuple[Size, ...] = (Size(320, 240, 320), Size(960, 720, 960))


@dataclass(frozen=True)
class Sheet:
    """Aki's flyer."""

    public_id: str = "abcdefghjkmn"
    title: str = "秋の市; みかん, 栗"
    category: str = "market"
    when: When = field(default_factory=When)
    body: str = "雨なら中止。\n車は川原へ。"
    venue: str = "川原の広場"
    address: str = "人吉市さくら町1-2"
    fee: str = "無料"
    phone: str = "0966-00-0000"
    organiser: str = "さくら町内会"
    url: str = "https://example.jp/ichi"
    lat: float = 32.2169
    lng: float = 130.7394
    prefecture: str = "熊本県"
    municipality_name: str = "人吉市"
    pictures: tuple[Picture, ...] = (Picture(),)
    version: int = 3
    created_at: datetime = datetime(2026, 11, 20, 0, 0, tzinfo=UTC)
    updated_at: datetime = datetime(2026, 11, 20, 1, 2, 3, tzinfo=UTC)


def on(starts: str, ends: str = "") -> When:
    """Dates as the API takes them."""
    return read_when(starts, ends)
