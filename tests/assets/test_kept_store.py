"""The store of what is kept for bad reception, in a real browser: its budget, its order, and a phone that is full."""

from __future__ import annotations

import pytest

from tests.assets import town as towns

SCRIPT = """async () => {
  const MB = 1024 * 1024, answer = (bytes) => new Response(new Uint8Array(bytes));
  const put = (key, bytes, saved) => Kept.put(key, answer(bytes), {kind: 'picture', saved: saved || ''});
  const keys = async () => (await Kept.entries()).map((one) => one.key).sort().join(' ');
  const told = {};
  await put('/saved', 10 * MB, 'a');
  for (const one of [1, 2, 3, 4]) await put('/' + one, 8 * MB);
  told.four = await keys();
  await Kept.match('/1');
  await put('/5', 8 * MB);
  told.oldest = await keys();
  told.bytes = (await Kept.entries()).reduce((sum, one) => sum + one.bytes, 0) <= 45 * MB;
  told.saving = await put('/more', 20 * MB, 'b');
  told.same = (await put('/5', 1 * MB), (await Kept.entries()).find((one) => one.key === '/5').bytes < 2 * MB);
  const own = Cache.prototype.put;
  let refusals = 1;
  Cache.prototype.put = function (...sent) {
    if (refusals-- > 0) return Promise.reject(new DOMException('full', 'QuotaExceededError'));
    return own.apply(this, sent);
  };
  told.room = await put('/6', 1 * MB);
  told.after = await keys();
  refusals = 99;
  told.full = await put('/7', 1 * MB);
  told.last = (await keys()).includes('/7');
  Cache.prototype.put = own;
  await Kept.dropSaved('a');
  told.unsaved = (await keys()).includes('/saved');
  await Kept.empty();
  told.empty = await keys();
  return told;
}"""


@pytest.mark.e2e
def test_the_oldest_goes_first_what_was_saved_stays_and_a_full_phone_is_no_error(playwright):
    with towns.running() as town, towns.chromium(playwright) as browser:
        page = browser.new_page()
        page.goto(town.url + "/offline.html")
        page.add_script_tag(url="/sw-store.js")
        assert page.evaluate(SCRIPT) == {
            "four": "/1 /2 /3 /4 /saved",
            "oldest": "/1 /4 /5 /saved",
            "bytes": True,
            "saving": False,
            "same": True,
            "room": True,
            "after": "/5 /6 /saved",
            "full": False,
            "last": False,
            "unsaved": False,
            "empty": "",
        }
