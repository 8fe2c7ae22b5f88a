"""Groups: asked for, decided, changed, closed."""

from __future__ import annotations

import pytest
from sqlmodel import select

from tamemap.domain import groups as rules
from tamemap.errors import Conflict, Forbidden, Gone, Invalid, NotFound, PreconditionFailed, Unauthenticated
from tamemap.models import AuditEntry, Group, Notice
from tamemap.queries.groups import active_groups, group_page
from tamemap.queries.groups_manage import desk_groups, managed, own_groups
from tamemap.services import groups
from tamemap.services.groups_members import invite
from tests import factories
from tests.factories import HITOYOSHI, NISHIKI
from tests.services.group_rows import asked, group, join, now


def told(db, actor):
    return [row.code for row in db.exec(select(Notice).where(Notice.person_id == actor.person_id).order_by(Notice.id))]


def wrong(call):
    with pytest.raises(Invalid) as caught:
        call()
    return [(one.field, one.code) for one in caught.value.errors]


def test_aki_asks_and_ben_lets_the_group_in(tx, world):
    view = asked(tx, world.aki)
    assert (view.slug, view.state, view.municipality_name) == ("sakura-kai", "asked", "人吉市")
    assert told(tx, world.ben) == ["group_asked"]
    assert told(tx, world.fumi) == []
    with pytest.raises(NotFound):
        group_page(tx, world.aki, slug="sakura-kai")
    (waiting,) = desk_groups(tx, world.ben).waiting
    assert (waiting.words, waiting.asker, waiting.asker_flyers) == ("まつりを知らせたいです。", "Aki", 0)
    groups.decide(tx, world.ben, slug="sakura-kai", approve=True)
    assert told(tx, world.aki) == ["group_approved"]
    aki = now(tx, world.aki)
    room = managed(tx, aki, slug="sakura-kai")
    assert (room.role, room.may_invite, room.may_close) == ("owner", True, True)
    assert [(one.name, one.role, one.only_owner) for one in room.members] == [("Aki", "owner", True)]
    assert group_page(tx, world.dai, slug="sakura-kai").group.name == "さくら会"
    assert active_groups(tx, world.dai) == ("sakura-kai",)


def test_the_same_request_twice_is_one_and_the_same_decision_too(tx, world):
    asked(tx, world.aki)
    asked(tx, world.aki)
    assert len(tx.exec(select(Group)).all()) == 1
    for _ in range(2):
        groups.decide(tx, world.ben, slug="sakura-kai", approve=True)
    assert len(tx.exec(select(AuditEntry).where(AuditEntry.verb == "group.decide")).all()) == 1
    with pytest.raises(Conflict, match="group_decided_already"):
        groups.decide(tx, world.ben, slug="sakura-kai", approve=False, reason="やはり")


def test_nobody_but_the_towns_staff_decides(tx, world):
    asked(tx, world.aki)
    for actor, error in ((world.aki, Forbidden), (world.fumi, Forbidden), (world.dai, Unauthenticated)):
        with pytest.raises(error):
            groups.decide(tx, actor, slug="sakura-kai", approve=True)
    with pytest.raises(Unauthenticated, match="desk_needs_proof"):
        groups.decide(tx, now(tx, world.ben, strong=False), slug="sakura-kai", approve=True)
    groups.decide(tx, world.emi, slug="sakura-kai", approve=True)


def test_who_was_declined_reads_why_and_may_ask_again(tx, world):
    asked(tx, world.aki)
    assert wrong(lambda: groups.decide(tx, world.ben, slug="sakura-kai", approve=False)) == [("reason", "text_empty")]
    groups.decide(tx, world.ben, slug="sakura-kai", approve=False, reason="連絡先を書いてください")
    assert managed(tx, world.aki, slug="sakura-kai").reason == "連絡先を書いてください"
    with pytest.raises(NotFound):
        managed(tx, world.chie, slug="sakura-kai")
    asked(tx, world.aki, contact="0966-00-0000")
    (row,) = tx.exec(select(Group)).all()
    assert (row.state, row.reason, row.contact) == ("asked", "", "0966-00-0000")


