"""``/f/{flyer}/words``: correcting what stands on a flyer's pictures, for its poster, their group and staff."""

from __future__ import annotations

from typing import TYPE_CHECKING

from starlette.concurrency import run_in_threadpool
from starlette.routing import Route

from tamemap import door, urls
from tamemap.domain.writing import reference
from tamemap.errors import Conflict, Forbidden, Invalid, PreconditionFailed, Unauthenticated
from tamemap.i18n import t
from tamemap.queries.flyer import flyer
from tamemap.services.flyer_words import change
from tamemap.web.callers import credentials_of
from tamemap.web.flyer_changes import version_said
from tamemap.web.forms import read_form
from tamemap.web.own_pages import go, own_deed, own_page, show
from tamemap.web.respond import language

if TYPE_CHECKING:
    from collections.abc import Mapping

    from starlette.requests import Request
    from starlette.responses import Response

    from tamemap.errors import TamemapError


@own_page
def words_page(request: Request) -> Response:
    """The form with the texts as they are, a picture beside each."""
    return _form(request)


def _form(request: Request, *, error: TamemapError | None = None, typed: Mapping[str, str] | None = None) -> Response:
    credentials, lang = credentials_of(request), language(request)
    found = door.call(flyer, credentials, public_id=reference(request.path_params["flyer"]))
    if not found.may_change:
        raise (Forbidden("not_allowed_author") if credentials.session_token else Unauthenticated("sign_in_first"))
    return show(
        request,
        "flyer_words.html",
        title=t("words.title", lang),
        error=error,
        typed=typed,
        place="map",
        back=(urls.flyer_page(found.public_id), found.title),
        flyer=found,
    )


@own_deed
async def change_words(request: Request) -> Response:
    """Write the texts, and back to the flyer, where they stand."""
    sent = (await read_form(request, most_files=0)).values
    public_id, credentials = reference(request.path_params["flyer"]), credentials_of(request)
    try:
        found = await door.acall(flyer, credentials, public_id=public_id)
        words = [sent.get(f"words-{one.public_id}", one.words) for one in found.pictures]
        version = version_said(sent.get("version", ""))
        await door.acall(change, credentials, public_id=public_id, raw={}, words=words, version=version)
    except (Invalid, Conflict, PreconditionFailed) as error:
        return await run_in_threadpool(_form, request, error=error, typed=sent)
    return go(urls.flyer_page(public_id), lang=request.query_params.get("lang", ""))


routes = [
    Route("/f/{flyer}/words", words_page),
    Route("/f/{flyer}/words", change_words, methods=["POST"]),
]
