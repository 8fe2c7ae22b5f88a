"""The images for those who share an address: what is on them, who may see them, when they are drawn anew, when they leave."""

from __future__ import annotations

import io
from threading import BoundedSemaphore

import pytest
from PIL import Image
from sqlmodel import select

from tamemap import config, db
from tamemap.formats import share_card as card_format
from tamemap.formats.share_card import Words, share_card
from tamemap.gateways.storage import storage_from
from tamemap.models import OutboxEntry, Picture
from tamemap.services import decisions, flyers
from tamemap.web import share_cards
from tests.web.browsers import posted
from tests.web.pages import meta, read


def opened(answer) -> Image.Image:
    """The image in an answer, which is a card."""
    assert (answer.status_code, answer.headers["content-type"]) == (200, "image/jpeg")
    return Image.open(io.BytesIO(answer.content))


def kept_cards() -> list[str]:
    """The stored names of all cards."""
    with db.transaction(write=False) as tx:
        rows = tx.exec(select(Picture)).all()
        return [name for row in rows for entry in row.variants.values() for key, name in entry.items() if key.startswith("card-")]


def test_a_flyers_card_is_drawn_once_and_kept_with_its_picture(world, visit, monkeypatch):
    flyer = posted(visit(world.aki), title="秋の市")
    first = visit().get(f"/f/{flyer}.jpg")
    assert opened(first).size == (1200, 630)
    (name,) = kept_cards()
    assert storage_from(config.settings()).get(name) == first.content
    monkeypatch.setattr(share_cards, "share_card", lambda *_: pytest.fail("drawn again"))
    again = visit().get(f"/f/{flyer}.jpg")
    assert (again.content, again.headers["cache-control"]) == (first.content, "public, max-age=0, must-revalidate")
    assert visit().get(f"/f/{flyer}.jpg", headers={"If-None-Match": first.headers["etag"]}).status_code == 304


def test_another_title_is_another_card_and_the_former_one_is_deleted(world, visit):
    flyer = posted(visit(world.aki), title="秋の市")
    before = visit().get(f"/f/{flyer}.jpg").content
    (former,) = kept_cards()
    with db.transaction(write=True) as tx:
        flyers.change(tx, world.aki, public_id=flyer, raw={"title": "冬の市"})
    assert visit().get(f"/f/{flyer}.jpg").content != before
    assert former not in kept_cards()
    with db.transaction(write=False) as tx:
        asked = tx.exec(select(OutboxEntry.payload).where(OutboxEntry.kind == "picture_files")).all()
    assert {"names": [former]} in list(asked)


def test_a_card_says_nothing_that_is_kept_for_residents(world, visit, monkeypatch):
    said: list[Words] = []
    monkeypatch.setattr(share_cards, "share_card", lambda words, picture: said.append(words) or share_card(words))
    flyer = posted(visit(world.aki), outside="true", venue="川原の広場", address="さくら町1-2", hidden_outside="venue,address")
    for browser in (visit(), visit(world.aki)):
        opened(browser.get(f"/f/{flyer}.jpg"))
    assert {(one.title, one.place, one.town) for one in said} == {("秋の市", "", "熊本県人吉市・市・マルシェ")}


def test_a_card_leaves_with_its_flyer_at_once(world, visit):
    flyer = posted(visit(world.aki))
    opened(visit().get(f"/f/{flyer}.jpg"))
    with db.transaction(write=True) as tx:
        decisions.decide(tx, world.ben, public_id=flyer, placement="all", decision="recall", reason="中止です")
    gone = visit().get(f"/f/{flyer}.jpg")
    assert (gone.status_code, gone.content, gone.headers["cache-control"]) == (410, b"", "no-store")
    own = visit(world.aki).get(f"/f/{flyer}.jpg")
    assert (opened(own).size, own.headers["cache-control"]) == ((200, 280), "private, no-store")
    assert visit().get("/f/nothing.jpg").status_code == 404


def test_while_too_many_are_drawn_the_picture_stands_for_its_card(world, visit, monkeypatch):
    flyer = posted(visit(world.aki))
    monkeypatch.setattr(share_cards, "PATIENCE", 0.01)
    monkeypatch.setattr(share_cards, "_drawing", BoundedSemaphore(1))
    with share_cards._drawing:
        meanwhile = visit().get(f"/f/{flyer}.jpg")
    assert (opened(meanwhile).size, meanwhile.headers["cache-control"]) == ((200, 280), "private, no-store")
    assert opened(visit().get(f"/f/{flyer}.jpg")).size == (1200, 630)


def test_a_map_has_a_card_for_itself_and_for_its_boards(world, visit):
    assert opened(visit().get("/m/hitoyoshi.jpg")).size == (1200, 630)
    assert visit().get("/m/nowhere.jpg").status_code == 404
    for address in ("/m/hitoyoshi", "/b/hitoyoshi-hiroba"):
        page = read(visit().get(address))
        assert meta(page, "og:image") == "http://localhost:8000/m/hitoyoshi.jpg"
        assert (meta(page, "og:image:width"), meta(page, "twitter:card")) == ("1200", "summary_large_image")


@pytest.mark.parametrize("title", ["市", "とても長い題名" * 11, "A very long title of words " * 3, "、" * 80])
def test_whatever_the_title_everything_stays_on_the_card(title):
    drawn: list[tuple[float, float, float, float]] = []

    class Watching(card_format.ImageDraw.ImageDraw):
        def text(self, xy, text, **how):
            drawn.append(self.textbbox(xy, text, font=how["font"], anchor=how.get("anchor")))
            super().text(xy, text, **how)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(card_format.ImageDraw, "Draw", Watching)
        share_card(
            Words(title, "11月23日（月・祝） 10:00〜15:00", "とても長い会場の名前" * 12, "熊本県人吉市・市・マルシェ", "Tamemap")
        )
    assert max(right for _, _, right, _ in drawn) <= 1200
    assert max(bottom for _, _, _, bottom in drawn) <= 630
    tops = [top for _, top, _, _ in drawn[1:]]
    assert tops == sorted(tops)
