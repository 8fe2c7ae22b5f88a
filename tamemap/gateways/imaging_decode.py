"""Photographs of every kind → an upright sRGB raster of bounded size. Runs in the imaging child only.

libvips reads JPEG, PNG and WebP in streams and shrinks while it reads, so that 60 megapixels never stand in memory at
once. HEIC (libheif) and AVIF (libavif) can only be decoded whole; libvips then takes their raw pixels without a copy.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING, Any, TypeVar

import pillow_heif
import pyvips
from PIL import _avif

from tamemap.errors import Invalid, TamemapError, TooLarge
from tamemap.gateways.imaging_kinds import webp_shape

if TYPE_CHECKING:
    from collections.abc import Callable

    from tamemap.gateways.imaging_kinds import Kind

Made = TypeVar("Made")

MOST_PIXELS = 60_000_000
LEAST_SIDE = 32  # pixels; smaller is a tracking dot or an icon, never a flyer
TURNED = range(5, 9)  # Exif orientations that swap width and height
WHITE = 255
NO_ROOM = re.compile("out of memory|insufficient memory|memory alloc", re.IGNORECASE)  # as our three libraries put it

pillow_heif.options.DECODE_THREADS = 1
pillow_heif.options.THUMBNAILS = False  # a thumbnail may still show what was cut away afterwards
pillow_heif.options.DEPTH_IMAGES = False
pillow_heif.options.AUX_IMAGES = False
pyvips.cache_set_max(0)  # every photograph is another one: remembering only costs memory

_HEADERS = {
    "jpeg": pyvips.Image.jpegload_buffer,
    "png": pyvips.Image.pngload_buffer,
    "webp": pyvips.Image.webpload_buffer,
}


@dataclass(frozen=True, slots=True)
class Opened:
    """A photograph whose header is read and whose pixels are not: upright width and height, Exif block, decoder."""

    width: int
    height: int
    exif: bytes | None
    decode: Callable[[int], pyvips.Image]

    @property
    def pixels(self) -> int:
        """How many pixels there are to decode."""
        return self.width * self.height

    def raster(self, size: int) -> pyvips.Image:
        """The upright picture as ``plain`` has it, its long side at most ``size``.

        Raises Invalid("photo_truncated") for damaged pixels, TooLarge("photo_too_heavy") when memory does not do.
        """
        return _guarded(lambda: plain(self.decode(size)))


def open_photo(kind: Kind, data: bytes) -> Opened:
    """Reads the header only. Raises TooLarge("photo_too_many_pixels"), Invalid("photo_too_small"/"photo_truncated")."""
    opener = {"heic": _open_heic, "avif": _open_avif}.get(kind, partial(_open_stream, kind))
    opened = _guarded(lambda: opener(data))
    _bounded(opened.width, opened.height)
    if min(opened.width, opened.height) < LEAST_SIDE:
        raise Invalid("photo_too_small", limit=LEAST_SIDE)
    return opened


def _bounded(width: int, height: int) -> None:
    if width * height > MOST_PIXELS:
        raise TooLarge("photo_too_many_pixels", limit=MOST_PIXELS // 1_000_000)


def from_memory(pixels: object, width: int, height: int, bands: int, stride: int) -> pyvips.Image:
    """Raw eight-bit rows (``stride`` bytes each) as a picture; nothing is copied."""
    flat = pyvips.Image.new_from_memory(pixels, stride, height, 1, "uchar")
    if stride != width * bands:
        flat = flat.crop(0, 0, width * bands, height)
    return flat.bandfold(factor=bands).copy(interpretation="srgb" if bands > 2 else "b-w")


def plain(image: pyvips.Image) -> pyvips.Image:
    """Any picture as three bands of eight-bit sRGB on white, held in memory, without any metadata."""
    image = _standard_colours(image)
    if image.hasalpha():
        image = image.flatten(background=[WHITE if image.format == "uchar" else 257 * WHITE] * (image.bands - 1))
    image = image.colourspace("srgb").extract_band(0, n=3).cast("uchar")
    pixels = image.write_to_memory()
    return pyvips.Image.new_from_memory(pixels, image.width, image.height, 3, "uchar").copy(interpretation="srgb")


def _standard_colours(image: pyvips.Image) -> pyvips.Image:
    """The colours of the embedded profile, or of printing ink, as sRGB; a profile that cannot be used is passed over."""
    embedded = bool(image.get_typeof("icc-profile-data"))
    if not embedded and image.interpretation != "cmyk":
        return image
    image = image.copy_memory()  # the small picture: within the thumbnail call the same costs twenty times as much
    try:
        return image.icc_transform("srgb", embedded=embedded, input_profile="cmyk", depth=8).copy_memory()
    except pyvips.Error:
        return image


def _guarded(step: Callable[[], Made]) -> Made:
    """Decoders' complaints in our words."""
    try:
        return step()
    except TamemapError:
        raise
    except MemoryError as error:
        raise TooLarge("photo_too_heavy") from error
    except (pyvips.Error, RuntimeError, ValueError, OSError, SyntaxError, EOFError) as error:
        if NO_ROOM.search(str(error)):
            raise TooLarge("photo_too_heavy") from error
        raise Invalid("photo_truncated") from error


