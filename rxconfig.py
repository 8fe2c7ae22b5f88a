"""Reflex's configuration. Everything a town may set is in ``tamemap.config``."""

import reflex as rx
from reflex.plugins import SitemapPlugin

from tamemap.config import settings
from tamemap.ui.build import SameOriginPlugin
from tamemap.ui.lighter import LighterPlugin

config = rx.Config(
    app_name="tamemap",
    backend_port=settings().port,
    frontend_port=settings().port,
    backend_host=settings().host,
    api_url=f"http://localhost:{settings().port}",
    deploy_url=settings().origin,
    # the default is every origin, with credentials, for the websocket too
    cors_allowed_origins=[settings().origin],
    redis_url=settings().redis_url or None,
    state_manager_mode="redis" if settings().redis_url else "memory",
    trusted_proxy_hops=settings().trusted_proxies,
    telemetry_enabled=False,
    show_built_with_reflex=False,
    default_color_mode="system",
    frontend_compression_formats=["brotli", "gzip"],
    plugins=[rx.plugins.TailwindV4Plugin(), SameOriginPlugin(), LighterPlugin()],
    disable_plugins=[SitemapPlugin],
)
