"""The same request twice is one flyer, and one deed of any kind."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest
from sqlmodel import func, select

from tamemap import clock, db, door
from tamemap.domain.actors import SYSTEM, Actor
from tamemap.errors import Conflict, Invalid, TooMany
from tamemap.models import Flyer, IdempotentAnswer, Notice, Picture, Reading
from tamemap.services import housekeeping, once, pictures, posting, unasked
from tamemap.services.flyer_input import PER_HOUR
from tests import factories
from tests.factories import HITOYOSHI, OFFICES
from tests.gateways.photos import encoded, sheet

LAT, LNG = OFFICES[HITOYOSHI]
DAY = timedelta(hours=24)


def submission(tx, actor, *, key="k", body_hash="b", **changes):
    """A good request with a waiting picture of the actor's own."""
    raw = {"title": "秋の市", "category": "market", "lat": str(LAT), "lng": str(LNG)} | changes
    waiting = factories.waiting_picture(tx, actor).public_id
    return posting.Submission(raw=raw, picture_ids=(waiting,), may_post=True, outside=True, key=key, body_hash=body_hash)


def flyers_kept(tx):
    return tx.exec(select(func.count()).select_from(Flyer)).one()


def test_the_first_answer_comes_again_word_for_word(world, tx):
    wished = submission(tx, world.aki)
    first = posting.submit(tx, world.aki, submission=wished)
    assert posting.submit(tx, world.aki, submission=wished) == first
    assert posting.answer_of(tx, world.aki, key="k", body_hash="b") == first
    assert flyers_kept(tx) == 1


def test_another_body_under_the_same_key_is_a_conflict(world, tx):
    posting.submit(tx, world.aki, submission=submission(tx, world.aki))
    for ask in (
        lambda: posting.submit(tx, world.aki, submission=submission(tx, world.aki, body_hash="c")),
        lambda: posting.answer_of(tx, world.aki, key="k", body_hash="c"),
    ):
        with pytest.raises(Conflict, match="key_used_otherwise"):
            ask()


def test_keys_are_their_senders_own_and_no_key_is_none(world, tx):
    for somebody, key in ((world.aki, "k"), (world.dai, "k"), (world.aki, ""), (world.aki, "")):
        posting.submit(tx, somebody, submission=submission(tx, somebody, key=key))
    assert flyers_kept(tx) == 4


def test_what_a_guest_had_sent_is_not_posted_again_after_they_have_signed_in_on_the_same_browser(world, tx):
    guest = Actor(guest_hash="browser")
    first = posting.submit(tx, guest, submission=submission(tx, guest))
    aki = replace(world.aki, guest_hash="browser")
    assert posting.answer_of(tx, aki, key="k", body_hash="b", who=aki.public_id) == first
    assert posting.answer_of(tx, replace(aki, guest_hash="another"), key="k", body_hash="b") is None
    assert posting.answer_of(tx, aki, key="other", body_hash="b") is None


def test_a_refused_request_leaves_its_key_free(world, tx):
    with pytest.raises(Invalid):
        posting.submit(tx, world.aki, submission=submission(tx, world.aki, title=""))
    posting.submit(tx, world.aki, submission=submission(tx, world.aki, body_hash="mended"))
    assert flyers_kept(tx) == 1


@pytest.mark.parametrize("key", ["x" * 201, "日本", "a\nb"])
def test_a_key_that_is_none_is_refused(world, tx, key):
    with pytest.raises(Invalid, match="key_wrong"):
        posting.submit(tx, world.aki, submission=submission(tx, world.aki, key=key))


def test_a_key_is_remembered_for_a_month_because_a_phone_may_be_without_signal(world, tx):
    posting.submit(tx, world.aki, submission=submission(tx, world.aki))
    with clock.frozen_at(clock.now() + 30 * DAY):
        housekeeping.sweep(tx, SYSTEM)
        assert posting.answer_of(tx, world.aki, key="k", body_hash="b") is not None
    with clock.frozen_at(clock.now() + 30 * DAY + timedelta(seconds=1)):
        assert posting.answer_of(tx, world.aki, key="k", body_hash="b") is None
        posting.submit(tx, world.aki, submission=submission(tx, world.aki, body_hash="c"))
    assert (flyers_kept(tx), len(tx.exec(select(IdempotentAnswer)).all())) == (2, 1)


def test_what_aki_wrote_is_posted_in_nobody_elses_name(world, tx):
    for somebody, who in ((world.chie, world.aki.public_id), (world.dai, world.aki.public_id), (world.chie, "guest")):
        with pytest.raises(Conflict, match="written_by_another"):
            posting.submit(tx, somebody, submission=replace(submission(tx, somebody), who=who))
    posting.submit(tx, world.aki, submission=replace(submission(tx, world.aki), who=world.aki.public_id))
    assert flyers_kept(tx) == 1


