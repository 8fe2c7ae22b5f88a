"""The rules of automatic care, pure: what a town may set, and what each rule sees in a text."""

from __future__ import annotations

import json
import re
import unicodedata
from dataclasses import dataclass
from datetime import timedelta

from tamemap.domain.folding import fold
from tamemap.domain.lookalikes import key_of
from tamemap.errors import Invalid

RULES = ("words", "links", "contacts", "newcomer", "repeat", "flood", "surge", "reports")
"""The rules in the order in which they are asked; their words stand under ``care.rules.<rule>.…``."""
SOURCES = ("report", *RULES[:-1])
"""What opens a case: somebody's report, or a rule. What too many reports hold stays a report's case."""
WORDS_MOST, WORD_LIMIT = 300, 40
# the same words again: as long as this they are no greeting; looked for within a day, by their beginning
REPEAT_LEAST, REPEAT_SIGNS = 20, 200
REPEAT_WITHIN = timedelta(hours=24)
FLOOD_WITHIN = timedelta(minutes=10)
SURGE_WITHIN = timedelta(minutes=5)
# accounts younger than this count as guests when they report
REPORTER_AGE = timedelta(days=1)
MOST = {"hold_first": 20, "flood": 100, "surge": 500, "reports": 50}
"""The largest number that each setting takes; the smallest is 0: never."""
LEAST_REPORTS = 2

_TOPS = (
    "com net org info biz jp us uk eu de fr nl ru cn kr tw in io co me tv cc ly gl gg to app dev link page site online store "
    "shop club top xyz vip fun live world today space tokyo click icu work cloud ai"
)
_SCHEME = re.compile(r"(?<![a-z0-9])[a-z][a-z0-9+.-]{1,14}:/{1,2}([^\s/?#]{1,255})")
_BARE = re.compile(r"(?<![a-z0-9@.-])((?:[a-z0-9-]{1,63}\.){1,8}(?:" + _TOPS.replace(" ", "|") + r"))(?![a-z0-9-]|\.[a-z0-9])")
_MAIL = re.compile(r"[a-z0-9._%+-]{1,64}\s?(?:@|\(at\)|\[at\])\s?(?:[a-z0-9-]{1,63}\.){1,8}[a-z]{2,24}")
_NUMBER = re.compile(r"(?<![\d.])(?:\+81|0)[\d\-() ]{7,18}\d(?!\d)")
_NAME = r"[a-z0-9][a-z0-9._-]{3,30}"
_LINE = re.compile(
    r"(?:line|らいん|ライン)[\s・の]{0,3}(?:id|アイディ|アイディー)?[\s:は=]{0,3}(?:[:=は]|id)\s{0,3}@?(" + _NAME + ")"
)
_ID = re.compile(r"(?<![a-z0-9])id\s{0,3}[:=は]\s{0,3}@?(" + _NAME + r")\s{0,3}\(?(?:line|らいん|ライン)")
# pages of offices: nobody else gets such a name
_OFFICES = (".lg.jp", ".go.jp")
_DIGITS = {sign: str(value) for value, sign in enumerate("〇一二三四五六七八九")}
_DASHES = str.maketrans(dict.fromkeys("‐‑‒–—―−─━ーｰ", "-") | _DIGITS)


@dataclass(frozen=True, slots=True)
class Wishes:
    """What a town wishes for the boards of a map; the defaults hold where it has said nothing."""

    words: tuple[str, ...] = ()
    hold_words: bool = True
    hold_links: bool = True
    hold_contacts: bool = True
    hold_first: int = 0
    flood: int = 15
    hold_repeats: bool = True
    surge: int = 20
    reports: int = 3


@dataclass(frozen=True, slots=True)
class Hit:
    """A rule that holds something, and what it saw, for staff: parameters of ``care.why.<rule>``."""

    rule: str
    saw: dict[str, str | int]

    def kept(self) -> str:
        """As it is kept in ``Case.why``."""
        return json.dumps({"rule": self.rule, **self.saw}, ensure_ascii=False)


def read_hit(why: str) -> Hit | None:
    """What ``Case.why`` says; None where no rule had a part in it."""
    said = json.loads(why or "{}")
    rule = said.pop("rule", "")
    return Hit(rule, said) if rule in RULES else None


def _plain(text: str) -> str:
    return unicodedata.normalize("NFKC", text).lower()


def links_in(text: str, *, own: str = "") -> frozenset[str]:
    """The hosts that the text leads to, written with or without ``https://``, in any width; not ``own`` and not offices' pages
    (.lg.jp, .go.jp)."""
    plain = _plain(text)
    mails = _MAIL.sub(" ", plain)
    found = {host.rpartition("@")[2].partition(":")[0].rstrip(".,)」』】。、") for host in _SCHEME.findall(plain)}
    found |= set(_BARE.findall(mails))
    return frozenset(host for host in found if host and host != own and not host.endswith(_OFFICES))


def has_link(text: str, *, own: str = "") -> bool:
    """Whether the text leads out of here; see :func:`links_in`."""
    return bool(links_in(text, own=own))


def contacts_in(text: str) -> frozenset[str]:
    """Mail addresses, Japanese telephone numbers (any width, kanji digits, too) and LINE ids in the text."""
    plain = _plain(text)
    found = {"".join(one.split()) for one in _MAIL.findall(plain)} | set(_LINE.findall(plain)) | set(_ID.findall(plain))
    for one in _NUMBER.findall(plain.translate(_DASHES)):
        digits = re.sub(r"\D", "", one.replace("+81", "0").replace("(0)", ""))
        if len(digits) in {10, 11} and digits[:2] != "00":
            found.add(digits)
    return frozenset(found)


def has_contact(text: str) -> bool:
    """Whether the text holds a way to reach somebody; see :func:`contacts_in`."""
    return bool(contacts_in(text))


def repeat_key(text: str) -> str:
    """The beginning of a text as it is compared with others; long texts are the same when they begin alike."""
    return fold(text[: 2 * REPEAT_SIGNS])[:REPEAT_SIGNS]


def checked_words(text: str) -> tuple[str, ...]:
    """A town's list of words, one a line, as it is kept: trimmed, what comes to the same only once.

    Raises Invalid at ``words``: ``care_words_many``, ``care_word_long`` and ``care_word_empty`` (with the ``word``).
    """
    lines = [" ".join(line.split()) for line in text[: WORDS_MOST * (WORD_LIMIT + 2) * 2].splitlines()]
    kept: dict[str, str] = {}
    for line in filter(None, lines):
        if len(line) > WORD_LIMIT:
            raise Invalid.at("words", "care_word_long", limit=WORD_LIMIT, word=line[:WORD_LIMIT])
        if not (key := key_of(line)):
            raise Invalid.at("words", "care_word_empty", word=line)
        kept.setdefault(key, line)
    if len(kept) > WORDS_MOST:
        raise Invalid.at("words", "care_words_many", limit=WORDS_MOST)
    made = tuple(kept.values())
    if len("\n".join(made)) > 8000:
        raise Invalid.at("words", "care_words_many", limit=WORDS_MOST)
    return made


def checked_number(name: str, value: object) -> int:
    """A setting's number. Raises Invalid at its name (``care_number_wrong`` with ``limit``)."""
    said = unicodedata.normalize("NFKC", str(value)).strip()
    if not (said.isascii() and said.isdigit() and len(said) < 6 and int(said) <= MOST[name]):
        raise Invalid.at(name, "care_number_wrong", limit=MOST[name])
    if name == "reports" and 0 < int(said) < LEAST_REPORTS:
        raise Invalid.at(name, "care_reports_few", least=LEAST_REPORTS)
    return int(said)
