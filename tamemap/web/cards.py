"""Flyers as the cards of a server-rendered list: what ``card()`` in assets/map/flyers.js makes of the same data."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from tamemap import clock
from tamemap.domain.dates import When, date_label
from tamemap.domain.geography import distance_words
from tamemap.web.serial import card_json

if TYPE_CHECKING:
    from tamemap.queries.flyers import CardView

SATURDAY, SUNDAY = 5, 6
# how many cards stand in a phone's first screen: their pictures do not wait
FIRST = 2
DECIMALS = 5
SHOWN = ("id", "url", "title", "category", "starts_at", "ends_at", "date_label", "venue", "lat", "lng", "thumb")


@dataclass(frozen=True, slots=True)
class Tab:
    """The date tab of a card; ``several`` days need their words beside it, ``kind`` is sun, sat or empty."""

    month: int
    day: int
    weekday: str
    holiday: str
    kind: str
    several: bool
    text: str
    time: str


def tab_of(when: When, lang: str) -> Tab | None:
    """The tab of a flyer's dates; None without dates."""
    label = date_label(when, lang)
    if label is None or when.starts_at is None:
        return None
    first = clock.tokyo(when.starts_at).date()
    kind = "sun" if label.holiday or first.weekday() == SUNDAY else "sat" if first.weekday() == SATURDAY else ""
    several = when.last_day() != first
    return Tab(label.month, label.day, label.weekday, label.holiday, kind, several, label.text, label.time)


def card_values(card: CardView, lang: str, at: int = 0) -> dict[str, Any]:
    """A card for the template: its JSON, its tab, how far it is in words, and whether it is among the first."""
    far = distance_words(card.distance, lang) if card.distance is not None else ""
    return _light(card_json(card, lang)) | {"tab": tab_of(card.when, lang), "far": far, "first": at < FIRST}


def item_values(card: CardView, lang: str) -> dict[str, Any]:
    """A card for the script: of its JSON what the script shows, since the document carries the same facts as HTML already."""
    data = _light(card_json(card, lang))
    kept = {name: data[name] for name in SHOWN if data[name] is not None}
    if "thumb" in kept:
        kept["thumb"] = {name: value for name, value in kept["thumb"].items() if name != "blur"}
    return kept


def _light(data: dict[str, Any]) -> dict[str, Any]:
    # a metre is exact enough for a pin, and a dozen more digits of every place are not light
    return data | {"lat": round(data["lat"], DECIMALS), "lng": round(data["lng"], DECIMALS)}
