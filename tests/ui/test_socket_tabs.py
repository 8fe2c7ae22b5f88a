"""A tab's State is emptied before somebody else is shown it: on a public computer, or with a token found out."""

from __future__ import annotations

import asyncio
from concurrent.futures import ThreadPoolExecutor
from contextvars import copy_context

import pytest
from reflex.istate.data import RouterData
from reflex_base.event import Event

from tamemap import door, session
from tamemap.services import sign_in
from tamemap.ui.screens.me_state import MeState
from tamemap.ui.tabs import OwnTab
from tests.ui.harness import Tab, signed_in

HYDRATE, OTHER = "reflex___state____state.hydrate_and_load", f"{MeState.get_full_name()}.hush"


def shows(tab, *cookies, event=HYDRATE):
    """The next event in this tab comes with these cookies; answers whose mail address the State holds then."""
    root = tab.state._get_root_state()
    root.router = RouterData.from_router_data({"headers": {"cookie": "; ".join(cookies)}, "ip": "192.0.2.7"})
    made = OwnTab().preprocess(None, root, Event(name=event))
    with ThreadPoolExecutor(1) as pool:
        pool.submit(copy_context().run, asyncio.run, made).result()
    return tab.state.mail


@pytest.fixture
def tab(world):
    """Aki's tab, filled; ``token`` is the session that she is signed in with."""
    made = Tab(MeState)
    made.token = signed_in(world.aki)
    shows(made, cookie(made.token))
    return made


def cookie(token):
    """The session's cookie."""
    return f"{session.COOKIE}={token}"


def filled(tab):
    """Aki's address is on the screen."""
    tab.state.mail = "aki@example.jp"
    return tab


@pytest.mark.parametrize("event", [HYDRATE, OTHER])
def test_the_tab_stays_filled_for_the_same_visitor(world, tab, event):
    for _ in range(2):
        assert shows(filled(tab), cookie(tab.token), event=event) == "aki@example.jp"
    # a guest's key that comes along later is no other visitor
    assert shows(filled(tab), cookie(tab.token), f"{session.GUEST_COOKIE}=abc", event=event) == "aki@example.jp"


@pytest.mark.parametrize("event", [HYDRATE, OTHER])
def test_the_tab_is_empty_for_a_guest_and_for_somebody_else(world, tab, event):
    assert shows(filled(tab), event=event) == ""
    assert shows(filled(tab), cookie(signed_in(world.chie)), event=event) == "aki@example.jp", "a guest who signs in"
    assert shows(filled(tab), cookie(signed_in(world.ben)), event=event) == ""
    assert shows(filled(tab), f"{session.GUEST_COOKIE}=abc", event=event) == ""


def test_a_page_of_a_session_that_has_ended_begins_empty(world, tab):
    with_session = cookie(tab.token)
    assert shows(filled(tab), with_session) == "aki@example.jp"
    door.call(sign_in.sign_out, door.GUEST, token=tab.token)
    assert shows(filled(tab), with_session) == ""
