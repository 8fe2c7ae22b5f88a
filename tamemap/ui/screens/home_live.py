"""The open topic goes on while somebody reads it at home: what everybody sees of it comes out of the process's memory."""

from __future__ import annotations

import logging
import traceback
from dataclasses import fields, replace
from typing import TYPE_CHECKING, Any

import reflex as rx

from tamemap.errors import Invalid, TamemapError
from tamemap.i18n import t
from tamemap.live import hub
from tamemap.queries.boards import topic as read_topic
from tamemap.ui.components import checked
from tamemap.ui.components.poll_rows import PollRow, poll_row
from tamemap.ui.components.rows import PostRow, TopicRow, post_row, topic_row
from tamemap.ui.components.words import error_words

if TYPE_CHECKING:
    from tamemap.queries.live import Standing
    from tamemap.queries.polls import PollView
    from tamemap.queries.posts import PostView

log = logging.getLogger("tamemap.ui")
MOST = 50
HIGHEST = 2**31
# what of a post's row is a person's own: a guest's reading knows nothing of it
OWN_OF_POST = ("mine", "by", "fresh", *(one.name for one in fields(PostRow) if one.name.startswith("may_")))
# what of a topic's row is the same for everybody
PUBLIC_OF_TOPIC = (
    *("title", "count", "when", "when_iso", "closed", "pinned", "flyer", "flyer_title", "period", "coming", "cover", "closing"),
    *("cards", "place", "place_url", "spot"),
    *("answer", "answer_look", "answer_words", "answer_by", "answer_when"),
)


class Live(rx.State, mixin=True):
    """Mixed into the State of home: merges what has come into the rows of whoever reads."""

    if TYPE_CHECKING:
        view: str
        topic: TopicRow
        posts: list[PostRow]
        posts_next: str
        poll: PollRow
        _ask: Any

    @rx.event
    async def hear(self, said: str) -> None:
        """Our script has heard that a topic has this revision: ``topic revision``.

        It comes by itself, so it leaves alone what is said about the person's own deeds: also nothing is said when it fails.
        """
        try:
            wanted, revision = _heard(said)
            if self.view == "topic" and self.topic.id == wanted:
                await self._merge(await hub().latest(wanted, revision))
        except Invalid as error:
            self.problem = error_words(error.code)
        except TamemapError:
            # it is gone, which the stream says too
            return
        except Exception as error:
            log.error("%s in\n%s", type(error).__name__, "".join(traceback.format_tb(error.__traceback__)))

    async def _merge(self, found: Standing) -> None:
        poll = found.topic.poll
        again = (self.topic.closed and not found.topic.closed) or (poll is not None and poll.public_id != self.poll.id)
        self.posts = merged_posts(self.posts, found, last_page=not self.posts_next)
        self.topic = merged_topic(self.topic, topic_row(found.topic))
        self.poll = merged_poll(self.poll, poll)
        if again:
            # rare, and only this person's rights say what they may do now
            own = await self._ask(read_topic, public_id=found.topic.public_id)
            self.topic, self.poll = topic_row(own), poll_row(own.poll)


def _heard(said: object) -> tuple[str, int]:
    public_id, _, number = said.partition(" ") if isinstance(said, str) else ("", "", "")
    known = number.isascii() and number.isdigit() and len(number) < 20
    return checked.public_id(public_id), min(int(number), HIGHEST) if known else 0


def merged_posts(rows: list[PostRow], now: Standing, *, last_page: bool) -> list[PostRow]:
    """A person's rows with what everybody sees now: others come behind the last (on the last page), those gone are a line."""
    seen = {one.public_id: one for one in now.posts}
    known = {one.id for one in rows}
    merged = [_merged(one, seen[one.id]) if one.id in seen else one for one in rows]
    if not last_page:
        return merged
    if not known & seen.keys():
        # more has come than anybody keeps in mind
        return [post_row(one) for one in now.posts]
    places = {one.public_id: at for at, one in enumerate(now.posts)}
    first = min((places[one] for one in known & seen.keys()), default=-1)
    for at, view in enumerate(now.posts):
        if at > first and view.public_id not in known and not view.deleted:
            merged.insert(_place(merged, places, at), replace(post_row(view), fresh=True))
    return merged[-MOST:]


def _place(rows: list[PostRow], places: dict[str, int], at: int) -> int:
    """Behind the last row that stands before this place."""
    return max((index + 1 for index, row in enumerate(rows) if places.get(row.id, -1) < at), default=len(rows))


def _merged(row: PostRow, view: PostView) -> PostRow:
    if view.deleted and view.held:
        # whoever sees what is held, its author and staff, has read it in a reading of their own
        waits = post_row(view)
        return replace(row, held=True, held_words=waits.held_words) if row.mine or (row.held and not row.deleted) else waits
    if view.deleted:
        return PostRow(row.id, deleted=True)
    new = post_row(view)
    mine = {one.kind: one.mine for one in row.reactions}
    taps = [replace(one, mine=mine.get(one.kind, False)) for one in new.reactions]
    return replace(new, reactions=taps, **{name: getattr(row, name) for name in OWN_OF_POST})


def merged_topic(row: TopicRow, now: TopicRow) -> TopicRow:
    """A person's row of a topic with what everybody sees of it now."""
    return replace(row, **{name: getattr(now, name) for name in PUBLIC_OF_TOPIC})


def merged_poll(row: PollRow, now: PollView | None) -> PollRow:
    """A person's row of a poll with everybody's votes; their own choice stays theirs."""
    if now is None or row.id != now.public_id:
        return row
    new, mine = poll_row(now), {one.position: one.mine for one in row.options}
    options = [replace(one, mine=mine.get(one.position, False)) for one in new.options]
    return replace(new, options=options, may_vote=row.may_vote and not now.over, voted=row.voted)


def listening(topic: TopicRow) -> rx.Component:
    """What assets/live.js needs to hear of the open topic."""
    words = {f"data-tm-stream-{name}": t(f"live.{name}", n="{n}") for name in ("new", "down", "changed", "gap", "gone", "again")}
    return rx.cond(
        topic.url != "",
        rx.el.span(
            hidden=True,
            key=topic.id,
            custom_attrs={"data-tm-stream": topic.url + "/live", "data-tm-stream-topic": topic.id} | words,
        ),
    )  # type: ignore[no-any-return]  # a Var answers to names that no type checker knows
