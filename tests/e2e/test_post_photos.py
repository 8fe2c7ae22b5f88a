"""The photographs on the page: shown at once, refused kindly, put in order, taken out and put back."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import expect

from tests.e2e.post_page import GRAPHIC, IN_TOWN, STRANGE, PostPage, file, picture

pytestmark = pytest.mark.e2e


@pytest.fixture
def post(page):
    """The posting page, opened."""
    return PostPage(page).open()


def test_two_buttons_lead_to_the_camera_and_to_the_pictures(page, post):
    camera, pictures = page.locator("input[type=file]").all()
    assert [camera.get_attribute(name) for name in ("capture", "accept", "multiple")] == ["environment", "image/*", None]
    assert pictures.get_attribute("multiple") is not None
    assert "application/pdf" in pictures.get_attribute("accept")


def test_the_word_about_a_missing_photograph_goes_when_there_is_one(page, post):
    post.tap("チラシを貼る")
    missing = page.get_by_text("チラシの写真を1まい入れてください。")
    missing.first.wait_for()
    post.pick(GRAPHIC)
    post.arrived()
    expect(missing).to_have_count(0)


def test_a_picture_is_seen_while_it_is_still_on_its_way(page, post):
    held = []
    page.route("**/api/v1/photos", lambda route: held.append(route))  # noqa: PLW0108  Playwright marks handlers, and a built-in cannot be marked
    post.pick(GRAPHIC)
    page.get_by_role("img", name="1まいめの写真（d10.png）").wait_for()
    expect(page.get_by_role("progressbar", name="1まいめを送っています")).to_be_visible()
    page.get_by_role("button", name=re.compile("^やめる")).click()
    page.get_by_text("送るのをやめました。").first.wait_for()
    page.unroute("**/api/v1/photos")
    page.get_by_role("button", name=re.compile("^もう一度送る")).click()
    post.arrived()


def test_heic_is_a_sheet_with_its_name_until_the_server_can_show_it(page, post):
    held = []
    page.route("**/api/v1/photos", lambda route: held.append(route))  # noqa: PLW0108  Playwright marks handlers, and a built-in cannot be marked
    with page.expect_request("**/api/v1/photos"):
        post.pick(IN_TOWN)
    expect(page.locator(".post-form__sheet")).to_have_text("d15.heic")
    held[0].continue_()
    post.arrived()
    shown = page.get_by_role("img", name="1まいめの写真（d15.heic）")
    expect(shown).to_have_attribute("src", re.compile("^/api/v1/photos/"))


def test_the_pages_of_a_pdf_become_pictures_up_to_four_in_all(page, post):
    post.pick(file("a.jpg", picture("red")), file("b.pdf", picture("white", "PDF", pages=4), "application/pdf"))
    post.arrived(4)
    expect(page.get_by_text("PDFのはじめのページだけを入れました")).to_be_visible()
    expect(page.locator("input[type=file]")).to_have_count(0)
    post.saved()
    page.reload()
    post.arrived(4)


def test_what_is_no_picture_too_heavy_or_too_many_is_refused_with_kind_words(page, post):
    post.pick(
        file("clip.mov", b"moov", "video/quicktime"),
        file("heavy.jpg", bytes(20 * 1024 * 1024 + 1)),
        *[file(f"{n}.jpg", picture("white") + bytes(n)) for n in range(5)],
    )
    expect(page.get_by_text("「clip.mov」は写真でもPDFでもないので")).to_be_visible()
    expect(page.get_by_text("「heavy.jpg」は20MBより大きいので")).to_be_visible()
    expect(page.get_by_text("写真は4まいまでです。")).to_be_visible()
    post.arrived(4)


def test_what_only_the_server_sees_is_said_at_the_photograph(page, post):
    post.pick(file("broken.jpg", picture("white")[:400]))
    item = page.locator(".post-form__photo")
    item.locator(".tm-field__error").wait_for()
    expect(item).to_contain_text("もう一度")
    expect(item.get_by_role("button", name=re.compile("^もう一度送る"))).to_have_count(0)
    post.write("title", "朝市")
    post.place("九日町")
    post.agree()
    post.tap("チラシを貼る")
    page.get_by_text("直すところが1つあります").wait_for()


def test_pictures_change_places_and_one_taken_out_can_be_put_back(page, post):
    def shown(*wanted: str) -> None:
        pictures = page.locator(".post-form__photo img")
        expect(pictures).to_have_count(len(wanted))
        for at, name in enumerate(wanted):
            expect(pictures.nth(at)).to_have_attribute("alt", f"{at + 1}まいめの写真（{name}）")

    post.pick(*[file(f"{n}.jpg", picture("white") + bytes(n)) for n in range(3)])
    post.arrived(3)
    page.get_by_role("button", name="3まいめを前へ").click()
    shown("0.jpg", "2.jpg", "1.jpg")
    page.get_by_role("button", name="1まいめをはずす").click()
    shown("2.jpg", "1.jpg")
    page.get_by_role("button", name="元に戻す").click()
    shown("0.jpg", "2.jpg", "1.jpg")
    post.arrived(3)


def test_a_position_of_zero_is_no_position(page, post):
    post.pick(STRANGE)
    post.arrived()
    expect(page.get_by_role("button", name="現在地を使う")).to_be_visible()
    expect(page.get_by_text("に貼ります")).to_have_count(0)
