"""The reader in its own process: photographs and PDFs in, sheets and lines out; what breaks it costs the suggestion only."""

from __future__ import annotations

import io
import math
import os
import signal
import subprocess
import sys

import pytest
from PIL import Image

from tamemap.domain.reading import fields_of
from tamemap.gateways import reader_child
from tamemap.gateways.reader import NullReader, ProcessReader
from tests.reading.flyers import TAKEN, table_of_two_columns, vertical_handbill
from tests.reading.sheets import font_path, photographed

needs_a_font = pytest.mark.skipif(font_path() is None, reason="no font with kanji on this machine")


@pytest.fixture(scope="module")
def reader():
    made = ProcessReader(seconds=120)  # the machine may be busy
    yield made
    made.close()


def jpeg(image):
    out = io.BytesIO()
    image.save(out, "JPEG", quality=90)
    return out.getvalue()


def furthest(corners, truth, size):
    return max(math.dist(one, other) for one, other in zip(corners, truth, strict=True)) / math.hypot(*size)


@needs_a_font
def test_a_photograph_that_lies_on_its_side_is_straightened_and_read(reader):
    page, truth = table_of_two_columns()
    photo, corners = photographed(page.picture().crop((0, 0, 1000, 1100)), turned=90)
    out = reader.read(jpeg(photo))
    assert (out.state, len(out.pages)) == ("read", 1)
    sheet = out.pages[0]
    assert furthest(sheet.corners, corners, photo.size) < 0.02
    fields = fields_of(sheet.lines, taken=TAKEN)
    assert fields.title.value == truth["title"]
    assert str(fields.when.value.first) == "2026-12-08"
    assert (fields.when.value.start, fields.when.value.end) == (13 * 60 + 30, 15 * 60)
    assert (fields.address.value, fields.phone.value, fields.organiser.value) == (
        truth["address"],
        truth["phone"],
        truth["organiser"],
    )
    assert out.peak < 900 << 20


@needs_a_font
def test_corners_that_a_person_has_dragged_are_taken(reader):
    page, _ = vertical_handbill()
    photo, corners = photographed(page.picture())
    sheet = reader.read(jpeg(photo), corners=corners).pages[0]
    assert furthest(sheet.corners, corners, photo.size) < 0.001
    assert any(line.vertical for line in sheet.lines)
    assert fields_of(sheet.lines, taken=TAKEN).title.value == "寒中座禅会"


@needs_a_font
def test_two_flyers_in_one_photograph_are_two_pages(reader):
    photos = [photographed(make()[0].picture().resize((600, 840)))[0] for make in (table_of_two_columns, vertical_handbill)]
    both = Image.new("RGB", (photos[0].width * 2, photos[0].height))
    for number, photo in enumerate(photos):
        both.paste(photo, (number * photo.width, 0))
    out = reader.read(jpeg(both))
    assert len(out.pages) == 2
    titles = {fields_of(page.lines, taken=TAKEN).title.value for page in out.pages}
    assert titles == {"やさしい片づけ講座", "寒中座禅会"}


def test_a_black_frame_says_nothing(reader):
    out = reader.read(jpeg(Image.new("RGB", (400, 600))))
    assert (out.state, [page.found for page in out.pages]) == ("empty", [False])


def test_what_is_no_picture_is_refused(reader):
    assert (reader.read(b"no picture at all").state, reader.read(b"").code) == ("refused", "photo_empty")
    assert reader.read(b"\xff\xd8\xff\xe0" + b"\0" * 300 + b"\xff\xd9").state == "refused"


def test_a_killed_child_is_replaced(reader, monkeypatch):
    picture = jpeg(Image.new("RGB", (300, 300), "white"))
    assert reader.read(picture).state == "empty"
    first = reader.process()
    write = reader_child.write_frame

    def write_and_kill(pipe, header, blobs):
        write(pipe, header, blobs)
        os.kill(first, signal.SIGKILL)

    monkeypatch.setattr(reader_child, "write_frame", write_and_kill)
    out = reader.read(picture)
    assert (out.state, out.again) == ("lost", True)
    monkeypatch.undo()
    assert reader.read(picture).state == "empty"
    assert reader.process() not in {first, None}


def test_what_takes_too_long_is_given_up(monkeypatch):
    monkeypatch.setattr(reader_child, "STARTING", 0.0)
    hasty = ProcessReader(seconds=0.05)
    out = hasty.read(jpeg(Image.new("RGB", (300, 300))))
    # the clock ran out before the processor's time was used: it may go well the next time
    assert (out.state, out.again) == ("late", True)
    assert hasty.process() is None


def test_what_uses_up_its_share_of_the_processor_is_given_up_for_good():
    greedy = ProcessReader(seconds=120, cpu=0)  # none is left once the networks are loaded
    out = greedy.read(jpeg(Image.new("RGB", (300, 300))))
    assert (out.state, out.again) == ("late", False)
    assert greedy.process() is None


def test_the_words_of_a_pdf_are_taken_as_they_are(reader):
    out = reader.read(pdf("TEL 0966-00-1201", "Autumn Acoustic Live"))
    assert (out.state, [page.corners for page in out.pages]) == ("read", [()])
    assert [line.text for line in out.pages[0].lines] == ["TEL 0966-00-1201", "Autumn Acoustic Live"]
    assert out.pages[0].lines[0].confidence == 1.0


def test_the_reading_process_cannot_reach_the_network():
    code = "import socket; from tamemap.gateways import reader_worker as own; own.offline(); socket.create_connection(('', 9))"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    assert "the reader stays on this machine" in done.stderr


def test_the_null_twin_reads_nothing():
    twin = NullReader()
    assert twin.read(b"anything").state == "off"
    twin.close()


def pdf(*texts):
    """A page with these lines in Helvetica."""
    drawn = " ".join(f"BT /F1 24 Tf 72 {700 - 60 * number} Td ({text}) Tj ET" for number, text in enumerate(texts))
    parts = [
        "<< /Type /Catalog /Pages 2 0 R >>",
        "<< /Type /Pages /Kids [3 0 R] /Count 1 >>",
        "<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] /Contents 5 0 R /Resources << /Font << /F1 4 0 R >> >> >>",
        "<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica >>",
        f"<< /Length {len(drawn)} >>\nstream\n{drawn}\nendstream",
    ]
    out, places = "%PDF-1.4\n", []
    for number, part in enumerate(parts, 1):
        places.append(len(out))
        out += f"{number} 0 obj\n{part}\nendobj\n"
    table = "".join(f"{place:010} 00000 n \n" for place in places)
    return (
        f"{out}xref\n0 6\n0000000000 65535 f \n{table}trailer << /Size 6 /Root 1 0 R >>\nstartxref\n{len(out)}\n%%EOF\n".encode()
    )
