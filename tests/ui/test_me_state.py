"""My page's State: Aki changes what is hers, Chie cannot, a guest's browser knows its own flyers."""

from __future__ import annotations

from datetime import timedelta

import pytest

from tamemap import clock, db, session
from tamemap.domain.actors import Actor
from tamemap.i18n import t
from tamemap.models import Flyer, Group, GroupMember, Passkey, Person
from tamemap.services import decisions, fans
from tamemap.services.flyers import change
from tamemap.ui.screens.me_edit import FIELDS, edit_row, raw_of
from tamemap.ui.screens.me_state import MeState
from tests import factories
from tests.ui.harness import Tab, everything, signed_in

DAY = "2026-12-05"


@pytest.fixture
def market(world):
    """Aki's flyer since an hour, inside only, telephone for residents."""
    with clock.frozen_at(clock.now() - factories.HOUR), db.transaction(write=True) as tx:
        return factories.flyer(tx, world.aki, title="秋の市", hidden=("phone",), phone="0966-1", starts_at=DAY).public_id


def row(public_id):
    with db.transaction(write=False) as tx:
        return tx.query(Flyer).filter(Flyer.public_id == public_id).one()


def typed(tab, **changes):
    """The form as the browser sends it, with these changes: what is not ticked is not sent."""
    edit = tab.editing
    sent = {name: getattr(edit, name) for name in FIELDS if hasattr(edit, name)} | {
        f"hidden_{name}": "on" for name in edit.hidden
    }
    return {name: value for name, value in (sent | changes).items() if value is not None}


def test_aki_sees_herself_the_ways_further_and_her_flyers(world, market):
    tab = Tab(MeState, world.aki).send("enter")
    assert (tab.signed_in, tab.name, tab.mail, tab.desk, tab.groups) == (True, "Aki", "aki@example.jp", "", [])
    assert [(row.url, row.sign, row.state) for row in tab.rows] == [
        ("/me/residence", "home", t("me.residence_said", town="人吉市")),
        ("/me/about", "heart", t("me.told_nothing")),
        ("/me/ways", "key", t("me.way_mail")),
        ("/me/devices", "phone", t("me.devices_count", count=1)),
        ("/me/notices", "bell", "まとめメールは毎日・21:00〜07:00は送りません"),
    ]
    assert [(one.id, one.state, one.outside, [stand.words for stand in one.stands]) for one in tab.flyers] == [
        (market, "up", False, [t("placement.up")])
    ]


def test_the_rows_say_how_things_stand(world):
    now = clock.now()
    with db.transaction(write=True) as tx:
        aki = tx.get(Person, world.aki.person_id)
        aki.proved_code, aki.proved_at = "432032", now
        tx.add(aki)
        tx.add(Passkey(person_id=aki.id, credential_id="a", public_key=b"k", created_at=now))
        tx.add(Passkey(person_id=aki.id, credential_id="b", public_key=b"k", created_at=now))
        fans.tell(tx, world.aki, prefecture="43")
        fans.tie(tx, world.aki, municipality_code="435015", kinds=("work", "visited"))
    signed_in(world.aki)
    tab = Tab(MeState, world.aki).send("enter")
    until = t("me.day", year=2027, month=11, day=22)
    assert [row.state for row in tab.rows] == [
        t("me.residence_proved", town="人吉市", until=until),
        t("me.and").join([t("me.told_self"), t("me.told_ties", count=1)]),
        t("me.and").join([t("me.way_mail"), t("me.way_passkeys", count=2)]),
        t("me.devices_count", count=2),
        "まとめメールは毎日・21:00〜07:00は送りません",
    ]
    with clock.frozen_at(now + 400 * factories.DAY):
        assert Tab(MeState, world.aki).send("enter").rows[0].state == t("me.residence_said", town="人吉市")


