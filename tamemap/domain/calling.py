"""Calling somebody by name (@名前) in what people write: found in the text of a Markdown document, never in code or links."""

from __future__ import annotations

import re
from functools import lru_cache
from typing import TYPE_CHECKING

from markdown_it.token import Token

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator, Sequence

SIGNS = "@＠"
MOST = 10


def may_call(text: str) -> bool:
    """Whether anybody could be called in it at all."""
    return any(sign in text for sign in SIGNS)


def mark(tokens: Sequence[Token], names: Collection[str]) -> tuple[str, ...]:
    """Make these names strong where they are called in parsed Markdown (changed in place); answers the names that were, each
    once, in the order of the text. The longest name that fits is meant.
    """
    pattern = _pattern(frozenset(names))
    called: dict[str, None] = {}
    for token in tokens:
        if token.type == "inline" and token.children:
            token.children = list(_marked(token.children, pattern, called))
    return tuple(called)


def renamed(text: str, name: str, others: Collection[str], nobody: str) -> str:
    """The text with another word where this name is called; ``others`` are names that may be called there, too."""
    pattern = _pattern(frozenset({name, *others}))
    return pattern.sub(lambda found: f"@{nobody}" if _plain(found[1]) == name else found[0], text)


@lru_cache(maxsize=64)
def _pattern(names: frozenset[str]) -> re.Pattern[str]:
    # a name of ASCII letters ends where they end (@Aki is not in @Akiko); behind a Japanese name さん may follow at once
    ends = (_spaced(name) + (r"(?![A-Za-z0-9_])" if name[-1].isascii() and name[-1].isalnum() else "")
            for name in sorted(names, key=len, reverse=True) if name)  # fmt: skip
    return re.compile(rf"(?<![A-Za-z0-9._%+-])[{SIGNS}]({'|'.join(ends) or '(?!)'})")


def _spaced(name: str) -> str:
    # in a name every space is plain; in a text it may be a wide one
    return "[ \u3000]".join(re.escape(part) for part in name.split(" "))


def _plain(name: str) -> str:
    return name.replace("\u3000", " ")


def _marked(children: list[Token], pattern: re.Pattern[str], called: dict[str, None]) -> Iterator[Token]:
    links = 0
    for child in children:
        links += (child.type == "link_open") - (child.type == "link_close")
        if child.type != "text" or links:
            yield child
            continue
        at = 0
        for found in pattern.finditer(child.content):
            called[_plain(found[1])] = None
            yield _text(child.content[at : found.start()], child.level)
            yield Token("strong_open", "strong", 1)
            yield _text(f"@{_plain(found[1])}", child.level)
            yield Token("strong_close", "strong", -1)
            at = found.end()
        yield _text(child.content[at:], child.level)


def _text(words: str, level: int) -> Token:
    return Token("text", "", 0, content=words, level=level)
