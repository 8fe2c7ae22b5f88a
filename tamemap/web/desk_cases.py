"""``/desk/cases``: the queue of moderation, one case in its context, decisions one by one and in bulk, answers to objections."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from starlette.concurrency import run_in_threadpool
from starlette.routing import Route

from tamemap import door, urls
from tamemap.domain.care import AT_ONCE, DECISIONS, FINAL, RULES, SUSPENSIONS
from tamemap.domain.dates import date_label
from tamemap.domain.writing import reference
from tamemap.errors import Conflict, Forbidden, Invalid, TamemapError
from tamemap.i18n import t
from tamemap.queries import care_figures
from tamemap.queries.case_backlog import backlog
from tamemap.queries.case_looking import keys_on
from tamemap.queries.cases import STATES, case, queue
from tamemap.services import cases, objections
from tamemap.services.case_backlog import catch_up
from tamemap.web.callers import credentials_of
from tamemap.web.desk import desk_of, desk_page
from tamemap.web.desk_audit import said
from tamemap.web.desk_looking import look_words
from tamemap.web.forms import read_form
from tamemap.web.own_pages import go, own_deed, own_page
from tamemap.web.respond import language

if TYPE_CHECKING:
    from collections.abc import Mapping

    from starlette.requests import Request
    from starlette.responses import Response

HERE = "/desk/cases"
KINDS = ("flyer", "topic", "post", "group")
# what is pressed for a decision on a keyboard
KEYS = {"keep": "k", "close": "c", "hold": "h", "hide_picture": "p", "remove": "r", "warn": "w", "suspend": "s"}


@own_page
def queue_page(request: Request) -> Response:
    """What waits, the oldest first, narrowed to what is asked for."""
    if door.call(backlog, credentials_of(request)):
        door.call(catch_up, credentials_of(request))
    return _queue(request)


def _queue(request: Request, *, error: TamemapError | None = None, typed: Mapping[str, str] | None = None) -> Response:
    desk, credentials, lang = desk_of(request), credentials_of(request), language(request)
    asked = {name: request.query_params.get(name, "") for name in ("state", "town", "kind")}
    state = asked["state"] if asked["state"] in STATES else "open"
    found = door.call(queue, credentials, state=state, town=asked["town"], kind=asked["kind"])
    return desk_page(
        request,
        "desk_cases.html",
        title=t("care.title", lang),
        current="cases",
        desk=desk,
        error=error,
        typed={**asked, **(typed or {})},
        cases=found,
        state=state,
        here_again=urls.with_query(HERE, **asked, lang=request.query_params.get("lang", "")),
        states=[(one, t(f"care.state.{one}", lang)) for one in STATES],
        kinds=[("", t("care.all", lang)), *((one, t(f"care.kind.{one}", lang)) for one in KINDS)],
        towns=[("", t("care.all", lang)), *((one.code, one.name) for one in desk.towns)],
        at_once=AT_ONCE,
        keys_on=door.call(keys_on, credentials),
        scripts=("/cases.js",),
        **_choices(lang, tuple(one for one in DECISIONS if one != "hide_picture")),
        **_templates(request, lang, asked["town"]),
        said_at=lambda moment: said(moment, lang),
    )


def _choices(lang: str, decisions: tuple[str, ...]) -> dict[str, Any]:
    return {
        "decisions": [(one, t(f"care.decision.{one}", lang)) for one in decisions],
        "rules": [("", t("care.rule_none", lang)), *((one, t(f"care.rule.{one}", lang)) for one in RULES)],
        "days": [(str(one), t("care.days", lang, days=one)) for one in SUSPENSIONS],
    }


def _templates(request: Request, lang: str, town: str) -> dict[str, Any]:
    found = door.call(care_figures.templates, credentials_of(request), town=town)
    return {"templates": [("", t("care.template_none", lang)), *((one.public_id, one.name) for one in found)], "kept": found}


@own_deed
async def decide_many(request: Request) -> Response:
    """Decide the chosen cases."""
    sent = await read_form(request, most_files=0)
    try:
        done = await _decide(request, sent.values, sent.lists.get("case", ()))
    except (Invalid, Conflict) as error:
        return await run_in_threadpool(_queue, request, error=error, typed=sent.values)
    asked = {name: request.query_params.get(name, "") for name in ("state", "town", "kind")}
    return go(urls.with_query(HERE, **asked), said=done, lang=request.query_params.get("lang", ""))


async def _decide(request: Request, sent: Mapping[str, str], public_ids: tuple[str, ...]) -> str:
    """Do it; what is to be said about it. A template's words are taken where there are no others."""
    words = sent.get("words", "")
    if not words.strip() and sent.get("template"):
        kept = await door.acall(care_figures.templates, credentials_of(request))
        words = next((one.words for one in kept if one.public_id == sent["template"]), "")
    days = sent.get("days", "")
    done = await door.acall(
        cases.decide,
        credentials_of(request),
        public_ids=public_ids,
        decision=sent.get("decision", ""),
        rule=sent.get("rule", ""),
        words=words,
        days=int(days) if days.isascii() and days.isdigit() and len(days) < 4 else None,
        picture=sent.get("picture", ""),
    )
    if done.refused:
        return "case_some"
    return "case_kept" if sent.get("decision") == "keep" else "case_decided"


