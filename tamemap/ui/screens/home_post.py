"""One post of the open topic: what it says and carries, the taps on it, and changing it in its place."""

# a Var answers to names that no type checker knows
# mypy: ignore-errors

from __future__ import annotations

import reflex as rx

from tamemap.i18n import t
from tamemap.ui.components.plain import attributes, button, field, icon, invalid, island, link, mistake, picture
from tamemap.ui.screens.home_state import HomeState
from tamemap.ui.screens.home_topics import badge


def post(one: rx.Var) -> rx.Component:
    """A post, or the line in its place."""
    gone = rx.cond(one.held, rx.fragment(), rx.el.p(t("boards.post_gone"), class_name="tm-muted"))
    return rx.el.li(
        rx.cond(one.held, rx.el.p(one.held_words, class_name="tm-muted")),
        rx.cond(one.deleted, gone, _whole(one)),
        class_name=rx.cond(one.official, "tm-post tm-post--staff", "tm-post"),
        custom_attrs={"data-tm-fresh": rx.cond(one.fresh, "", rx.Var("undefined"))},
        key=one.id,
    )


def _whole(one: rx.Var) -> rx.Component:
    return rx.fragment(
        _head(one),
        rx.cond(one.quote.id != "", _quote(one)),
        rx.cond(HomeState.editing == one.id, _edit(one), rx.html(one.html, class_name="tm-post__body tm-prose")),
        rx.cond(one.photos.length() > 0, _photos(one)),
        rx.foreach(one.cards, _card),
        rx.el.div(
            # what waits for staff is answered by nobody yet
            rx.cond(one.held, rx.fragment(), rx.foreach(one.reactions, lambda tap: _tap(one, tap))),
            rx.cond(HomeState.signed_in & HomeState.topic.may_write & ~one.held, _quote_it(one)),
            rx.cond(
                one.may_change & (HomeState.editing != one.id),
                button(t("boards.edit"), kind="quiet", small=True, on_click=HomeState.start_edit(one.id)),
            ),
            rx.cond(one.may_remove, _remove(one)),
            rx.cond(one.may_change | one.held, rx.fragment(), _report(one)),
            class_name="tm-post__actions",
        ),
    )


def _head(one: rx.Var) -> rx.Component:
    """Who, as what, and when; the time is the post's own address."""
    here = HomeState.topic.url + "/p/" + one.id
    face = picture(one.face.jpeg, alt="", width=one.face.width, height=one.face.height, class_name="tm-face")
    return rx.el.div(
        rx.cond(one.face.jpeg != "", face),
        rx.el.span(rx.cond(one.group_url != "", link(one.who, href=one.group_url), one.who), class_name="tm-post__who"),
        badge(one),
        rx.cond(one.answer != "", rx.el.span(one.answer, class_name="tm-badge tm-badge--staff")),
        rx.cond(one.by != "", rx.el.span(one.by, class_name="tm-muted")),
        rx.el.span(
            link(rx.el.time(one.when, custom_attrs={"dateTime": one.when_iso}), href=here),
            rx.cond(one.edited, link(t("boards.edited"), href=here + "/history")),
            class_name="tm-post__when",
        ),
        class_name="tm-post__head",
    )


def _quote(one: rx.Var) -> rx.Component:
    words = rx.fragment(rx.el.strong(one.quote.who), " ", one.quote.words)
    return rx.cond(
        one.quote.gone,
        rx.el.p(t("talk.quote_gone"), class_name="tm-quote tm-muted"),
        rx.el.p(link(words, href=HomeState.topic.url + "/p/" + one.quote.id), class_name="tm-quote"),
    )


def _photos(one: rx.Var) -> rx.Component:
    return rx.el.ul(
        rx.foreach(one.photos, _photo), class_name="tm-photos", custom_attrs={"data-count": one.photos.length().to_string()}
    )


def _photo(photo: rx.Var) -> rx.Component:
    small = rx.el.picture(
        rx.cond(photo.avif != "", rx.el.source(type="image/avif", src_set=photo.avif)),
        picture(photo.jpeg, alt=photo.alt, width=photo.width, height=photo.height),
    )
    return rx.el.li(link(small, href=photo.large))


def _card(card: rx.Var) -> rx.Component:
    return link(
        rx.cond(card.thumb != "", picture(card.thumb, alt="", width=64, height=64)),
        rx.el.span(rx.el.span(card.kind, class_name="tm-muted"), " ", rx.el.strong(card.title), rx.el.span(" ", card.when)),
        href=card.url,
        class_name="tm-linkcard",
    )


