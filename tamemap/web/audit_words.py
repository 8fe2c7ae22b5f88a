"""The audit trail in sentences: 「Benさん（人吉市 総務課）が「秋の市」を取り下げました」."""

from __future__ import annotations

from typing import TYPE_CHECKING

from markupsafe import Markup, escape

from tamemap.i18n import t, words

if TYPE_CHECKING:
    from tamemap.queries.audit import EntryView
    from tamemap.queries.audit_things import Thing

# what makes one verb several deeds, the more particular first
_MARKS = ("left", "merged", "restored", "reopened", "ended", "withdrawn", "changed", "nights")


def sentence(view: EntryView, lang: str) -> Markup:
    """What was done, by whom, to what; the thing is a link while it has a page."""
    name = escape(thing_words(view.thing, lang))
    thing = Markup('<a href="{}">{}</a>').format(view.thing.url, name) if view.thing.url else name
    return Markup(escape(words(lang)[verb_key(view, lang)])).format(who=who(view, lang), thing=thing)  # noqa: S704  escaped


def plain_sentence(view: EntryView, lang: str) -> str:
    """The same as plain text."""
    return words(lang)[verb_key(view, lang)].format(who=who(view, lang), thing=thing_words(view.thing, lang))


def verb_key(view: EntryView, lang: str) -> str:
    """The key of the words for this deed: those of its variant where there are some."""
    key = f"audit.verb.{view.verb}"
    variant = f"{key}.{_variant(view)}"
    return variant if variant in words(lang) else key


def _variant(view: EntryView) -> str:
    detail = view.detail
    if isinstance(decision := detail.get("decision"), str):
        return decision
    for name, on, off in (("outside", "on", "off"), ("approved", "approved", "declined"), ("open", "opened", "closed")):
        if name in detail:
            return on if detail[name] else off
    return next((name for name in _MARKS if detail.get(name)), "")


def who(view: EntryView, lang: str) -> str:
    """Who did it, and as whom."""
    if view.kind == "system":
        return t("audit.system", lang)
    place = place_words(view, lang)
    if view.token:
        return t("audit.who.token", lang, name=view.token, place=place)
    return t("audit.who.left", lang, place=place) if view.left else t("audit.who.person", lang, name=view.name, place=place)


def place_words(view: EntryView, lang: str) -> str:
    """人吉市 総務課, or of which region the operator."""
    if view.kind == "staff":
        return " ".join(filter(None, [view.place, view.department or t("audit.kind.staff", lang)]))
    return t("audit.who.operator_place", lang, place=view.place) if view.place else t("audit.kind.operator", lang)


def thing_words(thing: Thing, lang: str) -> str:
    """チラシ「秋の市」; what is not there any more by its id."""
    if not thing.kind:
        return ""
    kind = words(lang).get(f"audit.thing.{thing.kind}", thing.kind)
    if not thing.name:
        return t("audit.thing_gone", lang, kind=kind, id=thing.id)
    if thing.kind == "person":
        return t("audit.person_named", lang, name=thing.name)
    return t("audit.thing_named", lang, kind=kind, name=thing.name)
