"""A flyer's card in a State: its picture in one size, its date tab."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from tamemap import urls
from tamemap.domain.dates import DateLabel, When, date_label
from tamemap.domain.placements import PAST
from tamemap.i18n import t

if TYPE_CHECKING:
    from tamemap.queries.flyers import CardView
    from tamemap.queries.pictures import PictureView


@dataclass
class PictureRow:
    """A picture in one size: its addresses by format, its size in pixels."""

    avif: str = ""
    jpeg: str = ""
    width: int = 0
    height: int = 0


@dataclass
class DateRow:
    """The date tab of a card and the dates in a sentence; ``month`` empty: no date."""

    month: str = ""
    day: str = ""
    weekday: str = ""
    kind: str = ""
    text: str = ""
    time: str = ""


@dataclass
class CardRow:
    """A flyer that a topic carries; ``past`` says that it is over."""

    id: str = ""
    url: str = ""
    title: str = ""
    category: str = "other"
    category_words: str = ""
    place: str = ""
    past: str = ""
    picture: PictureRow = field(default_factory=PictureRow)
    date: DateRow = field(default_factory=DateRow)


def picture_row(view: PictureView | None, size: int) -> PictureRow:
    """From a picture, in the smallest size that is at least that large."""
    if view is None or not view.sizes:
        return PictureRow()
    found = view.at_least(size)
    small = "avif" if "avif" in found.formats else "webp" if "webp" in found.formats else "jpeg"
    addresses = {name: urls.picture(view.name, found.size, name) for name in (small, "jpeg")}
    return PictureRow(addresses[small], addresses["jpeg"], found.width, found.height)


def date_row(when: When) -> DateRow:
    """From a flyer's dates; ``kind`` is the class of the tab's weekday."""
    label: DateLabel | None = date_label(when)
    if label is None:
        return DateRow()
    kind = "sun" if label.holiday or label.weekday == t("dates.weekdays").split(",")[6] else ""
    kind = "sat" if not kind and label.weekday == t("dates.weekdays").split(",")[5] else kind
    mark = t("dates.holiday_mark") if label.holiday else ""
    return DateRow(str(label.month), str(label.day), label.weekday + mark, kind, label.text, label.time)


def card_row(card: CardView) -> CardRow:
    """From a flyer as a card."""
    return CardRow(
        id=card.public_id,
        url=urls.flyer_page(card.public_id),
        title=card.title,
        category=card.category,
        category_words=t(f"category.{card.category}"),
        place=card.venue or card.municipality_name,
        past=t("cards.past", title=card.title) if card.state == PAST else "",
        picture=picture_row(card.thumb, 320),
        date=date_row(card.when),
    )
