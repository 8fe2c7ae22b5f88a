"""My flyers on /me: where each stands, the one tick, changing and taking away."""

# a Var answers to names that no type checker knows
# mypy: ignore-errors

from __future__ import annotations

import reflex as rx

from tamemap.domain.flyers import CATEGORIES, HIDEABLE, LIMITS
from tamemap.i18n import t
from tamemap.ui.components.plain import button, category, field, icon, invalid, link, mistake, picture, problem
from tamemap.ui.screens.me_state import MeState

SINGLE = ("venue", "address", "fee", "phone", "organiser", "url")
TYPES = {"phone": "tel", "url": "url"}


def own_flyers() -> rx.Component:
    """The list, or an invitation."""
    return rx.el.section(
        rx.el.h2(t("me.flyers")),
        rx.cond(
            MeState.flyers.length() > 0,
            rx.el.ul(rx.foreach(MeState.flyers, _own), class_name="tm-list tm-own-list"),
            rx.el.div(
                icon("slip"),
                rx.el.p(t("me.no_flyers"), class_name="tm-empty__title"),
                rx.el.p(t("me.no_flyers_hint")),
                link(icon("camera"), t("bar.post"), href="/post", class_name="tm-button tm-button--primary"),
                class_name="tm-empty",
            ),
        ),
        class_name="tm-stack",
    )


def _own(flyer: rx.Var) -> rx.Component:
    return rx.el.li(
        own_picture(flyer),
        rx.el.div(
            rx.el.h3(link(flyer.title, href=flyer.url)),
            rx.cond(
                flyer.group != "",
                rx.el.p(rx.el.span(t("group.badge"), class_name="tm-badge"), " ", flyer.group, class_name="tm-muted"),
            ),
            own_facts(flyer),
            rx.el.ul(rx.foreach(flyer.stands, stand), class_name="tm-plain-list"),
            class_name="tm-stack tm-stack--tight tm-own__body",
        ),
        rx.el.div(
            rx.cond((flyer.state == "up") | (flyer.state == "held"), _tick(flyer)),
            rx.el.div(
                button(icon("edit"), t("me.edit"), small=True, on_click=MeState.start_edit(flyer.id)),
                button(icon("trash"), t("me.remove"), small=True, on_click=MeState.remove(flyer.id)),
                class_name="tm-actions",
                role="group",
                aria_label=flyer.title,
            ),
            class_name="tm-own__deeds",
        ),
        class_name="tm-own",
        key=flyer.id,
    )


def own_picture(flyer: rx.Var) -> rx.Component:
    """The first picture, small; the title stands beside it."""
    return rx.el.picture(
        rx.el.source(custom_attrs={"srcSet": flyer.thumb.avif}),
        picture(flyer.thumb.jpeg, alt="", width=flyer.thumb.width, height=flyer.thumb.height, class_name="tm-thumb"),
    )


def own_facts(flyer: rx.Var) -> rx.Component:
    """Category, dates and place in a few words."""
    return rx.el.p(
        category(flyer.category, flyer.category_words),
        rx.cond(flyer.date.text != "", rx.el.span(flyer.date.text, " ", flyer.date.time)),
        rx.el.span(flyer.venue),
        class_name="tm-own__facts",
    )


def stand(one: rx.Var) -> rx.Component:
    """Where it stands and how; why, when staff took it back."""
    return rx.el.li(
        rx.cond(one.url != "", link(one.map_name, href=one.url), rx.el.span(one.map_name)),
        " ",
        rx.el.span(one.words, class_name="tm-badge tm-badge--" + one.state),
        rx.cond(one.reason != "", rx.el.p(t("me.reason"), one.reason)),
        key=one.map_name,
    )


def _tick(flyer: rx.Var) -> rx.Component:
    """The one tick; what it does can be undone at once."""
    return rx.cond(
        flyer.may_outside,
        rx.el.button(
            rx.el.span(class_name="tm-switch-mark", aria_hidden="true"),
            t("me.outside"),
            type="button",
            role="switch",
            aria_checked=flyer.outside.to_string(),
            class_name="tm-button tm-button--secondary tm-button--small tm-switch-button",
            on_click=MeState.set_outside(flyer.id, ~flyer.outside),
        ),
    )


