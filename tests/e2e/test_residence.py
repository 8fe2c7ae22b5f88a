"""Proving residence as people do: the town prints, a resident reads a code and proves it; a map that asks for proof is kind."""

from __future__ import annotations

import io
import re

import pypdfium2 as pdfium
import pytest
import zxingcpp
from playwright.sync_api import expect

from tamemap.i18n import t

pytestmark = pytest.mark.e2e

MM = 96 / 25.4


def batch(desk, sign_in, *, amount: int) -> str:
    """Staff make a batch of codes; answers the address of its sheets."""
    sign_in(desk, "staff@example.jp", then="/desk/residence-codes")
    desk.goto("/desk/residence-codes")
    desk.get_by_label(t("residence_codes.name")).fill(f"全世帯配布 {amount}")
    desk.get_by_label(t("residence_codes.amount"), exact=False).fill(str(amount))
    desk.get_by_role("button", name=t("residence_codes.make"), exact=True).click()
    desk.get_by_text(t("said.residence_batch_made")).wait_for()
    return desk.get_by_role("link", name=t("residence_codes.print_name", name=f"全世帯配布 {amount}")).first.get_attribute("href")


def asking_proof(desk, *names: str) -> None:
    """Staff set what their map asks proof for."""
    desk.goto("/desk/maps")
    for box in desk.locator("input[name=proof_for]").all():
        box.set_checked(box.get_attribute("value") in names)
    desk.get_by_role("button", name=t("map_settings.save")).click()
    desk.get_by_text(t("said.map_set")).wait_for()


def test_the_sheets_are_a4_with_ten_cards_whose_qr_codes_read(desk, sign_in, axe):
    sheets = batch(desk, sign_in, amount=12)
    axe(desk)
    desk.goto(sheets)
    axe(desk)
    codes = desk.locator(".card__code").all_inner_texts()
    boxes = [card.bounding_box() for card in desk.locator(".card").all()]
    assert {(round(box["width"] / MM), round(box["height"] / MM)) for box in boxes} == {(91, 55)}
    sheet = desk.locator(".sheet").first.bounding_box()
    assert (round(sheet["width"] / MM), round(sheet["height"] / MM)) == (210, 297)
    assert (round((boxes[0]["x"] - sheet["x"]) / MM), round((boxes[0]["y"] - sheet["y"]) / MM)) == (14, 11)
    # nothing on a card is cut off
    assert (
        desk.evaluate(
            "[...document.querySelectorAll('.card, .card__name')].filter(e => e.scrollHeight > e.clientHeight + 1).length"
        )
        == 0
    )
    printed = pdfium.PdfDocument(io.BytesIO(desk.pdf(prefer_css_page_size=True)))
    assert [tuple(round(side / 72 * 25.4) for side in page.get_size()) for page in printed] == [(210, 297), (210, 297)]
    read = [found.text for page in printed for found in zxingcpp.read_barcodes(page.render(scale=200 / 72).to_pil())]
    wanted = {code.replace("-", "").lower() for code in codes}
    assert {re.search(r"/me/residence\?code=(\w{10})$", text)[1] for text in read} == wanted
    assert len(read) == len(wanted) == 12


def test_a_resident_scans_the_code_signs_in_and_has_proved_it(page, browser, town, sign_in, axe):
    staff = browser.new_page(base_url=town.address)
    code = ""
    try:
        staff.goto(batch(staff, sign_in, amount=2))
        code = staff.locator(".card__code").first.inner_text()
    finally:
        staff.close()
    # by the QR, not signed in yet: the code is still there afterwards
    page.goto(f"/me/residence?code={code}")
    page.locator("#mail").fill("scans@example.jp")
    page.locator("form button[type=submit]").first.click()
    page.locator("input[autocomplete=one-time-code]").fill(town.code_for("scans@example.jp"))
    page.locator("form button[type=submit]").first.click()
    # who is here for the first time is offered a passkey, and goes on with one tap
    page.locator("main a.tm-button--primary").click()
    page.locator("#code").wait_for()
    expect(page.locator("#code")).to_have_value(code)
    axe(page)
    page.get_by_role("button", name=t("residence.prove"), exact=True).click()
    page.get_by_text(t("said.residence_proved")).wait_for()
    page.get_by_text(t("residence.proved", town="人吉市")).wait_for()
    axe(page)
    # mistyped: said at its field, and still there
    page.locator("#code").fill("k7m-29xp-qa0")
    page.get_by_role("button", name=t("residence.prove"), exact=True).click()
    page.locator("#code-error").wait_for()
    expect(page.locator("#code")).to_have_value("k7m-29xp-qa0")
    axe(page)


def test_where_proof_is_needed_people_are_shown_the_way_before_they_write(page, browser, town, sign_in, axe):
    staff = browser.new_page(base_url=town.address)
    sign_in(staff, "staff@example.jp", then="/desk/maps")
    asking_proof(staff, "flyers", "topics", "posts")
    axe(staff)
    try:
        sign_in(page, "unproven@example.jp", then="/me")
        page.goto("/?map=hitoyoshi&tab=boards")
        page.get_by_text(t("boards.prove_to_open")).wait_for()
        expect(page.get_by_role("button", name=t("boards.new"))).to_have_count(0)
        page.locator(".tm-topic a, .tm-topic button").first.click()
        page.get_by_text(t("boards.prove_to_answer")).wait_for()
        axe(page)
        page.goto("/post?map=hitoyoshi")
        page.get_by_text(t("post.proof_hint", map="人吉市マップ")).wait_for()
        page.get_by_role("link", name=t("post.prove")).click()
        page.wait_for_url("**/me/residence")
    finally:
        asking_proof(staff)
        staff.close()
