"""The audit trail."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import JSON, Column, Index
from sqlmodel import Field, SQLModel

from tamemap.models.base import UtcDateTime


class AuditEntry(SQLModel, table=True):
    """One deed of staff, an operator or the installation. Triggers in the database refuse to change or take away a row.

    It holds ids and codes only, never what people wrote: names are looked up when it is read, so that who has left has left.
    """

    __tablename__ = "audit_entry"
    __table_args__ = (Index("ix_audit_entry_municipality_code_id", "municipality_code", "id"),)
    id: int | None = Field(default=None, primary_key=True)
    at: datetime = Field(sa_type=UtcDateTime, index=True)
    actor_id: int | None = Field(default=None, foreign_key="person.id")
    actor_kind: str = Field(max_length=8)  # staff, operator, system
    # of the program's token, when a program did it
    token_id: int | None = Field(default=None, foreign_key="access_token.id")
    verb: str = Field(max_length=40)
    municipality_code: str | None = Field(default=None, foreign_key="municipality.code")
    region_id: int | None = Field(default=None, foreign_key="region.id")
    thing: str = Field(default="", max_length=20)
    thing_id: str = Field(default="", max_length=60)
    detail: dict[str, Any] = Field(default_factory=dict, sa_column=Column(JSON, nullable=False))
