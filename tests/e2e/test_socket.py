"""The screens' websocket as a stranger's program would use it: other people's things, forged words, other people's tabs.

Whoever somebody is, they are by the cookie of the handshake; whatever an event claims besides is a claim.
"""

from __future__ import annotations

import time

import httpx
import pytest
from simple_websocket import ConnectionError as Refused

from tamemap import session
from tamemap.i18n import t
from tamemap.ui.screens.desk_state import DeskState
from tamemap.ui.screens.home_state import HomeState
from tamemap.ui.screens.me_state import MeState
from tamemap.ui.screens.notices_state import NoticesState
from tests.e2e.conftest import PATIENCE
from tests.e2e.raw_socket import ROOT, RawSocket
from tests.house.test_state_handlers import HANDLERS
from tests.ui.harness import FORGED

pytestmark = pytest.mark.e2e
AKI, CHIE, BEN, FUMI = "sakura@example.jp", "ryoko@example.jp", "staff@example.jp", "staff-nishiki@example.jp"
# the tables that nobody changes but by a deed
DEEDS = ("flyer", "placement", "placement_change", "topic", "post", "reaction", "report", "role", "person", "group",
         "audit_entry", "access_token", "signed_in", "notice")  # fmt: skip


@pytest.fixture(scope="module")
def cookie_of(town):
    """``cookie_of(mail)`` is the cookie of a session of that person, made once and kept for all tests."""
    known = {}

    def sign_in(mail):
        if mail not in known:
            known[mail] = fresh_cookie(town, mail)
        return known[mail]

    return sign_in


def fresh_cookie(town, mail):
    """The cookie of a new session of that person."""
    return f"{session.COOKIE}={town.token_for(mail)}"


@pytest.fixture
def open_socket(town):
    """``open_socket(cookie=…)`` is a socket as a page of ours opens it."""
    opened = []

    def open_one(**how):
        opened.append(RawSocket(town.address, **({"origin": town.address} | how)))
        return opened[-1]

    yield open_one
    for one in opened:
        one.close()


def deeds(town):
    """Everything that a deed could have changed."""
    return {table: town.rows.read('SELECT * FROM "{}" ORDER BY 1'.format(table)) for table in DEEDS}  # noqa: S608,UP032  ours


@pytest.fixture(scope="module", autouse=True)
def settled(town):
    """The worker has done what changes those tables though nobody's deed is behind it any more: each of the demo's pictures, once
    made, raises the stamp of its flyer's placements; of the tests before followers are told, and photographs are read."""
    waiting = """SELECT id FROM outbox WHERE kind IN ('pictures', 'followers') AND done_at IS NULL AND dead_at IS NULL
                 UNION ALL SELECT id FROM reading WHERE state IN ('waiting', 'reading')"""
    end = time.monotonic() + PATIENCE * 10
    while town.rows.read(waiting):
        assert time.monotonic() < end, "the worker does not get done"
        time.sleep(0.3)


@pytest.fixture
def things(town):
    """Ids of what belongs to others: a flyer of Aki that is up, one that waits for staff in 人吉市, a post, a topic, a report."""
    flyers = """SELECT flyer.public_id FROM flyer JOIN placement ON placement.flyer_id = flyer.id JOIN map ON map.id = map_id
                LEFT JOIN person ON person.id = poster_id
                WHERE map.municipality_code = '432032' AND state = :state AND coalesce(mail, '') LIKE :mail
                AND deleted_at IS NULL"""
    (up, *_), *_ = town.rows.read(flyers, state="up", mail=AKI)
    (held, *_), *_ = town.rows.read(flyers, state="held", mail="%")
    ((post, topic), *_) = town.rows.read(
        "SELECT post.public_id, topic.public_id FROM post JOIN topic ON topic.id = topic_id WHERE post.deleted_at IS NULL"
    )
    with httpx.Client(base_url=town.address) as client:
        wish = {"thing": "flyer", "thing_id": up, "reason": "rude"}
        report = client.post("/api/v1/reports", json=wish).raise_for_status().json()["id"]
    return {"up": up, "held": held, "post": post, "topic": topic, "report": report}


@pytest.mark.parametrize("origin", ["https://example.com", "null", "http://localhost.example.com", "http://127.0.0.1"])
def test_other_sites_pages_open_no_socket(town, cookie_of, origin):
    with pytest.raises(Refused, match=r"40[03]"):
        RawSocket(town.address, cookie=cookie_of(BEN), origin=origin)


