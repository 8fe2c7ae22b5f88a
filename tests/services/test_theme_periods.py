"""お題: a period that opens and ends by itself, a cover picture, closing words."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlmodel import select

from tamemap import clock, db
from tamemap.domain.actors import SYSTEM
from tamemap.errors import Conflict, Forbidden, Invalid, NotFound
from tamemap.models import Picture, Topic
from tamemap.queries.boards import topic
from tamemap.queries.pictures import stored_picture
from tamemap.services import boards, housekeeping, pictures, posts, themes
from tests import factories
from tests.conftest import NOON
from tests.factories import DAY, HOUR

HIROBA = "hitoyoshi-hiroba"


def opened(tx, actor, *, title="好きな川の場所", cover="", closing="ありがとう**ございました**", **period):
    return themes.open_theme(
        tx, actor, board=HIROBA, title=title, body="教えてください。", period=period, cover=cover, closing_words=closing
    )


def test_before_it_opens_it_is_shown_and_not_answered(tx, world):
    coming = opened(tx, world.ben, opens_on="2026-11-23", opens_time="09:00", ends_on="2026-11-30")
    seen = topic(tx, world.aki, public_id=coming.public_id)
    assert (seen.theme.coming, seen.closed, seen.may_write, seen.pinned) == (True, False, False, True)
    opens = NOON + 21 * HOUR
    with clock.frozen_at(opens - timedelta(seconds=1)), pytest.raises(Conflict, match="theme_coming") as caught:
        factories.post(tx, world.aki, coming.public_id)
    assert caught.value.params["when"] == "11/23 9:00"
    with clock.frozen_at(opens):
        factories.post(tx, world.aki, coming.public_id)


def test_it_closes_by_itself_at_the_minute_and_then_says_its_closing_words(tx, world):
    theme = opened(tx, world.ben, ends_on="2026-11-22", ends_time="13:00").public_id
    written = factories.post(tx, world.aki, theme).public_id
    end = NOON + HOUR
    with clock.frozen_at(end - timedelta(seconds=1)):
        seen = topic(tx, world.aki, public_id=theme)
        assert (seen.closed, seen.may_write, seen.theme.closing_html) == (False, True, "")
        factories.post(tx, world.aki, theme, body="間にあった")
    with clock.frozen_at(end):
        seen = topic(tx, world.aki, public_id=theme)
        assert (seen.closed, seen.may_write, seen.theme.over) == (True, False, True)
        assert "<strong>ございました</strong>" in seen.theme.closing_html
        for who in (world.aki, world.ben):
            with pytest.raises(Conflict, match="topic_closed"):
                factories.post(tx, who, theme, body="おそい")
        with pytest.raises(Conflict, match="topic_closed"):
            posts.edit_post(tx, world.aki, post=written, body="なおす")
        # another end opens it again, other closing words do not
        themes.change_theme(
            tx, world.ben, topic=theme, period={"ends_on": "2026-11-22", "ends_time": "13:00"}, closing_words="<script>x</script>"
        )
        seen = topic(tx, world.aki, public_id=theme)
        assert seen.closed
        assert "<script" not in seen.theme.closing_html
        themes.change_theme(tx, world.ben, topic=theme, period={"ends_on": "2026-11-30"})
        factories.post(tx, world.aki, theme, body="また")


def test_only_the_towns_staff_open_and_change_themes(tx, world):
    theme = opened(tx, world.ben).public_id
    talk = factories.topic(tx, world.ben).public_id
    for who in (world.aki, world.fumi):
        with pytest.raises(Forbidden):
            opened(tx, who)
        with pytest.raises(Forbidden):
            themes.change_theme(tx, who, topic=theme, period={})
    with pytest.raises(NotFound):
        themes.change_theme(tx, world.ben, topic=talk, period={})
    boards.close_topic(tx, world.ben, topic=theme)
    with pytest.raises(Conflict, match="topic_closed"):
        themes.change_theme(tx, world.ben, topic=theme, period={"ends_on": "2026-11-30"})


def test_a_cover_is_a_waiting_picture_of_ones_own(tx, world):
    akis = factories.waiting_picture(tx, world.aki).public_id
    with pytest.raises(Invalid) as caught:
        opened(tx, world.ben, cover=akis)
    assert [one.field for one in caught.value.errors] == ["photo"]
    own = factories.waiting_picture(tx, world.ben).public_id
    theme = opened(tx, world.ben, cover=own)
    assert theme.theme.cover.public_id == own
    with pytest.raises(Invalid):
        opened(tx, world.ben, title="もうひとつ", cover=own)
    with pytest.raises(NotFound):
        pictures.discard(tx, world.ben, public_id=own)


def test_the_cover_is_served_while_its_theme_stands_and_under_its_maps_face_only(tx, world):
    row = factories.waiting_picture(tx, world.ben)
    wanted = {"name": row.resident_name, "size": 320, "suffix": "avif"}
    with pytest.raises(NotFound):
        stored_picture(tx, world.dai, **wanted)
    theme = opened(tx, world.ben, cover=row.public_id)
    assert theme.theme.cover.name == row.resident_name
    assert stored_picture(tx, world.dai, **wanted).public
    for changed in ({"name": row.outside_name}, {"suffix": "heic"}, {"size": 9999}):
        with pytest.raises(NotFound):
            stored_picture(tx, world.dai, **(wanted | changed))
    boards.remove_topic(tx, world.ben, topic=theme.public_id, reason="まちがい")
    with pytest.raises(NotFound):
        stored_picture(tx, world.dai, **wanted)


def covers():
    with db.transaction(write=False) as tx:
        return [row.public_id for row in tx.exec(select(Picture).order_by(Picture.id))]


def test_the_sweep_keeps_covers_and_forgets_those_that_stand_nowhere_any_more(world):
    with db.transaction(write=True) as tx:
        first, second = (factories.waiting_picture(tx, world.ben).public_id for _ in range(2))
        theme = opened(tx, world.ben, cover=first).public_id
        themes.change_theme(tx, world.ben, topic=theme, period={}, cover=second)
    with clock.frozen_at(NOON + 2 * DAY):
        assert pictures.sweep() == 1
        assert covers() == [second]
        with db.transaction(write=True) as tx:
            boards.remove_topic(tx, world.ben, topic=theme, reason="まちがい")
        assert pictures.sweep() == 0
    with clock.frozen_at(NOON + 4 * DAY):
        assert pictures.sweep() == 1
        assert covers() == []
        with db.transaction(write=False) as tx:
            assert tx.exec(select(Topic.cover_id).where(Topic.public_id == theme)).one() is None


def test_a_cover_can_be_taken_off(tx, world):
    own = factories.waiting_picture(tx, world.ben).public_id
    theme = opened(tx, world.ben, cover=own).public_id
    assert themes.change_theme(tx, world.ben, topic=theme, period={}).theme.cover.public_id == own
    assert themes.change_theme(tx, world.ben, topic=theme, period={}, without_cover=True).theme.cover is None


def test_a_theme_that_has_been_over_for_a_week_makes_room_and_can_still_be_read(tx, world):
    theme = opened(tx, world.ben, ends_on="2026-11-22", ends_time="13:00").public_id
    for days, pinned in ((7, True), (8, False)):
        with clock.frozen_at(NOON + days * DAY):
            housekeeping.sweep(tx, SYSTEM)
            tx.expire_all()
            assert topic(tx, world.chie, public_id=theme).pinned is pinned
