"""Photographs of every kind become pictures that may be shown."""

from __future__ import annotations

import base64
import io
import json
from datetime import UTC, datetime

import pillow_heif
import pytest
import pyvips
from PIL import Image, ImageChops, ImageCms, ImageDraw, ImageFilter, ImageStat, PngImagePlugin

from tamemap.clock import TOKYO
from tamemap.gateways import imaging
from tests.gateways.photos import LARGE, TRUTH, encoded, exif, opened, paper, sheet, small

pillow_heif.register_heif_opener()

# how a camera that lies on its side stores the upright picture (Exif 3.0, tag 0x0112)
STORED = {
    1: (),
    2: (Image.Transpose.FLIP_LEFT_RIGHT,),
    3: (Image.Transpose.ROTATE_180,),
    4: (Image.Transpose.FLIP_TOP_BOTTOM,),
    5: (Image.Transpose.TRANSPOSE,),
    6: (Image.Transpose.ROTATE_90,),
    7: (Image.Transpose.TRANSVERSE,),
    8: (Image.Transpose.ROTATE_270,),
}
SECRETS = (b"Exif", b"GPS", b"http://ns.adobe.com", b"<x:xmpmeta", b"Photoshop 3.0", b"8BIM", b"ICC_PROFILE", b"acsp")
SECRETS += (b"Camera of nobody", b"a secret of Aki", b"SHARP", b"FCNT", b"AQUOS")
FAINT = ("d09", "d13")  # dark paper on a dark wall, white paper on a white one: the eye sees no outline either
FORMS = {
    "jpeg": lambda image, **more: encoded(image, "JPEG", quality=92, **more),
    "png": lambda image, **more: encoded(image, "PNG", **more),
    "webp": lambda image, **more: encoded(image, "WEBP", quality=92, **more),
    "avif": lambda image, **more: encoded(image, "AVIF", quality=85, speed=9, **more),
    "heic": lambda image, **more: encoded(image, "HEIF", quality=85, **more),
}


def difference(one: Image.Image, other: Image.Image) -> float:
    """The mean difference of two pictures, 0 to 255."""
    return sum(ImageStat.Stat(ImageChops.difference(one, other.resize(one.size))).mean) / 3


def shown(data: bytes, size: int = 320, form: str = "jpeg") -> Image.Image:
    """What people see of it."""
    (page,) = imaging.render(data, sizes=(size,)).pages
    return opened(next(one.data for one in page.variants if one.format == form))


@pytest.mark.parametrize("kind", FORMS)
@pytest.mark.parametrize("orientation", STORED)
def test_a_photo_stands_upright_however_the_phone_was_held(kind, orientation):
    upright = sheet()
    stored = upright
    for step in STORED[orientation]:
        stored = stored.transpose(step)
    made = imaging.render(FORMS[kind](stored, exif=exif(orientation)), sizes=(200,))
    (page,) = made.pages
    assert (made.kind, page.width, page.height) == (kind, 200, 280)
    for variant in page.variants:
        seen = opened(variant.data)
        assert (variant.width, variant.height) == seen.size == (143, 200)
        assert difference(seen, upright) < 8
        assert all(difference(seen, seen.transpose(turn)) > 16 for turn in Image.Transpose)  # the measure does see turns


@pytest.mark.parametrize("name", [name for name in TRUTH if name.endswith((".jpg", ".heic", ".webp", ".png"))])
def test_small_photos_show_the_truth_about_size_place_and_time(name):
    _agrees_with_truth(imaging.render(small(name), sizes=(320,)), TRUTH[name])


@pytest.mark.skipif(not LARGE.is_dir(), reason="the large photographs are not beside the repository")
@pytest.mark.parametrize("path", sorted(LARGE.glob("*.json")), ids=lambda path: path.stem)
def test_large_photos_show_the_truth_about_size_place_and_time(path):
    truth = json.loads(path.read_text(encoding="utf-8"))
    data = path.with_name(truth["photo"]).read_bytes()
    made = imaging.render(data)
    if path.stem not in FAINT:
        _agrees_with_truth(made, truth | {"width": truth["size"][0], "height": truth["size"][1]})
    _carries_nothing(made)


def _edges_at(picture: Image.Image, corners: list[tuple[float, float]]) -> float:
    """How strongly the picture changes along the outline of the flyer."""
    outline = Image.new("L", picture.size)
    ImageDraw.Draw(outline).line([*corners, corners[0]], fill=255, width=3)
    return ImageStat.Stat(picture.convert("L").filter(ImageFilter.FIND_EDGES), outline).mean[0]


def _lies_where_it_should(page: imaging.Page, truth: dict) -> None:
    """The flyer's outline is found at its true corners, and in no turned or mirrored picture."""
    seen = opened(next(one.data for one in page.variants if (one.size, one.format) == (320, "jpeg")))
    scale = 320 / max(page.width, page.height)
    corners = [(x * scale, y * scale) for x, y in truth["corners"]]
    turned = [seen.transpose(turn).resize(seen.size) for turn in Image.Transpose]
    assert _edges_at(seen, corners) > max(_edges_at(other, corners) for other in turned)


