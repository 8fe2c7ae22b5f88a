"""A topic goes on under the eyes of those who read it: one reading for all of them, and only what everybody may see."""

from __future__ import annotations

import asyncio
import json
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from contextvars import copy_context

import pytest
from sqlalchemy import event
from sqlmodel import select

from tamemap import clock, db, live, live_memory
from tamemap.errors import Gone, NotFound, Unavailable
from tamemap.models import Case, Post, Topic
from tamemap.services import boards, cases, flyers, polls, posts, reports
from tests import factories
from tests.web.browsers import app
from tests.web.pages import read

BOARD = "/b/hitoyoshi-hiroba"


async def never():
    """Between two looks of a hub that looks only when it is told to."""
    await asyncio.Event().wait()


@pytest.fixture
def hub(world, monkeypatch):
    """The hub of this process: it looks when the test says so, and its clock stands."""
    made = live.Hub(rest=never, timer=lambda: 0.0)
    monkeypatch.setattr(live, "hub", lambda: made)
    monkeypatch.setattr("tamemap.web.live.hub", lambda: made)
    return made


@pytest.fixture
def talk(world):
    """Aki's topic with an answer of Chie's: its id and the answer's."""
    topic = done(factories.topic, world.aki, title="今年の紅葉").public_id
    return topic, done(factories.post, world.chie, topic, body="川べりがきれい").public_id


def done(act, *args, **named):
    """Do this in a transaction of its own; what it answers."""
    with db.transaction(write=True) as tx:
        return act(tx, *args, **named)


def run(coroutine):
    """Run it on a loop of its own, in a thread: a browser test before this one may have left its loop in ours."""
    with ThreadPoolExecutor(1) as pool:
        return pool.submit(copy_context().run, asyncio.run, coroutine).result(20)


@contextmanager
def counted():
    """How many statements the database gets."""
    asked = []

    def note(_connection, _cursor, statement, *_more):
        asked.append(statement)

    event.listen(db.engine(), "before_cursor_execute", note)
    try:
        yield asked
    finally:
        event.remove(db.engine(), "before_cursor_execute", note)


class Reader:
    """A browser at a topic's stream: the real application, spoken to as a server does."""

    def __init__(self, topic, *, query="", board="hitoyoshi-hiroba", client="192.0.2.1", **headers):
        self.scope = {
            "type": "http", "asgi": {"version": "3.0", "spec_version": "2.3"}, "http_version": "1.1", "method": "GET",
            "scheme": "http", "path": f"/b/{board}/{topic}/live", "raw_path": b"", "query_string": query.encode(),
            "root_path": "",
            "headers": [(b"host", b"testserver"), (b"accept-encoding", b"gzip")]
            + [(name.replace("_", "-").encode(), value.encode()) for name, value in headers.items()],
            "client": (client, 50000), "server": ("testserver", 80),
        }  # fmt: skip
        self.status, self.headers, self.text, self.ended = 0, {}, "", False
        self._left, self._more = asyncio.Event(), asyncio.Event()

    async def __aenter__(self):
        self._task = asyncio.create_task(self._listen())
        await self.until(lambda: self.text or self.ended)
        return self

    async def __aexit__(self, *_error):
        self._left.set()
        await self._task

    async def _listen(self):
        await app()(self.scope, self._receive, self._send)
        self.ended = True
        self._more.set()

    async def _receive(self):
        await self._left.wait()
        return {"type": "http.disconnect"}

    async def _send(self, message):
        if message["type"] == "http.response.start":
            self.status = message["status"]
            self.headers = {name.decode(): value.decode() for name, value in message["headers"]}
        else:
            self.text += message.get("body", b"").decode()
        self._more.set()

    async def until(self, wanted):
        """Wait for what the server sends until this holds."""
        while not wanted():
            self._more.clear()
            await asyncio.wait_for(self._more.wait(), 10)

    async def heard(self, name, times=1):
        """The data of the last of so many events of this name."""
        await self.until(lambda: len(self.events(name)) >= times)
        return self.events(name)[-1]

    def events(self, name):
        """The data of all events of this name so far."""
        blocks = [dict(line.split(": ", 1) for line in block.splitlines() if ": " in line) for block in self.text.split("\n\n")]
        return [json.loads(one["data"]) for one in blocks if one.get("event") == name]


