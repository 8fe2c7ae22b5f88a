"""Ways in: added, changed and taken away by their person; the last one stays, and each change is told."""

from __future__ import annotations

import contextvars
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest
from sqlmodel import select

from tamemap import clock, config, db
from tamemap.domain.actors import Actor
from tamemap.errors import Conflict, Forbidden, Invalid, NotFound, Unauthenticated
from tamemap.i18n import t
from tamemap.models import Identity, Notice, Passkey, Person
from tamemap.queries.ways import ways as ways_in
from tamemap.services import handshakes, sign_in, ways
from tests.services.people_rows import identity, opened, passkey, person_of, without_mail
from tests.services.rows import mails
from tests.services.test_sign_in import code_of, wrong

HOUR = timedelta(hours=1)
NEW = "aki.new@example.jp"


@pytest.fixture
def line(world, monkeypatch):
    """LINE is switched on."""
    monkeypatch.setenv("TAMEMAP_OIDC_LINE_ID", "1")
    monkeypatch.setenv("TAMEMAP_OIDC_LINE_SECRET", "s" * 32)
    config.settings.cache_clear()


def notices(tx, actor) -> list[str]:
    return list(tx.exec(select(Notice.code).where(Notice.person_id == actor.person_id).order_by(Notice.id)))


def added(tx, actor, mail: str = NEW, key: str = "phone"):
    """Ask for a code to a new address, and type it."""
    sign_in.ask_to_add(tx, actor, mail=mail, browser_key=key)
    return sign_in.add_with_code(tx, actor, mail=mail, code=code_of(mails(tx)[-1]), browser_key=key)


def test_aki_changes_her_address_and_the_old_one_is_told(tx, world):
    _, aki = opened(tx, world.aki)
    assert added(tx, aki, " Aki.NEW@example.jp ").problem == ""
    assert person_of(tx, aki).mail == NEW
    asked, *told = mails(tx)
    assert asked["to"] == NEW
    assert [mail["to"] for mail in told] == [NEW, "aki@example.jp"]
    assert {mail["subject"] for mail in told} == {t("mail.way.subject")}
    assert t("notices.way_mail_changed") in told[1]["text"]
    assert notices(tx, aki) == ["way_mail_changed"]


def test_a_code_to_add_says_what_it_is_for_and_carries_no_name(tx, world):
    _, aki = opened(tx, world.aki)
    sign_in.ask_to_add(tx, aki, mail=NEW, browser_key="phone")
    (mail,) = mails(tx)
    assert "心あたりがなければ捨ててください" in mail["text"]
    assert "Aki" not in mail["text"]
    assert "/auth/mail" not in mail["text"]


def test_the_address_of_another_account_leads_to_a_merge_and_changes_nothing_yet(tx, world):
    _, aki = opened(tx, world.aki)
    entered = added(tx, aki, "chie@example.jp")
    assert entered.merge
    assert (person_of(tx, aki).mail, person_of(tx, world.chie).mail) == ("aki@example.jp", "chie@example.jp")
    taken = handshakes.take(tx, aki, kind="merge", key=entered.merge, browser_key="phone")
    assert (taken.person_id, taken.other_id, taken.secret) == (aki.person_id, world.chie.person_id, {"strong": True})


def test_a_wrong_code_changes_nothing_and_is_counted(tx, world):
    _, aki = opened(tx, world.aki)
    sign_in.ask_to_add(tx, aki, mail=NEW, browser_key="phone")
    code = code_of(mails(tx)[-1])
    found = [sign_in.add_with_code(tx, aki, mail=NEW, code=wrong(code), browser_key="phone") for _ in range(5)]
    assert [(one.problem, one.tries_left) for one in found] == [("sign_in_code_wrong", n) for n in (4, 3, 2, 1, 0)]
    assert sign_in.add_with_code(tx, aki, mail=NEW, code=code, browser_key="phone").problem == "sign_in_code_wrong"
    assert person_of(tx, aki).mail == "aki@example.jp"


