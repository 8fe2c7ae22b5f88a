"""``/desk/care``: automatic care on a map's boards: what holds posts until staff have looked, and a box to try it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from starlette.concurrency import run_in_threadpool
from starlette.routing import Route

from tamemap import door, urls
from tamemap.domain.caring import MOST, WORD_LIMIT, WORDS_MOST, Hit
from tamemap.domain.trust import FAMILIAR, MAY, OFFICE, STEPS
from tamemap.errors import Invalid, TamemapError
from tamemap.i18n import t
from tamemap.queries.care_settings import care_desk, try_text
from tamemap.services import care_settings
from tamemap.services.care_settings import SWITCHES
from tamemap.web.callers import credentials_of
from tamemap.web.desk import desk_page
from tamemap.web.forms import read_form
from tamemap.web.own_pages import go, own_deed, own_page
from tamemap.web.respond import language

if TYPE_CHECKING:
    from collections.abc import Mapping

    from starlette.requests import Request
    from starlette.responses import Response

    from tamemap.web.forms import Sent

HERE = "/desk/care"


@own_page
def care_page(request: Request) -> Response:
    """The rules of one of the viewer's maps, and the five levels."""
    return _page(request, request.query_params.get("map", ""))


def _page(
    request: Request,
    map_slug: str,
    *,
    error: TamemapError | None = None,
    typed: Mapping[str, str] | None = None,
    on: tuple[str, ...] | None = None,
    found: tuple[Hit, ...] | None = None,
) -> Response:
    lang, now = language(request), door.call(care_desk, credentials_of(request), map_slug=map_slug)
    return desk_page(
        request,
        "desk_care.html",
        title=t("desk_care.title", lang),
        current="care",
        error=error,
        typed=typed,
        now=now,
        all_maps=[(slug, name, urls.with_query(HERE, map=slug)) for slug, name in now.maps],
        switches=[(name, name in on if on is not None else getattr(now.wishes, name)) for name in SWITCHES],
        numbers=[(name, getattr(now.wishes, name), most) for name, most in MOST.items()],
        words="\n".join(now.wishes.words),
        most=WORDS_MOST,
        limit=WORD_LIMIT,
        levels=levels(lang),
        found=found,
    )


@own_deed
async def change_or_try(request: Request) -> Response:
    """Keep the rules of a map, or (``deed`` try) say what they would do with a text."""
    sent = await read_form(request, most_files=0)
    slug = sent.values.get("map", "")
    try:
        if sent.values.get("deed") == "try":
            asked: dict[str, Any] = {"map_slug": slug, "text": sent.values.get("text", "")}
            found = await door.acall(try_text, credentials_of(request), **asked)
            return await run_in_threadpool(_page, request, slug, typed=_text(sent), found=found)
        await door.acall(
            care_settings.change,
            credentials_of(request),
            map_slug=slug,
            switches=sent.lists.get("on", ()),
            numbers=sent.values,
            words=sent.values.get("words", ""),
        )
    except Invalid as error:
        tried = sent.values.get("deed") == "try"
        typed, on = (_text(sent), None) if tried else (sent.values, sent.lists.get("on", ()))
        return await run_in_threadpool(_page, request, slug, error=error, typed=typed, on=on)
    return go(urls.with_query(HERE, map=slug), "care_set", request.query_params.get("lang", ""))


def _text(sent: Sent) -> dict[str, str]:
    return {"text": sent.values.get("text", "")}


def levels(lang: str) -> list[tuple[str, str, list[str]]]:
    """The five levels in words: the name, how one gets there, what it may do."""
    return [(f"{number} {t(f'trust.level.{number}', lang)}", _from(number, lang), _may(number, lang)) for number in MAY]


def _from(number: int, lang: str) -> str:
    if number not in STEPS:
        return t("desk_care.from.4" if number == OFFICE else "desk_care.from.0", lang)
    step = STEPS[number]
    words = t("desk_care.from.step", lang, deeds=step.deeds, days=step.days, age=step.age.days)
    return f"{words} {t('desk_care.from.proven', lang)}" if number == FAMILIAR else words


def _may(number: int, lang: str) -> list[str]:
    may = MAY[number]
    named = [name for name in ("links", "contacts", "first", "surge", "again", "words") if getattr(may, name)]
    return [
        t("desk_care.may.per_minute", lang, count=may.per_minute),
        t(f"desk_care.may.floods_{may.floods}", lang),
        *(t(f"desk_care.may.{name}", lang) for name in named),
    ]


routes = [Route(HERE, care_page), Route(HERE, change_or_try, methods=["POST"])]
