"""PostgreSQL's own guard (数据库角色): the service's role lacks the right, triggers or not.

The role that runs `init` owns the tables. `pointsbank_app` serves: it adds to everything, changes
only what may change, and takes away only what may go. `pointsbank_reader` is for auditors. Both are
group roles without a login: the place grants them to logins of its own.
"""

from __future__ import annotations

import psycopg
from psycopg import sql
from sqlalchemy.engine import make_url

from pointsbank.foundation.append_only import APPEND_ONLY

APP_ROLE = "pointsbank_app"
READER_ROLE = "pointsbank_reader"
# The only rows that ever go: a person who is forgotten, failures that were followed by success,
# logins and pairing codes that ended long ago, and people's files once they are taken in.
ERASABLE = ("person", "failed_login", "staff_login", "card_login", "pairing", "upload_part")


def grant_roles(url: str) -> bool:
    """Make both roles and give each its rights on every table; False when we may not make roles.

    It may be run again after every upgrade.
    """
    conninfo = make_url(url).set(drivername="postgresql").render_as_string(False)
    with psycopg.connect(conninfo) as connection:
        may = connection.execute(
            "SELECT rolsuper OR rolcreaterole FROM pg_roles WHERE rolname = current_user"
        ).fetchone()
        if may is None or not may[0]:
            return False
        tables = [
            row[0]
            for row in connection.execute(
                "SELECT tablename FROM pg_tables WHERE schemaname = current_schema()"
            )
        ]
        for role in (APP_ROLE, READER_ROLE):
            _make_role(connection, role)
        for table in tables:
            _grant(connection, table)
        connection.execute(
            sql.SQL("GRANT USAGE, SELECT ON ALL SEQUENCES IN SCHEMA public TO {}").format(
                sql.Identifier(APP_ROLE)
            )
        )
    return True


def _make_role(connection: psycopg.Connection[tuple[object, ...]], role: str) -> None:
    known = connection.execute("SELECT 1 FROM pg_roles WHERE rolname = %s", [role]).fetchone()
    if known is None:
        connection.execute(sql.SQL("CREATE ROLE {} NOLOGIN").format(sql.Identifier(role)))


def _grant(connection: psycopg.Connection[tuple[object, ...]], table: str) -> None:
    rights = ["SELECT", "INSERT"]
    if table not in APPEND_ONLY:
        rights.append("UPDATE")
    if table in ERASABLE:
        rights.append("DELETE")
    if table == "alembic_version":
        rights = ["SELECT"]
    name = sql.Identifier(table)
    for role, given in ((APP_ROLE, rights), (READER_ROLE, ["SELECT"])):
        connection.execute(sql.SQL("REVOKE ALL ON {} FROM {}").format(name, sql.Identifier(role)))
        connection.execute(
            sql.SQL("GRANT {} ON {} TO {}").format(
                sql.SQL(", ").join(sql.SQL(right) for right in given), name, sql.Identifier(role)
            )
        )
