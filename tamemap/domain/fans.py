"""What fans (関係人口) may tell about themselves: the codes that are kept, and what is read from a form.

All of it is optional. Nobody but the person sees it; it is only ever counted, and never on few people.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from tamemap.domain.writing import tidied
from tamemap.errors import FieldError, Invalid

if TYPE_CHECKING:
    from collections.abc import Iterable

PREFECTURES = tuple(f"{number:02d}" for number in range(1, 48))
"""JIS X 0401: 01 北海道 to 47 沖縄県. Their words stand under ``prefecture.<code>``."""

AGE_BANDS = ("10", "20", "30", "40", "50", "60", "70", "80")
"""The decade in which an age begins; 10 is everybody below twenty, 80 everybody from eighty on. Words: ``fan.age.<band>``."""

INTERESTS = ("events", "food", "nature", "history", "festival", "craft", "sport", "move_in", "work", "furusato", "volunteer",
             "children")  # fmt: skip
"""What one would like to hear about. Words: ``fan.interest.<code>``."""

TIES = ("grew_up", "lived", "family", "work", "school", "visited", "furusato", "curious")
"""How one is tied to a town. Words: ``fan.tie.<kind>``."""

TELLABLE = ("prefecture", "age_band", "gender", "interests")
"""The fields that can be told, and each taken back alone."""

GENDER_LIMIT = 40


def read_told(*, prefecture: object, age_band: object, gender: object, interests: Iterable[object]) -> dict[str, str]:
    """The four fields as they are kept (empty: not told), interests in the order of ``INTERESTS``, separated by spaces.

    Raises one Invalid that names every wrong field: ``choice_wrong``, ``text_too_long`` at ``gender``.
    """
    wrong = [FieldError(name, "choice_wrong") for name, value, known in (
        ("prefecture", prefecture, PREFECTURES), ("age_band", age_band, AGE_BANDS)) if value not in {"", *known}]  # fmt: skip
    said = tidied(gender[:400]) if isinstance(gender, str) else ""
    if len(said) > GENDER_LIMIT:
        wrong.append(FieldError("gender", "text_too_long", {"limit": GENDER_LIMIT, "over": len(said) - GENDER_LIMIT}))
    chosen = list(interests)
    if any(one not in INTERESTS for one in chosen):
        wrong.append(FieldError("interests", "choice_wrong"))
    if wrong:
        raise Invalid(wrong[0].code, errors=tuple(wrong), **wrong[0].params)
    return {"prefecture": str(prefecture), "age_band": str(age_band), "gender": said,
            "interests": " ".join(one for one in INTERESTS if one in chosen)}  # fmt: skip


def read_kinds(kinds: Iterable[object]) -> tuple[str, ...]:
    """The kinds of ties, each once, in the order of ``TIES``. Raises Invalid ``choice_wrong`` at ``kinds``."""
    chosen = list(kinds)
    if any(one not in TIES for one in chosen):
        raise Invalid.at("kinds", "choice_wrong")
    return tuple(one for one in TIES if one in chosen)