def test_who_somebody_is_stands_in_the_handshake_and_nowhere_else(town, open_socket, cookie_of, things):
    stolen = cookie_of(BEN)
    claim = {
        "headers": {"cookie": stolen, "Cookie": stolen, "raw_headers": {"cookie": stolen}},
        "cookie": stolen,
        "ip": "127.0.0.1",
        "session_id": "x",
        "token": "x",
        "rx_router_headers": {"cookie": stolen},
    }
    name = f"{DeskState.get_full_name()}.enter"
    boot = {"event": {"name": name, "payload": {}, "router_data": claim, "token": "x"}}
    guest = open_socket(auth=boot)
    before = deeds(town)
    for path in ("/desk", "/"):
        assert guest.ask(DeskState, "enter", path=path, **claim)["refused"] == "guest"
    guest.emit("event", {"name": name, "payload": {}, "router_data": claim, **claim})
    for state, handler, payload in wicked(things):
        assert guest.ask(state, handler, payload, **claim)["problem"] != t("errors.mishap")
    assert deeds(town) == before
    ben = open_socket(cookie=stolen)
    assert ben.ask(DeskState, "enter", path="/desk")["refused"] == ""
    # neither does a page's script hear of the cookie, which is HttpOnly
    assert stolen.partition("=")[2] not in guest.all_said() + ben.all_said()


def wicked(things):
    """What somebody would do with other people's things: (State, handler, payload)."""
    up, held = things["up"], things["held"]
    return [
        (MeState, "set_outside", {"public_id": up, "on": True}),
        (MeState, "remove", {"public_id": up}),
        (MeState, "start_edit", {"public_id": up}),
        (MeState, "save_flyer", {"sent": {"title": "わるいこと", "id": up, "public_id": up}}),
        (MeState, "take_back", {}),
        (DeskState, "show_tab", {"tab": "up"}),
        (DeskState, "put_up", {"public_ids": [held]}),
        (DeskState, "ask_reason", {"decision": "delete", "public_ids": [held, up]}),
        (DeskState, "decide", {"sent": {"reason": "わるいこと"}}),
        (DeskState, "open_case", {"public_id": held}),
        (DeskState, "close_report", {"public_id": things["report"]}),
        (DeskState, "take_back", {}),
        (HomeState, "open_topic", {"public_id": things["topic"]}),
        (HomeState, "ask_removal", {"public_id": things["post"]}),
        (HomeState, "remove_post", {"public_id": things["post"]}),
        (HomeState, "send_topic", {"sent": {"kind": "theme", "title": "わるいこと", "body": "わるいこと"}}),
    ]


@pytest.mark.parametrize("who", [None, CHIE, FUMI])
def test_other_peoples_things_stay_as_they_are(town, open_socket, cookie_of, things, who):
    other = open_socket(cookie=cookie_of(who) if who else "")
    before = deeds(town)
    for state, handler, payload in wicked(things):
        said = other.ask(state, handler, payload, path="/?map=hitoyoshi")
        assert said["problem"] != t("errors.mishap")
        assert "わるいこと" not in str({name: said[name] for name in said if name not in {"asked_title"}})
    assert deeds(town) == before
    assert things["held"] not in str([data for _, data in other.heard if "flyers" in str(data) and "title" in str(data)])


@pytest.mark.parametrize("who", [None, CHIE])
def test_whatever_is_sent_to_whichever_handler_becomes_words(town, open_socket, cookie_of, who):
    other = open_socket(cookie=cookie_of(who) if who else "")
    other.ask(NoticesState, "enter")
    before = deeds(town)
    wrongs = [wrong for wrong in FORGED if wrong is None or isinstance(wrong, str | int | float | list | dict)]
    for state, own in HANDLERS.items():
        for name, (_, arguments) in own.items():
            for wrong in wrongs if arguments else ():
                other.send(state, name, dict.fromkeys(arguments, wrong))
    assert "problem" in other.ask(NoticesState, "enter")
    assert deeds(town) == before
    assert t("errors.mishap") not in other.all_said()


