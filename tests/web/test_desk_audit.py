"""``/desk/audit``: sentences for leads and operators, and the same as CSV."""

from __future__ import annotations

import csv
import io

import pytest
from sqlmodel import select

from tamemap import clock, db
from tamemap.formats.audit_csv import COLUMNS, harmless
from tamemap.i18n import t
from tamemap.models import AuditEntry, Person, Role
from tamemap.services import decisions, tokens
from tests import factories
from tests.factories import HITOYOSHI, NISHIKI, OFFICES
from tests.web.browsers import API
from tests.web.pages import read

HERE = "/desk/audit"


@pytest.fixture
def recalled(world):
    """Ben, of 総務課, has recalled Aki's 秋の市 at noon; its id."""
    with db.transaction(write=True) as tx:
        role = tx.exec(select(Role).where(Role.person_id == world.ben.person_id)).one()
        role.department = "総務課"
        tx.add(role)
        one = factories.flyer(tx, world.aki).public_id
        decisions.decide(tx, world.ben, public_id=one, decision="recall", reason="雨で中止")
    return one


def sentences(answer) -> list[str]:
    return [row.text for row in read(answer).one("ol", class_="tm-audit").all("li")]


def table(answer) -> list[list[str]]:
    assert answer.content.startswith(b"\xef\xbb\xbf")
    return list(csv.reader(io.StringIO(answer.content.decode("utf-8-sig"), newline="")))


def test_a_deed_is_a_sentence_with_a_way_to_the_thing(world, visit, recalled):
    answer = visit(world.ben).get(HERE)
    assert sentences(answer) == ["11月22日（日） 12:00Benさん（人吉市 総務課）がチラシ「秋の市」を取り下げました"]
    assert read(answer).one("a", href=f"/f/{recalled}").text == "チラシ「秋の市」"
    assert answer.headers["cache-control"] == "private, no-store"


def test_in_english_too(world, visit, recalled):
    assert sentences(visit(world.ben).get(f"{HERE}?lang=en"))[0].endswith("Ben (人吉市 総務課) recalled the flyer “秋の市”")


def test_who_may_not_read_it(world, visit, recalled):
    assert visit().get(HERE).headers["location"].startswith("/sign-in")
    for path in (HERE, f"{HERE}.csv"):
        assert visit(world.aki).get(path).status_code == 403
        assert visit().get(path).status_code == 303


def test_the_neighbours_lead_reads_nothing_of_it(world, visit, recalled):
    page = read(visit(world.fumi).get(f"{HERE}?thing={recalled}"))
    assert t("audit.none_found") in page.text
    assert "秋の市" not in visit(world.fumi).get(f"{HERE}.csv").text


def test_what_people_named_things_is_text_and_no_markup(world, visit):
    with db.transaction(write=True) as tx:
        one = factories.flyer(tx, world.aki, title="<b>{who}</b>").public_id
        decisions.decide(tx, world.ben, public_id=one, decision="recall", reason="雨で中止")
        ben = tx.get_one(Person, world.ben.person_id)
        ben.name = "{thing}<i>"
        tx.add(ben)
    page = read(visit(world.ben).get(HERE))
    assert page.one("a", href=f"/f/{one}").text == "チラシ「<b>{who}</b>」"
    assert "{thing}<i>さん" in page.text


def test_who_has_left_has_no_name_any_more(world, visit, recalled):
    with db.transaction(write=True) as tx:
        ben = tx.get_one(Person, world.ben.person_id)
        ben.left_at, ben.name = clock.now(), ""
        tx.add(ben)
    assert "退会した職員（人吉市 総務課）がチラシ「秋の市」を取り下げました" in sentences(visit(world.emi).get(HERE))[0]


