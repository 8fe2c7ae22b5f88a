"""A read page → the fields of the form: title, when, venue, address, fee, telephone, organiser. Pure: the rules only."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from tamemap.domain.reading_contact import phone_of
from tamemap.domain.reading_fees import fee_of
from tamemap.domain.reading_field import Found, Gazetteer, NoGazetteer
from tamemap.domain.reading_lines import items_of
from tamemap.domain.reading_names import organiser_of, title_of
from tamemap.domain.reading_places import places_of
from tamemap.domain.reading_when import When, when_of

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import date

    from tamemap.domain.reading_rows import Line


@dataclass(frozen=True, slots=True)
class Fields:
    """What a flyer says, as far as it says it."""

    title: Found[str] | None
    when: Found[When] | None
    venue: Found[str] | None
    address: Found[str] | None
    fee: Found[str] | None
    phone: Found[str] | None
    organiser: Found[str] | None


def fields_of(lines: Sequence[Line], *, taken: date, gazetteer: Gazetteer | None = None) -> Fields:
    """The fields of one page; ``taken`` is the day of the photograph (else today), from which years are guessed."""
    items = items_of(lines)
    title = title_of(items)
    venue, address = places_of(items, gazetteer or NoGazetteer())
    return Fields(title, when_of(items, taken=taken), venue, address, fee_of(items), phone_of(items), organiser_of(items, title))
