"""A raid: twenty new accounts write two hundred posts within a minute, between honest ones. Nothing honest is lost."""

from __future__ import annotations

from datetime import timedelta

from sqlmodel import func, select

from tamemap import clock
from tamemap.domain.care import AT_ONCE
from tamemap.errors import TooMany
from tamemap.models import Case, Notice, Post, Topic
from tamemap.queries.cases import queue
from tamemap.queries.posts import posts as read_posts
from tamemap.services import cases, posts
from tests import factories
from tests.factories import DAY
from tests.services.rows import mails

RAIDERS, EACH, KNOWN, HONEST = 20, 10, 3, 5


def known_member(tx, name):
    """Somebody who has been here for a few days."""
    made, now = factories.person(tx, name), clock.now()
    for number in range(4):
        with clock.frozen_at(now - 5 * DAY + number * DAY):
            factories.topic(tx, made, title=f"{name}の話{number}", body=f"{name}の{number}つめの話です")
    return made


def script(tx):
    """Who writes what, in the order of that minute: raiders' posts, and between them those of known and of new honest people."""
    raiders = [factories.person(tx, f"Raider{number}") for number in range(RAIDERS)]
    members = [known_member(tx, f"Member{number}") for number in range(KNOWN)]
    newcomers = [factories.person(tx, f"Newcomer{number}") for number in range(HONEST)]
    lines = [(raiders[number % RAIDERS], f"もうけ話その{number}、いますぐどうぞ") for number in range(RAIDERS * EACH)]
    for number in range(30):
        lines.insert(7 * number + 3, (members[number % KNOWN], f"{number}番目の朝市の話です"))
    for number, newcomer in enumerate(newcomers):
        lines.insert(40 * number + 35, (newcomer, f"はじめまして、{number}番目の新入りです"))
    return raiders, members, newcomers, lines


def raid(tx, world):
    """The minute itself: the topic, the people, and what became of every post: its row's id, or None when it was refused."""
    talk = factories.topic(tx, world.ben, title="朝市").public_id
    raiders, members, newcomers, lines = script(tx)
    done = []
    for number, (who, words) in enumerate(lines):
        with clock.frozen_at(clock.now() + number * timedelta(minutes=1) / len(lines)):
            try:
                done.append((who, posts.write_post(tx, who, topic=talk, body=words)))
            except TooMany:
                done.append((who, None))
    return talk, raiders, members, newcomers, done


def by(done, people):
    ids = {one.person_id for one in people}
    return [made for who, made in done if who.person_id in ids]


def counted(tx, talk):
    tx.expire_all()
    return tx.exec(select(Topic.posts_count).where(Topic.public_id == talk)).one()


def public(tx, world, talk):
    found = [read_posts(tx, world.dai, topic=talk, limit=100)]
    while found[-1].next:
        found.append(read_posts(tx, world.dai, topic=talk, limit=100, cursor=found[-1].next))
    return [one for page in found for one in page.items]


def nothing_honest_is_lost(tx, world, scene):
    talk, raiders, members, newcomers, done = scene
    assert [made.held for made in by(done, members)] == [False] * 30
    theirs = by(done, raiders)
    refused = [one for one in theirs if one is None]
    held = [one for one in theirs if one is not None and one.held]
    standing = [one for one in theirs if one is not None and not one.held]
    # six a minute are taken of each; of all newcomers together the first twenty stand
    assert (len(refused), len(held) + len(standing)) == (RAIDERS * (EACH - 6), RAIDERS * 6)
    honest = by(done, newcomers)
    assert None not in honest
    assert len(standing) + sum(1 for one in honest if not one.held) == 20
    rows = tx.exec(select(func.count()).select_from(Post).join(Topic).where(Topic.public_id == talk)).one()
    assert rows == 1 + 30 + HONEST + RAIDERS * 6
    stands = 1 + 30 + 20
    assert (counted(tx, talk), len(public(tx, world, talk))) == (stands, stands)


def staff_are_told_once(tx, world, done):
    held = {one.public_id for _, one in done if one is not None and one.held}
    assert set(tx.exec(select(Case.thing_id).where(Case.source == "surge"))) == held
    told = [row.code for row in tx.exec(select(Notice).where(Notice.person_id == world.ben.person_id))]
    assert told == ["care_held"]
    assert [mail["to"] for mail in mails(tx)] == ["ben@example.jp"]


def the_queue_is_cleared_in_bulk(tx, world, talk, newcomers, done):
    before = counted(tx, talk)
    honest = {one.public_id for one in by(done, newcomers) if one.held}
    assert honest
    calls, kept = 0, tuple(tx.exec(select(Case.public_id).where(Case.thing_id.in_(honest))))
    assert cases.decide(tx, world.ben, public_ids=kept, decision="keep").refused == ()
    shown = {one.public_id for one in public(tx, world, talk) if not one.held and not one.deleted}
    assert honest <= shown
    assert counted(tx, talk) == before + len(honest)
    while waiting := queue(tx, world.ben):
        ids = tuple(one.public_id for one in waiting)
        assert cases.decide(tx, world.ben, public_ids=ids, decision="remove", rule="advertising").refused == ()
        calls += 1
    assert calls <= 3
    assert len(kept) <= AT_ONCE
    # what nobody has seen leaves no line behind
    assert (counted(tx, talk), len(public(tx, world, talk))) == (before + len(honest),) * 2
    held_still = select(func.count()).select_from(Post).where(Post.held_at != None, Post.deleted_at == None)  # noqa: E711
    assert tx.exec(held_still).one() == 0


def test_a_raid_leaves_every_honest_post_standing_and_the_queue_is_cleared_in_four_decisions(tx, world):
    scene = raid(tx, world)
    talk, _, _, newcomers, done = scene
    with clock.frozen_at(clock.now() + timedelta(minutes=1)):
        nothing_honest_is_lost(tx, world, scene)
        staff_are_told_once(tx, world, done)
        the_queue_is_cleared_in_bulk(tx, world, talk, newcomers, done)
