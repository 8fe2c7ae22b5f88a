"""Maps: named surfaces with their own address."""

from __future__ import annotations

from datetime import datetime

from sqlmodel import Field, SQLModel

from tamemap.models.base import UtcDateTime


class Map(SQLModel, table=True):
    """マップ: kind ``resident`` (of one municipality) or ``regional`` (of a region, above its resident maps)."""

    __tablename__ = "map"
    id: int | None = Field(default=None, primary_key=True)
    slug: str = Field(unique=True, max_length=40)
    kind: str = Field(max_length=8)
    name: str = Field(max_length=80)
    municipality_code: str | None = Field(default=None, foreign_key="municipality.code", index=True)
    region_id: int = Field(foreign_key="region.id", index=True)
    # the regional map on which the outside tick places a flyer of this resident map
    above_id: int | None = Field(default=None, foreign_key="map.id")
    lat: float
    lng: float
    zoom: int = 12
    west: float
    south: float
    east: float
    north: float
    guests_may_post: bool = True
    hold_guests: bool = True
    # what only people with proof of residence may do here: names of domain.permissions.PROVABLE, separated by spaces
    proof_for: str = Field(default="", max_length=60, sa_column_kwargs={"server_default": ""})
    # no writing on its boards: since when (rough weather), with words why; and every night between two times of day (HH:MM)
    writing_closed_at: datetime | None = Field(default=None, sa_type=UtcDateTime)
    writing_closed_words: str = Field(default="", max_length=200, sa_column_kwargs={"server_default": ""})
    night_from: str = Field(default="", max_length=5, sa_column_kwargs={"server_default": ""})
    night_to: str = Field(default="", max_length=5, sa_column_kwargs={"server_default": ""})
    # rises with every change that a reader could see; part of every ETag
    version: int = 1
