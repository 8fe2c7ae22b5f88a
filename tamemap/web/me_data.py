"""``/me/data`` and ``/me/data.zip``: taking everything along."""

from __future__ import annotations

import tempfile
from typing import IO, TYPE_CHECKING

from starlette.responses import StreamingResponse
from starlette.routing import Route

from tamemap import clock, door
from tamemap.config import settings
from tamemap.errors import NotFound
from tamemap.formats import belongings as zip_file
from tamemap.gateways import limits
from tamemap.gateways.storage import storage_from
from tamemap.i18n import t
from tamemap.queries.belongings import Belongings, belongings
from tamemap.queries.leaving import leaving_view
from tamemap.web.callers import credentials_of
from tamemap.web.own_pages import own_page, show
from tamemap.web.respond import PRIVATE, language

if TYPE_CHECKING:
    from collections.abc import Iterator

    from starlette.requests import Request
    from starlette.responses import Response

AN_HOUR = 3600
MOST = 5
PART = 256 * 1024


@own_page
def data_page(request: Request) -> Response:
    """What is in the file, and the button."""
    seen = door.call(leaving_view, credentials_of(request))
    return show(request, "me_data.html", title=t("data.title", language(request)), seen=seen)


@own_page
def data_file(request: Request) -> Response:
    """The ZIP: built in a temporary file, sent from there, and gone when it has been sent."""
    lang = language(request)
    found = door.call(belongings, credentials_of(request))
    limits.demand("belongings", f"person {found.profile.id}", amount=MOST, seconds=AN_HOUR, code="data_too_many")
    # without a name in any folder: it is gone with the answer, however that ends
    target = tempfile.TemporaryFile()  # noqa: SIM115  the answer closes it
    readme = (t("data.readme_name", lang), t("data.readme", lang, name=found.profile.name))
    zip_file.write(target, found, readme=readme, pictures=_pictures(found), at=clock.tokyo(clock.now()))
    headers = {
        "Cache-Control": PRIVATE,
        "Content-Length": str(target.tell()),
        "Content-Disposition": f'attachment; filename="tamemap-{clock.tokyo(clock.now()):%Y%m%d}.zip"',
    }
    return StreamingResponse(_parts(target), media_type="application/zip", headers=headers)


def _parts(target: IO[bytes]) -> Iterator[bytes]:
    target.seek(0)
    with target:
        while part := target.read(PART):
            yield part


def _pictures(found: Belongings) -> Iterator[tuple[str, bytes]]:
    """The pictures one after the other; one that has gone meanwhile is left out."""
    store = storage_from(settings())
    for picture in found.all_pictures:
        try:
            content = store.get(picture.stored) if picture.stored else None
        except NotFound:
            content = None
        if content is not None:
            yield picture.file, content


routes = [Route("/me/data", data_page), Route("/me/data.zip", data_file)]