def test_my_groups_lead_to_their_pages_once_staff_have_answered(world):
    with db.transaction(write=True) as tx:
        for slug, state in (("asobi", "active"), ("matsuri", "asked"), ("mukashi", "closed")):
            group = Group(slug=slug, name=slug, municipality_code="432032", state=state, asked_by=world.aki.person_id,
                          asked_at=clock.now())  # fmt: skip
            tx.add(group)
            tx.flush()
            if state != "asked":
                tx.add(GroupMember(group_id=group.id, person_id=world.aki.person_id, role="editor", since=clock.now()))
    tab = Tab(MeState, world.aki).send("enter")
    assert [(one.url, one.name, one.state) for one in tab.groups] == [
        ("/g/asobi", "asobi", t("me.group.editor")), ("", "matsuri", t("me.group.asked"))]  # fmt: skip
    assert Tab(MeState, world.chie).send("enter").groups == []


def test_roles_are_said_in_words_and_lead_to_the_desk(world):
    ben = Tab(MeState, world.ben).send("enter")
    assert (ben.roles, ben.desk) == ([t("people.staff_of", municipality="人吉市")], "/desk")
    emi = Tab(MeState, world.emi).send("enter")
    assert (emi.roles, emi.desk) == ([t("me.operator_of", region="人吉球磨")], "/desk")
    with clock.frozen_at(clock.now() + timedelta(hours=13)):
        ben.send("enter")
        assert (ben.roles, ben.desk) == ([t("people.staff_of", municipality="人吉市")], "/auth/again?then=/desk")


def test_mails_are_switched_off_by_their_owner_alone(world):
    tab = Tab(MeState, world.aki).send("enter")
    assert tab.mail_notices is True
    assert tab.send("set_mail_notices", on=False).toast == t("me.mail_off")
    assert (tab.mail_notices, Tab(MeState, world.aki).send("enter").mail_notices) == (False, False)
    assert Tab(MeState, world.chie).send("enter").mail_notices is True
    assert tab.send("set_mail_notices", on="ja").problem == t("errors.request_wrong")
    assert Tab(MeState).send("set_mail_notices", on=False).problem == t("errors.sign_in_first")


def test_a_guest_sees_the_flyers_of_this_browser_only(world, market):
    with db.transaction(write=True) as tx:
        own = factories.flyer(tx, Actor(guest_hash=session.hashed("dais-browser")), title="迷い猫").public_id
    dai = Tab(MeState, guest_key="dais-browser").send("enter")
    assert (dai.signed_in, [one.id for one in dai.flyers]) == (False, [own])
    assert Tab(MeState, guest_key="another").send("enter").flyers == []
    assert Tab(MeState).send("enter").flyers == []


def test_the_name_is_kept_and_a_wrong_one_is_said_at_its_field(world):
    tab = Tab(MeState, world.aki).send("enter")
    tab.send("save_profile", sent={"name": "あき", "residence": "082228"})
    assert (tab.name, tab.toast) == ("あき", t("me.saved"))
    tab.send("save_profile", sent={"name": " "})
    assert (tab.wrong, tab.name) == ({"name": t("errors.text_empty")}, "あき")
    with db.transaction(write=False) as tx:
        assert tx.get(Person, world.aki.person_id).residence_code == "432032"
    guest = Tab(MeState).send("enter").send("save_profile", sent={"name": "だれ"})
    assert guest.problem == t("errors.sign_in_first")


def test_the_one_tick_is_undone_from_the_toast(world, market):
    tab = Tab(MeState, world.aki).send("enter").send("set_outside", public_id=market, on=True)
    assert (tab.flyers[0].outside, tab.undo) == (True, f"untick {market}")
    tab.send("take_back")
    assert (tab.flyers[0].outside, len(tab.flyers[0].stands)) == (False, 1)


def test_a_flyer_taken_down_comes_back(world, market):
    tab = Tab(MeState, world.aki).send("enter").send("set_outside", public_id=market, on=True).send("remove", public_id=market)
    assert (tab.flyers, row(market).deleted_at is not None) == ([], True)
    tab.send("take_back")
    assert ([one.outside for one in tab.flyers], row(market).deleted_at) == ([True], None)


