"""まえに来たときから: what is new for somebody who comes back, above the list of topics; and the buttons to follow."""

# a Var answers to names that no type checker knows
# mypy: ignore-errors

from __future__ import annotations

import reflex as rx

from tamemap.i18n import t
from tamemap.ui.components.plain import button, icon, link, picture
from tamemap.ui.screens.home_news_state import OPEN
from tamemap.ui.screens.home_state import HomeState


def home_news() -> rx.Component:
    """Nothing where there is nothing new; a few lines stand open, more are folded together."""
    folded = rx.el.details(
        rx.el.summary(icon("bell"), t("home_news.title"), _count(HomeState.news_count), class_name="tm-home-news__summary"),
        _all(),
        class_name="tm-panel tm-home-news",
    )
    still = rx.el.section(
        rx.el.h3(t("home_news.title"), class_name="tm-home-news__title"),
        _all(),
        class_name="tm-panel tm-home-news",
        aria_label=t("home_news.title"),
    )
    return rx.cond(HomeState.news_count > 0, rx.cond(HomeState.news_count > OPEN, folded, still))


def _count(number: rx.Var[int]) -> rx.Component:
    return rx.el.span(
        number, rx.el.span(t("home_news.lines"), class_name="tm-visually-hidden"), class_name="tm-badge tm-badge--count"
    )


def _all() -> rx.Component:
    return rx.el.div(
        rx.cond(HomeState.news.length() > 0, rx.el.ul(rx.foreach(HomeState.news, _line), class_name="tm-home-news__lines")),
        rx.cond(HomeState.news_more != "", rx.el.p(HomeState.news_more, class_name="tm-muted")),
        rx.cond(
            HomeState.near.length() > 0,
            rx.el.div(
                rx.el.h3(t("home_news.near"), class_name="tm-home-news__title"),
                rx.el.ul(rx.foreach(HomeState.near, _near), class_name="tm-home-news__cards"),
            ),
        ),
        class_name="tm-stack tm-stack--tight",
    )


def _line(row: rx.Var) -> rx.Component:
    return rx.el.li(
        link(row.title, href=row.url, class_name="tm-link", custom_attrs={"data-tm-topic": row.topic}),
        rx.el.span(row.words, class_name=rx.cond(row.answer, "tm-badge tm-badge--staff", "tm-muted")),
        key=row.topic,
    )


def _near(row: rx.Var) -> rx.Component:
    return rx.el.li(
        rx.cond(
            row.picture.jpeg != "",
            picture(row.picture.jpeg, alt="", width=row.picture.width, height=row.picture.height),
        ),
        rx.el.div(
            link(row.title, href=row.url, class_name="tm-link", custom_attrs={"data-tm-flyer": row.id}),
            rx.el.p(row.date, " ", row.venue, class_name="tm-muted"),
        ),
        key=row.id,
    )


def unread(topic: rx.Var) -> rx.Component:
    """新しい 3: so many posts of a topic have not been read."""
    return rx.cond(
        topic.unread > 0,
        rx.el.span(
            t("home_news.new"),
            topic.unread,
            rx.el.span(t("following.unread_posts"), class_name="tm-visually-hidden"),
            class_name="tm-badge tm-badge--count tm-badge--new",
        ),
    )


def board_news(board: rx.Var) -> rx.Component:
    """On a board's tab: in so many followed topics there is something new."""
    return rx.cond(
        board.news > 0,
        rx.el.span(
            board.news,
            rx.el.span(t("following.board_news"), class_name="tm-visually-hidden"),
            class_name="tm-badge tm-badge--count",
        ),
    )


def follow_topic() -> rx.Component:
    """For those who are signed in: follow the open topic, or no more."""
    return rx.cond(HomeState.signed_in, _follow(HomeState.follows_topic, "topic", HomeState.follow_topic))


def follow_board() -> rx.Component:
    """For those who are signed in: be told of new topics on this board, or no more."""
    return rx.cond(HomeState.signed_in, _follow(HomeState.follows_board, "board", HomeState.follow_board))


def _follow(following: rx.Var[bool], kind: str, call) -> rx.Component:
    return button(
        rx.cond(following, icon("check"), icon("bell")),
        rx.cond(following, t(f"following.{kind}_stop"), t(f"following.{kind}_start")),
        small=True,
        kind="quiet",
        on_click=call(~following),
    )
