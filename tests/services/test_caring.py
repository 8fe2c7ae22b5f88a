"""Automatic care: what Nao, who is new, writes waits for Ben where the town wishes so, and appears when he lets it go."""

from __future__ import annotations

import json
from datetime import timedelta

import pytest
from sqlmodel import select

from tamemap import clock
from tamemap.domain.actors import Actor
from tamemap.domain.caring import MOST, Wishes
from tamemap.errors import Forbidden, Gone, Invalid, NotFound, TooMany, Unauthenticated
from tamemap.models import AuditEntry, Case, Map, Notice, OutboxEntry, Person, Post, Topic
from tamemap.queries.boards import topic as read_topic
from tamemap.queries.boards import topics
from tamemap.queries.care_settings import care_desk, try_text, wishes_for
from tamemap.queries.cases import case, queue
from tamemap.queries.flyer import flyer as flyer_view
from tamemap.queries.people import actor_of_person
from tamemap.queries.posts import posts as read_posts
from tamemap.queries.trust import history, levels
from tamemap.services import boards, care_settings, cases, posts, reports
from tests import factories
from tests.factories import DAY, HITOYOSHI
from tests.services.group_rows import group
from tests.services.rows import mails

BOARD = "hitoyoshi-hiroba"
LINK = "見てね https://shop.example.net/sale"


@pytest.fixture
def nao(tx, world):
    """Nao signed in just now."""
    return factories.person(tx, "Nao")


@pytest.fixture
def talk(tx, world):
    """A topic that Chie opened, half an hour ago."""
    with clock.frozen_at(clock.now() - timedelta(minutes=30)):
        return factories.topic(tx, world.chie).public_id


def later(**how):
    return clock.frozen_at(clock.now() + timedelta(**how))


def wish(tx, actor, *, on=("hold_words", "hold_links", "hold_contacts", "hold_repeats"), words="", **numbers):
    said = {name: str(getattr(Wishes(), name)) for name in MOST} | {name: str(value) for name, value in numbers.items()}
    return care_settings.change(tx, actor, map_slug="hitoyoshi", switches=tuple(on), numbers=said, words=words)


def familiar(tx, actor, *, board=BOARD):
    """Let somebody become a familiar face: three posts on two days, the first the day before yesterday."""
    now = clock.now()
    for number, ago in enumerate((2, 2, 1)):
        with clock.frozen_at(now - ago * DAY - timedelta(hours=ago)):
            factories.topic(tx, actor, board=board, title=f"{actor.name}{number}", body=f"{actor.name}です{number}")


def of(tx, made):
    return tx.exec(select(Case).where(Case.thing_id == made.public_id)).one()


def state(tx, talk):
    tx.expire_all()
    row = tx.exec(select(Topic).where(Topic.public_id == talk)).one()
    return row.posts_count, row.last_post_at


def decide(tx, ben, made, decision, rule="advertising", **more):
    return cases.decide(tx, ben, public_ids=(of(tx, made).public_id,), decision=decision,
                        rule="" if decision == "keep" else rule, **more).done[0][1]  # fmt: skip


def told(tx, actor):
    return [row.code for row in tx.exec(select(Notice).where(Notice.person_id == actor.person_id).order_by(Notice.id))]


def sees(tx, actor, talk):
    return [(one.html, one.held) for one in read_posts(tx, actor, topic=talk).items[1:]]


def test_a_newcomers_link_waits_unseen_uncounted_and_untold(tx, world, nao, talk):
    before = state(tx, talk)
    made = posts.write_post(tx, nao, topic=talk, body=LINK)
    assert (made.held, made.held_by) == (True, "links")
    assert state(tx, talk) == before
    assert told(tx, world.chie) == []
    assert [len(sees(tx, who, talk)) for who in (nao, world.ben, world.emi, world.chie, world.dai, world.fumi)] == [
        1,
        1,
        1,
        0,
        0,
        0,
    ]
    row = of(tx, made)
    assert (row.thing, row.source, row.author_id) == ("post", "links", nao.person_id)
    assert json.loads(row.why) == {"rule": "links", "host": "shop.example.net", "count": 1}


def announced(tx, made):
    """How often the worker is to tell of a post: when it was written (it tells nobody while it is held), and when it appears."""
    entries = tx.exec(select(OutboxEntry.payload).where(OutboxEntry.kind == "followers"))
    return sum(payload["post"] == made.public_id for payload in entries)


