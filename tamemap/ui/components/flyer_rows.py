"""A flyer in its poster's list and at the desk: the card, where it stands, what its poster may do."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from tamemap import urls
from tamemap.i18n import t
from tamemap.ui.components.card_rows import DateRow, PictureRow, date_row, picture_row
from tamemap.ui.components.words import moment_words

if TYPE_CHECKING:
    from tamemap.queries.flyer import OwnView, PlacementView
    from tamemap.queries.history import ChangeView

THUMB = 320


@dataclass
class StandRow:
    """Where a flyer stands, in words; ``state`` is held, up, recalled, withdrawn or past."""

    map_name: str = ""
    kind: str = ""
    state: str = ""
    words: str = ""
    reason: str = ""
    url: str = ""


@dataclass
class OwnRow:
    """A flyer in a list. ``may_outside``: its tick can be changed (staff have not recalled it there)."""

    id: str = ""
    title: str = ""
    category: str = "other"
    category_words: str = ""
    venue: str = ""
    town: str = ""
    code: str = ""
    date: DateRow = field(default_factory=DateRow)
    thumb: PictureRow = field(default_factory=PictureRow)
    stands: list[StandRow] = field(default_factory=list)
    state: str = ""
    outside: bool = False
    may_outside: bool = True
    poster: str = ""
    group: str = ""  # in whose name it stands
    created: str = ""
    body: str = ""
    url: str = ""
    map_url: str = ""


def stand_row(view: PlacementView, flyer: str) -> StandRow:
    """From a placement."""
    url = urls.map_page(view.map_slug, flyer=flyer) if view.state == "up" else ""
    return StandRow(view.map_name, view.kind, view.state, t(f"placement.{view.state}"), view.reason, url)


def own_row(view: OwnView) -> OwnRow:
    """From a flyer in its poster's list, or at the desk."""
    card = view.card
    above = [one.state for one in view.placements if one.kind == "regional"]
    return OwnRow(
        id=card.public_id,
        title=card.title,
        category=card.category,
        category_words=t(f"category.{card.category}"),
        venue=card.venue,
        town=card.municipality_name,
        code=card.municipality_code,
        date=date_row(card.when),
        thumb=picture_row(card.thumb, THUMB),
        # what its poster took off the regional map stands nowhere: no word about it
        stands=[stand_row(one, card.public_id) for one in view.placements if one.state != "withdrawn"],
        state=card.state,
        outside=view.outside,
        may_outside="recalled" not in above and card.state != "recalled",
        poster=_poster(view),
        group=view.group.name if view.group else "",
        created=moment_words(view.created_at),
        body=view.body,
        url=urls.flyer_page(card.public_id),
        map_url=urls.map_page(card.map_slug, flyer=card.public_id, embed=1),
    )


def _poster(view: OwnView) -> str:
    """Who posted it; for a group with the person behind it."""
    name = t("desk.by_guest") if view.by_guest else view.poster_name
    return t("group.posted_by", group=view.group.name, name=name or t("people.left")) if view.group else name


@dataclass
class ChangeRow:
    """One step in a flyer's history, in words."""

    text: str = ""
    reason: str = ""
    when: str = ""


def change_row(view: ChangeView) -> ChangeRow:
    """From a step: who did what on which map, why and when."""
    who = view.actor_name or t(f"actor_kinds.{view.actor_kind}")
    kind = t(f"actor_kinds.{view.actor_kind}")
    step = t(f"placement_step.{view.to_state}" if view.from_state else f"placement_first.{view.to_state}")
    text = t("desk.step", who=who if who == kind else t("desk.who", name=who, kind=kind), map=view.map_name, step=step)
    return ChangeRow(text, view.reason, moment_words(view.changed_at))