def test_what_is_no_handler_of_ours_does_nothing(town, open_socket, cookie_of):
    aki = open_socket(cookie=cookie_of(AKI))
    name = aki.ask(MeState, "enter", path="/me")["name"]
    before = deeds(town)
    me = MeState.get_full_name()
    for state in (me, ROOT, DeskState.get_full_name()):
        for handler in (
            "setvar",
            "_refresh",
            "_ask",
            "_show",
            "_answering",
            "reset",
            "__init__",
            "__setattr__",
            "get_state",
            "nobody",
        ):
            aki.send(state, handler, {"var_name": "signed_in", "value": False})
            aki.send(state, handler, {"var_name": "outside", "value": "x"})
    internal = f"{ROOT}.reflex___state____update_vars_internal_state"
    aki.send(internal, "update_vars_internal", {"vars": {f"{me}.name_rx_state_": "わるいこと", f"{me}.undo": "restore x"}})
    aki.send(ROOT, "hydrate_and_load", {"vars": {f"{me}.name": "わるいこと", f"{me}._whose": ""}})
    aki.send("tamemap.services.people", "leave", {})
    for junk in (
        None,
        1,
        "x",
        "{}",
        [],
        {"name": None},
        {"name": f"{me}.enter", "payload": []},
        {"name": f"{me}.enter", "router_data": []},
    ):
        aki.emit("event", junk)
    for unknown in ("client_error", "new_token", "reload", "nobody"):
        aki.emit(unknown, {"message": "わるいこと", "error_type": "わるいこと"})
    said = aki.ask(MeState, "enter", path="/me")
    assert (said["problem"], aki.said(me)["name"], aki.said(me)["signed_in"]) == ("", name, True)
    assert "わるいこと" not in aki.all_said()
    assert deeds(town) == before


def test_a_tab_is_its_visitors_even_when_its_token_is_known(town, open_socket, cookie_of):
    aki = open_socket(cookie=cookie_of(AKI))
    aki.ask(MeState, "enter", path="/me")
    assert AKI in aki.all_said()
    # while it is open
    listening = open_socket(token=aki.token)
    listening.ask(NoticesState, "enter")
    assert AKI not in listening.all_said()
    # and afterwards, when the server still keeps it for who comes back
    aki.close()
    for cookie in ("", cookie_of(CHIE)):
        heir = open_socket(token=aki.token, cookie=cookie)
        heir.ask(MeState, "enter", path="/me")
        assert AKI not in heir.all_said()
        heir.close()


def test_an_ended_session_has_no_powers_in_pages_that_are_open(town, open_socket, things):
    cookie = fresh_cookie(town, AKI)
    aki = open_socket(cookie=cookie)
    assert aki.ask(MeState, "start_edit", {"public_id": things["up"]}, path="/me")["editing"]["id"] == things["up"]
    httpx.post(f"{town.address}/sign-out", headers={"Cookie": cookie})
    before = deeds(town)
    for state, handler, payload in wicked(things):
        assert aki.ask(state, handler, payload, path="/me")["problem"] != t("errors.mishap")
    assert aki.ask(MeState, "set_outside", {"public_id": things["up"], "on": True})["problem"] == t("errors.sign_in_first")
    assert deeds(town) == before


def test_staff_without_proof_have_no_desk(town, open_socket, things):
    cookie = fresh_cookie(town, BEN)
    ben = open_socket(cookie=cookie)
    assert ben.ask(DeskState, "enter", path="/desk")["refused"] == ""
    town.rows.change("UPDATE signed_in SET strong_at = NULL WHERE id = (SELECT max(id) FROM signed_in)")
    before = deeds(town)
    assert ben.ask(DeskState, "put_up", {"public_ids": [things["held"]]}, path="/desk")["problem"] != ""
    assert ben.ask(DeskState, "enter", path="/desk")["refused"] == "waiting"
    assert ben.ask(DeskState, "show_tab", {"tab": "reports"}, path="/desk").get("reports", []) == []
    assert deeds(town) == before


def test_too_much_ends_the_socket_and_nothing_else(town, open_socket, cookie_of):
    other = open_socket(cookie=cookie_of(CHIE))
    loud = open_socket()
    loud.send(DeskState, "show_tab", {"tab": "わるいこと" * 400_000})
    assert loud.ended()
    assert other.ask(NoticesState, "enter")["problem"] == ""


def test_the_log_keeps_nothing_of_what_was_sent(town, open_socket, cookie_of):
    secret, loud = "ひみつのことば", open_socket(cookie=cookie_of(CHIE))
    for junk in (secret, [secret], {"name": secret}, {"name": MeState.get_full_name() + ".enter", "payload": [secret]},
                 {"name": MeState.get_full_name() + ".save_profile", "payload": {"sent": secret, secret: secret}},
                 {"name": 1, secret: secret, "router_data": secret}):  # fmt: skip
        loud.emit("event", junk)
    loud.emit(secret, secret)
    loud.ask(NoticesState, "enter")
    log = (town.folder / "server.log").read_text(encoding="utf-8")
    assert secret not in log
    assert secret.encode("unicode_escape").decode() not in log
    assert cookie_of(CHIE).partition("=")[2] not in log
