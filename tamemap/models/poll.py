"""Polls in topics."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import UniqueConstraint
from sqlmodel import Field, SQLModel

from tamemap.models.base import UtcDateTime, new_public_id


class Poll(SQLModel, table=True):
    """アンケート: one question in a topic. ``results``: ``before`` (shown all the time) or ``after`` (when it has ended)."""

    __tablename__ = "poll"
    id: int | None = Field(default=None, primary_key=True)
    public_id: str = Field(default_factory=new_public_id, unique=True, max_length=12)
    topic_id: int = Field(foreign_key="topic.id", unique=True)
    question: str = Field(max_length=120)
    several: bool = False
    results: str = Field(default="before", max_length=6)
    ends_at: datetime | None = Field(default=None, sa_type=UtcDateTime)
    closed_at: datetime | None = Field(default=None, sa_type=UtcDateTime)
    created_at: datetime = Field(sa_type=UtcDateTime)


class PollOption(SQLModel, table=True):
    """One answer that can be chosen."""

    __tablename__ = "poll_option"
    __table_args__ = (UniqueConstraint("poll_id", "position"),)
    id: int | None = Field(default=None, primary_key=True)
    poll_id: int = Field(foreign_key="poll.id", index=True)
    position: int
    words: str = Field(max_length=80)


class PollVote(SQLModel, table=True):
    """That a person chose an option; nobody but themselves is shown which. Of who has left the vote stays, without them."""

    __tablename__ = "poll_vote"
    __table_args__ = (UniqueConstraint("option_id", "person_id"),)
    id: int | None = Field(default=None, primary_key=True)
    poll_id: int = Field(foreign_key="poll.id", index=True)
    option_id: int = Field(foreign_key="poll_option.id")
    person_id: int | None = Field(default=None, foreign_key="person.id", index=True)
    created_at: datetime = Field(sa_type=UtcDateTime)
