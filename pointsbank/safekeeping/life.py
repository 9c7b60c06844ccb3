"""The life of the books (账册的一世): a new one begins where an older copy was put in their place.

From that moment the same numbers could be given out a second time, once lost and once anew. So the
receipts' numbers leap, and kiosks, who know the life by its id, show what they were told before.
"""

from __future__ import annotations

import secrets

from sqlalchemy import insert, text

from pointsbank.foundation import (
    Act,
    Answer,
    Receipt,
    ReceiptOutcome,
    Session,
    find_setting,
    keep_setting,
    operation,
    statement,
)

LIFE, RESTORED_FROM, RESTORED_AT, RECEIPT_BEFORE = (
    "life",
    "restored_from",
    "restored_at",
    "receipt_before",
)
# So many numbers are left out at least; a shop gives out far fewer between two backups.
LEAP = 10_000

_INSERT_OUTCOME = statement(insert(ReceiptOutcome))
_COUNT_ON = text("SELECT setval(pg_get_serial_sequence('receipt', 'id'), :id)")


@operation("safekeeping.begin_life", whatever_the_time=True)
def begin_life(act: Act, *, restored_from: str, last_receipt: int, seen_receipt: int) -> Answer:
    """Begin a new life of the books, which stood at `last_receipt` when the copy was made.

    The next receipt's number is past every one that the lost books can have given out;
    `seen_receipt` is the last that somebody is known to have seen.
    """
    life = secrets.token_hex(8)
    for name, value in (
        (LIFE, life),
        (RESTORED_FROM, restored_from),
        (RESTORED_AT, act.now),
        (RECEIPT_BEFORE, str(last_receipt)),
    ):
        keep_setting(act.session, name, value)
    highest = max(act.receipt_id, seen_receipt)
    first = -(-(highest + 1) // LEAP) * LEAP + LEAP
    _leave_out_numbers(act, first, life)
    return {"life": life, "next_receipt": first + 1}


def _leave_out_numbers(act: Act, last: int, life: str) -> None:
    """A receipt that says only that the numbers up to its own were left out."""
    session = act.session
    told = act.keys.fingerprint_of("safekeeping.leave_out_numbers", {"life": life})
    session.run(
        insert(Receipt).values(
            id=last,
            client="safekeeping",
            key=f"numbers-left-out-{life}",
            operation="safekeeping.leave_out_numbers",
            actor=act.caller.actor,
            device=None,
            at=act.now,
            fingerprint=told,
        )
    )
    session.run(_INSERT_OUTCOME, receipt_id=last, for_whom=None, answer="{}")
    if not session.is_sqlite:
        session.run(_COUNT_ON, id=last)


def find_life(session: Session) -> str:
    """The id of this life; the first one has none."""
    return find_setting(session, LIFE) or ""
