"""How a migration runs: from `pointsbank init`, or from a developer's `flask db` command
(`pointsbank.web.developing`).

On SQLite foreign keys are off while tables are rebuilt and checked afterwards; and because a
rebuild drops triggers without a word, the append-only triggers are put back after every upgrade.
"""

from alembic import context
from flask import current_app, has_app_context
from sqlalchemy import NullPool, create_engine, inspect, text

from pointsbank.foundation.append_only import trigger_ddl
from pointsbank.tables import metadata


def database_url() -> str:
    url = context.config.attributes.get("url")
    if url is None and has_app_context():
        url = current_app.config["SQLALCHEMY_DATABASE_URI"]
    if url is None:
        raise SystemExit("No database: run this through `pointsbank init` or `flask db`.")
    return url


def run() -> None:
    engine = create_engine(database_url(), poolclass=NullPool)
    sqlite = engine.dialect.name == "sqlite"
    with engine.connect() as connection:
        if sqlite:
            connection.execute(text("PRAGMA foreign_keys=OFF"))
            connection.execute(text("PRAGMA journal_mode=WAL"))
            connection.commit()
        context.configure(connection=connection, target_metadata=metadata, render_as_batch=sqlite)
        with context.begin_transaction():
            context.run_migrations()
        if not context.get_context().as_sql:
            tables = inspect(connection).get_table_names()
            for line in trigger_ddl(engine.dialect.name, tables):
                connection.exec_driver_sql(line)
            connection.commit()
        if sqlite:
            broken = connection.execute(text("PRAGMA foreign_key_check")).fetchall()
            if broken:
                raise SystemExit(f"Rows point at nothing after the upgrade: {broken[:5]}")
    engine.dispose()


run()
