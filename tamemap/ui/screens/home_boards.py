"""The boards of the home screen: the list of topics, the open topic, the form for a new one."""

# a Var answers to names that no type checker knows
# mypy: ignore-errors

from __future__ import annotations

import reflex as rx

from tamemap.i18n import t
from tamemap.ui.components.live import offline
from tamemap.ui.components.plain import button, icon, link, problem, skeleton
from tamemap.ui.components.rest import rest_banner
from tamemap.ui.screens.home_new import new_topic
from tamemap.ui.screens.home_news import board_news, follow_board, home_news
from tamemap.ui.screens.home_state import HomeState
from tamemap.ui.screens.home_topic import not_yours, open_topic, resting
from tamemap.ui.screens.home_topics import topic_list


def boards() -> rx.Component:
    """The whole column."""
    return rx.el.section(
        offline(rx.el.p(t("home.offline_map"))),
        problem(HomeState.problem),
        rx.match(
            HomeState.view,
            ("topic", open_topic()),
            ("new", new_topic()),
            rx.cond(HomeState.ready, _topics(), _waiting()),
        ),
        class_name="tm-split__boards tm-home-boards",
        aria_labelledby="tm-boards-heading",
        tab_index=-1,
        custom_attrs={"data-tm-part": "boards"},
    )


def _heading(*words: rx.Component | str | rx.Var[str]) -> rx.Component:
    return rx.el.h2(*words, custom_attrs={"id": "tm-boards-heading", "data-tm-arrive": "topics"}, tab_index=-1)


def _topics() -> rx.Component:
    return rx.el.div(
        rx.el.div(
            _heading(HomeState.map_name, t("boards.of_map")),
            rx.cond(HomeState.board.slug != "", _begin()),
            class_name="tm-row tm-row--between tm-home-head",
        ),
        rx.cond(
            HomeState.boards.length() > 1,
            rx.el.div(
                rx.foreach(HomeState.boards, _board_chip), class_name="tm-chips", role="group", aria_label=t("boards.choose")
            ),
        ),
        rx.cond(HomeState.board.description != "", rx.el.p(HomeState.board.description, class_name="tm-muted")),
        resting(HomeState.board.quiet),
        rest_banner(HomeState.rest),
        home_news(),
        rx.el.div(_search(), rx.cond(HomeState.board.slug != "", follow_board()), class_name="tm-row tm-row--between"),
        topic_list(),
        class_name="tm-stack",
    )


def _search() -> rx.Component:
    """The search has a page of its own, which needs no socket."""
    return rx.el.p(
        link(icon("search", class_name="tm-icon tm-icon--small"), t("search.title"), href="/search?map=" + HomeState.map_slug,
             class_name="tm-link")
    )  # fmt: skip


def _board_chip(board: rx.Var) -> rx.Component:
    return rx.el.button(
        board.name,
        board_news(board),
        type="button",
        class_name="tm-chip",
        aria_pressed=(board.slug == HomeState.board.slug).to_string(),
        on_click=HomeState.show_board(board.slug),
    )


def _begin() -> rx.Component:
    """新しい話題: for those who may write here; a guest is shown the way in."""
    return rx.cond(
        HomeState.signed_in,
        rx.cond(
            HomeState.board.may_open,
            button(icon("plus"), t("boards.new"), small=True, on_click=HomeState.start_topic),
            rx.cond(
                (HomeState.board.quiet == "") & (HomeState.rest.words == ""),
                not_yours(HomeState.board.needs_proof, t("boards.prove_to_open")),
            ),
        ),
        rx.cond(HomeState.board.quiet == "", _way_in()),
    )


def _way_in() -> rx.Component:
    return link(
        icon("plus"), t("boards.new"), href=HomeState.sign_in_url, class_name="tm-button tm-button--secondary tm-button--small"
    )


def _waiting() -> rx.Component:
    return rx.el.div(
        rx.el.div(_heading(t("bar.boards")), class_name="tm-row tm-row--between tm-home-head"),
        skeleton(rows=6),
        class_name="tm-stack",
    )
