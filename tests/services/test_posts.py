"""Changing, removing, closing, and tapping reactions."""

from __future__ import annotations

import pytest
from sqlmodel import func, select

from tamemap.errors import Conflict, Forbidden, Gone, Invalid, NotFound, Unauthenticated
from tamemap.models import CaseDecision, Post
from tamemap.queries.boards import topic, topics
from tamemap.queries.posts import ReactionView
from tamemap.queries.posts import posts as read_posts
from tamemap.services import boards, posts
from tests.services.rows import mails
from tests.services.talk import TOWN, answered, notices_of, opened

# changing


def test_chie_changes_her_words_and_it_shows(tx, world):
    post = answered(tx, world.chie, opened(tx, world.aki))
    found = posts.edit_post(tx, world.chie, post=post.public_id, body="とても*いい*ですね")
    assert (found.html, found.edited) == ("<p>とても<em>いい</em>ですね</p>", True)
    assert posts.edit_post(tx, world.chie, post=post.public_id, body="とても*いい*ですね") == found


def test_the_same_words_again_are_no_change(tx, world):
    post = answered(tx, world.chie, opened(tx, world.aki))
    assert posts.edit_post(tx, world.chie, post=post.public_id, body="いいですね").edited is False


def test_nobody_changes_the_words_of_others(tx, world):
    post = answered(tx, world.chie, opened(tx, world.aki))
    for actor, error in ((world.aki, Forbidden), (world.ben, Forbidden), (world.emi, Forbidden), (world.dai, Unauthenticated)):
        with pytest.raises(error):
            posts.edit_post(tx, actor, post=post.public_id, body="ちがう")
    with pytest.raises(Invalid):
        posts.edit_post(tx, world.chie, post=post.public_id, body="")


# removing


def test_chie_takes_her_post_back(tx, world):
    started = opened(tx, world.aki)
    post = answered(tx, world.chie, started)
    assert posts.remove_post(tx, world.chie, post=post.public_id) == posts.Removed(post.public_id, again=False)
    assert posts.remove_post(tx, world.chie, post=post.public_id) == posts.Removed(post.public_id, again=True)
    assert topic(tx, world.aki, public_id=started.public_id).posts_count == 1
    assert notices_of(tx, world.chie) == []
    with pytest.raises(Gone):
        posts.edit_post(tx, world.chie, post=post.public_id, body="やっぱり")


def test_ben_removes_it_with_a_reason_that_chie_reads(tx, world):
    started = opened(tx, world.aki)
    post = answered(tx, world.chie, started)
    with pytest.raises(Invalid) as refused:
        posts.remove_post(tx, world.ben, post=post.public_id, reason=" ")
    assert refused.value.code == "reason_missing"
    for _ in range(2):
        posts.remove_post(tx, world.ben, post=post.public_id, reason="電話番号がありました")
    decision = tx.exec(select(CaseDecision.public_id)).one()
    url, params = f"/decisions/{decision}", {"title": started.title, "rule": "そのほか", "words": "電話番号がありました"}
    assert notices_of(tx, world.chie) == [("case_remove", params, url)]
    (mail,) = mails(tx)
    assert mail["to"] == "chie@example.jp"
    assert "電話番号がありました" in mail["text"]
    assert "http://localhost:8000" + url in mail["text"]


def test_others_remove_nothing(tx, world):
    post = answered(tx, world.chie, opened(tx, world.aki))
    for actor, error in ((world.aki, Forbidden), (world.fumi, Forbidden), (world.dai, Unauthenticated)):
        with pytest.raises(error):
            posts.remove_post(tx, actor, post=post.public_id, reason="いや")
    assert tx.exec(select(func.count()).where(Post.deleted_at != None)).one() == 0  # noqa: E711


def test_a_removed_topic_is_gone_for_everybody(tx, world):
    started = opened(tx, world.aki)
    with pytest.raises(Forbidden):
        boards.remove_topic(tx, world.aki, topic=started.public_id, reason="いや")
    with pytest.raises(Invalid):
        boards.remove_topic(tx, world.ben, topic=started.public_id, reason="")
    boards.remove_topic(tx, world.ben, topic=started.public_id, reason="宣伝でした")
    assert [code for code, _, _ in notices_of(tx, world.aki)] == ["case_remove"]
    assert topics(tx, world.aki, board=TOWN).items == ()
    for call in (
        lambda: topic(tx, world.ben, public_id=started.public_id),
        lambda: answered(tx, world.aki, started),
        lambda: boards.remove_topic(tx, world.ben, topic=started.public_id, reason="宣伝でした"),
    ):
        with pytest.raises(Gone):
            call()


# closing


def test_aki_closes_her_topic_and_nobody_writes_any_more(tx, world):
    started = opened(tx, world.aki)
    post = answered(tx, world.chie, started)
    with pytest.raises(Forbidden):
        boards.close_topic(tx, world.chie, topic=started.public_id)
    found = boards.close_topic(tx, world.aki, topic=started.public_id)
    assert (found.closed, found.may_write, found.may_close) == (True, False, False)
    assert boards.close_topic(tx, world.aki, topic=started.public_id) == found
    with pytest.raises(Conflict):
        answered(tx, world.chie, started, "まだある")
    with pytest.raises(Conflict):
        posts.edit_post(tx, world.chie, post=post.public_id, body="まだある")


def test_a_closed_theme_is_no_longer_pinned(tx, world):
    started = opened(tx, world.ben, kind="theme")
    assert not boards.close_topic(tx, world.emi, topic=started.public_id).pinned


# reactions


def taps(view):
    return {reaction.kind: (reaction.count, reaction.mine) for reaction in view.reactions if reaction.count}


def test_a_tap_counts_once_and_can_be_taken_back(tx, world):
    post = read_posts(tx, world.aki, topic=opened(tx, world.aki).public_id).items[0]
    assert post.reactions == tuple(ReactionView(kind, 0, mine=False) for kind in ("like", "thanks", "join", "cheer"))
    for _ in range(2):
        assert taps(posts.react(tx, world.chie, post=post.public_id, kind="join", on=True)) == {"join": (1, True)}
    assert taps(posts.react(tx, world.ben, post=post.public_id, kind="join", on=True)) == {"join": (2, True)}
    posts.react(tx, world.chie, post=post.public_id, kind="like", on=True)
    for _ in range(2):
        found = posts.react(tx, world.chie, post=post.public_id, kind="join", on=False)
        assert taps(found) == {"join": (1, False), "like": (1, True)}


def test_a_tap_needs_a_person_a_kind_and_a_post(tx, world):
    post = read_posts(tx, world.aki, topic=opened(tx, world.aki).public_id).items[0].public_id
    with pytest.raises(Unauthenticated):
        posts.react(tx, world.dai, post=post, kind="like", on=True)
    with pytest.raises(Invalid) as refused:
        posts.react(tx, world.aki, post=post, kind="hate", on=True)
    assert refused.value.code == "reaction_wrong"
    with pytest.raises(NotFound):
        posts.react(tx, world.aki, post="nowhere", kind="like", on=True)
    posts.remove_post(tx, world.aki, post=post)
    with pytest.raises(Gone):
        posts.react(tx, world.aki, post=post, kind="like", on=True)
