"""What the service worker works out of the flyers that it knows: days, kinds, words and what is near, as the server would."""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
from datetime import UTC, datetime
from pathlib import Path

import pytest

from tamemap import clock
from tamemap.domain.dates import asked_span

ASSETS = Path(__file__).parent.parent.parent / "assets"
# a Wednesday and a Sunday in Tokyo
WEDNESDAY, SUNDAY = "2026-11-25T09:00:00+09:00", "2026-11-29T23:00:00+09:00"
PLACE = {"lat": 32.2, "lng": 130.7, "venue": "カルチャーパレス", "category": "event", "thumb": None, "date_label": None}
FLYERS = [
    PLACE
    | {"id": "over", "title": "終わった会", "starts_at": "2026-11-25T07:00:00+09:00", "ends_at": "2026-11-25T08:00:00+09:00"},
    PLACE | {"id": "today", "title": "朝市", "starts_at": "2026-11-25", "ends_at": None, "category": "market"},
    PLACE | {"id": "long", "title": "ｻｸﾗ展", "starts_at": "2026-11-20", "ends_at": "2026-12-02", "lat": 32.3},
    PLACE | {"id": "midnight", "title": "夜市", "starts_at": "2026-11-27T18:00:00+09:00", "ends_at": "2026-11-28T00:00:00+09:00"},
    PLACE | {"id": "sunday", "title": "体操", "starts_at": "2026-11-29T10:00:00+09:00", "ends_at": "2026-11-29T23:30:00+09:00"},
    PLACE | {"id": "always", "title": "いつでも", "starts_at": None, "ends_at": None, "lat": 32.21},
]
SCRIPT = """
import { readFileSync } from 'node:fs';
import vm from 'node:vm';
const { flyers, now, asked } = JSON.parse(process.argv[1]);
class At extends Date { static now() { return Date.parse(now); } }
const entry = { key: '/api/v1/maps/t/flyers', kind: 'data', at: 1 };
const match = async () => ({ entry, answer: new Response(JSON.stringify({ items: flyers })) });
const Kept = { entries: async () => [entry], match };
const self = { Kept };
vm.runInNewContext(readFileSync('sw-known.js', 'utf8'), { self, Kept, Response, URL, Date: At, isFinite });
const found = [];
for (const one of asked) {
  const made = await Kept.worked(new URL('http://t/api/v1/maps/t/' + one));
  found.push(made && (await made.answer.json()));
}
console.log(JSON.stringify(found));
"""


def worked(now: str, *asked: str) -> list:
    """What is worked out for these addresses below a map's, at that moment."""
    node = shutil.which("node", path=str(Path(sys.executable).parent)) or shutil.which("node")
    given = json.dumps({"flyers": FLYERS, "now": now, "asked": asked})
    done = subprocess.run(
        [node, "--input-type=module", "-e", SCRIPT, given], cwd=ASSETS, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout)


def names(page: dict) -> list[str]:
    return [one["id"] for one in page["items"]]


@pytest.mark.parametrize("now", [WEDNESDAY, SUNDAY])
def test_days_are_those_that_the_server_would_understand(now):
    wishes = ["today", "tomorrow", "weekend", "week", "2026-11-28", "2026-11-26..2026-11-27"]
    pages = worked(now, *(f"flyers?when={one}" for one in wishes))
    moment = datetime.fromisoformat(now).astimezone(UTC)
    for wish, page in zip(wishes, pages, strict=True):
        with clock.frozen_at(moment):
            span = asked_span(wish)
        over = {"over": 8, "today": 24, "midnight": 24, "sunday": 23.5}
        fits = [one["id"] for one in FLYERS if one["starts_at"] and span and _stands(one, span, moment, over)]
        assert sorted(names(page)) == sorted(fits), wish


def _stands(one, span, moment, over) -> bool:
    start = datetime.fromisoformat(one["starts_at"] + ("" if "T" in one["starts_at"] else "T00:00:00+09:00"))
    end = (one["ends_at"] or one["starts_at"])[:10] + "T00:00:00+09:00"
    hours = {"midnight": 0}.get(one["id"], over.get(one["id"], 24))
    until = datetime.fromisoformat(end).timestamp() + hours * 3600
    return start < span.end and until > span.start.timestamp() and until > moment.timestamp()


def test_kinds_words_and_places_are_found_and_what_has_ended_is_not():
    said = worked(
        WEDNESDAY, "flyers", "flyers?category=market,shop", "flyers?q=さくら", "flyers?q=かるちゃー　朝",
        "flyers?near=32.3,130.7", "flyers?bbox=130,32.25,131,33", "flyers?q=ない",
    )  # fmt: skip
    everything, market, folded, words, near, north, nothing = said
    assert names(everything) == ["long", "today", "midnight", "sunday", "always"]
    assert everything["total"] == 5
    assert names(market) == ["today"]
    assert names(folded) == ["long"]
    assert names(words) == ["today"]
    assert names(near)[:2] == ["long", "always"]
    assert names(north) == ["long"]
    assert names(nothing) == []


def test_tiles_follow_the_same_wishes_and_only_the_server_knows_the_rest():
    tile, *rest = worked(WEDNESDAY, "tiles/0/0/0?when=today", "flyers?past=1", "flyers?cursor=x", "flyers?when=someday")
    assert [one["id"] for one in tile["features"]] == ["long", "today"]
    assert rest == [None, None, None]