def test_a_program_is_named_by_its_key(world, visit, recalled):
    with db.transaction(write=True) as tx:
        text = tokens.make(tx, world.ben, name="町のホームページ", scopes=("desk",), days=9, municipality_code=HITOYOSHI).text
    visit().post(f"{API}/desk/flyers/{recalled}/decision", json={"decision": "up"}, headers={"authorization": f"Bearer {text}"})
    said = sentences(visit(world.ben).get(HERE))
    assert "プログラム「町のホームページ」（人吉市 総務課）がチラシ「秋の市」をマップに載せました" in said[0]
    assert "Benさん（人吉市 総務課）がアクセストークン「町のホームページ」を作りました" in said[1]


def test_it_can_be_narrowed_by_form_and_a_wrong_day_is_said(world, visit, recalled):
    ben = visit(world.ben)
    assert (
        len(sentences(ben.get(f"{HERE}?person={world.ben.public_id}&verb=flyer.decide&since=2026-11-22&until=2026-11-22"))) == 1
    )
    assert len(sentences(ben.get(f"{HERE}?thing=https://tamemap.example/f/{recalled}"))) == 1
    assert t("audit.none_found") in read(ben.get(f"{HERE}?until=2026-11-21")).text
    wrong = ben.get(f"{HERE}?since=きのう")
    assert wrong.status_code == 422
    assert read(wrong).one("p", id="since-error").text == t("errors.audit_day_wrong")
    assert [one["value"] for one in read(ben.get(HERE)).one("select", name="verb").all("option")] == ["", "flyer.decide"]


def test_fifty_a_page_and_a_way_to_the_older_ones(world, visit, recalled):
    with db.transaction(write=True) as tx:
        for _ in range(60):
            decisions.decide(tx, world.ben, public_id=recalled, decision="up")
    ben = visit(world.ben)
    page = ben.get(f"{HERE}?verb=flyer.decide")
    older = read(page).one(
        "a", class_="tm-button--secondary", rel="nofollow", href=read(page).all("a", rel="nofollow")[0]["href"]
    )
    assert (len(sentences(page)), len(sentences(ben.get(older["href"])))) == (50, 11)


def test_the_csv_holds_all_of_it_and_taking_it_is_written_down(world, visit, recalled):
    ben = visit(world.ben)
    answer = ben.get(f"{HERE}.csv")
    assert answer.headers["content-type"].startswith("text/csv")
    assert answer.headers["content-disposition"] == 'attachment; filename="tamemap-audit-2026-11-22.csv"'
    head, taken, first = table(answer)
    assert head == list(COLUMNS)
    assert taken[7] == "audit.read"
    assert first[0] == "2026-11-22T12:00:00+09:00"
    assert first[1:6] == ["Benさん（人吉市 総務課）がチラシ「秋の市」を取り下げました", "Ben", "職員", "人吉市", "総務課"]
    assert first[7:11] == ["flyer.decide", "flyer", recalled, "秋の市"]
    with db.transaction(write=False) as tx:
        assert [row.verb for row in tx.exec(select(AuditEntry).order_by(AuditEntry.id))] == ["flyer.decide", "audit.read"]


def test_more_than_a_piece_comes_whole(world, visit, recalled):
    with db.transaction(write=True) as tx:
        for _ in range(620):
            decisions.decide(tx, world.ben, public_id=recalled, decision="up")
    assert len(table(visit(world.ben).get(f"{HERE}.csv?verb=flyer.decide"))) == 622


@pytest.mark.parametrize("cell", ["=1+1", "+1", "-1", "@SUM(A1)", "＝1+1", "\t=1", "\r=1", "\n=1", " =1", "　＝1"])
def test_no_name_becomes_a_formula(world, visit, cell):
    assert harmless(cell) == f"'{cell}"


def test_a_flyer_called_like_a_formula_is_harmless_in_the_file(world, visit):
    with db.transaction(write=True) as tx:
        one = factories.flyer(tx, world.chie, title='=HYPERLINK("https://evil.example","賞金")', at=OFFICES[NISHIKI]).public_id
        decisions.decide(tx, world.fumi, public_id=one, decision="recall", reason="にせもの")
    first = table(visit(world.fumi).get(f"{HERE}.csv"))[2]
    assert first[10] == '\'=HYPERLINK("https://evil.example","賞金")'
    assert harmless("秋の市 =") == "秋の市 ="
