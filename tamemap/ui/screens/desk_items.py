"""What lies on the desk: flyers with picture, place and poster; reports; the form for a reason."""

# a Var answers to names that no type checker knows
# mypy: ignore-errors

from __future__ import annotations

import reflex as rx

from tamemap.i18n import t
from tamemap.ui.components.plain import button, field, icon, invalid, link, picture, problem
from tamemap.ui.screens.desk_state import REASONS, DeskState
from tamemap.ui.screens.me_flyers import own_facts, stand


def flyer_list() -> rx.Component:
    """The flyers of the queue, and the bar for several."""
    return rx.cond(
        DeskState.flyers.length() > 0,
        rx.fragment(
            rx.el.label(
                rx.el.input(
                    type="checkbox",
                    checked=DeskState.chosen.length() == DeskState.flyers.length(),
                    on_change=DeskState.choose_all,
                ),
                rx.el.span(t("desk.choose_all")),
                class_name="tm-check",
            ),
            rx.el.ul(rx.foreach(DeskState.flyers, _item), class_name="tm-list tm-desk-list"),
            rx.cond(DeskState.chosen.length() > 0, _bar()),
        ),
        _empty(),
    )


def _empty() -> rx.Component:
    return rx.el.div(
        icon("check"),
        rx.match(
            DeskState.tab,
            ("held", rx.el.p(t("desk.empty_held"), class_name="tm-empty__title")),
            ("reports", rx.el.p(t("desk.empty_reports"), class_name="tm-empty__title")),
            rx.el.p(t("desk.empty"), class_name="tm-empty__title"),
        ),
        class_name="tm-empty",
    )


def _item(flyer: rx.Var) -> rx.Component:
    return rx.el.li(
        rx.el.label(
            rx.el.input(
                type="checkbox",
                checked=DeskState.chosen.contains(flyer.id),
                on_change=lambda on: DeskState.choose(flyer.id, on),
            ),
            rx.el.span(t("desk.choose"), flyer.title, class_name="tm-visually-hidden"),
            class_name="tm-check",
        ),
        link(
            rx.el.picture(
                rx.el.source(custom_attrs={"srcSet": flyer.thumb.avif}),
                picture(
                    flyer.thumb.jpeg,
                    alt=t("desk.picture") + flyer.title,
                    width=flyer.thumb.width,
                    height=flyer.thumb.height,
                    class_name="tm-desk-item__picture",
                ),
            ),
            href=flyer.url,
            custom_attrs={"target": "_blank"},
        ),
        _body(flyer),
        _deeds(flyer),
        rx.cond(DeskState.opened == flyer.id, _case(flyer)),
        class_name="tm-desk-item",
        tab_index=-1,
        custom_attrs={"data-tm-item": flyer.id},
        key=flyer.id,
    )


def _body(flyer: rx.Var) -> rx.Component:
    return rx.el.div(
        rx.el.h2(flyer.title, class_name="tm-h3"),
        own_facts(flyer),
        rx.el.p(
            rx.el.span(flyer.town),
            rx.el.span(t("desk.poster"), flyer.poster),
            rx.el.span(t("desk.created"), flyer.created),
            rx.cond(flyer.outside, rx.el.span(t("desk.wants_outside"), class_name="tm-badge")),
            class_name="tm-own__facts tm-muted",
        ),
        rx.el.ul(rx.foreach(flyer.stands, stand), class_name="tm-plain-list"),
        rx.el.button(
            icon("list"),
            t("desk.case"),
            type="button",
            aria_expanded=(DeskState.opened == flyer.id).to_string(),
            class_name="tm-button tm-button--quiet tm-button--small",
            on_click=DeskState.open_case(flyer.id),
        ),
        class_name="tm-desk-item__body tm-stack tm-stack--tight",
    )


def _deeds(flyer: rx.Var) -> rx.Component:
    """What can be decided; which of them the state of the flyer allows, the service says."""
    up = button(icon("check"), t("desk.up"), kind="primary", small=True, on_click=DeskState.put_up([flyer.id]),
                custom_attrs={"data-tm-key": "u"})  # fmt: skip
    recall = button(icon("undo"), t("desk.recall"), small=True, on_click=DeskState.ask_reason("recall", [flyer.id]),
                    custom_attrs={"data-tm-key": "r"})  # fmt: skip
    delete = button(icon("trash"), t("desk.delete"), kind="danger", small=True,
                    on_click=DeskState.ask_reason("delete", [flyer.id]))  # fmt: skip
    return rx.el.div(
        rx.cond(DeskState.tab != "up", up),
        rx.cond(DeskState.tab != "recalled", recall),
        delete,
        class_name="tm-desk-item__actions",
        role="group",
        aria_label=flyer.title,
    )


