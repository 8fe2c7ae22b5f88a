"""People: who signs in, how, and as what."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import UniqueConstraint
from sqlmodel import Field, SQLModel

from tamemap.models.base import UtcDateTime, new_public_id


class Person(SQLModel, table=True):
    """Somebody who has signed in at least once."""

    __tablename__ = "person"
    id: int | None = Field(default=None, primary_key=True)
    public_id: str = Field(default_factory=new_public_id, unique=True, max_length=12)
    mail: str | None = Field(default=None, unique=True, max_length=254)
    name: str = Field(max_length=40)
    # the town they say they live in: decides which face of a flyer they see
    residence_code: str | None = Field(default=None, foreign_key="municipality.code")
    created_at: datetime = Field(sa_type=UtcDateTime)
    left_at: datetime | None = Field(default=None, sa_type=UtcDateTime)


class Role(SQLModel, table=True):
    """What a person is beyond a member: ``staff`` of one municipality, or ``operator`` of one region or of all."""

    __tablename__ = "role"
    __table_args__ = (UniqueConstraint("person_id", "role", "municipality_code", "region_id"),)
    id: int | None = Field(default=None, primary_key=True)
    person_id: int = Field(foreign_key="person.id", index=True)
    role: str = Field(max_length=8)
    municipality_code: str | None = Field(default=None, foreign_key="municipality.code")
    region_id: int | None = Field(default=None, foreign_key="region.id")
    granted_at: datetime = Field(sa_type=UtcDateTime)


class SignInCode(SQLModel, table=True):
    """One request to sign in by mail: a code and a link, once, for a short time, for the browser that asked."""

    __tablename__ = "sign_in_code"
    id: int | None = Field(default=None, primary_key=True)
    mail: str = Field(max_length=254, index=True)
    code_hash: str = Field(max_length=64)
    link_hash: str = Field(max_length=64, unique=True)
    browser_hash: str = Field(max_length=64, index=True)
    then: str = Field(default="", max_length=300)
    tries: int = 0
    created_at: datetime = Field(sa_type=UtcDateTime)
    expires_at: datetime = Field(sa_type=UtcDateTime)
    used_at: datetime | None = Field(default=None, sa_type=UtcDateTime)


class SignedIn(SQLModel, table=True):
    """A session: one browser in which a person is signed in. Only the token's hash is kept."""

    __tablename__ = "signed_in"
    id: int | None = Field(default=None, primary_key=True)
    token_hash: str = Field(max_length=64, unique=True)
    person_id: int = Field(foreign_key="person.id", index=True)
    device: str = Field(default="", max_length=80)
    created_at: datetime = Field(sa_type=UtcDateTime)
    seen_at: datetime = Field(sa_type=UtcDateTime)
    expires_at: datetime = Field(sa_type=UtcDateTime)


class Notice(SQLModel, table=True):
    """お知らせ: something a person is told; words are made of ``code`` and ``params`` when it is shown."""

    __tablename__ = "notice"
    id: int | None = Field(default=None, primary_key=True)
    person_id: int = Field(foreign_key="person.id", index=True)
    code: str = Field(max_length=60)
    params: str = Field(default="{}")
    url: str = Field(default="", max_length=300)
    created_at: datetime = Field(sa_type=UtcDateTime)
    read_at: datetime | None = Field(default=None, sa_type=UtcDateTime)
