"""A photographed flyer reads itself while its poster types: what is filled, what stays hers, and the dialogs about it."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import expect

from tests.e2e.post_page import IN_TOWN, PHOTOS, PostPage

pytestmark = pytest.mark.e2e
YOGA = PHOTOS / "d14.jpg"  # lies askew on a table and has a mobile number


@pytest.fixture
def post(page):
    """The posting page, opened."""
    return PostPage(page).open()


def test_the_flyer_fills_its_fields_while_its_poster_types_a_title_that_stays_hers(page, post):
    post.pick(YOGA)
    post.write("title", "わたしの題名")
    page.get_by_text("チラシから").filter(has_text="書き入れました").wait_for()
    expect(page.locator("#pf-title")).to_have_value("わたしの題名")
    expect(page.locator("#pf-starts_at")).to_have_value("2026-05-03")
    venue = page.locator("#pf-venue")
    assert "白浜" in venue.input_value()
    expect(venue).to_have_attribute("aria-describedby", "pf-venue-hint pf-venue-mark")
    page.get_by_role("button", name=re.compile("どこから？.*会場")).click()
    piece = page.get_by_role("img", name="チラシの、会場を読んだところ")
    page.wait_for_function("(img) => img.naturalWidth > 0", arg=piece.element_handle())
    page.keyboard.press("Escape")
    expect(page.get_by_role("button", name=re.compile("どこから？.*会場"))).to_be_focused()
    venue.fill("白浜の海の家")
    expect(page.locator("#pf-venue-mark")).to_have_count(0)
    page.get_by_role("button", name="読みとりを取り消す").click()
    expect(page.locator("#pf-starts_at")).to_have_count(0)
    assert [page.locator(f"#pf-{name}").input_value() for name in ("title", "venue", "phone")] == [
        "わたしの題名",
        "白浜の海の家",
        "",
    ]


def test_corners_and_what_is_seen_are_mended_by_keyboard_and_asked_about_once(page, post, axe):
    post.pick(YOGA)
    flat = page.get_by_label("まっすぐにする")
    expect(flat).to_be_checked()
    page.get_by_role("button", name=re.compile("^かどを直す")).press("Enter")
    corner = page.get_by_role("button", name=re.compile("^チラシの左上のかど"))
    before = corner.get_attribute("aria-label")
    corner.press("Shift+ArrowRight")
    expect(corner).not_to_have_attribute("aria-label", before)
    axe(page)
    with page.expect_response(re.compile("/corners$")) as answer:
        page.get_by_role("button", name="このかどにする").press("Enter")
    assert answer.value.status == 202
    expect(page.get_by_role("button", name=re.compile("^かどを直す"))).to_be_focused()
    page.get_by_text("チラシから").filter(has_text="書き入れました").wait_for()
    page.get_by_role("button", name=re.compile("^写りこみを確かめる")).press("Enter")
    axe(page)
    page.keyboard.press("Escape")
    axe(page)
    post.goes_on("鹿嶋市マップに貼ります")
    post.agree()
    post.tap("チラシを貼る")
    page.get_by_role("heading", name="このまま見せてもよいですか").wait_for()
    axe(page)
    with page.expect_response(re.compile("/edit$")) as edit:
        post.tap("ぼかして貼る")
    assert len(edit.value.json()["boxes"]) > 0
    post.heading("受けとりました")


def test_what_shall_not_be_seen_is_drawn_over_on_a_photograph_that_the_browser_cannot_show(page, post, axe):
    post.pick(IN_TOWN)
    post.arrived()
    page.get_by_role("button", name=re.compile("^かどを直す")).click()
    whole = page.get_by_role("img", name="撮った写真")
    expect(whole).not_to_have_js_property("naturalWidth", 0)
    page.keyboard.press("Escape")
    page.get_by_role("button", name=re.compile("^一部をかくす")).click()
    picture = page.get_by_role("img", name="貼る写真")
    expect(picture).not_to_have_js_property("naturalWidth", 0)
    # the dialog slides in: over what still moves nobody hovers
    picture.hover()
    frame = picture.bounding_box()
    page.mouse.move(frame["x"] + frame["width"] * 0.2, frame["y"] + frame["height"] * 0.2)
    page.mouse.down()
    page.mouse.move(frame["x"] + frame["width"] * 0.5, frame["y"] + frame["height"] * 0.4)
    page.mouse.up()
    page.get_by_role("button", name="かくす所をたす").press("Enter")
    second = page.get_by_role("button", name="かくす所 2。左から40%、上から45%")
    second.press("Shift+ArrowDown")
    page.get_by_role("button", name="かくす所 2 の大きさ。横20%、縦10%").press("ArrowRight")
    axe(page)
    page.get_by_role("button", name="かくす所 2。左から40%、上から50%").press("Delete")
    expect(page.get_by_role("button", name="かくす所をたす")).to_be_focused()
    with page.expect_response(re.compile("/edit$")) as edit:
        page.get_by_role("button", name="できました").click()
    (box,) = edit.value.json()["boxes"]
    assert box == pytest.approx([0.2, 0.2, 0.3, 0.2], abs=0.02)


def test_who_does_not_wait_is_told_on_the_page_that_says_thanks_and_blurs_at_the_flyer(page, post, axe):
    post.pick(YOGA)
    post.arrived()
    post.write("title", "いそぎ")
    post.goes_on("鹿嶋市マップに貼ります")
    post.agree()
    post.tap("チラシを貼る")
    post.tap("待たずに貼る")
    post.heading("受けとりました")
    page.get_by_role("link", name="見て、ぼかす").click()
    page.get_by_label(re.compile("携帯電話の番号をぼかす")).wait_for()
    axe(page)
    page.get_by_label("上から1、左から2", exact=True).press("Space")
    page.get_by_role("button", name="ぼかす", exact=True).click()
    page.get_by_text("ぼかしました。").wait_for()
    expect(page.get_by_label(re.compile("携帯電話の番号をぼかす"))).to_have_count(0)


def test_when_signal_goes_while_it_is_read_that_is_said_and_it_is_read_when_there_is_signal(page, post, context):
    post.pick(YOGA)
    post.arrived()
    context.set_offline(True)
    away = page.get_by_text("いまは電波が届かないので、写真はまだ読めていません。")
    expect(away).to_be_visible()
    expect(page.locator(".post-form__steps")).to_have_count(0)
    context.set_offline(False)
    page.get_by_text("チラシから").filter(has_text="書き入れました").wait_for()
    expect(away).to_have_count(0)
