"""Whose proof of residence ends soon is told by the daily sweep."""

from __future__ import annotations

from sqlmodel import select

from tamemap import clock, db
from tamemap.jobs import tasks
from tamemap.models import Notice
from tamemap.services import residence
from tests.conftest import NOON
from tests.factories import DAY, HITOYOSHI


def test_the_sweep_reminds_aki_once(world):
    with db.transaction(write=True) as tx:
        residence.keep_proof(tx, world.aki, municipality_code=HITOYOSHI)
    for days in (300, 340, 341):
        with clock.frozen_at(NOON + days * DAY):
            tasks.sweep()
    with db.transaction(write=False) as tx:
        told = tx.exec(select(Notice).where(Notice.code == "residence_ends")).all()
    assert [(one.person_id, one.url, one.params) for one in told] == [
        (world.aki.person_id, "/me/residence", '{"town": "人吉市", "until": "2027/11/22"}')
    ]
