"""The text of a picture after a blur: what people had corrected stays, as far as what it stands for can still be seen. Pure."""

from __future__ import annotations

from difflib import SequenceMatcher
from typing import TYPE_CHECKING

from tamemap.domain.reading_words import plain

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

ALIKE = 0.5  # from here on two lines are one, corrected
RUN = 3  # signs in a row that a line may not share with what is hidden


def still_said(before: str, seen: Sequence[tuple[str, bool]], hidden: Sequence[str]) -> str:
    """The lines of ``before`` without what is hidden now.

    ``seen``: the lines that can be read now, each with whether it could be seen before, too; one that could, and was not in
    ``before``, was taken out by a person and stays out. A line of one's own stays only where all that is hidden is accounted
    for by others: what was misread and corrected cannot be told from it.
    """
    others = _runs(text for text, _ in seen)
    lines = [line for line in before.split("\n") if line.strip()]
    mates = _mates(lines, [text for text, _ in seen])
    betraying = {at: [text for text in hidden if _shares(line, text, others)] for at, line in enumerate(lines)}
    covered = {text for texts in betraying.values() for text in texts}
    complete = all(text in covered for text in hidden)
    kept: list[tuple[float, str]] = []
    place = -1.0
    for at, line in enumerate(lines):
        mate = mates.get(at)
        place = float(mate) if mate is not None else place + 0.001
        if betraying[at]:
            kept += [(place, seen[mate][0])] if mate is not None else []
        elif mate is not None or complete:
            kept.append((place, line))
    again = [(float(at), text) for at, (text, known) in enumerate(seen) if not known and at not in mates.values()]
    return "\n".join(text for _, text in sorted([*kept, *again], key=lambda one: one[0]))


def _mates(lines: Sequence[str], seen: Sequence[str]) -> dict[int, int]:
    """Which line that is seen each line is, the most alike first."""
    pairs = [(_alike(line, text), at, to) for at, line in enumerate(lines) for to, text in enumerate(seen)]
    found: dict[int, int] = {}
    for alike, at, to in sorted(pairs, key=lambda pair: -pair[0]):
        if alike >= ALIKE and at not in found and to not in found.values():
            found[at] = to
    return found


def _alike(one: str, other: str) -> float:
    return SequenceMatcher(None, plain(one), plain(other), autojunk=False).ratio()


def _runs(texts: Iterable[str]) -> frozenset[str]:
    folded = [plain(text) for text in texts]
    return frozenset(text[at : at + RUN] for text in folded for at in range(max(1, len(text) - RUN + 1)))


def _shares(line: str, hidden: str, others: frozenset[str]) -> bool:
    return any(run in plain(line) for run in _runs([hidden]) - others if run)
