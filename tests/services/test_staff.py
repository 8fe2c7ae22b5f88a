"""The staff of towns: who may invite, change and end; a town keeps a lead."""

from __future__ import annotations

import threading

import pytest
from sqlmodel import select

from tamemap import clock, db
from tamemap.domain.actors import SYSTEM
from tamemap.domain.permissions import allowed
from tamemap.errors import Conflict, Forbidden, Invalid, NotFound, Unauthenticated
from tamemap.models import AuditEntry, Notice, Role
from tamemap.queries.grounds import ground_of
from tamemap.queries.people import me, person_view
from tamemap.queries.staff import desk, staff_of
from tamemap.services import boards, invitations, people, staff
from tests import factories
from tests.factories import HITOYOSHI, KASHIMA, NISHIKI
from tests.services.test_invitations import again


@pytest.fixture
def gina(world, tx):
    """Gina, a curator of 人吉市, 総務課."""
    made = factories.person(tx, "Gina")
    invitations.give_staff(tx, person_id=made.person_id, municipality_code=HITOYOSHI, level="curator", department="総務課")
    tx.flush()
    return again(tx, made)


def changed(tx, actor, whom, **changes):
    return staff.change(
        tx,
        actor,
        **{"person": whom.public_id, "municipality_code": HITOYOSHI, "level": "lead", "department": "広報課"} | changes,
    )


def trail(tx):
    return [
        (row.verb, row.actor_kind, row.thing, row.thing_id, row.detail)
        for row in tx.exec(select(AuditEntry).order_by(AuditEntry.id))
    ]


def test_a_lead_makes_gina_a_lead(tx, world, gina):
    assert allowed(gina, "staff.invite", ground_of(tx, HITOYOSHI)) is False
    changed(tx, world.ben, gina)
    assert again(tx, gina).leads == {HITOYOSHI}
    assert [one.department for one in staff_of(tx, gina, municipality_codes=(HITOYOSHI,))[HITOYOSHI]] == ["", "広報課"]
    assert trail(tx) == [("staff.change", "staff", "person", gina.public_id, {"level": "lead"})]
    assert tx.exec(select(Notice.code).where(Notice.person_id == gina.person_id)).all() == ["staff_changed"]


def test_a_curator_does_no_leads_deeds(tx, world, gina):
    deeds = [
        lambda: changed(tx, gina, gina),
        lambda: staff.end(tx, gina, person=world.ben.public_id, municipality_code=HITOYOSHI),
        lambda: staff.invite(tx, gina, mail="h@example.jp", role="curator", municipality_codes=(HITOYOSHI,)),
    ]
    for deed in deeds:
        with pytest.raises(Forbidden, match="not_allowed_lead_only"):
            deed()


def test_the_neighbours_lead_and_strangers_neither(tx, world, gina):
    for actor, error in ((world.fumi, Forbidden), (world.aki, Forbidden), (world.dai, Unauthenticated)):
        with pytest.raises(error):
            staff.end(tx, actor, person=gina.public_id, municipality_code=HITOYOSHI)
    # 錦町's lead names Gina in 錦町, where she is nobody
    with pytest.raises(NotFound, match="staff_unknown"):
        staff.end(tx, world.fumi, person=gina.public_id, municipality_code=NISHIKI)


def test_gina_is_thanked_and_her_rights_end_at_once(tx, world, gina):
    staff.end(tx, world.ben, person=gina.public_id, municipality_code=HITOYOSHI)
    assert again(tx, gina).staff_of == frozenset()
    with pytest.raises(NotFound):
        staff.end(tx, world.ben, person=gina.public_id, municipality_code=HITOYOSHI)
    assert tx.exec(select(Notice.code).where(Notice.person_id == gina.person_id)).all() == ["staff_ended"]


