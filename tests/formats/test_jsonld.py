"""Aki's flyer for those who search: schema.org's Event with what Google requires and recommends."""

from __future__ import annotations

from dataclasses import replace

import pytest

from tamemap.formats import jsonld
from tests.formats.sheet import Sheet, on

MARKET = Sheet(when=on("2026-11-23T10:00:00+09:00", "2026-11-23T15:00:00+09:00"))
PAGE = "http://localhost:8000/f/abcdefghjkmn"


def test_an_event_says_everything_that_is_known():
    assert jsonld.event(MARKET) == {
        "@context": "https://schema.org",
        "@type": "Event",
        "@id": PAGE,
        "url": PAGE,
        "name": "秋の市; みかん, 栗",
        "startDate": "2026-11-23T10:00:00+09:00",
        "endDate": "2026-11-23T15:00:00+09:00",
        "eventStatus": "https://schema.org/EventScheduled",
        "eventAttendanceMode": "https://schema.org/OfflineEventAttendanceMode",
        "location": {
            "@type": "Place",
            "name": "川原の広場",
            "address": "人吉市さくら町1-2",
            "geo": {"@type": "GeoCoordinates", "latitude": 32.2169, "longitude": 130.7394},
        },
        "image": ["http://localhost:8000/p/a1b2/960.jpeg", f"{PAGE}.jpg"],
        "description": "雨なら中止。\n車は川原へ。",
        "keywords": "市・マルシェ",
        "organizer": {"@type": "Organization", "name": "さくら町内会", "url": "https://example.jp/ichi"},
        "offers": {
            "@type": "Offer",
            "price": 0,
            "priceCurrency": "JPY",
            "availability": "https://schema.org/InStock",
            "url": PAGE,
            "validFrom": "2026-11-20T09:00:00+09:00",
        },
        "isAccessibleForFree": True,
        "inLanguage": "ja",
    }


def test_an_organiser_without_an_address_is_found_by_the_flyer():
    assert jsonld.event(replace(MARKET, url=""))["organizer"]["url"] == PAGE


def test_whole_days_are_dates_without_a_made_up_midnight():
    made = jsonld.event(Sheet(when=on("2026-12-01", "2026-12-02")))
    assert (made["startDate"], made["endDate"]) == ("2026-12-01", "2026-12-02")


def test_an_end_that_nobody_wrote_is_not_invented():
    assert "endDate" not in jsonld.event(Sheet(when=on("2026-11-23T10:00:00+09:00")))


def test_a_flyer_without_dates_is_no_event():
    assert jsonld.event(Sheet()) is None


def test_what_is_hidden_is_nowhere_in_it():
    hidden = replace(MARKET, venue="", address="", fee="", phone="", organiser="", url="", body="", pictures=())
    made = jsonld.event(hidden)
    assert made["location"]["name"] == "人吉市"
    assert made["location"]["address"] == "熊本県人吉市"
    assert {"organizer", "offers", "image", "isAccessibleForFree"} & set(made) == set()
    assert made["description"] == hidden.title


@pytest.mark.parametrize(
    ("fee", "price"),
    [
        ("無料", 0),
        ("入場無料", 0),
        ("参加費：無料", 0),
        ("500円", 500),
        ("１，０００円", 1000),
        ("¥1,200", 1200),
        ("参加費 300円", 300),
        ("大人500円 こども200円", None),
        ("500円〜", None),
        ("お問い合わせください", None),
        ("小学生以下無料、大人300円", None),
        ("", None),
    ],
)
def test_a_price_is_said_only_where_the_fee_says_one_thing(fee, price):
    made = jsonld.event(replace(MARKET, fee=fee))
    assert made.get("offers", {}).get("price") == price


def test_a_list_names_its_flyers_in_order():
    made = jsonld.item_list("人吉市マップのチラシ", "http://localhost:8000/m/hitoyoshi", [("aa", "秋の市"), ("bb", "冬の市")])
    assert made["@type"] == "ItemList"
    assert made["itemListElement"] == [
        {"@type": "ListItem", "position": 1, "name": "秋の市", "url": "http://localhost:8000/f/aa"},
        {"@type": "ListItem", "position": 2, "name": "冬の市", "url": "http://localhost:8000/f/bb"},
    ]
