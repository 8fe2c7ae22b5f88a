"""Every public method of a State can be called by anybody with anything: here they all stand, and who may call them with what.

``anyone`` sees words when there is nothing for them; ``member`` is refused (``sign_in_first``) without an account; ``author`` and
``staff`` are asked for by the service at each call. A handler that is added or taken away must be written down here.
"""

from __future__ import annotations

import inspect

import pytest
import reflex as rx

from tamemap.ui import pages
from tamemap.ui.screens.desk_state import DeskState
from tamemap.ui.screens.home_state import HomeState
from tamemap.ui.screens.me_state import MeState
from tamemap.ui.screens.notices_state import NoticesState

ID, SLUG, FLAG = "public id", "slug", "yes or no"
HANDLERS = {
    HomeState: {
        "enter": ("anyone", {}),
        "choose_town": ("anyone", {"slug": SLUG}),
        "show_board": ("anyone", {"slug": SLUG}),
        "more_topics": ("anyone", {}),
        "open_topic": ("anyone", {"public_id": ID}),
        "more_posts": ("anyone", {}),
        "close_topic": ("anyone", {}),
        "start_topic": ("anyone", {}),
        "start_talk": ("anyone", {}),
        "send_topic": (
            "member; a theme: staff; for a group: its member",
            {"sent": "kind, title, body, group, lat, lng, place_name"},
        ),
        "answer": ("member; on boards of residents: resident; for a group: its member", {"sent": "body, group"}),
        "vote": ("member; on boards of residents: resident", {"sent": "option, or option0 … option9"}),
        "react": ("member", {"public_id": ID, "kind": "one of four", "on": FLAG}),
        "ask_removal": ("anyone", {"public_id": ID}),
        "remove_post": ("author", {"public_id": ID}),
        "quote": ("anyone, of what they see", {"public_id": ID}),
        "drop_quote": ("anyone", {}),
        "start_edit": ("author", {"public_id": ID}),
        "stop_edit": ("anyone", {}),
        "save_edit": ("author", {"sent": "changed"}),
        "hear": ("anyone; what everybody sees of the open topic", {"said": "public id and revision"}),
        "pick": ("anyone, in their face", {"public_id": ID}),
        "put_down": ("anyone", {}),
        "look_around": ("anyone; one's own", {}),
        "read_shown": ("anyone; one's own", {}),
        "follow_topic": ("member; one's own", {"on": FLAG}),
        "follow_board": ("member; one's own", {"on": FLAG}),
        "add_picked": ("anyone, in their face", {}),
        "add_pasted": ("anyone, in their face", {"sent": "flyer"}),
        "drop_chip": ("anyone", {"public_id": ID}),
        "hush": ("anyone", {}),
    },
    NoticesState: {
        "enter": ("anyone; one's own", {}),
        "read_all": ("member; one's own", {}),
        "hush": ("anyone", {}),
    },
    MeState: {
        "enter": ("anyone; one's own", {}),
        "save_profile": ("member; one's own", {"sent": "name"}),
        "set_mail_notices": ("member; one's own", {"on": FLAG}),
        "set_outside": ("author, staff", {"public_id": ID, "on": FLAG}),
        "remove": ("author, staff with a reason", {"public_id": ID}),
        "take_back": ("who did it", {}),
        "start_edit": ("author, staff", {"public_id": ID}),
        "stop_edit": ("anyone", {}),
        "save_flyer": ("author, staff", {"sent": "the flyer's facts"}),
        "hush": ("anyone", {}),
    },
    DeskState: {
        "enter": ("staff", {}),
        "show_tab": ("staff", {"tab": "one of four"}),
        "show_town": ("staff", {"code": "six digits or nothing"}),
        "choose": ("anyone", {"public_id": ID, "on": FLAG}),
        "choose_all": ("anyone", {"on": FLAG}),
        "put_up": ("staff of the town", {"public_ids": "1 to 50 public ids"}),
        "ask_reason": ("anyone", {"decision": "recall or delete", "public_ids": "1 to 50 public ids"}),
        "stop_asking": ("anyone", {}),
        "decide": ("staff of the town", {"sent": "reason"}),
        "take_back": ("staff of the town", {}),
        "open_case": ("author, staff of the town", {"public_id": ID}),
        "close_report": ("staff of the town", {"public_id": ID}),
        "hush": ("anyone", {}),
    },
}


def our_states() -> set[type[rx.State]]:
    """Every State of the house; the screens import them all."""
    assert pages.SCREENS
    found, waiting = set(), [rx.State]
    while waiting:
        children = waiting.pop().__subclasses__()
        found |= {one for one in children if one.__module__.startswith("tamemap.") and not getattr(one, "_mixin", False)}
        waiting += children
    return found


def test_every_state_is_written_down():
    assert our_states() == set(HANDLERS)


@pytest.mark.parametrize("state", HANDLERS, ids=lambda state: state.__name__)
def test_every_handler_is_written_down_with_what_it_takes(state):
    public = {name: one.fn for name, one in state.event_handlers.items() if name != "setvar"}
    taken = {name: [*inspect.signature(fn).parameters][1:] for name, fn in public.items()}
    assert taken == {name: list(arguments) for name, (_, arguments) in HANDLERS[state].items()}


@pytest.mark.parametrize("state", HANDLERS, ids=lambda state: state.__name__)
def test_no_handler_blocks_the_event_loop(state):
    blocking = [
        name
        for name, one in state.event_handlers.items()
        if name != "setvar" and not (inspect.iscoroutinefunction(one.fn) or inspect.isasyncgenfunction(one.fn))
    ]
    assert blocking == []


@pytest.mark.parametrize("state", HANDLERS, ids=lambda state: state.__name__)
def test_nothing_of_a_state_is_set_or_computed_behind_its_back(state):
    # no setters: Reflex's setvar finds nothing to call, so only the handlers above change what a tab shows
    assert [
        name for name in dir(state) if name.startswith("set_") and name not in HANDLERS[state] and name != "set_is_hydrated"
    ] == []
    # no computed vars: they would run for everyone at each connect
    assert [name for name in state.computed_vars if name in state.__dict__] == []


def test_states_are_flat():
    assert {state: state.__mro__[1:].count(rx.State) for state in HANDLERS} == dict.fromkeys(HANDLERS, 1)
    assert {state.get_parent_state() for state in HANDLERS} == {rx.State}
