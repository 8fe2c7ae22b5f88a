"""Moderation: Chie points at what Aki wrote, Ben decides, and what everybody sees then."""

from __future__ import annotations

import json
from datetime import timedelta

import pytest
from sqlmodel import func, select

from tamemap import clock
from tamemap.domain.actors import Actor
from tamemap.domain.care import FITS, RULES
from tamemap.errors import Conflict, Forbidden, Gone, Invalid, NotFound, Unauthenticated
from tamemap.models import AuditEntry, Case, CaseDecision, Notice, Person, Picture, Post, Report, Suspension, Topic
from tamemap.queries.boards import board, topic, topics
from tamemap.queries.cases import case, own_decision, queue
from tamemap.queries.flyer import flyer as flyer_view
from tamemap.queries.people import actor_of_person
from tamemap.queries.pictures import stored_picture
from tamemap.queries.posts import posts as read_posts
from tamemap.services import cases, groups, objections, posts, reports
from tests import factories
from tests.factories import HITOYOSHI
from tests.services.rows import mails

TOWN = "hitoyoshi-hiroba"


def reported(tx, world, *, thing="post", author=None, body="うそ"):
    """What Aki wrote and Chie points at: (case, thing's id, topic's id)."""
    author = author or world.aki
    if thing == "flyer":
        made = factories.flyer(tx, author, outside=True, pictures=2).public_id
        reports.make(tx, world.chie, thing="flyer", thing_id=made, reason="privacy")
        return tx.exec(select(Case.public_id).where(Case.thing_id == made)).one(), made, ""
    talk = factories.topic(tx, author, title=f"話{body}").public_id
    made = talk if thing == "topic" else factories.post(tx, author, talk, body=body).public_id
    reports.make(tx, world.chie, thing=thing, thing_id=made, reason="rude", words="つらいです")
    return tx.exec(select(Case.public_id).where(Case.thing_id == made)).one(), made, talk


def neighbour(post):
    """A guest of their own for each report."""
    return Actor(guest_hash=f"{post.id}", client=f"192.0.{post.id // 250}.{post.id % 250}")


def decide(tx, actor, *public_ids, decision="remove", rule="harassment", words="", **more):
    return cases.decide(tx, actor, public_ids=public_ids, decision=decision, rule=rule, words=words, **more)


def again(tx, actor):
    """The actor as their next request finds them."""
    return actor_of_person(tx, tx.get_one(Person, actor.person_id))


def told(tx, actor):
    rows = tx.exec(select(Notice).where(Notice.person_id == actor.person_id).order_by(Notice.id))
    return [(row.code, json.loads(row.params), row.url) for row in rows]


def test_many_reports_of_one_thing_are_one_case(tx, world):
    public_id, made, _ = reported(tx, world)
    reports.make(tx, world.dai, thing="post", thing_id=made, reason="other", words="ひどい")
    (found,) = queue(tx, world.ben)
    assert found.public_id == public_id
    assert [(one.reason, one.words) for one in found.reports] == [("rude", "つらいです"), ("other", "ひどい")]
    assert (found.author.name, found.author.posts, found.author.decisions) == ("Aki", 2, 0)
    assert (found.thing.title, found.thing.excerpt, found.town) == ("話うそ", "うそ", "人吉市")


def test_the_first_report_belongs_to_the_case_that_it_opens(tx, world):
    _, _, _ = reported(tx, world)
    row, report = tx.exec(select(Case)).one(), tx.exec(select(Report)).one()
    # also where no door has stopped the clock
    assert row.opened_at == report.created_at


def test_the_queue_is_for_staff_of_the_town_and_the_operator(tx, world):
    public_id, _, _ = reported(tx, world)
    assert [one.public_id for one in queue(tx, world.emi)] == [public_id]
    assert queue(tx, world.fumi) == ()
    for stranger, error in (
        (world.fumi, Forbidden),
        (world.chie, Forbidden),
        (world.aki, Forbidden),
        (world.dai, Unauthenticated),
    ):
        for try_it in (
            lambda who: case(tx, who, public_id=public_id),
            lambda who: cases.look(tx, who, public_id=public_id),
            lambda who: decide(tx, who, public_id),
        ):
            with pytest.raises(error):
                try_it(stranger)
    assert tx.exec(select(CaseDecision)).all() == []


