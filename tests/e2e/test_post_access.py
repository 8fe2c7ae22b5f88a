"""/post for everybody: axe, keyboard only, large type, small fingers, dark."""

from __future__ import annotations

import pytest
from playwright.sync_api import expect

from tests.e2e.post_page import GRAPHIC, PostPage

pytestmark = pytest.mark.e2e


@pytest.fixture
def post(page):
    """The posting page, opened."""
    return PostPage(page).open()


def test_axe_finds_nothing_on_a_wide_screen(desk, post, axe):
    post.filled()
    axe(desk)


def test_axe_finds_nothing_on_the_way_from_empty_to_posted(page, post, axe):
    axe(page)
    post.tap("チラシを貼る")
    page.get_by_text("直すところが").wait_for()
    axe(page)
    post.filled()
    page.get_by_role("button", name="今度の日曜").click()
    page.get_by_text("もっと書く").click()
    post.write("phone", "0966-00-0002")
    page.get_by_label("市外の人にも見せる").check()
    page.locator(".post-form__ground").scroll_into_view_if_needed()
    page.locator(".post-form__pin").wait_for()
    page.get_by_role("combobox").fill("町")
    page.get_by_role("option").first.wait_for()
    axe(page)
    page.emulate_media(color_scheme="dark")
    axe(page)
    page.get_by_role("combobox").press("Escape")
    post.tap("チラシを貼る")
    post.heading("受けとりました")
    axe(page)


@pytest.mark.parametrize("width", [320, 412, 1280])
def test_type_at_twice_its_size_stays_on_the_page(page, post, width):
    page.set_viewport_size({"width": width, "height": 800})
    post.filled()
    page.get_by_role("button", name="日にちを入れる").click()
    page.get_by_label("市外の人にも見せる").check()
    page.add_style_tag(content="html { font-size: 200% }")
    wide = page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
    assert wide <= 0


def test_large_type_never_lets_the_bar_hide_the_page(page, post):
    post.filled()
    bar = page.locator(".post-form__bar")
    place = "(bar) => getComputedStyle(bar).position"
    assert bar.evaluate(place) == "sticky"
    page.add_style_tag(content="html { font-size: 200% }")
    page.wait_for_function("getComputedStyle(document.querySelector('.post-form__bar')).position === 'static'")


def test_everything_that_a_thumb_meets_is_large_enough(page, post):
    post.filled()
    page.get_by_role("button", name="日にちを入れる").click()
    page.get_by_label("市外の人にも見せる").check()
    page.locator(".post-form__pin").wait_for()
    small = page.evaluate(
        """() => [...document.querySelectorAll("main button, main summary, main label.tm-check, main label.tm-radio-chip,"
            + "main .post-form__picker, main .tm-input, main .tm-textarea, main .leaflet-control-zoom a, main .post-form__pin")]
          .map((one) => [one.outerHTML.slice(0, 90), one.getBoundingClientRect()])
          .filter(([, box]) => box.width && (box.height < 43.9 || box.width < 43.9)).map(([html]) => html)"""
    )
    assert small == []


def test_a_flyer_can_be_posted_by_keyboard_alone(page):
    # from the start: Chromium hands its file choosers over only some time after somebody began to listen
    page.on("filechooser", lambda _: None)
    post = PostPage(page).open()

    def tab_to(element: str) -> None:
        for _ in range(60):
            if page.evaluate("document.activeElement.id || document.activeElement.type") == element:
                return
            page.keyboard.press("Tab")
        raise AssertionError(f"the Tab key does not reach {element}")

    # past the camera, to the files
    tab_to("file")
    page.keyboard.press("Tab")
    expect(page.locator("input[type=file][multiple]")).to_be_focused()
    with page.expect_file_chooser() as chooser:
        page.keyboard.press("Enter")
    chooser.value.set_files(str(GRAPHIC))
    post.arrived()
    tab_to("pf-title")
    page.keyboard.type("鍵盤の市")
    tab_to("pf-place")
    page.keyboard.type("九日町")
    page.get_by_role("option").first.wait_for()
    page.keyboard.press("Enter")
    post.goes_on()
    tab_to("pf-may_post")
    page.keyboard.press("Space")
    tab_to("submit")
    page.keyboard.press("Enter")
    post.heading("受けとりました")
    expect(page.locator("h1")).to_be_focused()
