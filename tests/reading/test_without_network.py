"""Nothing is fetched for reading: one photograph, read in a network namespace that has no network at all."""

from __future__ import annotations

import shutil
import subprocess
import sys

import pytest

from tests.reading.flyers import vertical_handbill
from tests.reading.sheets import font_path, photographed

READS = """
import socket, sys
from pathlib import Path
from tamemap.domain.reading import fields_of
from tamemap.gateways.reader import ProcessReader
from datetime import date
assert [name for _, name in socket.if_nameindex()] == ["lo"], "there is a network"
reader = ProcessReader(seconds=120)
out = reader.read(Path(sys.argv[1]).read_bytes())
reader.close()
print(out.state, fields_of(out.pages[0].lines, taken=date(2026, 11, 22)).title.value)
"""


def alone() -> list[str] | None:
    """The command that gives a process an empty network, where this machine lets us."""
    tool = shutil.which("unshare")
    for flags in ("-n", "-rn"):
        if tool and subprocess.run([tool, flags, "true"], capture_output=True, check=False).returncode == 0:
            return [tool, flags]
    return None


@pytest.mark.skipif(alone() is None, reason="this machine lets nobody make a network namespace")
@pytest.mark.skipif(font_path() is None, reason="no font with kanji on this machine")
def test_a_photograph_is_read_where_there_is_no_network_at_all(tmp_path):
    photo, _ = photographed(vertical_handbill()[0].picture())
    photo.save(tmp_path / "photo.jpg", quality=90)
    command = [*alone(), sys.executable, "-c", READS, str(tmp_path / "photo.jpg")]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert (done.returncode, done.stdout.split()) == (0, ["read", "寒中座禅会"]), done.stderr