def edit_dialog() -> rx.Component:
    """The form for a flyer's facts; assets/home/shell.js opens it as soon as it is drawn."""
    return rx.cond(
        MeState.editing.id != "",
        rx.el.dialog(
            rx.el.form(
                rx.el.div(
                    rx.el.h2(t("me.edit_heading"), custom_attrs={"id": "tm-edit-heading"}),
                    button(
                        icon("close"),
                        kind="quiet",
                        aria_label=t("ui.close"),
                        on_click=MeState.stop_edit,
                        custom_attrs={"data-tm-close": ""},
                    ),
                    class_name="tm-dialog__head",
                ),
                problem(MeState.problem),
                *_fields(),
                rx.el.div(
                    button(t("me.edit_stop"), on_click=MeState.stop_edit),
                    button(t("me.edit_save"), type="submit", kind="primary"),
                    class_name="tm-dialog__actions",
                ),
                on_submit=MeState.save_flyer,
                no_validate=True,
                class_name="tm-stack",
            ),
            class_name="tm-dialog",
            aria_labelledby="tm-edit-heading",
            custom_attrs={"data-tm-modal": ""},
            key=MeState.editing.id,
        ),
    )


def _fields() -> list[rx.Component]:
    return [
        field(t("post.field.title"), _text("title"), name="title", wrong=MeState.wrong),
        field(t("post.field.category"), _category(), name="category", wrong=MeState.wrong),
        _dates(),
        *(
            rx.el.div(field(t(f"post.field.{name}"), _text(name), name=name, wrong=MeState.wrong, optional=True), _hide(name))
            for name in SINGLE
        ),
        rx.el.div(field(t("post.field.body"), _text("body"), name="body", wrong=MeState.wrong, optional=True), _hide("body")),
    ]


def _draft(name: str) -> dict[str, rx.Var[str]]:
    """What is typed is kept under the flyer and its version: a newer one begins with its own words."""
    return {"data-tm-draft": "edit." + MeState.editing.id + "." + MeState.editing.version.to_string() + f".{name}"}


def _text(name: str) -> rx.Component:
    props = {
        "name": name,
        "default_value": getattr(MeState.editing, name),
        "aria_invalid": invalid(MeState.wrong, name),
        "custom_attrs": _draft(name),
    }
    if name == "body":
        return rx.el.textarea(rows="4", class_name="tm-textarea", **props)
    return rx.el.input(type=TYPES.get(name, "text"), max_length=LIMITS[name], class_name="tm-input", **props)


def _category() -> rx.Component:
    return rx.el.select(
        *(rx.el.option(t(f"category.{name}"), value=name) for name in CATEGORIES),
        name="category",
        default_value=MeState.editing.category,
        class_name="tm-select",
    )


def _dates() -> rx.Component:
    return rx.el.fieldset(
        rx.el.legend(t("me.when"), class_name="tm-field__label"),
        rx.el.p(t("me.when_hint"), class_name="tm-field__hint"),
        rx.el.div(
            *(
                field(t(f"me.{side}_{part}"), _moment(f"{side}_{part}", part))
                for side in ("start", "end")
                for part in ("day", "time")
            ),
            class_name="tm-edit-dates",
        ),
        mistake(MeState.wrong, "starts_at"),
        mistake(MeState.wrong, "ends_at"),
    )


def _moment(name: str, part: str) -> rx.Component:
    return rx.el.input(
        type="date" if part == "day" else "time",
        name=name,
        default_value=getattr(MeState.editing, name),
        class_name="tm-input",
        custom_attrs=_draft(name),
    )


def _hide(name: str) -> rx.Component:
    if name not in HIDEABLE:
        return rx.fragment()
    return rx.el.label(
        rx.el.input(type="checkbox", name=f"hidden_{name}", default_checked=MeState.editing.hidden.contains(name)),
        rx.el.span(t("me.hide", field=t(f"post.field.{name}"))),
        class_name="tm-check",
    )
