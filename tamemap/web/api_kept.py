"""``POST /api/v1/kept``: a phone asks which of the things that it has kept must leave it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from tamemap import door, session
from tamemap.domain.writing import reference
from tamemap.errors import Invalid
from tamemap.gateways import limits
from tamemap.queries.kept import standing
from tamemap.urls import API
from tamemap.web.callers import client_of, credentials_of
from tamemap.web.forms import read_object
from tamemap.web.once import PRIVATE

if TYPE_CHECKING:
    from starlette.requests import Request

MOST = 500


async def kept(request: Request) -> Response:
    """
    summary: Which of these flyers, topics and pictures a guest can still see; a phone asks it for what it keeps for bad reception
    requestBody:
      content:
        application/json:
          schema:
            type: object
            properties:
              ids: {type: array, maxItems: 500, items: {type: string}, description: of flyers and topics}
              pictures: {type: array, maxItems: 500, items: {type: string}, description: "names, as in `/p/{name}/…`"}
    responses:
      200:
        description: >-
          `{standing, pictures, who}`. `standing` says for each id when it last changed; an id that is missing has left,
          was never there or was never to be seen. `who` is empty for a guest, else a mark that changes with the person.
      422: {description: too many or broken}
      429: {description: too often}
    """
    # many phones share the address of their telephone company
    limits.demand("kept", client_of(request), amount=3000, seconds=600, code="too_often")
    data = await read_object(request)
    ids, pictures = _names(data, "ids"), _names(data, "pictures")
    found = await door.acall(standing, credentials_of(request), ids=ids, pictures=pictures)
    who = session.hashed(f"kept:{found.person_id}")[:16] if found.person_id is not None else ""
    # to the microsecond: a copy fetched within the same second may be of before or of after
    things = {name: changed.isoformat() for name, changed in found.things.items()}
    return JSONResponse({"standing": things, "pictures": list(found.pictures), "who": who}, headers=PRIVATE)


def _names(data: dict[str, Any], field: str) -> tuple[str, ...]:
    """A list of references. Raises Invalid at the field: ``list_wrong`` for anything else, and for too many."""
    sent = data.get(field, [])
    if not isinstance(sent, list) or len(sent) > MOST or not all(isinstance(one, str) for one in sent):
        raise Invalid.at(field, "list_wrong", limit=MOST)
    return tuple(filter(None, map(reference, sent)))


routes = [Route(f"{API}/kept", kept, methods=["POST"])]
