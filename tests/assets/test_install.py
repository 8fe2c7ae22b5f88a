"""Installing and updating, in a real browser: offered once, put off for a month, never forced."""

from __future__ import annotations

import pytest
from playwright.sync_api import expect

from tests.assets import town as towns

pytestmark = pytest.mark.e2e
IPHONE = "Mozilla/5.0 (iPhone; CPU iPhone OS 18_5 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Safari/604.1"
PROMPT = """() => {
  const event = new Event('beforeinstallprompt', {cancelable: true});
  event.prompt = () => { window.prompted = true; };
  event.userChoice = Promise.resolve({outcome: 'accepted'});
  window.dispatchEvent(event);
  return event.defaultPrevented;
}"""
A_MONTH_AGO = "localStorage.setItem('tm-install-later', String(Date.now() - 31 * 864e5))"


@pytest.fixture(scope="module")
def town():
    with towns.running() as one:
        yield one


@pytest.fixture
def browser_here(playwright):
    with towns.chromium(playwright) as browser:
        yield browser


def test_an_iphone_is_told_how_and_can_put_it_off_for_a_month(browser_here, town):
    page = browser_here.new_context(user_agent=IPHONE).new_page()
    page.goto(town.url + "/m/t")
    hint = page.locator("[data-tm-install]")
    expect(hint).to_contain_text("下のから")
    expect(hint.locator("use[href$='#share']")).to_have_count(1)
    hint.get_by_role("button", name="あとで").click()
    expect(hint).to_be_hidden()
    page.reload()
    page.evaluate("() => navigator.serviceWorker.ready")  # comes after the hint would have
    expect(hint).to_be_hidden()
    page.evaluate(A_MONTH_AGO)
    page.reload()
    expect(hint).to_be_visible()


def test_an_android_phone_gets_a_button(browser_here, town):
    page = browser_here.new_page()
    page.goto(town.url + "/m/t")
    expect(page.locator("[data-tm-install]")).to_be_hidden()
    assert page.evaluate(PROMPT) is True
    page.get_by_role("button", name="入れる").click()
    assert page.evaluate("window.prompted") is True
    expect(page.locator("[data-tm-install]")).to_be_hidden()


def test_an_update_waits_until_the_person_wants_it(browser_here, town):
    page = browser_here.new_page()
    page.goto(town.url + "/m/t")
    page.wait_for_function("() => navigator.serviceWorker.controller !== null")
    expect(page.locator("[data-tm-update]")).to_be_hidden()
    town.edition = 2
    page.reload()
    page.evaluate("window.typed = true")
    expect(page.locator("[data-tm-update]")).to_contain_text("新しくなりました")
    assert page.evaluate("window.typed") is True
    with page.expect_navigation():
        page.get_by_role("button", name="切りかえる").click()
    expect(page.locator("[data-tm-update]")).to_be_hidden()


def test_a_first_visit_is_offered_no_update_where_the_worker_takes_the_page_early(browser_here, town):
    page = browser_here.new_page()
    # WebKit names the worker that is only being installed
    page.add_init_script("Object.defineProperty(ServiceWorkerContainer.prototype, 'controller', {get: () => ({})})")
    page.goto(town.url + "/m/t")
    page.evaluate("() => navigator.serviceWorker.ready")
    page.wait_for_timeout(300)
    expect(page.locator("[data-tm-update]")).to_be_hidden()


def test_an_update_that_was_taken_in_another_tab_can_still_be_taken_here(browser_here, town):
    context = browser_here.new_context()
    page, other = context.new_page(), context.new_page()
    page.goto(town.url + "/m/t")
    page.wait_for_function("() => navigator.serviceWorker.controller !== null")
    town.edition += 1
    other.goto(town.url + "/m/t")
    for tab in (other, page):
        expect(tab.locator("[data-tm-update]")).to_contain_text("新しくなりました", timeout=30_000)
    for tab in (other, page):
        tab.bring_to_front()
        with tab.expect_navigation():
            tab.get_by_role("button", name="切りかえる").click()
