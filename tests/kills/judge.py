"""What kiosks were told, held against what stands in the books."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from typing import Any

from pointsbank.audit import run_checks
from pointsbank.foundation import Session, open_database, read_public_id
from tests.kills.rig import History

RECEIPTS = """
SELECT r.id, r.client, r.key, o.answer, x.id, x.total_points
FROM receipt r
LEFT JOIN receipt_outcome o ON o.receipt_id = r.id
LEFT JOIN redemption x ON x.receipt_id = r.id
WHERE r.operation = 'redemption.check_out'
"""
# Points that left the wallet, pieces that left the shelf, and what the lines say.
MOVED = """
SELECT x.id, x.total_points,
    (SELECT sum(m.amount) FROM move m JOIN account a ON a.id = m.target_id
     WHERE m.entry_id = x.entry_id AND a.type = 'redeemed'),
    (SELECT sum(m.amount) FROM move m JOIN account a ON a.id = m.target_id
     WHERE m.entry_id = x.entry_id AND a.type = 'given_out'),
    (SELECT sum(l.quantity) FROM redemption_line l WHERE l.redemption_id = x.id),
    (SELECT sum(l.quantity * l.price_points) FROM redemption_line l WHERE l.redemption_id = x.id)
FROM redemption x
"""


def judge(url: str, history: History) -> list[str]:
    """Everything that must not be, in sentences; an empty list is what everybody wants."""
    database = open_database(url, exclusive=False, durable=False)
    try:
        receipts = database.read(lambda session: _all(session, RECEIPTS))
        moved = database.read(lambda session: _all(session, MOVED))
    finally:
        database.close()
    found = [*_against_history(receipts, history), *_half(receipts, moved)]
    found += [str(finding) for finding in run_checks(url, durable=False).findings]
    return found


def _all(session: Session, text: str) -> list[Any]:
    return session.connection.execute(text).fetchall()


def _against_history(receipts: list[Any], history: History) -> Iterator[str]:
    times = Counter((client, key) for _, client, key, *_ in receipts)
    redemptions = {(client, key): number for _, client, key, _, number, _ in receipts}
    for asked, number in history.booked.items():
        if times[asked] != 1:
            yield f"lost: {asked} was acknowledged as {number} and stands {times[asked]} times"
        elif redemptions[asked] != read_public_id("R", number):
            yield f"other: {asked} was acknowledged as {number} and is {redemptions[asked]}"
    for asked, code in history.refused.items():
        if times[asked]:
            yield f"booked although refused: {asked}, {code}"
    for asked in history.unknown:
        if times[asked] > 1:
            yield f"twice: {asked} was never answered and stands {times[asked]} times"
    for asked in times.keys() - history.asked.keys():
        yield f"from nowhere: {asked}"


def _half(receipts: list[Any], moved: list[Any]) -> Iterator[str]:
    for number, client, key, answer, redemption, _ in receipts:
        if answer is None or redemption is None:
            yield f"half: receipt {number} of {client} {key}"
    for number, total, points, pieces, quantity, price in moved:
        if not (total == points == price and pieces == quantity):
            yield f"half: redemption {number}: {total}, {points}, {price}; {pieces}, {quantity}"
