"""What was read for one field of the form, and why."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Generic, Protocol, TypeVar

if TYPE_CHECKING:
    from collections.abc import Iterable

    from tamemap.domain.reading_lines import Item
    from tamemap.domain.reading_rows import Box, Line

Value = TypeVar("Value")
SURE = 0.9  # from here on a field is filled without 確かめてください


@dataclass(frozen=True, slots=True)
class Found(Generic[Value]):
    """A value with its confidence (the share of such values that are right), the lines it was read from, and the reason.

    ``reason`` is a key: the screen says it in the reader's language. ``problems`` are keys too.
    """

    value: Value
    confidence: float
    lines: tuple[Line, ...]
    reason: str
    problems: tuple[str, ...] = ()

    @property
    def boxes(self) -> tuple[Box, ...]:
        """Where on the page it stands."""
        return tuple(line.box for line in self.lines)


class Gazetteer(Protocol):
    """What is known of places: the services give it, from their tables."""

    def town(self, text: str) -> str | None:
        """The start of an address as it is officially written (鹿嶋市宮中), where ``text`` begins with it or nearly so."""

    def place(self, name: str) -> str | None:
        """The name of a known facility as it is officially written, where ``name`` is it or nearly so."""


class NoGazetteer:
    """Knows nothing: what was read stays as it was read."""

    def town(self, text: str) -> str | None:
        """None."""
        return None

    def place(self, name: str) -> str | None:
        """None."""
        return None


def sure(confidence: float, items: Iterable[Item]) -> float:
    """A rule's confidence, lowered where the lines were hard to read."""
    worst = min((item.confidence for item in items), default=1.0)
    return round(max(0.05, confidence - max(0.0, 0.93 - worst) * 0.8), 3)
