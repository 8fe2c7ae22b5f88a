"""What people write: tidied plain text, and the safe HTML made of the Markdown subset that boards understand."""

from __future__ import annotations

import html as entities
import re
import unicodedata
from functools import lru_cache
from typing import TYPE_CHECKING

import nh3
from markdown_it import MarkdownIt

from tamemap.domain.calling import mark
from tamemap.errors import Invalid

if TYPE_CHECKING:
    from collections.abc import Collection

NAME_LIMIT = 40
TITLE_LIMIT = 80
POST_LIMIT = 8000
EXCERPT_LIMIT = 80

LINK_SCHEMES = {"http", "https", "mailto"}
_RULES = (
    "newline linkify text_join paragraph list blockquote fence backticks emphasis balance_pairs fragments_join "
    "link autolink escape entity"
)
_TAGS = {"p", "br", "em", "strong", "ul", "ol", "li", "blockquote", "code", "pre", "a"}
# Japanese goes on right behind an address, without a space: an address ends where ASCII ends
_ADDRESS_TAIL = re.compile(r"^//[A-Za-z0-9][!#-;=?-~]*[A-Za-z0-9/#=&_~%+-]")
_SAFE_LINK = re.compile(r"(?:https?://|mailto:)[^\s]", re.IGNORECASE)
# letters by their category, but nobody sees them: a name made of them would be empty
_BLANK_LETTERS = dict.fromkeys((0x115F, 0x1160, 0x3164, 0xFFA0, 0x2800))
_LINE_ENDS = re.compile("\r\n?|[\u0085\u2028\u2029]")
_JOINER = "\u200d"
_REFERENCE = re.compile(r"[A-Za-z0-9_-]{1,60}")


def check_text(text: object, *, field: str, limit: int, lines: bool = False) -> str:
    """The text tidied: NFC, trimmed, without control, zero-width and direction signs; 1 to ``limit`` code points.

    Without ``lines`` every run of white space, line ends too, becomes one space. Joiners inside of emoji stay. Raises Invalid
    at ``field``: ``text_empty``, or ``text_too_long`` with ``limit`` and by how much it is ``over``.
    """
    tidy = tidied(text, lines=lines) if isinstance(text, str) and len(text) <= limit * 4 + 1000 else text
    if isinstance(tidy, str) and len(tidy) > limit:
        raise Invalid.at(field, "text_too_long", limit=limit, over=len(tidy) - limit)
    if not isinstance(tidy, str) or not tidy:
        raise Invalid.at(field, "text_empty")
    return tidy


def tidied(text: str, *, lines: bool = False) -> str:
    """As ``check_text``, without any demand on the length."""
    text = _LINE_ENDS.sub("\n", text).translate(_BLANK_LETTERS)
    kept = "".join(sign for at, sign in enumerate(text) if _stays(text, at, sign))
    kept = unicodedata.normalize("NFC", kept)
    return kept.strip() if lines else " ".join(kept.split())


def _stays(text: str, at: int, sign: str) -> bool:
    if sign in "\n\t":
        return True
    if sign == _JOINER:
        return 0 < at < len(text) - 1 and _is_emoji(text[at - 1]) and _is_emoji(text[at + 1])
    return unicodedata.category(sign) not in {"Cc", "Cf", "Cs"}


def _is_emoji(sign: str) -> bool:
    # emoji are "other symbols"; a variation selector or a skin tone may stand between one and its joiner
    return unicodedata.category(sign) == "So" or sign == "\ufe0f" or "\U0001f3fb" <= sign <= "\U0001f3ff"


def reference(value: object) -> str:
    """A public id or slug from outside as a string that is safe to look up; empty when it can be none."""
    return value if isinstance(value, str) and _REFERENCE.fullmatch(value) else ""


def render_markdown(text: str) -> str:
    """Safe HTML of a post: paragraphs, line breaks, emphasis, lists, quotes, code, and links to http, https and mailto.

    CommonMark 0.31 without headings, images, rules, references and raw HTML, which stay visible as they were typed. Cleaned
    a second time by nh3, so that a mistake in the first wall harms nobody. ``text`` has passed ``check_text``.
    """
    return render_calling(text, ())[0]


def render_calling(text: str, names: Collection[str]) -> tuple[str, tuple[str, ...]]:
    """As ``render_markdown``, with those of these names strong that are called (@名前), and which of them are."""
    made = _markdown()
    tokens = made.parse(text)
    called = mark(tokens, names) if names else ()
    html = nh3.clean(
        made.renderer.render(tokens, made.options, {}),
        tags=_TAGS,
        attributes={"a": {"href"}, "ol": {"start"}, "*": set()},
        url_schemes=LINK_SCHEMES,
        url_relative="deny",
        link_rel="nofollow ugc noopener",
    )
    return html.strip(), called


@lru_cache(maxsize=1)
def _markdown() -> MarkdownIt:
    # two levels of quotes in a list in a quote are plenty; deeper nesting is nobody's wish
    made = MarkdownIt("zero", {"breaks": True, "linkify": True, "html": False, "maxNesting": 12})
    made.enable(_RULES.split())
    made.validateLink = lambda url: bool(_SAFE_LINK.match(url))  # type: ignore[method-assign]
    linkify = made.linkify
    assert linkify is not None  # noqa: S101  for the type checker; the preset's option makes it
    linkify.set({"fuzzy_link": False, "fuzzy_email": False, "fuzzy_ip": False})
    for scheme in ("ftp:", "//", "mailto:"):
        linkify.add(scheme, None)
    linkify.add("http:", {"validate": _ADDRESS_TAIL}).add("https:", {"validate": _ADDRESS_TAIL})
    return made


def excerpt(html: str, limit: int = EXCERPT_LIMIT) -> str:
    """The beginning of a rendered post as plain text in one line, at most ``limit`` code points, ``…`` where it was cut."""
    plain = " ".join(entities.unescape(nh3.clean(html, tags=set())).split())
    return plain if len(plain) <= limit else plain[: limit - 1].rstrip() + "…"
