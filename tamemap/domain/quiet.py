"""When nobody but staff writes on a map's boards: while staff have closed them (rough weather), and at night."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import datetime, time, timedelta
from typing import Any

from tamemap import clock
from tamemap.errors import Invalid
from tamemap.i18n import t

_TIME = re.compile(r"([01]\d|2[0-3]):[0-5]\d")


@dataclass(frozen=True, slots=True)
class Quiet:
    """What a map says about it: since when writing is closed and why (staff's words), and between which times of day in
    Tokyo (``HH:MM``, both empty: never) it rests every night; the night may go across midnight."""

    closed_at: datetime | None = None
    words: str = ""
    night_from: str = ""
    night_to: str = ""


@dataclass(frozen=True, slots=True)
class Closed:
    """Writing rests: ``reason`` is ``closed`` (until staff open it again) or ``night`` (``until`` that moment)."""

    reason: str
    until: datetime | None = None
    words: str = ""

    @property
    def code(self) -> str:
        """The code of the refusal; its words stand under ``errors.<code>``."""
        return "writing_closed" if self.reason == "closed" else "writing_closed_night"

    @property
    def params(self) -> dict[str, Any]:
        """What the words of the refusal need."""
        return {"words": self.words, "until": f"{clock.tokyo(self.until):%-H:%M}" if self.until else ""}


def closed_now(quiet: Quiet, now: datetime) -> Closed | None:
    """Whether writing rests at that moment, and why; None while it is open. The first minute of a night belongs to it, the
    minute at which it ends does not."""
    if quiet.closed_at is not None:
        return Closed("closed", None, quiet.words)
    if not (_TIME.fullmatch(quiet.night_from) and _TIME.fullmatch(quiet.night_to)):
        return None
    local = clock.tokyo(now)
    begin, end = time.fromisoformat(quiet.night_from), time.fromisoformat(quiet.night_to)
    at, across = local.time(), begin > end
    if not ((at >= begin or at < end) if across else begin <= at < end):
        return None
    last = local.date() + timedelta(days=across and at >= begin)
    return Closed("night", datetime.combine(last, end, tzinfo=clock.TOKYO).astimezone(now.tzinfo))


def checked_night(night_from: str, night_to: str) -> tuple[str, str]:
    """The two times of day as they are kept; both empty for no nights.

    Raises Invalid at ``night_from`` or ``night_to`` (``night_wrong``), and ``night_empty`` for one without length.
    """
    begin, end = night_from.strip(), night_to.strip()
    if not begin and not end:
        return "", ""
    for name, value in (("night_from", begin), ("night_to", end)):
        if not _TIME.fullmatch(value):
            raise Invalid.at(name, "night_wrong")
    if begin == end:
        raise Invalid.at("night_to", "night_empty")
    return begin, end


def closed_words(closed: Closed | None, lang: str = "ja") -> str:
    """Why nobody writes at present and until when, for the eyes; empty while writing is open."""
    return t(f"errors.{closed.code}", lang, **closed.params).strip() if closed else ""
