"""``backup`` and ``restore``: the database as it is at one moment, the pictures and the secret key, in one folder.

Layout: ``manifest.json``, ``database.sqlite`` or ``database.sql``, ``store/``, ``secret_key``, ``push_key``. Mails in files
and the worker's timetable are not kept. Restoring never writes over anything: the installation must be empty.
"""

from __future__ import annotations

import json
import os
import shutil
import sqlite3
import subprocess
from contextlib import closing
from pathlib import Path
from typing import TYPE_CHECKING, Any

from alembic.config import Config
from alembic.script import ScriptDirectory
from sqlalchemy import inspect, text
from sqlalchemy.engine import make_url

from tamemap import __version__, clock
from tamemap import db as database
from tamemap.cli_across import load_across
from tamemap.cli_words import words
from tamemap.config import settings
from tamemap.errors import Conflict, Invalid, NotFound, Unavailable
from tamemap.gateways.storage import FolderStorage, name_of, storage_from
from tamemap.migration import INI, migrate

if TYPE_CHECKING:
    from collections.abc import Sequence

    from sqlalchemy.engine import URL

    from tamemap.gateways.storage import Storage

FORMAT = 1
DUMPS = {"sqlite": "database.sqlite", "postgresql": "database.sql"}


def backup(folder: Path) -> int:
    """Write a backup into a new or empty folder, readable by its owner only.

    Raises Conflict ``backup_folder_used``, Unavailable (``backup_tool_missing``, ``backup_database_failed``, ``storage_away``).
    """
    if folder.exists() and any(folder.iterdir()):
        raise Conflict("backup_folder_used", folder=str(folder))
    url = make_url(settings().database)
    store = storage_from(settings())
    revision = present_revision()
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    folder.chmod(0o700)
    dump = folder / DUMPS[url.get_backend_name()]
    # the rows first: every file that they name has been written before them
    (_dump_sqlite if dump.suffix == ".sqlite" else _dump_postgresql)(url, dump)
    dump.chmod(0o600)
    pictures, size = _keep_pictures(store, FolderStorage(folder / "store"))
    secret = settings().data_dir / "secret_key"
    if not settings().secret_key.get_secret_value() and secret.exists():
        shutil.copy2(secret, folder / "secret_key")
    # without it every browser that shows notices would have to be switched on anew
    if (push := settings().data_dir / "push_key").exists():
        shutil.copy2(push, folder / "push_key")
    manifest = {
        "format": FORMAT,
        "tamemap": __version__,
        "made_at": clock.now().isoformat(),
        "database": url.get_backend_name(),
        "revision": revision,
        "files": pictures,
        "bytes": size + dump.stat().st_size,
        "secret_key": (folder / "secret_key").exists(),
    }
    # last of all: a folder without it is no backup
    (folder / "manifest.json").write_text(json.dumps(manifest, indent=1) + "\n", encoding="utf-8")
    print(words("cli.backup.done", folder=folder, files=pictures))
    if not manifest["secret_key"]:
        print(words("cli.backup.secret_apart"))
    return 0


def restore(folder: Path) -> int:
    """Bring a backup into an empty installation, and its tables up to date; one of SQLite also into PostgreSQL.

    Raises Invalid ``backup_none`` for a folder that is no backup, Conflict (``restore_not_empty``,
    ``restore_other_database``, ``restore_newer``, ``restore_secret_differs``, ``backup_damaged``), Unavailable as
    ``backup`` does.
    """
    manifest = _manifest(folder)
    url = make_url(settings().database)
    if (manifest["database"], url.get_backend_name()) not in LOADED:
        raise Conflict("restore_other_database", theirs=manifest["database"], ours=url.get_backend_name())
    store, secret = storage_from(settings()), settings().data_dir / "secret_key"
    kept = folder / "secret_key"
    _demand_empty(store)
    own = not settings().secret_key.get_secret_value() and secret.exists()
    if kept.exists() and own and kept.read_text() != secret.read_text():
        raise Conflict("restore_secret_differs", path=str(secret))
    settings().data_dir.mkdir(parents=True, exist_ok=True)
    LOADED[manifest["database"], url.get_backend_name()](url, folder / DUMPS[manifest["database"]])
    _keep_pictures(FolderStorage(folder / "store"), store)
    if kept.exists() and not secret.exists():
        shutil.copy2(kept, secret)
        secret.chmod(0o600)
    if (folder / "push_key").exists() and not (push := settings().data_dir / "push_key").exists():
        shutil.copy2(folder / "push_key", push)
        push.chmod(0o600)
    migrate()
    print(words("cli.restore.done", made_at=manifest["made_at"], files=manifest["files"]))
    return 0