def _field(image: pyvips.Image, name: str, default: Any = None) -> Any:
    return image.get(name) if image.get_typeof(name) else default


def _upright(image: pyvips.Image, size: int) -> pyvips.Image:
    return image.thumbnail_image(size, height=size, size="down")


def _open_stream(kind: Kind, data: bytes) -> Opened:
    if kind == "webp":
        _bounded(*webp_shape(data))
    head = _HEADERS[kind](data, access="sequential")
    turned = _field(head, "orientation", 1) in TURNED
    width, height = (head.height, head.width) if turned else (head.width, head.height)

    def decode(size: int) -> pyvips.Image:
        # the option string reaches the loader; the argument ``fail_on`` of this call does not (libvips 8.18)
        return pyvips.Image.thumbnail_buffer(data, size, height=size, size="down", option_string="[fail_on=truncated]")

    return Opened(width, height, _field(head, "exif-data"), decode)


def _open_heic(data: bytes) -> Opened:
    """HEIC by libheif, which has turned the pixels already: Exif's orientation must not turn them again."""
    photo = pillow_heif.HeifFile(data, convert_hdr_to_8bit=True, remove_stride=False)
    width, height = photo.size

    def decode(size: int) -> pyvips.Image:
        pixels = photo.data
        wide, high = photo.size  # what the stream holds, whatever the header said
        _bounded(wide, high)
        image = from_memory(pixels, wide, high, len(photo.mode), photo.stride)
        if photo.premultiplied_alpha:
            image = image.unpremultiply().cast("uchar")
        return _upright(_tagged(image, icc=photo.info.get("icc_profile")), size)

    return Opened(width, height, photo.info.get("exif"), decode)


def _open_avif(data: bytes) -> Opened:
    """AVIF by libavif, below Pillow's own class, which holds planes, rows and a third copy at the same time."""
    decoder = [_avif.AvifDecoder(data, "auto", 1)]
    (width, height), _, mode, icc, exif, orientation, _ = decoder[0].get_info()

    def decode(size: int) -> pyvips.Image:
        pixels = decoder.pop().get_frame(0)[0]  # popped: the planes are freed before the shrinking starts
        image = from_memory(pixels, width, height, len(mode), width * len(mode))
        return _upright(_tagged(image, icc=icc, orientation=orientation), size)

    if orientation in TURNED:
        return Opened(height, width, exif, decode)
    return Opened(width, height, exif, decode)


def _tagged(image: pyvips.Image, *, icc: bytes | None, orientation: int = 1) -> pyvips.Image:
    """The picture with the colour profile and the orientation that libvips is to apply."""
    image = image.copy()
    if icc:
        image.set_type(pyvips.GValue.blob_type, "icc-profile-data", icc)
    image.set_type(pyvips.GValue.gint_type, "orientation", orientation)
    return image
