"""``/invitation``: what the link in an invitation's mail opens; taking it up, or declining."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from starlette.concurrency import run_in_threadpool
from starlette.responses import RedirectResponse, Response
from starlette.routing import Route

from tamemap import door, session, urls
from tamemap.config import settings
from tamemap.errors import Forbidden
from tamemap.i18n import t
from tamemap.queries import invitations as invitation_queries
from tamemap.services import invitations
from tamemap.web.callers import credentials_of
from tamemap.web.forms import read_form
from tamemap.web.own_pages import go, own_deed, own_page, show
from tamemap.web.respond import PRIVATE, language

if TYPE_CHECKING:
    from sqlmodel import Session
    from starlette.requests import Request

    from tamemap.domain.actors import Actor
    from tamemap.errors import TamemapError

HERE = "/invitation"
# the link's secret waits here while its holder signs in: in the address it would come into histories and sign-in mails
WAITING = "tamemap_invitation"
LIFE = 3600


@own_page
def page(request: Request) -> Response:
    """What the invitation is about, and who sent it: also for guests, who sign in and come back."""
    token = request.query_params.get("token", "")
    if not token:
        return _page(request)
    answer = RedirectResponse(urls.with_query(HERE, lang=request.query_params.get("lang", "")), 303, {"Cache-Control": PRIVATE})
    answer.set_cookie(WAITING, token[:100], max_age=LIFE, path=HERE, httponly=True, samesite="lax", secure=settings().secure)
    return answer


def _waiting(request: Request) -> str:
    return session.cookies(request.headers.get("cookie", "")).get(WAITING, "")


def _page(request: Request, error: TamemapError | None = None) -> Response:
    lang, credentials = language(request), credentials_of(request)
    offer = door.call(invitation_queries.look, credentials, token=_waiting(request))
    places = t("invitation.and", lang).join(offer.places)
    then = urls.with_query(HERE, lang=request.query_params.get("lang", ""))
    values: dict[str, Any] = {"offer": offer, "places": places, "me": door.call(_me, credentials), "sign_in": urls.sign_in(then)}
    return show(request, "invitation.html", title=t(f"invitation.title_{offer.kind}", lang), error=error, **values)


def _me(db: Session, actor: Actor) -> tuple[str, str]:
    return actor.name, actor.mail


@own_deed
async def answer(request: Request) -> Response:
    """Take it up (``accept`` 1), or decline."""
    sent = (await read_form(request, most_files=0)).values
    accept = sent.get("accept") == "1"
    try:
        done = await door.acall(invitations.answer, credentials_of(request), token=_waiting(request), accept=accept)
    except Forbidden as error:
        return await run_in_threadpool(_page, request, error)
    said = f"invitation_{done.kind}" if accept else "invitation_declined"
    gone = go(done.then, said=said, lang=request.query_params.get("lang", ""))
    gone.delete_cookie(WAITING, path=HERE, httponly=True, samesite="lax", secure=settings().secure)
    return gone


routes = [Route(HERE, page), Route(HERE, answer, methods=["POST"])]