def test_a_regional_boards_case_is_the_operators(tx, world):
    talk = factories.topic(tx, world.aki, board="hitoyoshi-kuma-hiroba").public_id
    reports.make(tx, world.chie, thing="topic", thing_id=talk, reason="rude")
    (found,) = queue(tx, world.emi)
    assert queue(tx, world.ben) == ()
    with pytest.raises(Forbidden):
        decide(tx, world.ben, found.public_id)
    decide(tx, world.emi, found.public_id)
    with pytest.raises(Gone):
        topic(tx, world.chie, public_id=talk)


def test_ben_sees_that_emi_looks_for_a_quarter_of_an_hour(tx, world):
    public_id, _, _ = reported(tx, world)
    cases.look(tx, world.emi, public_id=public_id)
    assert case(tx, world.ben, public_id=public_id).looking == "Emi"
    assert case(tx, world.emi, public_id=public_id).looking == ""
    with clock.frozen_at(clock.now() + timedelta(minutes=16)):
        assert case(tx, world.ben, public_id=public_id).looking == ""


def test_keep_closes_and_undoing_opens_again(tx, world):
    public_id, made, talk = reported(tx, world)
    decide(tx, world.ben, public_id, decision="keep", rule="")
    assert queue(tx, world.ben) == ()
    assert tx.exec(select(func.count()).select_from(Report).where(Report.closed_at == None)).one() == 0  # noqa: E711
    assert told(tx, world.aki) == []
    assert made in [one.public_id for one in read_posts(tx, world.dai, topic=talk).items if not one.deleted]
    (kept,) = case(tx, world.ben, public_id=public_id).decisions
    cases.undo(tx, world.ben, decision=kept.public_id)
    assert [one.public_id for one in queue(tx, world.ben)] == [public_id]


def test_a_held_post_is_there_for_its_author_and_staff_alone(tx, world):
    public_id, made, talk = reported(tx, world)
    decide(tx, world.ben, public_id, decision="hold", words="確認します")
    for who, sees in (
        (world.aki, True),
        (world.ben, True),
        (world.emi, True),
        (world.chie, False),
        (world.fumi, False),
        (world.dai, False),
    ):
        (shown,) = [one for one in read_posts(tx, who, topic=talk).items if one.public_id == made]
        assert (shown.held, shown.deleted, bool(shown.html), shown.author is not None) == (True, not sees, sees, sees), who.name
    with pytest.raises(NotFound):
        posts.react(tx, world.chie, post=made, kind="like", on=True)
    with pytest.raises(NotFound):
        reports.make(tx, world.fumi, thing="post", thing_id=made, reason="rude")
    (held,) = queue(tx, world.ben, state="held")
    decide(tx, world.ben, held.public_id, decision="keep", rule="")
    (shown,) = [one for one in read_posts(tx, world.dai, topic=talk).items if one.public_id == made]
    assert (shown.held, shown.deleted) == (False, False)
    assert [code for code, _, _ in told(tx, world.aki)] == ["case_hold", "case_undone"]


def test_a_held_topic_is_in_no_list_of_others(tx, world):
    public_id, _, talk = reported(tx, world, thing="topic")
    decide(tx, world.ben, public_id, decision="hold")
    listed = {
        who.name: [one.public_id for one in topics(tx, who, board=TOWN).items] for who in (world.aki, world.ben, world.chie)
    }
    assert listed == {"Aki": [talk], "Ben": [talk], "Chie": []}
    assert board(tx, world.chie, slug=TOWN).topics_count == 0
    for wrong in (world.chie, world.dai, world.fumi):
        with pytest.raises(NotFound):
            topic(tx, wrong, public_id=talk)
        with pytest.raises(NotFound):
            read_posts(tx, wrong, topic=talk)
    with pytest.raises(NotFound):
        posts.write_post(tx, world.chie, topic=talk, body="見えますか")
    assert topic(tx, world.aki, public_id=talk).held


