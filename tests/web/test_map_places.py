"""The page of a map, asked for the name of a place."""

from __future__ import annotations

from tamemap import db
from tamemap.models import Place
from tests import factories
from tests.factories import HITOYOSHI, NISHIKI, OFFICES
from tests.web.pages import read


def test_the_page_lists_what_lies_there_though_no_flyer_says_so(world, visit):
    lat, lng = OFFICES[HITOYOSHI]
    with db.transaction(write=True) as tx:
        tx.add(Place(municipality_code=HITOYOSHI, kind="town", name="九日町", folded="", lat=lat, lng=lng))
        for title, town in (("朝の市", HITOYOSHI), ("夜の市", NISHIKI)):
            factories.flyer(tx, world.aki, title=title, at=OFFICES[town], outside=True, starts_at="2026-11-23")
    for q, found in (("人吉", ["朝の市"]), ("九日町", ["朝の市"]), ("錦町", ["夜の市"]), ("錦町 九日町", [])):
        page = read(visit().get("/m/hitoyoshi-kuma", params={"q": q}))
        assert [title for title in ("朝の市", "夜の市") if title in page.one("main").text] == found, q
