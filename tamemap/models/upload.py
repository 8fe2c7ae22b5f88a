"""Uploads that come in pieces: large photographs over a thin line."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import JSON, Column, UniqueConstraint
from sqlmodel import Field, SQLModel

from tamemap.models.base import UtcDateTime


class Upload(SQLModel, table=True):
    """One file on its way, for whoever sends it (``owner_hash``), under their browser's key; forgotten after a day."""

    __tablename__ = "upload"
    __table_args__ = (UniqueConstraint("owner_hash", "key"),)
    id: int | None = Field(default=None, primary_key=True)
    owner_hash: str = Field(max_length=64)
    key: str = Field(max_length=32)
    size: int
    arrived: int = 0
    # hexadecimal; stands before each piece in the store, so that the same bytes of two uploads are two files there
    salt: str = Field(max_length=32)
    # private names in the store of the pieces, in order
    pieces: list[str] = Field(default_factory=list, sa_column=Column(JSON, nullable=False))
    # the waiting pictures that it became, as their sender was told; empty until it is whole
    photos: list[dict[str, Any]] = Field(default_factory=list, sa_column=Column(JSON, nullable=False))
    created_at: datetime = Field(sa_type=UtcDateTime, index=True)
