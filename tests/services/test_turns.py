"""Many at the same moment, each in a transaction of their own: what is counted and then decided holds."""

from __future__ import annotations

import contextvars
import re
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier
from typing import TYPE_CHECKING, Any

from sqlmodel import func, select

from tamemap import db, session
from tamemap.domain.actors import SYSTEM, Actor
from tamemap.errors import TooMany
from tamemap.models import Heartbeat, Map, Person, Picture, Placement, Post, Reaction, SignedIn, Topic
from tamemap.services import boards, flyers, housekeeping, mail_codes, posts, sign_in
from tests import factories
from tests.services.rows import mails

if TYPE_CHECKING:
    from collections.abc import Callable

GUEST = Actor(guest_hash="g" * 64)


def at_once(times: int, act: Callable[..., Any]) -> list[Any]:
    """Call ``act(session, n)`` so often at the same moment; the answers, or what was raised."""

    def one(n: int) -> Any:
        try:
            with db.transaction(write=True) as tx:
                return act(tx, n)
        except TooMany as error:
            return error

    with ThreadPoolExecutor(times) as pool:
        return [future.result() for future in [pool.submit(contextvars.copy_context().run, one, n) for n in range(times)]]


def count(table: Any, *where: Any) -> int:
    with db.transaction(write=False) as tx:
        return tx.exec(select(func.count()).select_from(table).where(*where)).one()


def test_asking_at_the_same_moment_sends_no_more_mails_than_allowed(world, monkeypatch):
    monkeypatch.setattr(mail_codes, "ASKS_PER_MAIL", 5)
    found = at_once(8, lambda tx, n: sign_in.ask(tx, GUEST, mail="gina@example.jp", browser_key=f"{n}"))
    assert sum(isinstance(one, TooMany) for one in found) == 3
    with db.transaction(write=False) as tx:
        assert len(mails(tx)) == 5


def test_one_code_opens_one_session(world):
    with db.transaction(write=True) as tx:
        sign_in.ask(tx, GUEST, mail="gina@example.jp", browser_key="phone")
        code = re.search(r"^\d{6}$", mails(tx)[0]["text"], re.MULTILINE)[0]
    found = at_once(6, lambda tx, n: sign_in.with_code(tx, GUEST, mail="gina@example.jp", code=code, browser_key="phone"))
    assert sorted(one.problem or "" for one in found) == ["", *["sign_in_code_wrong"] * 5]
    assert count(SignedIn) == 1


def test_guessing_at_the_same_moment_gives_no_more_than_five_tries(world):
    with db.transaction(write=True) as tx:
        sign_in.ask(tx, GUEST, mail="gina@example.jp", browser_key="phone")
        code = int(re.search(r"^\d{6}$", mails(tx)[0]["text"], re.MULTILINE)[0])
    wrong = f"{(code + 1) % 1_000_000:06d}"
    found = at_once(8, lambda tx, n: sign_in.with_code(tx, GUEST, mail="gina@example.jp", code=wrong, browser_key="phone"))
    assert sorted(one.tries_left for one in found) == [0, 0, 0, 0, 1, 2, 3, 4]


def test_two_browsers_make_one_person(world):
    codes = []
    for n in range(4):
        with db.transaction(write=True) as tx:
            sign_in.ask(tx, GUEST, mail="gina@example.jp", browser_key=f"{n}")
            codes.append(re.search(r"^\d{6}$", mails(tx)[-1]["text"], re.MULTILINE)[0])
    before = count(Person)
    found = at_once(4, lambda tx, n: sign_in.with_code(tx, GUEST, mail="gina@example.jp", code=codes[n], browser_key=f"{n}"))
    assert len({one.person_public_id for one in found}) == 1
    assert count(Person) == before + 1
    assert len({session.hashed(one.token) for one in found}) == 4


def test_answers_taps_and_the_limit_are_counted_right(world):
    with db.transaction(write=True) as tx:
        topic = boards.open_topic(tx, world.aki, board="hitoyoshi-hiroba", kind="talk", title="話", body="どう").public_id
    people = (world.ben, world.chie, world.emi, world.fumi)
    written = at_once(8, lambda tx, n: posts.write_post(tx, people[n % 4], topic=topic, body=f"{n}"))
    with db.transaction(write=False) as tx:
        assert tx.exec(select(Topic.posts_count)).one() == 9
    at_once(6, lambda tx, n: posts.react(tx, world.aki, post=written[0].public_id, kind="like", on=True))
    assert count(Reaction) == 1
    more = at_once(12, lambda tx, n: posts.write_post(tx, world.aki, topic=topic, body=f"もう{n}"))
    assert sum(isinstance(one, TooMany) for one in more) == 7
    assert count(Post) == 14


def test_the_first_beats_of_several_machines_do_not_collide(world):
    assert at_once(6, lambda tx, n: housekeeping.beat(tx, SYSTEM, name="worker")) == [None] * 6
    assert count(Heartbeat) == 1


def test_flyers_that_leave_the_same_maps_at_the_same_moment_do_not_wait_for_each_other(world):
    with db.transaction(write=True) as tx:
        ids = [factories.flyer(tx, world.aki, title=f"市{n}", outside=True).public_id for n in range(8)]
    with db.transaction(write=False) as tx:
        before = dict(tx.exec(select(Map.slug, Map.version)).all())
    found = at_once(8, lambda tx, n: flyers.delete(tx, world.aki, public_id=ids[n]).public_id)
    assert found == ids
    with db.transaction(write=False) as tx:
        after = dict(tx.exec(select(Map.slug, Map.version)).all())
    risen = {slug: after[slug] - before[slug] for slug in after if after[slug] != before[slug]}
    assert risen == {"hitoyoshi": 8, "hitoyoshi-kuma": 8}


def test_staff_and_the_worker_at_the_same_flyers_at_the_same_moment_do_not_wait_for_each_other(world):
    with db.transaction(write=True) as tx:
        ids = [factories.flyer(tx, world.aki, title=f"市{n}", outside=True).id for n in range(6)]
    together = Barrier(2 * len(ids))

    def change(tx, n):
        if n % 2:
            tx.exec(select(Picture).where(Picture.flyer_id == ids[n // 2])).one().blur = "made"
        else:
            for placed in tx.exec(select(Placement).where(Placement.flyer_id == ids[n // 2])).all():
                placed.state = "held"
        tx.flush()
        if not db.is_sqlite(tx):  # where the second writer begins after the first
            together.wait(60)

    at_once(2 * len(ids), change)
    assert count(Placement, Placement.state == "held") == 2 * len(ids)
    assert count(Picture, Picture.blur == "made") == len(ids)
