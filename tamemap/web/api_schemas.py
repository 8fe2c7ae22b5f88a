"""What the API's answers look like: the components of its OpenAPI description (JSON Schema 2020-12), and how they are named.

An operation's docstring says ``description: Flyer`` or ``{items: [Card], next, total}`` and means these.
"""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import yaml

COMPONENTS: dict[str, Any] = yaml.safe_load(Path(__file__).with_suffix(".yaml").read_text(encoding="utf-8"))
# the same shape in words, as the docstrings write it
NAMED = {
    "{photos: [{id, width, height, thumb, blur, gps, taken_at, reading}]}": "{photos: [Photo]}",
    "{id, url, placements, notes}": "Posted",
    "{municipality, map, above, place}": "Located",
}
PART = re.compile(r"(\w+)(?:: (?:\[(\w+)\]|(\w+)))?")


def schema_of(description: str) -> dict[str, Any] | None:
    """The schema that a description names in backquotes or alone (``Flyer``, ``{items: [Card], next, total}``), else None."""
    quoted = re.match(r"`([^`]+)`", description)
    shape = quoted[1] if quoted else description
    shape = NAMED.get(shape, shape)
    if shape in COMPONENTS:
        return _named(shape)
    if not quoted or not shape.startswith("{"):
        return None
    properties: dict[str, Any] = {}
    for part in PART.finditer(shape[1:-1]):
        name, many, one = part.groups()
        properties[name] = {"type": "array", "items": _named(many)} if many else _named(one) if one else {}
    return {"type": "object", "required": list(properties), "properties": properties}


def _named(name: str) -> dict[str, Any]:
    return {"$ref": f"#/components/schemas/{name}"}
