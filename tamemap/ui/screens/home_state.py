"""The State of the home screen: which town, its boards, the topic that is open, the flyer that is picked."""

from __future__ import annotations

from collections.abc import AsyncIterator  # noqa: TC003  Reflex reads the annotations at run time
from dataclasses import replace
from typing import Any

import reflex as rx

from tamemap import urls
from tamemap.domain.polls import MOST as MOST_OPTIONS
from tamemap.i18n import t
from tamemap.queries.boards import topic
from tamemap.queries.marks import marked_topics
from tamemap.queries.posts import REACTIONS, posts
from tamemap.queries.screens import home, picked
from tamemap.services import boards as write
from tamemap.services import polls
from tamemap.services import posts as write_posts
from tamemap.services.boards import KINDS
from tamemap.services.following import mark_read
from tamemap.ui.components import checked
from tamemap.ui.components.poll_rows import PollRow, poll_row
from tamemap.ui.components.post_rows import QuoteRow
from tamemap.ui.components.rest import RestRow, rest_row
from tamemap.ui.components.rows import BoardRow, PostRow, TopicRow, VoiceRow, board_row, post_row, topic_row
from tamemap.ui.screens.home_flyer_row import FlyerRow, flyer_row
from tamemap.ui.screens.home_live import Live
from tamemap.ui.screens.home_new_state import NewTopic
from tamemap.ui.screens.home_news_state import HomeNews, marked_rows
from tamemap.ui.screens.home_post_deeds import PostDeeds

PAGE = 20
POSITIONS = [str(at) for at in range(MOST_OPTIONS)]
MOST = 50  # rows in a var; what is beyond stands on the public pages


