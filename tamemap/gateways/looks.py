"""The look of a picture: a perceptual hash of it as it is shown."""

from __future__ import annotations

import io

import numpy as np
from PIL import Image

from tamemap.domain.looks import NONE
from tamemap.gateways.pdq import pdq

# beneath it a picture is nearly one colour, and every such picture looks like every other
QUALITY_LEAST = 50


def look_of(jpeg: bytes) -> str:
    """PDQ (the published hash of Meta's ThreatExchange) of a JPEG of ours, as 64 hexadecimal digits; ``NONE`` for a blank one.

    Raises OSError, SyntaxError or ValueError for what is no picture.
    """
    with Image.open(io.BytesIO(jpeg)) as picture:
        made, quality = pdq(np.asarray(picture.convert("RGB")))
    return made.hex() if quality >= QUALITY_LEAST else NONE
