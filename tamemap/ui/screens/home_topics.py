"""Topics in a list: of a board, and about a picked flyer."""

# a Var answers to names that no type checker knows
# mypy: ignore-errors

from __future__ import annotations

import reflex as rx

from tamemap.i18n import t
from tamemap.ui.components.plain import button, icon, link, picture
from tamemap.ui.screens.home_answer import answer_badge
from tamemap.ui.screens.home_news import unread
from tamemap.ui.screens.home_state import MOST, HomeState

KINDS = "/home/kinds.svg"


def topic_list() -> rx.Component:
    """The topics of the board, or an invitation to begin."""
    return rx.cond(
        HomeState.topics.length() > 0,
        rx.fragment(
            rx.el.ul(rx.foreach(HomeState.topics, topic_item), class_name="tm-list tm-list--rows tm-home-topics"),
            rx.cond(
                HomeState.topics_next != "",
                rx.cond(
                    HomeState.topics.length() < MOST,
                    button(t("boards.more"), on_click=HomeState.more_topics),
                    link(t("boards.all"), href="/b/" + HomeState.board.slug, class_name="tm-button tm-button--secondary"),
                ),
            ),
        ),
        rx.el.div(
            icon("topic", sprite=KINDS),
            rx.el.p(t("boards.empty"), class_name="tm-empty__title"),
            rx.el.p(t("boards.empty_hint")),
            class_name="tm-empty",
        ),
    )


def kind(topic: rx.Var) -> rx.Component:
    """A topic's kind by sign and word."""
    return rx.el.span(
        icon(topic.kind, size=20, sprite=KINDS, class_name="tm-icon tm-icon--small"), topic.kind_words, class_name="tm-home-kind"
    )


def badge(row: rx.Var) -> rx.Component:
    """As what somebody writes, where that is more than a member; of a topic or a post."""
    return rx.cond(
        row.badge != "", rx.el.span(row.badge, class_name=rx.cond(row.official, "tm-badge tm-badge--staff", "tm-badge"))
    )


def cover(topic: rx.Var) -> rx.Component:
    """The cover picture of a theme, where it has one."""
    one = topic.cover
    return rx.cond(
        one.jpeg != "",
        rx.el.picture(
            rx.cond(one.avif.endswith(".avif"), rx.el.source(type="image/avif", src_set=one.avif)),
            picture(one.jpeg, alt="", width=one.width, height=one.height),
            class_name="tm-cover",
        ),
    )


def topic_item(topic: rx.Var) -> rx.Component:
    """One topic; its link is the public page, which home.js opens here instead while the socket is up."""
    return rx.el.li(
        cover(topic),
        rx.el.h3(
            link(topic.title, href=topic.url, custom_attrs={"data-tm-topic": topic.id}),
            class_name="tm-topic__title",
        ),
        rx.el.p(
            unread(topic),
            rx.cond(
                topic.pinned,
                rx.el.span(icon("pin", size=20, sprite=KINDS, class_name="tm-icon tm-icon--small"), t("boards.pinned")),
            ),
            kind(topic),
            answer_badge(topic),
            rx.el.span(topic.who, " ", badge(topic)),
            rx.el.time(topic.when, custom_attrs={"dateTime": topic.when_iso}),
            rx.cond(topic.closed, rx.el.span(t("boards.closed"))),
            rx.cond(topic.period != "", rx.el.strong(topic.period)),
            class_name="tm-topic__meta",
        ),
        rx.el.span(
            topic.count,
            rx.el.span(t("boards.posts"), class_name="tm-visually-hidden"),
            class_name="tm-topic__count",
        ),
        class_name=rx.cond(topic.kind == "theme", "tm-topic tm-topic--theme", "tm-topic")
        + rx.cond(topic.seen, " tm-topic--read", ""),
        key=topic.id,
    )
