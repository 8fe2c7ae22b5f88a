"""A town of a few flyers, served as the real documents are: our assets, one map document, tiles and list. For browser tests."""

from __future__ import annotations

import json
import math
import mimetypes
import shutil
import threading
from contextlib import contextmanager, suppress
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qs, urlsplit

import pytest

from tamemap import i18n

if TYPE_CHECKING:
    from collections.abc import Iterator

ASSETS = Path(__file__).parent.parent.parent / "assets"
CENTRE = (32.2169, 130.7394)
WORDS = i18n.section("layer")
CATEGORIES = i18n.section("category")
MAP = {
    "slug": "t",
    "name": "人吉市",
    "kind": "resident",
    "version": 1,
    "center": CENTRE,
    "zoom": 15,
    "bounds": [130.6, 32.1, 130.9, 32.4],
}
SQUARE = {
    "type": "Feature",
    "properties": {"code": "432032", "name": "人吉市", "slug": "t"},
    "geometry": {"type": "Polygon", "coordinates": [[[130.6, 32.1], [130.9, 32.1], [130.9, 32.4], [130.6, 32.4], [130.6, 32.1]]]},
}


def flyer(public_id: str, title: str, category: str, offset: tuple[float, float], day: int) -> dict[str, Any]:
    """A flyer as the list answers it, so many degrees north and east of the centre, on a day of November 2026."""
    weekday = "月火水木金土日"[(day - 23) % 7]
    text = f"11月{day}日（{weekday}）"
    label = {"month": 11, "day": day, "weekday": weekday, "holiday": "", "text": text, "time": "10:00〜12:00"}
    when = {"starts_at": f"2026-11-{day}T10:00:00+09:00", "ends_at": f"2026-11-{day}T12:00:00+09:00", "all_day": False}
    place = {"venue": "集会所", "lat": CENTRE[0] + offset[0], "lng": CENTRE[1] + offset[1], "thumb": None}
    return {"id": public_id, "url": f"/f/{public_id}", "title": title, "category": category, "date_label": label, **when, **place}


FLYERS = [
    flyer("a", "秋の夜市", "market", (0.001, -0.004), 23),
    flyer("b", "体操教室", "health", (-0.002, 0.003), 24),
    flyer("c", "山の上の音楽会", "culture", (0.04, 0.04), 28),
    flyer("d", "川そうじ", "volunteer", (0.0405, 0.0402), 29),
    # two of one house
    flyer("e", "編み物の会", "culture", (-0.08, -0.08), 25),
    flyer("f", "囲碁の会", "learning", (-0.08, -0.08), 26),
]


CHUNK = "/assets/post-1a2b.js"
POST = f'<title>post</title><script src="{CHUNK}"></script>'
HOME = (
    "<!doctype html><title>home</title><iframe id='map' src='/m/t' width='700' height='700'></iframe>"
    "<script>var heard = []; addEventListener('message', function (event) { heard.push(event.data); });</script>"
)


class Town:
    """The running server: ``url``, and ``asked``: every address that a browser fetched."""

    def __init__(self, tiles: str) -> None:
        self.tiles = tiles
        self.asked: list[str] = []
        self.broken = False
        self.edition = 1
        self.url = ""

    def answer(self, path: str, query: dict[str, list[str]]) -> tuple[int, str, bytes]:
        """Status, content type and body for a GET."""
        if path.startswith("/api/"):
            return (500, "application/json", b"{}") if self.broken else self._json(self._api(path, query))
        pages = {"/m/t": lambda: _document(query, self.tiles), "/home": lambda: HOME, "/post": lambda: POST}
        if path in pages:
            return 200, "text/html; charset=utf-8", pages[path]().encode()
        if path == "/sw.js":
            return 200, "text/javascript", (ASSETS / "sw.js").read_bytes() + f"// {self.edition}".encode()
        if path == CHUNK:
            return 200, "text/javascript", b"document.title = 'posting';"
        file = ASSETS / path.lstrip("/")
        if not file.is_file():
            return 404, "text/plain", b"not found"
        return 200, mimetypes.guess_type(file.name)[0] or "application/octet-stream", file.read_bytes()

    def _api(self, path: str, query: dict[str, list[str]]) -> Any:
        if path == "/api/v1/maps":
            return {"items": []}
        found = [one for one in FLYERS if _fits(one, query)]
        if "/tiles/" in path:
            return {"type": "FeatureCollection", "features": _features(found, *(int(part) for part in path.split("/")[-3:]))}
        if path.endswith("/flyers"):
            return {"items": found, "next": None, "total": len(found)}
        return next(one for one in FLYERS if one["id"] == path.rsplit("/", maxsplit=1)[-1])

    @staticmethod
    def _json(body: Any) -> tuple[int, str, bytes]:
        return 200, "application/json", json.dumps(body).encode()


def _fits(one: dict[str, Any], query: dict[str, list[str]]) -> bool:
    west, south, east, north = (float(edge) for edge in query.get("bbox", ["-180,-90,180,90"])[0].split(","))
    inside = west <= one["lng"] <= east and south <= one["lat"] <= north
    return inside and one["category"] in query.get("category", [one["category"]]) and query.get("q", [""])[0] in one["title"]


