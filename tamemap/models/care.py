"""Moderation: cases that staff decide, what was decided, objections, suspensions, templates of replies."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import Index
from sqlmodel import Field, SQLModel

from tamemap.models.base import UtcDateTime, new_public_id


class Case(SQLModel, table=True):
    """One thing that waits for a decision, or had one: opened by the first report, or by a hold.

    ``thing`` and ``thing_id`` as in Report. While staff look at it, ``looking_by`` says who, so that two do not do it twice.
    """

    __tablename__ = "care_case"
    __table_args__ = (Index("ix_care_case_thing_thing_id", "thing", "thing_id"),)
    id: int | None = Field(default=None, primary_key=True)
    public_id: str = Field(default_factory=new_public_id, unique=True, max_length=12)
    thing: str = Field(max_length=6)
    thing_id: str = Field(max_length=12)
    municipality_code: str | None = Field(default=None, foreign_key="municipality.code", index=True)
    region_id: int = Field(foreign_key="region.id", index=True)
    author_id: int | None = Field(default=None, foreign_key="person.id", index=True)
    # report, or the name of the rule that held it
    source: str = Field(max_length=20)
    # for staff: what that rule saw (the held word, how many reports), as JSON parameters of its words
    why: str = Field(default="{}", max_length=400, sa_column_kwargs={"server_default": "{}"})
    opened_at: datetime = Field(sa_type=UtcDateTime)
    first_decided_at: datetime | None = Field(default=None, sa_type=UtcDateTime)
    closed_at: datetime | None = Field(default=None, sa_type=UtcDateTime, index=True)
    looking_by: int | None = Field(default=None, foreign_key="person.id")
    looking_at: datetime | None = Field(default=None, sa_type=UtcDateTime)


class CaseDecision(SQLModel, table=True):
    """What was decided in a case: keep, hold, hide_picture, remove, warn, suspend; by which ``rule`` of domain.care.RULES."""

    __tablename__ = "case_decision"
    id: int | None = Field(default=None, primary_key=True)
    public_id: str = Field(default_factory=new_public_id, unique=True, max_length=12)
    case_id: int = Field(foreign_key="care_case.id", index=True)
    decision: str = Field(max_length=12)
    rule: str = Field(default="", max_length=20)
    # to the author
    words: str = Field(default="", max_length=1000)
    decided_by: int | None = Field(default=None, foreign_key="person.id", index=True)
    decided_at: datetime = Field(sa_type=UtcDateTime)
    undone_at: datetime | None = Field(default=None, sa_type=UtcDateTime)


class Objection(SQLModel, table=True):
    """異議: the author objects to a decision, once; somebody else than who decided looks again. ``outcome``: upheld, declined."""

    __tablename__ = "objection"
    id: int | None = Field(default=None, primary_key=True)
    decision_id: int = Field(foreign_key="case_decision.id", unique=True)
    person_id: int = Field(foreign_key="person.id", index=True)
    words: str = Field(max_length=1000)
    made_at: datetime = Field(sa_type=UtcDateTime)
    outcome: str = Field(default="", max_length=8)
    answer: str = Field(default="", max_length=1000)
    decided_by: int | None = Field(default=None, foreign_key="person.id")
    decided_at: datetime | None = Field(default=None, sa_type=UtcDateTime)


class Suspension(SQLModel, table=True):
    """A person may not write or post on a region's maps and boards until then."""

    __tablename__ = "suspension"
    id: int | None = Field(default=None, primary_key=True)
    person_id: int = Field(foreign_key="person.id", index=True)
    region_id: int = Field(foreign_key="region.id")
    decision_id: int = Field(foreign_key="case_decision.id", unique=True)
    since: datetime = Field(sa_type=UtcDateTime)
    until: datetime = Field(sa_type=UtcDateTime)
    lifted_at: datetime | None = Field(default=None, sa_type=UtcDateTime)


class ReplyTemplate(SQLModel, table=True):
    """Words that a town's staff use again and again when they decide."""

    __tablename__ = "reply_template"
    id: int | None = Field(default=None, primary_key=True)
    public_id: str = Field(default_factory=new_public_id, unique=True, max_length=12)
    municipality_code: str = Field(foreign_key="municipality.code", index=True)
    name: str = Field(max_length=40)
    words: str = Field(max_length=1000)
    made_by: int | None = Field(default=None, foreign_key="person.id")
    made_at: datetime = Field(sa_type=UtcDateTime)


class CareSetting(SQLModel, table=True):
    """Automatic care on a map's boards, as its town (or, on a regional map, the operator) wishes; defaults without a row."""

    __tablename__ = "care_setting"
    id: int | None = Field(default=None, primary_key=True)
    map_id: int = Field(foreign_key="map.id", unique=True)
    # words to hold, a line each
    words: str = Field(default="", max_length=8000)
    hold_words: bool = True
    # from newcomers: addresses of pages; mail addresses and telephone numbers
    hold_links: bool = True
    hold_contacts: bool = True
    # so many first posts of a newcomer wait for staff; 0: none
    hold_first: int = 0
    # a flood: more posts of one person within ten minutes; 0: never
    flood: int = 15
    hold_repeats: bool = True
    # a raid: more posts of all newcomers together within five minutes; 0: never
    surge: int = 20
    # so many people's reports hold a thing; 0: never
    reports: int = 3
    changed_by: int | None = Field(default=None, foreign_key="person.id")
    changed_at: datetime = Field(sa_type=UtcDateTime)
