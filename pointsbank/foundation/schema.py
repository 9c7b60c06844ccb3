"""Bringing a database's tables to today's form (升级), by the migrations in the clone."""

from __future__ import annotations

from pathlib import Path

from alembic import command
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import create_engine
from sqlalchemy.engine import make_url

from pointsbank.foundation.errors import SchemaOther

MIGRATIONS = Path(__file__).resolve().parents[2] / "migrations"


def _config(url: str) -> Config:
    config = Config()
    config.set_main_option("script_location", str(MIGRATIONS))
    config.attributes["url"] = url
    return config


def upgrade_schema(url: str, revision: str = "head") -> None:
    """Run every migration that the database has not had yet; append-only triggers come last."""
    command.upgrade(_config(url), revision)


def head_revision() -> str:
    """The newest migration in the clone."""
    return ScriptDirectory.from_config(_config("")).get_current_head() or ""


def refuse_other_schema(url: str) -> None:
    """Raise SchemaOther unless the tables are exactly of this program's form."""
    engine = create_engine(make_url(url))
    try:
        with engine.connect() as connection:
            found = MigrationContext.configure(connection).get_current_revision()
    finally:
        engine.dispose()
    if found != head_revision():
        raise SchemaOther(found=str(found), needed=head_revision())
