"""What fans (関係人口) tell about themselves, all of it optional."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import UniqueConstraint
from sqlmodel import Field, SQLModel

from tamemap.models.base import UtcDateTime


class Fan(SQLModel, table=True):
    """What a person tells, each field empty until they do: prefecture (JIS X 0401), age band, gender in their own words."""

    __tablename__ = "fan"
    person_id: int = Field(primary_key=True, foreign_key="person.id")
    prefecture: str = Field(default="", max_length=2)
    age_band: str = Field(default="", max_length=5)
    gender: str = Field(default="", max_length=40)
    # names of domain.fans.INTERESTS, separated by spaces
    interests: str = Field(default="", max_length=300)
    updated_at: datetime = Field(sa_type=UtcDateTime)


class Tie(SQLModel, table=True):
    """How a person is tied to a town: one of domain.fans.TIES."""

    __tablename__ = "tie"
    __table_args__ = (UniqueConstraint("person_id", "municipality_code", "kind"),)
    id: int | None = Field(default=None, primary_key=True)
    person_id: int = Field(foreign_key="person.id", index=True)
    municipality_code: str = Field(foreign_key="municipality.code", index=True)
    kind: str = Field(max_length=12)
    since: datetime = Field(sa_type=UtcDateTime)
