"""The house stands as DESIGN says: who may import whom, how large a file may be, where words live."""

from __future__ import annotations

import ast
import re
from pathlib import Path

import pytest
from importlinter.cli import lint_imports

from tamemap import errors, i18n

ROOT = Path(__file__).parent.parent.parent
OURS = sorted((ROOT / "tamemap").rglob("*.py"))
JAPANESE = re.compile(r"[ぁ-んァ-ヶ一-龥]")
CEILING = 300


def test_every_import_goes_down_the_ladder(monkeypatch):
    monkeypatch.chdir(ROOT)
    # it silences every logger that it finds, for all tests after it in this process
    monkeypatch.setattr("logging.config.dictConfig", lambda config: None)
    assert lint_imports(config_filename=str(ROOT / "pyproject.toml"), no_cache=True) == 0


def test_alembic_is_no_package_of_ours():
    assert not (ROOT / "alembic" / "__init__.py").exists()


@pytest.mark.parametrize("path", OURS, ids=lambda path: str(path.relative_to(ROOT)))
def test_no_file_has_outgrown_its_room(path):
    assert len(path.read_text(encoding="utf-8").splitlines()) <= CEILING


def test_composition_root_stays_small():
    assert len((ROOT / "tamemap" / "tamemap.py").read_text(encoding="utf-8").splitlines()) < 60


def _strings(path: Path) -> list[str]:
    """The strings that run: without docstrings."""
    tree = ast.parse(path.read_text(encoding="utf-8"))
    documented = {
        id(node.body[0].value)
        for node in ast.walk(tree)
        if isinstance(node, ast.Module | ast.ClassDef | ast.FunctionDef | ast.AsyncFunctionDef)
        and node.body
        and isinstance(node.body[0], ast.Expr)
    }
    # attributes documented beneath themselves
    documented |= {id(node.value) for node in ast.walk(tree) if isinstance(node, ast.Expr)}
    return [
        node.value
        for node in ast.walk(tree)
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and id(node) not in documented
    ]


# where Japanese is data and not words for people: the folding of look-alikes, invented demo content, open data's column names
JAPANESE_DATA = ("tamemap/domain/", "tamemap/demo/", "tamemap/formats/", "tamemap/cli", "tamemap/config.py", "tamemap/gateways/")


@pytest.mark.parametrize("path", OURS, ids=lambda path: str(path.relative_to(ROOT)))
def test_words_people_read_stand_in_the_locale_files(path):
    if str(path.relative_to(ROOT)).startswith(JAPANESE_DATA):
        return
    assert [text for text in _strings(path) if JAPANESE.search(text)] == []


def test_every_word_exists_in_every_language():
    japanese = i18n.words("ja")
    for lang in i18n.AVAILABLE:
        own = set(i18n.words(lang)) if lang == "ja" else set(_own(lang))
        assert own == set(japanese), sorted(own ^ set(japanese))[:20]


def _own(lang: str) -> list[str]:
    return list(i18n.json.loads((i18n.LOCALES / f"{lang}.json").read_text(encoding="utf-8")))


def test_every_language_asks_for_the_same_parameters():
    japanese = i18n.words("ja")
    for lang in i18n.AVAILABLE:
        other = i18n.words(lang)
        assert [key for key in japanese if _asked(japanese[key]) < _asked(other[key])] == []


def _asked(words: str) -> set[str]:
    return set(re.findall(r"{(\w+)}", words))


def test_every_word_asked_for_by_name_exists():
    known = i18n.words("ja")
    asked = {
        (str(path.relative_to(ROOT)), key)
        for path in OURS
        for key in re.findall(r"""\bt\(\s*["']([a-z_]+(?:\.[a-z_0-9]+)+)["']""", path.read_text(encoding="utf-8"))
    }
    assert sorted(one for one in asked if one[1] not in known) == []


def test_every_error_code_has_words():
    known = i18n.words("ja")
    raised = set()
    classes = "|".join(one.__name__ for one in errors.TamemapError.__subclasses__())
    for path in OURS:
        text = path.read_text(encoding="utf-8")
        raised |= set(re.findall(rf"""\b(?:{classes})\(\s*["']([a-z_]+)["']""", text))
        raised |= set(re.findall(r"""\bInvalid\.at\(\s*[^,]+,\s*["']([a-z_]+)["']""", text))
        raised |= set(re.findall(r"""\bFieldError\(\s*[^,]+,\s*["']([a-z_]+)["']""", text))
    assert sorted(code for code in raised if f"errors.{code}" not in known and not code.startswith("not_allowed_")) == []
