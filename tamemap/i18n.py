"""Words people read, from ``locale/*.json``: flat keys with dots, ``{name}`` for what varies. Japanese is the source."""

from __future__ import annotations

import json
from functools import lru_cache
from pathlib import Path

LOCALES = Path(__file__).parent / "locale"
DEFAULT = "ja"
AVAILABLE = ("ja", "en")


@lru_cache(maxsize=8)
def words(lang: str = DEFAULT) -> dict[str, str]:
    """All words of a language; what is not translated yet stands in Japanese."""
    source: dict[str, str] = json.loads((LOCALES / f"{DEFAULT}.json").read_text(encoding="utf-8"))
    if lang == DEFAULT:
        return source
    return source | json.loads((LOCALES / f"{lang}.json").read_text(encoding="utf-8"))


def t(key: str, lang: str = DEFAULT, **params: object) -> str:
    """The words for ``key``. Raises KeyError for an unknown key: a missing word is our mistake, found by tests."""
    return words(lang)[key].format(**params) if params else words(lang)[key]


def section(prefix: str, lang: str = DEFAULT) -> dict[str, str]:
    """The words below ``prefix.``, without it: what a script or a component is handed as a whole."""
    return {key.removeprefix(prefix + "."): text for key, text in words(lang).items() if key.startswith(prefix + ".")}


def negotiate(accept_language: str) -> str:
    """The best language we have for an ``Accept-Language`` header (RFC 9110 §12.5.4); Japanese when none fits."""
    wishes: list[tuple[float, int, str]] = []
    for order, part in enumerate(accept_language.split(",")):
        tag, _, quality = part.strip().partition(";q=")
        try:
            wishes.append((-float(quality or 1), order, tag.strip().lower().split("-")[0]))
        except ValueError:
            continue
    return next((tag for weight, _, tag in sorted(wishes) if tag in AVAILABLE and weight < 0), DEFAULT)
