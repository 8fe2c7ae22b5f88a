"""``/desk/staff``: who the staff of one's towns are; inviting, changing and ending for leads."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from starlette.concurrency import run_in_threadpool
from starlette.routing import Route

from tamemap import clock, door, urls
from tamemap.domain.dates import day_words
from tamemap.errors import Conflict, Invalid, NotFound, TooMany
from tamemap.i18n import t
from tamemap.queries import invitations as invitation_queries
from tamemap.queries import staff as staff_queries
from tamemap.services import invitations, staff
from tamemap.web.callers import credentials_of
from tamemap.web.desk import desk_of, desk_page
from tamemap.web.forms import Sent, read_form
from tamemap.web.own_pages import go, own_deed, own_page
from tamemap.web.respond import language

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime

    from starlette.requests import Request
    from starlette.responses import Response

    from tamemap.errors import TamemapError

HERE = "/desk/staff"
# so many towns fit on one page; an operator of many looks at one after the other
SHOWN = 3


@own_page
def page(request: Request) -> Response:
    """The staff of the viewer's towns, the invitations that wait, and the form for another one."""
    return _page(request)


def _page(
    request: Request, *, error: TamemapError | None = None, typed: Mapping[str, str] | None = None, ticked: tuple[str, ...] = ()
) -> Response:
    desk, credentials, lang = desk_of(request), credentials_of(request), language(request)
    asked = request.query_params.get("town", "")
    shown = [town for town in desk.towns if asked in {"", town.code}]
    shown = shown[:1] if len(shown) > SHOWN else shown
    people = door.call(staff_queries.staff_of, credentials, municipality_codes=tuple(town.code for town in shown))
    towns = [
        {
            "town": town,
            "people": people[town.code],
            "waiting": door.call(invitation_queries.waiting, credentials, municipality_code=town.code),
        }
        for town in shown
    ]
    return desk_page(
        request,
        "desk_staff.html",
        title=t("staff.title", lang),
        current="staff",
        desk=desk,
        error=error,
        typed=typed,
        towns=towns,
        led=[town for town in desk.towns if town.leads],
        ticked=ticked or tuple(town.code for town in shown[:1]),
        levels=_levels(lang),
        day=lambda moment: _day(moment, lang),
    )


def _levels(lang: str) -> list[tuple[str, str]]:
    return [(level, t(f"staff.level.{level}", lang)) for level in invitations.STAFF_LEVELS]


def _day(moment: datetime, lang: str) -> str:
    return day_words(clock.tokyo(moment).date(), lang)


@own_deed
async def invite(request: Request) -> Response:
    """Send an invitation."""
    sent = await read_form(request, most_files=0)
    codes = _codes(sent)
    try:
        await door.acall(
            staff.invite,
            credentials_of(request),
            mail=sent.values.get("mail", ""),
            role=sent.values.get("role", ""),
            municipality_codes=codes,
            department=sent.values.get("department", ""),
            lang=language(request),
        )
    except (Invalid, TooMany) as error:
        return await run_in_threadpool(_page, request, error=error, typed=sent.values, ticked=codes)
    return go(HERE, said="staff_invited", lang=request.query_params.get("lang", ""))


def _codes(sent: Sent) -> tuple[str, ...]:
    return tuple(one for one in sent.lists.get("municipality", ()) if one)[:20]


@own_deed
async def withdraw(request: Request) -> Response:
    """Take an invitation back."""
    sent = (await read_form(request, most_files=0)).values
    await door.acall(invitations.withdraw, credentials_of(request), public_id=sent.get("invitation", ""))
    return go(HERE, said="invitation_withdrawn", lang=request.query_params.get("lang", ""))


@own_page
def person_page(request: Request) -> Response:
    """One member of the staff: level, department, and the end."""
    return _person_page(request)


def _person_page(request: Request, *, error: TamemapError | None = None, typed: Mapping[str, str] | None = None) -> Response:
    desk, lang = desk_of(request), language(request)
    code, public_id = request.path_params["town"], request.path_params["person"]
    town = next((one for one in desk.towns if one.code == code and one.leads), None)
    found = door.call(staff_queries.staff_of, credentials_of(request), municipality_codes=(code,)).get(code, ())
    person = next((one for one in found if one.public_id == public_id), None)
    if town is None or person is None:
        raise NotFound("staff_unknown")
    values: dict[str, Any] = {"town": town, "person": person, "levels": _levels(lang), "here_path": f"{HERE}/{code}/{public_id}"}
    return desk_page(request, "desk_staff_person.html", title=t("staff.person_title", lang, name=person.name), current="staff",
                     desk=desk, error=error, typed=typed, wide=False, back=(HERE, t("staff.back", lang)), **values)  # fmt: skip


@own_deed
async def change(request: Request) -> Response:
    """Change the level and the department."""
    sent = (await read_form(request, most_files=0)).values
    try:
        await door.acall(staff.change, credentials_of(request), **_whom(request), level=sent.get("level", ""),
                         department=sent.get("department", ""))  # fmt: skip
    except (Invalid, Conflict) as error:
        return await run_in_threadpool(_person_page, request, error=error, typed=sent)
    return _back(request, "staff_changed")


@own_deed
async def end(request: Request) -> Response:
    """They are no longer staff."""
    await read_form(request, most_files=0)
    try:
        await door.acall(staff.end, credentials_of(request), **_whom(request))
    except Conflict as error:
        return await run_in_threadpool(_person_page, request, error=error)
    return _back(request, "staff_ended")


def _whom(request: Request) -> dict[str, str]:
    return {"person": request.path_params["person"], "municipality_code": request.path_params["town"]}


def _back(request: Request, said: str) -> Response:
    return go(urls.with_query(HERE), said=said, lang=request.query_params.get("lang", ""))


POST = ["POST"]
routes = [
    Route(HERE, page),
    Route(f"{HERE}/invite", invite, methods=POST),
    Route(f"{HERE}/withdraw", withdraw, methods=POST),
    Route(f"{HERE}/{{town}}/{{person}}", person_page),
    Route(f"{HERE}/{{town}}/{{person}}", change, methods=POST),
    Route(f"{HERE}/{{town}}/{{person}}/end", end, methods=POST),
]
