"""What must still happen after a commit, what a retried request was answered, and the worker's heartbeat."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import JSON, Column, Index
from sqlmodel import Field, SQLModel

from tamemap.models.base import UtcDateTime


class OutboxEntry(SQLModel, table=True):
    """One thing to tell the world outside (``mail``) or to do later (``pictures``); tried again until sent or dead."""

    __tablename__ = "outbox"
    __table_args__ = (Index("ix_outbox_done_at_due_at", "done_at", "due_at"),)
    id: int | None = Field(default=None, primary_key=True)
    kind: str = Field(max_length=20)
    payload: dict[str, Any] = Field(sa_column=Column(JSON, nullable=False))
    created_at: datetime = Field(sa_type=UtcDateTime)
    due_at: datetime = Field(sa_type=UtcDateTime)
    tries: int = 0
    error: str = Field(default="", max_length=300)
    done_at: datetime | None = Field(default=None, sa_type=UtcDateTime)
    dead_at: datetime | None = Field(default=None, sa_type=UtcDateTime)


class IdempotentAnswer(SQLModel, table=True):
    """The first answer to a request that carried an ``Idempotency-Key``, kept for a day per sender."""

    __tablename__ = "idempotent_answer"
    id: int | None = Field(default=None, primary_key=True)
    # sender, key and route, hashed together
    key_hash: str = Field(max_length=64, unique=True)
    body_hash: str = Field(max_length=64)
    status: int = 0  # 0: the first request is still at work
    answer: str = Field(default="")
    created_at: datetime = Field(sa_type=UtcDateTime)
    # longer than the day, for what a phone may send again after weeks without signal
    kept_until: datetime | None = Field(default=None, sa_type=UtcDateTime)


class Heartbeat(SQLModel, table=True):
    """When a worker was last alive."""

    __tablename__ = "heartbeat"
    name: str = Field(primary_key=True, max_length=60)
    beat_at: datetime = Field(sa_type=UtcDateTime)
