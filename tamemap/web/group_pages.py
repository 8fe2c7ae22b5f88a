"""``/groups/new`` and ``/g/{slug}/manage``: asking for a group, and looking after it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

from starlette.concurrency import run_in_threadpool
from starlette.routing import Route

from tamemap import door, urls
from tamemap.domain.groups import LIMITS
from tamemap.domain.permissions import demand_self
from tamemap.errors import Conflict, Invalid, PreconditionFailed, TamemapError, TooMany
from tamemap.i18n import t
from tamemap.queries.groups_manage import ManagedGroup, OwnGroup, managed, own_groups
from tamemap.queries.invitations import InvitationView, waiting
from tamemap.queries.maps import MapView, maps
from tamemap.services import groups, groups_members
from tamemap.web.callers import credentials_of
from tamemap.web.forms import read_form
from tamemap.web.own_pages import go, own_deed, own_page, show
from tamemap.web.respond import language

if TYPE_CHECKING:
    from collections.abc import Mapping

    from sqlmodel import Session
    from starlette.requests import Request
    from starlette.responses import Response

    from tamemap.domain.actors import Actor

NEW = "/groups/new"
ASKED = ("name", "slug", "municipality_code", "description", "contact", "url", "words")
TEXT = ("name", "description", "contact", "url")
SHOWN_IN_FORM = (Conflict, Invalid, PreconditionFailed, TooMany)


class NewReadings(NamedTuple):
    """What the form for a new group needs."""

    groups: tuple[OwnGroup, ...]
    towns: tuple[MapView, ...]
    residence: str


class Room(NamedTuple):
    """What the page needs on which a group is looked after."""

    seen: ManagedGroup
    invited: tuple[InvitationView, ...]


@own_page
def new_page(request: Request) -> Response:
    """What a group is good for, one's own ones and requests, and the form to ask for another."""
    return _new(request)


@own_deed
async def ask(request: Request) -> Response:
    """Ask for a group."""
    sent = (await read_form(request, most_files=0)).values
    try:
        view = await door.acall(groups.ask, credentials_of(request), **{name: sent.get(name, "") for name in ASKED})
    except SHOWN_IN_FORM as error:
        return await run_in_threadpool(_new, request, error=error, typed=sent)
    return go(urls.group_room(view.slug), said="group_asked", lang=request.query_params.get("lang", ""))


def _new(request: Request, *, error: TamemapError | None = None, typed: Mapping[str, str] | None = None) -> Response:
    lang = language(request)
    found = door.call(_read_new, credentials_of(request))
    return show(
        request,
        "group_new.html",
        title=t("group_new.title", lang),
        error=error,
        typed=typed,
        own=found.groups,
        towns=[("", t("group_new.choose_town", lang)), *((one.municipality_code, one.municipality_name) for one in found.towns)],
        residence=found.residence,
        limits=LIMITS,
    )


def _read_new(db: Session, actor: Actor) -> NewReadings:
    demand_self(actor)
    towns = tuple(one for one in maps(db, actor) if one.municipality_code)
    return NewReadings(own_groups(db, actor), towns, actor.residence_code or "")


@own_page
def room_page(request: Request) -> Response:
    """The group's text, its members and invitations, handing over, closing; for an asker how it stands."""
    return _room(request)


def _room(request: Request, *, error: TamemapError | None = None, typed: Mapping[str, str] | None = None) -> Response:
    lang = language(request)
    found = door.call(_read_room, credentials_of(request), slug=request.path_params["group"])
    seen = found.seen
    return show(
        request,
        "group_room.html" if seen.group.state == "active" else "group_waits.html",
        title=t("group_room.title", lang, name=seen.group.name),
        error=error,
        typed=typed,
        seen=seen,
        group=seen.group,
        invited=found.invited,
        limits=LIMITS,
    )


def _read_room(db: Session, actor: Actor, *, slug: str) -> Room:
    seen = managed(db, actor, slug=slug)
    return Room(seen, waiting(db, actor, group_id=seen.group_id) if seen.group.state == "active" else ())


@own_deed
async def change(request: Request) -> Response:
    """Everything that is done on that page: ``deed`` says what."""
    sent = (await read_form(request, most_files=0)).values
    slug, lang, deed = request.path_params["group"], request.query_params.get("lang", ""), sent.get("deed", "")
    try:
        done = await _do(request, slug, deed, sent)
    except SHOWN_IN_FORM as error:
        return await run_in_threadpool(_room, request, error=error, typed=sent)
    return go(*done, lang=lang)


async def _do(request: Request, slug: str, deed: str, sent: Mapping[str, str]) -> tuple[str, str]:
    """Do it; answers where to go on to, and what is said there."""
    who, room = credentials_of(request), urls.group_room(slug)
    person, lang = sent.get("person", ""), language(request)
    if deed == "text":
        raw = {name: sent[name] for name in TEXT if name in sent}
        version = int(sent["version"]) if sent.get("version", "").isdecimal() and len(sent["version"]) < 9 else None
        await door.acall(groups.change, who, slug=slug, raw=raw, version=version)
    elif deed == "invite":
        await door.acall(groups_members.invite, who, slug=slug, mail=sent.get("mail", ""), role=sent.get("role", ""), lang=lang)
    elif deed == "withdraw":
        await door.acall(groups_members.withdraw_invitation, who, slug=slug, public_id=sent.get("invitation", ""))
    elif deed == "remove":
        await door.acall(groups_members.remove_member, who, slug=slug, public_id=person)
    elif deed == "role":
        await door.acall(groups_members.set_role, who, slug=slug, public_id=person, role=sent.get("role", ""))
    elif deed == "hand_over":
        await door.acall(groups_members.hand_over, who, slug=slug, to_public_id=person)
    elif deed in LEAVING:
        await door.acall(LEAVING[deed], who, slug=slug)
        return NEW, f"group_{deed}"
    else:
        raise Invalid("request_wrong")
    return room, f"group_{deed}"


LEAVING: dict[str, Any] = {"leave": groups_members.leave_group, "close": groups.close}

routes = [
    Route(NEW, new_page),
    Route(NEW, ask, methods=["POST"]),
    Route("/g/{group}/manage", room_page),
    Route("/g/{group}/manage", change, methods=["POST"]),
]
