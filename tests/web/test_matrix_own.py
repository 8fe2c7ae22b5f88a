"""What is its sender's alone, tried by everybody: a photo on its way, what is read of it, and the changes of both.

Who sent it is let in; everybody else, staff and programs of all scopes too, finds nothing there and changes nothing.
"""

from __future__ import annotations

import pytest

from tamemap import clock, config, db
from tamemap.gateways.storage import storage_from
from tamemap.models import Reading
from tamemap.queries.reading_gazetteer import gazetteer
from tamemap.services.reading_sheets import sheets_of
from tests import factories
from tests.services.reading_fake import page_of
from tests.web.browsers import API
from tests.web.matrix_cast import callers
from tests.web.matrix_things import SMALL
from tests.web.test_matrix import content

pytestmark = pytest.mark.one_database

CORNERS = [[0.1, 0.1], [0.9, 0.1], [0.9, 0.9], [0.1, 0.9]]
# method, path, what is sent, and whether it changes something
DOORS = {
    "reading": ("GET", "/readings/{reading}", None, False),
    "sheet": ("GET", "/readings/{reading}/sheets/0", None, False),
    "corners": ("PUT", "/readings/{reading}/corners", {"corners": CORNERS}, True),
    "photo": ("GET", "/photos/{photo}/320.jpeg", None, False),
    "whole photo": ("GET", "/photos/{photo}/whole.jpeg", None, False),
    "photo edit": ("PUT", "/photos/{photo}/edit", {"blur": [[0.1, 0.1, 0.2, 0.2]]}, True),
    "photo forgotten": ("DELETE", "/photos/{photo}", None, True),
}


def sent_by(actor):
    """A photo on its way that has been read: the ids of both."""
    with db.transaction(write=True) as tx:
        store = storage_from(config.settings())
        row = factories.waiting_picture(tx, actor, original=store.put(SMALL, ".png", private=True))
        name = store.put(SMALL, ".png", private=False)
        row.variants = {"320": {"jpeg": name, "width": 240, "height": 320}}
        sheets = sheets_of(page_of(), today=clock.today(), gazetteer=gazetteer(tx, actor))
        reading = Reading(owner_hash=actor.owner_hash, original=row.original, state="read", sheets=sheets, asked_at=clock.now())
        tx.add_all([row, reading])
        tx.flush()
        return {"photo": row.public_id, "reading": reading.public_id}


@pytest.mark.parametrize("tried", DOORS)
def test_a_photo_on_its_way_is_its_senders_alone(world, visit, tried):
    method, path, body, changes = DOORS[tried]
    wrong, hers = [], sent_by(world.aki)
    for caller in callers(world).values():
        for whose in ("own", "another's"):
            known = hers if whose == "another's" else sent_by(caller.actor)
            before = content()
            answer = caller.client.request(method, API + path.format(**known), **({"json": body} if body else {}))
            did, changed = answer.status_code in {200, 202, 204}, content() != before
            may = whose == "own"
            refused = may or answer.status_code == 404
            if did is not may or changed is not (may and changes) or not refused:
                wrong.append((caller.name, whose, answer.status_code, f"changed: {changed}", answer.text[:100]))
    assert wrong == [], "\n".join(map(str, wrong))