def test_when_staff_keep_it_it_appears_counts_and_is_told(tx, world, nao, talk):
    made = posts.write_post(tx, nao, topic=talk, body=LINK)
    with later(hours=2):
        decide(tx, world.ben, made, "keep")
        assert state(tx, talk) == (2, clock.now())
        assert sees(tx, world.dai, talk) == [(made.html, False)]
        assert announced(tx, made) == 2
        assert told(tx, nao) == []


def test_taking_keep_back_holds_it_again_and_twice_is_told_once(tx, world, nao, talk):
    made = posts.write_post(tx, nao, topic=talk, body=LINK)
    with later(hours=1):
        kept = decide(tx, world.ben, made, "keep")
    with later(hours=2):
        cases.undo(tx, world.ben, decision=kept)
        assert state(tx, talk)[0] == 1
        assert sees(tx, world.dai, talk) == [("", True)]
        assert [one.public_id for one in queue(tx, world.ben)] == [of(tx, made).public_id]
    with later(hours=3):
        before = announced(tx, made)
        decide(tx, world.ben, made, "keep")
        assert (state(tx, talk)[0], announced(tx, made)) == (2, before)


def test_what_is_removed_was_never_seen_and_counts_nowhere(tx, world, nao, talk):
    before = state(tx, talk)
    made = posts.write_post(tx, nao, topic=talk, body=LINK)
    with later(hours=1):
        removed = decide(tx, world.ben, made, "remove")
        assert (state(tx, talk), sees(tx, world.dai, talk)) == (before, [])
        assert told(tx, nao) == ["case_remove"]
    with later(hours=2):
        cases.undo(tx, world.ben, decision=removed)
        assert state(tx, talk) == (2, clock.now())
        assert sees(tx, world.dai, talk) == [(made.html, False)]
        assert announced(tx, made) == 2


@pytest.mark.parametrize("last", ["keep", "remove", "undo"])
def test_staff_may_hold_on_to_it_and_decide_then(tx, world, nao, talk, last):
    made = posts.write_post(tx, nao, topic=talk, body=LINK)
    with later(hours=1):
        held = decide(tx, world.ben, made, "hold")
        assert (state(tx, talk)[0], sees(tx, world.dai, talk)) == (1, [])
    with later(hours=2):
        if last == "undo":
            cases.undo(tx, world.ben, decision=held)
        else:
            decide(tx, world.ben, made, last)
        stands = last != "remove"
        assert (state(tx, talk)[0], len(sees(tx, world.dai, talk))) == (1 + stands, int(stands))
        assert announced(tx, made) == 1 + stands


@pytest.mark.parametrize("decision", ["warn", "suspend"])
def test_while_somebody_is_warned_what_they_wrote_stays_held_until_decided(tx, world, nao, talk, decision):
    made = posts.write_post(tx, nao, topic=talk, body=LINK)
    with later(hours=1):
        decide(tx, world.ben, made, decision, **({"days": 7} if decision == "suspend" else {}))
        assert (state(tx, talk)[0], sees(tx, world.dai, talk)) == (1, [])
        (waits,) = queue(tx, world.ben, state="held")
        assert waits.public_id == of(tx, made).public_id
        decide(tx, world.ben, made, "keep")
        assert (state(tx, talk)[0], len(sees(tx, world.dai, talk))) == (2, 1)


def test_who_takes_a_held_post_back_takes_nothing_from_the_count(tx, world, nao, talk):
    made = posts.write_post(tx, nao, topic=talk, body=LINK)
    posts.remove_post(tx, nao, post=made.public_id)
    assert (state(tx, talk)[0], queue(tx, world.ben)) == (1, ())


def test_a_held_topic_is_on_no_list_until_it_is_kept(tx, world, nao):
    wish(tx, world.ben, words="闇バイト")
    made = boards.open_topic(tx, nao, board=BOARD, kind="talk", title="闇 バ イ ト", body="あります")
    assert (made.held, of(tx, made).source) == (True, "words")
    assert [len(topics(tx, who, board=BOARD).items) for who in (nao, world.ben, world.dai)] == [1, 1, 0]
    with pytest.raises(NotFound):
        read_topic(tx, world.chie, public_id=made.public_id)
    with later(hours=1):
        decide(tx, world.ben, made, "keep")
        (shown,) = topics(tx, world.dai, board=BOARD).items
        assert (shown.public_id, shown.last_post_at, shown.posts_count) == (made.public_id, clock.now(), 1)