def test_aki_mends_the_facts_and_nothing_else_changes(world, market):
    tab = Tab(MeState, world.aki).send("enter").send("start_edit", public_id=market)
    assert (tab.editing.start_day, tab.editing.end_day, tab.editing.hidden) == (DAY, "", ["phone"])
    tab.send(
        "save_flyer", sent=typed(tab, title="冬の市", start_time="18:00", end_time="00:00", hidden_phone=None, hidden_fee="on")
    )
    assert (tab.editing.id, tab.toast, tab.done.split()[0]) == ("", t("me.changed"), f"edit.{market}")
    kept = row(market)
    assert (kept.title, kept.phone, kept.hidden_outside, kept.all_day) == ("冬の市", "0966-1", ["fee"], False)
    tab.send("start_edit", public_id=market)
    assert (tab.editing.start_time, tab.editing.end_day, tab.editing.end_time) == ("18:00", "", "00:00")


def test_a_wrong_field_keeps_the_form_open(world, market):
    tab = Tab(MeState, world.aki).send("enter").send("start_edit", public_id=market)
    tab.send("save_flyer", sent=typed(tab, title="", start_day="2026-12-05", end_day="2026-12-01"))
    assert tab.wrong == {"title": t("errors.title_missing"), "ends_at": t("errors.end_before_start")}
    assert (tab.editing.id, row(market).title) == (market, "秋の市")


def test_who_was_slower_is_told_and_overwrites_nothing(world, market):
    tab = Tab(MeState, world.aki).send("enter").send("start_edit", public_id=market)
    with db.transaction(write=True) as tx:
        change(tx, world.aki, public_id=market, raw={"title": "別の端末から"})
    tab.send("save_flyer", sent=typed(tab, title="こちらから"))
    assert (tab.problem, row(market).title) == (t("errors.flyer_changed_meanwhile"), "別の端末から")


def test_chie_changes_nothing_of_akis(world, market):
    before = everything()
    tab = Tab(MeState, world.chie).send("enter")
    before = everything()
    assert tab.send("set_outside", public_id=market, on=True).problem == t("errors.not_allowed_here")
    assert tab.send("remove", public_id=market).problem == t("errors.not_allowed_here")
    assert tab.send("start_edit", public_id=market).editing.id == ""
    assert tab.send("save_flyer", sent={"title": "わるさ"}).problem == t("errors.request_wrong")
    tab.state.undo = f"restore {market}"
    tab.send("take_back")
    assert everything() == before


def test_a_recalled_flyer_says_why_and_has_no_tick(world, market):
    with db.transaction(write=True) as tx:
        decisions.decide(tx, world.ben, public_id=market, decision="recall", reason="日付をたしかめてください")
    own = Tab(MeState, world.aki).send("enter").flyers[0]
    assert (own.state, own.may_outside, own.stands[0].reason) == ("recalled", False, "日付をたしかめてください")


@pytest.mark.parametrize(("starts", "ends"), [
    ("", ""), ("2026-12-01", ""), ("2026-12-01", "2026-12-03"), ("2026-12-09T10:00:00+09:00", ""),
    ("2026-12-09T10:00:00+09:00", "2026-12-09T11:30:00+09:00"), ("2026-12-09T18:00:00+09:00", "2026-12-09T24:00:00+09:00"),
    ("2026-12-09T20:00:00+09:00", "2026-12-10T02:00:00+09:00"),
])  # fmt: skip
def test_dates_come_through_the_form_unchanged(world, market, starts, ends):
    with db.transaction(write=True) as tx:
        view = change(tx, world.aki, public_id=market, raw={"starts_at": starts, "ends_at": ends})
        edit = edit_row(view)
        again = change(tx, world.aki, public_id=market, raw=raw_of({name: getattr(edit, name, "") for name in FIELDS}))
        assert again.when == view.when


@pytest.mark.parametrize(
    ("said", "toast"), [("invitation_declined", "招待をことわりました。"), ("nothing_of_ours", ""), ("", "")]
)
def test_what_led_here_is_said(world, said, toast):
    for actor in (None, world.aki):
        assert Tab(MeState, actor, path=f"/me?said={said}").send("enter").toast == toast