def test_what_was_declined_keeps_no_address(tx, world):
    asked(tx, world.aki)
    groups.decide(tx, world.ben, slug="sakura-kai", approve=False, reason="同じ会があります")
    assert asked(tx, world.chie).slug == "sakura-kai"
    (old,) = [one for one in own_groups(tx, world.aki) if one.state == "declined"]
    assert old.slug.startswith("sakura-kai-")
    assert rules.checked_slug(old.slug) == old.slug


def test_an_address_belongs_to_one_group(tx, world):
    group(tx, world.aki, world.ben)
    assert wrong(lambda: asked(tx, world.chie)) == [("slug", "group_slug_taken")]
    assert wrong(lambda: asked(tx, world.aki)) == [("slug", "group_slug_taken")]
    groups.close(tx, now(tx, world.aki), slug="sakura-kai")
    assert wrong(lambda: asked(tx, world.chie)) == [("slug", "group_slug_taken")]


@pytest.mark.parametrize(
    ("slug", "code"),
    [("", "group_slug_missing"), ("ab", "group_slug_wrong"), ("a" * 41, "group_slug_wrong"), ("-aki", "group_slug_wrong"),
     ("さくら会", "group_slug_wrong"), ("a/../b", "group_slug_wrong"), ("a--b", "group_slug_wrong"),
     ("a b c", "group_slug_wrong"),
     ("manage", "group_slug_reserved"), ("ＮＥＷ", "group_slug_reserved"), ("x\x00yz", "group_slug_wrong")],
)  # fmt: skip
def test_a_forged_address_is_refused(tx, world, slug, code):
    assert wrong(lambda: asked(tx, world.aki, slug=slug)) == [("slug", code)]


def test_a_latin_name_suggests_its_address(tx, world):
    assert asked(tx, world.aki, slug="", name="Hitoyoshi Jazz Club 21").slug == "hitoyoshi-jazz-club-21"
    assert rules.suggested_slug("Manage") == ""
    assert rules.suggested_slug("さくら会") == ""


def test_all_that_is_wrong_is_said_at_once(tx, world):
    found = wrong(lambda: asked(tx, world.aki, name="", slug="x", url="javascript:alert(1)", words="", town="999999"))
    assert found == [("name", "text_empty"), ("url", "url_wrong"), ("slug", "group_slug_wrong"), ("words", "text_empty"),
                     ("municipality_code", "municipality_unknown")]  # fmt: skip


def test_a_guest_asks_for_nothing_and_nobody_for_four_at_once(tx, world):
    with pytest.raises(Unauthenticated):
        asked(tx, world.dai)
    for number in range(3):
        asked(tx, world.aki, slug=f"kai-{number}")
    with pytest.raises(Conflict, match="group_asked_enough"):
        asked(tx, world.aki, slug="kai-3")
    groups.decide(tx, world.ben, slug="kai-0", approve=True)
    asked(tx, world.aki, slug="kai-3")


def test_a_towns_request_without_staff_goes_to_the_operator(tx, world):
    asked(tx, world.aki, town=NISHIKI)
    assert told(tx, world.fumi) == ["group_asked"]
    assert told(tx, world.emi) == []


def test_an_editor_changes_the_text_and_its_html_is_safe(tx, world):
    row = group(tx, world.aki, world.ben)
    chie = join(tx, row, world.chie)
    raw = {"description": "**毎月**\n<script>x</script>[悪](javascript:x)"}
    view = groups.change(tx, chie, slug="sakura-kai", raw=raw, version=row.version)
    assert "<strong>毎月</strong>" in view.html
    assert "<script" not in view.html
    assert "href" not in view.html
    with pytest.raises(PreconditionFailed):
        groups.change(tx, chie, slug="sakura-kai", raw={"contact": "x"}, version=row.version - 1)
    assert told(tx, world.ben) == ["group_asked"]
    groups.change(tx, chie, slug="sakura-kai", raw={"name": "人吉さくら会"})
    assert told(tx, world.ben) == ["group_asked", "group_renamed"]


