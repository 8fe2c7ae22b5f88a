"""``/me/notices``: how one is told: important things by mail at once, the others gathered, and at which hours never."""

from __future__ import annotations

from typing import TYPE_CHECKING

from starlette.concurrency import run_in_threadpool
from starlette.routing import Route

from tamemap import door
from tamemap.domain.telling import DIGESTS
from tamemap.errors import Invalid, TamemapError
from tamemap.i18n import t
from tamemap.queries.notice_settings import notice_settings
from tamemap.services.notice_settings import choose
from tamemap.web.callers import credentials_of
from tamemap.web.forms import Sent, read_form
from tamemap.web.own_pages import go, own_deed, own_page, show
from tamemap.web.respond import language

if TYPE_CHECKING:
    from starlette.requests import Request
    from starlette.responses import Response

HERE = "/me/notices"


@own_page
def notices_page(request: Request) -> Response:
    """The form, as it was chosen."""
    return _page(request)


def _page(request: Request, *, error: TamemapError | None = None, sent: Sent | None = None) -> Response:
    seen = door.call(notice_settings, credentials_of(request))
    values = sent.values if sent else {}
    return show(
        request,
        "me_notices.html",
        title=t("me_notices.title", language(request)),
        error=error,
        typed=values,
        seen=seen,
        digests=DIGESTS,
        at_once=bool(values.get("mail_notices")) if sent else seen.mail_notices,
        quiet=bool(values.get("quiet")) if sent else bool(seen.quiet_from),
    )


@own_deed
async def change(request: Request) -> Response:
    """Keep what was chosen; without the tick at the quiet hours there are none, whatever times stand there."""
    sent = await read_form(request, most_files=0)
    values, quiet = sent.values, bool(sent.values.get("quiet"))
    try:
        await door.acall(
            choose,
            credentials_of(request),
            mail_notices=bool(values.get("mail_notices")),
            digest=values.get("digest", ""),
            quiet_from=values.get("night_from", "") if quiet else "",
            quiet_to=values.get("night_to", "") if quiet else "",
        )
    except Invalid as error:
        return await run_in_threadpool(_page, request, error=error, sent=sent)
    return go(HERE, said="notices_chosen", lang=request.query_params.get("lang", ""))


routes = [Route(HERE, notices_page), Route(HERE, change, methods=["POST"])]
