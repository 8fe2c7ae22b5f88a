"""Reports: anybody points, staff decide."""

from __future__ import annotations

import json
from datetime import timedelta

import pytest
from sqlmodel import func, select

from tamemap import clock
from tamemap.domain.actors import SYSTEM, Actor
from tamemap.errors import Forbidden, Gone, Invalid, NotFound, TooMany, Unauthenticated
from tamemap.models import Case, Notice, Report, Role
from tamemap.queries.posts import posts as read_posts
from tamemap.queries.reports import open_reports
from tamemap.services import boards, people, posts, reports
from tests.services.rows import flyer, mails

TOWN, REGION = "hitoyoshi-hiroba", "hitoyoshi-kuma-hiroba"


def opened(tx, actor, board=TOWN, title="秋の話"):
    return boards.open_topic(tx, actor, board=board, kind="talk", title=title, body="**うそ**の話")


def told(tx):
    rows = tx.exec(select(Notice).where(Notice.code == "report_made").order_by(Notice.id))
    return [(row.person_id, json.loads(row.params), row.url) for row in rows]


def test_dai_points_at_a_flyer_and_ben_is_told(tx, world):
    row = flyer(tx, world.aki)
    made = reports.make(tx, world.dai, thing="flyer", thing_id=row.public_id, reason="over", words=" もう\u200b終わりました ")
    kept = tx.exec(select(Report)).one()
    assert (kept.public_id, kept.municipality_code, kept.reporter_id, kept.words) == (
        made.public_id,
        "432032",
        None,
        "もう終わりました",
    )
    assert told(tx) == [(world.ben.person_id, {"title": "秋の市"}, f"/desk/cases/{tx.exec(select(Case.public_id)).one()}")]
    assert [mail["to"] for mail in mails(tx)] == ["ben@example.jp"]


def test_many_things_pointed_at_are_one_notice_that_leads_to_the_queue(tx, world):
    for title in ("一", "二", "三"):
        reports.make(tx, world.chie, thing="flyer", thing_id=flyer(tx, world.aki, title=title).public_id, reason="over")
    assert told(tx) == [(world.ben.person_id, {"title": "三"}, "/desk/cases")]
    assert [mail["to"] for mail in mails(tx)] == ["ben@example.jp"]


def test_pointing_twice_is_one_report(tx, world):
    row = flyer(tx, world.aki)
    first = reports.make(tx, world.dai, thing="flyer", thing_id=row.public_id, reason="over")
    second = reports.make(tx, world.dai, thing="flyer", thing_id=row.public_id, reason="rude")
    assert second == reports.Made(first.public_id, again=True)
    assert reports.make(tx, world.chie, thing="flyer", thing_id=row.public_id, reason="over").again is False
    assert len(mails(tx)) == 1


@pytest.mark.parametrize(
    ("wrong", "field", "code"),
    [({"thing": "person"}, "thing", "report_thing_wrong"), ({"reason": "ugly"}, "reason", "report_reason_wrong"),
     ({"reason": "other"}, "words", "report_words_missing"), ({"words": "あ" * 1001}, "words", "text_too_long")],
)  # fmt: skip
def test_a_wrong_report_names_its_field(tx, world, wrong, field, code):
    row = flyer(tx, world.aki)
    with pytest.raises(Invalid) as refused:
        reports.make(tx, world.chie, **({"thing": "flyer", "thing_id": row.public_id, "reason": "wrong"} | wrong))
    assert [(error.field, error.code) for error in refused.value.errors] == [(field, code)]
    assert told(tx) == []


@pytest.mark.parametrize("thing", ["flyer", "topic", "post"])
def test_one_can_only_point_at_what_is_there(tx, world, thing):
    with pytest.raises(NotFound):
        reports.make(tx, world.chie, thing=thing, thing_id="no\x00where", reason="wrong")


def test_what_is_held_is_not_there_for_chie(tx, world):
    row = flyer(tx, world.aki, state="held")
    with pytest.raises((NotFound, Gone)):
        reports.make(tx, world.chie, thing="flyer", thing_id=row.public_id, reason="wrong")


def test_a_removed_post_is_gone(tx, world):
    started = opened(tx, world.aki)
    post = read_posts(tx, world.aki, topic=started.public_id).items[0].public_id
    posts.remove_post(tx, world.aki, post=post)
    with pytest.raises(Gone):
        reports.make(tx, world.chie, thing="post", thing_id=post, reason="wrong")


def test_an_eleventh_report_within_the_hour_waits(tx, world):
    topics = [opened(tx, world.ben, title=f"{n}").public_id for n in range(9)]
    flyers = [flyer(tx, world.aki).public_id for _ in range(2)]
    for topic in topics:
        reports.make(tx, world.dai, thing="topic", thing_id=topic, reason="rude")
    with clock.frozen_at(clock.now() + timedelta(minutes=10)):
        reports.make(tx, world.dai, thing="flyer", thing_id=flyers[0], reason="rude")
        with pytest.raises(TooMany) as refused:
            reports.make(tx, world.dai, thing="flyer", thing_id=flyers[1], reason="rude")
    assert (refused.value.code, refused.value.params) == ("reports_too_many", {"retry_after": 50 * 60})