def states(news):
    return [(one["id"], one["state"]) for one in news["posts"]]


def test_a_hundred_readers_of_a_topic_cost_as_much_as_one(world, hub, talk):
    topic, _ = talk

    async def costs(readers):
        seats = [await hub.sit(topic, f"192.0.2.{n}") for n in range(readers)]
        made = await asyncio.to_thread(done, factories.post, world.aki, topic, body=f"{readers}人")
        with counted() as asked:
            await hub.look()
        with counted() as idle:
            await hub.look()
        for seat in seats:
            assert [one.public_id for one in seat.memory.missed(seat.memory.now.revision - 1)[0].posts] == [made.public_id]
            hub.leave(seat)
        return len(asked), len(idle)

    alone, crowd = run(costs(1)), run(costs(100))
    # BEGIN is among them; with nothing new there is one question for all topics
    assert alone == crowd
    assert (alone[0] <= 20, alone[1] <= 2) == (True, True), alone


def test_nobody_reads_nothing_is_asked_and_nothing_is_kept(world, hub, talk):
    topic, _ = talk

    async def story():
        seat = await hub.sit(topic)
        task = hub._task
        hub.leave(seat)
        hub.leave(seat)
        await asyncio.sleep(0)
        return task.cancelled(), hub._task, hub.readers, hub._memories

    assert run(story()) == (True, None, 0, {})


def test_the_hub_looks_by_itself_while_somebody_reads(world, talk):
    topic, _ = talk

    async def story():
        turn = asyncio.Event()
        hub = live.Hub(rest=turn.wait)
        seat = await hub.sit(topic)
        await asyncio.to_thread(done, factories.post, world.aki, topic, body="そうですね")
        waiting = asyncio.create_task(seat.memory.wait(seat.memory.now.revision, 10))
        turn.set()
        await waiting
        hub.leave(seat)
        return len(seat.memory.now.posts)

    assert run(story()) == 3


def test_a_look_that_fails_is_tried_again(world, talk, monkeypatch):
    topic, _ = talk
    real, calls = live.door.acall, []

    async def failing(function, *args, **named):
        calls.append(function)
        if len(calls) == 2:
            raise OSError("the database is away")
        return await real(function, *args, **named)

    async def story():
        monkeypatch.setattr(live.door, "acall", failing)
        hub = live.Hub(rest=lambda: asyncio.sleep(0))
        seat = await hub.sit(topic)
        await asyncio.to_thread(done, factories.post, world.aki, topic, body="そうですね")
        await seat.memory.wait(seat.memory.now.revision, 10)
        hub.leave(seat)
        return len(seat.memory.now.posts)

    assert run(story()) == 3


def test_a_new_post_is_drawn_as_the_page_draws_it_for_a_guest(world, hub, talk, visit):
    topic, _ = talk

    async def story():
        async with Reader(topic) as reader:
            hello = await reader.heard("hello")
            made = await asyncio.to_thread(done, factories.post, world.ben, topic, body="**8時**からです")
            await hub.look()
            return reader, hello, made.public_id, await reader.heard("news")

    reader, hello, made, news = run(story())
    assert (reader.status, reader.headers["content-type"]) == (200, "text/event-stream; charset=utf-8")
    assert (reader.headers["cache-control"], reader.headers["x-accel-buffering"]) == ("no-store", "no")
    assert "content-encoding" not in reader.headers
    assert reader.text.startswith("retry: ")
    assert (states(news), news["count"], news["changed"], news["whole"]) == ([(made, "new")], 3, False, False)
    assert news["revision"] == hello["revision"] + 1
    assert f"id: {news['revision']}\nevent: news\n" in reader.text
    page = visit().get(f"{BOARD}/{topic}").text
    assert news["posts"][0]["html"] in page
    assert f'data-tm-stream-since="{news["revision"]}"' in page
    assert hub.readers == 0


