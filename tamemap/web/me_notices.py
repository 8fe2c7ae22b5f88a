"""``/me/notices``: how one is told: what on one's devices and what by mail, at once or gathered, and at which hours never."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from starlette.concurrency import run_in_threadpool
from starlette.routing import Route

from tamemap import door, urls
from tamemap.domain.pushing import EVERY_DAY, KINDS, WAYS
from tamemap.domain.telling import DIGESTS
from tamemap.errors import Invalid, TamemapError
from tamemap.i18n import t
from tamemap.queries.maps import maps
from tamemap.queries.notice_settings import notice_settings
from tamemap.queries.people import me
from tamemap.queries.push_devices import devices
from tamemap.services.notice_settings import HOURS, Weekly, choose
from tamemap.web.board_document import said
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
    """The devices and the form, as it was chosen."""
    return _page(request)


def _page(request: Request, *, error: TamemapError | None = None, sent: Sent | None = None) -> Response:
    credentials, lang = credentials_of(request), language(request)
    seen = door.call(notice_settings, credentials)
    person = door.call(me, credentials)
    values = sent.values if sent else {}
    office = bool(person and person.roles)
    return show(
        request,
        "me_notices.html",
        title=t("me_notices.title", lang),
        error=error,
        typed=values,
        seen=seen,
        push=door.call(devices, credentials),
        when=lambda moment: said(moment, lang),
        then=urls.with_query(HERE, said="push_on", lang=request.query_params.get("lang", "")),
        kinds=[kind for kind in KINDS if kind != "office" or office],
        office=office,
        ways=WAYS,
        digests=DIGESTS,
        towns=door.call(maps, credentials),
        hours=HOURS,
        weekdays=t("dates.weekdays", lang).split(","),
        days=sent.lists.get("duty_days", ()) if sent else tuple(seen.duty_days or EVERY_DAY),
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
            **_more(sent),
        )
    except Invalid as error:
        return await run_in_threadpool(_page, request, error=error, sent=sent)
    return go(HERE, said="notices_chosen", lang=request.query_params.get("lang", ""))


def _more(sent: Sent) -> dict[str, Any]:
    """What the form says besides; a field that it does not have stays as it was."""
    found: dict[str, Any] = {}
    values = sent.values
    if "digest_day" in values:
        day, hour, map_ = (values.get(f"digest_{name}", "") for name in ("day", "hour", "map"))
        found["weekly"] = Weekly(day, hour, map_)
    if ways := {kind: values[f"way_{kind}"] for kind in KINDS if f"way_{kind}" in values}:
        found["ways"] = ways
    if "way_office" in values:
        found["duty_days"] = sent.lists.get("duty_days", ())
    return found


routes = [Route(HERE, notices_page), Route(HERE, change, methods=["POST"])]
