"""Asking for a group, its room, and the desk, as plain forms: with other people's sessions, stale pages and forged fields."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from contextvars import copy_context

import pytest
from sqlmodel import select

from tamemap import db
from tamemap.domain.groups import LIMITS
from tamemap.i18n import t
from tamemap.models import Group, GroupMember, Invitation
from tamemap.services.groups_members import remove_member
from tests.factories import HITOYOSHI
from tests.services.group_rows import asked, group, join, now
from tests.web.pages import read

WISH = {"name": "さくら会", "slug": "sakura-kai", "municipality_code": HITOYOSHI, "words": "市を知らせたいです"}
ROOM = "/g/sakura-kai/manage"


@pytest.fixture
def sakura(world):
    with db.transaction(write=True) as tx:
        row = group(tx, world.aki, world.ben)
        join(tx, row, world.chie)
    return row


def roles():
    with db.transaction(write=False) as tx:
        return sorted((one.person_id, one.role) for one in tx.exec(select(GroupMember)))


def state(slug="sakura-kai"):
    with db.transaction(write=False) as tx:
        return tx.exec(select(Group.state).where(Group.slug == slug)).one()


def test_a_guest_is_sent_to_sign_in_and_back(visit, sakura):
    for path in ("/groups/new", ROOM, "/desk/groups", "/g/no-such/manage"):
        answer = visit().get(path)
        assert (answer.status_code, answer.headers["location"]) == (303, f"/sign-in?then={path.replace('/', '%2F')}")


def test_aki_asks_by_the_form_and_ben_answers_by_his(visit, world):
    aki, ben = visit(world.aki), visit(world.ben)
    wrong = aki.post("/groups/new", data=WISH | {"slug": "さくら", "words": ""})
    assert wrong.status_code == 422
    assert "さくら会" in wrong.text
    sent = aki.post("/groups/new", data=WISH)
    assert (sent.status_code, sent.headers["location"]) == (303, f"{ROOM}?said=group_asked")
    assert aki.get(ROOM).status_code == 200
    assert "市を知らせたいです" in ben.get("/desk/groups").text
    refused = ben.post("/desk/groups", data={"group": "sakura-kai", "deed": "decline", "reason": ""})
    assert refused.status_code == 422
    for _ in range(2):
        done = ben.post("/desk/groups", data={"group": "sakura-kai", "deed": "approve"})
        assert (done.status_code, done.headers["location"]) == (303, "/desk/groups?said=group_approve")
    late = ben.post("/desk/groups", data={"group": "sakura-kai", "deed": "decline", "reason": "やはり"})
    assert late.status_code == 409
    assert visit().get("/g/sakura-kai").status_code == 200
    assert roles() == [(world.aki.person_id, "owner")]


@pytest.mark.parametrize(
    ("name", "limit"), [("words", LIMITS["words"]), ("description", LIMITS["description"]), ("contact", LIMITS["contact"])]
)
def test_a_long_paste_comes_back_whole_with_by_how_much_it_is_too_long(visit, world, name, limit):
    typed = "川" * (limit + 7)
    answer = visit(world.aki).post("/groups/new", data=WISH | {name: typed})
    assert answer.status_code == 422
    page = read(answer)
    assert page.one("textarea", name=name).text == typed
    assert page.one("p", id=f"{name}-error").text == t("errors.text_too_long", limit=LIMITS[name], over=7)


def test_staff_of_other_towns_and_members_have_no_say(visit, world):
    with db.transaction(write=True) as tx:
        asked(tx, world.aki)
    assert "さくら会" not in visit(world.fumi).get("/desk/groups").text
    for who, status in ((world.fumi, 403), (world.aki, 403), (world.chie, 403)):
        assert visit(who).post("/desk/groups", data={"group": "sakura-kai", "deed": "approve"}).status_code == status
    assert visit(world.chie).get("/desk/groups").status_code in {403, 404}
    assert state() == "asked"


@pytest.mark.parametrize(
    "sent",
    [{"deed": "hand_over"}, {"deed": "role", "role": "owner"}, {"deed": "remove"}, {"deed": "close"},
     {"deed": "invite", "mail": "x@example.jp", "role": "owner"}],
)  # fmt: skip
def test_an_editor_a_stranger_and_a_neighbours_staff_do_no_owners_deeds(visit, world, sakura, sent):
    before = roles()
    for who in (world.chie, world.fumi):
        person = world.chie.public_id if who is world.chie else world.aki.public_id
        assert visit(who).post(ROOM, data=sent | {"person": person}).status_code == 403
    assert (roles(), state()) == (before, "active")
    with db.transaction(write=False) as tx:
        assert tx.exec(select(Invitation)).all() == []


def test_aki_hands_over_to_chie_and_leaves(visit, world, sakura):
    aki = visit(world.aki)
    assert aki.post(ROOM, data={"deed": "leave"}).status_code == 409
    done = aki.post(ROOM, data={"deed": "hand_over", "person": world.chie.public_id})
    assert done.headers["location"] == f"{ROOM}?said=group_hand_over"
    assert aki.post(ROOM, data={"deed": "hand_over", "person": world.chie.public_id}).status_code == 403
    assert aki.post(ROOM, data={"deed": "leave"}).headers["location"] == "/groups/new?said=group_leave"
    assert roles() == [(world.chie.person_id, "owner")]
    assert aki.get(ROOM).status_code == 403


def test_of_two_who_are_handed_over_to_at_once_one_becomes_owner(visit, world, sakura):
    with db.transaction(write=True) as tx:
        join(tx, sakura, world.fumi)
    phones = ((visit(world.aki), world.chie), (visit(world.aki), world.fumi))

    def press(phone, person):
        return phone.post(ROOM, data={"deed": "hand_over", "person": person.public_id}).status_code

    with ThreadPoolExecutor(2) as threads:
        pressed = [threads.submit(copy_context().run, press, *one) for one in phones]
        assert sorted(one.result() for one in pressed) == [303, 403]
    assert [role for _, role in roles()].count("owner") == 1


def test_an_open_page_of_somebody_removed_does_nothing_any_more(visit, world, sakura):
    chie = visit(world.chie)
    assert chie.get(ROOM).status_code == 200
    with db.transaction(write=True) as tx:
        remove_member(tx, now(tx, world.aki), slug="sakura-kai", public_id=world.chie.public_id)
    assert chie.post(ROOM, data={"deed": "text", "name": "のっとり"}).status_code == 403
    assert chie.get(ROOM).status_code == 403


def test_who_saves_an_old_page_is_told_and_loses_nothing(visit, world, sakura):
    aki, chie = visit(world.aki), visit(world.chie)
    text = {"deed": "text", "version": "2", "name": "さくら会", "contact": "公民館"}
    assert aki.post(ROOM, data=text).status_code == 303
    late = chie.post(ROOM, data=text | {"contact": "市役所"})
    assert late.status_code == 412
    assert "市役所" in late.text


@pytest.mark.parametrize(
    "sent",
    [{}, {"deed": "x"}, {"deed": "text", "version": "9" * 30, "name": ""}, {"deed": "role", "role": "x"},
     {"deed": "remove", "person": "' OR 1=1"}],
)  # fmt: skip
def test_forged_forms_are_refused(visit, world, sakura, sent):
    assert visit(world.aki).post(ROOM, data={"person": world.chie.public_id} | sent).status_code in {404, 412, 422}
    assert len(roles()) == 2


def test_a_form_from_elsewhere_is_refused(visit, world, sakura):
    answer = visit(world.aki, Origin="https://evil.example").post(ROOM, data={"deed": "close"})
    assert answer.status_code == 403
    assert state() == "active"


def test_staff_find_an_owner_by_the_desk(visit, world, sakura):
    ben = visit(world.ben)
    done = ben.post("/desk/groups", data={"group": "sakura-kai", "deed": "appoint", "person": world.chie.public_id})
    assert done.headers["location"] == "/desk/groups?said=group_appointed"
    assert (world.chie.person_id, "owner") in roles()
    invited = ben.post("/desk/groups", data={"group": "sakura-kai", "deed": "appoint", "mail": "new@example.jp"})
    assert invited.headers["location"] == "/desk/groups?said=group_owner_invited"
    wrong = ben.post("/desk/groups", data={"group": "sakura-kai", "deed": "appoint", "mail": "nobody"})
    assert wrong.status_code == 422
    assert 'value="nobody"' in wrong.text


def test_a_groups_end_is_said_once_and_its_room_is_closed(visit, world, sakura):
    aki = visit(world.aki)
    assert aki.post(ROOM, data={"deed": "close"}).headers["location"] == "/groups/new?said=group_close"
    assert aki.post(ROOM, data={"deed": "close"}).status_code == 410
    assert visit(world.ben).get(ROOM).status_code == 200
    assert "活動を終えました" in aki.get("/groups/new").text