@pytest.mark.parametrize("purpose", ["sign_in", "add", "again"])
def test_a_code_for_one_purpose_is_worth_nothing_for_another(tx, world, purpose):
    _, aki = opened(tx, world.aki)
    mail = NEW if purpose == "add" else "aki@example.jp"
    if purpose == "sign_in":
        sign_in.ask(tx, aki, mail=mail, browser_key="phone")
    elif purpose == "add":
        sign_in.ask_to_add(tx, aki, mail=mail, browser_key="phone")
    else:
        sign_in.ask_again(tx, aki, browser_key="phone")
    code = code_of(mails(tx)[-1])
    tried = {
        "sign_in": lambda: sign_in.with_code(tx, aki, mail=mail, code=code, browser_key="phone"),
        "add": lambda: sign_in.add_with_code(tx, aki, mail=mail, code=code, browser_key="phone"),
        "again": lambda: sign_in.again_with_code(tx, aki, code=code, browser_key="phone"),
    }
    for other in set(tried) - {purpose}:
        assert tried[other]().problem == "sign_in_code_wrong"
    assert tried[purpose]().problem == ""


def test_a_code_to_add_counts_for_the_person_who_asked_only(tx, world):
    _, aki = opened(tx, world.aki)
    _, chie = opened(tx, world.chie)
    sign_in.ask_to_add(tx, aki, mail=NEW, browser_key="shared")
    code = code_of(mails(tx)[-1])
    assert sign_in.add_with_code(tx, chie, mail=NEW, code=code, browser_key="shared").problem == "sign_in_code_wrong"
    assert sign_in.add_with_code(tx, aki, mail=NEW, code=code, browser_key="shared").problem == ""


def test_aki_shows_once_more_who_she_is_and_the_session_is_another_one(tx, world):
    before, aki = opened(tx, world.aki, strong=False)
    assert sign_in.ask_again(tx, aki, browser_key="phone").mail == "aki@example.jp"
    entered = sign_in.again_with_code(tx, aki, code=code_of(mails(tx)[-1]), browser_key="phone")
    assert (entered.problem, entered.person_public_id, entered.new_person) == ("", aki.public_id, False)
    assert entered.token not in {None, before}


def test_who_has_no_address_cannot_show_it(tx, world):
    aki = without_mail(tx, world.aki)
    with pytest.raises(Conflict, match="again_no_mail"):
        sign_in.ask_again(tx, aki, browser_key="phone")
    assert sign_in.again_with_code(tx, aki, code="000000", browser_key="phone").problem == "sign_in_code_wrong"


def test_the_address_that_one_has_is_not_added(tx, world):
    with pytest.raises(Invalid, match="mail_is_yours"):
        sign_in.ask_to_add(tx, world.aki, mail="AKI@example.jp", browser_key="phone")
    with pytest.raises(Invalid, match="mail_wrong"):
        sign_in.ask_to_add(tx, world.aki, mail="aki", browser_key="phone")


def test_a_passkey_is_renamed_and_removed_by_its_person_only(tx, world):
    row = passkey(tx, world.aki)
    for act in (ways.remove_passkey, lambda *a, **k: ways.rename_passkey(*a, name="x", **k)):
        with pytest.raises(NotFound):
            act(tx, world.chie, public_id=row.public_id)
    assert (
        ways.rename_passkey(tx, world.aki, public_id=row.public_id, name=" 台所の タブレット ").passkeys[0].name
        == "台所の タブレット"
    )
    for name, code in (("", "text_empty"), ("x" * 41, "text_too_long")):
        with pytest.raises(Invalid, match=code):
            ways.rename_passkey(tx, world.aki, public_id=row.public_id, name=name)
    assert ways.remove_passkey(tx, world.aki, public_id=row.public_id).passkeys == ()
    with pytest.raises(NotFound):
        ways.remove_passkey(tx, world.aki, public_id=row.public_id)
    assert notices(tx, world.aki) == ["way_passkey_removed"]
    assert "台所の タブレット" in mails(tx)[-1]["text"]


