"""A topic as a process keeps it in mind for those who read it live, and what somebody has missed of it.

What has been missed is drawn from what stands now, so that nothing is told that has left meanwhile.
"""

from __future__ import annotations

import asyncio
from collections import deque
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from tamemap.queries.boards import TopicView
    from tamemap.queries.live import Standing
    from tamemap.queries.posts import PostView

# so many changes of a topic are kept for those whose line was broken; who missed more gets all that stands there now
STEPS = 40


@dataclass(frozen=True, slots=True, eq=False)
class Step:
    """What changed in a topic up to this ``revision``.

    ``posts`` are those that came (their ids are in ``new``) or are different now, the oldest first; ``order`` the ids of the
    latest posts. ``changed``: something of the topic itself did (closed, answered, voted …). ``whole``: nothing is known of what
    the reader has, so these are all the latest posts.
    """

    revision: int
    topic: TopicView
    posts: tuple[PostView, ...]
    new: frozenset[str]
    order: tuple[str, ...]
    changed: bool
    whole: bool = False


def step_between(before: Standing, now: Standing) -> Step:
    """What a reader who has seen one standing of a topic needs for the next; what waited for staff from the first is not new."""
    known = {one.public_id: one for one in before.posts}
    latest = max((one.created_at for one in before.posts), default=None)
    new = frozenset(
        one.public_id
        for one in now.posts
        if one.public_id not in known and not one.deleted and (latest is None or one.created_at >= latest)
    )
    posts = tuple(one for one in now.posts if one.public_id in new or known.get(one.public_id, one) != one)
    changed = _face(before.topic) != _face(now.topic)
    return Step(now.revision, now.topic, posts, new, _order(now), changed)


def _face(topic: TopicView) -> TopicView:
    """A topic without what every post changes."""
    return replace(topic, posts_count=0, last_post_at=topic.created_at, excerpt="")


def _order(now: Standing) -> tuple[str, ...]:
    return tuple(one.public_id for one in now.posts if not one.held)


class Memory:
    """A topic as this process knows it, and how it came to be so; ``begun`` is the number of the reading it is from."""

    def __init__(self, now: Standing, at: float, begun: int) -> None:
        self.now = self._told = now
        self.at, self.begun = at, begun
        self.over = False
        self._first = now.revision
        self._steps: deque[Step] = deque(maxlen=STEPS)
        self._since: dict[int, Step] = {}
        self._turn = asyncio.Event()

    @property
    def carries(self) -> bool:
        """Whether it shows what others than its own revision decide about."""
        topic = self.now.topic
        return bool(topic.cards or topic.flyer) or any(one.cards for one in self.now.posts)

    def go_on(self, now: Standing) -> None:
        """It is like this now: tell those who wait, if it has another revision."""
        self.now = now
        self._since.clear()
        if now.revision == self._told.revision:
            return
        if len(self._steps) == STEPS:
            self._first = self._steps[0].revision
        self._steps.append(step_between(self._told, now))
        self._told = now
        self._wake()

    def end(self) -> None:
        """It is gone, or the process stops: tell those who wait."""
        self.over = True
        self._wake()

    def _wake(self) -> None:
        self._turn.set()
        self._turn = asyncio.Event()

    def missed(self, since: int) -> tuple[Step, ...]:
        """What somebody who has seen revision ``since`` (0: nothing known) has not seen yet."""
        if since >= self.now.revision:
            return ()
        at = -1 if since < self._first else sum(one.revision <= since for one in self._steps)
        if at not in self._since:
            self._since[at] = self._missed(at)
        return (self._since[at],)

    def _missed(self, at: int) -> Step:
        """All steps from this one on as one, of what stands now: what has been taken away meanwhile is in none."""
        now, steps = self.now, [*self._steps][max(at, 0) :]
        touched = {one.public_id for step in steps for one in step.posts}
        if at < 0 or not touched <= {one.public_id for one in now.posts}:
            return Step(now.revision, now.topic, now.posts, frozenset(), _order(now), changed=False, whole=True)
        posts = tuple(one for one in now.posts if one.public_id in touched)
        new = frozenset[str]().union(*(step.new for step in steps))
        return Step(now.revision, now.topic, posts, new, _order(now), any(step.changed for step in steps))

    async def wait(self, since: int, seconds: float) -> None:
        """Until there is something after ``since``, the topic is over, or so many seconds have gone by."""
        if self.over or since < self.now.revision:
            return
        turn = self._turn
        try:
            await asyncio.wait_for(turn.wait(), seconds)
        except TimeoutError:
            return
