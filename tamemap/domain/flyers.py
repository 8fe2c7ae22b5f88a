"""What a flyer is: its fields, what is taken and what is refused, and its two faces."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass, fields
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from tamemap.domain.dates import When, read_when
from tamemap.domain.folding import fold
from tamemap.errors import FieldError, Invalid
from tamemap.i18n import t

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

CATEGORIES = (
    "event", "market", "food", "sports", "culture", "learning", "children", "health", "welfare", "disaster", "volunteer",
    "recruit", "farm", "notice", "shop", "other",
)  # fmt: skip
LIMITS = {"title": 80, "body": 4000, "venue": 120, "address": 200, "fee": 200, "phone": 40, "organiser": 120, "url": 500}
HIDEABLE = ("body", "venue", "address", "fee", "phone", "organiser", "url")
# controls, zero-width and direction marks: nothing that a reader sees, much that deceives
UNDATED = When()
UNSEEN = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\u061c\u200b\u200e\u200f\u202a-\u202e\u2060-\u2069\ufeff]")


@dataclass(frozen=True, slots=True)
class Facts:
    """What a flyer says, checked: everything but its pictures and its place on the earth."""

    title: str
    category: str
    when: When = UNDATED
    body: str = ""
    venue: str = ""
    address: str = ""
    fee: str = ""
    phone: str = ""
    organiser: str = ""
    url: str = ""
    hidden_outside: tuple[str, ...] = ()

    def searchable(self, *, outside: bool) -> str:
        """The folded text that a search looks through; for outside without what is hidden there."""
        hidden = self.hidden_outside if outside else ()
        parts = [self.title, t(f"category.{self.category}")]
        parts += [getattr(self, name) for name in ("venue", "address", "organiser", "fee", "body") if name not in hidden]
        return fold(" ".join(parts))[:6000]


def cleaned(text: str, *, lines: bool = False) -> str:
    """NFC, without unseen characters, without space at the ends; on one line unless ``lines``."""
    text = UNSEEN.sub("", unicodedata.normalize("NFC", text.replace("\r\n", "\n").replace("\r", "\n")))
    # an ideographic space inside is the writer's own
    return text.strip() if lines else re.sub(r"[ \t\n\v\f\u2028\u2029]+", " ", text).strip()


def read_facts(raw: Mapping[str, str], hidden: Iterable[str] = ()) -> Facts:
    """Facts from what was sent. Raises one Invalid that names every wrong field, so that nobody mends them one by one."""
    wrong: list[FieldError] = []
    values = {name: cleaned(raw.get(name) or "", lines=name == "body") for name in LIMITS}
    for name, limit in LIMITS.items():
        if len(values[name]) > limit:
            wrong.append(FieldError(name, "too_long", {"limit": limit}))
    if not values["title"]:
        wrong.append(FieldError("title", "title_missing"))
    category = (raw.get("category") or "").strip()
    if category not in CATEGORIES:
        wrong.append(FieldError("category", "category_wrong" if category else "category_missing"))
    if values["url"] and not is_web_address(values["url"]):
        wrong.append(FieldError("url", "url_wrong"))
    if values["phone"] and not re.search(r"\d", unicodedata.normalize("NFKC", values["phone"])):
        wrong.append(FieldError("phone", "phone_wrong"))
    names = tuple(dict.fromkeys(name.strip() for part in hidden for name in part.split(",") if name.strip()))
    if any(name not in HIDEABLE for name in names):
        wrong.append(FieldError("hidden_outside", "hidden_outside_wrong"))
    when = UNDATED
    try:
        when = read_when(raw.get("starts_at") or "", raw.get("ends_at") or "")
    except Invalid as error:
        wrong += error.errors
    if wrong:
        raise Invalid("flyer_invalid" if len(wrong) > 1 else wrong[0].code, errors=tuple(wrong), **wrong[0].params)
    return Facts(category=category, when=when, hidden_outside=names, **values)


def is_web_address(text: str) -> bool:
    """Whether it is the address of a web page: http or https, a host with a dot, no name and password before it."""
    try:
        parts = urlsplit(text)
    except ValueError:
        return False
    return parts.scheme in {"http", "https"} and "." in (parts.hostname or "") and "@" not in parts.netloc


FACT_NAMES = tuple(field.name for field in fields(Facts))
