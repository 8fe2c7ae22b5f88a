"""The children that decode: bounded, replaceable, and never a danger to the server."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import textwrap
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
import pyvips

from tamemap.errors import Invalid, Unavailable
from tamemap.gateways import imaging_pool
from tests.gateways.photos import encoded, sheet

HOUSE = Path(__file__).parents[2]
ASK = {"kind": "jpeg", "sizes": [64], "max_pages": 1}
PHOTO = encoded(sheet(), "JPEG")


@pytest.fixture
def pool():
    made = imaging_pool.Pool()
    yield made
    made.close()


def test_one_child_serves_many_photos(pool):
    pool.ask(ASK, PHOTO)
    first = pool.processes()
    for _ in range(5):
        pool.ask(ASK, PHOTO)
    assert len(first) == 1
    assert pool.processes() == first


def test_nothing_runs_before_it_is_needed_and_nothing_stays_after_closing(pool):
    assert pool.processes() == []
    pool.ask(ASK, PHOTO)
    (child,) = pool.processes()
    pool.close()
    assert not Path(f"/proc/{child}").exists()


def test_of_many_threads_at_most_two_decode_at_a_time(pool):
    with ThreadPoolExecutor(8) as threads:
        counts = list(threads.map(lambda _: (pool.ask(ASK, PHOTO), len(pool.processes()))[1], range(24)))
    assert set(counts) <= {1, 2}


def test_a_refusal_keeps_the_child(pool):
    with pytest.raises(Invalid, match="photo_truncated"):
        pool.ask(ASK, PHOTO[:-300])
    before = pool.processes()
    pool.ask(ASK, PHOTO)
    assert pool.processes() == before


def test_a_child_that_was_shot_is_replaced(pool):
    pool.ask(ASK, PHOTO)
    (child,) = pool.processes()
    os.kill(child, signal.SIGKILL)
    os.waitid(os.P_PID, child, os.WEXITED | os.WNOWAIT)
    header, _ = pool.ask(ASK, PHOTO)
    assert header["pages"][0]["width"] == 200
    assert pool.processes() != [child]


@pytest.mark.parametrize(
    ("script", "code"),
    [
        ("import os; os.read(0, 1); os.abort()", "photo_unreadable"),
        ("import os; os.read(0, 1); os._exit(3)", "photo_unreadable"),
        ("import os; os.write(1, b'garbage that is no frame'); os.read(0, 1)", "photo_unreadable"),
        ("import os; os.write(1, bytes((0, 0, 0, 2)) + b'[]'); os.read(0, 1)", "photo_unreadable"),
        ("import os; os._exit(0)", "photo_unreadable"),
        ("import time; time.sleep(600)", "photo_too_slow"),
        ("import os, resource, signal; os.kill(os.getpid(), signal.SIGXCPU)", "photo_too_slow"),
    ],
    ids=["crashes", "fails", "talks nonsense", "talks other nonsense", "leaves", "hangs", "burns"],
)
def test_a_child_that_breaks_costs_one_photo_and_never_the_server(monkeypatch, script, code):
    pool = imaging_pool.Pool(seconds=1.0)
    with monkeypatch.context() as broken:
        broken.setattr(imaging_pool, "WORKER", ("-c", script))
        with pytest.raises(Invalid, match=code):
            pool.ask(ASK, PHOTO * 50)
        assert pool.processes() == []
    pool.seconds = 20
    assert pool.ask(ASK, PHOTO)[0]["pages"]
    pool.close()


def test_who_waits_too_long_is_sent_away_kindly(pool):
    pool.patience = 0.01
    for _ in range(imaging_pool.CHILDREN):
        pool._free.acquire()
    with pytest.raises(Unavailable, match="photo_busy"):
        pool.ask(ASK, PHOTO)


def test_the_child_knows_none_of_our_secrets(pool, monkeypatch):
    monkeypatch.setenv("TAMEMAP_SECRET_KEY", "a secret of the town")
    pool.ask(ASK, PHOTO)
    (child,) = pool.processes()
    assert b"a secret of the town" not in Path(f"/proc/{child}/environ").read_bytes()


def test_the_kernel_keeps_the_child_below_500_megabytes():
    script = """
        from tamemap.gateways import imaging_worker
        imaging_worker.confine()
        try:
            bytearray(480 << 20)
        except MemoryError:
            print("bounded")
    """
    assert _run(script) == "bounded"


def test_a_forked_server_has_children_of_its_own():
    script = """
        import os
        from tamemap.gateways import imaging_pool
        from tests.gateways.photos import encoded, sheet
        photo, ask = encoded(sheet(), "JPEG"), {"kind": "jpeg", "sizes": [64], "max_pages": 1}
        imaging_pool.pool().ask(ask, photo)
        before, busy = imaging_pool.pool().processes(), imaging_pool.pool()._mutex
        with busy:  # a thread may be in the middle of it
            fork = os.fork()
        if not fork:
            os._exit(2) if imaging_pool.pool()._mutex is busy else None
            assert imaging_pool.pool().processes() == []
            imaging_pool.pool().ask(ask, photo)
            own = imaging_pool.pool().processes()
            imaging_pool.pool().close()
            os._exit(0 if own and own != before else 1)
        _, status = os.waitpid(fork, 0)
        imaging_pool.pool().ask(ask, photo)
        print(status == 0 and imaging_pool.pool().processes() == before)
    """
    assert _run(script) == "True"


@pytest.mark.parametrize("form", ["jpegsave_buffer", "pngsave_buffer", "webpsave_buffer"])
def test_sixty_megapixels_stay_below_500_megabytes(pool, form):
    tile = pyvips.Image.new_from_buffer(encoded(sheet(745, 670), "PNG"), "")
    large = tile.replicate(12, 10)
    options = {"effort": 0} if form.startswith("webp") else {}
    data = getattr(large, form)(**options)
    kind = form.split("save")[0]
    header, blobs = pool.ask({"kind": kind, "sizes": [320, 960, 2048], "max_pages": 1}, data)
    assert (header["pages"][0]["width"], header["pages"][0]["height"]) == (8940, 6700)
    assert header["peak"] < 300e6
    assert len(blobs) == 6


def _run(script: str) -> str:
    done = subprocess.run([sys.executable, "-c", textwrap.dedent(script)], cwd=HOUSE, capture_output=True, text=True, check=True)
    return done.stdout.strip()
