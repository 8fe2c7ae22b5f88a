"""Settings: environment variables ``TAMEMAP_…`` (also from ``.env``); each has a default that works on one small server."""

from __future__ import annotations

import base64
import os
import re
import secrets
from contextlib import suppress
from functools import lru_cache
from pathlib import Path
from tempfile import NamedTemporaryFile
from typing import TYPE_CHECKING, Literal

from pydantic import Field, SecretStr, field_validator
from pydantic_core import PydanticCustomError
from pydantic_settings import BaseSettings, SettingsConfigDict

if TYPE_CHECKING:
    from collections.abc import Callable

GSI_TILES = "https://cyberjapandata.gsi.go.jp/xyz/pale/{z}/{x}/{y}.png"
GSI_ATTRIBUTION = '<a href="https://maps.gsi.go.jp/development/ichiran.html" target="_blank" rel="noopener">地理院タイル</a>'

DATABASES = re.compile(r"sqlite:///|postgres(ql)?(\+psycopg)?://")
DIGITAL = "https://auth-and-sign.go.jp/api/realms/main"


class Settings(BaseSettings):
    """All settings of an installation, checked once at the start."""

    # what is wrong is said without the value: it may hold a password
    model_config = SettingsConfigDict(env_prefix="TAMEMAP_", env_file=".env", extra="ignore", hide_input_in_errors=True)

    data_dir: Path = Field(Path("var"), description="where the database, pictures, mails and secrets are kept")
    database_url: str = Field("", description="SQLAlchemy address; empty: SQLite in the data directory")
    redis_url: str = Field("", description="Redis for jobs, limits and page states; empty: none needed")
    storage_url: str = Field("", description="where pictures are kept; empty: a folder in the data directory")
    base_url: str = Field("", description="the public address, such as https://tamemap.example.lg.jp")
    host: str = Field("0.0.0.0", description="the address that the server listens on")  # noqa: S104
    port: int = Field(8000, ge=1, le=65535, description="the port that the server listens on")
    workers: int = Field(1, ge=1, le=64, description="server processes; more than one needs Redis")
    trusted_proxies: int = Field(0, ge=0, le=5, description="reverse proxies in front that add X-Forwarded-For")
    secret_key: SecretStr = Field(SecretStr(""), description="signs what leaves; empty: made and kept in the data directory")
    mail_url: str = Field("", description="smtp://user:password@host:587; empty: mails become files in the data directory")
    mail_from: str = Field("Tamemap <tamemap@localhost>", description="the sender of mails")
    tile_url: str = Field(GSI_TILES, description="map tiles with {z}/{x}/{y}; empty: boundaries and pins only")
    tile_attribution: str = Field(GSI_ATTRIBUTION, description="what the tiles' owner wants to be named as (HTML)")
    geocoder: Literal["gsi", "nominatim", "off"] = Field("gsi", description="the address search behind the gazetteer")
    geocoder_url: str = Field("", description="another address of the same geocoder, such as a town's own")
    contact: str = Field("", description="a mail address that geocoders and visitors can write to")
    push: Literal["on", "off"] = Field("on", description="notices on people's devices (Web Push)")
    push_key: SecretStr = Field(SecretStr(""), description="VAPID private key; empty: made and kept in the data directory")
    push_services: str = Field("", description="further push services, by spaces: a host, or http://127.0.0.1:port for tests")
    reader: Literal["on", "off"] = Field("on", description="reading what stands on photographed flyers (docs/operations.md)")
    flyer_days: int = Field(60, ge=1, le=366, description="how many days a flyer without dates stays up")
    log_level: Literal["debug", "info", "warning", "error"] = Field("info", description="how much is written to the log")
    log_format: Literal["text", "json"] = Field("text", description="the log for people, or one JSON object a line for programs")
    slow_query_ms: int = Field(500, ge=0, description="statements that take longer are written to the log; 0: none")
    metrics_token: SecretStr = Field(SecretStr(""), description="whoever shows it (Bearer) sees /metrics; empty: neighbours only")
    grace_seconds: float = Field(0, ge=0, le=120, description="how long to go on serving after SIGTERM, while /readyz says 503")
    # sign-in by other programs (docs/sign-in.md); a ..._url is another address of the same provider, such as one for tests
    oidc_line_id: str = Field("", description="LINE: channel id")
    oidc_line_secret: SecretStr = Field(SecretStr(""), description="LINE: channel secret")
    oidc_line_url: str = Field("", description="LINE: another address")
    oidc_google_id: str = Field("", description="Google: client id")
    oidc_google_secret: SecretStr = Field(SecretStr(""), description="Google: client secret")
    oidc_google_url: str = Field("", description="Google: another issuer")
    oidc_apple_id: str = Field("", description="Apple: services id")
    oidc_apple_team: str = Field("", description="Apple: team id")
    oidc_apple_key_id: str = Field("", description="Apple: key id")
    oidc_apple_key: SecretStr = Field(SecretStr(""), description="Apple: private key (PEM), or the path of a file with it")
    oidc_apple_url: str = Field("", description="Apple: another address")
    oidc_others: SecretStr = Field(SecretStr(""), description="other providers: a JSON list, see docs/sign-in.md")
    oidc_digital_id: str = Field("", description="デジタル認証アプリ: client id")
    oidc_digital_key: SecretStr = Field(SecretStr(""), description="デジタル認証アプリ: private key (PEM), or its path")
    oidc_digital_key_id: str = Field("", description="デジタル認証アプリ: key id, where the registered key has one")
    oidc_digital_url: str = Field(DIGITAL, description="デジタル認証アプリ: the realm's address; the sandbox has another")
    oidc_digital_issuer: str = Field("", description="デジタル認証アプリ: issuer, where it is not the realm's address")

    @field_validator("database_url")
    @classmethod
    def _database_that_we_speak(cls, address: str) -> str:
        if address and not DATABASES.match(address):
            raise PydanticCustomError("database_unknown", "neither sqlite:/// nor postgresql://")
        return address

    @property
    def database(self) -> str:
        """The database address in force, with the psycopg 3 driver for PostgreSQL."""
        if not self.database_url:
            return f"sqlite:///{self.data_dir / 'tamemap.db'}"
        for prefix in ("postgres://", "postgresql://"):
            if self.database_url.startswith(prefix):
                return "postgresql+psycopg://" + self.database_url.removeprefix(prefix)
        return self.database_url

    @property
    def origin(self) -> str:
        """The public address without a slash at its end."""
        return (self.base_url or f"http://localhost:{self.port}").rstrip("/")

    @property
    def secure(self) -> bool:
        """Whether people reach us by https (cookies are then Secure)."""
        return self.origin.startswith("https://")

    def secret(self) -> bytes:
        """The signing key; made on first use and kept in the data directory when none is set."""
        if value := self.secret_key.get_secret_value():
            return value.encode()
        return _kept(self.data_dir / "secret_key", lambda: secrets.token_urlsafe(48)).encode()

    def push_private(self) -> str:
        """The VAPID private key (RFC 8292): as set, else made on first use and kept in the data directory (base64url)."""
        return self.push_key.get_secret_value() or _kept(self.data_dir / "push_key", _new_p256)


def _new_p256() -> str:
    """A private key on P-256: a number from 1 to below the order of its base point (SEC 2)."""
    order = 0xFFFFFFFF00000000FFFFFFFFFFFFFFFFBCE6FAADA7179E84F3B9CAC2FC632551
    made = (secrets.randbelow(order - 1) + 1).to_bytes(32, "big")
    return base64.urlsafe_b64encode(made).rstrip(b"=").decode()


def _kept(path: Path, make: Callable[[], str]) -> str:
    """The secret in this file, made where there is none."""
    if not path.exists():
        path.parent.mkdir(parents=True, exist_ok=True)
        # whole before it has its name: a thread or process that comes meanwhile would read half a secret
        with NamedTemporaryFile("w", dir=path.parent, prefix=f".{path.name}-") as file:
            file.write(make())
            file.flush()
            with suppress(FileExistsError):  # another process was first
                os.link(file.name, path)
    return path.read_text()


@lru_cache(maxsize=1)
def settings() -> Settings:
    """The settings in force; ``settings.cache_clear()`` reads them anew."""
    return Settings()
