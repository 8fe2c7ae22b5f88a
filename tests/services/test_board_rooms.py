"""Boards that staff make: made, changed, in order, put away, taken out again."""

from __future__ import annotations

import pytest
from sqlmodel import select

from tamemap.errors import Conflict, Forbidden, Invalid, NotFound, Unauthenticated
from tamemap.models import AuditEntry, Board
from tamemap.queries.board_rooms import boards_desk
from tamemap.queries.boards import board, boards_of_map, topics
from tamemap.queries.screens import home
from tamemap.services import board_rooms, posts
from tests import factories


def made(tx, actor, slug="hitoyoshi-iju", *, map_slug="hitoyoshi", name="移住", **how):
    return board_rooms.make(tx, actor, map_slug=map_slug, name=name, slug=slug, **how)


def slugs(tx, world):
    return [one.slug for one in boards_of_map(tx, world.dai, slug="hitoyoshi")]


def test_ben_makes_boards_and_everybody_sees_them_in_their_order(tx, world):
    made(tx, world.ben, description="引っこしの話")
    made(tx, world.ben, "hitoyoshi-news", name="お知らせ", writers="staff")
    assert slugs(tx, world) == ["hitoyoshi-hiroba", "hitoyoshi-iju", "hitoyoshi-news"]
    assert [one.name for one in home(tx, world.dai, slug="hitoyoshi").boards] == ["広場", "移住", "お知らせ"]
    board_rooms.move(tx, world.ben, board="hitoyoshi-news", earlier=True)
    assert slugs(tx, world) == ["hitoyoshi-hiroba", "hitoyoshi-news", "hitoyoshi-iju"]
    # 広場 stays first, and nothing stands before it
    board_rooms.move(tx, world.ben, board="hitoyoshi-news", earlier=True)
    board_rooms.move(tx, world.ben, board="hitoyoshi-hiroba", earlier=False)
    assert slugs(tx, world) == ["hitoyoshi-hiroba", "hitoyoshi-news", "hitoyoshi-iju"]


def test_who_may_write_there_is_what_ben_has_said(tx, world):
    made(tx, world.ben, "hitoyoshi-news", name="お知らせ", writers="staff")
    made(tx, world.ben, "hitoyoshi-only", name="住民", writers="residents")
    with pytest.raises(Forbidden, match="not_allowed_staff_only"):
        factories.topic(tx, world.aki, board="hitoyoshi-news")
    with pytest.raises(Forbidden, match="not_allowed_residents_only"):
        factories.topic(tx, world.chie, board="hitoyoshi-only")
    factories.topic(tx, world.aki, board="hitoyoshi-only")
    board_rooms.change(tx, world.ben, board="hitoyoshi-only", name="みんな", description="", writers="members")
    factories.topic(tx, world.chie, board="hitoyoshi-only")
    assert board(tx, world.dai, slug="hitoyoshi-only").name == "みんな"


def test_addresses_are_plain_free_and_not_ours(tx, world):
    for slug in ("", "ab", "Iju!", "-iju", "iju--ken", "移住", "a" * 41, "answers", "desk", "topics", "../x"):
        with pytest.raises(Invalid) as caught:
            made(tx, world.ben, slug)
        assert [one.field for one in caught.value.errors] == ["slug"], slug
    made(tx, world.ben, " ＩＪＵ-2 ")
    assert "iju-2" in slugs(tx, world)
    # taken, also by another town's board
    for slug in ("iju-2", "kashima-hiroba"):
        with pytest.raises(Invalid, match="board_slug_taken"):
            made(tx, world.ben, slug)


def test_the_suggested_address_is_free(tx, world):
    assert boards_desk(tx, world.ben).suggested == "hitoyoshi-2"
    made(tx, world.ben, "hitoyoshi-2")
    assert boards_desk(tx, world.ben).suggested == "hitoyoshi-3"


