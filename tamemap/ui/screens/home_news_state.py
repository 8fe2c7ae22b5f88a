"""What is new for somebody who comes back, how far they have read, and what they follow: the part of the home screen's State
that only the signed-in have."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import reflex as rx

from tamemap import urls
from tamemap.i18n import t
from tamemap.queries.marks import NO_MARK
from tamemap.queries.news import news
from tamemap.services import following, visits
from tamemap.ui.components import checked
from tamemap.ui.components.card_rows import DateRow, PictureRow, date_row, picture_row
from tamemap.ui.components.rows import topic_row

if TYPE_CHECKING:
    from collections.abc import Iterable

    from tamemap.queries.boards import TopicView
    from tamemap.queries.flyers import CardView
    from tamemap.queries.marks import Mark
    from tamemap.queries.news import NewsView, TopicNews
    from tamemap.ui.components.rows import TopicRow

# so many lines stand open; more are folded together, so that the boards stay in sight
OPEN = 3
SMALL = 320


@dataclass
class NewsRow:
    """A line of what is new: a topic, and in ``words`` what there is in it (of the town's answer: what it says)."""

    topic: str = ""
    url: str = ""
    title: str = ""
    words: str = ""
    answer: bool = False


@dataclass
class NearRow:
    """A flyer near a topic that one follows, as a small card."""

    id: str = ""
    url: str = ""
    title: str = ""
    venue: str = ""
    date: str = ""
    picture: PictureRow = field(default_factory=PictureRow)


def news_rows(found: NewsView) -> list[NewsRow]:
    """The lines, what concerns one most first."""
    answers = [_row(one, t("home_news.answer", state=t(f"answers.state.{one.answer}")), answer=True) for one in found.answers]
    talked = [_row(one, t("home_news.posts", count=one.unread)) for one in found.topics]
    opened = [_row(one, t("home_news.opened")) for one in found.opened]
    return answers + talked + opened


def _row(one: TopicNews, words: str, *, answer: bool = False) -> NewsRow:
    return NewsRow(one.public_id, urls.topic_page(one.board, one.public_id), one.title, words, answer)


def near_row(card: CardView) -> NearRow:
    """From a card."""
    date: DateRow = date_row(card.when)
    when = " ".join(filter(None, (date.text, date.time)))
    return NearRow(card.public_id, urls.flyer_page(card.public_id), card.title, card.venue, when, picture_row(card.thumb, SMALL))


def marked_rows(views: Iterable[TopicView], marks: dict[str, Mark]) -> list[TopicRow]:
    """Topics as rows, with what is unread in them."""
    rows = []
    for view in views:
        row = topic_row(view)
        row.unread = marks.get(view.public_id, NO_MARK).unread
        row.seen = view.public_id in marks and not row.unread
        rows.append(row)
    return rows


class HomeNews(rx.State, mixin=True):
    """Mixed into the home screen's State."""

    news: rx.Field[list[NewsRow]] = rx.field(default_factory=list)
    news_more: str = ""  # of the new topics those that do not stand here, in words
    near: rx.Field[list[NearRow]] = rx.field(default_factory=list)
    news_count: int = 0  # lines and flyers together
    follows_topic: bool = False
    follows_board: bool = False

    @rx.event
    async def look_around(self) -> None:
        """What is new since the visit before this one, on this map; nothing for a guest."""
        with self._answering():
            if not self.signed_in or not self.map_slug:
                self.news, self.near, self.news_count, self.news_more = [], [], 0, ""
                return
            found = await self._ask(news, slug=self.map_slug)
            if found.visit_due:
                found = await self._ask(visits.come, slug=self.map_slug)
            self.news, self.near = news_rows(found), [near_row(one) for one in found.flyers]
            self.news_count = len(self.news) + len(self.near)
            more = found.opened_count - len(found.opened)
            self.news_more = t("home_news.more", count=more) if more > 0 else ""

    @rx.event
    async def read_shown(self) -> None:
        """The posts that are shown of the open topic have been read; nothing for a guest."""
        with self._answering():
            if self.signed_in and self.posts:
                wanted = checked.public_id(self.topic.id)
                done = await self._ask(following.mark_read, topic=wanted, to=checked.public_id(self.posts[-1].id))
                self.follows_topic = done.following

    @rx.event
    async def follow_topic(self, on: bool) -> None:
        """Follow the open topic, or no more."""
        with self._answering():
            done = await self._ask(following.follow_topic, topic=checked.public_id(self.topic.id), on=checked.flag(on))
            self.follows_topic = done.following
            self._say(t("said.topic_followed" if done.following else "said.topic_unfollowed"))

    @rx.event
    async def follow_board(self, on: bool) -> None:
        """Be told of new topics on the board that is shown, or no more."""
        with self._answering():
            done = await self._ask(following.follow_board, board=checked.slug(self.board.slug), on=checked.flag(on))
            self.follows_board = done.following
            self._say(t("said.board_followed" if done.following else "said.board_unfollowed"))

    if TYPE_CHECKING:  # what the State that this is mixed into has
        signed_in: bool
        map_slug: str
        topic: Any
        board: Any
        posts: Any
        _answering: Any
        _ask: Any
        _say: Any