def test_words_hold_everybodys_posts_but_staffs_and_groups(tx, world, talk):
    wish(tx, world.ben, words="闇バイト")
    club = group(tx, world.aki, world.ben)
    aki = actor_of_person(tx, tx.get_one(Person, world.aki.person_id))
    assert posts.write_post(tx, world.chie, topic=talk, body="闇バイトって何").held
    assert not posts.write_post(tx, world.ben, topic=talk, body="闇バイトに注意").held
    assert not posts.write_post(tx, world.fumi, topic=talk, body="錦町も闇バイトに注意").held
    assert not posts.write_post(tx, aki, topic=talk, body="闇バイト講習会", group=club.slug).held


def test_a_familiar_face_may_write_links_and_contacts(tx, world, nao, talk):
    familiar(tx, nao)
    assert levels(tx, [nao.person_id], of_region(tx), clock.now()) == {nao.person_id: 1}
    assert not posts.write_post(tx, nao, topic=talk, body=LINK + " 090-1234-5678").held


def of_region(tx):
    return tx.exec(select(Map.region_id).where(Map.slug == "hitoyoshi")).one()


def test_trust_counts_what_stands_here_and_falls_with_decisions(tx, world, nao, talk):
    here = of_region(tx)
    familiar(tx, nao)
    factories.topic(tx, nao, board="kashima-hiroba", title="よその町")
    found = history(tx, nao.person_id, here)
    assert (found.deeds, found.days, found.against, found.office) == (3, 2, 0, False)
    made = posts.write_post(tx, nao, topic=talk, body="ひどいことば")
    reports.make(tx, world.chie, thing="post", thing_id=made.public_id, reason="rude")
    removed = decide(tx, world.ben, made, "remove")
    assert (history(tx, nao.person_id, here).against, levels(tx, [nao.person_id], here, clock.now())[nao.person_id]) == (1, 0)
    with later(days=181):
        assert history(tx, nao.person_id, here).against == 0
    cases.undo(tx, world.ben, decision=removed)
    assert (history(tx, nao.person_id, here).against, history(tx, nao.person_id, here).deeds) == (0, 4)
    assert [history(tx, one.person_id, here).office for one in (world.ben, world.fumi, world.emi)] == [True] * 3


def test_a_proof_of_residence_makes_a_familiar_face_in_its_region(tx, world, talk):
    row = tx.get_one(Person, world.aki.person_id)
    row.proved_code, row.proved_at = HITOYOSHI, clock.now()
    tx.add(row)
    tx.flush()
    assert not posts.write_post(tx, world.aki, topic=talk, body=LINK).held
    elsewhere = tx.exec(select(Map.region_id).where(Map.slug == "kashima")).one()
    assert history(tx, world.aki.person_id, elsewhere).proven is False


def test_the_first_posts_of_a_newcomer_wait_until_some_have_been_kept(tx, world, nao, talk):
    wish(tx, world.ben, hold_first=2)
    first = posts.write_post(tx, nao, topic=talk, body="はじめまして")
    assert first.held_by == "newcomer"
    for number, held in ((1, True), (2, False)):
        with later(hours=number):
            decide(tx, world.ben, first, "keep") if number == 1 else None
            made = posts.write_post(tx, nao, topic=talk, body=f"{number}つめ")
            assert made.held is held
            if held:
                decide(tx, world.ben, made, "keep")


def test_the_same_words_again_wait_also_from_several_newcomers(tx, world, nao, talk):
    oto = factories.person(tx, "Oto")
    words = "きょうから始める、かんたんで楽しい副業のごあんないです"
    other = factories.topic(tx, world.chie, title="べつの話").public_id
    assert not posts.write_post(tx, nao, topic=talk, body=words).held
    assert posts.write_post(tx, nao, topic=other, body=words.replace("、", " 、")).held_by == "repeat"
    assert posts.write_post(tx, oto, topic=talk, body=words + " ").held_by == "repeat"
    assert not posts.write_post(tx, oto, topic=talk, body="よろしくお願いします").held
    assert not posts.write_post(tx, nao, topic=other, body="よろしくお願いします").held
    with later(hours=25):
        assert not posts.write_post(tx, nao, topic=talk, body=words).held


