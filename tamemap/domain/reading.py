"""A read page → the fields of the form: title, when, venue, address, fee, telephone, organiser. Pure: the rules only."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from tamemap.domain.reading_contact import phone_of
from tamemap.domain.reading_fees import fee_of
from tamemap.domain.reading_field import Found, Gazetteer, NoGazetteer
from tamemap.domain.reading_lines import items_of
from tamemap.domain.reading_names import title_of
from tamemap.domain.reading_organisers import organiser_of
from tamemap.domain.reading_places import places_of
from tamemap.domain.reading_when import When, when_of

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import date

    from tamemap.domain.reading_rows import Line


ALONE = 0.75  # of great words, where nothing else on the page is a flyer's


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
    title, when = title_of(items), when_of(items, taken=taken)
    venue, address = places_of(items, gazetteer or NoGazetteer())
    fields = Fields(title, when, venue, address, fee_of(items), phone_of(items), organiser_of(items, title))
    return (
        fields
        if title is None or _invites(fields)
        else replace(fields, title=replace(title, confidence=min(title.confidence, ALONE)))
    )


def _invites(fields: Fields) -> bool:
    """Whether anything else is said that a flyer says: the great words of a screen or a page of a book are no title."""
    when = fields.when
    dated = when is not None and when.reason == "label" and when.confidence > ALONE
    return dated or any((fields.venue, fields.address, fields.fee, fields.phone, fields.organiser))
