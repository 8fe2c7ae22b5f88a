"""``/api/v1/sign-in``, ``/sign-out`` and ``/me``: by mail, with a six-digit code that counts in the browser that asked."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from tamemap import door
from tamemap.door import Credentials
from tamemap.errors import Invalid, Unauthenticated
from tamemap.queries import people, ways
from tamemap.services import sessions, sign_in
from tamemap.urls import API
from tamemap.web.callers import (
    browser_credentials,
    browser_key,
    client_of,
    credentials_of,
    forget_session,
    remember_browser,
    remember_session,
)
from tamemap.web.forms import read_object, text_of
from tamemap.web.known_browsers import known, remember_known
from tamemap.web.problems import language, problem
from tamemap.web.serial import moment

if TYPE_CHECKING:
    from sqlmodel import Session
    from starlette.requests import Request

    from tamemap.domain.actors import Actor
    from tamemap.services.sessions import Entered

PRIVATE = {"Cache-Control": "private, no-store"}


async def ask(request: Request) -> Response:
    """
    summary: Have a code and a link sent by mail
    requestBody:
      content:
        application/json:
          schema:
            type: object
            required: [mail]
            properties:
              mail: {type: string, format: email}
              then: {type: string, description: a path of ours to go on to from the link}
    responses:
      202: {description: "`{mail, expires_at}`, whether or not the address is known"}
      422: {description: no address}
      429: {description: too often}
    """
    data = await read_object(request)
    key, is_new = browser_key(request)
    asked = await door.acall(
        sign_in.ask,
        browser_credentials(request),
        mail=text_of(data, "mail"),
        browser_key=key,
        then=text_of(data, "then"),
        lang=language(request),
        known=known(request),
    )
    answer = JSONResponse({"mail": asked.mail, "expires_at": moment(asked.expires_at)}, 202, PRIVATE)
    if is_new:
        remember_browser(answer, key)
    return answer


async def enter_code(request: Request) -> Response:
    """
    summary: Sign in with the code, in the browser that asked for it
    requestBody:
      content:
        application/json:
          schema:
            type: object
            required: [mail, code]
            properties: {mail: {type: string}, code: {type: string, pattern: "[0-9]{6}"}}
    responses:
      200: {description: Me}
      422: {description: "a wrong or an old code; `tries_left` says how often it can be tried again"}
      429: {description: "too many wrong codes; the link in the mail still counts"}
    """
    data = await read_object(request)
    key, _ = browser_key(request)
    entered = await door.acall(
        sign_in.with_code,
        browser_credentials(request),
        mail=text_of(data, "mail"),
        code=text_of(data, "code"),
        browser_key=key,
        user_agent=request.headers.get("user-agent", ""),
        lang=language(request),
        known=known(request),
    )
    if entered.token is None:
        return _refused(request, entered)
    signed_in = Credentials(session_token=entered.token, client=client_of(request))
    me = await door.acall(people.me, signed_in)
    answer = JSONResponse(me_json(me) | {"new_person": entered.new_person, "then": entered.then}, headers=PRIVATE)
    remember_session(answer, entered.token)
    remember_known(request, answer, entered.known)
    return answer


def _refused(request: Request, entered: Entered) -> Response:
    code = entered.problem or "sign_in_code_wrong"
    said = problem(Invalid.at("code", code, tries_left=entered.tries_left), language(request))
    # RFC 9457 section 3.2: a problem may carry members of its own
    body = json.loads(bytes(said.body)) | {"tries_left": entered.tries_left}
    return JSONResponse(body, said.status_code, {"Cache-Control": "no-store"}, media_type="application/problem+json")


async def sign_out(request: Request) -> Response:
    """
    summary: End this browser's session; no error where there is none
    responses: {204: {description: signed out}}
    """
    credentials = browser_credentials(request)
    await door.acall(sign_in.sign_out, credentials, token=credentials.session_token)
    answer = Response(status_code=204, headers=PRIVATE)
    forget_session(answer)
    return answer


async def show_me(request: Request) -> Response:
    """
    summary: Who am I; a guest is told so
    responses: {200: {description: Me}}
    """
    credentials = credentials_of(request)
    try:
        me, unseen = await door.acall(_me, credentials)
    except Unauthenticated as error:
        if error.code != "sign_in_first":
            raise
        return JSONResponse(GUEST, headers=PRIVATE)
    if unseen:
        # every screen asks here once when it is opened: often enough to know when a device was last seen, without a write at
        # each of the many reads
        await door.acall(sessions.touch, credentials)
    return JSONResponse(me_json(me), headers=PRIVATE)


def _me(db: Session, actor: Actor) -> tuple[people.Me, bool]:
    return people.me(db, actor), ways.unseen(db, actor)


GUEST: dict[str, Any] = {
    "signed_in": False,
    "id": None,
    "name": "",
    "mail": "",
    "roles": [],
    "residence": None,
    "proved": None,
    "groups": [],
    "may_enter_desk": False,
    "unread": 0,
}


def me_json(me: people.Me) -> dict[str, Any]:
    """What only the person themselves is told."""
    return GUEST | {
        "signed_in": True,
        "id": me.public_id,
        "name": me.name,
        "mail": me.mail,
        "roles": [_role_json(role) for role in me.roles],
        "residence": {"code": me.residence_code, "name": me.residence_name} if me.residence_code else None,
        "proved": me.proved_code,
        "groups": [{"slug": one.slug, "name": one.name, "role": one.role} for one in me.groups],
        "may_enter_desk": me.may_enter_desk,
        "unread": me.unread_notices,
    }


def _role_json(role: people.RoleView) -> dict[str, Any]:
    town = {"code": role.municipality_code, "name": role.municipality_name} if role.municipality_code else None
    region = {"slug": role.region_slug, "name": role.region_name} if role.region_slug else None
    return {"role": role.role, "municipality": town, "region": region, "level": role.level, "department": role.department}


routes = [
    Route(f"{API}/sign-in", ask, methods=["POST"]),
    Route(f"{API}/sign-in/code", enter_code, methods=["POST"]),
    Route(f"{API}/sign-out", sign_out, methods=["POST"]),
    Route(f"{API}/me", show_me),
]