def test_a_removed_post_is_gone_its_author_is_told_why_and_it_comes_back(tx, world):
    public_id, _, talk = reported(tx, world)
    ((_, decision),) = decide(tx, world.ben, public_id, words="やめてください").done
    assert [one.deleted for one in read_posts(tx, world.aki, topic=talk).items] == [False, True]
    assert topic(tx, world.aki, public_id=talk).posts_count == 1
    ((code, params, url),) = told(tx, world.aki)
    assert (code, params["words"], url) == ("case_remove", "やめてください", f"/decisions/{decision}")
    (mail,) = [one for one in mails(tx) if one["to"] == "aki@example.jp"]
    assert "人を傷つける" in mail["text"]
    assert "異議" in mail["text"]
    assert f"/decisions/{decision}" in mail["text"]
    cases.undo(tx, world.ben, decision=decision)
    assert [one.deleted for one in read_posts(tx, world.chie, topic=talk).items] == [False, False]
    assert topic(tx, world.aki, public_id=talk).posts_count == 2
    with pytest.raises(Conflict):
        cases.undo(tx, world.ben, decision=decision)


def test_what_is_swept_does_not_come_back(tx, world):
    public_id, made, _ = reported(tx, world)
    ((_, decision),) = decide(tx, world.ben, public_id).done
    row = tx.exec(select(Post).where(Post.public_id == made)).one()
    row.body = row.html = ""
    tx.add(row)
    tx.flush()
    with pytest.raises(Conflict) as refused:
        cases.undo(tx, world.ben, decision=decision)
    assert refused.value.code == "case_final"


@pytest.mark.parametrize("decision", ["hold", "remove"])
def test_a_flyer_leaves_its_maps_and_stands_there_again(tx, world, decision):
    public_id, made, _ = reported(tx, world, thing="flyer")
    before = [(one.map_slug, one.state) for one in flyer_view(tx, world.aki, public_id=made).placements]
    ((_, decided),) = decide(tx, world.ben, public_id, decision=decision, rule="personal_data").done
    with pytest.raises((Gone, NotFound)):
        flyer_view(tx, world.dai, public_id=made)
    assert [code for code, _, _ in told(tx, world.aki)] == [f"case_{decision}"]
    cases.undo(tx, world.ben, decision=decided)
    assert [(one.map_slug, one.state) for one in flyer_view(tx, world.aki, public_id=made).placements] == before
    flyer_view(tx, world.dai, public_id=made)


def test_one_picture_is_hidden_everywhere_at_once(tx, world):
    public_id, made, _ = reported(tx, world, thing="flyer")
    first, second = flyer_view(tx, world.dai, public_id=made).pictures
    row = tx.exec(select(Picture).where(Picture.public_id == first.public_id)).one()
    ((_, decided),) = decide(
        tx, world.ben, public_id, decision="hide_picture", rule="personal_data", picture=first.public_id
    ).done
    assert [one.public_id for one in flyer_view(tx, world.dai, public_id=made).pictures] == [second.public_id]
    for name in (row.outside_name, row.resident_name):
        with pytest.raises(NotFound):
            stored_picture(tx, world.chie, name=name, size=320, suffix="jpeg")
        assert stored_picture(tx, world.ben, name=name, size=320, suffix="jpeg").public is False
    cases.undo(tx, world.ben, decision=decided)
    assert len(flyer_view(tx, world.dai, public_id=made).pictures) == 2


def test_one_picture_of_a_post_is_hidden_and_shown_again(tx, world):
    talk = factories.topic(tx, world.aki)
    ids = [factories.waiting_picture(tx, world.aki).public_id for _ in range(2)]
    made = posts.write_post(tx, world.aki, topic=talk.public_id, body="写真", pictures=ids)
    reports.make(tx, world.chie, thing="post", thing_id=made.public_id, reason="privacy")
    public_id = tx.exec(select(Case.public_id)).one()
    assert [one.public_id for one, _ in case(tx, world.ben, public_id=public_id).thing.pictures] == ids
    assert "hide_picture" in case(tx, world.ben, public_id=public_id).choices
    other = factories.waiting_picture(tx, world.aki).public_id
    with pytest.raises(Invalid):
        decide(tx, world.ben, public_id, decision="hide_picture", picture=other)
    (done,) = decide(tx, world.ben, public_id, decision="hide_picture", rule="personal_data", picture=ids[0]).done

    def shown(actor):
        return [one.public_id for one in read_posts(tx, actor, topic=talk.public_id).items[1].pictures]

    assert shown(world.dai) == shown(world.aki) == [ids[1]]
    assert [hidden for _, hidden in case(tx, world.ben, public_id=public_id).thing.pictures] == [True, False]
    assert told(tx, world.aki)[-1][0] == "case_hide_picture"
    cases.undo(tx, world.ben, decision=done[1])
    assert shown(world.dai) == ids


