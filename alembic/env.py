"""Alembic's environment: migrates the database that the settings (or the caller) name."""

from sqlmodel import SQLModel

import tamemap.models  # noqa: F401  registers the tables
from alembic import context
from tamemap.config import settings
from tamemap.db import make_engine


def run() -> None:
    """Migrate on a connection given by the caller, or on one of our own."""
    given = context.config.attributes.get("connection")
    if given is not None:
        migrate(given)
        return
    engine = make_engine(settings().database)
    with engine.connect() as connection:
        migrate(connection)
        connection.commit()
    engine.dispose()


def migrate(connection) -> None:  # type: ignore[no-untyped-def]
    """Run the migrations; SQLite changes tables by copying them (batch mode)."""
    context.configure(
        connection=connection,
        target_metadata=SQLModel.metadata,
        render_as_batch=connection.dialect.name == "sqlite",
        compare_type=True,
    )
    with context.begin_transaction():
        context.run_migrations()


run()
