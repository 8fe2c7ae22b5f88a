"""Posting and writing in a group's name."""

from __future__ import annotations

from dataclasses import replace

import pytest
from sqlmodel import select

from tamemap import clock
from tamemap.errors import Forbidden, Gone, Invalid, NotFound, Unauthenticated
from tamemap.models import Board, Map, Notice
from tamemap.queries.flyer import flyer as flyer_view
from tamemap.queries.flyer import mine
from tamemap.queries.groups import group_page
from tamemap.queries.history import history
from tamemap.queries.posts import posts as read_posts
from tamemap.services import boards, decisions, flyers, groups, posts
from tamemap.services.groups_members import remove_member
from tests import factories
from tests.factories import HITOYOSHI, HOUR, NISHIKI, OFFICES, waiting_picture
from tests.services.group_rows import asked, group, join, now


@pytest.fixture
def sakura(tx, world):
    return group(tx, world.aki, world.ben)


@pytest.fixture
def aki(tx, world, sakura):
    return now(tx, world.aki)


@pytest.fixture
def chie(tx, world, sakura):
    return join(tx, sakura, world.chie)


def put_up(db, actor, slug="sakura-kai", at=OFFICES[HITOYOSHI], title="秋の市", **more):
    raw = {"title": title, "category": "market", "lat": str(at[0]), "lng": str(at[1])} | more.pop("raw", {})
    ids = (waiting_picture(db, actor).public_id,)
    return flyers.post(db, actor, raw=raw, picture_ids=ids, may_post=True, group=slug, **more).public_id


def told(db, actor):
    return [row.code for row in db.exec(select(Notice).where(Notice.person_id == actor.person_id).order_by(Notice.id))]


def test_chie_posts_for_the_group_and_all_of_it_stand_to_the_flyer(tx, world, aki, chie):
    public_id = put_up(tx, chie, outside=True)
    seen = flyer_view(tx, world.dai, public_id=public_id)
    assert (seen.group.slug, seen.organiser, seen.is_mine, seen.may_change) == ("sakura-kai", "さくら会", False, False)
    for actor in (aki, chie):
        assert flyer_view(tx, actor, public_id=public_id).may_change
        assert [one.card.public_id for one in mine(tx, actor)] == [public_id]
        assert history(tx, actor, public_id=public_id)
    flyers.change(tx, aki, public_id=public_id, raw={"title": "春の市"})
    assert flyers.set_outside(tx, aki, public_id=public_id, outside=False).placements[1].state == "withdrawn"
    assert [one.title for one in group_page(tx, world.dai, slug="sakura-kai").flyers] == ["春の市"]


def test_a_groups_program_speaks_for_the_group_and_is_nobody_elses(tx, world, sakura, aki):
    own = factories.flyer(tx, aki)
    program = replace(aki, scopes=frozenset({"flyers", "boards"}), owns=frozenset())
    public_id = put_up(tx, program, "")
    assert flyer_view(tx, world.dai, public_id=public_id).group.slug == "sakura-kai"
    flyers.change(tx, program, public_id=public_id, raw={"title": "春の市"})
    with pytest.raises(Forbidden):
        flyers.change(tx, program, public_id=own.public_id, raw={"title": "のっとり"})
    topic = boards.open_topic(tx, program, board="hitoyoshi-hiroba", kind="talk", title="市", body="来てね")
    assert topic.author.group.slug == "sakura-kai"
    with pytest.raises(Forbidden, match="token_scope_missing"):
        groups.close(tx, program, slug="sakura-kai")


def test_what_the_poster_says_of_the_organiser_stays(tx, chie):
    public_id = put_up(tx, chie, raw={"organiser": "実行委員会"})
    assert flyer_view(tx, chie, public_id=public_id).organiser == "実行委員会"


@pytest.mark.parametrize(
    ("slug", "code"), [("no-such", "group_unknown"), ("../x", "group_unknown"), ("asked-kai", "group_unknown")]
)
def test_a_forged_group_is_refused(tx, world, chie, slug, code):
    asked(tx, world.chie, slug="asked-kai")
    with pytest.raises(Invalid) as caught:
        put_up(tx, chie, slug)
    assert [(one.field, one.code) for one in caught.value.errors] == [("group", code)]


def test_others_do_not_speak_for_the_group(tx, world, sakura):
    for actor in (world.chie, world.fumi, world.ben, world.emi):
        with pytest.raises(Forbidden, match="not_allowed_group_only"):
            put_up(tx, actor)
        with pytest.raises(Forbidden, match="not_allowed_group_only"):
            boards.open_topic(tx, actor, board="hitoyoshi-hiroba", kind="talk", title="x", body="y", group="sakura-kai")
    with pytest.raises(Unauthenticated):
        put_up(tx, world.dai)


def test_a_group_announces_in_the_neighbouring_town(tx, world, chie):
    public_id = put_up(tx, chie, at=OFFICES[NISHIKI])
    assert flyer_view(tx, world.dai, public_id=public_id).municipality_code == NISHIKI
    decisions.decide(tx, world.fumi, public_id=public_id, decision="recall", reason="日にちがちがいます")


