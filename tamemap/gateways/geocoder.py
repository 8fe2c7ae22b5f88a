"""Asking the world outside where an address is: only after the gazetteer, seldom, and so that nobody waits long.

``geocoder()`` is the one in force. What people searched for is neither logged nor kept longer than the cache.
"""

from __future__ import annotations

import logging
import re
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from functools import lru_cache
from typing import TYPE_CHECKING, Any, Protocol
from urllib.parse import urlsplit

from cachetools import TTLCache
from geopy.adapters import URLLibAdapter
from geopy.exc import GeocoderQueryError, GeocoderRateLimited
from geopy.extra.rate_limiter import RateLimiter
from geopy.geocoders import Nominatim

from tamemap.config import settings
from tamemap.domain.codes import normalise_code
from tamemap.domain.folding import fold_place
from tamemap.domain.geography import Bounds, Point, valid_point
from tamemap.errors import Invalid
from tamemap.gateways.geocoder_turns import Crowded, SharedTurns
from tamemap.gateways.gsi import GsiGeocoder

if TYPE_CHECKING:
    from collections.abc import Callable, Hashable

    from tamemap.config import Settings

TIMEOUT_SECONDS = 3.0
CACHE_SECONDS = 24 * 60 * 60
CACHE_ANSWERS = 2_048
FAILURES_BEFORE_PAUSE = 3
PAUSE_SECONDS = 60.0
LONGEST_PAUSE_SECONDS = 3_600.0
MAX_QUERY = 100
MAX_FOUND = 50
# Nominatim's policy is one request a second for the whole application; the GSI names no limit, so stay modest.
NOMINATIM_DELAY_SECONDS = 1.1
GSI_DELAY_SECONDS = 0.2
UNANSWERED = object()

log = logging.getLogger(__name__)
# geopy logs whole addresses, with what people typed, below this level.
logging.getLogger("geopy").setLevel(logging.WARNING)


@dataclass(frozen=True, slots=True)
class Found:
    """One place: its name, its address as far as known, WGS 84 degrees, who said so (``gsi``, ``nominatim``).

    ``code`` is the municipality's six digits where the source says them, else empty.
    """

    name: str
    address: str
    lat: float
    lng: float
    source: str
    code: str = ""


class Geocoder(Protocol):
    """What services see. Neither method raises: no answer is an empty one."""

    def search(self, query: str, *, bounds: Bounds | None = None, limit: int = 8) -> tuple[Found, ...]:
        """Places for some words, best first, only those inside ``bounds``."""
        ...

    def reverse(self, point: Point) -> Found | None:
        """The name of the place where a point is; its position is the point's own."""
        ...


class Source(Protocol):
    """One service outside, as :class:`CarefulGeocoder` asks it. Both methods may raise anything."""

    def find(self, query: str, bounds: Bounds | None, limit: int) -> list[Found]:
        """As ``search``, unfiltered."""
        ...

    def name_at(self, point: Point) -> Found | None:
        """As ``reverse``."""
        ...


class NullGeocoder:
    """Nobody is asked (``TAMEMAP_GEOCODER=off``)."""

    def search(self, query: str, *, bounds: Bounds | None = None, limit: int = 8) -> tuple[Found, ...]:
        """Nothing."""
        return ()

    def reverse(self, point: Point) -> Found | None:
        """Nothing."""
        return None


class GsiSource:
    """国土地理院, through :class:`GsiGeocoder`."""

    def __init__(self, geocoder: GsiGeocoder) -> None:
        self._geocoder = geocoder

    def find(self, query: str, bounds: Bounds | None, limit: int) -> list[Found]:
        """All of Japan: the service cannot search an area."""
        return [
            # A facility (its data source is named) stands under its own name, everything else is an address.
            Found(hit.address, "" if hit.raw["properties"].get("dataSource") else hit.address,
                  hit.latitude, hit.longitude, "gsi")
            for hit in self._geocoder.geocode(query, exactly_one=False) or []
        ]  # fmt: skip

    def name_at(self, point: Point) -> Found | None:
        """The 町字."""
        hit: Any = self._geocoder.reverse((point.lat, point.lng))
        if hit is None:
            return None
        try:
            code = normalise_code(str(hit.raw.get("muniCd", "")).zfill(5))
        except Invalid:
            code = ""
        return Found(hit.address, hit.address, point.lat, point.lng, "gsi", code)


