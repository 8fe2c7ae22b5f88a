"""The templates of the public documents: Jinja with escaping, and the few filters that they need."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

import orjson
from jinja2 import Environment, FileSystemLoader, StrictUndefined, pass_context
from markupsafe import Markup, escape

from tamemap import urls
from tamemap.domain.dates import date_label
from tamemap.i18n import DEFAULT, t

if TYPE_CHECKING:
    from jinja2.runtime import Context

    from tamemap.domain.dates import When

FOLDER = Path(__file__).parent / "templates"
# Japanese goes on right behind an address, without a space: an address ends where ASCII ends
ADDRESS = re.compile(r"https?://[A-Za-z0-9][!#-;=?-~]*[A-Za-z0-9/#=&_~%+-]")
# the places of the app: address, sign in the sprite, key of the words; as the screens show them
BAR = (
    ("/?tab=map", "map", "bar.map"),
    ("/?tab=boards", "boards", "bar.boards"),
    ("/post", "camera", "bar.post"),
    ("/notices", "bell", "bar.notices"),
    ("/me", "person", "bar.me"),
)

SHARED_IMAGE = "/icons/icon-512.png"
CARD_SIZE = (1200, 630)  # of the images made by web.share_cards


@dataclass(frozen=True, slots=True)
class Head:
    """What a document says about itself to browsers, to those who search, and to those who share its address.

    ``path`` is the canonical one (empty: there is none), ``place`` the entry of the bar that it belongs to, ``data`` JSON-LD.
    """

    title: str
    description: str = ""
    path: str = ""
    index: bool = True
    kind: str = "website"
    image: str = SHARED_IMAGE
    image_size: tuple[int, int] | None = None
    place: str = ""
    data: tuple[dict[str, Any], ...] = ()


def render(template: str, lang: str = DEFAULT, **values: Any) -> str:
    """A template as text. Raises KeyError for words, UndefinedError for values that are not there."""
    return environment().get_template(template).render(lang=lang, **values)


@lru_cache(maxsize=1)
def environment() -> Environment:
    """The environment, made on first use; everything is escaped unless a filter says that it is HTML."""
    made = Environment(
        loader=FileSystemLoader(FOLDER), autoescape=True, undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True
    )
    made.filters |= {"json_island": json_island, "linked": linked}
    made.globals |= {"t": _words, "here": _here, "dated": _dated, "absolute": urls.absolute, "urls": urls, "bar": BAR}
    return made


@pass_context
def _words(context: Context, key: str, **params: object) -> str:
    """Words in the document's language."""
    return t(key, context["lang"], **params)


@pass_context
def _here(context: Context, address: str) -> str:
    """An address of ours that stays in the document's language."""
    lang = context["lang"]
    if lang == DEFAULT:
        return address
    path, mark, rest = address.partition("#")
    return f"{path}{'&' if '?' in path else '?'}lang={lang}{mark}{rest}"


@pass_context
def _dated(context: Context, when: When) -> str:
    """A flyer's dates in a sentence, in the document's language; empty where it has none."""
    label = date_label(when, context["lang"])
    return " ".join(filter(None, (label.text, label.time))) if label else ""


def json_island(data: Any) -> Markup:
    """Data for a ``<script>`` that is no script: JSON in which nothing can end the element."""
    text = orjson.dumps(data).decode()
    for sign in "<>&\u2028\u2029":
        text = text.replace(sign, f"\\u{ord(sign):04x}")
    return Markup(text)  # noqa: S704  no angle bracket is left in it


def linked(text: str) -> Markup:
    """Plain text as HTML: escaped, with its line breaks, web addresses as links that vouch for nothing."""
    parts: list[str] = []
    at = 0
    for found in ADDRESS.finditer(text):
        address = escape(found[0])
        parts += [str(escape(text[at : found.start()])), f'<a href="{address}" rel="nofollow noopener ugc">{address}</a>']
        at = found.end()
    parts.append(str(escape(text[at:])))
    return Markup("".join(parts).replace("\n", "<br>\n"))  # noqa: S704  every part is escaped
