"""The demo's invented content as it stands in its files: people, flyers, talk; and how their dates are said relative to a day."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any

import orjson

from tamemap import clock

HERE = Path(__file__).parent
PICTURES = HERE / "pictures"
WEEKDAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
_MOMENT = re.compile(r"(?P<day>[+-]\d+|(?:mon|tue|wed|thu|fri|sat|sun)(?:\+\d)?)(?: (?P<from>\d\d:\d\d)(?:-(?P<to>\d\d:\d\d))?)?")


@dataclass(frozen=True, slots=True)
class PersonSeed:
    """Somebody invented. ``staff_of`` are municipality codes; ``operator`` is a region's slug, ``*`` for all, empty for none."""

    key: str
    name: str
    mail: str
    residence: str | None = None
    staff_of: tuple[str, ...] = ()
    operator: str = ""


@dataclass(frozen=True, slots=True)
class FlyerSeed:
    """An invented flyer. ``when`` is said relative to the day of loading, see ``said_when``; ``poster`` is a person's key, empty
    for a guest; ``recalled`` is the reason of staff; ``posted`` says how many days ago it was put up.
    """

    key: str
    town: str
    category: str
    title: str
    body: str
    venue: str
    address: str
    organiser: str
    lat: float
    lng: float
    picture: str
    when: str = ""
    fee: str = ""
    phone: str = ""
    url: str = ""
    hidden: tuple[str, ...] = ()
    outside: bool = False
    poster: str = ""
    posted: int = 3
    recalled: str = ""

    def photo(self) -> bytes:
        """The picture as somebody would have sent it."""
        return (PICTURES / self.picture).read_bytes()

    def raw(self, now: datetime) -> dict[str, str]:
        """The fields as the API takes them, with their dates as seen from that moment."""
        starts, ends = said_when(self.when, now)
        named = ("title", "body", "category", "venue", "address", "fee", "phone", "organiser", "url")
        facts = {name: str(getattr(self, name)) for name in named}
        return facts | {"starts_at": starts, "ends_at": ends, "lat": str(self.lat), "lng": str(self.lng)}


@dataclass(frozen=True, slots=True)
class GroupSeed:
    """An invented group; ``owner`` and ``editors`` are people's keys. What its owner posts stands in its name."""

    slug: str
    name: str
    town: str
    owner: str
    editors: tuple[str, ...]
    contact: str
    description: str
    words: str


@dataclass(frozen=True, slots=True)
class PostSeed:
    """What somebody wrote, so many hours before the loading; ``reactions`` are pairs of a person's key and a kind.

    ``voice``: the key of the mascot as which they wrote. ``answer``: what staff answer with it for the town, a state of
    ``domain.answers``.
    """

    author: str
    body: str
    hours_ago: float
    reactions: tuple[tuple[str, str], ...] = ()
    voice: str = ""
    answer: str = ""


@dataclass(frozen=True, slots=True)
class TopicSeed:
    """A topic with its posts, the opening one first; ``flyer`` is a flyer's key, as are those of ``flyers``, which it carries.

    ``place`` of an introduction: name, lat, lng.
    """

    board: str
    kind: str
    title: str
    posts: tuple[PostSeed, ...]
    flyer: str = ""
    flyers: tuple[str, ...] = ()
    place: dict[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class MascotSeed:
    """An invented mascot of a town; ``voice`` is the key of who of its staff writes as it, ``face`` a file in ``faces``."""

    key: str
    town: str
    name: str
    description: str
    face: str
    voice: str

    def picture(self) -> bytes:
        """Its face as somebody would have sent it."""
        return (HERE / "faces" / self.face).read_bytes()


MASCOTS = (
    MascotSeed(
        "kirimoko",
        "432032",
        "きりもこ（見本）",
        "朝の霧から生まれた、この見本だけのマスコットです。",
        "kirimoko.png",
        "staff",
    ),
)


def load_people() -> tuple[PersonSeed, ...]:
    """Everybody who appears in the demo."""
    return tuple(PersonSeed(**entry | {"staff_of": tuple(entry.get("staff_of", ()))}) for entry in _read("people.json"))


def load_groups() -> tuple[GroupSeed, ...]:
    """All groups."""
    return tuple(GroupSeed(**entry | {"editors": tuple(entry["editors"])}) for entry in _read("groups.json"))


def load_flyers() -> tuple[FlyerSeed, ...]:
    """All flyers, in the order in which they are put up."""
    return tuple(FlyerSeed(**entry | {"hidden": tuple(entry.get("hidden", ()))}) for entry in _read("flyers.json"))


def load_topics() -> tuple[TopicSeed, ...]:
    """All topics, each with at least one post."""

    def post(entry: dict[str, Any]) -> PostSeed:
        pairs = tuple((person, kind) for person, kind in entry.get("reactions", ()))
        return PostSeed(
            entry["author"], entry["body"], entry["hours_ago"], pairs, entry.get("voice", ""), entry.get("answer", "")
        )

    def topic(entry: dict[str, Any]) -> TopicSeed:
        made = {"posts": tuple(post(one) for one in entry["posts"]), "flyers": tuple(entry.get("flyers", ()))}
        return TopicSeed(**entry | made)

    return tuple(topic(entry) for entry in _read("topics.json"))


def said_when(words: str, now: datetime) -> tuple[str, str]:
    """Start and end as the API takes them, empty for none, from words such as ``sat 10:00-15:00``, ``+3..+9``, ``+0``.

    A day is so many days from today or the coming weekday (``sat+1``: a week later); today is the coming weekday until the
    hour is over. The end of a range counts weekdays from its start. Without times it is all-day. Raises ValueError for
    anything else.
    """
    if not words:
        return "", ""
    here = clock.tokyo(now)
    first, _, last = words.partition("..")
    begin = _match(first)
    today, hour = here.date(), begin["to"] or begin["from"] or "24:00"
    start = _day(begin["day"], today, over=hour <= f"{here:%H:%M}")
    if last:
        end = _match(last)
        finish = _day(end["day"], start if end["day"][:3] in WEEKDAYS else today)
        return _said(start, begin["from"]), _said(finish, end["from"])
    if begin["to"]:
        return _said(start, begin["from"]), _said(start, begin["to"])
    return _said(start, begin["from"]), ""


def _match(words: str) -> re.Match[str]:
    found = _MOMENT.fullmatch(words)
    if found is None:
        raise ValueError(f"no date: {words}")
    return found


def _day(word: str, today: date, *, over: bool = False) -> date:
    if word[0] in "+-":
        return today + timedelta(days=int(word))
    ahead = (WEEKDAYS.index(word[:3]) - today.weekday()) % 7
    if over and not ahead:
        ahead = 7
    return today + timedelta(days=ahead, weeks=int(word[3:] or 0))


def _said(day: date, time: str | None) -> str:
    return f"{day}T{time}:00+09:00" if time else day.isoformat()


def _read(name: str) -> Any:
    return orjson.loads((HERE / name).read_bytes())
