"""What the views of topics and posts ask the database, all at once: for whoever makes a page of them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from sqlmodel import col, func, or_, select

from tamemap.models import Post
from tamemap.queries.authors import author_asks, key_of_post, key_of_topic
from tamemap.queries.polls import poll_asks
from tamemap.queries.post_parts import part_asks, readable
from tamemap.queries.taps import tap_ask
from tamemap.queries.themes import theme_asks
from tamemap.queries.together import Asked, Question, among, ask
from tamemap.queries.topic_cards import card_asks
from tamemap.queries.topic_flyers import ref_ask
from tamemap.queries.town_answers import OFFICIAL, key_of_official, said_in

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from tamemap.domain.actors import Actor
    from tamemap.models import Map, Topic


def _edges(standing_in: Any) -> Any:
    first = select(func.min(Post.id)).where(standing_in).group_by(col(Post.topic_id))
    last = select(func.max(Post.id)).where(standing_in, col(Post.official)).group_by(col(Post.topic_id))
    return select(Post).where(or_(col(Post.id).in_(first), col(Post.id).in_(last)))


# the first post of each topic, and what the town said last
EDGES = Question(_edges(among(col(Post.topic_id), "edges_of")), "edges_of", lambda row: row[0].topic_id)


def edges_in(topics: Any) -> Any:
    """The SELECT of the same posts for the topics whose numbers that SELECT finds."""
    return _edges(col(Post.topic_id).in_(topics))


def openings(rows: Iterable[Any]) -> dict[int, Post]:
    """The first posts among rows of ``EDGES``, by the topic's row number."""
    found: dict[int, Post] = {}
    for (post,) in rows:
        before = found.get(post.topic_id)
        found[post.topic_id] = post if before is None or (post.id or 0) < (before.id or 0) else before
    return found


def officials(rows: Iterable[Any], topics: Sequence[Topic]) -> tuple[Asked, list[Any]]:
    """What the town said last in these topics, of rows of ``EDGES``: as known to who asks ahead."""
    last: dict[int, Any] = {}
    for row in rows:
        post, before = row[0], last.get(row[0].topic_id)
        if post.official and (before is None or (post.id or 0) > (before[0].id or 0)):
            last[post.topic_id] = row
    asked = ask(OFFICIAL, said_in(topics))
    return asked, asked.of_these([*last.values()])


def topic_asks(actor: Actor, rows: Sequence[Topic], edges: Sequence[Any], map_: Map) -> tuple[Asked, ...]:
    """What the views of these topics of one map ask, whose ``EDGES`` are known."""
    opening, numbers = openings(edges), [row.id for row in rows]
    keys = {key_of_topic(row, opening.get(row.id or 0)) for row in rows}
    keys |= {key_of_official(post) for (post,) in officials(edges, rows)[1]}
    return (
        *author_asks(keys),
        ref_ask([row.flyer_id for row in rows], map_),
        *theme_asks(rows),
        *card_asks(numbers, map_),
        *poll_asks(actor, numbers),
    )


def post_asks(actor: Actor, rows: Sequence[Post], quoted: Iterable[Post], map_: Map) -> tuple[Asked, ...]:
    """What the views of these posts ask, of which those are known that they answer."""
    keys = {key_of_post(row) for row in (*rows, *(one for one in quoted if readable(one)))}
    return *author_asks(keys), *part_asks(rows, map_), tap_ask(actor, [row.id for row in rows])
