"""``check``: every setting with its value, and what is wrong with them and with what they name."""

from __future__ import annotations

import os
import platform
import socket
import stat
import subprocess
import sys
import tempfile
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from pydantic import SecretStr, ValidationError
from redis import Redis, RedisError
from sqlalchemy.engine import make_url
from sqlalchemy.exc import SQLAlchemyError
from sqlmodel import func, select

from tamemap import clock
from tamemap import db as database
from tamemap.cli_backup import present_revision
from tamemap.cli_check_oidc import oidc_findings
from tamemap.cli_settings import PREFIX, misspelt, mistakes, wrong
from tamemap.cli_words import error_words, words
from tamemap.config import Settings, settings
from tamemap.errors import TamemapError
from tamemap.gateways import gsi
from tamemap.gateways.mail import FolderMail, SmtpMail, mail_from_settings
from tamemap.gateways.push import public_key
from tamemap.gateways.storage import FolderStorage, storage_from, writable
from tamemap.migration import known, newest
from tamemap.models import Flyer, Heartbeat, Map
from tamemap.ui.build import is_fresh

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

WITH_PASSWORD = ("redis_url", "mail_url", "storage_url")
NODE_LEAST = (22, 22)
PATIENCE = 4.0  # seconds for whatever answers over the network
SILENT_AFTER = 180  # seconds without a beat
GEOCODERS = {"gsi": urlsplit(gsi.SEARCH).hostname or "", "nominatim": "nominatim.openstreetmap.org"}


@dataclass(frozen=True, slots=True)
class Finding:
    """One line of the report; ``grade`` is fine, warning or wrong."""

    grade: str
    text: str


def check() -> int:
    """Print the report; 1 when something is wrong, 0 for warnings only."""
    findings = list(_spelling())
    settings.cache_clear()
    try:
        current = settings()
    except ValidationError as error:
        findings += [Finding("wrong", said) for said in mistakes(error)]
    else:
        print(words("cli.check.settings"))
        for name, value in shown(current):
            print(f"  {PREFIX}{name.upper():<18} {value}")
        for look in LOOKS:
            findings += look(current)
    print(words("cli.check.state"))
    for one in findings:
        print(f"  [{words('cli.check.' + one.grade)}] {one.text}")
    count = sum(one.grade == "wrong" for one in findings)
    print(words("cli.check.some_wrong", count=count) if count else words("cli.check.all_fine"))
    return 1 if count else 0


def shown(current: Settings) -> Iterator[tuple[str, str]]:
    """Every setting as it may be shown: no password, no key."""
    derived = {
        "database_url": database_shown(current),
        "base_url": current.origin,
        "storage_url": current.data_dir / "store",
        "mail_url": current.data_dir / "mail",
        "secret_key": current.data_dir / "secret_key",
        "push_key": current.data_dir / "push_key",
    }
    for name in Settings.model_fields:
        value = getattr(current, name)
        if isinstance(value, SecretStr):
            value = words("cli.check.hidden") if value.get_secret_value() else ""
        elif name == "database_url" and value:
            value = database_shown(current)
        elif name in WITH_PASSWORD and value:
            value = without_password(value)
        if value == "":
            value = words("cli.check.empty") + (f" → {derived[name]}" if name in derived else "")
        yield name, str(value)


def database_shown(current: Settings) -> str:
    """The database's address in force, without its password."""
    return make_url(current.database).render_as_string(hide_password=True)


def without_password(address: str) -> str:
    """The address with ``***`` for its password, and without query, where some put keys."""
    parts = urlsplit(address)
    if "@" not in parts.netloc:
        return parts._replace(query="***" if parts.query else "").geturl()
    account, _, host = parts.netloc.rpartition("@")
    user, colon, _ = account.partition(":")
    return parts._replace(netloc=f"{user}{colon and ':***'}@{host}", query="***" if parts.query else "").geturl()


def _found(grade: str, key: str, **params: object) -> Finding:
    return Finding(grade, words(f"cli.check.{key}", **params))


def _spelling() -> Iterator[Finding]:
    for name in misspelt():
        yield _found("wrong", "setting_unknown", name=name)


def _programs(current: Settings) -> Iterator[Finding]:
    yield _found("fine", "python", version=platform.python_version())
    node = Path(sys.executable).parent / ("node.exe" if os.name == "nt" else "node")
    try:
        said = subprocess.run([node, "--version"], capture_output=True, text=True, timeout=20, check=True).stdout.strip()  # noqa: S603
        version = tuple(int(part) for part in said.lstrip("v").split(".")[:2])
    except (OSError, ValueError, subprocess.SubprocessError):
        yield _found("wrong", "node_missing")
    else:
        yield _found("fine", "node_fine", version=said) if version >= NODE_LEAST else _found("wrong", "node_old", version=said)
    yield _found("fine", "screens_fine") if is_fresh() else _found("warning", "screens_old")


def _database(current: Settings) -> Iterator[Finding]:
    url = make_url(current.database)
    try:
        # SQLite makes a file where there is none; a look should not
        missing = url.get_backend_name() == "sqlite" and url.database != ":memory:" and not Path(str(url.database)).exists()
        present = "" if missing else present_revision()
        if present != newest():
            yield _found("wrong", "database_old" if present in known() | {""} else "database_newer")
            return
        yield _found("fine", "database_fine", what=database_shown(current))
        with database.transaction(write=False) as db:
            maps, flyers = (db.exec(select(func.count()).select_from(table)).one() for table in (Map, Flyer))
            beat = db.get(Heartbeat, "worker")
    except (SQLAlchemyError, OSError) as error:
        yield _found("wrong", "database_away", why=str(error).splitlines()[0])
        return
    yield _found("fine", "towns", maps=maps, flyers=flyers) if maps else _found("warning", "no_towns")
    age = (clock.now() - beat.beat_at).total_seconds() if beat else SILENT_AFTER
    yield _found("fine", "worker_fine", seconds=round(age)) if age < SILENT_AFTER else _found("warning", "worker_silent")


