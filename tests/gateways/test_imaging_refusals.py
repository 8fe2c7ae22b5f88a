"""What is refused is refused clearly, quickly and without harm."""

from __future__ import annotations

import io
import zipfile
import zlib

import pillow_heif
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from PIL import Image

from tamemap import i18n
from tamemap.errors import Invalid, TamemapError, TooLarge, Unsupported
from tamemap.gateways import imaging, imaging_pool
from tests.gateways.photos import encoded, exif, paper, png_of, png_of_nothing, sheet, small

pillow_heif.register_heif_opener()

SVG = b'<?xml version="1.0"?><svg xmlns="http://www.w3.org/2000/svg"><script>alert(1)</script></svg>'
HTML = b"<!doctype html><script>alert(1)</script>"
FILM = b"\0\0\0\x20ftypisom\0\0\x02\0isomiso2avc1mp41" + b"\0" * 64


def refusal(data: bytes, **options) -> TamemapError:
    with pytest.raises(TamemapError) as caught:
        imaging.render(data, **options)
    return caught.value


def archive() -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as file:
        file.writestr("photo.jpg", encoded(sheet(), "JPEG"))
    return buffer.getvalue()


WHOLE = {
    "jpeg": encoded(sheet(), "JPEG"),
    "progressive": encoded(sheet(), "JPEG", progressive=True),
    "png": encoded(sheet(), "PNG"),
    "webp": encoded(sheet(), "WEBP"),
    "avif": encoded(sheet(), "AVIF", speed=9),
    "heic": small("d15.heic"),
    "pdf": encoded(sheet(), "PDF").rstrip(),
}
OTHERS = {
    "gif": encoded(sheet(), "GIF"),
    "bmp": encoded(sheet(), "BMP"),
    "tiff": encoded(sheet(), "TIFF"),
    "svg": SVG,
    "html": HTML,
    "zip": archive(),
    "film": FILM,
    "text": "チラシです".encode(),
    "gif with a pdf inside": b"GIF89a" + paper((100, 100)),
    "html with a photo inside": HTML + WHOLE["jpeg"],
    "zip in front of a photo": archive() + WHOLE["jpeg"],
    "one byte": b"\xff",
}


@pytest.mark.parametrize("name", OTHERS)
def test_other_files_are_told_from_photos_by_their_content(name):
    error = refusal(OTHERS[name])
    assert (type(error), error.code, error.status) == (Unsupported, "photo_wrong_type", 415)


def test_an_empty_file_is_refused():
    assert refusal(b"").code == "photo_empty"


@pytest.mark.parametrize(
    "disguise", [b"\xff\xd8\xff", b"\x89PNG\r\n\x1a\n", b"RIFF\x40\0\0\0WEBP", b"%PDF-1.7\n", FILM[:8] + b"heic" + FILM[12:]]
)
def test_a_script_behind_the_first_bytes_of_a_photo_is_refused(disguise):
    error = refusal(disguise + SVG + HTML)
    assert (type(error), error.code) == (Invalid, "photo_truncated")


@pytest.mark.parametrize("name", WHOLE)
@pytest.mark.parametrize("tail", [HTML, archive(), paper((9, 9))], ids=["html", "zip", "pdf"])
def test_what_hides_behind_a_photo_is_left_behind(name, tail):
    if name == "pdf":
        pytest.skip("a PDF may be continued; its pages are drawn anew all the same")
    made = imaging.render(WHOLE[name] + tail, sizes=(64,))
    assert made.kind == {"progressive": "jpeg"}.get(name, name)
    assert [one for one in made.pages[0].variants if b"<script" in one.data or b"PK\3\4" in one.data] == []


@pytest.mark.parametrize("name", WHOLE)
@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(share=st.floats(0, 1, exclude_max=True))
def test_a_photo_cut_off_anywhere_is_refused(name, share):
    error = refusal(WHOLE[name][: int(share * len(WHOLE[name]))], sizes=(64,))
    assert error.code in {"photo_empty", "photo_truncated", "photo_wrong_type"}
    assert error.status in {422, 415}


@pytest.mark.parametrize("name", WHOLE)
@pytest.mark.parametrize("missing", [1, 2, 3, 10])
def test_a_photo_without_its_last_bytes_is_refused(name, missing):
    assert refusal(WHOLE[name][:-missing], sizes=(64,)).code == "photo_truncated"


@pytest.mark.parametrize("name", WHOLE)
@settings(max_examples=25, deadline=None)
@given(data=st.data())
def test_a_damaged_photo_is_shown_or_refused_and_harms_nobody(name, data):
    damaged = bytearray(WHOLE[name])
    for _ in range(data.draw(st.integers(1, 8))):
        damaged[data.draw(st.integers(0, len(damaged) - 1))] = data.draw(st.integers(0, 255))
    try:
        made = imaging.render(bytes(damaged), sizes=(64,))
    except TamemapError as error:
        assert error.code.startswith(("photo_", "pdf_"))
    else:
        assert made.pages
    assert imaging.render(WHOLE["jpeg"], sizes=(64,)).kind == "jpeg"


