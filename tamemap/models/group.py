"""Groups (団体): who announces together; and invitations into a group or into a town's staff."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import UniqueConstraint
from sqlmodel import Field, SQLModel

from tamemap.models.base import UtcDateTime, new_public_id


class Group(SQLModel, table=True):
    """団体: asked for by a member, approved by staff. ``state``: asked, active, declined, closed."""

    __tablename__ = "group"
    id: int | None = Field(default=None, primary_key=True)
    public_id: str = Field(default_factory=new_public_id, unique=True, max_length=12)
    slug: str = Field(unique=True, max_length=40)
    name: str = Field(max_length=60)
    municipality_code: str = Field(foreign_key="municipality.code", index=True)
    description: str = Field(default="", max_length=4000)
    # the safe HTML made of the description
    html: str = Field(default="")
    # how to reach the group, for everybody
    contact: str = Field(default="", max_length=400)
    url: str = Field(default="", max_length=500)
    state: str = Field(default="asked", max_length=8)
    asked_by: int | None = Field(default=None, foreign_key="person.id", index=True)
    # why the group should be here, for staff only
    asked_words: str = Field(default="", max_length=1000)
    asked_at: datetime = Field(sa_type=UtcDateTime)
    decided_by: int | None = Field(default=None, foreign_key="person.id")
    decided_at: datetime | None = Field(default=None, sa_type=UtcDateTime)
    reason: str = Field(default="", max_length=500)
    version: int = 1


class GroupMember(SQLModel, table=True):
    """A person in a group: ``owner`` (代表) or ``editor`` (担当)."""

    __tablename__ = "group_member"
    __table_args__ = (UniqueConstraint("group_id", "person_id"),)
    id: int | None = Field(default=None, primary_key=True)
    group_id: int = Field(foreign_key="group.id", index=True)
    person_id: int = Field(foreign_key="person.id", index=True)
    role: str = Field(max_length=8)
    since: datetime = Field(sa_type=UtcDateTime)


class Invitation(SQLModel, table=True):
    """A mail that invites somebody: into a group (``group_id``) as owner or editor, or into the staff of municipalities.

    Whoever takes it up must be signed in; the link counts once, until ``expires_at``.
    """

    __tablename__ = "invitation"
    id: int | None = Field(default=None, primary_key=True)
    public_id: str = Field(default_factory=new_public_id, unique=True, max_length=12)
    token_hash: str = Field(max_length=64, unique=True)
    mail: str = Field(max_length=254, index=True)
    group_id: int | None = Field(default=None, foreign_key="group.id", index=True)
    # codes separated by spaces; empty for a group's
    municipality_codes: str = Field(default="", max_length=400)
    # owner, editor; curator, lead
    role: str = Field(max_length=8)
    department: str = Field(default="", max_length=40)
    invited_by: int | None = Field(default=None, foreign_key="person.id", index=True)
    created_at: datetime = Field(sa_type=UtcDateTime)
    expires_at: datetime = Field(sa_type=UtcDateTime)
    # taken, declined, withdrawn; empty: waiting
    outcome: str = Field(default="", max_length=9)
    answered_at: datetime | None = Field(default=None, sa_type=UtcDateTime)
