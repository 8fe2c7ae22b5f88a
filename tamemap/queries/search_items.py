"""What a search found, as its reader sees it: only what stands there at this moment, with the words marked."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from sqlalchemy.orm import aliased
from sqlmodel import col, func, select

from tamemap import clock, urls
from tamemap.domain.asking import write_cursor
from tamemap.domain.bigrams import found_at
from tamemap.domain.placements import UP
from tamemap.domain.writing import POST_LIMIT, excerpt
from tamemap.models import Board, Flyer, Map, Placement, Post, Topic
from tamemap.queries.authors import AuthorKey, AuthorView, author_views, key_of_post, key_of_topic
from tamemap.queries.flyers import shows_resident_face
from tamemap.queries.maps import maps
from tamemap.queries.pictures import words_on

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from sqlmodel import Session

    from tamemap.domain.actors import Actor

EXCERPT = 140
BEFORE = 40
# a topic's page shows this many posts; what is further down has an address that begins with it
PAGE = 50


@dataclass(frozen=True, slots=True)
class Snippet:
    """A piece of text and where the words stand in it: ``marks`` are (start, end) in code points, in order."""

    text: str
    marks: tuple[tuple[int, int], ...] = ()

    @property
    def parts(self) -> tuple[tuple[str, bool], ...]:
        """The text in pieces, each with whether it is marked."""
        made: list[tuple[str, bool]] = []
        at = 0
        for start, end in self.marks:
            made += [(self.text[at:start], False), (self.text[start:end], True)]
            at = end
        made.append((self.text[at:], False))
        return tuple(part for part in made if part[0])


@dataclass(frozen=True, slots=True)
class SearchItem:
    """Something that was found: ``kind`` topic, post or flyer; ``title`` is for a post that of its topic, ``place`` the board or
    map on which it stands, ``who`` its author (None for a flyer)."""

    kind: str
    public_id: str
    title: Snippet
    excerpt: Snippet
    url: str
    place: str
    map_slug: str
    map_name: str
    who: AuthorView | None
    at: datetime


Key = tuple[str, int]


def load_items(
    db: Session, actor: Actor, keys: Sequence[Key], *, words: Sequence[str], map_id: int | None
) -> dict[Key, SearchItem]:
    """What stands behind these entries of the index, as far as it can be seen now; ``map_id``: flyers that are up there."""
    ids: dict[str, list[int]] = {"topic": [], "post": [], "flyer": [], "outside": []}
    for thing, thing_id in keys:
        ids[thing].append(thing_id)
    found = _topics(db, actor, ids["topic"], words) if ids["topic"] else {}
    if ids["post"]:
        found |= _posts(db, actor, ids["post"], words)
    if ids["flyer"] or ids["outside"]:
        found |= _flyers(db, actor, ids, words, map_id)
    return found


def _topics(db: Session, actor: Actor, ids: list[int], words: Sequence[str]) -> dict[Key, SearchItem]:
    first = select(func.min(Post.id)).where(Post.topic_id == Topic.id).correlate(Topic).scalar_subquery()
    query = (
        select(Topic, Post, Board, Map)
        .join(Board, col(Board.id) == Topic.board_id)
        .join(Map, col(Map.id) == Board.map_id)
        .outerjoin(Post, col(Post.id) == first)
        .where(col(Topic.id).in_(ids), col(Topic.deleted_at).is_(None), col(Topic.held_at).is_(None))
    )
    rows = db.exec(query).all()
    keys = [key_of_topic(topic, post) for topic, post, _, _ in rows]
    faces = _authors(db, actor, keys, [map_ for _, _, _, map_ in rows])
    found: dict[Key, SearchItem] = {}
    for (topic, post, board, map_), key in zip(rows, keys, strict=True):
        shown = post is not None and post.deleted_at is None and post.held_at is None
        said = " ".join(part for part in (topic.closing_words, topic.answer_words) if part)
        plain = said if said and found_at(said, words) else excerpt(post.html, POST_LIMIT) if shown else ""
        found["topic", topic.id or 0] = SearchItem(
            "topic", topic.public_id, _whole(topic.title, words), _around(plain, words),
            urls.topic_page(board.slug, topic.public_id), board.name, map_.slug, map_.name,
            faces[map_.municipality_code, key], topic.created_at,
        )  # fmt: skip
    return found


def _posts(db: Session, actor: Actor, ids: list[int], words: Sequence[str]) -> dict[Key, SearchItem]:
    # the fiftieth post before it, if there is one
    before = aliased(Post)
    earlier = select(before.id).where(before.topic_id == Post.topic_id, col(before.id) < Post.id).order_by(col(before.id))
    far = earlier.offset(PAGE - 1).limit(1).correlate(Post).scalar_subquery()
    query = (
        select(Post, Topic, Board, Map, far)
        .join(Topic, col(Topic.id) == Post.topic_id)
        .join(Board, col(Board.id) == Topic.board_id)
        .join(Map, col(Map.id) == Board.map_id)
        .where(col(Post.id).in_(ids), col(Post.deleted_at).is_(None), col(Post.held_at).is_(None))
        .where(col(Topic.deleted_at).is_(None), col(Topic.held_at).is_(None))
    )
    rows = db.exec(query).all()
    found: dict[Key, SearchItem] = {}
    keys = [key_of_post(row) for row, *_ in rows]
    faces = _authors(db, actor, keys, [map_ for _, _, _, map_, _ in rows])
    for (post, topic, board, map_, later), key in zip(rows, keys, strict=True):
        found["post", post.id or 0] = SearchItem(
            "post", post.public_id, _whole(topic.title, words), _around(excerpt(post.html, POST_LIMIT), words),
            _post_page(board, topic, post, later=later is not None), board.name, map_.slug, map_.name,
            faces[map_.municipality_code, key], post.created_at,
        )  # fmt: skip
    return found


def _authors(
    db: Session, actor: Actor, keys: Sequence[AuthorKey], grounds: Sequence[Map]
) -> dict[tuple[str | None, AuthorKey], AuthorView]:
    """The faces of authors by the town on whose board they wrote, read once for each town."""
    by_town: dict[str | None, set[AuthorKey]] = {}
    for key, here in zip(keys, grounds, strict=True):
        by_town.setdefault(here.municipality_code, set()).add(key)
    return {
        (town, key): view for town, wanted in by_town.items() for key, view in author_views(db, actor, wanted, here=town).items()
    }


def _post_page(board: Board, topic: Topic, post: Post, *, later: bool) -> str:
    """The address at which the post stands in its topic: on the first page, or (``later``) on one that begins with it."""
    page = urls.topic_page(board.slug, topic.public_id)
    if later:
        page = urls.with_query(page, cursor=write_cursor((post.id or 0) - 1))
    return f"{page}#{urls.post_anchor(post.public_id)}"


def _flyers(
    db: Session, actor: Actor, ids: dict[str, list[int]], words: Sequence[str], map_id: int | None
) -> dict[Key, SearchItem]:
    own = {here.municipality_code for here in maps(db, actor) if shows_resident_face(actor, here)}
    up = select(Placement.id).where(
        Placement.flyer_id == Flyer.id, Placement.state == UP, col(Placement.until) > clock.now(),
        Placement.map_id == map_id if map_id is not None else True,
    )  # fmt: skip
    query = (
        select(Flyer, Map)
        .join(Map, col(Map.municipality_code) == Flyer.municipality_code)
        .where(col(Flyer.id).in_([*ids["flyer"], *ids["outside"]]), col(Flyer.deleted_at).is_(None), up.exists())
    )
    rows = db.exec(query).all()
    on_pictures = words_on(db, [row.id or 0 for row, _ in rows])
    found: dict[Key, SearchItem] = {}
    for row, map_ in rows:
        insider = row.municipality_code in own
        hidden = () if insider else row.hidden_outside
        names = [name for name in ("venue", "address", "organiser", "fee", "body") if name not in hidden]
        said = [getattr(row, name) for name in names] + ([] if hidden else [on_pictures.get(row.id or 0, "")])
        plain = " ".join(" ".join(text.split()) for text in said if text)
        found["flyer" if insider else "outside", row.id or 0] = SearchItem(
            "flyer", row.public_id, _whole(row.title, words), _around(plain, words),
            urls.flyer_page(row.public_id), map_.name, map_.slug, map_.name, None, row.created_at,
        )  # fmt: skip
    return found


def _whole(title: str, words: Sequence[str]) -> Snippet:
    return Snippet(title, found_at(title, words))


def _around(plain: str, words: Sequence[str]) -> Snippet:
    """A piece of the text that holds the first of the words; ``…`` where it was cut."""
    hits = found_at(plain, words)
    start = max(0, hits[0][0] - BEFORE) if hits and len(plain) > EXCERPT else 0
    end = min(len(plain), start + EXCERPT)
    lead = "…" if start else ""
    shift = len(lead) - start
    marks = tuple((first + shift, min(last, end) + shift) for first, last in hits if start <= first < end)
    return Snippet(lead + plain[start:end] + ("…" if end < len(plain) else ""), marks)
