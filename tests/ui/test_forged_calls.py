"""Whatever a browser sends to whichever handler: it becomes words, and nothing anywhere has changed."""

from __future__ import annotations

import pytest

from tamemap import db
from tamemap.i18n import t
from tests import factories
from tests.house.test_state_handlers import HANDLERS
from tests.ui.harness import FORGED, Tab, everything

NAMES = [f"{state.__name__}.{name}" for state, own in HANDLERS.items() for name, (_, arguments) in own.items() if arguments]
CALLS = [(state, name, arguments) for state, own in HANDLERS.items() for name, (_, arguments) in own.items() if arguments]


@pytest.fixture
def town(world):
    """A town with a flyer, a topic and a report, so that there is something to harm."""
    with db.transaction(write=True) as tx:
        factories.flyer(tx, world.aki)
        factories.topic(tx, world.aki)
    return world


@pytest.mark.parametrize("who", ["dai", "chie", "ben"])
@pytest.mark.parametrize(("state", "name", "arguments"), CALLS, ids=NAMES)
def test_a_forged_call_changes_nothing_and_never_fails(town, who, state, name, arguments):
    actor = None if who == "dai" else getattr(town, who)
    tab = Tab(state, actor, path="/?map=hitoyoshi").send("enter")
    before = everything()
    for wrong in FORGED:
        if (name == "show_town" and wrong == "") or (name == "follow_board" and wrong is True):
            continue  # all towns, the board that is shown: a wish like another
        tab.send(name, **dict.fromkeys(arguments, wrong))
        assert tab.state.problem != t("errors.mishap"), (name, str(wrong)[:40])
    assert everything() == before


@pytest.mark.parametrize(("state", "name", "arguments"), CALLS, ids=NAMES)
def test_one_wrong_argument_among_right_ones_is_noticed(town, state, name, arguments):
    right = {"slug": "hitoyoshi", "public_id": "2222222222zz", "kind": "like", "on": True, "tab": "up", "code": "432032",
             "decision": "recall", "public_ids": ["2222222222zz"], "sent": {}}  # fmt: skip
    for wrong_one in arguments:
        tab = Tab(state, town.ben, path="/?map=hitoyoshi").send("enter")
        before = everything()
        tab.send(name, **{one: object() if one == wrong_one else right[one] for one in arguments})
        assert t("errors.request_wrong") in {tab.state.problem, getattr(tab.state, "flyer_problem", "")}
        assert everything() == before


@pytest.mark.parametrize(
    "path", ["/?map=../x&topic=1&flyer=2", "/?map=hitoyoshi&topic=%00", "/?map=nowhere", "/?map=hitoyoshi&flyer=<b>"]
)
def test_a_forged_address_is_said_in_words(town, path):
    tab = Tab(next(iter(HANDLERS)), path=path).send("enter")
    assert tab.state.problem in {t("errors.request_wrong"), t("errors.map_unknown")}


def test_a_forged_cookie_is_a_guest(town):
    tab = Tab(next(iter(HANDLERS)), guest_key="\x00'; --", path="/?map=hitoyoshi").send("enter")
    assert (tab.state.signed_in, tab.state.problem) == (False, "")
