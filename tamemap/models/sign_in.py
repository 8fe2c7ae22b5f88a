"""Ways in: mail codes, other programs' accounts, passkeys; and the sessions that they open."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import JSON, Column, LargeBinary, UniqueConstraint
from sqlmodel import Field, SQLModel

from tamemap.models.base import UtcDateTime, new_public_id


class SignInCode(SQLModel, table=True):
    """One request for a code by mail: a code and a link, once, for a short time, for the browser that asked.

    ``purpose``: ``sign_in``; ``add`` (the person ``person_id`` adds this address as a way in); ``again`` (staff show once more
    who they are, for the desk).
    """

    __tablename__ = "sign_in_code"
    id: int | None = Field(default=None, primary_key=True)
    mail: str = Field(max_length=254, index=True)
    purpose: str = Field(default="sign_in", max_length=8, sa_column_kwargs={"server_default": "sign_in"})
    person_id: int | None = Field(default=None, foreign_key="person.id", index=True)
    code_hash: str = Field(max_length=64)
    link_hash: str = Field(max_length=64, unique=True)
    browser_hash: str = Field(max_length=64, index=True)
    # the household that asked, hashed: how often is counted here, so that it survives a restart
    client_hash: str = Field(default="", max_length=64, index=True, sa_column_kwargs={"server_default": ""})
    then: str = Field(default="", max_length=300)
    tries: int = 0
    created_at: datetime = Field(sa_type=UtcDateTime)
    expires_at: datetime = Field(sa_type=UtcDateTime)
    used_at: datetime | None = Field(default=None, sa_type=UtcDateTime)


class SignedIn(SQLModel, table=True):
    """A session: one browser in which a person is signed in. Only the token's hash is kept."""

    __tablename__ = "signed_in"
    id: int | None = Field(default=None, primary_key=True)
    public_id: str = Field(default_factory=new_public_id, unique=True, max_length=12)
    token_hash: str = Field(max_length=64, unique=True)
    person_id: int = Field(foreign_key="person.id", index=True)
    device: str = Field(default="", max_length=80)
    # by which way it was opened: mail, passkey, or a provider's name
    way: str = Field(default="mail", max_length=40, sa_column_kwargs={"server_default": "mail"})
    # when a passkey or a one-time code was last shown in it: the desk asks for one within domain.actors.STRONG_LIFE
    strong_at: datetime | None = Field(default=None, sa_type=UtcDateTime)
    created_at: datetime = Field(sa_type=UtcDateTime)
    seen_at: datetime = Field(sa_type=UtcDateTime)
    expires_at: datetime = Field(sa_type=UtcDateTime)


class Identity(SQLModel, table=True):
    """An account at another program (LINE, Google, Apple, …) by which a person comes in. The subject is kept as a hash only."""

    __tablename__ = "identity"
    __table_args__ = (UniqueConstraint("provider", "subject_hash"),)
    id: int | None = Field(default=None, primary_key=True)
    public_id: str = Field(default_factory=new_public_id, unique=True, max_length=12)
    person_id: int = Field(foreign_key="person.id", index=True)
    provider: str = Field(max_length=40)
    subject_hash: str = Field(max_length=64)
    created_at: datetime = Field(sa_type=UtcDateTime)
    used_at: datetime = Field(sa_type=UtcDateTime)


class Passkey(SQLModel, table=True):
    """A passkey (W3C WebAuthn) of a person."""

    __tablename__ = "passkey"
    id: int | None = Field(default=None, primary_key=True)
    public_id: str = Field(default_factory=new_public_id, unique=True, max_length=12)
    person_id: int = Field(foreign_key="person.id", index=True)
    # base64url without padding, as browsers send it
    credential_id: str = Field(max_length=1400, unique=True)
    public_key: bytes = Field(sa_column=Column(LargeBinary, nullable=False))
    sign_count: int = 0
    name: str = Field(default="", max_length=80)
    transports: list[str] = Field(default_factory=list, sa_column=Column(JSON, nullable=False))
    created_at: datetime = Field(sa_type=UtcDateTime)
    used_at: datetime | None = Field(default=None, sa_type=UtcDateTime)


class Handshake(SQLModel, table=True):
    """A dance with another program that is under way: one use, minutes long, bound to the browser that began it.

    ``kind``: ``provider`` (an OpenID Connect sign-in), ``passkey_new``, ``passkey``, ``residence`` (proof by the card app),
    ``merge`` (the person ``person_id`` has just proved to be ``other_id`` too). ``key_hash`` is of the state or the challenge;
    ``secret`` holds what only the server may know (nonce, PKCE verifier, challenge).
    """

    __tablename__ = "handshake"
    id: int | None = Field(default=None, primary_key=True)
    key_hash: str = Field(max_length=64, unique=True)
    kind: str = Field(max_length=12)
    provider: str = Field(default="", max_length=40)
    purpose: str = Field(default="sign_in", max_length=8)  # sign_in, add, again
    person_id: int | None = Field(default=None, foreign_key="person.id", index=True)
    other_id: int | None = Field(default=None, foreign_key="person.id")
    browser_hash: str = Field(max_length=64)
    client_hash: str = Field(default="", max_length=64, index=True)
    secret: dict[str, Any] = Field(default_factory=dict, sa_column=Column(JSON, nullable=False))
    then: str = Field(default="", max_length=300)
    created_at: datetime = Field(sa_type=UtcDateTime)
    expires_at: datetime = Field(sa_type=UtcDateTime)
    used_at: datetime | None = Field(default=None, sa_type=UtcDateTime)


class AccessToken(SQLModel, table=True):
    """A bearer token for an organisation's program: of a group or of a municipality; shown once, kept as a hash."""

    __tablename__ = "access_token"
    id: int | None = Field(default=None, primary_key=True)
    public_id: str = Field(default_factory=new_public_id, unique=True, max_length=12)
    token_hash: str = Field(max_length=64, unique=True)
    name: str = Field(max_length=60)
    # who made it; it ends when they may no longer act for the organisation
    person_id: int = Field(foreign_key="person.id", index=True)
    group_id: int | None = Field(default=None, foreign_key="group.id", index=True)
    municipality_code: str | None = Field(default=None, foreign_key="municipality.code", index=True)
    scopes: str = Field(max_length=60)  # names of domain.permissions.SCOPES, separated by spaces
    created_at: datetime = Field(sa_type=UtcDateTime)
    expires_at: datetime = Field(sa_type=UtcDateTime)
    used_at: datetime | None = Field(default=None, sa_type=UtcDateTime)
    ended_at: datetime | None = Field(default=None, sa_type=UtcDateTime)
