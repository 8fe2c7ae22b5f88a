"""``/desk/audit``: the audit trail for leads and operators, as sentences and as CSV."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from starlette.responses import Response, StreamingResponse
from starlette.routing import Route

from tamemap import clock, door, urls
from tamemap.domain.dates import day_words
from tamemap.errors import Invalid
from tamemap.formats import audit_csv
from tamemap.i18n import t, words
from tamemap.queries import audit
from tamemap.services import audit as audit_services
from tamemap.web.audit_words import plain_sentence, sentence
from tamemap.web.callers import credentials_of
from tamemap.web.desk import desk_of, desk_page
from tamemap.web.own_pages import own_page
from tamemap.web.respond import PRIVATE, language

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import datetime

    from starlette.requests import Request

    from tamemap.door import Credentials
    from tamemap.queries.audit import EntryView, Wanted

FIELDS = ("person", "verb", "thing", "town", "since", "until")
PIECE = 500


@own_page
def page(request: Request) -> Response:
    """The trail, the newest first, narrowed to what is asked for."""
    desk, credentials, lang = desk_of(request), credentials_of(request), language(request)
    asked = {name: value for name in FIELDS if (value := request.query_params.get(name, "").strip())}
    choices = door.call(audit.choices, credentials)
    error, wanted = None, audit.Wanted()
    try:
        wanted = audit.wanted_of(asked)
    except Invalid as wrong:
        error = wrong
    found = door.call(audit.entries, credentials, wanted=wanted, cursor=request.query_params.get("cursor", ""))
    people = [("", t("audit.all", lang)), *((one, name or t("audit.left_person", lang)) for one, name in choices.people)]
    return desk_page(
        request,
        "desk_audit.html",
        title=t("audit.title", lang),
        current="audit",
        desk=desk,
        error=error,
        typed=asked,
        entries=[_row(view, lang) for view in found.items],
        asked=asked,
        csv=urls.with_query("/desk/audit.csv", **asked, lang=request.query_params.get("lang", "")),
        older=urls.with_query("/desk/audit", **asked, cursor=found.next) if found.next else "",
        people=people,
        verbs=[("", t("audit.all", lang)), *sorted(((one, _verb(one, lang)) for one in choices.verbs), key=lambda one: one[1])],
        towns=[("", t("audit.all", lang)), *((town.code, town.name) for town in desk.towns)],
    )


def _verb(verb: str, lang: str) -> str:
    """A verb in a list of wishes: its words without who did it."""
    said_of_all = words(lang).get(f"audit.verb.{verb}", verb).format(who="", thing="…")
    return said_of_all.removeprefix(t("audit.choice_lead", lang)).strip()


def _row(view: EntryView, lang: str) -> dict[str, object]:
    return {
        "at": clock.tokyo(view.at).isoformat(timespec="seconds"),
        "when": said(view.at, lang),
        "sentence": sentence(view, lang),
    }


def said(moment: datetime, lang: str) -> str:
    """11月22日（日） 12:00."""
    local = clock.tokyo(moment)
    return f"{day_words(local.date(), lang)} {local.hour}:{local.minute:02d}"


@own_page
def download(request: Request) -> Response:
    """All that fits the wishes, as a file. That it was taken along is written down first."""
    wanted, credentials = audit.wanted_of(request.query_params), credentials_of(request)
    door.call(audit_services.take_along, credentials, wanted=wanted)
    name = f"tamemap-audit-{clock.today().isoformat()}.csv"
    headers = {"Cache-Control": PRIVATE, "Content-Disposition": f'attachment; filename="{name}"', "X-Robots-Tag": "noindex"}
    rows = _rows(credentials, wanted, language(request))
    return StreamingResponse(audit_csv.pieces(rows), headers=headers, media_type=audit_csv.MEDIA_TYPE)


def _rows(credentials: Credentials, wanted: Wanted, lang: str) -> Iterator[tuple[str, ...]]:
    """The rows, some hundred at a time; each time it is asked anew whether the reader may."""
    cursor: str | None = ""
    while cursor is not None:
        found = door.call(audit.entries, credentials, wanted=wanted, limit=PIECE, cursor=cursor)
        for view in found.items:
            yield _cells(view, lang)
        cursor = found.next


def _cells(view: EntryView, lang: str) -> tuple[str, ...]:
    return (
        clock.tokyo(view.at).isoformat(timespec="seconds"),
        plain_sentence(view, lang),
        view.name or t("audit.system" if view.kind == "system" else "audit.left_person", lang),
        t(f"audit.kind.{view.kind}", lang),
        view.place,
        view.department,
        view.token,
        view.verb,
        view.thing.kind,
        view.thing.id,
        view.thing.name,
        json.dumps(view.detail, ensure_ascii=False, sort_keys=True) if view.detail else "",
    )


routes = [
    Route("/desk/audit", page),
    Route("/desk/audit.csv", download),
]
