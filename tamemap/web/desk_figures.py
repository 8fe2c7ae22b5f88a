"""``/desk/figures``: how much waits, how fast and how it was decided; as a page and as CSV."""

from __future__ import annotations

import csv
import io
from typing import TYPE_CHECKING

from starlette.responses import Response
from starlette.routing import Route

from tamemap import clock, door, urls
from tamemap.i18n import t
from tamemap.queries.care_figures import PERIODS, Figures, figures
from tamemap.web.callers import credentials_of
from tamemap.web.desk import desk_of, desk_page
from tamemap.web.own_pages import own_page
from tamemap.web.respond import PRIVATE, language

if TYPE_CHECKING:
    from starlette.requests import Request

HERE = "/desk/figures"


def _asked(request: Request) -> tuple[int, str]:
    days = request.query_params.get("days", "")
    known = {str(one): one for one in PERIODS}
    return known.get(days, PERIODS[0]), request.query_params.get("town", "")


@own_page
def page(request: Request) -> Response:
    """The figures of the viewer's towns."""
    desk, lang = desk_of(request), language(request)
    days, town = _asked(request)
    found = door.call(figures, credentials_of(request), days=days, town=town)
    return desk_page(
        request,
        "desk_figures.html",
        title=t("care.figures", lang),
        current="figures",
        desk=desk,
        typed={"town": town},
        days=days,
        sections=sections(found, lang),
        periods=[(one, urls.with_query(HERE, days=str(one), town=town)) for one in PERIODS],
        towns=[("", t("care.all", lang)), *((one.code, one.name) for one in desk.towns)],
        csv=urls.with_query(HERE + ".csv", days=str(days), town=town, lang=request.query_params.get("lang", "")),
    )


def sections(found: Figures, lang: str) -> list[tuple[str, list[tuple[str, str]]]]:
    """The figures in words: sections of items with their values."""

    def hours(value: float | None) -> str:
        if value is None:
            return t("care.none_yet", lang)
        if value < 1:
            return t("care.minutes", lang, minutes=round(value * 60))
        return t("care.hours", lang, hours=f"{value:.1f}")

    return [
        (t("care.figures_open", lang), [(t(f"care.age.{name}", lang), str(count)) for name, count in found.open]),
        (
            t("care.figures_time", lang),
            [
                (t("care.figures_decided", lang), str(found.decided)),
                (t("care.figures_median", lang), hours(found.median_hours)),
                (t("care.figures_ninety", lang), hours(found.ninety_hours)),
            ],
        ),
        (
            t("care.figures_sources", lang),
            [(t("care.source.report" if name == "report" else f"care.rules.{name}", lang), str(n)) for name, n in found.sources],
        ),
        (t("care.figures_kinds", lang), [(t(f"care.decision.{name}", lang), str(count)) for name, count in found.decisions]),
        (
            t("care.figures_objections", lang),
            [
                (t("care.figures_made", lang), str(found.objections)),
                (t("care.figures_answered", lang), str(found.answered)),
                (t("care.figures_upheld", lang), str(found.upheld)),
            ],
        ),
    ]


@own_page
def download(request: Request) -> Response:
    """The same as a file for spreadsheets (UTF-8 with BOM, CRLF)."""
    days, town = _asked(request)
    lang, out = language(request), io.StringIO()
    rows = csv.writer(out)
    rows.writerow([t("care.figures", lang), t("care.figures_what", lang), t("care.figures_count", lang)])
    for heading, items in sections(door.call(figures, credentials_of(request), days=days, town=town), lang):
        rows.writerows([heading, *item] for item in items)
    name = f"tamemap-figures-{days}-{clock.today().isoformat()}.csv"
    headers = {"Cache-Control": PRIVATE, "Content-Disposition": f'attachment; filename="{name}"', "X-Robots-Tag": "noindex"}
    return Response("\ufeff" + out.getvalue(), headers=headers, media_type="text/csv; charset=utf-8")


routes = [Route(HERE, page), Route(HERE + ".csv", download)]
