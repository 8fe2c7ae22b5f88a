"""One post: ``/b/{board}/{topic}/p/{post}`` leads to where it stands, ``…/history`` shows what it said before, and
``/posts/{post}/edit`` is where its author changes it, without script.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from starlette.concurrency import run_in_threadpool
from starlette.responses import RedirectResponse
from starlette.routing import Route

from tamemap import door, urls
from tamemap.domain.writing import reference
from tamemap.errors import Conflict, Invalid, NotFound, TamemapError
from tamemap.i18n import t
from tamemap.queries.maps import maps
from tamemap.queries.post_history import own_post, page_of_post, post_history
from tamemap.services.posts import edit_post
from tamemap.web.board_document import POSTS, said, who
from tamemap.web.callers import credentials_of
from tamemap.web.flyer_document import cache_for
from tamemap.web.forms import read_form
from tamemap.web.own_pages import go, own_deed, own_page, show
from tamemap.web.respond import document, language, page, policy
from tamemap.web.templating import Head, render

if TYPE_CHECKING:
    from collections.abc import Mapping

    from starlette.requests import Request
    from starlette.responses import Response


@page
def post_address(request: Request) -> Response:
    """On to the page of the topic on which the post stands."""
    asked = {name: reference(request.path_params[name]) for name in ("board", "topic", "post")}
    cursor = door.call(page_of_post, credentials_of(request), **asked, size=POSTS)
    kept = {name: request.query_params.get(name, "") for name in ("lang", "said")}
    there = urls.with_query(urls.topic_page(asked["board"], asked["topic"]), cursor=cursor, **kept)
    headers = {"Cache-Control": cache_for(request)}
    return RedirectResponse(f"{there}#{urls.post_anchor(asked['post'])}", 303, headers)


@page
def history_document(request: Request) -> Response:
    """All that a post said, the latest first."""
    lang = language(request)
    board, topic, post = (reference(request.path_params[name]) for name in ("board", "topic", "post"))
    found = door.call(post_history, credentials_of(request), public_id=post)
    if (found.board, found.post.topic) != (board, topic) or found.post.author is None:
        raise NotFound("post_unknown")
    body = render(
        "post_history.html",
        lang,
        head=Head(title=t("talk.history_head", lang, title=found.topic_title), index=False, place="boards"),
        maps=door.call(maps, door.GUEST),
        here_slug="",
        back_to=urls.post_page(board, topic, post),
        name=who(found.post.author, lang),
        versions=found.versions,
        said=lambda moment: said(moment, lang),
    )
    return document(request, body, policy=policy(), cache=cache_for(request), headers={"X-Robots-Tag": "noindex"})


@own_page
def edit_page(request: Request) -> Response:
    """The form with the words as they are."""
    return _edit(request)


def _edit(request: Request, *, error: TamemapError | None = None, typed: Mapping[str, str] | None = None) -> Response:
    lang = language(request)
    post = reference(request.path_params["post"])
    found = door.call(own_post, credentials_of(request), public_id=post)
    return show(
        request,
        "post_edit.html",
        title=t("talk.edit_title", lang),
        error=error,
        typed=typed,
        place="boards",
        back=(urls.post_page(found.board, found.topic, post), found.topic_title),
        post=post,
        words=found.body,
    )


@own_deed
async def change(request: Request) -> Response:
    """Change the words, and back to where the post stands."""
    sent = (await read_form(request, most_files=0)).values
    post, credentials = reference(request.path_params["post"]), credentials_of(request)
    try:
        await door.acall(edit_post, credentials, post=post, body=sent.get("body", ""))
    except (Invalid, Conflict) as error:
        return await run_in_threadpool(_edit, request, error=error, typed=sent)
    found = await door.acall(own_post, credentials, public_id=post)
    there = urls.post_page(found.board, found.topic, post)
    return go(there, said="post_changed", lang=request.query_params.get("lang", ""))


routes = [
    Route("/b/{board}/{topic}/p/{post}", post_address),
    Route("/b/{board}/{topic}/p/{post}/history", history_document),
    Route("/posts/{post}/edit", edit_page),
    Route("/posts/{post}/edit", change, methods=["POST"]),
]