def test_the_last_way_that_works_stays(tx, world, line):
    aki = without_mail(tx, world.aki)
    key, works, over = passkey(tx, aki), identity(tx, aki), identity(tx, aki, "google")
    assert ways_in(tx, aki).working == 2
    ways.remove_identity(tx, aki, public_id=works.public_id)
    with pytest.raises(Conflict, match="way_is_last"):
        ways.remove_passkey(tx, aki, public_id=key.public_id)
    ways.remove_identity(tx, aki, public_id=over.public_id)
    passkey(tx, aki)
    ways.remove_passkey(tx, aki, public_id=key.public_id)
    assert ways_in(tx, aki).working == 1


def test_a_provider_that_is_switched_off_is_no_way_in(tx, world):
    aki = without_mail(tx, world.aki)
    identity(tx, aki)
    only = passkey(tx, aki)
    with pytest.raises(Conflict, match="way_is_last"):
        ways.remove_passkey(tx, aki, public_id=only.public_id)


def test_two_removals_at_the_same_moment_leave_one_way(world):
    with db.transaction(write=True) as tx:
        aki = without_mail(tx, world.aki)
        ids = [passkey(tx, aki).public_id for _ in range(2)]

    def remove(public_id: str) -> str:
        try:
            with db.transaction(write=True) as tx:
                ways.remove_passkey(tx, aki, public_id=public_id)
        except Conflict as error:
            return error.code
        return "removed"

    with ThreadPoolExecutor(2) as pool:
        found = [future.result() for future in [pool.submit(contextvars.copy_context().run, remove, one) for one in ids]]
    assert sorted(found) == ["removed", "way_is_last"]
    with db.transaction(write=False) as tx:
        assert len(tx.exec(select(Passkey)).all()) == 1


def test_in_an_old_session_nothing_is_added_or_removed(tx, world):
    key, other = passkey(tx, world.aki), identity(tx, world.aki)
    _, aki = opened(tx, world.aki, since=clock.now() - HOUR)
    begin = {"actor": aki, "key": "k", "browser_key": "phone", "purpose": "add"}
    for act in (
        lambda: sign_in.ask_to_add(tx, aki, mail=NEW, browser_key="phone"),
        lambda: ways.remove_passkey(tx, aki, public_id=key.public_id),
        lambda: ways.remove_identity(tx, aki, public_id=other.public_id),
        lambda: handshakes.begin(tx, kind="passkey_new", **begin),
        lambda: handshakes.begin(tx, kind="provider", **begin),
    ):
        with pytest.raises(Unauthenticated, match="ways_need_proof"):
            act()
    assert mails(tx) == []
    assert len(ways_in(tx, aki).passkeys) == len(ways_in(tx, aki).identities) == 1


@pytest.mark.parametrize(
    "act",
    [
        ways_in,
        lambda tx, actor: ways.remove_passkey(tx, actor, public_id="x"),
        lambda tx, actor: ways.rename_passkey(tx, actor, public_id="x", name="y"),
        lambda tx, actor: ways.remove_identity(tx, actor, public_id="x"),
        lambda tx, actor: sign_in.ask_to_add(tx, actor, mail=NEW, browser_key="b"),
        lambda tx, actor: sign_in.add_with_code(tx, actor, mail=NEW, code="1", browser_key="b"),
        lambda tx, actor: sign_in.ask_again(tx, actor, browser_key="b"),
        lambda tx, actor: sign_in.again_with_code(tx, actor, code="1", browser_key="b"),
    ],
)
def test_guests_and_programs_have_no_ways(tx, world, act):
    with pytest.raises(Unauthenticated):
        act(tx, world.dai)
    with pytest.raises(Forbidden):
        act(tx, Actor(person_id=world.aki.person_id, scopes=frozenset({"flyers"}), token_id=1))


def test_an_address_that_somebody_takes_at_this_moment_is_theirs(tx, world, monkeypatch):
    other = tx.exec(select(Person.id).where(Person.mail == "chie@example.jp")).one()
    assert ways.take_mail(tx, person_id=world.aki.person_id, mail="chie@example.jp") == other
    assert ways.take_mail(tx, person_id=world.aki.person_id, mail="aki@example.jp") is None
    assert mails(tx) == []
    assert tx.exec(select(Identity)).all() == []
