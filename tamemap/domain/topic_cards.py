"""The flyers that a topic carries as cards: how many, and how people name one."""

from __future__ import annotations

import re

from tamemap.errors import Invalid

MOST = 6
# a flyer's id alone, or as it ends the address of its page
_NAMED = re.compile(r"(?:\S*/f/)?([2-9a-hjkmnp-z]{12})(?:[/?#.]\S*)?")
LONGEST = 500


def read_flyer(text: object) -> str:
    """The id of the flyer that somebody named by its id or by the address of its page.

    Raises Invalid at ``flyer`` (``flyer_address_wrong``).
    """
    said = text.strip() if isinstance(text, str) else ""
    found = _NAMED.fullmatch(said) if len(said) <= LONGEST else None
    if found is None:
        raise Invalid.at("flyer", "flyer_address_wrong")
    return found[1]