def test_another_flyers_picture_is_not_hidden(tx, world):
    public_id, _, _ = reported(tx, world, thing="flyer")
    other = flyer_view(tx, world.aki, public_id=factories.flyer(tx, world.aki, title="べつ").public_id).pictures[0].public_id
    for wrong in (other, "nowhere", "x\x00"):
        with pytest.raises(Invalid):
            decide(tx, world.ben, public_id, decision="hide_picture", picture=wrong)
    assert tx.exec(select(Picture).where(Picture.hidden_at != None)).all() == []  # noqa: E711


DOORS = {
    "flyer": lambda tx, who, _: factories.flyer(tx, who),
    "topic": lambda tx, who, _: factories.topic(tx, who, title="あたらしい話"),
    "answer": factories.post,
    "edit": lambda tx, who, talk: posts.edit_post(tx, who, post=read_posts(tx, who, topic=talk).items[0].public_id, body="べつ"),
    "react": lambda tx, who, talk: posts.react(
        tx, who, post=read_posts(tx, who, topic=talk).items[0].public_id, kind="like", on=True
    ),
    "region": lambda tx, who, _: factories.topic(tx, who, board="hitoyoshi-kuma-hiroba"),
    "neighbour": lambda tx, who, _: factories.topic(tx, who, board="nishiki-hiroba"),
    "group": lambda tx, who, _: groups.ask(tx, who, name="会", slug="kai", municipality_code=HITOYOSHI, words="お願い"),
}


@pytest.mark.parametrize("tried", DOORS)
def test_a_suspended_person_finds_every_door_shut_until_then(tx, world, tried):
    public_id, _, talk = reported(tx, world)
    decide(tx, world.ben, public_id, decision="suspend", days=7)
    aki = again(tx, world.aki)
    with pytest.raises(Forbidden) as refused:
        DOORS[tried](tx, aki, talk)
    assert (refused.value.code, refused.value.params) == ("suspended", {"until": "2026-11-29 12:00"})
    with clock.frozen_at(clock.now() + timedelta(days=7, seconds=1)):
        DOORS[tried](tx, again(tx, world.aki), talk)


def test_a_suspended_person_reads_reports_takes_away_and_writes_elsewhere(tx, world):
    public_id, made, talk = reported(tx, world)
    decide(tx, world.ben, public_id, decision="suspend", days=1)
    aki = again(tx, world.aki)
    assert len(read_posts(tx, aki, topic=talk).items) == 2
    assert not topic(tx, aki, public_id=talk).may_write
    posts.remove_post(tx, aki, post=made)
    reports.make(tx, aki, thing="topic", thing_id=talk, reason="wrong")
    factories.topic(tx, aki, board="kashima-hiroba")


def test_lifting_lets_write_again(tx, world):
    public_id, _, talk = reported(tx, world)
    ((_, decided),) = decide(tx, world.ben, public_id, decision="suspend", days=30).done
    cases.undo(tx, world.ben, decision=decided)
    factories.post(tx, again(tx, world.aki), talk, body="もどりました")


def test_staff_and_guests_are_not_suspended(tx, world):
    public_id, _, _ = reported(tx, world, author=world.fumi)
    with pytest.raises(Conflict) as refused:
        decide(tx, world.ben, public_id, decision="suspend", days=1)
    assert refused.value.code == "suspend_staff"
    assert case(tx, world.ben, public_id=public_id).closed_at is None
    assert tx.exec(select(Suspension)).all() == []


