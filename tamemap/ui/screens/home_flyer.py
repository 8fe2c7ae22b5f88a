"""The picked flyer beside the map: a sheet on a phone, a column on a wide screen."""

# a Var answers to names that no type checker knows
# mypy: ignore-errors

from __future__ import annotations

import reflex as rx

from tamemap.i18n import t
from tamemap.ui.components.keeping import save
from tamemap.ui.components.plain import button, category, icon, link, picture
from tamemap.ui.screens.home_state import HomeState
from tamemap.ui.screens.home_topics import topic_item


def flyer() -> rx.Component:
    """The panel. home.js opens it at once when a pin is picked, moves the focus in and back, and closes it with Esc."""
    return rx.el.aside(
        rx.el.div(
            rx.el.h2(
                rx.cond(HomeState.flyer.loaded, HomeState.flyer.title, t("flyer_panel.waiting")),
                tab_index=-1,
                class_name="tm-sheet__title",
                custom_attrs={"id": "tm-flyer-heading"},
            ),
            rx.el.button(
                icon("close"),
                type="button",
                aria_label=t("ui.close"),
                class_name="tm-button tm-button--icon tm-button--quiet tm-sheet__close",
                custom_attrs={"data-tm-put-down": ""},
            ),
            class_name="tm-sheet__head",
        ),
        rx.el.div(
            rx.cond(
                HomeState.flyer.loaded,
                _flyer(),
                rx.cond(HomeState.flyer_problem != "", _gone(), rx.cond(HomeState.flyer.id != "", _waiting())),
            ),
            class_name="tm-sheet__body",
        ),
        hidden=True,
        class_name="tm-split__flyer tm-home-flyer",
        aria_labelledby="tm-flyer-heading",
        custom_attrs={"id": "tm-flyer", "data-flyer": HomeState.flyer.id, "suppressHydrationWarning": True},
    )


def _waiting() -> rx.Component:
    return rx.el.div(
        rx.el.span(class_name="tm-skeleton tm-skeleton--picture"),
        rx.el.span(class_name="tm-skeleton tm-skeleton--text"),
        aria_hidden="true",
    )


def _gone() -> rx.Component:
    return rx.el.p(HomeState.flyer_problem, role="alert")


def _flyer() -> rx.Component:
    it = HomeState.flyer
    return rx.el.div(
        rx.cond(it.picture.jpeg != "", _picture()),
        rx.el.div(
            rx.cond(it.date.month != "", date_tab(it.date)),
            rx.el.div(
                category(it.category, it.category_words),
                rx.cond(it.date.text != "", rx.el.p(it.date.text, " ", it.date.time)),
                rx.el.p(icon("place", class_name="tm-icon tm-icon--small"), it.place),
                class_name="tm-stack tm-stack--tight",
            ),
            class_name="tm-home-when",
        ),
        rx.cond(
            it.facts.length() > 0,
            rx.el.dl(
                rx.foreach(it.facts, _fact),
                class_name="tm-facts",
            ),
        ),
        rx.el.div(
            link(icon("slip"), t("flyer_panel.page"), href=it.url, class_name="tm-button tm-button--primary"),
            rx.cond(
                it.calendar_url != "",
                link(
                    icon("calendar"), t("flyer_panel.calendar"), href=it.calendar_url, class_name="tm-button tm-button--secondary"
                ),
            ),
            save(it.id),
            class_name="tm-row",
        ),
        _to_topic(),
        _talks(),
        class_name="tm-stack",
    )


def _fact(fact: rx.Var) -> rx.Component:
    said = rx.cond(fact.url != "", link(fact.text, href=fact.url, class_name="tm-link"), fact.text)
    return rx.fragment(rx.el.dt(fact.name), rx.el.dd(said))


def _picture() -> rx.Component:
    it = HomeState.flyer
    return link(
        rx.el.picture(
            rx.el.source(custom_attrs={"srcSet": it.picture.avif, "type": "image/avif"}),
            picture(
                it.picture.jpeg,
                alt=t("flyer_panel.picture") + it.title,
                width=it.picture.width,
                height=it.picture.height,
                lazy=False,
            ),
        ),
        rx.cond(it.more_pictures > 0, rx.el.span(t("flyer_panel.more_pictures"), it.more_pictures, class_name="tm-badge")),
        href=it.url,
        class_name="tm-figure",
        key=it.id,
    )


def date_tab(date: rx.Var) -> rx.Component:
    """The date as on a calendar; the same stands beside it in a sentence."""
    return rx.el.span(
        rx.el.span(date.month, t("dates.month_mark"), class_name="tm-datetab__month"),
        rx.el.span(date.day, class_name="tm-datetab__day"),
        rx.el.span(date.weekday, class_name="tm-datetab__weekday"),
        class_name="tm-datetab tm-datetab--" + date.kind,
        aria_hidden="true",
    )


def _to_topic() -> rx.Component:
    """While a topic is being written: let the picked flyer go with it."""
    return rx.cond(
        HomeState.view == "new",
        button(icon("plus"), t("cards.to_topic"), on_click=HomeState.add_picked, custom_attrs={"data-tm-to-boards": ""}),
    )


def _talks() -> rx.Component:
    begin = rx.cond(
        HomeState.signed_in,
        button(icon("boards"), t("flyer_panel.talk"), on_click=HomeState.start_talk, custom_attrs={"data-tm-to-boards": ""}),
        link(icon("boards"), t("flyer_panel.talk"), href=HomeState.sign_in_url, class_name="tm-button tm-button--secondary"),
    )
    return rx.el.section(
        rx.el.h3(t("flyer_panel.talks")),
        rx.cond(
            HomeState.talks.length() > 0,
            rx.el.ul(rx.foreach(HomeState.talks, topic_item), class_name="tm-list tm-list--rows"),
            rx.el.p(t("flyer_panel.no_talks"), class_name="tm-muted"),
        ),
        rx.cond(HomeState.talk_board != "", begin),
        class_name="tm-stack tm-stack--tight",
    )
