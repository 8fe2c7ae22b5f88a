"""A sheet is cut out of its photograph and laid flat; what is made unreadable stays so."""

from __future__ import annotations

import io

import pytest
from PIL import Image, ImageDraw

from tamemap.domain.picture_edits import Edit, read_edit
from tamemap.errors import Invalid
from tamemap.gateways import imaging
from tamemap.gateways.imaging_flat import flatten, render_edit
from tests.gateways.photos import encoded, exif, opened, paper, sheet
from tests.gateways.test_imaging import FORMS, STORED, difference

# where the sheet hangs in a wall's photograph of 1000 × 800 pixels, and how PIL puts it there
HANGS = ((0.2, 0.125), (0.64, 0.2), (0.6, 0.875), (0.15, 0.8125))


def hanging() -> Image.Image:
    """``sheet`` on a grey wall, seen from the side."""
    paper = sheet(400, 560)
    wall = Image.new("RGB", (1000, 800), (90, 90, 90))
    back = _perspective([(x * 1000, y * 800) for x, y in HANGS], [(0, 0), (400, 0), (400, 560), (0, 560)])
    place = Image.new("L", paper.size, 255).transform(wall.size, Image.Transform.PERSPECTIVE, back)
    wall.paste(paper.transform(wall.size, Image.Transform.PERSPECTIVE, back, Image.Resampling.BICUBIC), mask=place)
    return wall


def _perspective(sources, targets):
    """The eight numbers that PIL wants, by elimination."""
    rows = []
    for (x, y), (u, v) in zip(sources, targets, strict=True):
        rows.append([x, y, 1, 0, 0, 0, -u * x, -u * y, u])
        rows.append([0, 0, 0, x, y, 1, -v * x, -v * y, v])
    for at in range(8):
        best = max(range(at, 8), key=lambda row: abs(rows[row][at]))
        rows[at], rows[best] = rows[best], rows[at]
        rows[at] = [one / rows[at][at] for one in rows[at]]
        for other in range(8):
            if other != at:
                rows[other] = [a - rows[other][at] * b for a, b in zip(rows[other], rows[at], strict=True)]
    return [row[8] for row in rows]


@pytest.mark.parametrize("kind", FORMS)
def test_a_sheet_that_hangs_askew_lies_flat(kind):
    seen = opened(flatten(FORMS[kind](hanging()), HANGS, size=300))
    assert max(seen.size) == 300
    assert difference(seen, sheet(400, 560)) < 5
    assert difference(seen, sheet(400, 560).transpose(Image.Transpose.ROTATE_180)) > 30  # the measure does see turns


@pytest.mark.parametrize("orientation", STORED)
def test_corners_are_those_of_the_upright_photograph(orientation):
    stored = hanging()
    for step in STORED[orientation]:
        stored = stored.transpose(step)
    seen = opened(flatten(encoded(stored, "JPEG", quality=92, exif=exif(orientation)), HANGS, size=300))
    assert difference(seen, sheet(400, 560)) < 5


def test_corners_that_begin_elsewhere_turn_the_sheet():
    seen = opened(flatten(encoded(hanging(), "PNG"), (*HANGS[1:], HANGS[0]), size=300))
    assert difference(seen, sheet(400, 560).transpose(Image.Transpose.ROTATE_90)) < 5


def test_nothing_is_made_larger_than_the_photograph_has_it():
    page = render_edit(encoded(hanging(), "PNG"), read_edit(HANGS, None), sizes=(320, 2048))
    assert max(page.width, page.height) < 560
    assert [variant.size for variant in page.variants] == [320, 320, 2048, 2048]
    assert max(page.variants[-1].width, page.variants[-1].height) == max(page.width, page.height)


def test_without_an_edit_it_is_what_was_shown_before():
    photo = encoded(hanging(), "JPEG", quality=90)
    assert render_edit(photo, Edit(), sizes=(320, 960)) == imaging.render(photo, sizes=(320, 960)).pages[0]
    pages = paper((595, 842), (842, 595))
    assert render_edit(pages, Edit(), sizes=(320, 960), page=1) == imaging.render(pages, sizes=(320, 960)).pages[1]


def test_half_a_page_of_a_pdf_is_as_sharp_as_a_whole_one():
    page = render_edit(paper((842, 595)), read_edit([[0, 0], [0.5, 0], [0.5, 1], [0, 1]], None), sizes=(2048,))
    assert max(page.variants[0].width, page.variants[0].height) > 2030
    with pytest.raises(Invalid, match="photo_truncated"):
        flatten(paper((842, 595)), None, size=320, page=1)


def _written(number: str) -> bytes:
    image = Image.new("RGB", (800, 600), (245, 245, 240))
    ImageDraw.Draw(image).text((220, 250), number, fill=(10, 10, 10), font_size=60)
    return encoded(image, "PNG")


def test_what_is_hidden_cannot_be_told_from_anything_else():
    """Two telephone numbers leave the same bytes, at every size and in the stand-in: there is nothing to undo."""
    edit = read_edit(None, [[0.25, 0.38, 0.6, 0.2]])
    one, other = (render_edit(_written(number), edit, sizes=(320, 960)) for number in ("090-1234-5678", "080-9613-4275"))
    assert one == other
    assert render_edit(_written("090-1234-5678"), Edit(), sizes=(320,)) != render_edit(
        _written("080-9613-4275"), Edit(), sizes=(320,)
    )


def test_only_the_boxes_are_covered():
    photo = encoded(sheet(400, 560), "PNG")
    seen, plain = (
        opened(flatten(photo, None, size=560, blur=blur)) for blur in ([(0.1, 0.1, 0.1, 0.1), (0.9, 0.9, 0.5, 0.5)], ())
    )
    assert seen.getpixel((60, 80)) != plain.getpixel((60, 80))
    beside = (0, 150, 340, 490)
    assert difference(seen.crop(beside), plain.crop(beside)) < 1
    # it is seen that something is hidden
    assert len({seen.getpixel((x, 80)) for x in range(42, 78, 5)}) > 2


def test_a_box_lies_on_the_sheet_that_is_shown():
    seen = opened(flatten(encoded(hanging(), "PNG"), HANGS, size=300, blur=[(0, 0, 0.333, 0.333)]))
    red, green = seen.getpixel((40, 50)), seen.getpixel((220, 30))
    assert red[0] < 225 and max(abs(a - b) for a, b in zip(green, (30, 150, 40), strict=True)) < 12


def test_nothing_of_the_photograph_rides_along():
    photo = encoded(hanging(), "JPEG", exif=exif(1, {1: "N", 2: (32.0, 13.0, 0.0), 3: "E", 4: (130.0, 45.0, 0.0)}))
    made = flatten(photo, HANGS, size=320)
    assert b"Exif" not in made and not dict(Image.open(io.BytesIO(made)).getexif())


@pytest.mark.parametrize("corners", [[(0, 0), (1, 1), (1, 0), (0, 1)], [(0, 0)] * 4])
def test_corners_of_no_sheet_are_refused_before_anything_is_decoded(corners):
    with pytest.raises(Invalid, match="photo_corners_wrong"):
        flatten(b"no photograph", corners, size=320)


def test_what_cannot_be_decoded_is_refused_as_ever():
    photo = encoded(hanging(), "JPEG")
    with pytest.raises(Invalid, match="photo_truncated"):
        flatten(photo[: len(photo) // 2], HANGS, size=320)
    with pytest.raises(ValueError, match="sizes"):
        render_edit(photo, Edit(), sizes=())
