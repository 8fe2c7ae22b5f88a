"""The flyer that is picked on the home screen, as its State keeps it."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from tamemap import urls
from tamemap.i18n import t
from tamemap.ui.components.card_rows import DateRow, PictureRow, date_row, picture_row

if TYPE_CHECKING:
    from tamemap.queries.flyer import FlyerView

# what is said in the panel besides title, dates and place; the rest is on the flyer's page
FACTS = ("fee", "organiser")
SIZE = 960


@dataclass
class FactRow:
    """One fact: its name, what is said, and perhaps a page that says more."""

    name: str = ""
    text: str = ""
    url: str = ""


@dataclass
class FlyerRow:
    """A flyer in its panel; ``loaded`` is False while only its id is known."""

    id: str = ""
    loaded: bool = False
    title: str = ""
    category: str = "other"
    category_words: str = ""
    place: str = ""
    picture: PictureRow = field(default_factory=PictureRow)
    more_pictures: int = 0
    date: DateRow = field(default_factory=DateRow)
    facts: list[FactRow] = field(default_factory=list)
    url: str = ""
    calendar_url: str = ""
    lat: float = 0
    lng: float = 0


def flyer_row(view: FlyerView, slug: str) -> FlyerRow:
    """From the face of a flyer that this viewer may see; ``slug`` is the map beside which it stands."""
    venue = view.venue or view.address
    place = t("flyer_panel.place", venue=venue, town=view.municipality_name) if venue else view.municipality_name
    facts = [FactRow(t(f"flyer_panel.{name}"), getattr(view, name)) for name in FACTS if getattr(view, name)]
    if view.group is not None:
        # the group that speaks is said once, as itself
        facts = [fact for fact in facts if fact.text != view.group.name]
        page = urls.group_page(view.group.slug) if view.group.active else ""
        facts.append(FactRow(t("flyer_panel.group"), view.group.name, page))
    return FlyerRow(
        id=view.public_id,
        loaded=True,
        title=view.title,
        category=view.category,
        category_words=t(f"category.{view.category}"),
        place=place if slug != view.map_slug else venue or view.municipality_name,
        picture=picture_row(view.pictures[0] if view.pictures else None, SIZE),
        more_pictures=max(0, len(view.pictures) - 1),
        date=date_row(view.when),
        facts=facts,
        url=urls.flyer_page(view.public_id),
        calendar_url=urls.flyer_calendar(view.public_id) if view.when.starts_at else "",
        lat=view.lat,
        lng=view.lng,
    )
