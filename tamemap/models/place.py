"""Where: regions, municipalities, the gazetteer of places, and the geocoder's remembered answers."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import JSON, Column, Index
from sqlmodel import Field, SQLModel

from tamemap.models.base import UtcDateTime


class Region(SQLModel, table=True):
    """圏域: several municipalities that share one regional map."""

    __tablename__ = "region"
    id: int | None = Field(default=None, primary_key=True)
    slug: str = Field(unique=True, max_length=40)
    name: str = Field(max_length=80)


class Municipality(SQLModel, table=True):
    """自治体: named by its six-digit code (JIS X 0402 with check digit)."""

    __tablename__ = "municipality"
    code: str = Field(primary_key=True, max_length=6)
    region_id: int = Field(foreign_key="region.id", index=True)
    name: str = Field(max_length=80)
    kana: str = Field(default="", max_length=120)
    prefecture: str = Field(max_length=20)
    office_lat: float
    office_lng: float
    # GeoJSON geometries: the exact one decides which town a point is in, the light one is drawn
    outline: dict[str, Any] = Field(sa_column=Column(JSON, nullable=False))
    display_outline: dict[str, Any] = Field(sa_column=Column(JSON, nullable=False))
    # tells a process whether the outline it has prepared in memory is still the right one
    outline_digest: str = Field(default="", max_length=16)


class Place(SQLModel, table=True):
    """A named place of a municipality: 町字, office or facility. Without position it can be found but not pinned."""

    __tablename__ = "place"
    __table_args__ = (Index("ix_place_municipality_code_folded", "municipality_code", "folded"),)
    id: int | None = Field(default=None, primary_key=True)
    municipality_code: str = Field(foreign_key="municipality.code")
    kind: str = Field(max_length=12)  # town, office, facility
    name: str = Field(max_length=120)
    kana: str = Field(default="", max_length=160)
    folded: str = Field(max_length=280)
    lat: float | None = None
    lng: float | None = None
    source: str = Field(default="", max_length=120)


class GeocoderAnswer(SQLModel, table=True):
    """What the geocoder once answered to a question, so that nobody is asked twice."""

    __tablename__ = "geocoder_answer"
    question: str = Field(primary_key=True, max_length=200)
    found: list[dict[str, Any]] = Field(sa_column=Column(JSON, nullable=False))
    asked_at: datetime = Field(sa_type=UtcDateTime)
