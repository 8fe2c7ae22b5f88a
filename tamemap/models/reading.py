"""Readings: what was read from a photograph of a flyer, what people made of it, and venues that people have confirmed."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import JSON, Column, Index, UniqueConstraint
from sqlmodel import Field, SQLModel

from tamemap.models.base import UtcDateTime, new_public_id


class Reading(SQLModel, table=True):
    """読み取り: one upload that is read in the background, for whoever uploaded it (``owner_hash``); forgotten with the upload.

    ``state``: waiting, reading, and then what ``gateways.reader.Readout`` says: read, empty, refused, late, lost, off.
    """

    __tablename__ = "reading"
    __table_args__ = (Index("ix_reading_state_asked_at", "state", "asked_at"),)
    id: int | None = Field(default=None, primary_key=True)
    public_id: str = Field(default_factory=new_public_id, unique=True, max_length=12)
    owner_hash: str = Field(max_length=64, index=True)
    # private name in the store of what was uploaded; pictures made of it have the same
    original: str = Field(max_length=60, index=True)
    state: str = Field(default="waiting", max_length=8)
    # four points that a person has dragged, in pixels of the upright photograph; None: found by itself
    corners: list[list[float]] | None = Field(default=None, sa_column=Column(JSON, nullable=True))
    # per sheet its corners, size in pixels, lines and fields, as queries.readings shows them
    sheets: list[dict[str, Any]] = Field(default_factory=list, sa_column=Column(JSON, nullable=False))
    code: str = Field(default="", max_length=40)
    # seconds of the processor, bytes at most in memory
    cpu: float = 0.0
    peak: int = 0
    tries: int = 0
    asked_at: datetime = Field(sa_type=UtcDateTime)
    started_at: datetime | None = Field(default=None, sa_type=UtcDateTime)
    done_at: datetime | None = Field(default=None, sa_type=UtcDateTime)


class ReadingOutcome(SQLModel, table=True):
    """A field as it was read beside as a person confirmed it: by these the rules are measured. No picture, no person."""

    __tablename__ = "reading_outcome"
    id: int | None = Field(default=None, primary_key=True)
    field: str = Field(max_length=12, index=True)
    read: str = Field(default="", max_length=200)
    confirmed: str = Field(default="", max_length=200)
    confidence: float = 0.0
    reason: str = Field(default="", max_length=40)
    made_at: datetime = Field(sa_type=UtcDateTime)


class KnownVenue(SQLModel, table=True):
    """A venue as people of a municipality have confirmed it, with its place, and how often."""

    __tablename__ = "known_venue"
    __table_args__ = (UniqueConstraint("municipality_code", "folded"),)
    id: int | None = Field(default=None, primary_key=True)
    municipality_code: str = Field(foreign_key="municipality.code")
    name: str = Field(max_length=120)
    # as searches compare it (domain.folding)
    folded: str = Field(max_length=120)
    lat: float
    lng: float
    times: int = 1
    confirmed_at: datetime = Field(sa_type=UtcDateTime)