def test_the_owners_hear_of_decisions_too(tx, world, aki, chie):
    public_id = put_up(tx, chie)
    decisions.decide(tx, world.ben, public_id=public_id, decision="recall", reason="日にち")
    assert (told(tx, aki)[-1], told(tx, chie)[-1]) == ("flyer_recalled", "case_hold")
    assert flyer_view(tx, aki, public_id=public_id).placements[0].reason == "日にち"
    flyers.delete(tx, world.ben, public_id=public_id, reason="同じもの")
    assert (told(tx, aki)[-1], told(tx, chie)[-1]) == ("flyer_deleted", "case_remove")


def test_a_fellow_takes_it_down_as_their_own_deed(tx, world, aki, chie):
    public_id = put_up(tx, chie)
    with clock.frozen_at(clock.now() + HOUR):
        flyers.delete(tx, aki, public_id=public_id)
        assert "flyer_deleted" not in told(tx, chie)
        flyers.restore(tx, aki, public_id=public_id)
    assert flyer_view(tx, world.dai, public_id=public_id).state == "up"


def test_a_fellow_takes_back_what_was_said_in_the_groups_name_and_nobody_else_does(tx, world, aki, chie):
    topic = boards.open_topic(tx, chie, board="hitoyoshi-hiroba", kind="talk", title="市", body="来てね", group="sakura-kai")
    for_group = posts.write_post(tx, chie, topic=topic.public_id, body="また", group="sakura-kai")
    for_herself = posts.write_post(tx, chie, topic=topic.public_id, body="わたし")
    with pytest.raises(Forbidden):
        posts.remove_post(tx, aki, post=for_herself.public_id)
    with pytest.raises(Forbidden):
        posts.remove_post(tx, world.fumi, post=for_group.public_id, reason="x")
    assert posts.remove_post(tx, aki, post=for_group.public_id).again is False


def test_proof_of_residence_is_asked_of_people_and_not_of_groups(tx, world, chie):
    here = tx.exec(select(Map).where(Map.slug == "hitoyoshi")).one()
    here.proof_for = "flyers topics posts"
    tx.add(here)
    tx.flush()
    with pytest.raises(Forbidden, match="not_allowed_proof_only"):
        put_up(tx, chie, "")
    put_up(tx, chie)
    topic = boards.open_topic(tx, chie, board="hitoyoshi-hiroba", kind="talk", title="市", body="来てね", group="sakura-kai")
    assert topic.may_write
    posts.write_post(tx, chie, topic=topic.public_id, body="また", group="sakura-kai")
    with pytest.raises(Forbidden, match="not_allowed_proof_only"):
        posts.write_post(tx, chie, topic=topic.public_id, body="わたし")


def test_who_was_removed_has_nothing_to_do_with_its_flyers_any_more(tx, world, aki, chie):
    public_id = put_up(tx, chie)
    boards.open_topic(tx, chie, board="hitoyoshi-hiroba", kind="talk", title="市", body="来てね", group="sakura-kai")
    remove_member(tx, aki, slug="sakura-kai", public_id=chie.public_id)
    gone = now(tx, chie)
    assert mine(tx, gone) == ()
    with pytest.raises(Forbidden):
        flyers.change(tx, gone, public_id=public_id, raw={"title": "のっとり"})
    with pytest.raises(Forbidden):
        flyers.delete(tx, gone, public_id=public_id)
    with pytest.raises(Forbidden):
        put_up(tx, gone)
    with pytest.raises(NotFound):
        history(tx, gone, public_id=public_id)


def test_a_closed_groups_flyer_is_its_posters_again(tx, world, aki, chie):
    public_id = put_up(tx, chie)
    groups.close(tx, aki, slug="sakura-kai")
    seen = flyer_view(tx, world.dai, public_id=public_id)
    assert (seen.state, seen.group.name, seen.group.active) == ("up", "さくら会", False)
    assert not flyer_view(tx, now(tx, world.aki), public_id=public_id).may_change
    with pytest.raises(Invalid, match="group_closed"):
        put_up(tx, now(tx, world.chie))
    flyers.delete(tx, now(tx, world.chie), public_id=public_id)


def test_a_flyer_changes_its_name_among_ones_own(tx, world, aki, chie):
    group(tx, world.chie, world.ben, slug="kuri-kai", name="くり会")
    chie = now(tx, world.chie)
    public_id = put_up(tx, chie)
    assert flyers.change(tx, chie, public_id=public_id, raw={}, group="kuri-kai").group.slug == "kuri-kai"
    with pytest.raises(Forbidden):
        flyers.change(tx, aki, public_id=public_id, raw={}, group="sakura-kai")
    assert flyers.change(tx, chie, public_id=public_id, raw={}, group="").group is None
    assert flyers.change(tx, chie, public_id=public_id, raw={"title": "別"}).group is None
    fellow = put_up(tx, chie)
    with pytest.raises(Invalid, match="group_flyer_not_yours"):
        flyers.change(tx, aki, public_id=fellow, raw={}, group="")
    with pytest.raises(Forbidden, match="not_allowed_group_only"):
        flyers.change(tx, aki, public_id=fellow, raw={}, group="kuri-kai")


