"""What every format needs to know of a flyer: one face of it. ``queries.flyer.FlyerView`` is one."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from tamemap.domain.dates import When


class Size(Protocol):
    """One size of a picture: long side, width and height in pixels."""

    @property
    def size(self) -> int: ...
    @property
    def width(self) -> int: ...
    @property
    def height(self) -> int: ...
    @property
    def formats(self) -> tuple[str, ...]: ...


class Picture(Protocol):
    """A picture under the name of this face."""

    @property
    def name(self) -> str: ...
    @property
    def sizes(self) -> Sequence[Size]: ...


class Face(Protocol):
    """What one audience may see of a flyer. Fields hidden from it are empty here, so that no format can give them away."""

    @property
    def public_id(self) -> str: ...
    @property
    def title(self) -> str: ...
    @property
    def category(self) -> str: ...
    @property
    def when(self) -> When: ...
    @property
    def body(self) -> str: ...
    @property
    def venue(self) -> str: ...
    @property
    def address(self) -> str: ...
    @property
    def fee(self) -> str: ...
    @property
    def phone(self) -> str: ...
    @property
    def organiser(self) -> str: ...
    @property
    def url(self) -> str: ...
    @property
    def lat(self) -> float: ...
    @property
    def lng(self) -> float: ...
    @property
    def prefecture(self) -> str: ...
    @property
    def municipality_name(self) -> str: ...
    @property
    def pictures(self) -> Sequence[Picture]: ...
    @property
    def version(self) -> int: ...
    @property
    def updated_at(self) -> datetime: ...


def address_of(face: Face) -> str:
    """The address in one line; where none is given or it is hidden, the town: which town it is stands on the map anyway."""
    town = face.prefecture + face.municipality_name
    return face.address or town
