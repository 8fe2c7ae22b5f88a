"""Reading beside the outbox: a thread of its own that ends when told, and goes on after what goes wrong."""

from __future__ import annotations

import io
import os
import signal
import threading

from PIL import Image
from sqlmodel import select

from tamemap import config, db
from tamemap.gateways import reader_child
from tamemap.gateways.reader import ProcessReader, Readout
from tamemap.gateways.storage import storage_from
from tamemap.jobs import reading
from tamemap.models import Reading
from tamemap.services import outbox, reading_work, readings
from tests import factories
from tests.services.reading_fake import FakeReader, page_of


def asked(actor, data=b"a photograph"):
    with db.transaction(write=True) as tx:
        original = storage_from(config.settings()).put(data, ".jpg", private=True)
        factories.waiting_picture(tx, actor, original=original)
        return readings.ask(tx, actor, original=original)


def states():
    with db.transaction(write=False) as tx:
        return sorted(tx.exec(select(Reading.state)).all())


class Ending(FakeReader):
    """Tells the thread to stop with its last answer."""

    def __init__(self, stop, *outs):
        super().__init__(*outs)
        self.stop, self.closed = stop, False

    def read(self, data, *, corners=None):
        if len(self.outs) == 1:
            self.stop.set()
        return super().read(data, corners=corners)

    def close(self):
        self.closed = True


def test_it_reads_until_it_is_told_to_stop_and_ends_its_reader(world, monkeypatch):
    stop = threading.Event()
    asked(world.aki)
    asked(world.chie)
    reader = Ending(stop, page_of(), Readout("empty"))
    monkeypatch.setattr(reading, "reader_from_settings", lambda: reader)
    reading.keep_reading(stop)
    assert (states(), reader.closed) == (["empty", "read"], True)


def test_it_goes_on_after_an_error(world, monkeypatch):
    def broken():
        raise OSError("the store is away")

    stop = threading.Event()
    asked(world.aki)
    asked(world.chie)
    monkeypatch.setattr(reading, "REST", 0.0)
    reader = Ending(stop, broken, page_of())
    monkeypatch.setattr(reading, "reader_from_settings", lambda: reader)
    reading.keep_reading(stop)
    assert states() == ["read", "reading"]


def test_a_photograph_that_is_being_read_keeps_no_mail_waiting(world):
    asked(world.aki)

    def meanwhile():
        with db.transaction(write=True) as tx:
            outbox.put(tx, "mail", {})
        with db.transaction(write=True) as tx:
            assert len(outbox.due(tx, kinds=("mail",))) == 1
        return Readout("empty")

    assert reading_work.read_next(FakeReader(meanwhile))


def test_a_child_that_is_killed_in_the_middle_costs_a_second_try_and_nothing_else(world, monkeypatch):
    out = io.BytesIO()
    Image.new("RGB", (300, 300), "white").save(out, "JPEG")
    asked(world.aki, out.getvalue())
    reader = ProcessReader(seconds=120)  # the machine may be busy
    write = reader_child.write_frame

    def write_and_kill(pipe, header, blobs):
        write(pipe, header, blobs)
        monkeypatch.setattr(reader_child, "write_frame", write)
        os.kill(reader.process(), signal.SIGKILL)

    monkeypatch.setattr(reader_child, "write_frame", write_and_kill)
    try:
        assert reading_work.read_next(reader)
        assert states() == ["waiting"]
        assert reading_work.read_next(reader)
    finally:
        reader.close()
    assert states() == ["empty"]
