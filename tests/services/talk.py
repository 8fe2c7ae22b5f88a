"""Talk on boards, as the tests of topics and posts begin with it."""

from __future__ import annotations

import json
from datetime import timedelta

from sqlmodel import select

from tamemap import clock
from tamemap.models import Notice
from tamemap.services import boards, posts

TOWN, REGION = "hitoyoshi-hiroba", "hitoyoshi-kuma-hiroba"


def opened(tx, actor, *, board=TOWN, kind="talk", title="秋の話", body="どうでしょう", flyer=None):
    """A topic that this actor has opened."""
    return boards.open_topic(tx, actor, board=board, kind=kind, title=title, body=body, flyer=flyer)


def answered(tx, actor, on, body="いいですね"):
    """An answer of this actor's to a topic."""
    return posts.write_post(tx, actor, topic=on.public_id, body=body)


def later(**delta):
    """So much later."""
    return clock.frozen_at(clock.now() + timedelta(**delta))


def notices_of(tx, actor):
    """What this actor was told: code, parameters, address."""
    rows = tx.exec(select(Notice).where(Notice.person_id == actor.person_id).order_by(Notice.id))
    return [(row.code, json.loads(row.params), row.url) for row in rows]