def test_a_flood_is_held_and_the_rest_stands(tx, world, nao, talk):
    wish(tx, world.ben, flood=3)
    made = []
    for number in range(5):
        with later(seconds=30 * number):
            made.append(posts.write_post(tx, nao, topic=talk, body=f"{number}"))
    assert [one.held_by for one in made] == ["", "", "", "flood", "flood"]
    assert state(tx, talk)[0] == 4


def test_seven_posts_a_minute_are_too_many_for_a_newcomer_and_not_for_a_familiar_face(tx, world, nao, talk):
    familiar(tx, world.aki)
    for number in range(10):
        posts.write_post(tx, world.aki, topic=talk, body=f"{number}")
        if number < 6:
            posts.write_post(tx, nao, topic=talk, body=f"{number}")
    for who in (world.aki, nao):
        with pytest.raises(TooMany):
            posts.write_post(tx, who, topic=talk, body="もう一つ")


def test_a_change_that_adds_a_link_holds_the_post_and_what_was_kept_is_not_held_again(tx, world, nao, talk):
    made = posts.write_post(tx, nao, topic=talk, body="はじめまして")
    with later(minutes=5):
        changed = posts.edit_post(tx, nao, post=made.public_id, body=LINK)
        assert (changed.held_by, state(tx, talk)[0]) == ("links", 1)
        assert sees(tx, world.dai, talk) == [("", True)]
    with later(minutes=10):
        decide(tx, world.ben, made, "keep")
        assert (state(tx, talk)[0], announced(tx, made)) == (2, 1)
    with later(minutes=15):
        assert not posts.edit_post(tx, nao, post=made.public_id, body=LINK + "。とてもよいです").held
        assert posts.edit_post(tx, nao, post=made.public_id, body=LINK + " https://other.example.org").held


def test_staff_are_told_once_however_much_is_held(tx, world, nao, talk):
    for number in range(5):
        posts.write_post(tx, nao, topic=talk, body=f"{LINK}/{number}")
    assert told(tx, world.ben) == ["care_held"]
    assert [mail["to"] for mail in mails(tx)] == ["ben@example.jp"]
    assert told(tx, world.emi) == []


def test_staff_read_why_and_how_well_the_author_is_known(tx, world, nao, talk):
    made = posts.write_post(tx, nao, topic=talk, body=LINK)
    found = case(tx, world.ben, public_id=of(tx, made).public_id)
    assert (found.why.rule, found.why.saw["host"], found.why.level, found.why.history.deeds) == (
        "links",
        "shop.example.net",
        0,
        0,
    )


def neighbours(tx, count, *, age=2):
    """People who have had an account for some days."""
    made = []
    for number in range(count):
        made.append(factories.person(tx, f"Neighbour{age}{number}"))
        row = tx.get_one(Person, made[-1].person_id)
        row.created_at = clock.now() - age * DAY
        tx.add(row)
    tx.flush()
    return made


def point(tx, people, thing, thing_id):
    for one in people:
        reports.make(tx, one, thing=thing, thing_id=thing_id, reason="rude")


@pytest.mark.parametrize("thing", ["post", "topic", "flyer"])
def test_three_neighbours_reports_hold_it_and_keep_lets_it_stand(tx, world, talk, thing):
    if thing == "flyer":
        made = factories.flyer(tx, world.aki, outside=True)
    elif thing == "topic":
        made = factories.topic(tx, world.aki, title="秋の話")
    else:
        made = posts.write_post(tx, world.aki, topic=talk, body="きょうはいい天気")
    people = neighbours(tx, 4)

    def stands():
        try:
            if thing == "flyer":
                return bool(flyer_view(tx, world.dai, public_id=made.public_id).placements)
            return not (
                read_topic(tx, world.dai, public_id=made.public_id).held if thing == "topic" else sees(tx, world.dai, talk)[0][1]
            )
        except (NotFound, Gone):
            return False

    point(tx, people[:2], thing, made.public_id)
    assert stands()
    with later(hours=1):
        point(tx, people[2:3], thing, made.public_id)
        assert not stands()
        assert (of(tx, made).source, json.loads(of(tx, made).why)) == ("report", {"rule": "reports", "count": 3, "limit": 3})
        assert told(tx, world.aki)[-1] == "care_reports"
    with later(hours=2):
        decide(tx, world.ben, made, "keep")
        assert stands()
        # the same people again change nothing
        point(tx, people[:3], thing, made.public_id)
        assert stands()


