"""Migrations lead to exactly the tables that rooms declare, each guarded, on both databases."""

from __future__ import annotations

import ast
import re
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from alembic import command
from alembic.config import Config
from sqlalchemy import Engine, create_engine, inspect, text

from pointsbank.foundation.append_only import trigger_names
from pointsbank.foundation.schema import MIGRATIONS, upgrade_schema
from pointsbank.tables import metadata
from tests.house.source import ROOT, imports_of, modules
from tests.postgres import drop_database, fresh_database

VERSIONS = sorted((MIGRATIONS / "versions").glob("*.py"))
TRIGGERS = {
    "sqlite": "SELECT name FROM sqlite_master WHERE type = 'trigger'",
    "postgresql": "SELECT tgname FROM pg_trigger WHERE NOT tgisinternal AND tgenabled = 'O'",
}
LOOSE = (
    "SELECT name FROM pragma_table_list WHERE schema = 'main' AND type = 'table'"
    " AND strict = 0 AND name NOT LIKE 'sqlite!_%' ESCAPE '!'"
)


@pytest.fixture(scope="module")
def table_names() -> list[str]:
    """The tables that a migration is written from: those that pointsbank.tables brings in."""
    told = subprocess.run(
        [sys.executable, "-c", "from pointsbank.tables import metadata as m; print(*m.tables)"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=True,
    )
    return sorted(told.stdout.split())


@pytest.fixture(params=["sqlite", "postgresql"])
def two_urls(request: pytest.FixtureRequest, tmp_path: Path) -> Any:
    """Two databases that nobody has touched: one for the migrations, one for the metadata."""
    if request.param == "sqlite":
        yield [f"sqlite:///{tmp_path / name}.sqlite" for name in ("migrated", "declared")]
        return
    server: str = request.getfixturevalue("postgres_server")
    urls = [fresh_database(server) for _ in range(2)]
    yield urls
    for url in urls:
        drop_database(url)


def test_migrations_are_numbered_one_after_the_other() -> None:
    assert VERSIONS
    before = None
    for number, path in enumerate(VERSIONS, 1):
        values = {
            node.targets[0].id: ast.literal_eval(node.value)
            for node in ast.parse(path.read_text(encoding="utf-8")).body
            if isinstance(node, ast.Assign) and isinstance(node.targets[0], ast.Name)
            # What else a migration gives a name to is its own business.
            if node.targets[0].id in {"revision", "down_revision"}
        }
        assert re.fullmatch(rf"{number:04d}_[a-z0-9_]+\.py", path.name)
        assert (values["revision"], values["down_revision"]) == (f"{number:04d}", before)
        before = values["revision"]


def test_a_migration_never_imports_the_app() -> None:
    for path in VERSIONS:
        for found in imports_of(ast.parse(path.read_text(encoding="utf-8"))):
            assert found.module.split(".")[0] in {"alembic", "json", "sqlalchemy"}, (
                f"{path.name}: {found}"
            )


def dropped_by(source: str) -> list[str]:
    """What an `upgrade()` would take away: by a call, or by SQL in one."""
    upgrade = next(
        node
        for node in ast.parse(source).body
        if isinstance(node, ast.FunctionDef) and node.name == "upgrade"
    )
    found = []
    for node in ast.walk(upgrade):
        if isinstance(node, ast.Attribute) and node.attr in {"drop_table", "drop_column"}:
            found.append(node.attr)
        if isinstance(node, ast.Constant) and isinstance(node.value, str):
            found += re.findall(r"(?i)\bDROP\s+(?:TABLE|COLUMN)\b", node.value)
    return found


def test_an_upgrade_never_drops_a_table_or_a_column() -> None:
    assert {path.name: dropped_by(path.read_text(encoding="utf-8")) for path in VERSIONS} == {
        path.name: [] for path in VERSIONS
    }
    planted = "def upgrade():\n  op.drop_column('a', 'b')\n  op.execute('drop  table a')\n"
    assert dropped_by(planted) == ["drop_column", "drop  table"]


def test_every_table_in_the_source_is_registered(table_names: list[str]) -> None:
    declared = {
        node.value.value
        for module in modules()
        for node in module.nodes
        if isinstance(node, ast.Assign)
        and isinstance(node.targets[0], ast.Name)
        and node.targets[0].id == "__tablename__"
        and isinstance(node.value, ast.Constant)
    }
    assert declared == set(table_names)


def test_the_migrated_tables_are_the_declared_ones(
    two_urls: list[str], table_names: list[str]
) -> None:
    migrated, declared = (create_engine(url) for url in two_urls)
    upgrade_schema(two_urls[0])
    metadata.create_all(declared, tables=[metadata.tables[name] for name in table_names])
    assert tables_of(migrated) == tables_of(declared)
    assert sorted(tables_of(migrated)) == table_names
    migrated.dispose()
    declared.dispose()


def test_every_guard_stands_after_an_upgrade_and_after_going_back_and_forth(
    two_urls: list[str],
) -> None:
    url = two_urls[0]
    engine = create_engine(url)
    upgrade_schema(url)
    first = tables_of(engine)
    assert guards_of(engine) == trigger_names(engine.dialect.name)
    command.downgrade(config_for(url), "base")
    assert tables_of(engine) == {}
    upgrade_schema(url)
    assert tables_of(engine) == first
    assert guards_of(engine) == trigger_names(engine.dialect.name)
    engine.dispose()


def test_every_table_is_strict_on_sqlite(sqlite_url: str) -> None:
    engine = create_engine(sqlite_url)
    with engine.connect() as connection:
        loose = set(connection.execute(text(LOOSE)).scalars())
    engine.dispose()
    # Alembic makes its own table, with one column of text.
    assert loose == {"alembic_version"}


def config_for(url: str) -> Config:
    config = Config()
    config.set_main_option("script_location", str(MIGRATIONS))
    config.attributes["url"] = url
    return config


def guards_of(engine: Engine) -> set[str]:
    with engine.connect() as connection:
        return set(connection.execute(text(TRIGGERS[engine.dialect.name])).scalars())


def tables_of(engine: Engine) -> dict[str, Any]:
    """Everything that a database says of its tables, in a form that can be compared."""
    eye = inspect(engine)
    return {
        table: {
            "columns": [
                (column["name"], str(column["type"]), column["nullable"], column["default"])
                for column in eye.get_columns(table)
            ],
            "primary": eye.get_pk_constraint(table),
            "checks": sorted(map(_plain, eye.get_check_constraints(table))),
            "uniques": sorted(map(_plain, eye.get_unique_constraints(table))),
            "foreign": sorted(map(_plain, eye.get_foreign_keys(table))),
            "indexes": sorted(map(_plain, eye.get_indexes(table))),
        }
        for table in eye.get_table_names()
        if table != "alembic_version"
    }


def _plain(found: Any) -> str:
    """The same text for the same thing, also where SQLAlchemy wraps it in an object."""
    if isinstance(found, dict):
        return str(sorted((name, _plain(value)) for name, value in found.items()))
    return str(found)
