"""The notices' State: one's own in words, read once they have been shown."""

from __future__ import annotations

from tamemap import clock, db
from tamemap.i18n import t
from tamemap.models import Notice
from tamemap.services import notices
from tamemap.ui.screens.notices_state import NoticesState
from tests.ui.harness import Tab


def tell(world, person="aki", code="flyer_up", **params):
    with db.transaction(write=True) as tx:
        notices.tell(tx, person_id=getattr(world, person).person_id, code=code, params=params or {"title": "秋の市"}, url="/f/x")


def test_aki_reads_hers_in_words_and_the_marks_stay_until_she_leaves(world):
    tell(world)
    tell(world, "chie")
    tab = Tab(NoticesState, world.aki).send("enter")
    assert [(one.text, one.url, one.read) for one in tab.notices] == [(t("notices.flyer_up", title="秋の市"), "/f/x", False)]
    again = Tab(NoticesState, world.aki).send("enter")
    assert ([one.read for one in again.notices], again.unread) == ([True], 0)
    assert [one.read for one in Tab(NoticesState, world.chie).send("enter").notices] == [False]


def test_all_at_once(world):
    tell(world)
    tab = Tab(NoticesState, world.aki).send("enter").send("read_all")
    assert ([one.read for one in tab.notices], tab.unread, tab.toast) == ([True], 0, t("notices_page.all_read"))


def test_a_guest_is_told_what_there_would_be(world):
    tell(world)
    tab = Tab(NoticesState).send("enter")
    assert (tab.signed_in, tab.ready, tab.notices, tab.problem) == (False, True, [], "")
    assert tab.send("read_all").problem == t("errors.sign_in_first")


def test_a_notice_of_a_kind_that_is_no_more_still_has_words(world):
    with db.transaction(write=True) as tx:
        tx.add(Notice(person_id=world.aki.person_id, code="no_such_kind", params="{}", created_at=clock.now()))
    assert [one.text for one in Tab(NoticesState, world.aki).send("enter").notices] == [t("notices_page.unknown")]
