"""``/f/{flyer}``: one flyer in the face that its viewer may see, its picture, its calendar, and pointing at it."""

from __future__ import annotations

import json
from urllib.parse import urlsplit

import pytest
from icalendar import Calendar
from sqlmodel import select

from tamemap import clock, db
from tamemap.i18n import t
from tamemap.models import Report
from tamemap.services import decisions, flyers
from tamemap.web.flyer_document import telephone
from tests import factories
from tests.factories import DAY
from tests.web.browsers import posted
from tests.web.pages import json_ld, meta, read

FACTS = {
    "venue": "川原の広場",
    "address": "人吉市さくら町1-2",
    "fee": "500円",
    "phone": "0966（00）0000",
    "organiser": "さくら町内会",
    "url": "https://example.jp/ichi",
    "body": "雨なら中止。\nくわしくは https://example.jp/a?b=1&c=2 へ。<b>",
    "starts_at": "2026-11-23T10:00:00+09:00",
    "ends_at": "2026-11-23T15:00:00+09:00",
}
KEPT = ("venue", "address", "fee", "phone", "organiser", "url", "body")


def put_up(actor, title: str = "秋の市", **fields) -> str:
    """A flyer of this person's; its public id."""
    with db.transaction(write=True) as tx:
        return factories.flyer(tx, actor, title=title, **fields).public_id


def take_back(actor, flyer: str, reason: str = "中止です") -> None:
    """Recall it from every map."""
    with db.transaction(write=True) as tx:
        decisions.decide(tx, actor, public_id=flyer, placement="all", decision="recall", reason=reason)


def facts(page) -> dict[str, str]:
    """The definition list as a dictionary."""
    found = page.one("dl")
    return {name.text: value.text for name, value in zip(found.all("dt"), found.all("dd"), strict=True)}


def test_every_fact_stands_there_as_text(world, visit):
    page = read(visit().get(f"/f/{put_up(world.aki, **FACTS)}"))
    assert page.one("h1").text == "秋の市"
    assert facts(page) == {
        "日時": "11月23日（月・祝） 10:00〜15:00",
        "場所": "川原の広場",
        "住所": "人吉市さくら町1-2",
        "料金": "500円",
        "電話": "0966（00）0000",
        "主催": "さくら町内会",
        "ホームページ": "https://example.jp/ichi",
    }
    assert page.one("dl").all("a")[0]["href"] == "tel:0966000000"
    assert page.one("dl").all("a")[1]["rel"] == "nofollow noopener ugc"
    body = page.one("p", class_="tm-flyer__body")
    assert body.text == "雨なら中止。 くわしくは https://example.jp/a?b=1&c=2 へ。<b>"
    assert body.one("a")["href"] == "https://example.jp/a?b=1&c=2"
    assert not body.all("b")


def test_a_guest_is_told_nothing_of_what_is_kept_for_residents(world, visit):
    flyer = put_up(world.aki, outside=True, hidden=KEPT, **FACTS)
    secrets = [FACTS[name] for name in KEPT if name != "body"] + ["雨なら中止", "0966000000"]
    for browser in (visit(), visit(world.chie)):
        for address in (f"/f/{flyer}", f"/f/{flyer}.ics", f"/f/{flyer}?lang=en"):
            text = browser.get(address).content.decode().replace("\r\n ", "")
            assert [secret for secret in secrets if secret in text] == []
    for actor in (world.aki, world.ben):
        assert facts(read(visit(actor).get(f"/f/{flyer}")))["場所"] == "川原の広場"


def test_only_a_page_that_is_everybodys_may_be_kept_by_others(world, visit):
    flyer = put_up(world.aki, hidden=("venue",), **FACTS)
    guest, aki = visit().get(f"/f/{flyer}"), visit(world.aki).get(f"/f/{flyer}")
    assert guest.headers["cache-control"] == "public, max-age=0, must-revalidate"
    assert guest.headers["vary"].startswith("Cookie")
    assert visit().get(f"/f/{flyer}", headers={"If-None-Match": guest.headers["etag"]}).status_code == 304
    assert aki.headers["cache-control"] == "private, no-store"
    assert "etag" not in aki.headers


def test_what_was_taken_back_is_gone_everywhere_but_for_its_poster_and_staff(world, visit):
    flyer = put_up(world.aki, **FACTS)
    guest = visit()
    before = guest.get(f"/f/{flyer}").headers["etag"]
    take_back(world.ben, flyer)
    gone = guest.get(f"/f/{flyer}", headers={"If-None-Match": before})
    page = read(gone)
    assert (gone.status_code, page.one("h1").text) == (410, t("errors.flyer_gone"))
    assert gone.headers["cache-control"] == "private, no-store"
    assert "/m/hitoyoshi" in [node["href"] for node in page.one("main").all("a")]
    assert "秋の市" not in gone.text
    for suffix, status in ((".ics", 410), (".jpg", 410)):
        assert guest.get(f"/f/{flyer}{suffix}").status_code == status
    mine = read(visit(world.aki).get(f"/f/{flyer}"))
    assert "中止です" in mine.one("div", class_="tm-banner--error").text
    assert meta(mine, "robots") == "noindex"
    assert not json_ld(mine)


