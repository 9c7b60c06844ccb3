"""The guards that the database itself keeps: tables, triggers, constraints, its file, its settings.

The lists are written here a second time on purpose. A guard that the program forgets to make, or
that somebody takes away to change a row, is missed by this list.
"""

from pointsbank.audit.check.declaration import LEDGER_TABLES, RECEIPT_TABLES, Check, rows_of

_TABLES = sorted({*LEDGER_TABLES, *RECEIPT_TABLES, "setting"})
APPEND_ONLY = (
    "card_handover",
    "backup_run",
    "card_print",
    "commodity",
    "consent",
    "consent_text",
    "journal_entry",
    "move",
    "receipt",
    "receipt_outcome",
)
# The bank's nature, demonstration or not, is a row in a table that may change otherwise.
GUARDED = (*APPEND_ONLY, "setting_nature")
CONSTRAINTS = (
    ("account", "ck_account_ceiling"),
    ("account", "ck_account_floor"),
    ("account", "ck_account_keeps_balance"),
    ("account", "fk_account_commodity_id"),
    ("account", "uq_account_id_commodity_id"),
    ("account", "uq_account_type_commodity_id_holder"),
    ("commodity", "uq_commodity_code"),
    ("journal_entry", "fk_journal_entry_receipt_id"),
    ("journal_entry", "fk_journal_entry_reverses_id"),
    ("journal_entry", "uq_journal_entry_reverses_id"),
    ("move", "ck_move_amount"),
    ("move", "ck_move_two_accounts"),
    ("move", "fk_move_entry_id"),
    ("move", "fk_move_source_id_commodity_id"),
    ("move", "fk_move_target_id_commodity_id"),
    ("move", "uq_move_entry_id_line"),
    ("receipt", "ck_receipt_fingerprint_length"),
    ("receipt", "ck_receipt_key_length"),
    ("receipt", "uq_receipt_client_key"),
    ("receipt_outcome", "fk_receipt_outcome_receipt_id"),
)


def _triggers(*verbs: str) -> str:
    return rows_of(
        'wanted("table", verb, name)',
        *(
            ("setting" if table == "setting_nature" else table, verb, f"{table}_no_{verb}")
            for table in GUARDED
            for verb in verbs
        ),
    )


CHECKS = (
    Check(
        "tables-there",
        "I7",
        "Every table of the books is there.",
        {
            "sqlite": f"""
                WITH {rows_of("wanted(name)", *((table,) for table in _TABLES))}
                SELECT name AS missing FROM wanted
                WHERE name NOT IN (SELECT name FROM sqlite_master WHERE type = 'table')""",
            "postgresql": f"""
                WITH {rows_of("wanted(name)", *((table,) for table in _TABLES))}
                SELECT name AS missing FROM wanted WHERE to_regclass(name) IS NULL""",
        },
        (),
    ),
    Check(
        "append-only",
        "I7",
        "Journal, moves, receipts, commodities, consents, prints and handovers of cards and the"
        " bank's nature have triggers that refuse every change, and the triggers are switched on.",
        {
            "sqlite": f"""
                WITH {_triggers("update", "delete")}
                SELECT w.name AS missing FROM wanted w LEFT JOIN sqlite_master t
                    ON t.type = 'trigger' AND t.name = w.name AND t.tbl_name = w."table"
                    AND upper(t.sql) LIKE '%BEFORE ' || upper(w.verb) || ' ON %'
                    AND t.sql LIKE '%RAISE(ABORT,%'
                    AND (t.sql NOT LIKE '%WHEN%' OR t.sql LIKE '%WHEN OLD.name = ''nature'' BEGIN%')
                WHERE t.name IS NULL ORDER BY w.name""",
            # tgtype: 2 is BEFORE; 8 delete, 16 update, 32 truncate.
            "postgresql": f"""
                WITH {_triggers("update", "delete", "truncate")}
                SELECT w.name AS missing FROM wanted w
                LEFT JOIN (
                    SELECT g.tgname, g.tgrelid, g.tgtype FROM pg_trigger g
                    JOIN pg_proc p ON p.oid = g.tgfoid
                    WHERE g.tgenabled IN ('O', 'A') AND p.prosrc LIKE '%RAISE EXCEPTION%'
                    AND (g.tgqual IS NULL OR g.tgname LIKE 'setting!_nature!_%' ESCAPE '!')
                ) t ON t.tgname = w.name AND t.tgrelid = to_regclass(w."table")
                    AND t.tgtype & 2 = 2 AND t.tgtype
                        & CASE w.verb WHEN 'delete' THEN 8 WHEN 'update' THEN 16 ELSE 32 END > 0
                WHERE t.tgname IS NULL ORDER BY w.name""",
        },
        (*APPEND_ONLY, "setting"),
    ),
    Check(
        "constraints",
        "I7",
        "Every constraint that keeps the books from being said wrongly is in force.",
        {
            "sqlite": f"""
                WITH {rows_of('wanted("table", name)', *CONSTRAINTS)}
                SELECT w."table", w.name AS missing FROM wanted w LEFT JOIN sqlite_master t
                    ON t.type = 'table' AND t.name = w."table"
                    AND (t.sql LIKE '%CONSTRAINT ' || w.name || ' %'
                        OR t.sql LIKE '%CONSTRAINT "' || w.name || '" %')
                WHERE t.name IS NULL ORDER BY w.name""",
            "postgresql": f"""
                WITH {rows_of('wanted("table", name)', *CONSTRAINTS)}
                SELECT w."table", w.name AS missing FROM wanted w LEFT JOIN pg_constraint c
                    ON c.conname = w.name AND c.conrelid = to_regclass(w."table") AND c.convalidated
                WHERE c.conname IS NULL ORDER BY w.name""",
        },
        tuple(_TABLES),
    ),
    Check(
        "strict-tables",
        "I7",
        "Every table refuses a value that is not of its column's type.",
        {
            "sqlite": """
                SELECT name AS "table" FROM pragma_table_list
                WHERE schema = 'main' AND type = 'table' AND strict = 0
                AND name NOT LIKE 'sqlite!_%' ESCAPE '!' AND name <> 'alembic_version'"""
        },
        (),
    ),
    Check(
        "file-whole",
        "I7",
        "The database file is whole: its pages, its indexes and what its rows point at.",
        {
            "sqlite": """
                SELECT integrity_check AS said, NULL AS "row" FROM pragma_integrity_check
                WHERE integrity_check <> 'ok'
                UNION ALL
                SELECT "table" || ' points at nothing in ' || parent, rowid
                FROM pragma_foreign_key_check"""
        },
        (),
    ),
    Check(
        "durable-commits",
        "I7",
        "The server answers a commit only when it is on the disk.",
        {
            "postgresql": """
                SELECT name, setting FROM pg_settings
                WHERE name IN ('fsync', 'full_page_writes', 'synchronous_commit')
                AND setting NOT IN ('on', 'remote_write', 'remote_apply')
                OR name = 'session_replication_role' AND setting <> 'origin'"""
        },
        (),
        durability=True,
    ),
)
