"""Notices on a device, all the way: a tap, the worker, a push service that takes what was encrypted, the service worker."""

from __future__ import annotations

import json

import pytest
from playwright.sync_api import expect

from tamemap.i18n import t
from tests.e2e.conftest import PATIENCE

pytestmark = pytest.mark.e2e

# Chromium's own push service is out of reach here: the browser gets an address at ours instead; all else is real
SUBSCRIBED = """([endpoint, p256dh, auth]) => {
  const made = {endpoint, options: {}, toJSON: () => ({endpoint, keys: {p256dh, auth}}), unsubscribe: async () => true};
  const kept = () => sessionStorage.getItem('subscribed') ? made : null;
  PushManager.prototype.getSubscription = async () => kept();
  PushManager.prototype.subscribe = async () => { sessionStorage.setItem('subscribed', '1'); return made; };
}"""
SHOWN = """async () => {
  const all = await (await navigator.serviceWorker.ready).getNotifications();
  return all.map((one) => [one.title, one.body, new URL(one.data.url).pathname]);
}"""

RINGS = """async () => {
  const all = await (await navigator.serviceWorker.ready).getNotifications({tag: 'y'});
  return all.map((one) => [one.timestamp, one.renotify]);
}"""


def until(page, happened) -> None:
    """Look again and again, as somebody who waits for it does."""
    for _ in range(PATIENCE * 10):
        if happened():
            return
        page.wait_for_timeout(100)
    raise AssertionError("it did not happen")


def carrier(page):
    """Hands a message to the page's service worker, as the browser's push service does."""
    cdp, found = page.context.new_cdp_session(page), {}

    def seen(event):
        found.update({one["scopeURL"]: one["registrationId"] for one in event["registrations"] if not one["isDeleted"]})

    cdp.on("ServiceWorker.workerRegistrationUpdated", seen)
    cdp.send("ServiceWorker.enable")

    def deliver(origin, payload):
        until(page, lambda: origin + "/" in found)
        number = found[origin + "/"]
        cdp.send("ServiceWorker.deliverPushMessage", {"origin": origin, "registrationId": number, "data": json.dumps(payload)})

    return deliver


def test_a_tap_switches_it_on_and_a_test_message_proves_that_it_arrives(page, town, push_service, sign_in, axe):
    origin, to = town.address, push_service.address("e2e")
    page.context.grant_permissions(["notifications"], origin=origin)
    page.add_init_script(f"({SUBSCRIBED})({json.dumps([to.endpoint, to.p256dh, to.auth])})")
    sign_in(page, "push@example.org", then="/me/notices")
    axe(page)
    page.get_by_role("button", name=t("push.turn_on")).click()
    expect(page.get_by_text(t("push.on"))).to_be_visible()
    axe(page)
    deliver, before = carrier(page), len(push_service.taken)
    page.get_by_role("button", name=t("push.test")).click()
    expect(page.get_by_text(t("push.sending"))).to_be_visible()
    until(page, lambda: len(push_service.taken) > before)
    deliver(origin, push_service.payloads[-1])
    expect(page.get_by_text(t("push.arrived"))).to_be_visible()
    assert page.evaluate(SHOWN) == [[t("push.test.title"), t("push.test.body"), "/me/notices"]]
    deliver(origin, {"title": "外", "body": "", "url": "https://evil.example/", "tag": "x"})
    until(page, lambda: ["外", "", "/notices"] in page.evaluate(SHOWN))
    # what a worker that was killed sends once more is there once, and does not ring again
    for at, rings in ((1000, True), (1000, False), (2000, True)):
        deliver(origin, {"title": "市", "body": "あす", "url": "/f/2", "tag": "y", "at": at})
        until(page, lambda at=at, rings=rings: page.evaluate(RINGS) == [[at, rings]])
    page.get_by_role("button", name=t("push.remove_what", what="Linux · Chrome")).click()
    expect(page.get_by_text(t("said.push_off"))).to_be_visible()
    expect(page.get_by_role("button", name=t("push.turn_on"))).to_be_visible()
