"""What a phone keeps and must let go of: one question, the same answer for everybody, and nothing to be learnt from it."""

from __future__ import annotations

import pytest
from sqlmodel import select

from tamemap import clock, db
from tamemap.models import Flyer, Picture, Topic
from tamemap.services import decisions, flyers
from tamemap.web import api_kept
from tests import factories
from tests.factories import DAY, HOUR
from tests.web.browsers import API, problem

ADDRESS = f"{API}/kept"


def hung(actor, **fields) -> Flyer:
    """A flyer of this person's."""
    with db.transaction(write=True) as tx:
        return factories.flyer(tx, actor, **fields)


def decided(actor, flyer: Flyer, decision: str, placement: str = "all") -> None:
    """What staff decide about it."""
    with db.transaction(write=True) as tx:
        decisions.decide(tx, actor, public_id=flyer.public_id, placement=placement, decision=decision, reason="中止です")


def names_of(flyer: Flyer) -> tuple[str, str]:
    """Its picture's name on the resident map and on the regional one."""
    with db.transaction(write=False) as tx:
        picture = tx.exec(select(Picture).where(Picture.flyer_id == flyer.id)).one()
        return picture.resident_name, picture.outside_name


def asked(browser, *ids: str, pictures: tuple[str, ...] = ()) -> dict:
    """The server's answer."""
    answer = browser.post(ADDRESS, json={"ids": list(ids), "pictures": list(pictures)})
    assert (answer.status_code, answer.headers["cache-control"]) == (200, "private, no-store")
    return answer.json()


def test_what_stands_is_named_with_its_last_change(world, visit):
    flyer = hung(world.aki, outside=True)
    resident, outside = names_of(flyer)
    said = asked(visit(), flyer.public_id, pictures=(resident, outside))
    assert said == {
        "standing": {flyer.public_id: flyer.updated_at.isoformat()},
        "pictures": sorted([resident, outside]),
        "who": "",
    }


def test_recalled_deleted_never_up_and_unknown_are_the_same_to_everybody(world, visit):
    recalled, deleted, held = (hung(world.aki) for _ in range(3))
    decided(world.ben, recalled, "recall")
    decided(world.ben, deleted, "delete")
    decided(world.ben, held, "recall")
    ids = [one.public_id for one in (recalled, deleted, held)]
    pictures = tuple(name for one in (recalled, deleted, held) for name in names_of(one))
    for who in (None, world.aki, world.ben, world.chie):
        said = asked(visit(who), *ids, "unknown22222", pictures=(*pictures, "0" * 32))
        assert (said["standing"], said["pictures"]) == ({}, [])


def test_taken_from_the_regional_map_its_outside_picture_goes_and_the_flyer_counts_as_changed(world, visit):
    flyer = hung(world.aki, outside=True)
    resident, outside = names_of(flyer)
    with clock.frozen_at(later := clock.now() + HOUR):
        decided(world.ben, flyer, "recall", "outside")
        said = asked(visit(), flyer.public_id, pictures=(resident, outside))
    assert said["standing"] == {flyer.public_id: later.isoformat()}
    assert said["pictures"] == [resident]


def test_a_changed_word_and_the_last_day_gone_by_count_as_changes(world, visit):
    flyer = hung(world.aki, starts_at="2026-11-23", ends_at="2026-11-23")
    with clock.frozen_at(changed := clock.now() + HOUR):
        with db.transaction(write=True) as tx:
            flyers.change(tx, world.aki, public_id=flyer.public_id, raw={"title": "冬の市"})
        assert asked(visit(), flyer.public_id)["standing"] == {flyer.public_id: changed.isoformat()}
    with clock.frozen_at(clock.now() + 90 * DAY):
        past = asked(visit(), flyer.public_id)["standing"][flyer.public_id]
    assert changed.isoformat() < past < (clock.now() + 90 * DAY).isoformat()


def test_topics_that_stand_beside_flyers_are_asked_for_in_the_same_breath(world, visit):
    with db.transaction(write=True) as tx:
        open_one, removed = (factories.topic(tx, world.aki, title=title).public_id for title in ("川", "山"))
        tx.exec(select(Topic).where(Topic.public_id == removed)).one().deleted_at = clock.now()
    assert list(asked(visit(), open_one, removed)["standing"]) == [open_one]


def test_the_mark_of_who_asks_tells_people_apart_and_names_nobody(world, visit):
    aki, again, chie = (asked(visit(who))["who"] for who in (world.aki, world.aki, world.chie))
    assert aki == again != chie
    assert len(aki) == 16 and world.aki.public_id not in aki


@pytest.mark.parametrize("field", ["ids", "pictures"])
@pytest.mark.parametrize("value", ["a", [1], {"a": "b"}, ["a"] * (api_kept.MOST + 1)])
def test_anything_but_a_short_list_of_names_is_refused(world, visit, field, value):
    problem(visit().post(ADDRESS, json={field: value}), 422, "list_wrong", field)


def test_names_that_can_be_none_are_no_error(world, visit):
    assert asked(visit(), "", "'; --", "あ" * 50, pictures=("../x",)) == {"standing": {}, "pictures": [], "who": ""}


def test_the_saved_page_is_the_same_for_everybody_and_may_be_kept(world, visit):
    pages = [visit(who).get("/saved") for who in (None, world.aki)]
    assert [page.headers["cache-control"] for page in pages] == ["public, max-age=0, must-revalidate"] * 2
    assert pages[0].text == pages[1].text
    assert "保存したチラシ" in pages[0].text
    assert "Saved flyers" in visit().get("/saved?lang=en").text


def test_without_script_the_saved_page_says_why_it_is_empty_and_leads_to_the_map(world, visit):
    page = visit().get("/saved").text
    assert "このブラウザーでは、チラシを保存しておけません" in page
    shown, link = page.index("<noscript><style>[data-tm-unable][hidden]"), 'class="tm-button tm-button--secondary" href="/m/'
    assert link in page[:shown]