@pytest.mark.parametrize(
    ("wish", "field"),
    [({"decision": "burn"}, "decision"), ({"rule": ""}, "rule"), ({"rule": "mine"}, "rule"), ({"rule": "other"}, "words"),
     ({"decision": "suspend"}, "days"), ({"decision": "suspend", "days": 3650}, "days"), ({"words": "あ" * 1001}, "words"),
     ({"decision": "hide_picture"}, "picture")],
)  # fmt: skip
def test_a_wrong_decision_names_its_field_and_changes_nothing(tx, world, wish, field):
    public_id, _, _ = reported(tx, world)
    with pytest.raises(Invalid) as refused:
        decide(tx, world.ben, public_id, **wish)
    assert [one.field for one in refused.value.errors] == [field]
    assert case(tx, world.ben, public_id=public_id).closed_at is None


def test_the_second_of_two_staff_is_told_that_it_is_decided(tx, world):
    public_id, _, talk = reported(tx, world)
    decide(tx, world.ben, public_id)
    for decision in ("remove", "keep", "hold"):
        with pytest.raises(Conflict) as refused:
            decide(tx, world.emi, public_id, decision=decision)
        assert refused.value.code == "case_decided"
    assert topic(tx, world.aki, public_id=talk).posts_count == 1
    decide(tx, world.emi, public_id, decision="warn")
    assert [code for code, _, _ in told(tx, world.aki)] == ["case_remove", "case_warn"]


def test_forged_ids_are_refused(tx, world):
    for wrong in ("", "nowhere", "x\x00", "あ" * 200):
        with pytest.raises((NotFound, Invalid)):
            decide(tx, world.ben, wrong)
        with pytest.raises(NotFound):
            cases.undo(tx, world.ben, decision=wrong)
        with pytest.raises(NotFound):
            own_decision(tx, world.aki, public_id=wrong)
    with pytest.raises(Invalid):
        decide(tx, world.ben)
    with pytest.raises(Invalid):
        decide(tx, world.ben, *map(str, range(51)))


def test_the_old_list_of_reports_keeps_the_case_in_step(tx, world):
    public_id, made, _ = reported(tx, world)
    reports.make(tx, world.dai, thing="post", thing_id=made, reason="rude")
    first, second = tx.exec(select(Report.public_id).order_by(Report.id)).all()
    reports.close(tx, world.ben, report=first)
    assert len(queue(tx, world.ben)) == 1
    reports.close(tx, world.ben, report=second)
    assert queue(tx, world.ben) == ()
    assert [one.decision for one in case(tx, world.ben, public_id=public_id).decisions] == ["keep"]


def test_what_aki_takes_away_leaves_the_queue(tx, world):
    _, made, _ = reported(tx, world)
    posts.remove_post(tx, world.aki, post=made)
    assert queue(tx, world.ben) == ()


def test_the_trail_says_what_was_decided_by_which_rule(tx, world):
    public_id, made, _ = reported(tx, world)
    decide(tx, world.ben, public_id, decision="hold", words="ひみつ")
    entry = tx.exec(select(AuditEntry).where(AuditEntry.verb == "case.decide")).one()
    assert (entry.thing, entry.thing_id, entry.detail) == ("post", made, {"decision": "hold", "rule": "harassment"})


def test_aki_objects_once_and_emi_upholds(tx, world):
    public_id, _, talk = reported(tx, world)
    ((_, decided),) = decide(tx, world.ben, public_id).done
    for stranger in (world.chie, world.ben):
        with pytest.raises(NotFound):
            objections.make(tx, stranger, decision=decided, words="x")
        with pytest.raises(NotFound):
            own_decision(tx, stranger, public_id=decided)
    with pytest.raises(Unauthenticated):
        own_decision(tx, world.dai, public_id=decided)
    assert own_decision(tx, world.aki, public_id=decided).may_object
    objections.make(tx, world.aki, decision=decided, words="ちがいます")
    with pytest.raises(Conflict):
        objections.make(tx, world.aki, decision=decided, words="もう一度")
    assert told(tx, world.ben)[-1][0] == "objection_made"
    assert [one.public_id for one in queue(tx, world.ben, state="objected")] == [public_id]
    with pytest.raises(Forbidden) as refused:
        objections.answer(tx, world.ben, decision=decided, outcome="declined", words="いいえ")
    assert refused.value.code == "objection_other_needed"
    with pytest.raises(Forbidden):
        objections.answer(tx, world.fumi, decision=decided, outcome="declined", words="いいえ")
    objections.answer(tx, world.emi, decision=decided, outcome="upheld", words="そのとおりです")
    assert [one.deleted for one in read_posts(tx, world.chie, topic=talk).items] == [False, False]
    assert [code for code, _, _ in told(tx, world.aki)] == ["case_remove", "objection_upheld"]
    assert told(tx, world.ben)[-1][0] == "objection_upheld_staff"
    with pytest.raises(Conflict):
        objections.answer(tx, world.emi, decision=decided, outcome="declined", words="やはり")


