"""The table of permissions tried through HTTP: everybody at every door, on a fresh thing each time.

A yes is where ``permissions.allowed`` says so, and is done; a no is 401, 403, 404 or the way to sign-in, and leaves the whole
database as it was. A verb that is added must get a door here, or a reason why it has none.
"""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlmodel import SQLModel

from tamemap import clock, db
from tamemap.domain.permissions import TABLE, allowed
from tests.web.matrix_cast import callers
from tests.web.matrix_doors import DOORS, NO_DOOR

pytestmark = pytest.mark.one_database

# what is left alone is somebody's who was here a moment ago; each call has a moment of its own, so that nobody must rest
APART = timedelta(minutes=2)


def test_every_verb_has_a_door_or_a_reason():
    tried = {name.partition(":")[0] for name in DOORS}
    assert tried | set(NO_DOOR) == set(TABLE)
    assert not tried & set(NO_DOOR)


# every row of every table as PostgreSQL writes it, by one question
ROWS = " UNION ALL ".join(f"SELECT '{name}', x::text FROM \"{name}\" AS x" for name in SQLModel.metadata.tables)  # noqa: S608


def content():
    """All that the database holds, to be compared; on SQLite by its pages, which is quick."""
    with db.transaction(write=False) as tx:
        if db.is_sqlite(tx):
            return tx.connection().connection.driver_connection.serialize()
        return sorted(map(tuple, tx.connection().exec_driver_sql(ROWS)))


def outcome(answer, door, thing):
    """Whether the door has opened; None for an answer that is neither yes nor no."""
    code, to = answer.status_code, answer.headers.get("location", "")
    if code in {401, 403, 404} or (code == 410 and door.reads) or (code == 303 and to.startswith(("/sign-in?", "/auth/again?"))):
        if answer.request.url.path.startswith("/api/"):
            assert answer.headers["content-type"] == "application/problem+json"
            assert answer.json()["code"], answer.text
        return False
    if code == 422 and answer.json()["code"] == "group_opens_no_theme":
        return False
    if code in {200, 201, 204} or (code == 303 and not door.reads):
        return door.sees(answer, thing) if door.sees else True
    return None


def expected(caller, verb, door, thing):
    """What the table says."""
    actor = caller.standing(thing.group_id, api=door.api)
    group_id = thing.group_id
    if caller.program and actor.groups and door.as_group:
        verb, group_id = door.as_group, next(iter(actor.groups))
    return allowed(actor, verb, thing.ground, author=caller.name in thing.authors, group_id=group_id)


@pytest.mark.parametrize("tried", DOORS)
def test_a_door_opens_for_those_who_may_and_for_nobody_else(world, visit, tried):
    verb, door, wrong, moment = tried.partition(":")[0], DOORS[tried], [], clock.now()
    everybody = callers(world)
    for name, make in door.things.items():
        for caller in everybody.values():
            if caller.program and not door.api and "desk" not in caller.name:
                continue  # one is enough to see that tokens do not count there
            moment += APART
            with clock.frozen_at(moment):
                with db.transaction(write=True) as tx:
                    thing = make(tx, caller)
                may, before = expected(caller, verb, door, thing), content()
                answer = door.ask(caller, thing)
                did, changed = outcome(answer, door, thing), content() != before
            if did is not may or changed is not (may and not door.reads):
                why = f"may: {may}", f"did: {did}", f"changed: {changed}", answer.status_code, answer.text[:200]
                wrong.append((name, caller.name, *why))
    assert wrong == [], "\n".join(map(str, wrong))
