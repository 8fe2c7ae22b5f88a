"""A column of texts one behind the other in few bytes: a hundred thousand objects would take four times the room."""

from __future__ import annotations

import re
from dataclasses import dataclass
from itertools import pairwise
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from numpy.typing import NDArray

# rows that are looked through at once: another thread has its turn after each
AT_ONCE = 4000


@dataclass(frozen=True, slots=True, eq=False)
class Texts:
    """UTF-8 in ``coded``, each text ended by a newline; ``starts`` has one number more than there are texts."""

    coded: bytes
    starts: NDArray[np.int64]

    @classmethod
    def of(cls, column: Sequence[str]) -> Texts:
        """From texts in the order of the rows."""
        coded = [one.encode() for one in column]
        return cls(b"".join(one + b"\n" for one in coded), _starts(np.fromiter(map(len, coded), np.int64, len(coded)) + 1))

    @classmethod
    def joined(cls, parts: Sequence[Texts]) -> Texts:
        """Several columns, one behind the other."""
        return cls(b"".join(one.coded for one in parts), _starts(np.concatenate([np.diff(one.starts) for one in parts])))

    def __len__(self) -> int:
        return len(self.starts) - 1

    def __getitem__(self, row: int) -> str:
        return self.coded[self.starts[row] : self.starts[row + 1] - 1].decode()

    def tolist(self) -> list[str]:
        """All of them."""
        return [self[row] for row in range(len(self))]

    def at(self, rows: NDArray[np.int64]) -> Texts:
        """Those of these rows in their order; rows that follow one another are copied as one."""
        if not len(rows):
            return NONE
        breaks = np.flatnonzero(np.diff(rows) != 1) + 1
        first, last = rows[np.append(0, breaks)], rows[np.append(breaks - 1, len(rows) - 1)]
        pieces = zip(self.starts[first].tolist(), self.starts[last + 1].tolist(), strict=True)
        lengths = np.diff(self.starts)[rows]
        return Texts(b"".join([self.coded[start:end] for start, end in pieces]), _starts(lengths))

    def saying(self, word: str) -> NDArray[np.bool_]:
        """In which of the texts the word stands, which holds no newline."""
        found = np.zeros(len(self), np.bool_)
        pattern = re.compile(re.escape(word.encode()))
        for start, end in pairwise(_steps(len(self))):
            hits = [hit.start() for hit in pattern.finditer(self.coded, int(self.starts[start]), int(self.starts[end]))]
            found[np.searchsorted(self.starts, np.array(hits, np.int64), "right") - 1] = True
        return found


NONE = Texts(b"", np.zeros(1, np.int64))


def _starts(lengths: NDArray[np.int64]) -> NDArray[np.int64]:
    return np.append(0, np.cumsum(lengths))


def _steps(many: int) -> Iterable[int]:
    return [*range(0, many, AT_ONCE), many]