def test_dropping_the_cookie_gives_no_more_reports(tx, world):
    topics = [opened(tx, world.ben, title=f"{n}").public_id for n in range(10)]
    for number, topic in enumerate(topics):
        actor = Actor(guest_hash=f"{number}", client="192.0.2.9")
        reports.make(tx, actor, thing="topic", thing_id=topic, reason="rude")
    with pytest.raises(TooMany):
        reports.make(tx, Actor(client="192.0.2.9"), thing="topic", thing_id=topics[0], reason="rude")
    reports.make(tx, Actor(client="192.0.2.10"), thing="topic", thing_id=topics[0], reason="rude")


def test_the_desk_shows_each_its_own(tx, world):
    row = flyer(tx, world.aki)
    town, region = opened(tx, world.aki), opened(tx, world.aki, REGION)
    post = read_posts(tx, world.aki, topic=town.public_id).items[0].public_id
    for thing, thing_id in (("flyer", row.public_id), ("topic", region.public_id), ("post", post)):
        reports.make(tx, world.chie, thing=thing, thing_id=thing_id, reason="wrong", words="へん")
    seen = {
        name: [(one.thing, one.title, one.excerpt, one.url, one.municipality_name) for one in open_reports(tx, actor)]
        for name, actor in (("ben", world.ben), ("fumi", world.fumi), ("emi", world.emi), ("all", SYSTEM))
    }
    on_flyer = ("flyer", "秋の市", "", f"/f/{row.public_id}", "人吉市")
    on_topic = ("topic", "秋の話", "", f"/b/{REGION}/{region.public_id}", "")
    on_post = ("post", "秋の話", "うその話", f"/b/{TOWN}/{town.public_id}", "人吉市")
    assert seen == {
        "ben": [on_flyer, on_post],
        "fumi": [],
        "emi": [on_flyer, on_topic, on_post],
        "all": [on_flyer, on_topic, on_post],
    }


def test_the_desk_is_not_for_everybody(tx, world):
    with pytest.raises(Forbidden):
        open_reports(tx, world.aki)
    with pytest.raises(Unauthenticated):
        open_reports(tx, world.dai)


def test_the_regions_boards_are_the_operators_to_look_after(tx, world):
    started = opened(tx, world.aki, REGION)
    made = reports.make(tx, world.chie, thing="topic", thing_id=started.public_id, reason="advert")
    assert [person for person, _, _ in told(tx)] == [world.emi.person_id]
    with pytest.raises(Forbidden):
        reports.close(tx, world.ben, report=made.public_id)
    assert reports.close(tx, world.emi, report=made.public_id) == reports.Closed(made.public_id, again=False)


def test_a_town_without_staff_has_the_operator(tx, world):
    ben = tx.exec(select(Role).where(Role.person_id == world.ben.person_id)).one()
    tx.delete(ben)
    tx.flush()
    people.grant(tx, SYSTEM, mail="everywhere@example.jp", role="operator")
    row = flyer(tx, world.aki)
    reports.make(tx, world.chie, thing="flyer", thing_id=row.public_id, reason="wrong")
    assert len(told(tx)) == 2
    assert world.emi.person_id in {person for person, _, _ in told(tx)}


def test_ben_closes_a_report_once(tx, world):
    row = flyer(tx, world.aki)
    made = reports.make(tx, world.chie, thing="flyer", thing_id=row.public_id, reason="wrong")
    for actor, error in ((world.fumi, Forbidden), (world.chie, Forbidden), (world.dai, Unauthenticated)):
        with pytest.raises(error):
            reports.close(tx, actor, report=made.public_id)
    assert reports.close(tx, world.ben, report=made.public_id) == reports.Closed(made.public_id, again=False)
    assert reports.close(tx, world.ben, report=made.public_id) == reports.Closed(made.public_id, again=True)
    assert open_reports(tx, world.ben) == ()
    with pytest.raises(NotFound):
        reports.close(tx, world.ben, report="nowhere")


def test_removing_the_post_settles_its_reports(tx, world):
    started = opened(tx, world.aki)
    post = read_posts(tx, world.aki, topic=started.public_id).items[0].public_id
    for actor in (world.chie, world.dai):
        reports.make(tx, actor, thing="post", thing_id=post, reason="rude")
    reports.make(tx, world.chie, thing="topic", thing_id=started.public_id, reason="rude")
    posts.remove_post(tx, world.ben, post=post, reason="ひどい言葉")
    assert [one.thing for one in open_reports(tx, world.ben)] == ["topic"]
    boards.remove_topic(tx, world.ben, topic=started.public_id, reason="ひどい言葉")
    assert open_reports(tx, world.ben) == ()
    assert tx.exec(select(func.count()).select_from(Report)).one() == 3
