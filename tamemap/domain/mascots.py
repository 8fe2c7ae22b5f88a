"""A town's mascot: what it is called, and how it is named where one says as whom one writes."""

from __future__ import annotations

from tamemap.domain.writing import check_text

NAME_LIMIT, DESCRIPTION_LIMIT, MOST = 40, 200, 10
VOICE = "mascot:"


def checked_texts(name: object, description: object) -> tuple[str, str]:
    """Name and description, tidied; the description may be empty. Raises Invalid at ``name`` or ``description``."""
    said = description if isinstance(description, str) else ""
    return (
        check_text(name, field="name", limit=NAME_LIMIT),
        check_text(said, field="description", limit=DESCRIPTION_LIMIT) if said.strip() else "",
    )


def voice_name(public_id: str) -> str:
    """As whom one writes, as ``group`` is said: for a mascot."""
    return f"{VOICE}{public_id}"


def mascot_named(group: object) -> str:
    """The id of the mascot that ``group`` names; empty for a group's slug and for nothing."""
    return group.removeprefix(VOICE) if isinstance(group, str) and group.startswith(VOICE) else ""