def test_the_last_lead_stays_unless_the_operator_decides(tx, world, gina):
    with pytest.raises(Conflict, match="last_lead"):
        staff.end(tx, world.ben, person=world.ben.public_id, municipality_code=HITOYOSHI)
    with pytest.raises(Conflict, match="last_lead"):
        changed(tx, world.ben, world.ben, level="curator")
    changed(tx, world.ben, gina)
    staff.end(tx, world.ben, person=world.ben.public_id, municipality_code=HITOYOSHI)
    staff.end(tx, world.emi, person=gina.public_id, municipality_code=HITOYOSHI)
    assert staff_of(tx, world.emi, municipality_codes=(HITOYOSHI,)) == {HITOYOSHI: ()}


def test_two_leads_who_send_each_other_away_do_not_both_succeed(world):
    with db.transaction(write=True) as tx:
        gina = factories.person(tx, "Gina", staff=HITOYOSHI)
    ended, moment = [], clock.now()

    def send_away(actor, other):
        with clock.frozen_at(moment):
            try:
                with db.transaction(write=True) as tx:
                    staff.end(tx, again(tx, actor), person=other.public_id, municipality_code=HITOYOSHI)
                ended.append("ended")
            except (Conflict, Forbidden):
                ended.append("refused")

    pairs = [(world.ben, gina), (gina, world.ben)]
    threads = [threading.Thread(target=send_away, args=pair) for pair in pairs]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    with db.transaction(write=False) as tx:
        assert len(tx.exec(select(Role).where(Role.municipality_code == HITOYOSHI)).all()) == 1
    assert sorted(ended) == ["ended", "refused"]


@pytest.mark.parametrize(
    ("changes", "error", "code"),
    [
        ({"level": "operator"}, Invalid, "role_wrong"),
        ({"department": "課" * 41}, Invalid, "text_too_long"),
        ({"municipality_code": "999999"}, NotFound, "municipality_unknown"),
        ({"person": "nobody"}, NotFound, "staff_unknown"),
        ({"person": "\x00"}, NotFound, "staff_unknown"),
    ],
)
def test_a_wrong_change_is_refused(tx, world, gina, changes, error, code):  # noqa: PLR0917
    with pytest.raises(error, match=code):
        changed(tx, world.ben, gina, **changes)


def test_where_staff_speak_their_department_stands_beside_them(tx, world, gina):
    said = boards.open_topic(tx, gina, board="hitoyoshi-hiroba", kind="theme", title="今月のお題", body="川のことを。")
    assert (said.author.kind, said.author.municipality, said.author.department) == ("staff", "人吉市", "総務課")
    assert [(one.level, one.department) for one in me(tx, gina).roles] == [("curator", "総務課")]
    assert [one.department for one in person_view(tx, world.dai, public_id=gina.public_id).roles] == ["総務課"]


def test_everybody_sees_the_pages_of_the_desk_that_are_for_them(tx, world, gina):
    everyday = {"cases", "figures", "boards", "care", "groups", "staff", "mascots", "residence_codes"}
    assert desk(tx, gina).may == everyday
    assert desk(tx, world.ben).may == everyday | {"maps", "tokens", "audit"}
    assert [(town.code, town.leads) for town in desk(tx, world.emi).towns] == [(HITOYOSHI, True), (NISHIKI, True)]
    for stranger, error in ((world.aki, Forbidden), (world.dai, Unauthenticated)):
        with pytest.raises(error):
            desk(tx, stranger)


def test_other_towns_staff_are_not_listed(tx, world):
    assert list(staff_of(tx, world.fumi, municipality_codes=(HITOYOSHI, NISHIKI, KASHIMA))) == [NISHIKI]


def test_the_command_line_gives_leads_and_curators_and_it_is_written_down(tx, world):
    for role in ("curator", "lead", "curator", "staff"):
        people.grant(tx, SYSTEM, mail="gina@example.jp", role=role, municipality_code=HITOYOSHI)
    granted = tx.exec(select(Role).where(Role.municipality_code == HITOYOSHI, Role.person_id != world.ben.person_id)).one()
    assert granted.level == "lead"
    assert [(verb, kind, detail["role"]) for verb, kind, _, _, detail in trail(tx)] == [
        ("role.grant", "system", role) for role in ("curator", "lead", "curator", "staff")
    ]