def _features(found: list[dict[str, Any]], z: int, x: int, y: int) -> list[dict[str, Any]]:
    """The two flyers on the mountain are a pile until zoom 17; the others are points."""
    here = [one for one in found if _tile(one, z) == (x, y)]
    pile = [one for one in here if one["id"] in "cd"] if z < 17 else []
    points = [
        _point(
            one["lng"],
            one["lat"],
            {key: one[key] for key in ("id", "title", "category", "starts_at")} | {"label": one["date_label"]["text"]},
        )
        for one in here
        if one not in pile
    ]
    if not pile:
        return points
    lngs, lats = [one["lng"] for one in pile], [one["lat"] for one in pile]
    box = [min(lngs), min(lats), max(lngs), max(lats)]
    return [*points, _point(lngs[0], lats[0], {"count": len(pile), "bounds": box})]


def _point(lng: float, lat: float, properties: dict[str, Any]) -> dict[str, Any]:
    return {"type": "Feature", "geometry": {"type": "Point", "coordinates": [lng, lat]}, "properties": properties}


def _tile(one: dict[str, Any], z: int) -> tuple[int, int]:
    size = 2**z
    row = (1 - math.asinh(math.tan(math.radians(one["lat"]))) / math.pi) / 2 * size
    return math.floor((one["lng"] + 180) / 360 * size), math.floor(row)


def _document(query: dict[str, list[str]], tiles: str) -> str:
    """The map document in short: the parts that ``flyers.js`` says it needs."""
    filters = {"when": "", "category": query.get("category", []), "q": "", "near": None}
    shown = {
        "flyer": query.get("flyer", [None])[0],
        "embed": "embed" in query,
        "items": FLYERS,
        "total": len(FLYERS),
        "next": None,
    }
    ground = {"type": "FeatureCollection", "features": [SQUARE]}
    data = {
        "map": MAP,
        "api": "/api/v1",
        "filters": filters,
        "words": WORDS,
        "categories": CATEGORIES,
        "boundaries": ground,
        **shown,
    }
    cards = "".join(
        f'<li class="tm-card" data-id="{one["id"]}" data-lat="{one["lat"]}" data-lng="{one["lng"]}"><h3 class="tm-card__title">'
        f'<a class="tm-card__link" href="{one["url"]}">{one["title"]}</a></h3></li>'
        for one in FLYERS
    )
    return f"""<!doctype html><html lang="ja"><head><meta charset="utf-8"><title>t</title>
<meta name="viewport" content="width=device-width,initial-scale=1"><link rel="icon" href="/icons/favicon.svg">
<link rel="stylesheet" href="/leaflet/leaflet.css"><link rel="stylesheet" href="/app.css">
<link rel="stylesheet" href="/map/map.css">
<script src="/pwa.js" defer></script></head><body>
<div data-tm-install data-install="入れる" data-how-ios="下の{{share}}から" data-later="あとで" hidden></div>
<div data-tm-update data-update="新しくなりました" data-reload="切りかえる" hidden></div>
<main class="tm-mapview"><section class="tm-mapview__side"><h1>人吉市</h1><h2>チラシ</h2>
<form id="tm-filters" class="tm-filters"><div class="tm-chips">
<label class="tm-chip"><input type="radio" name="when" value="" checked><span>いつでも</span></label>
<label class="tm-chip"><input type="radio" name="when" value="today"><span>今日</span></label></div>
<label class="tm-chip"><input type="checkbox" name="category" value="health"><span>健康</span></label>
<label for="q">ことば</label><input class="tm-input" type="search" id="q" name="q"></form>
<p id="tm-count" class="tm-mapview__count" role="status"></p>
<ul id="tm-list" class="tm-list tm-list--cards">{cards}</ul></section>
<section class="tm-mapview__map"><div id="tm-map"><div class="folium-map" id="m"></div></div></section></main>
<script id="tm-map-data" type="application/json">{json.dumps(data)}</script>
<script src="/leaflet/leaflet.js"></script><script src="/map/flyers.js"></script>
<script>var m = L.map("m", {{center: {list(CENTRE)}, zoom: 15}});
if ({json.dumps(tiles)}) L.tileLayer({json.dumps(tiles)}, {{maxZoom: 18}}).addTo(m); Tamemap.attach(m);</script></body></html>"""


@contextmanager
def running(tiles: str = "") -> Iterator[Town]:
    """A town on a free port; ``tiles`` is the address of the ground, empty for none."""
    town = Town(tiles)

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            town.asked.append(self.path)
            parts = urlsplit(self.path)
            status, kind, body = town.answer(parts.path, parse_qs(parts.query))
            self.send_response(status)
            self.send_header("Content-Type", kind)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            # a browser that goes elsewhere closes its end
            with suppress(BrokenPipeError, ConnectionResetError):
                self.wfile.write(body)

        def log_message(self, *_: object) -> None:
            """Tests speak for themselves."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    town.url = f"http://127.0.0.1:{server.server_port}"
    try:
        yield town
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


@contextmanager
def chromium(playwright: Any) -> Iterator[Any]:
    """The system's Chromium; the test is skipped where there is none."""
    path = next(filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))), None)
    if path is None:
        pytest.skip("no Chromium on this machine")
    browser = playwright.chromium.launch(
        executable_path=path, args=["--no-sandbox", "--disable-gpu", "--disable-background-networking"]
    )
    try:
        yield browser
    finally:
        browser.close()