def test_a_declined_objection_lets_the_decision_stand(tx, world):
    public_id, _, talk = reported(tx, world)
    ((_, decided),) = decide(tx, world.ben, public_id).done
    objections.make(tx, world.aki, decision=decided, words="ちがいます")
    objections.answer(tx, world.emi, decision=decided, outcome="declined", words="きまりです")
    assert [one.deleted for one in read_posts(tx, world.chie, topic=talk).items] == [False, True]
    seen = own_decision(tx, world.aki, public_id=decided)
    assert (seen.decision.outcome, seen.decision.answer, seen.may_object) == ("declined", "きまりです", False)


def test_an_upheld_warning_does_not_count_any_more(tx, world):
    public_id, _, _ = reported(tx, world)
    ((_, decided),) = decide(tx, world.ben, public_id, decision="warn").done
    with pytest.raises(Conflict):
        cases.undo(tx, world.ben, decision=decided)
    objections.make(tx, world.aki, decision=decided, words="ちがいます")
    objections.answer(tx, world.emi, decision=decided, outcome="upheld", words="すみません")
    assert case(tx, world.ben, public_id=public_id).author.decisions == 0


def test_a_raid_is_cleared_in_bulks_of_fifty_and_no_honest_post_is_lost(tx, world):
    talk = factories.topic(tx, world.chie).public_id
    topic_id = tx.exec(select(Topic.id).where(Topic.public_id == talk)).one()
    raiders = [factories.person(tx, f"Raider{number}") for number in range(20)]
    made = []
    for number in range(200):
        made.append(
            Post(
                topic_id=topic_id,
                author_id=raiders[number % 20].person_id,
                body="買え",
                html="<p>買え</p>",
                created_at=clock.now(),
            )
        )
        if number % 20 == 0:
            tx.add(
                Post(topic_id=topic_id, author_id=world.aki.person_id, body="正直", html="<p>正直</p>", created_at=clock.now())
            )
    tx.add_all(made)
    row = tx.get_one(Topic, topic_id)
    row.posts_count += 210
    tx.add(row)
    tx.flush()
    for post in made:
        reports.make(tx, neighbour(post), thing="post", thing_id=post.public_id, reason="advert")
    rounds = 0
    while found := queue(tx, world.ben):
        assert len(found) == 50
        done = decide(tx, world.ben, *(one.public_id for one in found), rule="advertising")
        assert (len(done.done), done.refused) == (50, ())
        rounds += 1
    assert rounds == 4
    left = tx.exec(select(Post.body).where(Post.topic_id == topic_id, Post.deleted_at == None)).all()  # noqa: E711
    assert (left.count("正直"), left.count("買え")) == (10, 0)
    tx.refresh(row)
    assert row.posts_count == 11


def test_in_bulk_what_cannot_be_decided_is_named_and_the_rest_done(tx, world):
    first, _, _ = reported(tx, world, body="一")
    second, _, _ = reported(tx, world, body="二")
    decide(tx, world.emi, first)
    done = decide(tx, world.ben, first, second, "nowhere")
    assert [one for one, _ in done.done] == [second]
    assert done.refused == ((first, "case_decided"), ("nowhere", "case_unknown"))


def test_every_decision_fits_something_and_rules_have_words():
    assert all(FITS.values())
    assert len(set(RULES)) == len(RULES)