def test_a_flyer_that_waits_is_unknown_but_for_its_poster_and_staff(world, visit):
    dai = visit()
    flyer = posted(dai)
    assert visit().get(f"/f/{flyer}").status_code == 404
    waiting = read(dai.get(f"/f/{flyer}"))
    assert t("flyer.state_held") in waiting.one("div", class_="tm-banner--warning").text
    assert "/me" in [node["href"] for node in waiting.one("article").all("a")]
    desk = read(visit(world.ben).get(f"/f/{flyer}"))
    assert "/desk" in [node["href"] for node in desk.one("article").all("a")]


def test_what_is_over_says_so_and_is_no_longer_searched_for(world, visit):
    flyer = put_up(world.aki, **FACTS)
    with clock.frozen_at(clock.now() + 3 * DAY):
        page = read(visit().get(f"/f/{flyer}"))
    assert t("flyer.state_past") in page.one("div", class_="tm-banner--info").text
    assert meta(page, "robots") == "noindex"
    assert not [node for node in page.all("a") if node.attributes.get("href", "").endswith(".ics")]


@pytest.mark.parametrize("name", ["nothing", "x" * 300, "a%22b", "あ"])
def test_an_unknown_flyer_leads_to_the_maps(world, visit, name):
    answer = visit().get(f"/f/{name}")
    assert answer.status_code == 404
    assert read(answer).one("h1").text == t("errors.flyer_unknown")


def test_those_who_search_and_share_are_told_what_it_is(world, visit):
    flyer = put_up(world.aki, **FACTS)
    page = read(visit().get(f"/f/{flyer}"))
    address = f"http://localhost:8000/f/{flyer}"
    assert page.one("link", rel="canonical")["href"] == meta(page, "og:url") == address
    assert meta(page, "og:image") == f"{address}.jpg"
    assert (meta(page, "og:image:width"), meta(page, "og:image:height")) == ("1200", "630")
    assert meta(page, "description").startswith("11月23日（月・祝） 10:00〜15:00・川原の広場・市・マルシェ・雨なら中止。")
    (event,) = json_ld(page)
    assert (event["name"], event["startDate"]) == ("秋の市", "2026-11-23T10:00:00+09:00")
    assert (event["location"]["address"], event["offers"]["price"]) == ("人吉市さくら町1-2", 500)


def test_a_flyer_without_dates_is_no_event_and_has_no_calendar(world, visit):
    flyer = put_up(world.aki)
    page = read(visit().get(f"/f/{flyer}"))
    assert not json_ld(page)
    assert "日時" not in facts(page)
    answer = visit().get(f"/f/{flyer}.ics")
    assert answer.status_code == 404
    assert read(answer).one("h1").text == t("errors.flyer_without_dates")


def test_it_goes_into_the_calendar(world, visit):
    flyer = put_up(world.aki, **FACTS)
    answer = visit().get(f"/f/{flyer}.ics")
    assert answer.headers["content-type"] == "text/calendar; charset=utf-8"
    assert f"{flyer}.ics" in answer.headers["content-disposition"]
    (event,) = Calendar.from_ical(answer.content).walk("VEVENT")
    assert (str(event["summary"]), event.decoded("dtstart").isoformat()) == ("秋の市", "2026-11-23T10:00:00+09:00")
    assert visit().get(f"/f/{flyer}.ics", headers={"If-None-Match": answer.headers["etag"]}).status_code == 304
    links = [node["href"] for node in read(visit().get(f"/f/{flyer}")).one("article").all("a")]
    assert f"/f/{flyer}.ics" in links
    assert [urlsplit(link).netloc for link in links if "calendar.google" in link] == ["calendar.google.com"]


def test_the_picture_is_there_in_every_size_with_words_for_it(world, visit):
    flyer = posted(visit(world.aki), title="秋の市")
    page = read(visit().get(f"/f/{flyer}"))
    figure = page.one("figure")
    image = figure.one("img")
    assert (int(image["width"]), int(image["height"])) == (200, 280)
    assert image["alt"].startswith("「秋の市」のチラシの写真")
    assert figure.one("source")["type"] in {"image/avif", "image/webp"}
    assert figure.one("a")["href"].endswith(".jpeg")
    for address in (image["src"], figure.one("a")["href"], figure.one("source")["srcset"].split(" ")[0]):
        answer = visit().get(address)
        assert answer.status_code == 200, address
        assert answer.headers["cache-control"] == "private, max-age=31536000, immutable"
        assert answer.headers["x-content-type-options"] == "nosniff"
    assert visit().get(f"/f/{flyer}.jpg").content.startswith(b"\xff\xd8\xff")
    assert visit().get(f"/f/{flyer}.jpg").headers["content-type"] == "image/jpeg"


