"""書きこみを止めている: until when somebody may not write in a region, by which rule, and where they can object."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from tamemap.clock import tokyo
from tamemap.domain.dates import day_words
from tamemap.i18n import DEFAULT, t

if TYPE_CHECKING:
    from datetime import datetime


@dataclass(frozen=True, slots=True)
class Rest:
    """A suspension as whoever it is about reads it; ``decision`` is the id of the decision behind it."""

    region: str
    until: datetime
    rule: str
    decision: str
    objected: bool


def rest_words(rest: Rest, lang: str = DEFAULT) -> str:
    """Until when, where and why nothing can be written."""
    local = tokyo(rest.until)
    until = f"{day_words(local.date(), lang)} {local.hour}:{local.minute:02d}"
    return t("care.rest", lang, until=until, region=rest.region, rule=t(f"care.rule_said.{rest.rule}", lang))


def rest_link(rest: Rest, lang: str = DEFAULT) -> tuple[str, str]:
    """Where it is explained, and the words of the link: once there is an objection, only reading is left."""
    return f"/decisions/{rest.decision}", t("care.rest_read" if rest.objected else "care.rest_object", lang)