def test_browsers_and_new_accounts_count_as_one_person(tx, world, talk):
    made = posts.write_post(tx, world.aki, topic=talk, body="きょうはいい天気")
    guests = [Actor(guest_hash=f"{n}", client=f"192.0.2.{n}") for n in range(6)]
    point(tx, [*guests, *neighbours(tx, 3, age=0), *neighbours(tx, 1)], "post", made.public_id)
    assert sees(tx, world.dai, talk) == [(made.html, False)]


def test_what_staff_write_is_held_by_nobodys_reports(tx, world, talk):
    made = posts.write_post(tx, world.ben, topic=talk, body="おしらせです")
    point(tx, neighbours(tx, 5), "post", made.public_id)
    assert sees(tx, world.dai, talk) == [(made.html, False)]


def test_leads_set_the_rules_and_the_trail_counts_the_words(tx, world):
    wanted = wish(tx, world.ben, on=("hold_words",), words="闇バイト\nやみばいと\n一攫千金", surge=0)
    assert care_desk(tx, world.ben, map_slug="hitoyoshi").wishes == wanted
    assert (wanted.words, wanted.hold_links, wanted.surge) == (("闇バイト", "やみばいと", "一攫千金"), False, 0)
    wish(tx, world.ben, on=("hold_words",), words="闇バイト\nやみばいと\n一攫千金", surge=0)
    entry = tx.exec(select(AuditEntry).where(AuditEntry.verb == "care.set")).one()
    assert entry.detail == {"words": 3, "hold_links": False, "hold_contacts": False, "hold_repeats": False, "surge": 0}
    assert "闇" not in str(entry.detail)


def test_only_leads_change_and_only_staff_read(tx, world):
    for who, error in ((world.aki, Forbidden), (world.fumi, Forbidden), (world.dai, Unauthenticated)):
        with pytest.raises(error):
            wish(tx, who)
        with pytest.raises(error):
            care_desk(tx, who, map_slug="hitoyoshi")
    with pytest.raises(Forbidden):
        care_settings.change(tx, world.ben, map_slug="hitoyoshi-kuma", switches=(), numbers=dict.fromkeys(MOST, "5"), words="")
    care_settings.change(tx, world.emi, map_slug="hitoyoshi-kuma", switches=(), numbers=dict.fromkeys(MOST, "5"), words="")
    assert wishes_for(tx, tx.exec(select(Map.id).where(Map.slug == "hitoyoshi-kuma")).one()).flood == 5
    with pytest.raises(NotFound):
        care_settings.change(tx, world.emi, map_slug="nowhere", switches=(), numbers={}, words="")


def test_all_that_is_wrong_is_named_at_once(tx, world):
    with pytest.raises(Invalid) as refused:
        wish(tx, world.ben, words="あ" * 41, flood="x", reports=1)
    assert {one.field for one in refused.value.errors} == {"words", "flood", "reports"}
    assert care_desk(tx, world.ben, map_slug="hitoyoshi").wishes == Wishes()


def test_trying_a_text_writes_nothing(tx, world):
    wish(tx, world.ben, words="闇バイト")
    before = tx.exec(select(Post.id)).all(), tx.exec(select(Case.id)).all()
    found = try_text(tx, world.ben, map_slug="hitoyoshi", text=f"闇ばいと {LINK} 090-1234-5678")
    assert [one.rule for one in found] == ["words", "links", "contacts"]
    assert try_text(tx, world.ben, map_slug="hitoyoshi", text="いい天気ですね") == ()
    assert (tx.exec(select(Post.id)).all(), tx.exec(select(Case.id)).all()) == before


def test_another_maps_rules_are_its_own(tx, world, nao):
    wish(tx, world.ben, on=(), surge=0)
    town = factories.topic(tx, nao, board=BOARD, title="ここ", body=LINK)
    region = factories.topic(tx, nao, board="hitoyoshi-kuma-hiroba", title="圏域", body=LINK)
    assert (town.held, region.held) == (False, True)
    assert told(tx, world.emi) == ["care_held"]
