"""Where a person's browsers can be reached by push (W3C Push API, RFC 8030)."""

from __future__ import annotations

from datetime import datetime

from sqlmodel import Field, SQLModel

from tamemap.models.base import UtcDateTime, new_public_id


class PushSubscription(SQLModel, table=True):
    """A browser that shows notices, as its push service knows it. It lives and ends with the session in which it was made.

    ``failures`` counts in a row; until ``rest_until`` it is let be. ``proof_hash`` is of the word that the last test message
    (``proof_at``) carried; ``proved_at``: the browser has said that word back.
    """

    __tablename__ = "push_subscription"
    id: int | None = Field(default=None, primary_key=True)
    public_id: str = Field(default_factory=new_public_id, unique=True, max_length=12)
    person_id: int = Field(foreign_key="person.id", index=True)
    # however a session ends, its browser is told nothing from then on
    signed_in_id: int = Field(foreign_key="signed_in.id", ondelete="CASCADE", unique=True)
    endpoint: str = Field(unique=True, max_length=1000)
    p256dh: str = Field(max_length=100)
    auth: str = Field(max_length=40)
    device: str = Field(default="", max_length=80)
    lang: str = Field(default="ja", max_length=5)
    created_at: datetime = Field(sa_type=UtcDateTime)
    success_at: datetime | None = Field(default=None, sa_type=UtcDateTime)
    failure_at: datetime | None = Field(default=None, sa_type=UtcDateTime)
    failures: int = 0
    rest_until: datetime | None = Field(default=None, sa_type=UtcDateTime)
    proof_hash: str = Field(default="", max_length=64)
    proof_at: datetime | None = Field(default=None, sa_type=UtcDateTime)
    proved_at: datetime | None = Field(default=None, sa_type=UtcDateTime)
