"""Tables that can only grow (只增不改), and the triggers that see to it on both databases.

Migrations re-create these triggers after every upgrade, because rebuilding a table on SQLite drops
them without a word; `check` lists them.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator

APPEND_ONLY = (
    "journal_entry",
    "move",
    "receipt",
    "receipt_outcome",
    "commodity",
    "consent",
    "consent_text",
    "card_print",
    "card_handover",
    "backup_run",
)
# A demonstration stays one, a bank stays one: this setting's row is frozen.
FROZEN_SETTING = "nature"

_REFUSING = {
    "sqlite": """
        CREATE TRIGGER {table}_no_{verb} BEFORE {verb} ON {table}
        BEGIN SELECT RAISE(ABORT, '{table} is append-only'); END""",
    "postgresql": """
        CREATE TRIGGER {table}_no_{verb} BEFORE {verb} ON {table}
        FOR EACH {each} EXECUTE FUNCTION refuse_change()""",
}
_FROZEN = {
    "sqlite": """
        CREATE TRIGGER setting_nature_no_{verb} BEFORE {verb} ON setting
        WHEN OLD.name = 'nature' BEGIN SELECT RAISE(ABORT, 'the nature of a bank is fixed'); END""",
    "postgresql": """
        CREATE TRIGGER setting_nature_no_{verb} BEFORE {verb} ON setting
        FOR EACH {each} {only_nature} EXECUTE FUNCTION refuse_change()""",
}
_POSTGRESQL_FUNCTION = """
CREATE OR REPLACE FUNCTION refuse_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION USING MESSAGE = TG_TABLE_NAME || ' is append-only', ERRCODE = '23514';
END $$
"""
# What a trigger fires for: a row, or the whole statement when no row is looked at.
_VERBS = {
    "sqlite": {"update": "ROW", "delete": "ROW"},
    "postgresql": {"update": "ROW", "delete": "ROW", "truncate": "STATEMENT"},
}


def trigger_names(dialect: str) -> set[str]:
    """Every trigger that must be there."""
    guarded = (*APPEND_ONLY, f"setting_{FROZEN_SETTING}")
    return {f"{name}_no_{verb}" for name in guarded for verb in _VERBS[dialect]}


def trigger_ddl(dialect: str, tables: Collection[str]) -> Iterator[str]:
    """The statements that (re-)create the triggers of the tables that are there, at any time."""
    if dialect == "postgresql":
        yield _POSTGRESQL_FUNCTION
    for verb, each in _VERBS[dialect].items():
        for table in APPEND_ONLY:
            if table in tables:
                yield _drop(dialect, f"{table}_no_{verb}", table)
                yield _REFUSING[dialect].format(table=table, verb=verb, each=each)
        if "setting" in tables:
            only_nature = f"WHEN (OLD.name = '{FROZEN_SETTING}')" if each == "ROW" else ""
            yield _drop(dialect, f"setting_{FROZEN_SETTING}_no_{verb}", "setting")
            yield _FROZEN[dialect].format(verb=verb, each=each, only_nature=only_nature)


def _drop(dialect: str, name: str, table: str) -> str:
    where = f" ON {table}" if dialect == "postgresql" else ""
    return f"DROP TRIGGER IF EXISTS {name}{where}"