class HomeState(PostDeeds, NewTopic, HomeNews, Live, rx.State):
    """What the home screen shows. Which town was chosen last, the browser remembers: home.js says it (``choose_town``)."""

    ready: bool = False
    signed_in: bool = False
    voices: rx.Field[list[VoiceRow]] = rx.field(default_factory=list)  # groups in whose name one may write
    rest: rx.Field[RestRow] = rx.field(default_factory=RestRow)  # why one may not write here
    voice: str = ""  # as whom one wrote last: a group's slug, empty for oneself
    map_slug: str = ""
    map_name: str = ""
    boards: rx.Field[list[BoardRow]] = rx.field(default_factory=list)
    board: rx.Field[BoardRow] = rx.field(default_factory=BoardRow)
    topics: rx.Field[list[TopicRow]] = rx.field(default_factory=list)
    topics_next: str = ""
    view: str = "topics"  # topics, topic, new
    topic: rx.Field[TopicRow] = rx.field(default_factory=TopicRow)
    posts: rx.Field[list[PostRow]] = rx.field(default_factory=list)
    posts_next: str = ""
    poll: rx.Field[PollRow] = rx.field(default_factory=PollRow)  # of the open topic
    removing: str = ""  # the post whose removal has been asked for once
    flyer: rx.Field[FlyerRow] = rx.field(default_factory=FlyerRow)
    flyer_problem: str = ""
    talks: rx.Field[list[TopicRow]] = rx.field(default_factory=list)
    talk_board: str = ""  # where a talk about the picked flyer would begin
    about: str = ""  # the flyer that the new topic is about
    about_title: str = ""
    sign_in_url: str = urls.sign_in("/?tab=boards")
    done: str = ""  # the draft that has been sent, and how often: home.js forgets it

    @rx.event
    async def enter(self) -> Any:
        """The page was opened, or the browser went back: show what the address asks for."""
        with self._answering():
            if wish := self.router.url.query_parameters.get("map") or self.map_slug:
                return await self._arrive(checked.slug(wish))
        return None  # home.js knows the town, or finds the first one, and says so

    async def _arrive(self, slug: str) -> list[Any]:
        asked = self.router.url.query_parameters
        await self._show_map(slug, self.board.slug)
        follow = [HomeState.look_around()]  # type: ignore[operator]
        if wanted := asked.get("topic"):
            follow.append(HomeState.open_topic(checked.public_id(wanted)))  # type: ignore[operator]
        elif self.view == "topic":
            self.view = "topics"
        if wanted := asked.get("flyer"):
            follow.append(HomeState.pick(checked.public_id(wanted)))  # type: ignore[operator]
        else:
            self._put_down()
        return follow

    @rx.event
    async def choose_town(self, slug: str) -> Any:
        """Another map was chosen, or the browser remembers which one it was."""
        with self._answering():
            chosen = checked.slug(slug)
            if not self.ready:
                return await self._arrive(chosen)
            if chosen == self.map_slug:
                return None
            self.view, self.about, self.about_title = "topics", "", ""
            self._put_down()
            await self._show_map(chosen, "")
            return HomeState.look_around()  # type: ignore[operator]
        return None

    @rx.event
    async def show_board(self, slug: str) -> None:
        """Another board of the same map."""
        with self._answering():
            await self._show_map(self.map_slug, checked.slug(slug))
            self.view = "topics"

    async def _show_map(self, slug: str, board: str) -> None:
        found = await self._ask(home, slug=slug, board=board)
        self.signed_in, self.rest = found.signed_in, rest_row(found.rest)
        self.voices = [VoiceRow(one.slug, one.name) for one in found.groups]
        self.voices += [VoiceRow(one.voice, one.name) for one in found.mascots]
        self.map_slug, self.map_name = found.map.slug, found.map.municipality_name or found.map.region_name
        self.boards = [replace(board_row(one), news=found.own.news.get(one.slug, 0)) for one in found.boards]
        self.board = next((one for one in self.boards if one.slug == found.board), BoardRow())
        self.topics, self.follows_board = marked_rows(found.topics.items, found.own.marks), found.own.following
        self.topics_next = found.topics.next or ""
        self.ready = True
        self._come_back()

    def _come_back(self) -> None:
        """Where sign-in leads back to."""
        here = {"map": self.map_slug, "tab": "boards", "topic": self.topic.id if self.view == "topic" else ""}
        self.sign_in_url = urls.sign_in(urls.with_query("/", **here))

    @rx.event
    async def more_topics(self) -> None:
        """The next topics of the list, up to fifty in all."""
        with self._answering():
            if not self.topics_next or len(self.topics) >= MOST:
                return
            room = min(PAGE, MOST - len(self.topics))
            found = await self._ask(marked_topics, board=self.board.slug, cursor=checked.cursor(self.topics_next), limit=room)
            known = {one.id for one in self.topics}
            self.topics = self.topics + [one for one in marked_rows(found.page.items, found.marks) if one.id not in known]
            self.topics_next = found.page.next or ""

    @rx.event
    async def open_topic(self, public_id: str) -> AsyncIterator[Any]:
        """Open a topic of this or another board."""
        with self._answering():
            wanted = checked.public_id(public_id)
            self.removing = ""
            self._leave_edit()
            if self.topic.id != wanted or self.view != "topic":
                listed = [one for one in (*self.topics, *self.talks) if one.id == wanted]
                self.topic = listed[0] if listed else TopicRow(id=wanted)
                self.posts, self.posts_next, self.view, self.busy = [], "", "topic", "topic"
                self.poll, self.quoting = PollRow(), QuoteRow()
                yield
            found = await self._ask(topic, public_id=wanted)
            self.topic, self.poll = topic_row(found), poll_row(found.poll)
            page = await self._ask(posts, topic=wanted, limit=MOST)
            self.posts, self.posts_next = [post_row(one) for one in page.items], page.next or ""
            self._come_back()
            yield HomeState.read_shown()  # type: ignore[operator]
        if self.problem:
            self.view = "topics"

    @rx.event
    async def more_posts(self) -> Any:
        """The following posts of the open topic, in place of these."""
        with self._answering():
            page = await self._ask(posts, topic=self.topic.id, cursor=checked.cursor(self.posts_next), limit=MOST)
            self.posts, self.posts_next = [post_row(one) for one in page.items], page.next or ""
            return HomeState.read_shown()  # type: ignore[operator]
        return None

    @rx.event
    async def close_topic(self) -> Any:
        """Back to the list, as it is now."""
        self.view, self.removing = "topics", ""
        with self._answering():
            if self.signed_in and any(one.fresh for one in self.posts):
                # what came while one was reading has been read, too
                await self._ask(mark_read, topic=checked.public_id(self.topic.id), to=checked.public_id(self.posts[-1].id))
            await self._show_map(self.map_slug, self.board.slug)
            return HomeState.look_around()  # type: ignore[operator]
        return None

    @rx.event
    async def start_topic(self) -> None:
        """Show the form for a new topic."""
        self.view, self.about, self.about_title, self.problem, self.wrong, self.chips = "new", "", "", "", {}, []

    @rx.event
    async def start_talk(self) -> None:
        """Show the form for a talk about the picked flyer."""
        if self.flyer.id and self.talk_board:
            self.view, self.about, self.about_title, self.problem, self.wrong = "new", self.flyer.id, self.flyer.title, "", {}
            self.chips = []

    @rx.event
    async def send_topic(self, sent: dict[str, Any]) -> AsyncIterator[Any]:
        """Open a topic with what was typed."""
        with self._answering():
            fields = checked.form(sent, "kind", "title", "body", "group", "pictures", "lat", "lng", "place_name")
            board = self.talk_board if self.about else self.board.slug
            kind = "flyer" if self.about else checked.one_of(fields["kind"], KINDS)
            place = {name: fields[name] if kind == "introduction" else "" for name in ("lat", "lng", "place_name")}
            self.busy = "topic"
            yield
            made = await self._ask(write.open_topic, board=checked.slug(board), kind=kind, title=fields["title"],
                                   body=fields["body"], flyer=self.about or None, group=fields["group"],
                                   pictures=checked.photo_ids(fields["pictures"]),
                                   flyers=[one.id for one in self.chips], **place)  # fmt: skip
            self.voice = fields["group"]
            self.about, self.about_title, self.chips = "", "", []
            self._sent("topic")
            self._say(t("boards.opened"))
            yield HomeState.open_topic(made.public_id)  # type: ignore[operator]

    @rx.event
    async def answer(self, sent: dict[str, Any]) -> AsyncIterator[Any]:
        """Answer in the open topic."""
        with self._answering():
            fields = checked.form(sent, "body", "group", "pictures")
            pictures = checked.photo_ids(fields.pop("pictures"))
            self.busy = "answer"
            yield
            made = await self._ask(write_posts.write_post, topic=checked.public_id(self.topic.id), pictures=pictures,
                                   quoted=self.quoting.id, **fields)  # fmt: skip
            self.quoting = QuoteRow()
            self.voice = fields["group"]
            row = post_row(made)
            self.posts = [*(one for one in self.posts if one.id != row.id), row][-MOST:]
            self._sent(f"answer.{self.topic.id}")
            self._say(t("boards.answered"))
            yield HomeState.read_shown()  # type: ignore[operator]

    def _sent(self, draft: str) -> None:
        self.done = f"{draft} {self.toast_number}"

    @rx.event
    async def vote(self, sent: dict[str, Any]) -> AsyncIterator[None]:
        """Vote in the open topic's poll, or vote again."""
        with self._answering():
            fields = checked.form(sent, "option", *(f"option{at}" for at in range(MOST_OPTIONS)))
            chosen = [int(checked.one_of(one, POSITIONS)) for one in fields.values() if one]
            poll = checked.public_id(self.poll.id)
            self.busy = "vote"
            yield
            self.poll = poll_row((await self._ask(polls.vote, poll=poll, options=chosen)).poll)
            self._say(t("said.poll_voted"))

    @rx.event
    async def react(self, public_id: str, kind: str, on: bool) -> None:
        """Tap a reaction on a post, or off."""
        with self._answering():
            made = await self._ask(write_posts.react, post=checked.public_id(public_id), kind=checked.one_of(kind, REACTIONS),
                                   on=checked.flag(on))  # fmt: skip
            self.posts = [post_row(made) if one.id == made.public_id else one for one in self.posts]

    @rx.event
    async def ask_removal(self, public_id: str) -> None:
        """The first of two taps that take one's own post away; the second may also be a step back."""
        with self._answering():
            self.removing = "" if self.removing == public_id else checked.public_id(public_id)

    @rx.event
    async def remove_post(self, public_id: str) -> None:
        """The second tap: take one's own post away."""
        with self._answering():
            gone = await self._ask(write_posts.remove_post, post=checked.public_id(public_id))
            empty = PostRow(id=gone.public_id, deleted=True)
            self.posts = [empty if one.id == gone.public_id else one for one in self.posts]
            self.removing = ""
            self._say(t("boards.removed"))

    @rx.event
    async def pick(self, public_id: str) -> None:
        """A flyer was picked on the map."""
        self.flyer_problem = ""
        with self._answering():
            wanted = checked.public_id(public_id)
            self.flyer, self.talks, self.talk_board = FlyerRow(id=wanted), [], ""
            found = await self._ask(picked, public_id=wanted, slug=self.map_slug)
            self.flyer = flyer_row(found.flyer, self.map_slug)
            self.talks = [topic_row(one) for one in found.talks]
            self.talk_board = found.board
        self.flyer_problem, self.problem = self.problem, ""

    @rx.event
    async def put_down(self) -> None:
        """The picked flyer was closed."""
        self._put_down()

    def _put_down(self) -> None:
        self.flyer, self.talks, self.talk_board, self.flyer_problem = FlyerRow(), [], "", ""

    @rx.event
    async def hush(self) -> None:
        """The toast was closed."""
        self._hush()
