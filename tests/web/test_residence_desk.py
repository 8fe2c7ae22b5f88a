"""``/desk/residence-codes``: batches, their CSV and their sheets."""

from __future__ import annotations

import csv
import io
import re
from dataclasses import replace

import pytest
from sqlmodel import select

from tamemap import clock, db
from tamemap.domain.residence import read_code
from tamemap.formats.residence_sheet import CARDS, qr
from tamemap.i18n import t
from tamemap.models import ResidenceCode, ResidenceCodeBatch, Role
from tamemap.services import residence_codes
from tests.conftest import NOON
from tests.factories import DAY, HITOYOSHI
from tests.web.browsers import signed_in
from tests.web.pages import read

pytestmark = pytest.mark.one_database

HERE = "/desk/residence-codes"
FORM = {"deed": "make", "kind": "household", "municipality": HITOYOSHI, "name": "全世帯配布", "amount": "12", "uses_each": "4",
        "ends_on": "2027-03-31"}  # fmt: skip


def made(actor, **changes) -> str:
    """A batch of Ben's, by its public id."""
    wanted = {"municipality_code": HITOYOSHI, "kind": "household", "name": "全世帯配布", "amount": 12, "uses_each": 4,
              "ends_on": "2027-03-31"} | changes  # fmt: skip
    with db.transaction(write=True) as tx:
        return residence_codes.make(tx, actor, **wanted).public_id


def curator(world):
    """Ben, no longer a lead."""
    with db.transaction(write=True) as tx:
        tx.exec(select(Role).where(Role.person_id == world.ben.person_id)).one().level = "curator"
    return replace(world.ben, leads=frozenset())


def test_ben_makes_a_batch_and_sees_how_often_it_was_used(world, visit):
    ben = visit(world.ben)
    assert t("residence_codes.empty") in read(ben.get(HERE)).text
    sent = ben.post(HERE, data=FORM)
    assert (sent.status_code, sent.headers["location"]) == (303, f"{HERE}?said=residence_batch_made")
    with db.transaction(write=True) as tx:
        batch = tx.exec(select(ResidenceCodeBatch)).one()
        assert (batch.amount, batch.uses_each, batch.name, batch.made_by) == (12, 4, "全世帯配布", world.ben.person_id)
        code = residence_codes.hand_out(tx, world.ben, public_id=batch.public_id).codes[0].code
        residence_codes.redeem(tx, world.aki, code=code)
    text = read(ben.get(HERE)).one("div", id=f"batch-{batch.public_id}").text
    assert t("residence_codes.used", used=1, most=48) in text
    assert t("residence_codes.until", day="2027年3月31日（水）") in text


def test_the_form_asks_what_the_kind_needs(world, visit):
    ben = visit(world.ben)
    assert len(read(ben.get(f"{HERE}?new=household")).all("input", name="amount")) == 1
    page = read(ben.get(f"{HERE}?new=newsletter"))
    assert page.all("input", name="amount") == []
    assert (page.one("input", name="kind")["value"], page.one("input", name="uses_each")["value"]) == ("newsletter", "5000")
    assert (page.one("input", name="ends_on")["min"], page.one("input", name="ends_on")["max"]) == ("2026-11-22", "2027-12-24")


def test_a_wrong_form_comes_back_as_it_was_typed(world, visit):
    sent = visit(world.ben).post(HERE, data=FORM | {"amount": "30000", "ends_on": "2030-01-01"})
    assert sent.status_code == 422
    page = read(sent)
    assert page.one("input", name="name")["value"] == "全世帯配布"
    assert page.one("input", name="amount")["value"] == "30000"
    assert page.one("p", id="amount-error").text == t("errors.residence_number_wrong", most="20,000")


def test_ben_ends_a_batch_and_it_is_printed_no_more(world, visit):
    batch, ben = made(world.ben), visit(world.ben)
    sent = ben.post(HERE, data={"deed": "end", "batch": batch})
    assert sent.headers["location"] == f"{HERE}?said=residence_batch_ended"
    part = read(ben.get(HERE)).one("div", id=f"batch-{batch}")
    assert t("residence_codes.state.ended") in part.text
    assert part.all("a") == part.all("form") == []
    assert [ben.get(f"{HERE}/{batch}{end}").status_code for end in (".csv", "/print")] == [410, 410]


def test_the_csv_opens_in_excel_and_every_row_leads_to_its_code(world, visit):
    batch = made(world.ben)
    answer = visit(world.ben).get(f"{HERE}/{batch}.csv")
    assert answer.headers["content-type"] == "text/csv; charset=utf-8"
    assert answer.headers["content-disposition"] == f'attachment; filename="residence-codes-{HITOYOSHI}-{batch}.csv"'
    assert answer.headers["cache-control"] == "private, no-store"
    assert answer.content.startswith(b"\xef\xbb\xbf")
    headings, *rows = csv.reader(io.StringIO(answer.content.decode("utf-8-sig")))
    assert headings == [t(f"residence_codes.csv.{name}") for name in ("number", "code", "url", "uses_left")]
    assert [row[0] for row in rows] == [str(number) for number in range(1, 13)]
    assert {row[3] for row in rows} == {"4"}
    for _, code, url, _ in rows:
        assert url == f"http://localhost:8000/me/residence?code={read_code(code)}"
    with db.transaction(write=True) as tx:
        residence_codes.redeem(tx, world.aki, code=rows[4][1])
        assert tx.exec(select(ResidenceCode.number).where(ResidenceCode.uses == 1)).all() == [5]


