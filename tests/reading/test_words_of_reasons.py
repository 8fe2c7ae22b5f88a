"""Every reason and problem that the rules can give has its words, in every language."""

from __future__ import annotations

import ast
from pathlib import Path

import pytest

from tamemap import i18n

DOMAIN = sorted((Path(__file__).parents[2] / "tamemap" / "domain").glob("reading*.py"))


def _texts(node: ast.AST) -> set[str]:
    return {one.value for one in ast.walk(node) if isinstance(one, ast.Constant) and isinstance(one.value, str)}


def _codes_of(node: ast.AST, function: ast.AST) -> set[str]:
    """The codes that an argument may be: said there, or where its name is set."""
    if isinstance(node, ast.IfExp):
        return _codes_of(node.body, function) | _codes_of(node.orelse, function)
    if isinstance(node, ast.Constant):
        return {node.value} if isinstance(node.value, str) else set()
    assert isinstance(node, ast.Name), ast.dump(node)
    found: set[str] = set()
    for one in ast.walk(function):
        if isinstance(one, ast.Assign) and any(isinstance(target, ast.Name) and target.id == node.id for target in one.targets):
            found |= _codes_of(one.value, function)
        if isinstance(one, ast.For) and isinstance(one.target, ast.Tuple):
            names = [target.id for target in one.target.elts if isinstance(target, ast.Name)]
            if node.id in names and isinstance(one.iter, ast.Tuple):
                found |= {text for row in one.iter.elts for text in _texts(row.elts[names.index(node.id)])}
    assert found, f"where does {node.id} come from?"
    return found


def reasons() -> set[str]:
    found: set[str] = set()
    for path in DOMAIN:
        functions = [one for one in ast.walk(ast.parse(path.read_text("utf-8"))) if isinstance(one, ast.FunctionDef)]
        for function in functions:
            for call in ast.walk(function):
                if isinstance(call, ast.Call) and isinstance(call.func, ast.Name) and call.func.id == "Found":
                    found |= _codes_of(call.args[3], function)
    return found


def problems() -> set[str]:
    tree = ast.parse((DOMAIN[0].parent / "reading_when.py").read_text("utf-8"))
    (function,) = [one for one in ast.walk(tree) if isinstance(one, ast.FunctionDef) and one.name == "_problems"]
    calls = [one for one in ast.walk(function) if isinstance(one, ast.Call) and isinstance(one.func, ast.Attribute)]
    return {text for call in calls if call.func.attr == "append" for text in _texts(call)}


def test_the_rules_give_the_codes_that_are_known():
    assert {"label", "size", "weekday", "facility", "letter", "issued"} <= reasons()
    assert {"weekday", "past", "year", "end_before_start"} <= problems()


@pytest.mark.parametrize("lang", i18n.AVAILABLE)
def test_none_is_without_words(lang):
    words = i18n.words(lang)
    wanted = {f"reading.reason.{code}" for code in reasons()} | {f"reading.problem.{code}" for code in problems()}
    wanted |= {f"reading.place.{why}" for why in ("known", "gazetteer", "geocoder")}
    assert wanted - set(words) == set()
