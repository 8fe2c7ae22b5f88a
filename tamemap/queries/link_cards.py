"""Cards of what posts link to on this installation: made of what is stored, nothing is fetched, nothing shown that a reader of
the post may not see. What has left has no card.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache
from itertools import islice
from typing import TYPE_CHECKING, Any

from sqlalchemy import bindparam
from sqlmodel import Session, col, select

from tamemap import clock, urls
from tamemap.config import settings
from tamemap.domain.dates import When
from tamemap.domain.placements import UP
from tamemap.models import Board, Flyer, Group, Map, Picture, Placement, Topic
from tamemap.models.base import UtcDateTime
from tamemap.queries.pictures import PictureView, first_of, picture_view
from tamemap.queries.together import Asked, Question, among, ask, read

if TYPE_CHECKING:
    from collections.abc import Sequence

    from tamemap.models import Post

MOST = 3
# links in one post: a flood of them costs no more
LOOKED_AT = 10
_ID, _SLUG = "[2-9a-hjkmnp-z]{12}", "[a-z0-9][a-z0-9-]{0,59}"


KINDS = ("flyer", "topic", "group", "map")
# flyers that hang anywhere now, and where
FLYERS = Question(
    select(Flyer, Placement.map_id)
    .join(Placement)
    .where(
        among(col(Flyer.public_id), "linked_flyers"),
        Placement.state == UP,
        col(Placement.until) > bindparam("linked_now", type_=UtcDateTime),
        col(Flyer.deleted_at).is_(None),
    ),
    "linked_flyers",
    lambda row: row[0].public_id,
)
PICTURES = Question(
    select(Picture, Flyer.public_id)
    .join(Flyer, col(Flyer.id) == Picture.flyer_id)
    .where(among(col(Flyer.public_id), "linked_pictures"), col(Picture.hidden_at).is_(None)),
    "linked_pictures",
    lambda row: row[1],
)
TOPICS = Question(
    select(Topic.public_id, Topic.title, Board.slug)
    .join(Board)
    .where(among(col(Topic.public_id), "linked_topics"), col(Topic.deleted_at).is_(None), col(Topic.held_at).is_(None)),
    "linked_topics",
    lambda row: row[0],
)
GROUPS = Question(
    select(Group.slug, Group.name).where(among(col(Group.slug), "linked_groups"), Group.state == "active"),
    "linked_groups",
    lambda row: row[0],
)
MAPS = Question(select(Map.slug, Map.name).where(among(col(Map.slug), "linked_maps")), "linked_maps", lambda row: row[0])


@dataclass(frozen=True, slots=True)
class LinkCard:
    """What a link leads to: ``kind`` is flyer, topic, group or map. A flyer has its dates, and its picture where it hangs on
    the board's own map (in that map's face)."""

    kind: str
    url: str
    title: str
    when: When | None = None
    picture: PictureView | None = None


def link_asks(rows: Sequence[Post], map_: Map) -> tuple[Asked, ...]:
    """What :func:`link_cards` asks the database (for who asks ahead)."""
    wanted: dict[str, set[str]] = {kind: set() for kind in KINDS}
    for row in rows:
        for kind, key in _links(row.body):
            wanted[kind].add(key)
    return (
        ask(FLYERS, wanted["flyer"], linked_now=clock.now()),
        ask(PICTURES, wanted["flyer"]),
        ask(TOPICS, wanted["topic"]),
        ask(GROUPS, wanted["group"]),
        ask(MAPS, wanted["map"]),
    )


def link_cards(db: Session, rows: Sequence[Post], map_: Map) -> dict[int | None, tuple[LinkCard, ...]]:
    """By the number of a post: its cards, at most three, in the order of its links. One read, none without links."""
    linked = {row.id: _links(row.body) for row in rows}
    flyers, pictures, topics, groups, maps = read(db, *link_asks(rows, map_))
    found = {("flyer", key): card for key, card in _flyers(flyers, pictures, map_).items()}
    found |= {("topic", one): LinkCard("topic", urls.topic_page(slug, one), title) for one, title, slug in topics}
    found |= {("group", slug): LinkCard("group", urls.group_page(slug), name) for slug, name in groups}
    found |= {("map", slug): LinkCard("map", urls.map_page(slug), name) for slug, name in maps}
    cards = {number: tuple(found[link] for link in links if link in found)[:MOST] for number, links in linked.items()}
    return {number: some for number, some in cards.items() if some}


def _links(body: str) -> tuple[tuple[str, str], ...]:
    """The first addresses of ours that are written in a post, each once, as (kind, key)."""
    if "/" not in body:
        return ()
    found = islice(_ours(settings().origin).finditer(body), LOOKED_AT)
    return tuple(dict.fromkeys(next((kind, one[kind]) for kind in KINDS if one[kind]) for one in found))


@lru_cache(maxsize=4)
def _ours(origin: str) -> re.Pattern[str]:
    # with our own host, or as a path that begins where no other address is going on
    start = rf"(?:(?<![A-Za-z0-9]){re.escape(origin)}|(?<![!-'*-~]))"
    paths = rf"/f/(?P<flyer>{_ID})|/b/{_SLUG}/(?P<topic>{_ID})(?:/p/{_ID})?|/g/(?P<group>{_SLUG})|/m/(?P<map>{_SLUG})"
    return re.compile(rf"{start}(?:{paths})(?![\w/-]|\.\w)", re.ASCII)


def _flyers(rows: list[Any], pictures: list[Any], map_: Map) -> dict[str, LinkCard]:
    here = {row.id for row, map_id in rows if map_id == map_.id}
    first = first_of(picture for picture, _ in pictures)
    shown = {number: picture_view(one, outside=map_.kind == "regional") for number, one in first.items() if number in here}
    return {
        row.public_id: LinkCard("flyer", urls.flyer_page(row.public_id), row.title,
                                When(row.starts_at, row.ends_at, row.all_day), shown.get(row.id or 0))
        for row, _ in rows
    }  # fmt: skip
