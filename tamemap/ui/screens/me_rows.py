"""What the rows of /me say: a way further, and in one line how things stand there."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from tamemap import clock, i18n
from tamemap.i18n import t

if TYPE_CHECKING:
    from datetime import datetime

    from tamemap.queries.hub import HubView
    from tamemap.queries.people import Me, RoleView

DESK = "/desk"


@dataclass
class HubRow:
    """A row that leads further: its sign, its title, and how things stand there."""

    url: str = ""
    sign: str = ""
    title: str = ""
    state: str = ""


@dataclass
class GroupRow:
    """A group of mine; ``url`` is empty while staff have not answered."""

    url: str = ""
    name: str = ""
    state: str = ""


def role_words(role: RoleView) -> str:
    """A role as its holder reads it."""
    if role.role == "staff":
        words = t("people.staff_of", municipality=role.municipality_name)
        return f"{words} {role.department}".strip()
    return t("me.operator_of", region=role.region_name) if role.region_name else t("people.operator")


def desk_path(me: Me, hub: HubView) -> str:
    """The way to the desk, perhaps by showing once more who one is; empty for whom there is none."""
    if hub.desk_waits:
        return f"/auth/again?then={DESK}"
    return DESK if me.may_enter_desk else ""


def hub_rows(hub: HubView) -> list[HubRow]:
    """The rows in their order."""
    return [
        HubRow("/me/residence", "home", t("me.row.residence"), _residence(hub)),
        HubRow("/me/about", "heart", t("me.row.about"), _told(hub)),
        HubRow("/me/ways", "key", t("me.row.ways"), _ways(hub)),
        HubRow("/me/devices", "phone", t("me.row.devices"), t("me.devices_count", count=hub.devices)),
        HubRow("/me/notices", "bell", t("me.row.notices"), _told_how(hub)),
    ]


def group_rows(hub: HubView) -> list[GroupRow]:
    """My groups."""
    return [
        GroupRow(f"/g/{one.slug}", one.name, t(f"me.group.{one.role}"))
        if one.state == "active"
        else GroupRow("", one.name, t("me.group.asked"))
        for one in hub.groups
    ]


def _residence(hub: HubView) -> str:
    if hub.proved and hub.proved_until is not None:
        return t("me.residence_proved", town=hub.proved, until=_day(hub.proved_until))
    return t("me.residence_said", town=hub.residence) if hub.residence else t("me.residence_unsaid")


def _day(moment: datetime) -> str:
    day = clock.tokyo(moment)
    return t("me.day", year=day.year, month=day.month, day=day.day)


def _told(hub: HubView) -> str:
    told = [t("me.told_self")] if hub.told else []
    told += [t("me.told_ties", count=hub.tied_to)] if hub.tied_to else []
    return t("me.and").join(told) or t("me.told_nothing")


def _told_how(hub: HubView) -> str:
    how = [t(f"me.notices_state.{hub.digest}")]
    how += [t("me.notices_quiet", begin=hub.quiet_from, end=hub.quiet_to)] if hub.quiet_from else []
    return t("me.and").join(how)


def _ways(hub: HubView) -> str:
    ways = [t("me.way_mail")] if hub.mail else []
    ways += [i18n.words().get(f"provider.{name}", name) for name in hub.providers]
    ways += [t("me.way_passkeys", count=hub.passkeys)] if hub.passkeys else []
    return t("me.and").join(ways) or t("me.way_none")