@pytest.mark.parametrize("who", ["dai", "chie", "fumi"])
def test_strangers_change_and_see_nothing(tx, world, who):
    group(tx, world.aki, world.ben)
    actor = getattr(world, who)
    for call in (
        lambda: groups.change(tx, actor, slug="sakura-kai", raw={"name": "わたしの会"}),
        lambda: groups.close(tx, actor, slug="sakura-kai"),
        lambda: managed(tx, actor, slug="sakura-kai"),
    ):
        with pytest.raises((Forbidden, Unauthenticated)):
            call()


def test_an_editor_does_no_owners_deeds(tx, world):
    chie = join(tx, group(tx, world.aki, world.ben), world.chie)
    with pytest.raises(Forbidden, match="not_allowed_owner_only"):
        groups.close(tx, chie, slug="sakura-kai")
    with pytest.raises(Forbidden, match="not_allowed_owner_only"):
        invite(tx, chie, slug="sakura-kai", mail="x@example.jp", role="owner")


def test_a_closed_group_has_no_power_and_its_flyers_stay(tx, world):
    row = group(tx, world.aki, world.ben)
    chie, aki = join(tx, row, world.chie), now(tx, world.aki)
    invite(tx, aki, slug="sakura-kai", mail="x@example.jp", role="editor")
    groups.close(tx, aki, slug="sakura-kai")
    assert told(tx, world.chie) == ["group_was_closed"]
    assert now(tx, chie).groups == frozenset()
    with pytest.raises(Gone):
        group_page(tx, world.dai, slug="sakura-kai")
    with pytest.raises(Gone):
        groups.close(tx, aki, slug="sakura-kai")
    with pytest.raises(Gone):
        groups.change(tx, aki, slug="sakura-kai", raw={"name": "また"})
    assert active_groups(tx, world.dai) == ()
    assert managed(tx, world.ben, slug="sakura-kai").may_change is False


def test_what_staff_do_is_written_down_and_what_owners_do_is_not(tx, world):
    group(tx, world.aki, world.ben)
    groups.change(tx, now(tx, world.aki), slug="sakura-kai", raw={"contact": "公民館"})
    groups.change(tx, world.ben, slug="sakura-kai", raw={"contact": "市役所"})
    groups.close(tx, world.emi, slug="sakura-kai")
    entries = tx.exec(select(AuditEntry).order_by(AuditEntry.id)).all()
    assert [(one.verb, one.actor_kind, one.thing_id) for one in entries] == [
        ("group.decide", "staff", "sakura-kai"), ("group.change", "staff", "sakura-kai"),
        ("group.close", "operator", "sakura-kai")]  # fmt: skip
    assert "市役所" not in str([one.detail for one in entries])


def test_the_desk_shows_the_groups_of_its_towns_only(tx, world):
    group(tx, world.aki, world.ben)
    asked(tx, world.chie, slug="nishiki-kai", town=NISHIKI)
    assert [one.slug for one in desk_groups(tx, world.ben).groups] == ["sakura-kai"]
    assert [one.slug for one in desk_groups(tx, world.fumi).waiting] == ["nishiki-kai"]
    assert len(desk_groups(tx, world.emi).waiting) == 1
    for actor in (world.aki, world.dai):
        with pytest.raises((Forbidden, Unauthenticated)):
            desk_groups(tx, actor)


def test_a_group_whose_asker_has_left_stands_there_without_owner(tx, world):
    asked(tx, world.aki)
    person = factories.person(tx, "Gen", staff=HITOYOSHI)
    from_db = tx.get(type(tx.exec(select(Group)).one()), tx.exec(select(Group.id)).one())
    from_db.asked_by = None
    tx.add(from_db)
    tx.flush()
    groups.decide(tx, person, slug="sakura-kai", approve=True)
    (shown,) = desk_groups(tx, world.ben).groups
    assert shown.owners == ()
