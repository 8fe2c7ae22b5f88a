"""What a topic carries, on the home screen: flyers as cards, a place; and the parts of the form that choose them."""

# a Var answers to names that no type checker knows
# mypy: ignore-errors

from __future__ import annotations

import reflex as rx

from tamemap.i18n import t
from tamemap.ui.components.plain import attributes, button, category, field, icon, island, link, mistake, picture
from tamemap.ui.screens.home_flyer import date_tab
from tamemap.ui.screens.home_state import HomeState

FORM = "tm-card-form"


def carried_cards() -> rx.Component:
    """The flyers of the open topic; each link opens the flyer beside the map."""
    return rx.cond(
        HomeState.topic.cards.length() > 0,
        rx.el.ul(
            rx.foreach(HomeState.topic.cards, _card),
            class_name="tm-list tm-list--cards tm-carried",
            aria_label=t("cards.heading"),
        ),
    )


def _card(card: rx.Var) -> rx.Component:
    return rx.el.li(
        rx.el.span(
            rx.cond(
                card.picture.jpeg != "", picture(card.picture.jpeg, alt="", width=card.picture.width, height=card.picture.height)
            ),
            class_name=rx.cond(
                card.picture.width > card.picture.height, "tm-card__picture tm-card__picture--wide", "tm-card__picture"
            ),
        ),
        rx.cond(card.date.month != "", date_tab(card.date)),
        rx.el.h3(
            link(card.title, href=card.url, class_name="tm-card__link", custom_attrs={"data-tm-flyer": card.id}),
            class_name="tm-card__title",
        ),
        rx.el.div(
            category(card.category, card.category_words),
            rx.cond(card.date.text != "", rx.el.span(card.date.text, " ", card.date.time, class_name="tm-card__when")),
            rx.cond(card.place != "", rx.el.span(card.place, class_name="tm-card__place")),
            rx.cond(card.past != "", rx.el.span(card.past, class_name="tm-muted")),
            class_name="tm-card__facts",
        ),
        class_name="tm-card",
        key=card.id,
    )


def introduced_at() -> rx.Component:
    """Where the open topic leads, with a link that shows it on the map beside."""
    topic = HomeState.topic
    return rx.cond(
        topic.place_url != "",
        rx.el.p(
            icon("place", class_name="tm-icon tm-icon--small"),
            rx.el.span(topic.place),
            link(t("introduction.on_map"), href=topic.place_url, class_name="tm-link", custom_attrs={"data-tm-spot": topic.spot}),
            class_name="tm-row",
        ),
    )


def carried_deeds() -> rx.Component:
    """For whoever may change what a topic carries: the pages where that is done."""
    topic = HomeState.topic
    cards = rx.cond(topic.cards.length() > 0, t("cards.change"), t("cards.add"))
    place = rx.cond(topic.place_url != "", t("introduction.change"), t("introduction.add"))
    return rx.cond(
        topic.may_change | topic.may_poll,
        rx.el.p(
            rx.cond(topic.may_poll, link(t("poll.make_title"), href=topic.url + "/poll", class_name="tm-link")),
            rx.cond(topic.may_change, link(cards, href=topic.url + "/cards", class_name="tm-link")),
            rx.cond(
                topic.may_change & (topic.kind == "introduction"), link(place, href=topic.url + "/place", class_name="tm-link")
            ),
            class_name="tm-row",
        ),
    )


def card_form() -> rx.Component:
    """The form to which the address's field below belongs: forms do not stand in one another."""
    return rx.el.form(id=FORM, on_submit=HomeState.add_pasted, hidden=True)


def choose_cards() -> rx.Component:
    """The flyers that go with the new topic: picked on the map, or by the address of their page."""
    return rx.el.fieldset(
        rx.el.legend(
            t("cards.form"), rx.el.span(t("form.optional"), class_name="tm-field__optional"), class_name="tm-field__label"
        ),
        rx.el.p(t("cards.form_hint"), class_name="tm-field__hint"),
        rx.cond(
            HomeState.chips.length() > 0,
            rx.el.ul(rx.foreach(HomeState.chips, _chip), class_name="tm-list tm-chips"),
        ),
        rx.cond(HomeState.flyer.loaded, button(icon("plus"), t("cards.picked"), small=True, on_click=HomeState.add_picked)),
        field(t("cards.address"), _address()),
        rx.el.div(button(t("cards.on"), type="submit", small=True, custom_attrs={"form": FORM})),
        mistake(HomeState.wrong, "flyer"),
        mistake(HomeState.wrong, "flyers"),
        class_name="tm-stack tm-stack--tight",
    )


def _address() -> rx.Component:
    return rx.el.input(
        type="text",
        name="flyer",
        class_name="tm-input",
        max_length=500,
        key="card-" + HomeState.chips.length().to_string(),
        custom_attrs={"form": FORM, "autoComplete": "off"},
    )


def _chip(chip: rx.Var) -> rx.Component:
    return rx.el.li(
        rx.el.button(
            rx.el.span(t("cards.drop"), class_name="tm-visually-hidden"),
            chip.title,
            icon("close", size=20, class_name="tm-icon tm-icon--small"),
            type="button",
            class_name="tm-chip",
            on_click=HomeState.drop_chip(chip.id),
        ),
        key=chip.id,
    )


def choose_place() -> rx.Component:
    """Where an introduction leads; assets/home/place.js fills it, and shows it for introductions only."""
    words = {
        "chosen": t("introduction.chosen"),
        "unnamed": t("introduction.unnamed"),
        "found": t("introduction.found"),
        "nothing": t("introduction.nothing"),
        "failed": t("introduction.failed"),
        "map": t("introduction.no_map"),
        "near": t("introduction.centre_name"),
    }
    said = attributes(**{f"data_tm_words_{name}": text for name, text in words.items()})
    small = "tm-button tm-button--secondary tm-button--small"
    html = (
        f'<fieldset id="tm-where" class="tm-stack tm-stack--tight" hidden disabled {said}>'
        f'<legend class="tm-field__label">{t("introduction.form")}'
        f'<span class="tm-field__optional">{t("form.optional")}</span></legend>'
        f'<p class="tm-field__hint">{t("introduction.form_hint")}</p>'
        '<input type="hidden" name="lat"><input type="hidden" name="lng"><input type="hidden" name="place_name">'
        f'<label class="tm-field"><span class="tm-field__label">{t("introduction.search")}</span>'
        '<input class="tm-input" type="search" maxlength="80" autocomplete="off" enterkeyhint="search" data-tm-where-q></label>'
        f'<div class="tm-row"><button type="button" class="{small}" data-tm-where-look>{t("introduction.look")}</button>'
        f'<button type="button" class="{small}" data-tm-where-centre>{t("introduction.centre")}</button></div>'
        '<p class="tm-muted" role="status" data-tm-where-said></p><ul class="tm-list" data-tm-where-found></ul>'
        f'<p class="tm-row" data-tm-where-chosen hidden><strong></strong>'
        f'<button type="button" class="{small}" data-tm-where-forget>{t("introduction.forget")}</button></p></fieldset>'
    )
    return rx.el.div(rx.cond(HomeState.about == "", island(html)), mistake(HomeState.wrong, "place"))
