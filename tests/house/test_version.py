"""What a backup and the API call this Tamemap is what its list of changes calls it."""

import re
from pathlib import Path

import tamemap

CHANGES = Path(__file__).resolve().parents[2] / "CHANGELOG.md"


def test_the_version_is_the_newest_in_the_list_of_changes() -> None:
    newest = re.search(r"^## (\d+\.\d+\.\d+)", CHANGES.read_text(encoding="utf-8"), re.MULTILINE)
    assert newest is not None
    assert tamemap.__version__ == newest.group(1)