def _folders(current: Settings) -> Iterator[Finding]:
    yield _writable(current.data_dir, "data_fine", "data_readonly")
    secret = current.data_dir / "secret_key"
    if secret.exists() and secret.stat().st_mode & (stat.S_IRWXG | stat.S_IRWXO):
        yield _found("warning", "secret_open", path=secret)
    try:
        store = storage_from(current)
    except TamemapError as error:
        yield _found("wrong", "storage_wrong", why=error_words(error))
        return
    if isinstance(store, FolderStorage):
        yield _writable(store.root, "storage_fine", "storage_wrong")
        return
    try:
        writable(store)
        yield _found("fine", "storage_fine", path=without_password(current.storage_url))
    except TamemapError as error:
        yield _found("wrong", "storage_wrong", why=error_words(error))


def _writable(folder: Path, fine: str, wrong: str) -> Finding:
    try:
        # what is not there yet will be made: then the nearest folder above must let us
        there = next(path for path in (folder.absolute(), *folder.absolute().parents) if path.exists())
        with tempfile.TemporaryFile(dir=there):
            return _found("fine", fine, path=folder)
    except OSError as error:
        return _found("wrong", wrong, path=folder, why=error.strerror or str(error))


def _mail(current: Settings) -> Iterator[Finding]:
    try:
        mail = mail_from_settings(current)
    except ValueError:
        yield Finding("wrong", wrong("mail_url", "mail_unknown"))
        return
    if isinstance(mail, FolderMail):
        yield _found("warning", "mail_folder", path=mail.folder)
    elif isinstance(mail, SmtpMail):
        why = _unreachable(mail.host, mail.port)
        yield _found("wrong" if why else "fine", "mail_away" if why else "mail_fine", host=mail.host, port=mail.port, why=why)
    else:
        yield _found("warning", "mail_none")


def _unreachable(host: str, port: int) -> str:
    """Why nobody answers there, empty when somebody does."""
    try:
        with closing(socket.create_connection((host, port), timeout=PATIENCE)):
            return ""
    except OSError as error:
        return error.strerror or str(error)


def _outside(current: Settings) -> Iterator[Finding]:
    if current.geocoder == "off":
        yield _found("fine", "geocoder_off")
    else:
        parts = urlsplit(current.geocoder_url)
        host = parts.hostname or GEOCODERS[current.geocoder]
        why = _unreachable(host, parts.port or (80 if parts.scheme == "http" else 443))
        yield _found("warning" if why else "fine", "geocoder_away" if why else "geocoder_fine", host=host)
    if current.tile_url and not all(part in current.tile_url for part in ("{z}", "{x}", "{y}")):
        yield _found("wrong", "tiles_wrong")


def _address(current: Settings) -> Iterator[Finding]:
    if not current.base_url:
        yield _found("warning", "base_url_unset")
        return
    parts = urlsplit(current.base_url)
    if parts.scheme not in {"http", "https"} or not parts.hostname or parts.path.strip("/") or parts.query or parts.fragment:
        yield _found("wrong", "base_url_wrong", url=current.base_url)
    elif parts.scheme == "http" and parts.hostname not in {"localhost", "127.0.0.1", "::1"}:
        yield _found("warning", "base_url_http", url=current.base_url)
    else:
        yield _found("fine", "base_url_fine", url=current.base_url)
        if parts.scheme == "https" and not current.trusted_proxies:
            yield _found("warning", "proxies")


def _push(current: Settings) -> Iterator[Finding]:
    if current.push == "off":
        yield _found("fine", "push_off")
        return
    kept = current.data_dir / "push_key"
    try:
        # a look makes no key
        made = kept.exists() or bool(current.push_key.get_secret_value())
        yield _found("fine", "push_fine", public=public_key(current)) if made else _found("fine", "push_new")
    except ValueError:
        yield _found("wrong", "push_wrong")
        return
    if kept.exists() and kept.stat().st_mode & (stat.S_IRWXG | stat.S_IRWXO):
        yield _found("warning", "push_open", path=kept)
    if not current.secure and urlsplit(current.origin).hostname not in {"localhost", "127.0.0.1", "::1"}:
        yield _found("warning", "push_http")
    if not current.contact:
        yield _found("warning", "push_contact")


def _redis(current: Settings) -> Iterator[Finding]:
    if current.workers > 1 and not current.redis_url:
        yield Finding("wrong", words("cli.run.workers_need_redis", workers=current.workers))
    if current.redis_url:
        if not current.secret_key.get_secret_value():
            yield _found("warning", "secret_alone")
        try:
            with closing(Redis.from_url(current.redis_url, socket_timeout=PATIENCE, socket_connect_timeout=PATIENCE)) as client:
                client.ping()
            yield _found("fine", "redis_fine")
        except (RedisError, ValueError, OSError) as error:
            yield _found("wrong", "redis_away", why=str(error))


def _providers(current: Settings) -> Iterator[Finding]:
    for grade, text in oidc_findings(current):
        yield Finding(grade, text)


LOOKS: tuple[Callable[[Settings], Iterator[Finding]], ...] = (
    _programs,
    _folders,
    _database,
    _address,
    _mail,
    _push,
    _providers,
    _redis,
    _outside,
)
