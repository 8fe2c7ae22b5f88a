"""What an installed Tamemap promises to phones: the manifest is true."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from PIL import Image

ASSETS = Path(__file__).parent.parent.parent / "assets"
MANIFEST = json.loads((ASSETS / "manifest.webmanifest").read_text(encoding="utf-8"))
PICTURES = [
    picture
    for picture in [*MANIFEST["icons"], *MANIFEST["screenshots"], *(one for way in MANIFEST["shortcuts"] for one in way["icons"])]
    if picture["type"] == "image/png"
]


@pytest.mark.parametrize("picture", PICTURES, ids=lambda picture: picture["src"])
def test_each_picture_has_the_size_and_type_that_the_manifest_says(picture):
    with Image.open(ASSETS / picture["src"].lstrip("/")) as image:
        assert (f"{image.width}x{image.height}", image.format) == (picture["sizes"], "PNG")


def test_chrome_finds_what_it_needs_to_install():
    sizes = {(icon["sizes"], icon["purpose"]) for icon in MANIFEST["icons"]}
    assert {("192x192", "any"), ("512x512", "any"), ("512x512", "maskable")} <= sizes
    assert MANIFEST["display"] == "standalone"
    assert (MANIFEST["id"], MANIFEST["start_url"], MANIFEST["scope"]) == ("/", "/?source=pwa", "/")


def test_the_maskable_icon_keeps_its_slip_inside_the_safe_circle():
    with Image.open(ASSETS / "icons" / "maskable-512.png") as image:
        picture = image.convert("RGB")
    ground = picture.getpixel((2, 2))
    drawn = [
        (x, y)
        for x in range(0, 512, 4)
        for y in range(0, 512, 4)
        if sum(abs(a - b) for a, b in zip(picture.getpixel((x, y)), ground, strict=True)) > 90
    ]
    assert drawn
    assert max(((x - 256) ** 2 + (y - 256) ** 2) ** 0.5 for x, y in drawn) <= 512 * 0.4


def test_the_home_screen_icon_of_iphones_is_opaque():
    with Image.open(ASSETS / "icons" / "apple-touch-icon.png") as image:
        assert image.size == (180, 180)
        assert image.convert("RGBA").getchannel("A").getextrema() == (255, 255)


def test_the_favicon_holds_small_sizes():
    with Image.open(ASSETS / "favicon.ico") as image:
        assert image.info["sizes"] == {(16, 16), (32, 32), (48, 48)}
    assert (ASSETS / "favicon.ico").read_bytes() == (ASSETS / "icons" / "favicon.ico").read_bytes()


def test_shared_photographs_reach_the_address_that_the_worker_answers():
    target = MANIFEST["share_target"]
    assert (target["action"], target["method"], target["enctype"]) == ("/share", "POST", "multipart/form-data")
    (files,) = target["params"]["files"]
    assert files["name"] == "photos"
    assert {"image/jpeg", "image/png", "image/webp", "image/heic", "image/avif", "application/pdf"} <= set(files["accept"])


def test_the_first_shortcut_is_the_deed():
    assert [way["url"].split("?")[0] for way in MANIFEST["shortcuts"]] == ["/post", "/"]


@pytest.mark.parametrize("form_factor", ["narrow", "wide"])
def test_screenshots_have_a_shape_that_shops_accept(form_factor):
    (shot,) = [one for one in MANIFEST["screenshots"] if one["form_factor"] == form_factor]
    short, long = sorted(int(side) for side in shot["sizes"].split("x"))
    assert (short >= 320, long <= 3840, long <= 2.3 * short) == (True, True, True)
