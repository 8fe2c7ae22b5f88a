"""What is learnt from a posted flyer: figures for the rules, venues of the town, words of pictures; never at the flyer's cost."""

from __future__ import annotations

import pytest
from sqlmodel import select

from tamemap import clock
from tamemap.models import KnownVenue, Notice, Picture, Reading, ReadingOutcome
from tamemap.queries.reading_gazetteer import gazetteer
from tamemap.queries.readings import figures
from tamemap.services import flyers, reading_late, reading_learnt
from tamemap.services.reading_sheets import sheets_of
from tests import factories
from tests.factories import HITOYOSHI, OFFICES
from tests.services.reading_fake import COURSE, page_of

LAT, LNG = OFFICES[HITOYOSHI]
FACTS = {"title": "やさしい片づけ講座", "starts_at": "2026-12-08T13:30+09:00", "ends_at": "2026-12-08T15:00+09:00",
         "venue": "中央公民館", "fee": "無料", "phone": "0966-00-1201"}  # fmt: skip


def posted(tx, actor, *, words=COURSE, at=(LAT, LNG), hidden=(), edit=None, **facts):
    """A flyer posted from a waiting picture that was read before."""
    picture = factories.waiting_picture(tx, actor)
    picture.edit = edit or {}
    sheets = sheets_of(page_of(words), today=clock.today(), gazetteer=gazetteer(tx, actor))
    tx.add(Reading(owner_hash=actor.owner_hash, original=picture.original, state="read", sheets=sheets, asked_at=clock.now()))
    raw = {"category": "learning", "lat": str(at[0]), "lng": str(at[1])} | FACTS | facts
    flyers.post(tx, actor, raw=raw, picture_ids=(picture.public_id,), hidden=hidden, may_post=True)
    return picture


def outcomes(tx):
    return {row.field: (row.read, row.confirmed) for row in tx.exec(select(ReadingOutcome)).all()}


def test_what_was_read_is_kept_beside_what_was_posted_and_the_reading_goes(world, tx):
    posted(tx, world.aki)
    assert outcomes(tx) == {
        "title": ("やさしい片づけ講座", "やさしい片づけ講座"),
        "starts_at": ("2026-12-08T13:30:00+09:00",) * 2,
        "ends_at": ("2026-12-08T15:00:00+09:00",) * 2,
        "venue": ("中央公民館", "中央公民館"),
        "fee": ("500円", "無料"),
        "phone": ("0966-00-1201", "0966-00-1201"),
    }
    assert tx.exec(select(Reading)).all() == []


def test_figures_say_how_often_the_rules_were_right(world, tx):
    posted(tx, world.aki)
    posted(tx, world.aki, fee="５００円", organiser="片づけの会")
    found = {one.field: one for one in figures(tx, world.emi)}
    assert (found["fee"].read, found["fee"].right, found["fee"].reasons) == (2, 1, (("label", 2, 1),))
    assert (found["organiser"].all, found["organiser"].read, found["organiser"].missed) == (1, 0, 1)
    assert (found["title"].sure, found["title"].sure_right) == (2, 2)


def test_what_tells_of_a_person_or_is_for_residents_is_not_kept(world, tx):
    mobile = (*COURSE[:4], ("電話 090-1234-5678", 700.0))
    picture = posted(tx, world.aki, words=mobile, phone="090-1234-5678", hidden=("venue",))
    assert {"phone", "venue"} & set(outcomes(tx)) == set()
    assert tx.exec(select(KnownVenue)).all() == []
    assert "1234" not in picture.words


def test_the_words_of_a_picture_are_what_stands_on_it(world, tx):
    assert posted(tx, world.aki).words == "\n".join(text for text, _ in COURSE)


def test_what_was_blurred_is_not_said_in_words(world, tx):
    edit = {"corners": [[0.1, 0.05], [0.9, 0.05], [0.9, 0.95], [0.1, 0.95]], "blur": [[0.0, 0.49, 1.0, 0.05]]}
    assert "問い合わせ" not in posted(tx, world.aki, edit=edit).words


def test_what_was_blurred_in_the_whole_photograph_is_looked_for_there(world, tx):
    strip = [[0.0, 0.21, 1.0, 0.015]]  # of the photograph: the foot of the title; of the sheet: between two lines
    assert "片づけ" not in posted(tx, world.aki, edit={"blur": strip}).words
    corners = [[0.1, 0.05], [0.9, 0.05], [0.9, 0.95], [0.1, 0.95]]
    assert "片づけ" in posted(tx, world.aki, edit={"corners": corners, "blur": strip}).words


def test_a_venue_that_people_confirm_is_known_where_they_put_it(world, tx):
    for at in ((LAT, LNG), (LAT + 0.001, LNG)):
        posted(tx, world.aki, at=at)
    row = tx.exec(select(KnownVenue)).one()
    assert (row.name, row.municipality_code, row.times, row.lat) == ("中央公民館", HITOYOSHI, 2, LAT)
    for _ in range(2):
        posted(tx, world.chie, at=(LAT + 0.02, LNG))
    assert (row.times, row.lat) == (1, LAT + 0.02)


def test_guests_teach_no_venues(world, tx):
    posted(tx, world.dai)
    assert tx.exec(select(KnownVenue)).all() == []
    assert outcomes(tx) != {}


def test_a_flyer_is_posted_even_when_nothing_can_be_learnt(world, tx, monkeypatch):
    def broken(*_):
        raise ValueError("broken")

    monkeypatch.setattr(reading_learnt, "_compare", broken)
    picture = posted(tx, world.aki)
    assert tx.exec(select(Picture)).one().flyer_id == picture.flyer_id is not None
    assert outcomes(tx) == {}


@pytest.mark.parametrize("hidden", [("phone",), ("fee", "phone")])
def test_hidden_fields_stay_with_residents(world, tx, hidden):
    posted(tx, world.aki, hidden=hidden)
    assert set(hidden) & set(outcomes(tx)) == set()


def test_who_was_quicker_than_the_reader_is_told_of_a_face_afterwards(world, tx):
    picture = factories.waiting_picture(tx, world.aki)
    asked = Reading(owner_hash=world.aki.owner_hash, original=picture.original, asked_at=clock.now())
    tx.add(asked)
    raw = {"category": "learning", "lat": str(LAT), "lng": str(LNG)} | FACTS
    posted_one = flyers.post(tx, world.aki, raw=raw, picture_ids=(picture.public_id,), may_post=True)
    sheet = {"corners": None, "page": 0, "lines": [], "fields": {}, "private": [{"kind": "mobile", "box": [0.1, 0.1, 0.2, 0.1]}]}
    asked.state, asked.sheets = "read", [sheet]
    tx.flush()
    reading_late.arrived(tx, asked)
    (told,) = tx.exec(select(Notice).where(Notice.code == "flyer_private")).all()
    assert (told.person_id, told.url) == (world.aki.person_id, f"/f/{posted_one.public_id}/blur")
