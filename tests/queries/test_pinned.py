"""What a process knows of a map: after anything that anybody does, it is what a process that has just begun would read."""

from __future__ import annotations

from dataclasses import fields
from datetime import timedelta

import numpy as np
import pytest
from sqlmodel import select, update

from tamemap import clock, db
from tamemap.domain.actors import Actor
from tamemap.domain.asking import Wanted
from tamemap.domain.pins import Pins
from tamemap.models import Flyer, Map, Picture, Placement
from tamemap.queries import pinned
from tamemap.queries.flyers import flyers_of_map, map_at
from tamemap.services import decisions, flyers
from tests import factories
from tests.factories import DAY, HOUR

REGION = "hitoyoshi-kuma"


def known(slug=REGION):
    """What this process knows of a map, read on from what it knew."""
    with db.transaction(write=False) as session:
        return pinned.pinned(session, map_at(session, slug))


def rows(found):
    """Its rows; the order of those in one cell means nothing."""
    return sorted(zip(*(getattr(found.pins, field.name).tolist() for field in fields(Pins)), strict=True))


def titles(slug=REGION, **wanted):
    """The list of a guest."""
    with db.transaction(write=False) as session:
        return [card.title for card in flyers_of_map(session, Actor(), slug=slug, wanted=Wanted(**wanted)).items]


@pytest.fixture
def fair(world):
    """Aki's flyers on both maps; the first one's number."""
    with db.transaction(write=True) as tx:
        made = [factories.flyer(tx, world.aki, title=f"市 {at}", outside=True, starts_at="2026-11-28") for at in range(3)]
    known()
    return made[0].public_id


def _recall(tx, world, fair):
    decisions.decide(tx, world.ben, public_id=fair, decision="recall", reason="まちがい")


def _up_again(tx, world, fair):
    _recall(tx, world, fair)
    decisions.decide(tx, world.ben, public_id=fair, decision="up")


def _retitle(tx, world, fair):
    flyers.change(tx, world.aki, public_id=fair, raw={"title": "大きな市", "category": "food", "starts_at": "2026-12-24"})


def _untick(tx, world, fair):
    flyers.set_outside(tx, world.aki, public_id=fair, outside=False)


def _delete(tx, world, fair):
    flyers.delete(tx, world.aki, public_id=fair)


def _one_more(tx, world, _fair):
    factories.flyer(tx, world.ben, title="もう一枚", outside=True)


@pytest.mark.parametrize("deed", [_recall, _up_again, _retitle, _untick, _delete, _one_more], ids=lambda deed: deed.__name__)
def test_what_is_read_on_is_what_is_read_anew(world, fair, deed):
    titles(words=("市",))
    with clock.frozen_at(clock.now() + HOUR), db.transaction(write=True) as tx:
        deed(tx, world, fair)
    on, listed = rows(known()), titles(words=("市",))
    pinned.forget()
    assert (on, listed) == (rows(known()), titles(words=("市",)))


def test_a_map_read_in_portions_is_the_one_read_at_once(world, fair, monkeypatch):
    at_once = known()
    for portion in (1, 2, 3):
        monkeypatch.setattr(pinned, "PORTION", portion)
        pinned.forget()
        found = known()
        assert rows(found) == rows(at_once)
        for one in (at_once, found):
            assert [one.shown.public_id[row] for row in np.argsort(one.pins.id)] == [
                at_once.shown.public_id[row] for row in np.argsort(at_once.pins.id)
            ]


def test_what_is_over_is_gone_without_anybody_doing_anything(world, fair):
    assert len(titles()) == 3
    with clock.frozen_at(clock.now() + 10 * DAY):
        assert titles() == []
        # and who comes from another time finds what stood then
    assert len(titles()) == 3


def test_a_map_made_anew_is_read_anew(world, fair):
    before = known().version
    with db.transaction(write=True) as tx:
        tx.exec(update(Placement).values(state="withdrawn"))
        tx.exec(update(Map).values(version=before + pinned.FAR))
    assert titles() == []


def test_a_hidden_picture_and_a_blurred_one_raise_the_versions_of_the_flyers_maps(world, fair):
    before = {slug: known(slug).version for slug in (REGION, "hitoyoshi", "nishiki")}
    with db.transaction(write=True) as tx:
        picture = tx.exec(select(Picture).join(Flyer).where(Flyer.public_id == fair)).one()
        picture.hidden_at = clock.now()
        tx.add(picture)
    with db.transaction(write=False) as tx:
        cards = {card.title: card.thumb for card in flyers_of_map(tx, Actor(), slug=REGION, wanted=Wanted()).items}
    assert cards["市 0"] is None and cards["市 1"] is not None
    after = {slug: known(slug).version for slug in before}
    assert after == {REGION: before[REGION] + 1, "hitoyoshi": before["hitoyoshi"] + 1, "nishiki": before["nishiki"]}


def test_who_posted_it_is_no_change_that_a_reader_sees(world, fair):
    before = known().version
    with db.transaction(write=True) as tx:
        row = tx.exec(select(Flyer).where(Flyer.public_id == fair)).one()
        row.poster_id = None
        tx.add(row)
    assert known().version == before


def test_what_is_rolled_back_is_no_change(world, fair):
    before = known().version
    with pytest.raises(ZeroDivisionError), db.transaction(write=True) as tx:
        _recall(tx, world, fair)
        raise ZeroDivisionError
    with db.transaction(write=True) as tx:
        tx.exec(select(Map)).all()
    assert known().version == before
    assert len(titles()) == 3


def test_a_page_of_days_gone_by_comes_from_the_database(world, fair):
    with clock.frozen_at(clock.now() + timedelta(days=20)):
        assert titles(past=True) == ["市 2", "市 1", "市 0"]
