"""Proof of residence by printed codes."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import UniqueConstraint
from sqlmodel import Field, SQLModel

from tamemap.models.base import UtcDateTime, new_public_id


class ResidenceCodeBatch(SQLModel, table=True):
    """Codes that a town prints: one for all readers of a newsletter (``amount`` 1), or one per household."""

    __tablename__ = "residence_code_batch"
    id: int | None = Field(default=None, primary_key=True)
    public_id: str = Field(default_factory=new_public_id, unique=True, max_length=12)
    municipality_code: str = Field(foreign_key="municipality.code", index=True)
    name: str = Field(max_length=60)
    amount: int
    uses_each: int
    expires_at: datetime = Field(sa_type=UtcDateTime)
    made_by: int | None = Field(default=None, foreign_key="person.id")
    created_at: datetime = Field(sa_type=UtcDateTime)
    ended_at: datetime | None = Field(default=None, sa_type=UtcDateTime)


class ResidenceCode(SQLModel, table=True):
    """One printed code. Only its hash is kept (it can be made again from its batch and number); who used it is not kept."""

    __tablename__ = "residence_code"
    __table_args__ = (UniqueConstraint("batch_id", "number"),)
    id: int | None = Field(default=None, primary_key=True)
    batch_id: int = Field(foreign_key="residence_code_batch.id")
    number: int
    code_hash: str = Field(max_length=64, unique=True)
    uses: int = 0
