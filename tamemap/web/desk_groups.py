"""``/desk/groups``: groups that ask to be let in, those that are there, and finding an owner for one that has none."""

from __future__ import annotations

from typing import TYPE_CHECKING

from starlette.concurrency import run_in_threadpool
from starlette.routing import Route

from tamemap import clock, door
from tamemap.domain.dates import day_words
from tamemap.errors import Conflict, Gone, Invalid, NotFound, TamemapError, TooMany
from tamemap.i18n import t
from tamemap.queries.groups_manage import desk_groups
from tamemap.services import groups, groups_members
from tamemap.web.callers import credentials_of
from tamemap.web.desk import desk_page
from tamemap.web.forms import read_form
from tamemap.web.own_pages import go, own_deed, own_page
from tamemap.web.respond import language

if TYPE_CHECKING:
    from collections.abc import Mapping

    from starlette.requests import Request
    from starlette.responses import Response

HERE = groups.DESK


@own_page
def groups_page(request: Request) -> Response:
    """The requests with what the asker says, and the towns' groups."""
    return _page(request)


def _page(request: Request, *, error: TamemapError | None = None, typed: Mapping[str, str] | None = None) -> Response:
    lang = language(request)
    found = door.call(desk_groups, credentials_of(request))
    return desk_page(
        request,
        "desk_groups.html",
        title=t("group_desk.title", lang),
        current="groups",
        error=error,
        typed=typed,
        at=(typed or {}).get("group", ""),
        waiting=found.waiting,
        groups=found.groups,
        day=lambda moment: day_words(clock.tokyo(moment).date(), lang),
    )


@own_deed
async def decide(request: Request) -> Response:
    """Let a group in, decline it, or appoint an owner: ``deed`` says which."""
    sent = (await read_form(request, most_files=0)).values
    who, lang = credentials_of(request), request.query_params.get("lang", "")
    slug, deed = sent.get("group", ""), sent.get("deed", "")
    try:
        if deed in {"approve", "decline"}:
            reason = sent.get("reason", "")
            await door.acall(groups.decide, who, slug=slug, approve=deed == "approve", reason=reason)
            return go(HERE, said=f"group_{deed}", lang=lang)
        if deed != "appoint":
            raise Invalid("request_wrong")
        new = {"public_id": sent.get("person", ""), "mail": sent.get("mail", "")}
        found = await door.acall(groups_members.appoint, who, slug=slug, **new, lang=language(request))
    except (Conflict, Gone, Invalid, NotFound, TooMany) as error:
        return await run_in_threadpool(_page, request, error=error, typed=sent)
    return go(HERE, said="group_appointed" if found.name else "group_owner_invited", lang=lang)


routes = [Route(HERE, groups_page), Route(HERE, decide, methods=["POST"])]