def test_what_is_changed_removed_held_and_let_go_changes_for_all(world, hub, talk):
    topic, post = talk
    done(reports.make, world.aki, thing="post", thing_id=post, reason="rude", words="つらいです")
    with db.transaction(write=False) as tx:
        case = tx.exec(select(Case.public_id)).one()
    deeds = [
        (posts.edit_post, world.chie, {"post": post, "body": "やはり山"}),
        (cases.decide, world.ben, {"public_ids": (case,), "decision": "hold", "rule": "harassment", "words": "確認します"}),
        (cases.decide, world.ben, {"public_ids": (case,), "decision": "keep"}),
        (posts.remove_post, world.chie, {"post": post}),
    ]

    async def story():
        async with Reader(topic) as reader:
            for deed, actor, wishes in deeds:
                await asyncio.to_thread(done, deed, actor, **wishes)
                await hub.look()
            await reader.heard("news", 4)
            return reader.events("news")

    heard = run(story())
    assert [states(one) for one in heard] == [[(post, state)] for state in ("changed", "gone", "changed", "gone")]
    assert [one["posts"][0]["held"] for one in heard] == [False, True, False, False]
    assert ["やはり山" in one["posts"][0]["html"] for one in heard] == [True, False, True, False]


def test_what_was_held_from_the_first_never_enters_until_it_is_let_go(world, hub, talk):
    topic, _ = talk

    def held(tx):
        number = tx.exec(select(Topic.id)).one()
        now = clock.now()
        row = Post(
            topic_id=number, author_id=world.aki.person_id, body="売ります", html="<p>売ります</p>", created_at=now, held_at=now
        )
        tx.add(row)
        tx.flush()
        return row.public_id

    def let_go(tx, public_id):
        row = tx.exec(select(Post).where(Post.public_id == public_id)).one()
        row.held_at = None
        tx.add(row)

    async def story():
        async with Reader(topic) as reader:
            waits = await asyncio.to_thread(done, held)
            await hub.look()
            after = (await asyncio.to_thread(done, factories.post, world.chie, topic, body="そのあと")).public_id
            await hub.look()
            await reader.heard("news", 2)
            before = reader.text
            await asyncio.to_thread(done, let_go, waits)
            await hub.look()
            return waits, after, before, await reader.heard("news", 3)

    waits, after, before, news = run(story())
    assert (waits in before, "売ります" in before, after in before) == (False, False, True)
    assert states(news) == [(waits, "changed")]
    assert "売ります" in news["posts"][0]["html"]
    # its place is before what was written after it
    assert news["order"][-2:] == [waits, after]


def test_votes_closing_and_the_rest_of_a_topic_are_told(world, hub, talk):
    topic, _ = talk
    poll = done(polls.open_poll, world.aki, topic=topic, question="どこへ", options=["山", "川"]).poll.public_id

    async def story():
        async with Reader(topic) as reader:
            await asyncio.to_thread(done, polls.vote, world.chie, poll=poll, options=[1])
            await hub.look()
            await asyncio.to_thread(done, boards.close_topic, world.aki, topic=topic)
            await hub.look()
            await reader.heard("news", 2)
            return [(one["changed"], one["posts"]) for one in reader.events("news")]

    assert run(story()) == [(True, []), (True, [])]