@own_page
def case_page(request: Request) -> Response:
    """One case; that the viewer looks at it is shown to the others."""
    public_id = reference(request.path_params["case"])
    return _case(request, public_id)


def _case(
    request: Request, public_id: str, *, error: TamemapError | None = None, typed: Mapping[str, str] | None = None
) -> Response:
    lang = language(request)
    seen = door.call(cases.look, credentials_of(request), public_id=public_id)
    found = door.call(case, credentials_of(request), public_id=public_id)
    return desk_page(
        request,
        "desk_case.html",
        title=found.thing.title or t("care.no_title", lang),
        current="cases",
        error=error,
        typed=typed,
        case=found,
        keys=KEYS if door.call(keys_on, credentials_of(request)) else {},
        seen=look_words(seen, lang),
        final=FINAL,
        scripts=("/cases.js",),
        **_choices(lang, found.choices),
        keys_said="・".join(KEYS[one].upper() for one in found.choices),
        when_of=lambda when: f"{label.text} {label.time}" if (label := date_label(when, lang)) else "",
        **_templates(request, lang, found.municipality_code),
        said_at=lambda moment: said(moment, lang),
    )


@own_deed
async def decide_one(request: Request) -> Response:
    """Decide this case, take a decision back, or answer an objection."""
    sent = (await read_form(request, most_files=0)).values
    public_id, deed = reference(request.path_params["case"]), sent.get("deed", "")
    lang = request.query_params.get("lang", "")
    try:
        if deed == "undo":
            await door.acall(cases.undo, credentials_of(request), decision=sent.get("made", ""))
            return go(f"{HERE}/{public_id}", said="case_undone", lang=lang)
        if deed == "answer":
            wish = {"decision": sent.get("made", ""), "outcome": sent.get("outcome", ""), "words": sent.get("words", "")}
            await door.acall(objections.answer, credentials_of(request), **wish)
            return go(f"{HERE}/{public_id}", said="objection_answered", lang=lang)
        done = await _decide(request, sent, (public_id,))
    except (Invalid, Conflict) as error:
        return await run_in_threadpool(_case, request, public_id, error=error, typed=sent)
    except Forbidden as error:
        if error.code != "objection_other_needed":
            raise
        return await run_in_threadpool(_case, request, public_id, error=error, typed=sent)
    return go(HERE, said=done, lang=lang)


routes = [
    Route(HERE, queue_page),
    Route(HERE, decide_many, methods=["POST"]),
    Route(HERE + "/{case}", case_page),
    Route(HERE + "/{case}", decide_one, methods=["POST"]),
]
