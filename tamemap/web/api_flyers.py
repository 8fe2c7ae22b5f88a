"""``/api/v1/flyers``: posting, changing, the one tick, taking back; and what staff decide."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlalchemy.exc import IntegrityError
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from tamemap import door, urls
from tamemap.gateways import limits
from tamemap.queries import flyer as flyer_queries
from tamemap.queries.history import history
from tamemap.services import decisions, flyer_words, flyers, pictures, posting
from tamemap.urls import API
from tamemap.web.api_photos import prepared_photo
from tamemap.web.callers import credentials_of, remember_guest, with_guest_key
from tamemap.web.flyer_changes import hidden_of, version_of, words_of
from tamemap.web.forms import Sent, flag_of, read_form, read_object, text_of, too_many_photos
from tamemap.web.problems import language
from tamemap.web.serial import flyer_json, moment, placement_json

if TYPE_CHECKING:
    from starlette.requests import Request

    from tamemap.door import Credentials

PRIVATE = {"Cache-Control": "private, no-store"}
FIELDS = ("title", "body", "category", "starts_at", "ends_at", "venue", "address", "fee", "phone", "organiser", "url")


async def post_flyer(request: Request) -> Response:
    """
    summary: Put a flyer on the map of the town that its place lies in
    parameters:
      - {in: header, name: Idempotency-Key, schema: {type: string, maxLength: 200}}
      - in: header
        name: Tamemap-Person
        description: "whose it is: the `id` of /me, or `guest`; 409 `written_by_another` when somebody else is signed in"
        schema: {type: string}
    requestBody:
      content:
        multipart/form-data:
          schema:
            type: object
            required: [title, category, lat, lng, may_post]
            properties:
              photo: {type: array, maxItems: 4, items: {type: string, format: binary}}
              photo_id: {type: array, maxItems: 4, items: {type: string}, description: photos sent before}
              map: {type: string, description: where the poster looked; the place decides}
              lat: {type: number}
              lng: {type: number}
              title: {type: string, maxLength: 80}
              body: {type: string, maxLength: 4000}
              category: {type: string}
              starts_at: {type: string, description: "ISO 8601 with offset, or a date for all-day"}
              ends_at: {type: string}
              venue: {type: string}
              address: {type: string}
              fee: {type: string}
              phone: {type: string}
              organiser: {type: string}
              url: {type: string}
              hidden_outside: {type: array, items: {type: string}, description: fields that only residents see}
              outside: {type: boolean, description: also on the regional map}
              group: {type: string, description: "the slug of the group in whose name it stands, of which the poster is a member"}
              may_post: {type: boolean, description: the poster may put this flyer up}
              unseen: {type: boolean, description: nobody has seen what was read from the photos}
    responses:
      201: {description: "`{id, url, placements, notes}`"}
      401: {description: guests may not post there}
      403: {description: "not your group, or proof of residence is needed"}
      409: {description: "the key came with another body, or it is another person's"}
      413: {description: too large}
      415: {description: no picture}
      422: {description: fields to be mended}
      429: {description: too often}
    """
    credentials, new_key = with_guest_key(credentials_of(request), request.headers.get("idempotency-key", ""))
    sent = await read_form(request)
    submission = _submission(sent, request.headers.get("idempotency-key", ""), request.headers.get("tamemap-person", "")[:40])
    posted = await _submitted(credentials, submission, sent.files.get("photo", ()))
    data = {
        "id": posted.public_id,
        "url": urls.absolute(urls.flyer_page(posted.public_id)),
        "placements": [placement_json(one) for one in posted.placements],
        "notes": list(posted.notes),
    }
    answer = JSONResponse(data, 201, PRIVATE | {"Location": urls.flyer_page(posted.public_id)})
    remember_guest(answer, new_key)
    return answer


def _submission(sent: Sent, key: str, who: str) -> posting.Submission:
    names = tuple(name for value in sent.lists.get("hidden_outside", ()) for name in value.split(","))
    return posting.Submission(
        raw={name: sent.values[name] for name in (*FIELDS, "lat", "lng") if name in sent.values},
        picture_ids=tuple(one for one in sent.lists.get("photo_id", ()) if one)[: pictures.MOST + 1],
        hidden=names,
        outside=flag_of(dict(sent.values), "outside"),
        may_post=flag_of(dict(sent.values), "may_post"),
        map_slug=sent.values.get("map", "").strip(),
        group=sent.values.get("group", "").strip(),
        key=key,
        body_hash=sent.body_hash(),
        who=who,
        unseen=flag_of(dict(sent.values), "unseen"),
    )


async def _submitted(credentials: Credentials, submission: posting.Submission, photos: tuple[bytes, ...]) -> flyers.Posted:
    """Post once: an answer given before is given again without decoding anything."""
    if submission.key:
        known = await door.acall(
            posting.answer_of, credentials, key=submission.key, body_hash=submission.body_hash, who=submission.who
        )
        if known is not None:
            return known
    limits.demand("flyers", credentials.client, amount=600, seconds=3600, code="too_often")
    if len(photos) + len(submission.picture_ids) > pictures.MOST:
        raise too_many_photos()
    # what is wrong with the words is said before a second is spent on the pictures
    await door.acall(flyers.check, credentials, raw=submission.raw, hidden=submission.hidden, may_post=submission.may_post,
                     map_slug=submission.map_slug, group=submission.group,
                     pictures_count=len(photos) + len(submission.picture_ids))  # fmt: skip
    prepared = tuple([await prepared_photo(data) for data in photos])
    submission = posting.with_pictures(submission, prepared)
    try:
        return await door.acall(posting.submit, credentials, submission=submission)
    except IntegrityError:
        # the same request arrived twice at the same moment; the other one was first, and its answer stands
        return await door.acall(posting.submit, credentials, submission=submission)


async def show_flyer(request: Request) -> Response:
    """
    summary: The face of a flyer that the viewer may see
    responses: {200: {description: Flyer}, 404: {description: no such flyer}, 410: {description: taken down}}
    """
    view = await door.acall(flyer_queries.flyer, credentials_of(request), public_id=request.path_params["id"])
    return _flyer_answer(request, view)


def _flyer_answer(request: Request, view: flyer_queries.FlyerView) -> Response:
    return JSONResponse(flyer_json(view, language(request)), headers=PRIVATE | {"ETag": f'"v{view.version}"'})


async def change_flyer(request: Request) -> Response:
    """
    summary: Change some of a flyer's fields
    description: >-
      `words` is a list with what stands on each picture, in their order (or one text for the first): the text alternative.
    parameters: [{in: header, name: If-Match, schema: {type: string}}]
    responses:
      200: {description: Flyer}
      401: {description: sign in}
      403: {description: not yours}
      404: {description: no such flyer}
      410: {description: taken down}
      412: {description: changed meanwhile}
      422: {description: fields to be mended}
    """
    data = await read_object(request)
    raw = {name: text_of(data, name) for name in (*FIELDS, "lat", "lng") if name in data}
    view = await door.acall(
        flyer_words.change,
        credentials_of(request),
        public_id=request.path_params["id"],
        raw=raw,
        words=words_of(data),
        hidden=hidden_of(data),
        version=version_of(request),
        group=text_of(data, "group") if "group" in data else None,
    )
    return _flyer_answer(request, view)


async def delete_flyer(request: Request) -> Response:
    """
    summary: Take a flyer away from every map and page
    parameters:
      - {in: header, name: If-Match, schema: {type: string}}
      - {in: query, name: reason, description: "staff's, as well in the body; its poster is told", schema: {type: string}}
    responses:
      204: {description: gone everywhere}
      401: {description: sign in}
      403: {description: not yours}
      404: {description: no such flyer}
      410: {description: gone before}
      412: {description: changed meanwhile}
    """
    data = dict(request.query_params) | await read_object(request)
    await door.acall(
        flyers.delete,
        credentials_of(request),
        public_id=request.path_params["id"],
        version=version_of(request),
        reason=decisions.checked_reason(text_of(data, "reason")),
    )
    return Response(status_code=204)


async def set_outside(request: Request) -> Response:
    """
    summary: The one tick, afterwards too
    responses:
      200: {description: Flyer}
      401: {description: sign in}
      403: {description: not yours}
      404: {description: no such flyer}
      409: {description: recalled by staff}
      410: {description: taken down}
    """
    view = await door.acall(
        flyers.set_outside,
        credentials_of(request),
        public_id=request.path_params["id"],
        outside=request.method == "PUT",
    )
    return _flyer_answer(request, view)


async def show_history(request: Request) -> Response:
    """
    summary: Who changed a flyer's standing, when and why, for its poster and staff
    responses: {200: {description: "`{items: [Change]}`"}, 404: {description: not for you}}
    """
    steps = await door.acall(history, credentials_of(request), public_id=request.path_params["id"])
    items = [
        {
            "map": step.map_name,
            "from": step.from_state or None,
            "to": step.to_state,
            "by": step.actor_name,
            "as": step.actor_kind,
            "reason": step.reason,
            "at": moment(step.changed_at),
        }
        for step in steps
    ]
    return JSONResponse({"items": items}, headers=PRIVATE)


async def decide(request: Request) -> Response:
    """
    summary: Staff let a flyer up, recall it or delete it
    requestBody:
      content:
        application/json:
          schema:
            type: object
            properties:
              placement: {enum: [resident, outside, all]}
              decision: {enum: [up, recall, delete]}
              reason: {type: string}
    responses:
      200: {description: "`{id, decision, placements}`"}
      401: {description: sign in}
      403: {description: not your town}
      404: {description: no such flyer}
      409: {description: nothing to decide}
      410: {description: deleted}
      422: {description: a reason is missing}
    """
    data = await read_object(request)
    decided = await door.acall(
        decisions.decide,
        credentials_of(request),
        public_id=request.path_params["id"],
        decision=text_of(data, "decision"),
        placement=text_of(data, "placement") or "all",
        reason=text_of(data, "reason"),
    )
    placements = [placement_json(one) for one in decided.placements]
    return JSONResponse({"id": decided.public_id, "decision": decided.decision, "placements": placements}, headers=PRIVATE)


routes = [
    Route(f"{API}/flyers", post_flyer, methods=["POST"]),
    Route(f"{API}/flyers/{{id}}", show_flyer),
    Route(f"{API}/flyers/{{id}}", change_flyer, methods=["PATCH"]),
    Route(f"{API}/flyers/{{id}}", delete_flyer, methods=["DELETE"]),
    Route(f"{API}/flyers/{{id}}/outside", set_outside, methods=["PUT", "DELETE"]),
    Route(f"{API}/flyers/{{id}}/history", show_history),
    Route(f"{API}/desk/flyers/{{id}}/decision", decide, methods=["POST"]),
]
