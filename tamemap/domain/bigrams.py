"""Words for a search index that needs no dictionary: every two signs that stand together are one token.

Japanese has no spaces, so a text is cut into overlapping pairs of its folded signs: 朝市です is 朝市, 市で, です, す.
A word is looked for as the pairs in a row, a single sign as the beginning of a pair: any part of a text is found, and nothing
else. Tokens hold no ASCII punctuation (it is moved to private signs), so that no database's query language reads it.
"""

from __future__ import annotations

import re
import unicodedata
from typing import TYPE_CHECKING

from tamemap.domain.folding import MAX_WORD_LENGTH, MAX_WORDS, fold, fold_at

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

# PostgreSQL counts positions to 16,383
MOST_SIGNS = 16_000
QUERY_LIMIT = 400
_PRIVATE = {code: 0xE000 + code for code in range(0x21, 0x7F) if not chr(code).isalnum()}
_QUOTED = re.compile('["“”＂]([^"“”＂]*)["“”＂]?|([^\\s"“”＂]+)')
# what people type at the ends of a word without meaning it
_EDGES = "!?,.:;、。…・「」『』【】()"
MARK = "\uf8ff"
"""The first sign of tokens that stand for what a thing is and where it belongs; no text's token begins with it."""


def _signs(folded: str) -> str:
    kept = (sign for sign in folded if unicodedata.category(sign) not in {"Co", "Cs", "Cn"})
    return "".join(kept).translate(_PRIVATE)


def tokens(texts: Iterable[str]) -> list[str]:
    """The tokens of some texts in order; no word is found across the border of two texts."""
    made: list[str] = []
    for text in texts:
        signs = _signs(fold(text))
        made += [signs[at : at + 2] for at in range(len(signs))]
    return made[:MOST_SIGNS]


def read_query(query: object) -> tuple[str, ...]:
    """The folded words of a search, each once, which must all be there; what stands in quotes is one word.

    At most 8 of at most 40 signs; punctuation at the ends is dropped, also where nothing else is there.
    """
    if not isinstance(query, str):
        return ()
    found = (fold(quoted or plain) for quoted, plain in _QUOTED.findall(query[:QUERY_LIMIT]))
    words = dict.fromkeys(word.strip(_EDGES)[:MAX_WORD_LENGTH] for word in found)
    return tuple(word for word in words if _signs(word))[:MAX_WORDS]


def word_tokens(word: str) -> list[str]:
    """A folded word of :func:`read_query` as tokens that stand in a row; of a single sign, the beginning of one."""
    signs = _signs(word)
    return [signs[at : at + 2] for at in range(len(signs) - 1)] or [signs]


def place_mark(name: str) -> str:
    """What follows ``MARK`` in the token of things that stand at a place of this name (folded by ``fold_place``)."""
    return f"p{_signs(name)}"


def found_at(text: str, words: Sequence[str]) -> tuple[tuple[int, int], ...]:
    """Where in ``text`` these folded words stand, as (start, end), in order, without overlaps."""
    folded, origins = fold_at(text)
    if not origins:
        return ()
    hits = sorted(
        (origins[found.start()][0], origins[found.end() - 1][1])
        for word in words
        for found in re.finditer(re.escape(word), folded)
    )
    joined: list[tuple[int, int]] = []
    for start, end in hits:
        if joined and start <= joined[-1][1]:
            joined[-1] = (joined[-1][0], max(end, joined[-1][1]))
        else:
            joined.append((start, end))
    return tuple(joined)