def present_revision() -> str:
    """Which tables the database has (Alembic's revision); empty for none."""
    with database.engine().connect() as connection:
        if not inspect(connection).has_table("alembic_version"):
            return ""
        return str(connection.execute(text("SELECT version_num FROM alembic_version")).scalar_one_or_none() or "")


def _manifest(folder: Path) -> dict[str, Any]:
    try:
        manifest: dict[str, Any] = json.loads((folder / "manifest.json").read_text(encoding="utf-8"))
        known = manifest["format"] == FORMAT and (folder / DUMPS[manifest["database"]]).is_file()
    except (OSError, ValueError, KeyError, TypeError):
        known = False
    if not known:
        raise Invalid("backup_none", folder=str(folder))
    revisions = {script.revision for script in ScriptDirectory.from_config(Config(str(INI))).walk_revisions()}
    if manifest["revision"] not in revisions:
        raise Conflict("restore_newer", version=manifest["tamemap"])
    return manifest


def _keep_pictures(source: Storage, target: Storage) -> tuple[int, int]:
    """Copy all pictures from one store to another, whatever kinds they are; how many there were, and their bytes.

    One that is taken back in between is not copied. Each is held against its name, which is that of its content.
    """
    files = size = 0
    for name, private in source.everything():
        try:
            data = source.get(name)
        except NotFound:
            continue
        if name_of(data, Path(name).suffix) != name:
            raise Conflict("backup_damaged", name=name)
        target.put(data, Path(name).suffix, private=private)
        files, size = files + 1, size + len(data)
    return files, size


def _demand_empty(store: Storage) -> None:
    """Nothing may be written over: no rows but those of Alembic, no pictures."""
    if next(store.everything(), None) is not None:
        raise Conflict(
            "restore_not_empty", what="TAMEMAP_STORAGE_URL" if settings().storage_url else settings().data_dir / "store"
        )
    with database.engine().connect() as connection:
        for table in inspect(connection).get_table_names():
            quoted = connection.dialect.identifier_preparer.quote(table)
            row = connection.execute(text(f"SELECT 1 FROM {quoted} LIMIT 1")).first()  # noqa: S608  a name that the database gave
            if table != "alembic_version" and row is not None:
                raise Conflict("restore_not_empty", what=make_url(settings().database).render_as_string())
    database.dispose()


def _dump_sqlite(url: URL, dump: Path) -> None:
    # SQLite's own online backup: whole and consistent while others go on reading and writing
    with closing(sqlite3.connect(str(url.database))) as source, closing(sqlite3.connect(dump)) as target:
        source.backup(target)
        if target.execute("PRAGMA integrity_check").fetchone() != ("ok",):
            raise Unavailable("backup_database_failed", why="integrity_check")


def _load_sqlite(url: URL, dump: Path) -> None:
    Path(str(url.database)).parent.mkdir(parents=True, exist_ok=True)
    # immutable: a backup may lie on a medium that cannot be written to
    with (
        closing(sqlite3.connect(f"{dump.absolute().as_uri()}?immutable=1", uri=True)) as source,
        closing(sqlite3.connect(str(url.database))) as target,
    ):
        source.backup(target)


def _dump_postgresql(url: URL, dump: Path) -> None:
    _tool(["pg_dump", "--no-owner", "--no-privileges", "--clean", "--if-exists", f"--file={dump}"], url)


def _load_postgresql(url: URL, dump: Path) -> None:
    _tool(["psql", "--quiet", "--no-psqlrc", "--single-transaction", "--set=ON_ERROR_STOP=1", f"--file={dump}"], url)


# of which database into which
LOADED = {
    ("sqlite", "sqlite"): _load_sqlite,
    ("postgresql", "postgresql"): _load_postgresql,
    ("sqlite", "postgresql"): lambda _url, dump: load_across(dump),
}


def _tool(command: Sequence[str], url: URL) -> None:
    """One of PostgreSQL's own programs against the database; the password goes into the environment: no ``ps`` shows it."""
    program = shutil.which(command[0])
    if program is None:
        raise Unavailable("backup_tool_missing", tool=command[0])
    plain = url.set(drivername="postgresql", password=None)
    secret = {"PGPASSWORD": url.password} if url.password else {}
    result = subprocess.run(  # noqa: S603
        [program, *command[1:], f"--dbname={plain.render_as_string(hide_password=False)}"],
        env=os.environ | secret,
        capture_output=True,
        text=True,
        check=False,
    )
    if result.returncode:
        raise Unavailable("backup_database_failed", why=result.stderr.strip()[-400:])