def _case(flyer: rx.Var) -> rx.Component:
    """All facts, the place on the map, the history."""
    return rx.el.div(
        rx.el.dl(
            rx.foreach(
                DeskState.facts,
                lambda fact: rx.fragment(
                    rx.el.dt(fact.name),
                    rx.el.dd(
                        fact.text, rx.cond(fact.residents_only, rx.el.span(" ", t("desk.residents_only"), class_name="tm-badge"))
                    ),
                ),
            ),
            class_name="tm-facts",
        ),
        rx.el.iframe(src=flyer.map_url, title=t("desk.map"), loading="lazy", class_name="tm-desk-map"),
        rx.el.h3(t("desk.history")),
        rx.el.ol(
            rx.foreach(
                DeskState.steps,
                lambda step: rx.el.li(
                    rx.el.p(step.text),
                    rx.cond(step.reason != "", rx.el.p(t("me.reason"), step.reason)),
                    rx.el.p(step.when, class_name="tm-muted"),
                ),
            ),
            class_name="tm-history",
        ),
        class_name="tm-desk-case tm-stack",
    )


def _bar() -> rx.Component:
    ids = DeskState.chosen
    return rx.el.div(
        rx.el.p(DeskState.chosen.length(), t("desk.chosen")),
        rx.cond(
            DeskState.tab != "up", button(icon("check"), t("desk.up"), kind="primary", small=True, on_click=DeskState.put_up(ids))
        ),
        rx.cond(DeskState.tab != "recalled", button(t("desk.recall"), small=True, on_click=DeskState.ask_reason("recall", ids))),
        button(t("desk.delete"), kind="danger", small=True, on_click=DeskState.ask_reason("delete", ids)),
        button(t("desk.choose_none"), kind="quiet", small=True, on_click=DeskState.choose_all(False)),
        class_name="tm-desk-bar",
        role="region",
        aria_label=t("desk.several_at_once"),
    )


def report_list() -> rx.Component:
    """What somebody pointed at."""
    return rx.cond(
        DeskState.reports.length() > 0,
        rx.el.ul(rx.foreach(DeskState.reports, _report), class_name="tm-list tm-list--rows tm-box"),
        _empty(),
    )


def _report(report: rx.Var) -> rx.Component:
    return rx.el.li(
        rx.el.h2(
            rx.el.span(report.thing, class_name="tm-badge"),
            " ",
            rx.cond(report.url != "", link(report.title, href=report.url), rx.el.span(t("desk.report_gone"))),
            class_name="tm-h3",
        ),
        rx.cond(report.excerpt != "", rx.el.blockquote(report.excerpt, class_name="tm-muted")),
        rx.el.p(t("desk.report_reason"), report.reason),
        rx.cond(report.words != "", rx.el.p(t("desk.report_words"), report.words)),
        rx.el.p(report.town, " ", report.when, class_name="tm-muted"),
        rx.el.div(button(icon("check"), t("desk.report_close"), small=True, on_click=DeskState.close_report(report.id))),
        class_name="tm-notice tm-stack tm-stack--tight",
        key=report.id,
    )


def reason_dialog() -> rx.Component:
    """The reason for recalling or deleting; its poster reads it."""
    return rx.cond(
        DeskState.asking != "",
        rx.el.dialog(
            rx.el.form(
                rx.el.h2(
                    rx.cond(DeskState.asking == "delete", t("desk.delete_heading"), t("desk.recall_heading")),
                    custom_attrs={"id": "tm-reason-heading"},
                ),
                rx.el.p(DeskState.asked_title),
                problem(DeskState.problem),
                rx.el.div(
                    *(_template(name) for name in REASONS),
                    class_name="tm-chips",
                    role="group",
                    aria_label=t("desk.templates"),
                ),
                field(t("desk.reason"), _reason(), name="reason", wrong=DeskState.wrong, hint=t("desk.reason_hint")),
                rx.el.div(
                    button(t("desk.stop"), on_click=DeskState.stop_asking, custom_attrs={"data-tm-close": ""}),
                    rx.cond(
                        DeskState.asking == "delete",
                        button(icon("trash"), t("desk.delete"), type="submit", kind="danger"),
                        button(icon("undo"), t("desk.recall"), type="submit", kind="primary"),
                    ),
                    class_name="tm-dialog__actions",
                ),
                on_submit=DeskState.decide,
                no_validate=True,
                class_name="tm-stack",
            ),
            class_name="tm-dialog",
            aria_labelledby="tm-reason-heading",
            custom_attrs={"data-tm-modal": ""},
        ),
    )


def _template(name: str) -> rx.Component:
    """A prepared reason; assets/home/desk.js puts its words into the field, behind what stands there."""
    return rx.el.button(
        t(f"desk.short_{name}"), type="button", class_name="tm-chip", custom_attrs={"data-tm-insert": t(f"desk.reason_{name}")}
    )


def _reason() -> rx.Component:
    return rx.el.textarea(
        name="reason",
        rows="4",
        class_name="tm-textarea",
        aria_invalid=invalid(DeskState.wrong, "reason"),
    )