def _agrees_with_truth(made: imaging.Imaged, truth: dict) -> None:
    (page,) = made.pages
    assert (page.width, page.height) == (truth["width"], truth["height"])
    expected = truth["gps"] and (pytest.approx(truth["gps"]["lat"], abs=2e-5), pytest.approx(truth["gps"]["lon"], abs=2e-5))
    assert (made.gps and (made.gps.lat, made.gps.lng)) == expected
    _lies_where_it_should(page, truth)
    if made.taken_at:
        assert made.taken_at.astimezone(TOKYO).replace(tzinfo=None).isoformat() == truth["taken_at"]
        assert made.taken_at.tzinfo is UTC


def _carries_nothing(made: imaging.Imaged) -> None:
    for page in made.pages:
        for data in [variant.data for variant in page.variants] + [base64.b64decode(page.blur.split(",")[1])]:
            assert [secret for secret in SECRETS if secret in data] == []
            seen = Image.open(io.BytesIO(data))
            assert dict(seen.getexif()) == {}
            assert set(seen.info) <= {
                "jfif",
                "jfif_version",
                "jfif_unit",
                "jfif_density",
                "background",
                "loop",
                "timestamp",
                "duration",
            }


def _with_everything() -> dict[str, bytes]:
    profile = ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()
    xmp = b"<x:xmpmeta xmlns:x='adobe:ns:meta/'>a secret of Aki http://ns.adobe.com/xap/1.0/</x:xmpmeta>"
    block = exif(6, {1: "N", 2: (32.0, 13.0, 0.0), 3: "E", 4: (130.0, 45.0, 0.0)})
    text = PngImagePlugin.PngInfo()
    text.add_text("Comment", "a secret of Aki")
    text.add_itxt("Title", "a secret of Aki")
    common = {"exif": block, "icc_profile": profile}
    jpeg = encoded(sheet(), "JPEG", comment=b"a secret of Aki", xmp=xmp, **common)
    iptc = b"Photoshop 3.0\x008BIM\x04\x04\0\0\0\0\0\x10a secret of Aki"
    return {
        "jpeg": jpeg[:2] + b"\xff\xed" + (len(iptc) + 2).to_bytes(2, "big") + iptc + jpeg[2:],
        "png": encoded(sheet(), "PNG", pnginfo=text, **common),
        "webp": encoded(sheet(), "WEBP", xmp=xmp, **common),
        "avif": encoded(sheet(), "AVIF", xmp=xmp, **common),
        "heic": encoded(sheet(), "HEIF", xmp=xmp, **common),
    }


@pytest.mark.parametrize(("kind", "data"), _with_everything().items(), ids=lambda value: value if isinstance(value, str) else "")
def test_nothing_but_the_picture_reaches_chie(kind, data):
    assert b"a secret of Aki" in data or kind == "png"
    made = imaging.render(data, sizes=(64, 320))
    assert made.gps == imaging.Gps(pytest.approx(32.2166667), 130.75)
    _carries_nothing(made)


def test_every_size_comes_as_avif_and_as_jpeg_and_is_never_made_larger():
    made = imaging.render(encoded(sheet(1000, 700), "JPEG"), sizes=(320, 960, 2048))
    (page,) = made.pages
    assert [(one.size, one.format, one.width, one.height) for one in page.variants] == [
        (320, "avif", 320, 224),
        (320, "jpeg", 320, 224),
        (960, "avif", 960, 672),
        (960, "jpeg", 960, 672),
        (2048, "avif", 1000, 700),
        (2048, "jpeg", 1000, 700),
    ]
    for variant in page.variants:
        seen = Image.open(io.BytesIO(variant.data))
        assert seen.format.lower() == variant.format
        assert seen.size == (variant.width, variant.height)
    assert [one.suffix for one in page.variants[:2]] == [".avif", ".jpg"]
    assert [one.media_type for one in page.variants[:2]] == ["image/avif", "image/jpeg"]


def test_the_large_size_follows_from_the_original():
    data = encoded(sheet(3000, 2100), "JPEG")
    (page,) = imaging.render_more(data).pages
    assert [(one.size, one.width, one.height) for one in page.variants] == [(2048, 2048, 1434)] * 2


def test_the_stand_in_is_tiny_and_looks_like_the_picture():
    (page,) = imaging.render(encoded(sheet(), "JPEG"), sizes=()).pages
    head, _, payload = page.blur.partition(",")
    assert head == "data:image/webp;base64"
    assert len(page.blur) < 100
    assert difference(opened(base64.b64decode(payload)), sheet()) < 40
    assert page.variants == ()


def test_the_stand_in_is_tiny_whatever_is_on_the_picture():
    noise = Image.effect_noise((600, 800), 120).convert("RGB")
    stripes = Image.linear_gradient("L").resize((600, 90)).resize((600, 800)).convert("RGB").rotate(30, fillcolor="red")
    for shown in (noise, stripes, Image.merge("RGB", [Image.effect_noise((700, 300), 200) for _ in range(3)])):
        (page,) = imaging.render(encoded(shown, "JPEG"), sizes=()).pages
        assert len(page.blur) < 100
        assert max(opened(base64.b64decode(page.blur.partition(",")[2])).size) >= 4


