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
    # of an introduction: where who or what is introduced can be found, on the map too
    lat: float | None = None
    lng: float | None = None
    place_name: str = Field(default="", max_length=80, sa_column_kwargs={"server_default": ""})
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
    # rises with everything in it that a reader could see: those who read it live ask for this number only
    revision: int = Field(default=1, sa_column_kwargs={"server_default": "1"})
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
    # a town's mascot speaks; who wrote for it stands in author_id and in the audit trail
    mascot_id: int | None = Field(default=None, foreign_key="mascot.id")
    # the post of the same topic that this one answers
    quoted_id: int | None = Field(default=None, foreign_key="post.id", index=True)
    body: str = Field(max_length=8000)
    html: str
    held_at: datetime | None = Field(default=None, sa_type=UtcDateTime)
    created_at: datetime = Field(sa_type=UtcDateTime)
    edited_at: datetime | None = Field(default=None, sa_type=UtcDateTime)
    deleted_at: datetime | None = Field(default=None, sa_type=UtcDateTime)


class PostPicture(SQLModel, table=True):
    """A picture in a post, at most four of them."""

    __tablename__ = "post_picture"
    id: int | None = Field(default=None, primary_key=True)
    post_id: int = Field(foreign_key="post.id", index=True)
    picture_id: int = Field(foreign_key="picture.id", unique=True)
    position: int = 0


class PostVersion(SQLModel, table=True):
    """What a post said before it was changed: everybody who reads the post may read it, until the post is removed."""

    __tablename__ = "post_version"
    id: int | None = Field(default=None, primary_key=True)
    post_id: int = Field(foreign_key="post.id", index=True)
    body: str = Field(max_length=8000)
    html: str
    # from when on it stood
    written_at: datetime = Field(sa_type=UtcDateTime)


class Mention(SQLModel, table=True):
    """Somebody who is called by name (@) in a post."""

    __tablename__ = "mention"
    __table_args__ = (UniqueConstraint("post_id", "person_id"),)
    id: int | None = Field(default=None, primary_key=True)
    post_id: int = Field(foreign_key="post.id", index=True)
    person_id: int = Field(foreign_key="person.id", index=True)


class TopicFlyer(SQLModel, table=True):
    """A flyer that a topic carries as a card."""

    __tablename__ = "topic_flyer"
    __table_args__ = (UniqueConstraint("topic_id", "flyer_id"),)
    id: int | None = Field(default=None, primary_key=True)
    topic_id: int = Field(foreign_key="topic.id")
    flyer_id: int = Field(foreign_key="flyer.id", index=True)
    position: int = 0


class Mascot(SQLModel, table=True):
    """A town's mascot, which may write on the boards in its own voice."""

    __tablename__ = "mascot"
    id: int | None = Field(default=None, primary_key=True)
    public_id: str = Field(default_factory=new_public_id, unique=True, max_length=12)
    municipality_code: str = Field(foreign_key="municipality.code", index=True)
    name: str = Field(max_length=40)
    description: str = Field(default="", max_length=200)
    picture_id: int | None = Field(default=None, foreign_key="picture.id")
    made_by: int | None = Field(default=None, foreign_key="person.id")
    made_at: datetime = Field(sa_type=UtcDateTime)
    # it writes no more; what it wrote stays
    retired_at: datetime | None = Field(default=None, sa_type=UtcDateTime)


class MascotVoice(SQLModel, table=True):
    """A member of staff who may write as the mascot."""

    __tablename__ = "mascot_voice"
    __table_args__ = (UniqueConstraint("mascot_id", "person_id"),)
    id: int | None = Field(default=None, primary_key=True)
    mascot_id: int = Field(foreign_key="mascot.id")
    person_id: int = Field(foreign_key="person.id", index=True)


class TopicMark(SQLModel, table=True):
    """How far a person has read a topic, and whether they follow it."""

    __tablename__ = "topic_mark"
    __table_args__ = (
        UniqueConstraint("person_id", "topic_id"),
        Index("ix_topic_mark_topic_id_following", "topic_id", "following"),
    )
    id: int | None = Field(default=None, primary_key=True)
    person_id: int = Field(foreign_key="person.id")
    topic_id: int = Field(foreign_key="topic.id")
    # None: never said; who writes in a topic follows it, unless they have said no
    following: bool | None = None
    # the id of the last post that they have seen
    read_to: int = 0
    marked_at: datetime = Field(sa_type=UtcDateTime)


class BoardFollow(SQLModel, table=True):
    """A person who is told of new topics on a board."""

    __tablename__ = "board_follow"
    __table_args__ = (UniqueConstraint("board_id", "person_id"),)
    id: int | None = Field(default=None, primary_key=True)
    board_id: int = Field(foreign_key="board.id")
    person_id: int = Field(foreign_key="person.id", index=True)
    since: datetime = Field(sa_type=UtcDateTime)


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
