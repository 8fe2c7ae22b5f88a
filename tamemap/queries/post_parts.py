"""What posts carry beside their words: pictures, the post that one answers, cards of what they link to. Read for many at once."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from sqlmodel import Session, col, select

from tamemap.domain.writing import excerpt
from tamemap.models import Picture, Post, PostPicture
from tamemap.queries.link_cards import LinkCard, link_asks, link_cards
from tamemap.queries.pictures import PictureView, picture_view
from tamemap.queries.together import Asked, Question, among, ask, read

if TYPE_CHECKING:
    from collections.abc import Sequence

    from tamemap.models import Map
    from tamemap.queries.authors import AuthorView


@dataclass(frozen=True, slots=True)
class QuoteView:
    """The post that another one answers, in short; one that is ``gone`` (removed, or held) has neither author nor words."""

    public_id: str
    author: AuthorView | None
    excerpt: str
    gone: bool


@dataclass(frozen=True, slots=True)
class Parts:
    """By the number of a post: its pictures and its cards; ``quoted`` by the number of the quoted one."""

    pictures: dict[int | None, tuple[PictureView, ...]]
    quoted: dict[int | None, Post]
    cards: dict[int | None, tuple[LinkCard, ...]]

    @property
    def quoted_ones(self) -> list[Post]:
        """The quoted posts that can be read."""
        return [row for row in self.quoted.values() if readable(row)]


def readable(row: Post) -> bool:
    """Whether everybody may read this post, as far as it depends on itself."""
    return row.deleted_at is None and row.held_at is None


QUOTED = Question(select(Post).where(among(col(Post.id), "quoted_ids")), "quoted_ids")
PICTURES = Question(
    select(PostPicture.post_id, Picture, PostPicture.position, PostPicture.id)
    .join(Picture, col(Picture.id) == PostPicture.picture_id)
    .where(among(col(PostPicture.post_id), "pictured_posts")),
    "pictured_posts",
    lambda row: row[0],
)


def part_asks(rows: Sequence[Post], map_: Map) -> tuple[Asked, ...]:
    """What :func:`parts_of` asks the database, but for the quoted posts (for who asks ahead)."""
    return ask(PICTURES, [row.id for row in rows]), *link_asks(rows, map_)


def parts_of(db: Session, rows: Sequence[Post], map_: Map) -> Parts:
    """What these posts of one topic on that map's board carry: at most three reads."""
    wanted = {row.quoted_id for row in rows if row.quoted_id is not None}
    known = {row.id: row for row in rows}
    found, pictures = read(db, ask(QUOTED, wanted - set(known)), ask(PICTURES, known))
    quoted = {row.id: row for row in (*rows, *(one for (one,) in found)) if row.id in wanted}
    return Parts(_shown(pictures), quoted, link_cards(db, rows, map_))


def _shown(found: list[Any]) -> dict[int | None, tuple[PictureView, ...]]:
    # in their order, without hidden ones; all readers see them under one name
    made: dict[int | None, list[PictureView]] = defaultdict(list)
    for post_id, picture, *_ in sorted(found, key=lambda row: row[2:]):
        if picture.hidden_at is None:
            made[post_id].append(picture_view(picture, outside=False))
    return {post_id: tuple(views) for post_id, views in made.items()}


def picture_rows(db: Session, post_ids: Any) -> list[tuple[int, Picture]]:
    """(number of the post, picture) of these posts (their numbers, or a query for them), in the order in which they stand."""
    query = select(PostPicture.post_id, Picture).join(Picture, col(Picture.id) == PostPicture.picture_id)
    query = query.where(col(PostPicture.post_id).in_(post_ids)).order_by(col(PostPicture.position), col(PostPicture.id))
    return [(post_id, picture) for post_id, picture in db.exec(query)]


def quote_view(row: Post | None, author: AuthorView | None) -> QuoteView | None:
    """The quoted post as it may be shown."""
    if row is None:
        return None
    if not readable(row):
        return QuoteView(row.public_id, None, "", gone=True)
    return QuoteView(row.public_id, author, excerpt(row.html), gone=False)