def _tap(one: rx.Var, tap: rx.Var) -> rx.Component:
    """A reaction: a toggle with words for those who are signed in; a guest sees only what others tapped."""
    words = rx.fragment(tap.words, rx.cond(tap.count > 0, rx.el.span(tap.count, class_name="tm-home-tap__count")))
    return rx.cond(
        HomeState.signed_in,
        rx.el.button(
            words,
            type="button",
            class_name="tm-button tm-button--small tm-home-tap",
            aria_pressed=tap.mine.to_string(),
            on_click=HomeState.react(one.id, tap.kind, ~tap.mine),
        ),
        rx.cond(tap.count > 0, rx.el.span(words, class_name="tm-home-tap tm-home-tap--still")),
    )


def _quote_it(one: rx.Var) -> rx.Component:
    """posts.js moves the focus to the answer."""
    return button(
        t("boards.quote"),
        kind="quiet",
        small=True,
        on_click=HomeState.quote(one.id),
        custom_attrs={"data-tm-quote": ""},
    )


def _report(one: rx.Var) -> rx.Component:
    return link(
        icon("flag", class_name="tm-icon tm-icon--small"),
        t("report.short"),
        href="/posts/" + one.id + "/report",
        class_name="tm-link tm-post__report",
        aria_label=t("report.post"),
    )


def _remove(one: rx.Var) -> rx.Component:
    """Taking one's own words away cannot be undone, so it takes two taps at two places."""
    return rx.cond(
        HomeState.removing == one.id,
        rx.fragment(
            button(t("boards.keep"), small=True, on_click=HomeState.ask_removal(one.id)),
            button(icon("trash"), t("boards.remove_now"), kind="danger", small=True, on_click=HomeState.remove_post(one.id)),
        ),
        button(t("boards.remove"), kind="quiet", small=True, on_click=HomeState.ask_removal(one.id)),
    )


def _edit(one: rx.Var) -> rx.Component:
    text = rx.el.textarea(
        name="changed",
        rows="5",
        required=True,
        class_name="tm-textarea",
        default_value=HomeState.editing_words,
        auto_focus=True,
        aria_invalid=invalid(HomeState.wrong, "body"),
    )
    return rx.el.form(
        field(t("boards.edit_label"), text, name="body", wrong=HomeState.wrong, hint=t("talk.edit_hint")),
        rx.el.div(
            button(t("boards.edit_stop"), on_click=HomeState.stop_edit),
            button(t("boards.edit_save"), type="submit", kind="primary", disabled=HomeState.busy == "edit"),
            class_name="tm-row tm-row--end",
        ),
        on_submit=HomeState.save_edit,
        class_name="tm-stack tm-stack--tight",
        key="edit " + one.id,
    )


def quote_bar() -> rx.Component:
    """Above the answer: what it will quote, and the way to drop that."""
    return rx.fragment(
        rx.cond(
            HomeState.quoting.id != "",
            rx.el.div(
                rx.el.p(
                    t("boards.quote_of"), rx.el.strong(HomeState.quoting.who), " ", HomeState.quoting.words, class_name="tm-quote"
                ),
                button(icon("close"), t("boards.quote_drop"), kind="quiet", small=True, on_click=HomeState.drop_quote),
            ),
        ),
        mistake(HomeState.wrong, "quoted"),
    )


def photos(name: str | rx.Var[str]) -> rx.Component:
    """The choice of up to four photos for what is sent as ``name``; posts.js fills it and sends them while one types."""
    words = {
        f"data-{name}": t(f"boards.photos_{name}")
        for name in ("many", "failed", "wait", "sending", "sent", "remove", "number")
    }  # fmt: skip
    told = " ".join(f'{one}="{words[one]}"' for one in words)
    accepts = attributes(accept="image/*,.heic,.heif,.avif")
    return rx.el.div(
        island(
            f'<fieldset class="tm-field tm-pictures" {told}><legend class="tm-field__label">{t("boards.photos")}</legend>'
            '<ul class="tm-pictures__list"></ul>'
            '<label class="tm-button tm-button--secondary tm-button--small tm-pictures__add">'
            '<svg class="tm-icon" aria-hidden="true" width="24" height="24"><use href="/icons/ui.svg#camera"/></svg>'
            f'<span>{t("boards.photos_add")}</span><input class="tm-visually-hidden" type="file" multiple {accepts}></label>'
            '<input type="hidden" name="pictures"><p class="tm-field__error" role="alert"></p></fieldset>'
        ),
        mistake(HomeState.wrong, "pictures"),
        custom_attrs={"data-tm-pictures": name},
    )
