"""An open topic: its posts, and the answer."""

# a Var answers to names that no type checker knows
# mypy: ignore-errors

from __future__ import annotations

import reflex as rx

from tamemap.i18n import t
from tamemap.ui.components.plain import button, field, icon, invalid, link, skeleton
from tamemap.ui.components.rest import rest_banner
from tamemap.ui.screens.home_answer import answer_box
from tamemap.ui.screens.home_carried import carried_cards, carried_deeds, introduced_at
from tamemap.ui.screens.home_live import listening
from tamemap.ui.screens.home_news import follow_topic
from tamemap.ui.screens.home_poll import topic_poll
from tamemap.ui.screens.home_post import photos, post, quote_bar
from tamemap.ui.screens.home_state import HomeState
from tamemap.ui.screens.home_topics import cover, kind


def open_topic() -> rx.Component:
    """The topic with everything under it."""
    topic = HomeState.topic
    return rx.el.div(
        back(),
        rx.el.div(
            rx.el.h2(topic.title, tab_index=-1, custom_attrs={"id": "tm-boards-heading", "data-tm-arrive": topic.id}),
            rx.el.p(
                kind(topic),
                rx.cond(topic.closed, rx.el.span(t("boards.closed"))),
                link(t("boards.page"), href=topic.url, class_name="tm-link"),
                follow_topic(),
                class_name="tm-row tm-muted",
            ),
            class_name="tm-stack tm-stack--tight",
        ),
        rx.cond(topic.held, rx.el.p(t("care.held_topic"), class_name="tm-muted")),
        cover(topic),
        rx.cond(topic.period != "", rx.el.p(rx.el.strong(topic.period))),
        rx.cond(topic.closing != "", _closing()),
        rx.cond(topic.flyer != "", _about()),
        introduced_at(),
        answer_box(topic),
        topic_poll(),
        carried_cards(),
        listening(topic),
        # what stands below the posts comes with them: it would be pushed away from under a thumb
        rx.cond(
            (HomeState.posts.length() == 0) & (HomeState.busy == "topic"),
            skeleton(rows=3),
            rx.fragment(
                rx.cond(
                    HomeState.posts.length() > 0,
                    rx.el.ol(rx.foreach(HomeState.posts, post), class_name="tm-list tm-home-posts"),
                ),
                rx.cond(HomeState.posts_next != "", button(t("boards.more_posts"), on_click=HomeState.more_posts)),
                _answer(),
                carried_deeds(),
            ),
        ),
        class_name="tm-stack",
    )


def back() -> rx.Component:
    """Back to the list of topics."""
    return rx.el.div(
        rx.el.button(
            icon("back"),
            t("boards.back"),
            type="button",
            class_name="tm-button tm-button--quiet tm-button--small",
            on_click=HomeState.close_topic,
            custom_attrs={"data-tm-back": ""},
        )
    )


def _closing() -> rx.Component:
    return rx.el.section(
        rx.el.h3(t("theme.closing")),
        rx.html(HomeState.topic.closing, class_name="tm-prose"),
        class_name="tm-panel tm-stack tm-stack--tight",
    )


def _about() -> rx.Component:
    return link(
        icon("slip"),
        HomeState.topic.flyer_title,
        href="/f/" + HomeState.topic.flyer,
        class_name="tm-home-about",
        custom_attrs={"data-tm-flyer": HomeState.topic.flyer},
    )


def _answer() -> rx.Component:
    topic = HomeState.topic
    return rx.cond(
        topic.closed,
        rx.el.p(t("boards.closed_hint"), class_name="tm-muted"),
        rx.fragment(resting(topic.quiet), rx.cond(topic.may_write, _form(), _not_now())),
    )


def _not_now() -> rx.Component:
    """For somebody who may not write in the open topic at this moment: what is in the way."""
    topic = HomeState.topic
    who = rx.cond(
        HomeState.signed_in,
        rx.cond(
            HomeState.rest.words == "",
            not_yours(topic.needs_proof, t("boards.prove_to_answer")),
            rest_banner(HomeState.rest),
        ),
        sign_in(t("boards.sign_in_to_answer")),
    )
    kept = rx.cond(HomeState.signed_in, rx.el.p(t("boards.draft_kept"), class_name="tm-muted"))
    return rx.cond(topic.coming, rx.el.p(t("theme.coming_hint"), class_name="tm-muted"), rx.cond(topic.quiet != "", kept, who))


def resting(words: rx.Var[str]) -> rx.Component:
    """Why nobody writes at present, and until when."""
    return rx.cond(
        words != "",
        rx.el.div(icon("info"), rx.el.p(words, class_name="tm-banner__body"), class_name="tm-banner tm-banner--info"),
    )


def not_yours(needs_proof: rx.Var[bool], words: str) -> rx.Component:
    """For somebody who may not write here: whom it is for, or, where it is proof that is missing, the way to it."""
    prove = rx.el.div(
        rx.el.p(words),
        link(t("boards.prove"), href="/me/residence", class_name="tm-button tm-button--secondary"),
        class_name="tm-panel tm-stack tm-stack--tight",
    )
    return rx.cond(needs_proof, prove, rx.el.p(t("boards.not_yours"), class_name="tm-muted"))


def voice() -> rx.Component:
    """As whom one writes, for those who speak for groups."""
    choice = rx.el.select(
        rx.el.option(t("group.own_name"), value=""),
        rx.foreach(HomeState.voices, lambda one: rx.el.option(one.name, value=one.slug)),
        name="group",
        default_value=HomeState.voice,
        class_name="tm-select",
    )
    return rx.cond(
        HomeState.voices.length() > 0,
        field(t("group.as_whom_write"), choice, name="group", wrong=HomeState.wrong),
    )


def sign_in(words: str) -> rx.Component:
    """For a guest: why one would sign in, and the way there and back."""
    return rx.el.div(
        rx.el.p(words),
        link(t("ui.sign_in"), href=HomeState.sign_in_url, class_name="tm-button tm-button--secondary"),
        class_name="tm-panel tm-stack tm-stack--tight",
    )


def _form() -> rx.Component:
    text = rx.el.textarea(
        name="body",
        rows="4",
        required=True,
        class_name="tm-textarea",
        aria_invalid=invalid(HomeState.wrong, "body"),
        custom_attrs={"data-tm-draft": "answer." + HomeState.topic.id},
    )
    return rx.el.form(
        quote_bar(),
        voice(),
        field(t("boards.answer_label"), text, name="body", wrong=HomeState.wrong, hint=t("boards.answer_hint")),
        photos("answer." + HomeState.topic.id),
        rx.el.div(
            button(t("boards.answer"), type="submit", kind="primary", disabled=HomeState.busy == "answer"),
            class_name="tm-row tm-row--end",
        ),
        on_submit=HomeState.answer,
        class_name="tm-stack tm-stack--tight",
        key=HomeState.topic.id,
    )
