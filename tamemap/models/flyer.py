"""Flyers, their pictures, and their standing on the maps."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import JSON, BigInteger, Column, Index, SmallInteger, UniqueConstraint, text
from sqlmodel import Field, SQLModel

from tamemap.models.base import UtcDateTime, new_public_id


class Flyer(SQLModel, table=True):
    """チラシ: one photographed or uploaded sheet with place and dates."""

    __tablename__ = "flyer"
    # for the sitemap: when something was last changed in a range of numbers (``queries.sitemap.RANGE``)
    __table_args__ = (Index("ix_flyer_range_updated_at", text("(id / 10000)"), "updated_at"),)
    id: int | None = Field(default=None, primary_key=True)
    public_id: str = Field(default_factory=new_public_id, unique=True, max_length=12)
    municipality_code: str = Field(foreign_key="municipality.code", index=True)
    poster_id: int | None = Field(default=None, foreign_key="person.id", index=True)
    # who posted without an account: the hash of the key in that browser's cookie
    guest_hash: str | None = Field(default=None, max_length=64, index=True)
    # the group in whose name it was posted: its owners and editors stand to it as its poster does
    group_id: int | None = Field(default=None, foreign_key="group.id", index=True)
    title: str = Field(max_length=80)
    body: str = Field(default="", max_length=4000)
    category: str = Field(max_length=12)
    # all-day: starts at midnight in Tokyo, ends at the midnight after its last day
    starts_at: datetime | None = Field(default=None, sa_type=UtcDateTime)
    ends_at: datetime | None = Field(default=None, sa_type=UtcDateTime)
    all_day: bool = False
    venue: str = Field(default="", max_length=120)
    address: str = Field(default="", max_length=200)
    fee: str = Field(default="", max_length=200)
    phone: str = Field(default="", max_length=40)
    organiser: str = Field(default="", max_length=120)
    url: str = Field(default="", max_length=500)
    hidden_outside: list[str] = Field(default_factory=list, sa_column=Column(JSON, nullable=False))
    lat: float
    lng: float
    # for search: title, venue, organiser, … folded; one text per face, so that no search finds what it may not show
    folded: str = Field(default="")
    folded_outside: str = Field(default="")
    version: int = 1
    created_at: datetime = Field(sa_type=UtcDateTime)
    updated_at: datetime = Field(sa_type=UtcDateTime)
    deleted_at: datetime | None = Field(default=None, sa_type=UtcDateTime)


class Picture(SQLModel, table=True):
    """One page of a flyer as a picture; before it belongs to a flyer it waits for its poster (``owner_hash``).

    So do pictures of posts (PostPicture), covers of themes and faces of mascots, which belong to no flyer.
    """

    __tablename__ = "picture"
    # what the worker still has to look at: soon nothing, whatever the number of pictures
    __table_args__ = (Index("ix_picture_unseen", "id", sqlite_where=text("look = ''"), postgresql_where=text("look = ''")),)
    id: int | None = Field(default=None, primary_key=True)
    public_id: str = Field(default_factory=new_public_id, unique=True, max_length=12)
    flyer_id: int | None = Field(default=None, foreign_key="flyer.id", index=True)
    # staff have hidden this one; the flyer's others stay
    hidden_at: datetime | None = Field(default=None, sa_type=UtcDateTime)
    owner_hash: str = Field(max_length=64, index=True)
    position: int = 0
    # private name in the store of what was uploaded, and which page of it this is
    original: str = Field(max_length=60, index=True)
    page: int = 0
    width: int
    height: int
    blur: str = Field(default="", max_length=2000)
    # how the shown sizes were made of the original: the sheet's corners (cut out and straightened), fractions of the upright
    # original, and what was made unreadable (boxes x, y, width, height), fractions of what is then shown; {} as it came
    edit: dict[str, Any] = Field(default_factory=dict, sa_column=Column(JSON, nullable=False, server_default="{}"))
    # what stands on it, as it was read and corrected: its text alternative
    words: str = Field(default="", max_length=8000, sa_column_kwargs={"server_default": ""})
    # what is shown, as 256 bits that alike pictures share for the most part (64 hexadecimal digits); ``domain.looks`` has the
    # signs for what nobody has looked at yet and for what looks like nothing
    look: str = Field(default="", max_length=64, sa_column_kwargs={"server_default": ""})
    # {"320": {"avif": "name in the store", "jpeg": "…", "width": 240, "height": 320}, …}; larger sizes come from the worker
    variants: dict[str, Any] = Field(sa_column=Column(JSON, nullable=False))
    # the two faces' names in addresses: when a flyer leaves the regional map, the outside name stops working at once
    resident_name: str = Field(max_length=32, unique=True)
    outside_name: str = Field(max_length=32, unique=True)
    # where the photo says that it was taken; shown to its owner only, forgotten when the flyer is posted
    gps_lat: float | None = None
    gps_lng: float | None = None
    created_at: datetime = Field(sa_type=UtcDateTime)


_IS_UP = text("state = 'up'")


class Placement(SQLModel, table=True):
    """掲載: a flyer's standing on one map. ``state`` is held, up, recalled or withdrawn; past is up with ``until`` gone by."""

    __tablename__ = "placement"
    __table_args__ = (
        UniqueConstraint("flyer_id", "map_id"),
        # a tile or a bounding box is a range of cells on one map; what a pile of flyers shows is in the index itself
        Index("ix_placement_map_id_state_cell", "map_id", "state", "cell", "until", "lat", "lng", "category"),
        Index("ix_placement_map_id_state_soon_at", "map_id", "state", "soon_at", "until", "category"),
        Index("ix_placement_map_id_state_since", "map_id", "state", "since", "until", "category"),
        # a day gone by, without reading all that was before it: some ranges, by how long a flyer lasts
        Index("ix_placement_map_id_state_lasts", "map_id", "state", "lasts", "soon_at", "until", "category"),
        Index("ix_placement_map_id_stamp", "map_id", "stamp"),
        # for the sitemap and for counting: what stands anywhere; of these rows alone, or SQLite would take it for all that asks
        # for a state
        Index(
            *("ix_placement_up_until_flyer_id_map_id", "until", "flyer_id", "map_id", "state"),
            sqlite_where=_IS_UP,
            postgresql_where=_IS_UP,
        ),
    )
    id: int | None = Field(default=None, primary_key=True)
    flyer_id: int = Field(foreign_key="flyer.id")
    map_id: int = Field(foreign_key="map.id")
    state: str = Field(max_length=9)
    since: datetime = Field(sa_type=UtcDateTime)
    until: datetime = Field(sa_type=UtcDateTime)
    decided_by: int | None = Field(default=None, foreign_key="person.id")
    reason: str = Field(default="", max_length=500)
    # copies of the flyer's, so that a map's reads touch one index
    cell: int = Field(sa_type=BigInteger)
    lat: float
    lng: float
    category: str = Field(max_length=12)
    # when it begins; the end of time for a flyer without dates, so that it stands last in the order of one index
    soon_at: datetime = Field(sa_type=UtcDateTime)
    # from soon_at to until, as a power of two in days (domain.placements.lasts); 15, of any length, is always right, only slower
    lasts: int = Field(default=15, sa_type=SmallInteger, sa_column_kwargs={"server_default": "15"})
    # the map's version at the latest change of what this shows: who knows a version needs to read only what is above it
    stamp: int = Field(default=0, sa_column_kwargs={"server_default": "0"})


class PlacementChange(SQLModel, table=True):
    """The history of placements: who, when, from what to what, why. Only ever added to."""

    __tablename__ = "placement_change"
    id: int | None = Field(default=None, primary_key=True)
    flyer_id: int = Field(foreign_key="flyer.id", index=True)
    map_id: int = Field(foreign_key="map.id")
    from_state: str = Field(max_length=9)
    to_state: str = Field(max_length=9)
    actor_id: int | None = Field(default=None, foreign_key="person.id")
    actor_kind: str = Field(max_length=9)  # guest, member, staff, operator, system
    reason: str = Field(default="", max_length=500)
    changed_at: datetime = Field(sa_type=UtcDateTime)
