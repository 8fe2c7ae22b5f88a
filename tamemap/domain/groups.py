"""What a group (団体) is: its address, what it says about itself, its roles and states."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from typing import TYPE_CHECKING

from tamemap.domain.flyers import is_web_address
from tamemap.domain.writing import check_text, render_markdown
from tamemap.errors import FieldError, Invalid

if TYPE_CHECKING:
    from collections.abc import Mapping

OWNER, EDITOR = "owner", "editor"
ROLES = (OWNER, EDITOR)
ASKED, ACTIVE, DECLINED, CLOSED = "asked", "active", "declined", "closed"
OPEN_REQUESTS_MOST = 3
LIMITS = {"name": 60, "description": 4000, "contact": 400, "url": 500, "words": 1000}
REASON_LIMIT = 500
SLUG_LEAST, SLUG_MOST = 3, 40

_SLUG = re.compile(r"[a-z0-9]+(?:-[a-z0-9]+)*")
# addresses of ours, and names that nobody but the town or the installation should go by
RESERVED = frozenset({
    "about", "admin", "api", "assets", "auth", "board", "boards", "city", "desk", "flyer", "flyers", "gov", "group",
    "groups", "guest", "help", "home", "invitation", "kencho", "login", "manage", "map", "maps", "mayor", "me", "member",
    "members", "new", "null", "official", "operator", "owner", "post", "public", "region", "root", "shi-yakusho",
    "shiyakusho", "sign-in", "sign-out", "staff", "support", "system", "tamemap", "test", "tokens", "town", "undefined",
    "village", "yakuba", "yakusho",
})  # fmt: skip


@dataclass(frozen=True, slots=True)
class GroupFacts:
    """What a group says about itself, checked; ``html`` is the safe HTML of the description."""

    name: str
    description: str = ""
    html: str = ""
    contact: str = ""
    url: str = ""


def suggested_slug(name: str) -> str:
    """The address that a name suggests: its Latin letters and digits; empty where it has too few of them."""
    plain = unicodedata.normalize("NFKD", name).encode("ascii", "ignore").decode().lower()
    slug = "-".join(re.findall(r"[a-z0-9]+", plain))[:SLUG_MOST].strip("-")
    return slug if len(slug) >= SLUG_LEAST and slug not in RESERVED else ""


def checked_slug(text: str) -> str:
    """The last part of a group's address: 3 to 40 of a–z, 0–9 and single hyphens inside.

    Raises Invalid at ``slug``: ``group_slug_missing``, ``group_slug_wrong``, ``group_slug_reserved``.
    """
    slug = unicodedata.normalize("NFKC", text).strip().lower()
    if not slug:
        raise Invalid.at("slug", "group_slug_missing")
    if not SLUG_LEAST <= len(slug) <= SLUG_MOST or not _SLUG.fullmatch(slug):
        raise Invalid.at("slug", "group_slug_wrong", least=SLUG_LEAST, most=SLUG_MOST)
    if slug in RESERVED:
        raise Invalid.at("slug", "group_slug_reserved")
    return slug


def read_group(raw: Mapping[str, str]) -> GroupFacts:
    """A group's facts from what was sent. Raises one Invalid that names every wrong field."""
    wrong: list[FieldError] = []
    values = {name: _text(raw, name, wrong) for name in ("name", "description", "contact", "url")}
    if values["url"] and not is_web_address(values["url"]):
        wrong.append(FieldError("url", "url_wrong"))
    demand_right(wrong)
    return GroupFacts(html=render_markdown(values["description"]) if values["description"] else "", **values)


def read_words(raw: Mapping[str, str]) -> str:
    """Why the group should be here, in the asker's words. Raises Invalid at ``words``."""
    return check_text(raw.get("words"), field="words", limit=LIMITS["words"], lines=True)


def demand_right(wrong: list[FieldError]) -> None:
    """Raise one Invalid for all of them, if there are any."""
    if wrong:
        raise Invalid("group_invalid" if len(wrong) > 1 else wrong[0].code, errors=tuple(wrong), **wrong[0].params)


def _text(raw: Mapping[str, str], name: str, wrong: list[FieldError]) -> str:
    value = raw.get(name) or ""
    if name != "name" and not value.strip():
        return ""
    try:
        return check_text(value, field=name, limit=LIMITS[name], lines=name in {"description", "contact"})
    except Invalid as error:
        wrong.extend(error.errors)
        return ""