class NominatimSource:
    """A Nominatim server (OpenStreetMap), through geopy. Show © OpenStreetMap contributors beside what it finds."""

    def __init__(self, geocoder: Nominatim) -> None:
        self._geocoder = geocoder

    def find(self, query: str, bounds: Bounds | None, limit: int) -> list[Found]:
        """Within ``bounds``, which the server knows how to respect."""
        box = [(bounds.south, bounds.west), (bounds.north, bounds.east)] if bounds else None
        hits: Any = self._geocoder.geocode(
            query, exactly_one=False, limit=limit, viewbox=box, bounded=bool(box), language="ja", country_codes="jp"
        )
        return [self._found(hit) for hit in hits or []]

    def name_at(self, point: Point) -> Found | None:
        """The district, not the house: whose house it is, is nobody's business."""
        hit: Any = self._geocoder.reverse((point.lat, point.lng), language="ja", zoom=16)
        return replace(self._found(hit), lat=point.lat, lng=point.lng) if hit else None

    @staticmethod
    def _found(hit: Any) -> Found:
        """Name and address from ``display_name``, which runs from small to large and ends in postcode and country."""
        parts = [part.strip() for part in hit.address.split(",")]
        larger = [part for part in parts[1:] if part != "日本" and not re.fullmatch(r"〒?\d{3}-?\d{4}", part)]
        return Found(parts[0], "".join(reversed(larger)), hit.latitude, hit.longitude, "nominatim")