def test_a_picture_leaves_with_its_flyer(world, visit):
    aki = visit(world.aki)
    flyer = posted(aki)
    address = read(visit().get(f"/f/{flyer}")).one("figure").one("img")["src"]
    take_back(world.ben, flyer)
    refused = visit().get(address)
    assert (refused.status_code, refused.content) == (404, b"")
    assert refused.headers["cache-control"] == "no-store"
    own = aki.get(address)
    assert (own.status_code, own.headers["cache-control"]) == (200, "private, no-store")


def test_unticking_takes_the_outside_picture_away(world, visit):
    flyer = posted(visit(world.aki), outside="true")
    guest = visit()
    outside = read(guest.get(f"/f/{flyer}")).one("figure").one("img")["src"]
    assert guest.get(outside).status_code == 200
    with db.transaction(write=True) as tx:
        flyers.set_outside(tx, world.aki, public_id=flyer, outside=False)
    assert guest.get(outside).status_code == 404
    inside = read(guest.get(f"/f/{flyer}")).one("figure").one("img")["src"]
    assert inside != outside
    assert guest.get(inside).status_code == 200


NO_PICTURES = ["/p/x/320.jpeg", "/p/..%2f..%2fetc/320.jpeg", "/p/x/320.svg", "/p/x/99999999999999999999.jpeg", "/p/x/abc.jpeg"]


@pytest.mark.parametrize("path", NO_PICTURES)
def test_no_other_file_can_be_asked_for(world, visit, path):
    assert visit().get(path).status_code == 404


def test_the_maps_that_show_it_are_named(world, visit):
    flyer = put_up(world.aki, outside=True)
    page = read(visit().get(f"/f/{flyer}"))
    placed = page.one("section", aria_labelledby="placements")
    assert [(node.text, node["href"]) for node in placed.all("a")] == [
        ("人吉市マップ", f"/m/hitoyoshi?flyer={flyer}"),
        ("人吉球磨マップ", f"/m/hitoyoshi-kuma?flyer={flyer}"),
    ]
    assert page.one("svg", class_="tm-minimap").one("path", class_="tm-minimap__town")["d"].startswith("M")


def test_chie_points_at_it_without_script_and_staff_can_decide(world, visit):
    flyer = put_up(world.aki)
    chie = visit(world.chie)
    form = read(chie.get(f"/f/{flyer}")).one("details", class_="tm-flyer__report").one("form")
    answer = chie.post(form["action"], data={"reason": "over", "words": "もう終わっています"})
    assert (answer.status_code, answer.headers["location"]) == (303, f"/f/{flyer}?reported=1#report")
    assert t("flyer.reported") in read(chie.get(f"/f/{flyer}?reported=1")).one("div", id="report").text
    with db.transaction(write=False) as tx:
        (report,) = tx.exec(select(Report)).all()
    assert (report.thing_id, report.reason, report.words) == (flyer, "over", "もう終わっています")


def test_pointing_without_a_reason_keeps_what_was_typed(world, visit):
    flyer = put_up(world.aki)
    answer = visit().post(f"/f/{flyer}/report", data={"reason": "", "words": "へんです<b>"})
    page = read(answer)
    assert answer.status_code == 422
    form = page.one("details", class_="tm-flyer__report")
    assert "open" in form.attributes
    assert form.one("div", role="alert").text == t("errors.report_reason_wrong")
    assert form.one("textarea").text == "へんです<b>"


def test_nobody_points_from_another_site(world, visit):
    flyer = put_up(world.aki)
    answer = visit().post(f"/f/{flyer}/report", data={"reason": "over"}, headers={"Origin": "https://evil.example"})
    assert answer.status_code == 403


@pytest.mark.parametrize(
    ("written", "dialled"),
    [
        ("0966-22-2111", "0966222111"),
        ("０９６６（２２）２１１１", "0966222111"),
        ("0966−22−2111（市民課）", "0966222111"),
        ("電話 080-0000-0000 または 0966-00-0000", "08000000000"),
        ("+81 966-22-2111", "+81966222111"),
        ("内線12", ""),
        ("", ""),
    ],
)
def test_the_number_to_dial_is_found_in_what_was_written(written, dialled):
    assert telephone(written) == dialled


def test_in_english_its_facts_keep_their_own_words(world, visit):
    page = read(visit().get(f"/f/{put_up(world.aki, **FACTS)}?lang=en"))
    assert page.one("html")["lang"] == "en"
    assert facts(page)["Where"] == "川原の広場"
    assert json.dumps(json_ld(page), ensure_ascii=False).count("秋の市") == 1
