"""Lines (明细里的一笔): what a case is about, whose it is, and who had a hand in it."""

from __future__ import annotations

import json

from sqlalchemy import bindparam, or_, select

from pointsbank.cases.cases import KeptCase, Line
from pointsbank.cases.errors import LineUnknown
from pointsbank.earning import (
    RecordUnknown,
    read_record,
    read_record_number,
)
from pointsbank.foundation import (
    PublicIdInvalid,
    Receipt,
    ReceiptOutcome,
    Session,
    read_public_id,
    statement,
)
from pointsbank.ledger import JournalEntry, StatementLine, read_neighbours
from pointsbank.people import (
    SanctionUnknown,
    VolunteerRef,
    find_sanction,
    sanction_number,
)

# Of what two people book the receipt names the one, and its answer who had proposed it. Whoever
# has taken an entry back had a hand in what became of the line as well.
_BOOKED_BY = statement(
    select(Receipt.actor, ReceiptOutcome.answer)
    .join(JournalEntry, JournalEntry.receipt_id == Receipt.id)
    .join(ReceiptOutcome, ReceiptOutcome.receipt_id == Receipt.id)
    .where(
        or_(
            JournalEntry.id == bindparam("of_entry"),
            JournalEntry.reverses_id == bindparam("of_entry"),
        )
    )
)


def find_line(session: Session, volunteer: VolunteerRef, number: str) -> Line:
    """The line behind the number of an entry, a record or a sanction, if it is this volunteer's.

    Another's line is none at all. Raises LineUnknown.
    """
    try:
        if number.startswith("S"):
            record = read_record(session, read_record_number(number))
            found = Line(record_id=record.id) if record.volunteer_id == volunteer.id else None
        elif number.startswith("L"):
            sanction = find_sanction(session, number)
            is_own = sanction.volunteer_id == volunteer.id
            found = Line(sanction_id=sanction.id) if is_own else None
        else:
            found = _find_entry(session, volunteer, read_public_id("J", number))
    except (PublicIdInvalid, RecordUnknown, SanctionUnknown):
        found = None
    if found is None:
        raise LineUnknown(line=number[:24])
    return found


def _find_entry(session: Session, volunteer: VolunteerRef, entry_id: int) -> Line | None:
    for account in (volunteer.wallet, volunteer.owed):
        own = read_neighbours(session, account.id, entry_id)[1]
        if own:
            return Line(entry_id, _record_of(own[0]))
    return None


def _record_of(line: StatementLine) -> int | None:
    kind, _colon, number = (line.document or "").partition(":")
    return int(number) if kind == "record" and number.isascii() and number.isdigit() else None


def hands_in(session: Session, case: KeptCase) -> set[str | None]:
    """Everybody who recorded, approved or voided the record, booked the entry or took it back, or
    sanctioned; and who had proposed it."""
    found: set[str | None] = set()
    entries = {case.entry_id} - {None}
    if case.record_id is not None:
        record = read_record(session, case.record_id)
        found |= {record.recorded_by, record.decided_by, record.voided_by}
        if record.entry is not None:
            entries.add(read_public_id("J", record.entry))
    for entry_id in entries:
        for booked in session.rows(_BOOKED_BY, of_entry=entry_id):
            found |= {booked.actor, json.loads(booked.answer).get("proposed_by")}
    if case.sanction_id is not None:
        sanction = find_sanction(session, sanction_number(case.sanction_id))
        found |= {sanction.proposed_by, sanction.decided_by}
    return found