def test_a_closed_board_is_read_and_nobody_writes_there(tx, world):
    made(tx, world.ben)
    talk = factories.topic(tx, world.aki, board="hitoyoshi-iju")
    written = factories.post(tx, world.aki, talk.public_id)
    for _ in range(2):
        board_rooms.close(tx, world.ben, board="hitoyoshi-iju")
    assert slugs(tx, world) == ["hitoyoshi-hiroba"]
    seen = board(tx, world.aki, slug="hitoyoshi-iju")
    assert (seen.closed, seen.may_write, seen.may_open) == (True, False, False)
    (still,) = topics(tx, world.aki, board="hitoyoshi-iju").items
    assert (still.closed, still.may_write) == (True, False)
    for who in (world.aki, world.ben):
        with pytest.raises(Conflict, match="board_closed"):
            factories.topic(tx, who, board="hitoyoshi-iju", title="まだ")
        with pytest.raises(Conflict, match="topic_closed"):
            factories.post(tx, who, talk.public_id, body="まだ")
    with pytest.raises(Conflict, match="topic_closed"):
        posts.edit_post(tx, world.aki, post=written.public_id, body="なおす")
    posts.remove_post(tx, world.aki, post=written.public_id)
    board_rooms.reopen(tx, world.ben, board="hitoyoshi-iju")
    factories.post(tx, world.aki, talk.public_id, body="また")
    verbs = [row.detail for row in tx.exec(select(AuditEntry).where(AuditEntry.verb == "board.make"))]
    assert verbs == [{}, {"ended": True}, {"reopened": True}]


def test_hiroba_is_never_closed(tx, world):
    with pytest.raises(Conflict, match="board_is_first"):
        board_rooms.close(tx, world.ben, board="hitoyoshi-hiroba")


def test_other_towns_staff_and_forged_addresses_change_nothing(tx, world):
    made(tx, world.ben)
    before = [(row.slug, row.name, row.position, row.closed_at) for row in tx.exec(select(Board).order_by(Board.id))]
    for who, error in ((world.fumi, Forbidden), (world.aki, Forbidden), (world.dai, Unauthenticated)):
        for deed in (
            lambda who: made(tx, who, "hitoyoshi-x"),
            lambda who: board_rooms.change(tx, who, board="hitoyoshi-iju", name="x", description="", writers="members"),
            lambda who: board_rooms.close(tx, who, board="hitoyoshi-iju"),
            lambda who: board_rooms.reopen(tx, who, board="hitoyoshi-iju"),
            lambda who: board_rooms.move(tx, who, board="hitoyoshi-iju", earlier=True),
            lambda who: boards_desk(tx, who, map_slug="hitoyoshi"),
        ):
            with pytest.raises(error):
                deed(who)
    for slug in ("nowhere", "'", "hitoyoshi-iju'--", ""):
        with pytest.raises(NotFound):
            board_rooms.close(tx, world.ben, board=slug)
        with pytest.raises(NotFound):
            made(tx, world.ben, "hitoyoshi-x", map_slug=slug or "'")
    assert [(row.slug, row.name, row.position, row.closed_at) for row in tx.exec(select(Board).order_by(Board.id))] == before


def test_the_regions_boards_are_its_operators(tx, world):
    made(tx, world.emi, "kuma-festa", map_slug="hitoyoshi-kuma", name="まつり")
    with pytest.raises(Invalid, match="board_no_residents"):
        made(tx, world.emi, "kuma-x", map_slug="hitoyoshi-kuma", writers="residents")
    with pytest.raises(Forbidden):
        made(tx, world.ben, "kuma-y", map_slug="hitoyoshi-kuma")
    assert [slug for slug, _ in boards_desk(tx, world.emi).maps] == ["hitoyoshi", "nishiki", "hitoyoshi-kuma"]
    assert [slug for slug, _ in boards_desk(tx, world.ben).maps] == ["hitoyoshi"]


def test_a_map_has_so_many_boards_and_no_more(tx, world):
    for number in range(19):
        made(tx, world.ben, f"hitoyoshi-{number}x")
    with pytest.raises(Conflict, match="boards_too_many"):
        made(tx, world.ben, "hitoyoshi-last")
    board_rooms.close(tx, world.ben, board="hitoyoshi-3x")
    made(tx, world.ben, "hitoyoshi-last")
    with pytest.raises(Conflict, match="boards_too_many"):
        board_rooms.reopen(tx, world.ben, board="hitoyoshi-3x")
