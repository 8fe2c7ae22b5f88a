"""Is it alive, is it ready, how is it: ``/healthz``, ``/readyz`` and ``/metrics`` (Prometheus text); and who counts requests.

Figures name routes and statuses, never an address that somebody asked for: nothing personal is in them.
"""

from __future__ import annotations

import logging
import time
from functools import lru_cache
from ipaddress import ip_address
from typing import TYPE_CHECKING

from anyio import to_thread
from prometheus_client import CONTENT_TYPE_LATEST, Counter, Histogram
from prometheus_client.core import GaugeMetricFamily
from sqlalchemy.exc import SQLAlchemyError
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from tamemap import door, session
from tamemap.config import settings
from tamemap.errors import TamemapError
from tamemap.queries import health as vital
from tamemap.web.callers import client_of
from tamemap.web.processes import note, published, read_now, registry
from tamemap.web.readiness import readyz

if TYPE_CHECKING:
    from collections.abc import Iterator

    from prometheus_client.metrics_core import Metric
    from starlette.requests import Request
    from starlette.types import ASGIApp, Message, Receive, Scope, Send

log = logging.getLogger("tamemap.web")
NO_STORE = {"Cache-Control": "no-store"}

REQUESTS = Counter("tamemap_requests", "Answered requests", ["method", "route", "status"], registry=registry)
SECONDS = Histogram(
    "tamemap_request_seconds",
    "Time until the whole answer was sent",
    ["method", "route"],
    buckets=(0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30),
    registry=registry,
)


async def healthz(request: Request) -> Response:
    """200 as long as this process answers at all: who asks restarts it otherwise."""
    return JSONResponse({"alive": True}, headers=NO_STORE)


async def metrics(request: Request) -> Response:
    """The figures for Prometheus, for who stands in the same house (loopback or a private network) or, where the settings name
    a token, for whoever shows it. 404 for all others."""
    token = settings().metrics_token.get_secret_value()
    shown = request.headers.get("authorization", "").removeprefix("Bearer ")
    if not (session.same(shown, token) if token else _is_neighbour(request)):
        return Response(status_code=404, headers=NO_STORE)
    text = await to_thread.run_sync(published)
    return Response(text, headers=NO_STORE | {"Content-Type": CONTENT_TYPE_LATEST})


def _is_neighbour(request: Request) -> bool:
    if "x-forwarded-for" in request.headers and not settings().trusted_proxies:
        # a proxy that nobody told us of: the address that we see is its own
        return False
    try:
        client = ip_address(client_of(request).split("%", maxsplit=1)[0])
    except ValueError:
        return False
    client = getattr(client, "ipv4_mapped", None) or client
    return client.is_loopback or client.is_private


class _Vitals:
    """What the database knows, read when Prometheus asks."""

    def collect(self) -> Iterator[Metric]:
        """The gauges; a database that does not answer gives none."""
        try:
            found = door.call(vital.vitals, door.GUEST)
            work = door.call(vital.waiting, door.GUEST)
        except (TamemapError, SQLAlchemyError, OSError):
            log.exception("no figures from the database")
            return
        yield GaugeMetricFamily("tamemap_outbox_waiting", "Mails and pictures still to be done", found.outbox_waiting)
        yield GaugeMetricFamily("tamemap_outbox_dead", "What was given up after all tries", found.outbox_dead)
        yield GaugeMetricFamily("tamemap_flyers_up", "Flyers standing on their town's map", found.flyers_up)
        entries = GaugeMetricFamily("tamemap_jobs", "Jobs that are not done yet, by kind", labels=["kind", "state"])
        for (kind, state), count in work.entries.items():
            entries.add_metric([kind, state], count)
        yield entries
        readings = GaugeMetricFamily(
            "tamemap_readings", "Photographs of the last day by the state of their reading", labels=["state"]
        )
        for state, count in work.readings.items():
            readings.add_metric([state], count)
        yield readings
        if found.worker_age is not None:
            yield GaugeMetricFamily("tamemap_worker_age_seconds", "Since a worker's last sign of life", found.worker_age)

    def describe(self) -> Iterator[Metric]:
        """Nothing beforehand: registering must not ask the database."""
        return iter(())


read_now.register(_Vitals())


class Measured:
    """Middleware that counts answers and measures their time, by the template of the route that answered."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass the request on; count it when its answer has gone, or when there was none (500)."""
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        status, begun = 500, time.perf_counter()

        async def noted(message: Message) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = message["status"]
            await send(message)

        try:
            await self.app(scope, receive, noted)
        finally:
            route, method = _template(scope), _known(scope["method"])
            REQUESTS.labels(method, route, str(status)).inc()
            SECONDS.labels(method, route).observe(time.perf_counter() - begun)
            note()


def note_early(route: str, status: int, seconds: float) -> None:
    """Count a GET that was answered before it came to the routes."""
    requests, times = _counters(route, str(status))
    requests.inc()
    times.observe(seconds)


@lru_cache(maxsize=100)
def _counters(route: str, status: str) -> tuple[Counter, Histogram]:
    return REQUESTS.labels("GET", route, status), SECONDS.labels("GET", route)


def _template(scope: Scope) -> str:
    """``/f/{id}`` rather than what was asked for: few, and nobody's reading habits. All screens and files are one."""
    return getattr(scope.get("route"), "path", "") or "elsewhere"


def _known(method: str) -> str:
    return method if method in {"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"} else "other"


routes = [
    Route("/healthz", healthz),
    Route("/readyz", readyz),
    Route("/metrics", metrics),
]