def test_over_twenty_megabytes_is_refused_before_anything_is_read():
    error = refusal(WHOLE["jpeg"] + b"\0" * (20 * 1024 * 1024))
    assert (type(error), error.code, error.params, error.status) == (TooLarge, "photo_too_large", {"limit": 20}, 413)


LATER_WEBP = {
    "webp without loss": (encoded(sheet(), "WEBP", lossless=True), 21, b"\xff\xff\xff\x0f"),
    "webp with alpha": (encoded(sheet().convert("RGBA").quantize(9), "WEBP", exif=exif(1)), 24, b"\xff\x3f\0" * 2),
}


def _of_claimed_size(kind: str) -> bytes:
    """Small files whose headers claim 65,000 by 65,000 pixels (WebP 16,383)."""
    side = (65000).to_bytes(4, "big")
    if kind == "jpeg":
        at = WHOLE["jpeg"].index(b"\xff\xc0") + 5
        return WHOLE["jpeg"][:at] + side[2:] * 2 + WHOLE["jpeg"][at + 4 :]
    if kind == "png":
        return png_of((b"IHDR", side * 2 + bytes((8, 2, 0, 0, 0))), (b"IDAT", zlib.compress(b"\0" * 999)), (b"IEND", b""))
    if kind == "webp":
        at = WHOLE["webp"].index(b"\x9d\x01\x2a") + 3
        return WHOLE["webp"][:at] + b"\xff\x3f\xff\x3f" + WHOLE["webp"][at + 4 :]
    if kind in LATER_WEBP:
        whole, at, shape = LATER_WEBP[kind]
        return whole[:at] + shape + whole[at + len(shape) :]
    claimed = bytearray(WHOLE[kind])
    at = -1
    while (at := claimed.find(b"ispe", at + 1)) > 0:
        claimed[at + 8 : at + 16] = (9000).to_bytes(4, "big") * 2
    return bytes(claimed)


@pytest.mark.parametrize("kind", ["jpeg", "png", "webp", *LATER_WEBP, "avif", "heic"])
def test_over_sixty_megapixels_is_refused_by_the_header_alone(kind):
    error = refusal(_of_claimed_size(kind))
    assert (type(error), error.code, error.params) == (TooLarge, "photo_too_many_pixels", {"limit": 60})


def test_a_bomb_below_sixty_megapixels_does_no_harm():
    pool = imaging_pool.Pool()
    bomb = png_of_nothing(7700, 7700)
    assert len(bomb) < 100_000
    header, _ = pool.ask({"kind": "png", "sizes": [320], "max_pages": 1}, bomb)
    assert header["peak"] < 500e6
    pool.close()


@pytest.mark.parametrize("chunk", [b"iCCP", b"zTXt", b"iTXt"])
def test_a_bomb_in_the_small_print_does_no_harm(chunk):
    blown = zlib.compress(b"\0" * 300_000_000, 9)
    body = b"icc\0\0" + blown if chunk != b"iTXt" else b"Title\0\1\0\0\0" + blown
    pool = imaging_pool.Pool()
    header, _ = pool.ask({"kind": "png", "sizes": [64], "max_pages": 1}, png_of_nothing(64, 64, (chunk, body)))
    assert header["peak"] < 200e6
    pool.close()


@pytest.mark.parametrize("size", [(31, 400), (400, 31), (1, 1)])
def test_a_dot_is_no_photo(size):
    error = refusal(encoded(sheet().resize(size), "PNG"))
    assert (type(error), error.code, error.params) == (Invalid, "photo_too_small", {"limit": 32})


def test_a_very_long_strip_is_shown():
    (page,) = imaging.render(encoded(Image.new("RGB", (12000, 32), "white"), "PNG"), sizes=(320,)).pages
    assert [(one.width, one.height) for one in page.variants] == [(320, 1), (320, 1)]


def test_a_locked_pdf_is_refused():
    error = refusal(small("locked.pdf"))
    assert (type(error), error.code, error.status) == (Invalid, "pdf_encrypted", 422)


def test_every_refusal_has_words_in_every_language():
    codes = [
        "empty",
        "truncated",
        "wrong_type",
        "too_large",
        "too_many_pixels",
        "too_small",
        "too_heavy",
        "unreadable",
        "too_slow",
    ]
    for code in [*(f"photo_{code}" for code in codes), "photo_busy", "pdf_encrypted", "picture_gone", "storage_unknown"]:
        assert all(i18n.t(f"errors.{code}", lang, limit=60, scheme="s3") for lang in i18n.AVAILABLE)
