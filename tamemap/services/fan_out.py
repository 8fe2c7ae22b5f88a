"""Telling followers of a post (for the worker): a page of people in a transaction, so that ten thousand of them hold up nobody.

Twice is once: a notice remembers the last post that it counts (``upto``), and what is not later is passed over.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from sqlmodel import and_, col, or_, select

from tamemap import clock, urls
from tamemap import db as database
from tamemap.domain.actors import Actor
from tamemap.i18n import t
from tamemap.models import Board, BoardFollow, Map, Mention, Notice, Person, Post, Suspension, Topic, TopicMark
from tamemap.queries.posts import post_views
from tamemap.services import pushing

if TYPE_CHECKING:
    from collections.abc import Sequence

    from sqlmodel import Session

AT_ONCE = 500
# more unread posts than this are not counted
MOST_COUNTED = 99
READER = Actor()


@dataclass(frozen=True, slots=True)
class News:
    """A post that anybody may read, and the words about it; ``opening``: it is the first one of its topic; ``let_go``: it was
    held at first, so that whoever has read on has not seen it."""

    post: Post
    topic: Topic
    board: Board
    map_: Map
    opening: bool
    name: str
    upto: list[Any]
    let_go: bool

    @property
    def url(self) -> str:
        """The page that the notices lead to."""
        return urls.topic_page(self.board.slug, self.topic.public_id)


def tell_followers(*, post: str, at: str) -> int:
    """Tell who follows its topic of this post or, where it opens one, who follows the board; ``at`` is the moment at which
    ``services.following.announce`` was called. Never its writer, nor people who have left or are suspended there, nor anybody
    of what is held or removed by now. Answers how many notices were made or renewed; opens its own transactions.
    """
    told, after = 0, 0
    while True:
        with database.transaction(write=True) as db:
            news = _news(db, post, at)
            if news is None:
                return told
            page = _board_page(db, news, after) if news.opening else _topic_page(db, news, after)
            told += _tell(db, news, page)
        if len(page) < AT_ONCE:
            return told
        after = page[-1][0]


def _news(db: Session, public_id: str, at: str) -> News | None:
    """The post as it is now; None when there is nothing to tell of it any more."""
    query = (
        select(Post, Topic, Board, Map)
        .join(Topic, col(Topic.id) == Post.topic_id)
        .join(Board, col(Board.id) == Topic.board_id)
        .join(Map, col(Map.id) == Board.map_id)
        .where(Post.public_id == public_id)
    )
    found = db.exec(query).first()
    if found is None:
        return None
    post, topic, board, map_ = found
    if post.deleted_at or post.held_at or topic.deleted_at or topic.held_at:
        return None
    earlier = select(Post.id).where(Post.topic_id == topic.id, col(Post.id) < post.id).limit(1)
    author = post_views(db, READER, [post], topic, map_)[0].author
    name = author.name if author and not author.left else t("people.left")
    let_go = at > post.created_at.isoformat(timespec="microseconds")
    return News(post, topic, board, map_, db.exec(earlier).first() is None, name, [at, post.id], let_go)


def _reached(news: News) -> tuple[Any, ...]:
    """Who may be told: here still, not suspended in this region, and not the writer."""
    now = clock.now()
    stopped = select(Suspension.id).where(
        col(Suspension.person_id) == Person.id,
        Suspension.region_id == news.map_.region_id,
        Suspension.since <= now,
        Suspension.until > now,
        col(Suspension.lifted_at).is_(None),
    )
    return col(Person.left_at).is_(None), col(Person.id).is_distinct_from(news.post.author_id), ~stopped.exists()


def _board_page(db: Session, news: News, after: int) -> list[tuple[int, int]]:
    """Followers of the board behind ``after``, as (person, 0)."""
    query = (
        select(Person.id)
        .join(BoardFollow, col(BoardFollow.person_id) == Person.id)
        .where(BoardFollow.board_id == news.board.id, col(Person.id) > after, *_reached(news))
    )
    return [(one or 0, 0) for one in db.exec(query.order_by(col(Person.id)).limit(AT_ONCE))]


def _topic_page(db: Session, news: News, after: int) -> list[tuple[int, int]]:
    """Followers of the topic behind ``after``, as (person, last post that they have read).

    Who is called in it by name is told of that, which is enough; and who wrote in the topic was told of an answer of the town's
    by ``services.answers`` already.
    """
    called = select(Mention.person_id).where(Mention.post_id == news.post.id)
    query = (
        select(Person.id, TopicMark.read_to)
        .join(TopicMark, col(TopicMark.person_id) == Person.id)
        .where(TopicMark.topic_id == news.topic.id, col(TopicMark.following).is_(True), col(Person.id) > after, *_reached(news))
        .where(col(Person.id).not_in(called))
    )
    if news.post.official:
        wrote = select(Post.author_id).where(Post.topic_id == news.topic.id, col(Post.author_id).is_not(None))
        query = query.where(col(Person.id).not_in(wrote), col(Person.id).is_distinct_from(news.topic.author_id))
    return [(one or 0, read_to) for one, read_to in db.exec(query.order_by(col(Person.id)).limit(AT_ONCE))]


def _tell(db: Session, news: News, page: Sequence[tuple[int, int]]) -> int:
    """A notice for each of these people, unless they have it or have read the post already; what is unread is renewed."""
    known = _known(db, news, [person_id for person_id, _ in page])
    last = _last_posts(db, news)
    told = []
    for person_id, read_to in page:
        code = _code(news, person_id)
        notices = known.get(person_id, [])
        late = any(json.loads(one.params).get("upto", [""]) >= news.upto for one in notices)
        count = max(sum(one > read_to and author != person_id for one, author in last), int(news.let_go))
        if late or not count:
            continue
        notice = next((one for one in notices if one.read_at is None and one.code == code), None)
        notice = notice or Notice(person_id=person_id, code=code, url=news.url, created_at=clock.now())
        said: dict[str, object] = {"title": news.topic.title, "name": news.name, "count": count, "upto": news.upto}
        notice.params = json.dumps(said | ({"board": news.board.name} if news.opening else {}), ensure_ascii=False)
        notice.created_at = clock.now()
        db.add(notice)
        told.append(notice)
    db.flush()
    pushing.show(db, told)
    return len(told)


def _code(news: News, person_id: int) -> str:
    if news.opening:
        return "board_news"
    return "topic_answered" if person_id == news.topic.author_id else "topic_news"


def _known(db: Session, news: News, people: list[int]) -> dict[int, list[Notice]]:
    """What these people were told of the topic: the unread, and what was told since the post was written."""
    if not people:
        return {}
    codes = ("board_news",) if news.opening else ("topic_news", "topic_answered")
    lately = or_(col(Notice.read_at).is_(None), Notice.created_at >= news.post.created_at)
    query = select(Notice).where(
        and_(col(Notice.person_id).in_(people), Notice.url == news.url, col(Notice.code).in_(codes), lately)
    )
    found: dict[int, list[Notice]] = {}
    for notice in db.exec(query):
        found.setdefault(notice.person_id, []).append(notice)
    return found


def _last_posts(db: Session, news: News) -> list[tuple[int, int | None]]:
    """The newest standing posts of the topic, as (post, author)."""
    here = Post.topic_id == news.topic.id, col(Post.deleted_at).is_(None), col(Post.held_at).is_(None)
    rows = db.exec(select(Post.id, Post.author_id).where(*here).order_by(col(Post.id).desc()).limit(MOST_COUNTED))
    return [(one or 0, author) for one, author in rows]
