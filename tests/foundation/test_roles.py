"""On PostgreSQL the service's role lacks the right to rewrite, whatever becomes of the triggers."""

from __future__ import annotations

import psycopg
import pytest
from sqlalchemy.engine import make_url

from pointsbank.foundation.append_only import APPEND_ONLY
from pointsbank.foundation.roles import APP_ROLE, READER_ROLE, grant_roles


@pytest.fixture
def granted(postgres_url: str) -> str:
    """A bank whose roles have their rights; the append-only triggers are gone."""
    assert grant_roles(postgres_url) is True
    assert grant_roles(postgres_url) is True
    conninfo = make_url(postgres_url).set(drivername="postgresql").render_as_string(False)
    with psycopg.connect(conninfo) as connection:
        for table in APPEND_ONLY:
            connection.execute(f"ALTER TABLE {table} DISABLE TRIGGER USER")
    return conninfo


def allowed(conninfo: str, role: str, statement: str) -> bool:
    """Whether the role may run this."""
    with psycopg.connect(conninfo) as connection:
        connection.execute(f"SET ROLE {role}")
        try:
            connection.execute(statement)
        except psycopg.errors.InsufficientPrivilege:
            return False
        return True


@pytest.mark.parametrize("table", APPEND_ONLY)
def test_the_service_can_neither_change_nor_remove_history(granted: str, table: str) -> None:
    column = "receipt_id" if table == "receipt_outcome" else "id"
    assert allowed(granted, APP_ROLE, f"SELECT count(*) FROM {table}")
    for statement in (
        f"UPDATE {table} SET {column} = {column}",
        f"DELETE FROM {table}",
        f"TRUNCATE {table}",
        f"ALTER TABLE {table} DISABLE TRIGGER ALL",
        f"DROP TABLE {table}",
    ):
        assert not allowed(granted, APP_ROLE, statement), statement


def test_the_service_can_do_its_work_and_the_reader_only_read(granted: str) -> None:
    assert allowed(granted, APP_ROLE, "UPDATE account SET balance = balance")
    assert allowed(granted, APP_ROLE, "DELETE FROM person")
    assert allowed(granted, APP_ROLE, "DELETE FROM upload_part")
    assert not allowed(granted, APP_ROLE, "DELETE FROM upload")
    assert not allowed(granted, APP_ROLE, "DELETE FROM account")
    assert allowed(granted, READER_ROLE, "SELECT count(*) FROM move")
    assert not allowed(granted, READER_ROLE, "UPDATE account SET balance = 0")


def test_the_owner_could_which_is_why_the_service_is_another_role(granted: str) -> None:
    owner = psycopg.connect(granted).execute("SELECT current_user").fetchone()
    assert owner is not None
    assert allowed(granted, str(owner[0]), "DELETE FROM receipt_outcome")