def test_a_broken_line_gets_what_it_has_missed_and_a_long_broken_one_all(world, hub, talk, monkeypatch):
    topic, post = talk
    monkeypatch.setattr(live_memory, "STEPS", 3)

    async def story():
        async with Reader(topic) as steady:
            first = (await steady.heard("hello"))["revision"]
            written = []
            for n in range(4):
                written.append((await asyncio.to_thread(done, factories.post, world.aki, topic, body=f"その{n}")).public_id)
                await hub.look()
            await steady.heard("news", 4)
            async with Reader(topic, last_event_id=str(first + 2)) as short, Reader(topic, query=f"since={first - 1}") as long:
                await short.heard("news")
                return written, [states(one) for one in short.events("news")], await long.heard("news")

    written, short, long = run(story())
    assert short == [[(written[2], "new"), (written[3], "new")]]
    assert (long["whole"], [one["id"] for one in long["posts"]][1:]) == (True, [post, *written])


def test_who_comes_later_is_not_told_what_was_taken_away_meanwhile(world, hub, talk):
    topic, _ = talk
    flyer = done(lambda tx: factories.flyer(tx, world.aki, title="隠れ市").public_id)

    async def story():
        async with Reader(topic) as steady:
            first = (await steady.heard("hello"))["revision"]
            linking = await asyncio.to_thread(done, factories.post, world.aki, topic, body=f"これです /f/{flyer}")
            secret = (await asyncio.to_thread(done, factories.post, world.chie, topic, body="ひみつ")).public_id
            await hub.look()
            await steady.heard("news")
            async with Reader(topic, query=f"since={first}") as before:
                was = await before.heard("news")
            await asyncio.to_thread(done, flyers.delete, world.aki, public_id=flyer)
            await asyncio.to_thread(done, posts.remove_post, world.chie, post=secret)
            # no look at the database lies in between, and the other one still sits there
            found = []
            for since in (first, 0):
                async with Reader(topic, query=f"since={since}") as after:
                    found.append((await after.heard("news"), after.text))
            home = await hub.latest(topic, 0)
            return was, found, home, linking.public_id, secret

    was, found, home, linking, secret = run(story())
    assert (states(was), "隠れ市" in was["posts"][0]["html"]) == ([(linking, "new"), (secret, "new")], True)
    assert states(found[0][0]) == [(linking, "new"), (secret, "gone")]
    for _, text in found:
        assert ("隠れ市" in text, "ひみつ" in text) == (False, False)
    assert [one.cards for one in home.posts if one.public_id == linking] == [()]


def test_a_topic_that_is_held_or_removed_ends_the_stream(world, hub, talk):
    topic, _ = talk

    async def story():
        async with Reader(topic) as reader:
            await asyncio.to_thread(done, boards.remove_topic, world.ben, topic=topic, reason="きまりに反します")
            await hub.look()
            await reader.until(lambda: reader.ended)
            async with Reader(topic) as late:
                return reader.events("gone"), hub.readers, late.status, late.text

    assert run(story()) == ([{}], 0, 410, "")


def test_when_the_server_stops_all_streams_end_and_nobody_is_let_in(world, hub, talk):
    topic, _ = talk

    async def story():
        async with Reader(topic) as reader:
            hub.close()
            await reader.until(lambda: reader.ended)
            async with Reader(topic) as late:
                return reader.events("gone"), late.status, late.headers["retry-after"]

    assert run(story()) == ([], 503, "30")


STOPPED = """
import asyncio, signal
from tamemap.live import hub
from tamemap.web.live import end_with_process

async def story():
    told = asyncio.Event()
    asyncio.get_running_loop().add_signal_handler(signal.SIGTERM, told.set)
    await end_with_process()
    signal.raise_signal(signal.SIGTERM)
    await asyncio.wait_for(told.wait(), 10)
    await asyncio.sleep(0)
    print(hub().closed)

asyncio.run(story())
"""


def test_the_word_to_stop_reaches_the_hub_and_the_server():
    # in a process of its own: only a main thread hears signals
    said = subprocess.run([sys.executable, "-c", STOPPED], capture_output=True, text=True, check=True, timeout=60)
    assert said.stdout == "True\n"


def test_a_head_is_answered_and_holds_no_place(world, hub, talk, visit):
    answer = visit().head(f"{BOARD}/{talk[0]}/live")
    assert (answer.status_code, answer.headers["content-type"], hub.readers) == (200, "text/event-stream; charset=utf-8", 0)