def test_what_is_transparent_is_shown_on_white():
    glass = sheet().convert("RGBA")
    glass.putalpha(0)
    half = sheet().convert("RGBA")
    half.putalpha(128)
    mixed = Image.blend(Image.new("RGB", half.size, "white"), sheet(), 128 / 255)
    for form in ("png", "webp", "avif", "heic"):
        assert difference(shown(FORMS[form](glass)), Image.new("RGB", glass.size, "white")) < 1
        assert difference(shown(FORMS[form](half)), mixed) < 6


def test_printing_ink_grey_palettes_and_deep_colours_are_understood():
    grey = sheet().convert("L")
    deep = Image.frombytes("I;16", grey.size, b"".join(bytes((value, value)) for value in grey.tobytes()))
    shaded = Image.merge("LA", (grey, Image.new("L", grey.size, 255)))
    for data in (encoded(grey, "JPEG"), encoded(deep, "PNG"), encoded(shaded, "PNG"), FORMS["heic"](grey), FORMS["avif"](grey)):
        assert difference(shown(data), grey.convert("RGB")) < 5
    assert difference(shown(encoded(sheet().convert("CMYK"), "JPEG")), sheet()) < 40
    assert difference(shown(encoded(sheet().quantize(32), "PNG")), sheet()) < 6
    assert difference(shown(encoded(sheet().convert("1"), "PNG")), sheet().convert("1").convert("RGB")) < 25
    deepest = pyvips.Image.new_from_buffer(encoded(sheet(), "PNG"), "").colourspace("rgb16").pngsave_buffer()
    assert difference(shown(deepest), sheet()) < 5


def test_of_a_moving_picture_the_first_frame_is_shown():
    for form in ("WEBP", "PNG", "AVIF"):
        moving = encoded(sheet(), form, save_all=True, append_images=[sheet().transpose(Image.Transpose.ROTATE_180)])
        assert difference(shown(moving), sheet()) < 8


@pytest.mark.parametrize("form", ["jpeg", "png", "webp", "avif", "heic"])
def test_the_wide_colours_of_a_phone_are_brought_home(form):
    wide = pyvips.Image.black(1, 1, bands=3).copy(interpretation="srgb").icc_transform("p3").get("icc-profile-data")
    data = FORMS[form](sheet(), icc_profile=wide)
    profile = ImageCms.ImageCmsProfile(io.BytesIO(wide))
    truth = ImageCms.profileToProfile(sheet(), profile, ImageCms.createProfile("sRGB"))
    assert difference(truth, sheet()) > 6
    assert difference(shown(data), truth) < 6


def test_a_broken_profile_spoils_nothing():
    for form in ("JPEG", "PNG"):
        assert difference(shown(encoded(sheet(), form, icc_profile=b"garbage" * 40)), sheet()) < 5


def test_of_five_pages_four_are_shown():
    made = imaging.render(paper((595, 842), (842, 595), (595, 842), (100, 100), (595, 842)), sizes=(320,))
    assert (made.kind, made.suffix, made.gps, made.taken_at) == ("pdf", ".pdf", None, None)
    assert [(page.variants[0].width, page.variants[0].height) for page in made.pages] == [
        (227, 320),
        (320, 227),
        (227, 320),
        (320, 320),
    ]
    assert len(imaging.render(paper((595, 842), (595, 842)), sizes=(320,), max_pages=1).pages) == 1


def test_a_page_shows_what_is_printed_on_it():
    made = imaging.render(encoded(sheet(595, 842), "PDF"), sizes=(320,))
    assert difference(opened(made.pages[0].variants[1].data), sheet(595, 842)) < 8
    _carries_nothing(made)


@pytest.mark.parametrize("size", [(2_000_000, 3_000_000), (14400, 0.5), (1, 1), (0.5, 14400)])
def test_a_page_of_any_size_is_drawn_at_ours(size):
    (page,) = imaging.render(paper(size), sizes=(2048,)).pages
    assert max(page.width, page.height) == 2048
    assert all(max(one.width, one.height) <= 2048 for one in page.variants)


def test_a_pdf_that_only_forbids_printing_is_read():
    assert imaging.render(small("printing-locked.pdf"), sizes=(320,)).kind == "pdf"


def test_the_moment_is_told_in_utc():
    block = Image.Exif()
    block.get_ifd(0x8769).update({0x9003: "2026:11:23 09:30:00", 0x9011: "+02:00"})
    made = imaging.render(encoded(sheet(), "JPEG", exif=block), sizes=())
    assert made.taken_at == datetime(2026, 11, 23, 7, 30, tzinfo=UTC)


def test_nonsensical_sizes_are_our_own_mistake():
    with pytest.raises(ValueError, match="sizes"):
        imaging.render(encoded(sheet(), "JPEG"), sizes=(0,))
