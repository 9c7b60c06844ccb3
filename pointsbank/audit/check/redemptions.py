"""What points were redeemed for: the price that was agreed, the pieces that left the shelf."""

from pointsbank.audit.check.declaration import LEDGER_TABLES, Check

CHECKS = (
    Check(
        "redemption-there",
        "I5",
        "An entry that redeems, and the redemption that it names, name each other.",
        """
        SELECT e.id AS entry_id, e.document, NULL AS redemption FROM journal_entry e
        WHERE e.document LIKE 'redemption:%' AND e.reverses_id IS NULL AND NOT EXISTS (
            SELECT 1 FROM redemption d WHERE d.entry_id = e.id
            AND d.id = CAST(substr(e.document, 12) AS BIGINT))
        UNION ALL
        SELECT d.entry_id, e.document, d.id FROM redemption d
        LEFT JOIN journal_entry e ON e.id = d.entry_id
        WHERE e.document IS DISTINCT FROM 'redemption:' || d.id OR e.reverses_id IS NOT NULL
        ORDER BY 1""",
        ("journal_entry", "redemption"),
    ),
    Check(
        "points-taken",
        "I5",
        "A redemption's points are what its entry took from the wallet, or had its holder owe, and"
        " left it with what it says.",
        """
        WITH taken AS (
            SELECT d.id, sum(m.amount) AS points,
                sum(CASE WHEN a.type = 'owed' THEN m.amount ELSE 0 END) AS owed,
                min(CASE WHEN a.id = w.id THEN m.source_balance END) AS left_there
            FROM redemption d JOIN account w ON w.id = d.wallet_id
            JOIN move m ON m.entry_id = d.entry_id
            JOIN account a ON a.id = m.source_id AND a.holder = w.holder
                AND (a.id = w.id OR a.type = 'owed')
            GROUP BY d.id
        )
        SELECT d.entry_id, d.id AS redemption, d.total_points, t.points AS taken
        FROM redemption d LEFT JOIN taken t ON t.id = d.id
        WHERE t.points IS DISTINCT FROM d.total_points
            OR coalesce(t.left_there, 0) - t.owed IS DISTINCT FROM d.points_after
        ORDER BY d.id""",
        (*LEDGER_TABLES, "redemption"),
    ),
    Check(
        "late-told",
        "I5",
        "A redemption entered late says so: by the kind of its entry, by a row of its own that"
        " names its day and slip, and by two people; and only a late one is owed for.",
        """
        SELECT d.entry_id, d.id AS redemption, l.slip FROM redemption d
        JOIN journal_entry e ON e.id = d.entry_id
        LEFT JOIN late_redemption l ON l.redemption_id = d.id
        LEFT JOIN redemption_undo u ON u.redemption_id = d.id
        WHERE (e.kind = 'redemption.late') <> (l.redemption_id IS NOT NULL)
            OR (d.points_after < 0 AND l.redemption_id IS NULL)
            OR (l.redemption_id IS NOT NULL AND (
                l.slip <> d.slip OR l.shop_id <> d.shop_id OR l.happened_on <> d.happened_on
                OR l.proposed_by = l.decided_by OR d.happened_on > e.occurred_on
                OR (l.taken_back_at IS NULL) <> (u.redemption_id IS NULL)))
        ORDER BY d.id""",
        ("journal_entry", "redemption", "redemption_undo", "late_redemption"),
    ),
    Check(
        "price-agreed",
        "I5",
        "A redemption of goods costs quantity times price, each price that of a decided price row"
        " of the product which was in force by that day, or by the day of entering it late.",
        """
        WITH told AS (
            SELECT l.redemption_id, sum(l.quantity * l.price_points) AS points,
                sum(CASE WHEN p.id IS NULL OR p.points <> l.price_points
                    OR p.product_id <> l.product_id OR p.starts_on > e.occurred_on
                    OR (p.starts_on > l.happened_on AND e.kind <> 'redemption.late')
                    THEN 1 ELSE 0 END) AS wrong_prices
            FROM redemption_line l LEFT JOIN product_price p ON p.id = l.price_id
            JOIN redemption r ON r.id = l.redemption_id JOIN journal_entry e ON e.id = r.entry_id
            GROUP BY l.redemption_id
        )
        SELECT d.entry_id, d.id AS redemption, d.total_points, t.points AS told, t.wrong_prices
        FROM redemption d LEFT JOIN told t ON t.redemption_id = d.id
        WHERE (d.kind = 'goods' OR t.points IS NOT NULL)
            AND (t.points IS DISTINCT FROM d.total_points OR t.wrong_prices > 0)
        ORDER BY d.id""",
        ("journal_entry", "redemption", "redemption_line", "product_price"),
    ),
    Check(
        "pieces-given",
        "I5",
        "The pieces of a redemption's lines left the shelf in its own entry, no more and no less.",
        """
        WITH side AS (
            SELECT l.redemption_id, p.commodity_id, l.quantity AS pieces
            FROM redemption_line l JOIN product p ON p.id = l.product_id
            UNION ALL
            SELECT d.id, m.commodity_id, -m.amount FROM redemption d
            JOIN move m ON m.entry_id = d.entry_id
            JOIN account a ON a.id = m.target_id AND a.type = 'given_out'
        ), off AS (
            SELECT redemption_id, commodity_id, sum(pieces) AS pieces FROM side
            GROUP BY redemption_id, commodity_id HAVING sum(pieces) <> 0
        )
        SELECT d.entry_id, d.id AS redemption, c.code AS commodity, o.pieces AS missing
        FROM off o JOIN redemption d ON d.id = o.redemption_id
        JOIN commodity c ON c.id = o.commodity_id ORDER BY d.id, c.code""",
        (*LEDGER_TABLES, "redemption", "redemption_line", "product"),
    ),
    Check(
        "undone-whole",
        "I5",
        "An undone redemption is undone by the reversal of its own entry, and a reversed one says"
        " that it is undone.",
        """
        SELECT coalesce(r.id, u.entry_id) AS entry_id, d.id AS redemption FROM redemption d
        LEFT JOIN redemption_undo u ON u.redemption_id = d.id
        LEFT JOIN journal_entry r ON r.reverses_id = d.entry_id
        WHERE u.entry_id IS DISTINCT FROM r.id ORDER BY d.id""",
        ("journal_entry", "redemption", "redemption_undo"),
    ),
)