def test_no_cell_of_the_csv_is_a_formula(world, visit):
    batch = made(world.ben, name="=HYPERLINK(1)", amount=200)
    cells = [cell for row in csv.reader(io.StringIO(visit(world.ben).get(f"{HERE}/{batch}.csv").text)) for cell in row]
    assert not [cell for cell in cells if re.match(r"[=+\-@\t\r]", cell)]


def test_the_sheets_have_ten_cards_each_with_its_code_its_qr_and_its_end(world, visit):
    batch, ben = made(world.ben), visit(world.ben)
    rows = list(csv.reader(io.StringIO(ben.get(f"{HERE}/{batch}.csv").content.decode("utf-8-sig"))))[1:]
    answer = ben.get(f"{HERE}/{batch}/print")
    page = read(answer)
    assert [len(sheet.all("article")) for sheet in page.all("section", class_="sheet")] == [CARDS, 2]
    assert [code.text for code in page.all("p", class_="card__code")] == [row[1] for row in rows]
    for row in rows:
        assert qr(row[2]) in answer.text
    first = page.all("article")[0].text
    for words in (
        "人吉市 住民コード",
        "全世帯配布",
        "2027年3月31日（水）まで",
        "（ご家族4人まで）",
        "No. 1",
        "localhost:8000/me/residence",
    ):
        assert words in first
    assert page.one("link", rel="stylesheet", href="/print.css")
    assert answer.headers["cache-control"] == "private, no-store"


def test_one_newsletter_code_fills_its_sheet(world, visit):
    batch = made(world.ben, kind="newsletter", uses_each=500)
    page = read(visit(world.ben).get(f"{HERE}/{batch}/print"))
    codes = [code.text for code in page.all("p", class_="card__code")]
    assert (len(codes), len(set(codes))) == (CARDS, 1)
    assert "No." not in page.one("main").text


def test_large_batches_are_printed_in_parts(world, visit):
    batch, ben = made(world.ben, amount=1200), visit(world.ben)
    page = read(ben.get(f"{HERE}/{batch}/print?from=1001&to=9999"))
    assert [one.text for one in page.one("nav").all("a")] == ["1–500", "501–1,000", "1,001–1,200"]
    assert page.one("nav").one("a", aria_current="page").text == "1,001–1,200"
    assert len(page.all("article")) == 200
    assert page.all("article")[0].text.endswith("No. 1001")
    assert len(read(ben.get(f"{HERE}/{batch}/print")).all("article")) == 500
    few = made(world.ben, amount=30)
    for odd in ("from=0&to=-5", "from=x&to=y", "from=５&to=９", "from=99999999999999999999", "from=20&to=10"):
        answer = ben.get(f"{HERE}/{few}/print?{odd}")
        assert answer.status_code == 200
        assert len(read(answer).all("article")) >= 1


def test_a_curator_prints_but_makes_and_ends_nothing(world, visit):
    batch = made(world.ben)
    ben = visit(curator(world))
    page = read(ben.get(HERE))
    assert page.all("form") == []
    assert t("residence_codes.lead_makes") in page.text
    assert ben.get(f"{HERE}/{batch}/print").status_code == 200
    assert ben.post(HERE, data=FORM).status_code == 403
    assert ben.post(HERE, data={"deed": "end", "batch": batch}).status_code == 403


@pytest.mark.parametrize("path", [HERE, f"{HERE}/{{batch}}.csv", f"{HERE}/{{batch}}/print"])
def test_only_staff_of_the_town_come_here(world, visit, path):
    address = path.format(batch=made(world.ben, name="人吉だけの束"))
    assert visit(world.chie).get(address).status_code == 403
    guest = visit().get(address)
    assert (guest.status_code, guest.headers["location"].split("?")[0]) == (303, "/sign-in")
    waiting = visit()
    waiting.cookies.set("tamemap_session", signed_in(world.ben, strong=False))
    assert waiting.get(address).headers["location"].split("?")[0] == "/auth/again"
    neighbour = visit(world.fumi).get(address)
    assert neighbour.status_code == (200 if path == HERE else 403)
    assert "人吉だけの束" not in neighbour.text


def test_an_expired_batch_is_over(world, visit):
    batch = made(world.ben, ends_on="2026-11-23")
    with clock.frozen_at(NOON + 2 * DAY):
        part = read(visit(world.ben).get(HERE)).one("div", id=f"batch-{batch}")
        assert t("residence_codes.state.over") in part.text
        assert visit(world.ben).get(f"{HERE}/{batch}/print").status_code == 410
    assert visit(world.ben).get(f"{HERE}/222222222222/print").status_code == 404
