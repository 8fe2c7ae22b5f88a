"""From values to words on the screen: errors, moments, roles. Pure; the words stand in the locale files."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tamemap import clock
from tamemap.domain.dates import day_words
from tamemap.i18n import t, words

if TYPE_CHECKING:
    from datetime import datetime

    from tamemap.errors import TamemapError
    from tamemap.queries.authors import AuthorView


def error_words(code: str, params: dict[str, object] | None = None) -> str:
    """The sentence for an error's code; a code without words is said as a mishap of ours."""
    key = f"errors.{code}"
    if key not in words():
        key = "errors.mishap"
    try:
        return words()[key].format(**(params or {}))
    except (KeyError, IndexError):
        return t("errors.mishap")


def said(error: TamemapError) -> str:
    """One sentence for an error of ours."""
    return error_words(error.code, error.params)


def said_at_fields(error: TamemapError) -> dict[str, str]:
    """Per wrong field its sentence."""
    return {one.field: error_words(one.code, one.params) for one in reversed(error.errors)}


def moment_words(moment: datetime) -> str:
    """When something happened, as a neighbour says it: きょう 14:05, きのう 9:30, else the day."""
    there, today = clock.tokyo(moment), clock.today()
    time = f"{there.hour}:{there.minute:02d}"
    days = (today - there.date()).days
    if days in {0, 1}:
        return t("ui.today" if days == 0 else "ui.yesterday", time=time)
    return day_words(there.date())


def moment_iso(moment: datetime) -> str:
    """The same for machines (``<time datetime>``)."""
    return clock.tokyo(moment).isoformat(timespec="minutes")


def author_words(author: AuthorView | None) -> str:
    """An author's name; those who have left have none any more."""
    if author is None or author.left:
        return t("people.left")
    return author.name


def is_official(author: AuthorView | None) -> bool:
    """Whether somebody wrote as staff or as operator."""
    return author is not None and author.group is None and author.kind in {"staff", "operator"}


def badge_words(author: AuthorView | None) -> str:
    """As what somebody wrote, where that is more than a member: 人吉市 職員, 運営, 団体, 住民; else empty."""
    if author is not None and author.group is not None:
        return t("group.badge")
    if author is not None and author.mascot is not None:
        return t("mascot.badge", town=author.mascot.town)
    if not is_official(author) or author is None:
        return t("people.resident") if author is not None and author.resident else ""
    if author.kind == "operator":
        return t("people.operator")
    if author.department:
        return t("people.staff_in", municipality=author.municipality, department=author.department)
    return t("people.staff_of", municipality=author.municipality)
