"""Bringing a database's tables to today's form (升级), by the migrations in the clone."""

from __future__ import annotations

from pathlib import Path

from sqlalchemy import create_engine, inspect, text
from sqlalchemy.engine import make_url

from pointsbank.foundation.errors import SchemaOther

MIGRATIONS = Path(__file__).resolve().parents[2] / "migrations"


def upgrade_schema(url: str, revision: str = "head") -> None:
    """Run every migration that the database has not had yet; append-only triggers come last."""
    # Whoever only asks whether there is something to do, asks often and does without Alembic.
    from alembic import command  # noqa: PLC0415 - a tenth of a server's start
    from alembic.config import Config  # noqa: PLC0415

    config = Config()
    config.set_main_option("script_location", str(MIGRATIONS))
    config.attributes["url"] = url
    command.upgrade(config, revision)


def head_revision() -> str:
    """The newest migration in the clone: their files begin with their numbers."""
    return max(path.name.partition("_")[0] for path in (MIGRATIONS / "versions").glob("[0-9]*.py"))


def refuse_other_schema(url: str) -> None:
    """Raise SchemaOther unless the tables are exactly of this program's form."""
    engine = create_engine(make_url(url))
    try:
        with engine.connect() as connection:
            found = None
            if inspect(connection).has_table("alembic_version"):
                found = connection.scalar(text("SELECT version_num FROM alembic_version"))
    finally:
        engine.dispose()
    if found != head_revision():
        raise SchemaOther(found=str(found), needed=head_revision())
