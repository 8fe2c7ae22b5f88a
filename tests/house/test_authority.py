"""Nothing that staff do can miss the audit trail: services ask ``services.authority``, and every deed by office has words."""

from __future__ import annotations

import ast
from pathlib import Path

import pytest

from tamemap import i18n
from tamemap.domain.permissions import OFFICE, PROVABLE, TABLE

ROOT = Path(__file__).parents[2]
SERVICES = sorted((ROOT / "tamemap" / "services").glob("*.py"))
# deeds that are no verbs of the table: the command line gives roles, an invitation is taken up
BESIDES = {"role.grant", "staff.join"}
BY_OFFICE = {verb for verb, who in TABLE.items() if who & OFFICE} | {verb for verbs in PROVABLE.values() for verb in verbs}


def demands(path: Path) -> set[str]:
    """What a service takes from the table of permissions itself."""
    found = set()
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.ImportFrom) and node.module == "tamemap.domain.permissions":
            found |= {one.name for one in node.names}
        if isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name) and node.value.id == "permissions":
            found.add(node.attr)
    return found


@pytest.mark.parametrize("path", SERVICES, ids=lambda path: path.name)
def test_services_demand_by_way_of_authority(path):
    if path.name != "authority.py":
        assert demands(path) & {"demand", "by_office"} == set()


@pytest.mark.parametrize("lang", i18n.AVAILABLE)
@pytest.mark.parametrize("verb", sorted(BY_OFFICE | BESIDES))
def test_every_deed_by_office_has_words(verb, lang):
    said = i18n.t(f"audit.verb.{verb}", lang, who="Ben", thing="X")
    assert "Ben" in said


def test_every_verb_of_the_trail_is_one_that_somebody_may_do():
    words = {key.removeprefix("audit.verb.") for key in i18n.words("ja") if key.startswith("audit.verb.")}
    plain = {one for one in words if one.count(".") == 1}
    assert plain <= set(TABLE) | BESIDES
    assert {one.rsplit(".", 1)[0] for one in words - plain} <= plain