def reading_of(tx, picture_id, *, private):
    """What was read of a waiting picture, with or without a face on it."""
    picture = tx.exec(select(Picture).where(Picture.public_id == picture_id)).one()
    found = [{"kind": "face", "box": [0.1, 0.1, 0.2, 0.2]}] if private else []
    sheet = {"corners": None, "page": 0, "lines": [], "fields": {}, "private": found}
    tx.add(Reading(owner_hash=picture.owner_hash, original=picture.original, state="read", sheets=[sheet], asked_at=clock.now()))
    tx.flush()


@pytest.mark.parametrize(("unseen", "private", "told"), [(True, True, 1), (True, False, 0), (False, True, 0)])
def test_who_was_not_asked_about_a_face_is_told_when_the_flyer_is_up(world, tx, unseen, private, told):
    wished = submission(tx, world.aki)
    reading_of(tx, wished.picture_ids[0], private=private)
    posted = posting.submit(tx, world.aki, submission=replace(wished, unseen=unseen))
    assert posted.notes == (unasked.NOTE,) * told
    notices = tx.exec(select(Notice).where(Notice.code == "flyer_private")).all()
    assert [(one.person_id, one.url) for one in notices] == [(world.aki.person_id, f"/f/{posted.public_id}/blur")] * told


def test_a_face_that_was_blurred_is_no_news(world, tx):
    wished = submission(tx, world.aki)
    reading_of(tx, wished.picture_ids[0], private=True)
    picture = tx.exec(select(Picture).where(Picture.public_id == wished.picture_ids[0])).one()
    picture.edit = {"corners": None, "blur": [[0.05, 0.05, 0.3, 0.3]]}
    tx.flush()
    assert posting.submit(tx, world.aki, submission=replace(wished, unseen=True)).notes == ()


def test_pictures_that_came_along_stand_behind_those_that_came_before(world, tx):
    wished = posting.with_pictures(submission(tx, world.aki), (pictures.prepare(encoded(sheet(), "JPEG")),))
    posting.submit(tx, world.aki, submission=wished)
    kept = tx.exec(select(Picture).order_by(Picture.position)).all()
    assert [(one.position, one.width) for one in kept] == [(0, 240), (1, 200)]
    assert {one.flyer_id for one in kept} == {tx.exec(select(Flyer.id)).one()}


def test_what_is_kept_of_a_request_are_ids_and_states_and_nothing_that_somebody_wrote(world, tx):
    posting.submit(tx, world.aki, submission=submission(tx, world.aki, body="ひみつ", phone="0966"))
    kept = tx.exec(select(IdempotentAnswer)).one()
    assert not [word for word in ("ひみつ", "0966", "秋の市") if word in kept.answer]
    assert kept.key_hash != "k"


def test_a_request_that_fails_at_its_end_keeps_nothing(world, monkeypatch):
    monkeypatch.setitem(PER_HOUR, "guest", 10)
    with db.transaction(write=True) as tx:
        for _ in range(10):
            factories.flyer(tx, world.dai)
        eleventh = submission(tx, world.dai)
    with pytest.raises(TooMany), db.transaction(write=True) as tx:
        posting.submit(tx, world.dai, submission=eleventh)
    with db.transaction(write=False) as tx:
        assert (flyers_kept(tx), tx.exec(select(IdempotentAnswer)).all()) == (10, [])


# any other deed


def test_any_deed_is_done_once_per_key_and_route(world):
    done = []

    def act(_db, actor):
        done.append(actor.client)
        return {"number": len(done)}

    who = door.Credentials(client="192.0.2.9")
    for key, route, number in (("k", "a", 1), ("k", "a", 1), ("k", "b", 2), ("l", "a", 3), ("", "a", 4), ("", "a", 5)):
        assert door.call(once.once, who, act=act, key=key, route=route, body_hash="b") == {"number": number}
    with pytest.raises(Conflict, match="key_used_otherwise"):
        door.call(once.once, who, act=act, key="k", route="a", body_hash="c")
    with pytest.raises(Invalid, match="key_wrong"):
        door.call(once.once, who, act=act, key="日本", route="a", body_hash="b")
    with clock.frozen_at(clock.now() + DAY + timedelta(seconds=1)):
        assert door.call(once.once, who, act=act, key="k", route="a", body_hash="c") == {"number": 6}


def test_a_deed_that_is_refused_may_be_tried_again_under_its_key(world):
    def refuse(_db, _actor):
        raise Invalid("text_empty")

    with pytest.raises(Invalid):
        door.call(once.once, door.GUEST, act=refuse, key="k", route="a", body_hash="b")
    assert door.call(once.once, door.GUEST, act=lambda _db, _actor: {}, key="k", route="a", body_hash="c") == {}