class CarefulGeocoder:
    """A source asked with manners: one request at a time and not too often, answers remembered, failures not repeated.

    Nobody waits longer than the source's timeout, its turn and a second. Three failures in a row, a request that
    hangs beyond that or a 429 stop all asking for a minute; then one request tries again. Safe for many threads.
    ``turns`` are those of all machines together; without them, and while they are not known, ``delay_seconds`` is kept here.
    """

    def __init__(
        self, source: Source, *, delay_seconds: float, wait_seconds: float = TIMEOUT_SECONDS + 1,
        timer: Callable[[], float] = time.monotonic, turns: SharedTurns | None = None,
        sleep: Callable[[float], None] = time.sleep,
    ) -> None:  # fmt: skip
        self._source = source
        self._wait = wait_seconds + delay_seconds
        self._timer, self._turns, self._sleep = timer, turns, sleep
        self._limited = RateLimiter(
            lambda ask: ask(), min_delay_seconds=delay_seconds, max_retries=0, swallow_exceptions=False,
            error_wait_seconds=delay_seconds,
        )  # fmt: skip
        # One thread is the queue; its own clock holds even where looking up a host name hangs, which no timeout covers.
        self._pool = ThreadPoolExecutor(max_workers=1, thread_name_prefix="geocoder")
        self._lock = threading.Lock()
        self._answers: TTLCache[Hashable, Any] = TTLCache(CACHE_ANSWERS, CACHE_SECONDS, timer=timer)
        self._failures = 0
        self._paused_until = float("-inf")

    def search(self, query: str, *, bounds: Bounds | None = None, limit: int = 8) -> tuple[Found, ...]:
        """As :class:`Geocoder` promises; the query is cut at 100 signs."""
        words, limit = " ".join(query.split())[:MAX_QUERY], min(max(limit, 1), MAX_FOUND)
        if not (folded := fold_place(words)):
            return ()
        found: list[Found] | None = self._ask(("search", folded, bounds, limit), lambda: self._source.find(words, bounds, limit))
        inside = [
            hit for hit in dict.fromkeys(found or [])
            if (point := valid_point(hit.lat, hit.lng)) and (bounds is None or bounds.contains(point))
        ]  # fmt: skip
        return tuple(inside[:limit])

    def reverse(self, point: Point) -> Found | None:
        """As :class:`Geocoder` promises; places within some 10 m share an answer."""
        near = ("reverse", round(point.lat, 4), round(point.lng, 4))
        found: Found | None = self._ask(near, lambda: self._source.name_at(point))
        return replace(found, lat=point.lat, lng=point.lng) if found else None

    def _ask(self, key: Hashable, ask: Callable[[], Any]) -> Any:
        """The remembered or the new answer; None when there is none to be had at the moment."""
        with self._lock:
            answer = self._answers.get(key, UNANSWERED)
            paused = self._timer() < self._paused_until
        if answer is UNANSWERED and not paused:
            answer = self._fresh(ask)
            if answer is not UNANSWERED:
                with self._lock:
                    self._failures = 0
                    self._answers[key] = answer
        return None if answer is UNANSWERED else answer

    def _fresh(self, ask: Callable[[], Any]) -> Any:
        """What the source answers in its turn, or ``UNANSWERED``."""
        future = self._pool.submit(self._in_turn, ask)
        try:
            return future.result(self._wait)
        except (GeocoderQueryError, Crowded):
            pass  # this question was bad, or one too many; not the service
        except GeocoderRateLimited as error:
            self._failed(error, pause=float(error.retry_after or 0))
        except Exception as error:  # a service outside may fail in any way; nobody's search may fail with it
            if future.done():
                self._failed(error)
            # One that still waits for its turn stands in a long queue; one that has begun hangs.
            elif not future.cancel():
                self._failed(error, pause=PAUSE_SECONDS)
        return UNANSWERED

    def _in_turn(self, ask: Callable[[], Any]) -> Any:
        seconds = self._turns.wait() if self._turns else None
        if seconds is None:
            return self._limited(ask)
        self._sleep(seconds)
        return ask()

    def _failed(self, error: Exception, *, pause: float | None = None) -> None:
        """Count a failure; pause after too many of them, or at once where ``pause`` says for how long at least."""
        with self._lock:
            self._failures += 1
            if pause is not None or self._failures >= FAILURES_BEFORE_PAUSE:
                self._paused_until = self._timer() + min(max(PAUSE_SECONDS, pause or 0), LONGEST_PAUSE_SECONDS)
        log.warning("geocoder failed: %s (%d in a row)", type(error).__name__, self._failures)


def geocoder_from(chosen: Settings) -> Geocoder:
    """The geocoder that the settings name. Its manners hold for one object: use :func:`geocoder`, one per process."""
    if chosen.geocoder == "off":
        return NullGeocoder()
    agent = f"tamemap/1.0 ({chosen.contact or chosen.origin})"
    # urllib's adapter: no silent retries, and a town's HTTP proxy is respected.
    common: dict[str, Any] = {"timeout": TIMEOUT_SECONDS, "user_agent": agent, "adapter_factory": URLLibAdapter}
    if chosen.geocoder == "gsi":
        gsi = GsiGeocoder(endpoint=chosen.geocoder_url, **common)
        return CarefulGeocoder(GsiSource(gsi), delay_seconds=GSI_DELAY_SECONDS)
    if chosen.geocoder_url:
        address = urlsplit(chosen.geocoder_url)
        common |= {"scheme": address.scheme, "domain": address.netloc + address.path.rstrip("/")}
    # All machines together stay within the policy; without Redis there is one machine, whose processes each have a turn.
    delay, turns = NOMINATIM_DELAY_SECONDS * chosen.workers, None
    if chosen.redis_url:
        longest = NOMINATIM_DELAY_SECONDS + 1
        turns = SharedTurns(chosen.redis_url, "nominatim", delay_seconds=NOMINATIM_DELAY_SECONDS, longest_seconds=longest)
    return CarefulGeocoder(NominatimSource(Nominatim(**common)), delay_seconds=delay, turns=turns)


@lru_cache(maxsize=1)
def geocoder() -> Geocoder:
    """The geocoder in force for this process; ``geocoder.cache_clear()`` makes it anew."""
    return geocoder_from(settings())
