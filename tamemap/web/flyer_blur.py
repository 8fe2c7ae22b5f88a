"""``/f/{flyer}/blur``: places on a flyer's pictures made unreadable, for its poster, their group and staff. Works without script.

Each picture lies under a grid of ticks; what the reading has found has ticks of its own.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from anyio import to_thread
from starlette.concurrency import run_in_threadpool
from starlette.routing import Route

from tamemap import door, urls
from tamemap.domain.picture_edits import Edit, read_edit
from tamemap.domain.writing import reference
from tamemap.errors import Conflict, Forbidden, Gone, Invalid, NotFound, PreconditionFailed, Unauthenticated
from tamemap.gateways import limits
from tamemap.i18n import t
from tamemap.queries.flyer import flyer
from tamemap.queries.flyer_blur import ACROSS, BlurView, blurrable
from tamemap.queries.picture_edits import editable
from tamemap.services import picture_edit
from tamemap.web.callers import credentials_of
from tamemap.web.flyer_changes import version_said
from tamemap.web.forms import Sent, read_form
from tamemap.web.own_pages import go, own_deed, own_page, show
from tamemap.web.respond import language

if TYPE_CHECKING:
    from collections.abc import Iterable

    from starlette.requests import Request
    from starlette.responses import Response

    from tamemap.domain.picture_edits import Box
    from tamemap.errors import TamemapError


@own_page
def blur_page(request: Request) -> Response:
    """The pictures, what was found on them, and the places to tick."""
    return _form(request)


def _form(request: Request, *, error: TamemapError | None = None) -> Response:
    credentials, lang = credentials_of(request), language(request)
    public_id = reference(request.path_params["flyer"])
    found = door.call(flyer, credentials, public_id=public_id)
    if not found.may_change:
        raise (Forbidden("not_allowed_author") if credentials.session_token else Unauthenticated("sign_in_first"))
    return show(
        request,
        "flyer_blur.html",
        title=t("blur.title", lang),
        error=error,
        place="map",
        back=(urls.flyer_page(found.public_id), found.title),
        flyer=found,
        pictures=door.call(blurrable, credentials, public_id=public_id),
        across=ACROSS,
    )


@own_deed
async def blur(request: Request) -> Response:
    """Hide what was ticked on one picture, or show all of it again; the form comes back with the picture as it is then."""
    sent = await read_form(request, most_files=0)
    public_id, credentials = reference(request.path_params["flyer"]), credentials_of(request)
    try:
        views = await door.acall(blurrable, credentials, public_id=public_id)
        view = next((one for one in views if one.public_id == sent.values.get("picture")), None)
        if view is None:
            raise NotFound("photo_unknown")
        if view.edit is None:
            raise Gone("photo_original_gone")
        edit = _wanted(view, view.edit, sent)
        start = await door.acall(editable, credentials, public_id=view.public_id)
        prepared = None
        if start.edit != edit:
            limits.demand("photo_edits", credentials.client, amount=1200, seconds=3600, code="too_often")
            prepared = await to_thread.run_sync(lambda: picture_edit.prepare(start, edit=edit))
        version = version_said(sent.values.get("version", ""))
        await door.acall(picture_edit.keep, credentials, public_id=view.public_id, edit=edit, prepared=prepared, version=version)
    except (Invalid, Conflict, PreconditionFailed) as error:
        return await run_in_threadpool(_form, request, error=error)
    said = "unblurred" if sent.values.get("deed") == "undo" else "blurred"
    return go(urls.flyer_blur(public_id), said=said, lang=request.query_params.get("lang", ""))


def _wanted(view: BlurView, before: Edit, sent: Sent) -> Edit:
    """The edit that was asked for. Raises Invalid where nothing was ticked, and for more than a picture can hide."""
    if sent.values.get("deed") == "undo":
        return Edit(before.corners)
    try:
        found = [view.found[int(one)][1] for one in sent.lists.get("found", ())]
        ticked = sorted({int(one) for one in sent.lists.get("place", ())})
        boxes = [*found, *_joined(view, ticked)]
    except (ValueError, IndexError):
        raise Invalid("photo_changed_meanwhile") from None
    if not boxes:
        raise Invalid("blur_nothing")
    return read_edit(before.corners, [*before.blur, *boxes])


def _joined(view: BlurView, ticked: Iterable[int]) -> list[Box]:
    """Places side by side as one box, so that many fit."""
    boxes: list[Box] = []
    for number in ticked:
        left, top, wide, high = view.place(number)
        last = boxes[-1] if boxes else None
        if last and last[1] == top and abs(last[0] + last[2] - left) < 1e-9:
            boxes[-1] = (last[0], top, last[2] + wide, high)
        else:
            boxes.append((left, top, wide, high))
    return boxes


routes = [
    Route("/f/{flyer}/blur", blur_page),
    Route("/f/{flyer}/blur", blur, methods=["POST"]),
]