def test_there_is_room_for_so_many_and_for_so_many_of_one_address(world, hub, talk, monkeypatch):
    topic, _ = talk
    monkeypatch.setattr(live, "MOST", 3)
    monkeypatch.setattr(live, "MOST_OF_CLIENT", 2)

    async def story():
        async with Reader(topic), Reader(topic):
            async with Reader(topic) as third:
                assert (third.status, third.headers["retry-after"]) == (429, "30")
            async with Reader(topic, client="192.0.2.9"), Reader(topic, client="192.0.2.10") as fourth:
                assert (fourth.status, fourth.headers["retry-after"]) == (503, "30")
        async with Reader(topic) as later:
            return later.status

    assert run(story()) == 200
    assert not hub._clients


@pytest.mark.parametrize(("board", "topic"), [("hitoyoshi-hiroba", "2222222222zz"), ("nishiki-hiroba", ""), ("x", "")])
def test_what_is_not_there_has_no_stream(world, hub, talk, board, topic):
    async def story():
        async with Reader(topic or talk[0], board=board) as reader:
            return reader.status, reader.text, hub.readers

    assert run(story()) == (404, "", 0)


@pytest.mark.parametrize("since", ["-1", "x", "９", "1e3", "9" * 40, "99999999999", "%00", ""])
def test_a_forged_revision_is_no_mishap(world, hub, talk, since):
    async def story():
        async with Reader(talk[0], query=f"since={since}") as reader:
            return reader.status, len(reader.events("hello"))

    assert run(story()) == (200, 1)


def test_the_last_page_of_a_topic_listens_and_no_other(world, visit, talk):
    topic, _ = talk
    with db.transaction(write=True) as tx:
        number = tx.exec(select(Topic.id)).one()
        tx.add_all(Post(topic_id=number, body="x", html="x", created_at=clock.now()) for _ in range(50))
    first = read(visit().get(f"{BOARD}/{topic}"))
    scripts = [one["src"] for one in first.all("script")]
    assert (scripts, "data-tm-stream" in str(first.one(class_="tm-posts").attributes)) == (["/pwa.js", "/kept.js"], False)
    last = read(visit().get(first.one("a", rel="next")["href"]))
    assert last.one(class_="tm-posts")["data-tm-stream"] == f"{BOARD}/{topic}/live"
    assert [one["src"] for one in last.all("script")] == ["/live.js", "/pwa.js", "/kept.js"]


def test_memory_answers_and_a_forged_number_asks_no_more_than_a_tick_would(world, talk):
    topic, _ = talk
    now = [0.0]
    rested = []

    async def rest():
        rested.append(now[0])
        now[0] += live.EVERY

    async def story():
        hub = live.Hub(rest=rest, timer=lambda: now[0])
        first = await hub.latest(topic, 0)
        with counted() as asked:
            for _ in range(20):
                assert await hub.latest(topic, first.revision) is first
        with counted() as forged:
            await asyncio.gather(*(hub.latest(topic, 2**31) for _ in range(20)))
        return len(asked), len([one for one in forged if "ORDER BY post.id DESC" in one])

    cached, readings = run(story())
    assert cached == 0
    assert rested
    assert readings <= len(rested) + 1


def test_what_nobody_follows_is_read_anew_after_a_moment_and_what_left_is_gone(world, talk):
    topic, _ = talk
    now = [0.0]

    async def story():
        hub = live.Hub(rest=never, timer=lambda: now[0])
        await hub.latest(topic, 0)
        await asyncio.to_thread(done, boards.remove_topic, world.ben, topic=topic, reason="きまりに反します")
        now[0] = 60.0
        with pytest.raises(Gone):
            await hub.latest(topic, 0)
        with pytest.raises(NotFound):
            await hub.latest("2222222222zz", 0)
        hub.closed = True
        with pytest.raises(Unavailable):
            await hub.sit(topic)

    run(story())
