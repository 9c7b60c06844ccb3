"""What accounts hold: all of a commodity together nothing, each for itself the sum of its moves."""

from pointsbank.audit.check.declaration import Check

# What each account received and sent, from the moves alone.
_FLOW = """
flow AS (
    SELECT target_id AS account_id, sum(amount) AS amount FROM move GROUP BY target_id
    UNION ALL
    SELECT source_id, -sum(amount) FROM move GROUP BY source_id
), moved AS (
    SELECT account_id, sum(amount) AS amount FROM flow GROUP BY account_id
)"""

# The moves of every account that keeps a balance, in the order of the books: `balance` stands on
# the row, `moved` is the sum so far, `before` the balance on the account's row before.
RUNNING = """
posting AS (
    SELECT m.source_id AS account_id, m.entry_id, m.line, -m.amount AS amount,
        m.source_balance AS balance
    FROM move m JOIN account a ON a.id = m.source_id AND a.balance IS NOT NULL
    UNION ALL
    SELECT m.target_id, m.entry_id, m.line, m.amount, m.target_balance
    FROM move m JOIN account a ON a.id = m.target_id AND a.balance IS NOT NULL
), running AS (
    SELECT account_id, entry_id, line, amount, balance,
        sum(amount) OVER book AS moved,
        coalesce(lag(balance) OVER book, 0) AS "before",
        lead(entry_id) OVER book AS next_entry_id
    FROM posting
    WINDOW book AS (PARTITION BY account_id ORDER BY entry_id, line)
)"""

CHECKS = (
    Check(
        "zero-sum",
        "I1",
        "Every commodity sums to zero over all accounts, with the balances that are kept.",
        f"""
        WITH {_FLOW}
        SELECT c.code AS commodity, sum(coalesce(a.balance, m.amount, 0)) AS off_by
        FROM account a JOIN commodity c ON c.id = a.commodity_id
        LEFT JOIN moved m ON m.account_id = a.id
        GROUP BY c.code HAVING sum(coalesce(a.balance, m.amount, 0)) <> 0
        ORDER BY c.code""",
    ),
    Check(
        "kept-balance",
        "I2",
        "The balance that an account keeps is the sum of its moves.",
        f"""
        WITH {_FLOW}, wrong AS (
            SELECT a.id, a.type, a.holder, a.balance AS kept, coalesce(m.amount, 0) AS moved
            FROM account a LEFT JOIN moved m ON m.account_id = a.id
            WHERE a.balance IS NOT NULL AND a.balance <> coalesce(m.amount, 0)
        )
        SELECT (SELECT max(entry_id) FROM move
                WHERE source_id = w.id OR target_id = w.id) AS entry_id,
            w.id AS account, w.type, w.holder, w.kept, w.moved
        FROM wrong w ORDER BY w.id""",
    ),
    Check(
        "running-balance",
        "I2",
        "The balance that stands on a move's row is the sum of the account's moves up to it.",
        # A changed amount breaks the step to the row itself and no step after it; a changed balance
        # breaks the sum at its row alone. Where both are broken is the row that is wrong.
        f"""
        WITH {RUNNING}
        SELECT entry_id, line, account_id AS account, balance AS written, moved
        FROM running
        WHERE balance IS NULL OR (balance <> moved AND balance <> "before" + amount)
        ORDER BY entry_id, line""",
    ),
    Check(
        "no-other-balance",
        "I2",
        "No balance stands on a move's row for an account that keeps none.",
        """
        SELECT m.entry_id, m.line, a.id AS account, a.type
        FROM move m JOIN account a ON a.id = m.source_id
        WHERE a.balance IS NULL AND m.source_balance IS NOT NULL
        UNION ALL
        SELECT m.entry_id, m.line, a.id, a.type
        FROM move m JOIN account a ON a.id = m.target_id
        WHERE a.balance IS NULL AND m.target_balance IS NOT NULL
        ORDER BY 1, 2""",
    ),
)