def test_the_page_shows_the_outside_face_of_what_is_up(tx, world, aki):
    put_up(tx, aki, title="ひみつの会場", hidden=("venue",), raw={"venue": "うら庭"})
    held = put_up(tx, aki, title="取り下げ")
    decisions.decide(tx, world.ben, public_id=held, decision="recall", reason="x")
    put_up(tx, aki, title="すぎた", raw={"starts_at": "2026-11-01"})
    for viewer in (world.dai, aki, world.ben):
        (card,) = group_page(tx, viewer, slug="sakura-kai").flyers
        assert (card.title, card.venue) == ("ひみつの会場", "")


def test_a_post_for_the_group_carries_its_name_and_hides_its_writer(tx, world, aki, chie):
    topic = factories.topic(tx, world.fumi)
    post = posts.write_post(tx, chie, topic=topic.public_id, body="手伝います", group="sakura-kai")
    assert (post.author.kind, post.author.name, post.author.by) == ("group", "さくら会", "Chie")
    (seen,) = [one for one in _posts(tx, world.dai, topic.public_id) if one.public_id == post.public_id]
    assert (seen.author.public_id, seen.author.name, seen.author.by, seen.author.group.slug) == ("", "さくら会", "", "sakura-kai")
    for insider in (aki, world.ben):
        assert _posts(tx, insider, topic.public_id)[-1].author.by == "Chie"


def test_the_same_words_for_oneself_and_for_the_group_are_two_posts(tx, world, chie):
    topic = factories.topic(tx, world.fumi)
    own = posts.write_post(tx, chie, topic=topic.public_id, body="はい")
    assert posts.write_post(tx, chie, topic=topic.public_id, body="はい", group="sakura-kai").public_id != own.public_id


def test_a_removed_writer_changes_nothing_and_the_group_closes_its_topic(tx, world, aki, chie):
    topic = boards.open_topic(tx, chie, board="hitoyoshi-hiroba", kind="talk", title="市", body="来てね", group="sakura-kai")
    post = posts.write_post(tx, chie, topic=topic.public_id, body="あす", group="sakura-kai")
    remove_member(tx, aki, slug="sakura-kai", public_id=chie.public_id)
    gone = now(tx, chie)
    for call in (
        lambda: posts.edit_post(tx, gone, post=post.public_id, body="うそ"),
        lambda: posts.remove_post(tx, gone, post=post.public_id),
        lambda: boards.close_topic(tx, gone, topic=topic.public_id),
        lambda: posts.write_post(tx, gone, topic=topic.public_id, body="x", group="sakura-kai"),
    ):
        with pytest.raises(Forbidden):
            call()
    assert boards.close_topic(tx, aki, topic=topic.public_id).closed
    assert [one.title for one in group_page(tx, world.dai, slug="sakura-kai").topics] == ["市"]


def test_no_theme_and_no_staff_board_for_groups_and_the_residents_board_for_the_towns_own(tx, world, chie):
    with pytest.raises(Invalid, match="group_opens_no_theme"):
        boards.open_topic(tx, chie, board="hitoyoshi-hiroba", kind="theme", title="x", body="y", group="sakura-kai")
    board = tx.exec(select(Board).where(Board.slug == "hitoyoshi-hiroba")).one()
    for writers, error in (("staff", "not_allowed_staff_only"), ("residents", "")):
        board.writers = writers
        tx.add(board)
        tx.flush()
        if error:
            with pytest.raises(Forbidden, match=error):
                boards.open_topic(tx, chie, board="hitoyoshi-hiroba", kind="talk", title="x", body="y", group="sakura-kai")
    boards.open_topic(tx, chie, board="hitoyoshi-hiroba", kind="talk", title="x", body="y", group="sakura-kai")
    other = tx.exec(select(Board).where(Board.slug == "nishiki-hiroba")).one()
    other.writers = "residents"
    tx.add(other)
    tx.flush()
    with pytest.raises(Forbidden, match="not_allowed_residents_only"):
        boards.open_topic(tx, chie, board="nishiki-hiroba", kind="talk", title="x", body="y", group="sakura-kai")


def test_a_closed_groups_page_is_gone_and_its_posts_keep_its_name(tx, world, aki):
    topic = boards.open_topic(tx, aki, board="hitoyoshi-hiroba", kind="talk", title="市", body="来てね", group="sakura-kai")
    groups.close(tx, aki, slug="sakura-kai")
    assert _posts(tx, world.dai, topic.public_id)[0].author.group.active is False
    with pytest.raises(Gone):
        group_page(tx, world.dai, slug="sakura-kai")


def _posts(db, actor, topic):
    return read_posts(db, actor, topic=topic).items
