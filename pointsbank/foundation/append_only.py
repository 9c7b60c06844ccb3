"""Tables that can only grow (只增不改), and the triggers that see to it on both databases.

Migrations re-create these triggers after every upgrade, because rebuilding a table on SQLite drops
them without a word; `check` lists them.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator

APPEND_ONLY = ("journal_entry", "move", "receipt", "receipt_outcome", "commodity")
# A demonstration stays one, a bank stays one: this setting's row is frozen.
FROZEN_SETTING = "nature"

_SQLITE = (
    "DROP TRIGGER IF EXISTS {table}_no_{verb}",
    "CREATE TRIGGER {table}_no_{verb} BEFORE {verb} ON {table} BEGIN "
    "SELECT RAISE(ABORT, '{table} is append-only'); END",
)
_POSTGRESQL_FUNCTION = """
CREATE OR REPLACE FUNCTION refuse_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION USING MESSAGE = TG_TABLE_NAME || ' is append-only', ERRCODE = '23514';
END $$
"""
_POSTGRESQL = (
    "DROP TRIGGER IF EXISTS {table}_no_{verb} ON {table}",
    "CREATE TRIGGER {table}_no_{verb} BEFORE {verb} ON {table} "
    "FOR EACH {each} EXECUTE FUNCTION refuse_change()",
)
_FROZEN_SQLITE = (
    "DROP TRIGGER IF EXISTS setting_nature_no_{verb}",
    "CREATE TRIGGER setting_nature_no_{verb} BEFORE {verb} ON setting "
    "WHEN OLD.name = 'nature' BEGIN SELECT RAISE(ABORT, 'the nature of a bank is fixed'); END",
)
_FROZEN_POSTGRESQL = (
    "DROP TRIGGER IF EXISTS setting_nature_no_{verb} ON setting",
    "CREATE TRIGGER setting_nature_no_{verb} BEFORE {verb} ON setting FOR EACH {each} "
    "EXECUTE FUNCTION refuse_change()",
)


def trigger_names(dialect: str) -> set[str]:
    """Every trigger that must be there."""
    verbs = ("update", "delete", "truncate") if dialect == "postgresql" else ("update", "delete")
    names = {f"{table}_no_{verb}" for table in APPEND_ONLY for verb in verbs}
    return names | {f"setting_nature_no_{verb}" for verb in verbs}


def trigger_ddl(dialect: str, tables: Collection[str]) -> Iterator[str]:
    """The statements that (re-)create the triggers of the tables that are there, at any time."""
    guarded = [table for table in APPEND_ONLY if table in tables]
    frozen = ("update", "delete") if "setting" in tables else ()
    if dialect == "sqlite":
        for table in guarded:
            for verb in ("update", "delete"):
                for line in _SQLITE:
                    yield line.format(table=table, verb=verb)
        for verb in frozen:
            for line in _FROZEN_SQLITE:
                yield line.format(verb=verb)
        return
    yield _POSTGRESQL_FUNCTION
    for table in guarded:
        for verb, each in (("update", "ROW"), ("delete", "ROW"), ("truncate", "STATEMENT")):
            for line in _POSTGRESQL:
                yield line.format(table=table, verb=verb, each=each)
    if frozen:
        only_nature = "ROW WHEN (OLD.name = 'nature')"
        sides = (("update", only_nature), ("delete", only_nature), ("truncate", "STATEMENT"))
        for verb, each in sides:
            for line in _FROZEN_POSTGRESQL:
                yield line.format(verb=verb, each=each)
