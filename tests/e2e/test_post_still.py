"""Nothing on the posting page moves away from the finger that is about to tap it: with signal or without, whoever it is."""

from __future__ import annotations

from tests.e2e.conftest import PHONE
from tests.e2e.post_page import PostPage

SHIFTS = """
window.shifts = [];
const seen = (list) => list.getEntries().forEach((one) => shifts.push(one.value));
new PerformanceObserver(seen).observe({type: 'layout-shift', buffered: true});
"""


def test_what_is_told_above_the_photographs_has_its_place_from_the_first_paint(browser, town, sign_in):
    for member in (False, True):
        phone = browser.new_context(viewport=PHONE, locale="ja-JP", base_url=town.address)
        phone.add_init_script(SHIFTS)
        page = phone.new_page()
        form = PostPage(page)
        if member:
            sign_in(page, "aki@example.jp", "/post")  # once: at the second look the phone knows her and says nothing
        else:
            form.open()
        told = "サインインしています。" if member else "サインインしないで貼ると、職員が確かめてから出ます。"
        page.get_by_text(told).wait_for()
        assert page.evaluate("shifts") == []
        page.evaluate("navigator.serviceWorker.ready")
        form.open()
        phone.set_offline(True)
        form.open()
        page.get_by_text("電波").first.wait_for()
        page.wait_for_load_state("networkidle")
        assert page.evaluate("shifts") == []
        phone.close()
