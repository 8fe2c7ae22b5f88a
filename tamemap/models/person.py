"""People: who they are, and as what they stand."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import UniqueConstraint, true
from sqlmodel import Field, SQLModel

from tamemap.models.base import UtcDateTime, new_public_id


class Person(SQLModel, table=True):
    """Somebody who has signed in at least once."""

    __tablename__ = "person"
    id: int | None = Field(default=None, primary_key=True)
    public_id: str = Field(default_factory=new_public_id, unique=True, max_length=12)
    mail: str | None = Field(default=None, unique=True, max_length=254)
    name: str = Field(max_length=40)
    # the town they say they live in: decides which face of a flyer they see; and the 町字, which nobody else is shown
    residence_code: str | None = Field(default=None, foreign_key="municipality.code")
    district: str = Field(default="", max_length=40, sa_column_kwargs={"server_default": ""})
    # the last proof of residence: of which municipality, and when; how and at which address is not kept
    proved_code: str | None = Field(default=None, foreign_key="municipality.code")
    proved_at: datetime | None = Field(default=None, sa_type=UtcDateTime)
    # whether notices also come by mail
    mail_notices: bool = Field(default=True, sa_column_kwargs={"server_default": true()})
    # news of what one follows, gathered in one mail: off, daily, weekly; and when the last one was made
    digest: str = Field(default="daily", max_length=6, sa_column_kwargs={"server_default": "daily"})
    digested_at: datetime | None = Field(default=None, sa_type=UtcDateTime)
    # a weekly one: on which day (0 or None is Monday), at which hour in Tokyo (None: as daily ones); of which map the new flyers
    digest_day: int | None = None
    digest_hour: int | None = None
    digest_map_id: int | None = Field(default=None, foreign_key="map.id")
    # by kind of notice where it is shown (domain.pushing): "followed:mail office:push"; and staff's days on duty: "01234" is
    # Monday to Friday, empty all
    told_by: str = Field(default="", max_length=120, sa_column_kwargs={"server_default": ""})
    duty_days: str = Field(default="", max_length=7, sa_column_kwargs={"server_default": ""})
    # no mail and no push but codes between these times of day in Tokyo (HH:MM); both empty: at any time
    quiet_from: str = Field(default="21:00", max_length=5, sa_column_kwargs={"server_default": "21:00"})
    quiet_to: str = Field(default="07:00", max_length=5, sa_column_kwargs={"server_default": "07:00"})
    # when they were here last, and the time before: what is new since then
    seen_at: datetime | None = Field(default=None, sa_type=UtcDateTime)
    seen_before: datetime | None = Field(default=None, sa_type=UtcDateTime)
    # keys of a single letter at the desk: some people's speech or shaking hands press them unwillingly (WCAG 2.1.4)
    desk_keys: bool = Field(default=True, sa_column_kwargs={"server_default": true()})
    created_at: datetime = Field(sa_type=UtcDateTime)
    left_at: datetime | None = Field(default=None, sa_type=UtcDateTime)


class Role(SQLModel, table=True):
    """What a person is beyond a member: ``staff`` of one municipality, or ``operator`` of one region or of all.

    Staff are ``curator`` or ``lead`` (``level``), in a ``department`` that readers are shown.
    """

    __tablename__ = "role"
    __table_args__ = (UniqueConstraint("person_id", "role", "municipality_code", "region_id"),)
    id: int | None = Field(default=None, primary_key=True)
    person_id: int = Field(foreign_key="person.id", index=True)
    role: str = Field(max_length=8)
    level: str = Field(default="curator", max_length=8, sa_column_kwargs={"server_default": "curator"})
    department: str = Field(default="", max_length=40, sa_column_kwargs={"server_default": ""})
    municipality_code: str | None = Field(default=None, foreign_key="municipality.code")
    region_id: int | None = Field(default=None, foreign_key="region.id")
    granted_at: datetime = Field(sa_type=UtcDateTime)


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
    # it waits to be shown on the person's devices, not before this moment; and when that was done
    push_at: datetime | None = Field(default=None, sa_type=UtcDateTime)
    pushed_at: datetime | None = Field(default=None, sa_type=UtcDateTime)
