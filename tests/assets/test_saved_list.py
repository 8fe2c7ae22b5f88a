"""The list of saved flyers, in a real browser: its days look as they do on the map, and where nothing can be kept it says so."""

from __future__ import annotations

import pytest

from tests.assets import town as towns

PAGE = """<section data-tm-kept-list>
<ul data-tm-saved data-categories='{"market": "市"}' data-past="済" data-month="{n}月" data-holiday="・祝"></ul>
<p data-tm-none hidden>まだありません</p><p data-tm-unable hidden>しまえません</p></section>"""
KEPT = """(flyers) => {
  const kept = flyers.map((one) => ({id: one.id, lang: 'ja', picture: '', flyer: one}));
  window.Tamemap = {kept: async () => kept};
}"""


@pytest.fixture(scope="module")
def listed(playwright):
    """Fills the page with what the worker keeps, None where there is no worker, and gives it back."""
    with towns.running() as town, towns.chromium(playwright) as browser:
        page = browser.new_page()

        def fill(flyers):
            page.goto(town.url + "/icons/favicon.svg")
            page.goto(town.url + "/offline.html")
            page.evaluate("(html) => { document.body.innerHTML = html; window.Tamemap = undefined; }", PAGE)
            if flyers is not None:
                page.evaluate(KEPT, flyers)
            page.add_script_tag(url="/saved.js")
            return page

        yield fill


@pytest.mark.e2e
def test_sundays_and_holidays_are_red_and_saturdays_blue_as_on_the_map(listed):
    holiday = towns.flyer("h", "夜市", "market", (0, 0), 23)
    holiday["date_label"]["holiday"] = "勤労感謝の日"
    days = [holiday, *(towns.flyer(str(day), "夜市", "market", (0, 0), day) for day in (24, 28, 29))]
    tabs = listed(days).locator(".tm-datetab")
    tabs.nth(3).wait_for()
    assert [tabs.nth(at).get_attribute("class") for at in range(4)] == [
        "tm-datetab tm-datetab--sun", "tm-datetab", "tm-datetab tm-datetab--sat", "tm-datetab tm-datetab--sun",
    ]  # fmt: skip


@pytest.mark.e2e
def test_where_nothing_can_be_kept_the_list_does_not_say_that_it_is_empty(listed):
    page = listed(None)
    assert [page.get_by_text(words).is_visible() for words in ("しまえません", "まだありません")] == [True, False]
