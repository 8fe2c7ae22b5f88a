"""The composition root: the only file that knows everyone. ``app`` is what Reflex builds and serves."""

from __future__ import annotations

import reflex as rx

from tamemap.ui.pages import add_pages
from tamemap.ui.shell import HEAD
from tamemap.web.ahead import read_ahead, settle
from tamemap.web.application import guard, web
from tamemap.web.draining import heed_leave
from tamemap.web.live import end_with_process
from tamemap.web.origin import same_origin

app = rx.App(
    toaster=None,
    html_lang="ja",
    head_components=HEAD,
    # our routes win over the screens; the guard around both adds headers and refuses other sites' writes
    api_transformer=[web(), guard],
)
add_pages(app)
app.register_lifespan_task(settle)
app.register_lifespan_task(end_with_process)
app.register_lifespan_task(heed_leave)
app.register_lifespan_task(read_ahead)
if app.sio is not None:
    # only pages that came from this very host may open the socket, whatever the host is called
    app.sio.eio.cors_allowed_origins = same_origin
