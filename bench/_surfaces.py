"""Every address at which a flyer can be seen by somebody who is not signed in, and how it is told that it is seen there."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from bench._parts import BOARD, MAP
from tamemap.domain.cells import tile_of
from tests.web.browsers import LNG

if TYPE_CHECKING:
    import httpx

API, ABOVE, DAY = "/api/v1", "hitoyoshi-kuma", "2026-12-01"
# what may not be kept without asking again: a recall leaves at once
ASKS_AGAIN = ("no-store", "no-cache", "max-age=0")


@dataclass(frozen=True, slots=True)
class Surface:
    """``marks``: any of these in the answer tells that the flyer is there; none: any answer does. ``asked`` is sent as JSON by
    POST. ``stream``: read up to its first news. ``above``: it shows what stands on the regional map."""

    name: str
    path: str
    marks: tuple[str, ...] = ()
    asked: dict[str, Any] | None = None
    lang: str = ""
    stream: bool = False
    above: bool = False

    def headers(self) -> dict[str, str]:
        """What is sent along."""
        return {"Accept-Language": self.lang} if self.lang else {}

    def traced(self, status: int, text: str) -> bool:
        """Whether this answer shows the flyer."""
        return status == 200 and (not self.marks or any(mark in text for mark in self.marks))

    def asks_again(self, answer: httpx.Response) -> bool:
        """Whether caches ask before they show it again; a picture may stay with its reader, never in between."""
        said = answer.headers.get("cache-control", "")
        return "private" in said if self.name.startswith("picture") else any(one in said for one in ASKS_AGAIN)


def surfaces(flyer: dict[str, Any], title: str, topic: str, since: int) -> tuple[Surface, ...]:
    """Of this flyer (as its poster sees it by the API), which this topic carries as a card and links to in its last post;
    ``since``: the topic's revision before that post."""
    number = flyer["id"]
    own = [
        Surface("flyer", f"{API}/flyers/{number}"),
        Surface("document", f"/f/{number}"),
        Surface("document in English", f"/f/{number}?lang=en"),
        Surface("share card", f"/f/{number}.jpg"),
        Surface("calendar", f"/f/{number}.ics"),
    ]
    return (*own, *_maps(flyer), *_lists(number, title), *_talk(number, title, topic, since), *_pictures(flyer))


def _maps(flyer: dict[str, Any]) -> list[Surface]:
    number, lat, words = flyer["id"], flyer["lat"], _words(flyer["title"])
    near, far = ("/".join(map(str, (z, *tile_of(lat, LNG, z)))) for z in (18, 11))
    box = f"{LNG - 0.001},{lat - 0.00005},{LNG + 0.001},{lat + 0.00005}"
    made = []
    for slug, above in ((MAP, False), (ABOVE, True)):
        tiles, flyers, name = f"{API}/maps/{slug}/tiles", f"{API}/maps/{slug}/flyers", "regional " if above else ""
        made += [
            Surface(f"{name}tile", f"{tiles}/{near}", (number,), above=above),
            Surface(f"{name}tile in English", f"{tiles}/{near}", (number,), lang="en", above=above),
            Surface(f"{name}tile with a category", f"{tiles}/{near}?category=market", (number,), above=above),
            Surface(f"{name}tile with days", f"{tiles}/{near}?when={DAY}", (number,), above=above),
            Surface(f"{name}tile with words, far", f"{tiles}/{far}?q={words}", (number, '"count"'), above=above),
            Surface(f"{name}list", f"{flyers}?sort=new&limit=100", (number,), above=above),
            Surface(f"{name}list with days", f"{flyers}?when={DAY}&category=market&sort=new&limit=100", (number,), above=above),
            Surface(f"{name}list near", f"{flyers}?near={lat},{LNG}&limit=5", (number,), above=above),
            Surface(f"{name}list in a box", f"{flyers}?bbox={box}&limit=100", (number,), above=above),
            Surface(f"{name}list with words", f"{flyers}?q={words}", (number,), above=above),
            Surface(f"{name}map document", f"/m/{slug}?q={words}", (number,), above=above),
            Surface(f"{name}map document near", f"/m/{slug}?near={lat},{LNG}&lang=en", (number,), above=above),
            Surface(f"{name}alike", f"{API}/maps/{slug}/alike?near={lat},{LNG}&when={DAY}", (number,), above=above),
        ]
    return made


def _lists(number: str, title: str) -> list[Surface]:
    words = _words(title)
    return [
        Surface("sitemap", "/sitemap/flyers-0.xml", (number,)),
        Surface("search", f"/search?q={words}", (f"/f/{number}",)),
        Surface("search on a map", f"/search?q={words}&map={MAP}&kind=flyer", (f"/f/{number}",)),
        Surface("search of the API", f"{API}/search?q={words}&kind=flyer", (number,)),
    ]


def _talk(number: str, title: str, topic: str, since: int) -> list[Surface]:
    # what people write stays, so these look for the title, which only the card says
    marks = (title,)
    return [
        Surface("topic document", f"/b/{BOARD}/{topic}", marks),
        Surface("topic of the API", f"{API}/topics/{topic}/posts", marks),
        Surface("topics of the API", f"{API}/boards/{BOARD}/topics?limit=50", marks),
        Surface("live topic", f"/b/{BOARD}/{topic}/live?since={since}", marks, stream=True),
        Surface("kept", f"{API}/kept", (number,), asked={"ids": [number, topic]}),
    ]


def _pictures(flyer: dict[str, Any]) -> list[Surface]:
    made = []
    for picture in flyer["pictures"]:
        for size, files in picture["sizes"].items():
            made += [Surface(f"picture {size} {kind}", files[kind]) for kind in ("jpeg", "avif") if kind in files]
        name = next(iter(picture["sizes"].values()))["jpeg"].split("/")[2]
        made.append(Surface("kept pictures", f"{API}/kept", (name,), asked={"pictures": [name]}))
    return made


def _words(title: str) -> str:
    return title.removeprefix("隠れ市")
