"""What all documents of the desk share: the viewer's towns, and a navigation that shows what they may do."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from tamemap import door
from tamemap.queries import staff
from tamemap.web.callers import credentials_of
from tamemap.web.own_pages import show

if TYPE_CHECKING:
    from collections.abc import Mapping

    from starlette.requests import Request
    from starlette.responses import Response

    from tamemap.errors import TamemapError


def desk_of(request: Request) -> staff.Desk:
    """The viewer's towns and pages. Raises Unauthenticated, Forbidden for those who have no desk."""
    return door.call(staff.desk, credentials_of(request))


def desk_page(
    request: Request,
    template: str,
    *,
    title: str,
    current: str,
    desk: staff.Desk | None = None,
    error: TamemapError | None = None,
    typed: Mapping[str, str] | None = None,
    wide: bool = True,
    **values: Any,
) -> Response:
    """A page of the desk, as ``own_pages.show``; the template gets besides ``values``: ``desk`` (``queries.staff.Desk``) and
    ``desk_current``, for ``{% from "_desk_nav.html" import desk_nav with context %}{{ desk_nav() }}``.

    ``current`` is a name of ``queries.staff.PAGES``. Raises as ``desk_of``.
    """
    found = desk or desk_of(request)
    return show(request, template, title=title, error=error, typed=typed, desk=found, desk_current=current, wide=wide, **values)
