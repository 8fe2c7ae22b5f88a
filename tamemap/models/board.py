"""Boards: topics, posts, reactions; and reports on anything that people write."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import Index, UniqueConstraint, false
from sqlmodel import Field, SQLModel

from tamemap.models.base import UtcDateTime, new_public_id


class Board(SQLModel, table=True):
    """掲示板: belongs to a map. ``writers``: members, residents, staff (read-only for all others)."""

    __tablename__ = "board"
    id: int | None = Field(default=None, primary_key=True)
    map_id: int = Field(foreign_key="map.id", index=True)
    slug: str = Field(unique=True, max_length=60)
    name: str = Field(max_length=80)
    description: str = Field(default="", max_length=400)
    position: int = 0
    writers: str = Field(default="members", max_length=10)
    # put away: it stays readable at its address, and stands in no list
    closed_at: datetime | None = Field(default=None, sa_type=UtcDateTime)


class Topic(SQLModel, table=True):
    """話題: a thread; a theme (お題) is one opened by staff. May stand beside a flyer or at a place."""

    __tablename__ = "topic"
    __table_args__ = (Index("ix_topic_board_id_pinned_last_post_at", "board_id", "pinned", "last_post_at"),)
    id: int | None = Field(default=None, primary_key=True)
    public_id: str = Field(default_factory=new_public_id, unique=True, max_length=12)
    board_id: int = Field(foreign_key="board.id")
    kind: str = Field(default="talk", max_length=12)  # talk, theme, question, proposal, introduction, flyer
    title: str = Field(max_length=80)
    author_id: int | None = Field(default=None, foreign_key="person.id", index=True)
    group_id: int | None = Field(default=None, foreign_key="group.id", index=True)
    flyer_id: int | None = Field(default=None, foreign_key="flyer.id", index=True)
    lat: float | None = None
    lng: float | None = None
    # a theme's period, cover picture and closing words
    opens_at: datetime | None = Field(default=None, sa_type=UtcDateTime)
    ends_at: datetime | None = Field(default=None, sa_type=UtcDateTime)
    cover_id: int | None = Field(default=None, foreign_key="picture.id")
    closing_words: str = Field(default="", max_length=4000, sa_column_kwargs={"server_default": ""})
    closing_html: str = Field(default="", sa_column_kwargs={"server_default": ""})
    # what the town did with a proposal or a question: received, considering, adopted, declined (with words why)
    answer_state: str = Field(default="", max_length=12, sa_column_kwargs={"server_default": ""})
    answer_words: str = Field(default="", max_length=1000, sa_column_kwargs={"server_default": ""})
    answered_at: datetime | None = Field(default=None, sa_type=UtcDateTime)
    # waits for staff: seen by its author and by them
    held_at: datetime | None = Field(default=None, sa_type=UtcDateTime)
    pinned: bool = False
    posts_count: int = 0
    created_at: datetime = Field(sa_type=UtcDateTime)
    last_post_at: datetime = Field(sa_type=UtcDateTime)
    closed_at: datetime | None = Field(default=None, sa_type=UtcDateTime)
    deleted_at: datetime | None = Field(default=None, sa_type=UtcDateTime)


class Post(SQLModel, table=True):
    """投稿: what somebody wrote in a topic, as Markdown; the safe HTML made of it is kept beside it."""

    __tablename__ = "post"
    __table_args__ = (Index("ix_post_topic_id_id", "topic_id", "id"),)
    id: int | None = Field(default=None, primary_key=True)
    public_id: str = Field(default_factory=new_public_id, unique=True, max_length=12)
    topic_id: int = Field(foreign_key="topic.id")
    author_id: int | None = Field(default=None, foreign_key="person.id", index=True)
    # in the name of which group, and as whom it was written then: member, staff (with the municipality), operator
    group_id: int | None = Field(default=None, foreign_key="group.id", index=True)
    author_kind: str = Field(default="member", max_length=8)
    author_municipality: str | None = Field(default=None, foreign_key="municipality.code")
    # 市の返事: what staff say for the town
    official: bool = Field(default=False, sa_column_kwargs={"server_default": false()})
    body: str = Field(max_length=8000)
    html: str
    held_at: datetime | None = Field(default=None, sa_type=UtcDateTime)
    created_at: datetime = Field(sa_type=UtcDateTime)
    edited_at: datetime | None = Field(default=None, sa_type=UtcDateTime)
    deleted_at: datetime | None = Field(default=None, sa_type=UtcDateTime)


class Reaction(SQLModel, table=True):
    """One tap of one person on one post."""

    __tablename__ = "reaction"
    __table_args__ = (UniqueConstraint("post_id", "person_id", "kind"),)
    id: int | None = Field(default=None, primary_key=True)
    post_id: int = Field(foreign_key="post.id", index=True)
    person_id: int = Field(foreign_key="person.id", index=True)
    kind: str = Field(max_length=10)
    created_at: datetime = Field(sa_type=UtcDateTime)


class Report(SQLModel, table=True):
    """通報: somebody points at a flyer, a topic or a post."""

    __tablename__ = "report"
    id: int | None = Field(default=None, primary_key=True)
    public_id: str = Field(default_factory=new_public_id, unique=True, max_length=12)
    thing: str = Field(max_length=6)  # flyer, topic, post
    thing_id: str = Field(max_length=12, index=True)
    municipality_code: str | None = Field(default=None, foreign_key="municipality.code", index=True)
    reporter_id: int | None = Field(default=None, foreign_key="person.id")
    reporter_hash: str = Field(max_length=64, index=True)
    reason: str = Field(max_length=20)
    words: str = Field(default="", max_length=1000)
    created_at: datetime = Field(sa_type=UtcDateTime)
    closed_at: datetime | None = Field(default=None, sa_type=UtcDateTime)
