"""Cards of what posts link to on this installation: made of what is stored, nothing is fetched, nothing shown that a reader of
the post may not see. What has left has no card.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache
from itertools import islice
from typing import TYPE_CHECKING

from sqlmodel import Session, col, select

from tamemap import clock, urls
from tamemap.config import settings
from tamemap.domain.dates import When
from tamemap.domain.placements import UP
from tamemap.models import Board, Flyer, Group, Map, Placement, Topic
from tamemap.queries.pictures import PictureView, first_pictures, picture_view

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from tamemap.models import Post

MOST = 3
# links in one post: a flood of them costs no more
LOOKED_AT = 10
_ID, _SLUG = "[2-9a-hjkmnp-z]{12}", "[a-z0-9][a-z0-9-]{0,59}"


@dataclass(frozen=True, slots=True)
class LinkCard:
    """What a link leads to: ``kind`` is flyer, topic, group or map. A flyer has its dates, and its picture where it hangs on
    the board's own map (in that map's face)."""

    kind: str
    url: str
    title: str
    when: When | None = None
    picture: PictureView | None = None


def link_cards(db: Session, rows: Sequence[Post], map_: Map) -> dict[int | None, tuple[LinkCard, ...]]:
    """By the number of a post: its cards, at most three, in the order of its links. One read a kind, none without links."""
    linked = {row.id: _links(row.body) for row in rows}
    wanted: dict[str, set[str]] = {}
    for links in linked.values():
        for kind, key in links:
            wanted.setdefault(kind, set()).add(key)
    found: dict[tuple[str, str], LinkCard] = {}
    for kind, keys in wanted.items():
        found |= {(kind, key): card for key, card in _READ[kind](db, keys, map_).items()}
    cards = {number: tuple(found[link] for link in links if link in found)[:MOST] for number, links in linked.items()}
    return {number: some for number, some in cards.items() if some}


def _links(body: str) -> tuple[tuple[str, str], ...]:
    """The first addresses of ours that are written in a post, each once, as (kind, key)."""
    if "/" not in body:
        return ()
    found = islice(_ours(settings().origin).finditer(body), LOOKED_AT)
    return tuple(dict.fromkeys(next((kind, one[kind]) for kind in _READ if one[kind]) for one in found))


@lru_cache(maxsize=4)
def _ours(origin: str) -> re.Pattern[str]:
    # with our own host, or as a path that begins where no other address is going on
    start = rf"(?:(?<![A-Za-z0-9]){re.escape(origin)}|(?<![!-'*-~]))"
    paths = rf"/f/(?P<flyer>{_ID})|/b/{_SLUG}/(?P<topic>{_ID})(?:/p/{_ID})?|/g/(?P<group>{_SLUG})|/m/(?P<map>{_SLUG})"
    return re.compile(rf"{start}(?:{paths})(?![\w/-]|\.\w)", re.ASCII)


def _flyers(db: Session, ids: set[str], map_: Map) -> dict[str, LinkCard]:
    """Flyers that hang anywhere now."""
    up = Placement.state == UP, col(Placement.until) > clock.now(), col(Flyer.deleted_at).is_(None)
    query = select(Flyer, Placement.map_id).join(Placement).where(col(Flyer.public_id).in_(ids), *up)
    rows = [(row, map_id) for row, map_id in db.exec(query)]
    here = {row.id for row, map_id in rows if map_id == map_.id}
    pictures = first_pictures(db, [number for number in here if number is not None]) if here else {}
    shown = {number: picture_view(one, outside=map_.kind == "regional") for number, one in pictures.items()}
    return {
        row.public_id: LinkCard("flyer", urls.flyer_page(row.public_id), row.title,
                                When(row.starts_at, row.ends_at, row.all_day), shown.get(row.id or 0))
        for row, _ in rows
    }  # fmt: skip


def _topics(db: Session, ids: set[str], map_: Map) -> dict[str, LinkCard]:
    standing = col(Topic.deleted_at).is_(None), col(Topic.held_at).is_(None)
    query = select(Topic.public_id, Topic.title, Board.slug).join(Board).where(col(Topic.public_id).in_(ids), *standing)
    return {one: LinkCard("topic", urls.topic_page(slug, one), title) for one, title, slug in db.exec(query)}


def _groups(db: Session, slugs: set[str], map_: Map) -> dict[str, LinkCard]:
    rows = db.exec(select(Group.slug, Group.name).where(col(Group.slug).in_(slugs), Group.state == "active"))
    return {slug: LinkCard("group", urls.group_page(slug), name) for slug, name in rows}


def _maps(db: Session, slugs: set[str], map_: Map) -> dict[str, LinkCard]:
    rows = db.exec(select(Map.slug, Map.name).where(col(Map.slug).in_(slugs)))
    return {slug: LinkCard("map", urls.map_page(slug), name) for slug, name in rows}


_READ: dict[str, Callable[[Session, set[str], Map], dict[str, LinkCard]]] = {
    "flyer": _flyers,
    "topic": _topics,
    "group": _groups,
    "map": _maps,
}
