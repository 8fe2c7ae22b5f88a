"""``/me/leave``: leaving, with what happens to flyers and words; and the page that says goodbye."""

from __future__ import annotations

from typing import TYPE_CHECKING

from starlette.concurrency import run_in_threadpool
from starlette.responses import RedirectResponse
from starlette.routing import Route

from tamemap import door, urls
from tamemap.errors import Invalid, TamemapError, Unauthenticated
from tamemap.i18n import t
from tamemap.queries.leaving import leaving_view
from tamemap.services import leaving, sign_in
from tamemap.session import GUEST_COOKIE
from tamemap.web.callers import BROWSER_COOKIE, credentials_of, forget_session
from tamemap.web.forms import flag_of, read_form
from tamemap.web.own_pages import own_deed, own_page, show
from tamemap.web.respond import PRIVATE, language

if TYPE_CHECKING:
    from starlette.requests import Request
    from starlette.responses import Response

HERE = "/me/leave"
PROVE = "leave_needs_proof"


@own_page
def leave_page(request: Request) -> Response:
    """What will be erased, and the two questions."""
    return _page(request)


def _page(request: Request, *, error: TamemapError | None = None, typed: dict[str, str] | None = None) -> Response:
    seen = door.call(leaving_view, credentials_of(request))
    return show(request, "me_leave.html", title=t("leave.title", language(request)), error=error, typed=typed, seen=seen)


@own_deed
async def leave(request: Request) -> Response:
    """Erase the account; or, where somebody came in too long ago, sign out and lead back here through the sign-in page."""
    sent = (await read_form(request, most_files=0)).values
    credentials = credentials_of(request)
    if flag_of(sent, "again"):
        return await _sign_in_again(request)
    try:
        if not flag_of(sent, "sure"):
            raise Invalid.at("sure", "leave_not_sure")
        left = await door.acall(leaving.leave, credentials, flyers=sent.get("flyers", ""), posts=sent.get("posts", ""),
                                lang=language(request))  # fmt: skip
    except Invalid as error:
        return await run_in_threadpool(_page, request, error=error, typed=sent)
    except Unauthenticated as error:
        if error.code != PROVE:
            raise
        return await run_in_threadpool(_page, request, error=error, typed=sent)
    lang = request.query_params.get("lang", "")
    answer = RedirectResponse(urls.with_query("/bye", mail="1" if left.mail else "", lang=lang), 303, {"Cache-Control": PRIVATE})
    forget_session(answer)
    # with them this browser would be known again as the one that the person used
    for name in (GUEST_COOKIE, BROWSER_COOKIE):
        answer.delete_cookie(name, httponly=True, samesite="lax")
    return answer


async def _sign_in_again(request: Request) -> Response:
    credentials = credentials_of(request)
    await door.acall(sign_in.sign_out, credentials, token=credentials.session_token)
    lang = request.query_params.get("lang", "")
    answer = RedirectResponse(urls.with_query("/sign-in", then=HERE, lang=lang), 303, {"Cache-Control": PRIVATE})
    forget_session(answer)
    return answer


@own_page
def bye_page(request: Request) -> Response:
    """What happens now; for anybody, since nobody is signed in here any more."""
    mailed = bool(request.query_params.get("mail"))
    return show(request, "bye.html", title=t("leave.bye", language(request)), mailed=mailed)


routes = [Route(HERE, leave_page), Route(HERE, leave, methods=["POST"]), Route("/bye", bye_page)]
