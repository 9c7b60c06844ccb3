"""Lines (明细里的一笔): what a case is about, whose it is, and who had a hand in it."""

from __future__ import annotations

from sqlalchemy import bindparam, select

from pointsbank.cases.cases import KeptCase, Line
from pointsbank.cases.errors import LineUnknown
from pointsbank.earning import (
    Extra,
    OpeningBalance,
    RecordUnknown,
    hand_of,
    read_record,
    read_record_number,
)
from pointsbank.foundation import (
    PublicIdInvalid,
    Receipt,
    Session,
    read_public_id,
    statement,
)
from pointsbank.ledger import JournalEntry, StatementLine, read_neighbours
from pointsbank.people import (
    SamePersonTwice,
    SanctionUnknown,
    StaffRow,
    VolunteerRef,
    find_sanction,
    homes_of,
    refuse_together,
    sanction_number,
)

_BOOKED_BY = statement(
    select(Receipt.actor)
    .join(JournalEntry, JournalEntry.receipt_id == Receipt.id)
    .where(JournalEntry.id == bindparam("of_entry"))
)
# Of what two people book, the entry's receipt names one of them alone.
_TWO_BY = [
    statement(
        select(table.proposed_by, table.decided_by).where(table.entry_id == bindparam("of_entry"))
    )
    for table in (Extra, OpeningBalance)
]


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


def refuse_hands(
    session: Session, decider: StaffRow, case: KeptCase, volunteer: VolunteerRef
) -> None:
    """Refuse whoever had a hand in the line, is whom it is about, or lives with one of them.

    Raises SamePersonTwice, BenefitsOneself, SameHousehold.
    """
    hands = [hand_of(session, actor) for actor in sorted(_actors(session, case))]
    people = {one.volunteer_id for one in hands if one.volunteer_id is not None and not one.staff}
    homes = homes_of(session, [decider, *(one.staff for one in hands)], people | {volunteer.id})
    for one in hands:
        refuse_together(homes, decider, one.staff)
        if decider.actor == one.actor:
            raise SamePersonTwice()
    refuse_together(homes, decider, None, sorted(people | {volunteer.id}))


def _actors(session: Session, case: KeptCase) -> set[str]:
    """Everybody who recorded, approved or voided the record, booked the entry, or sanctioned."""
    found: set[str | None] = set()
    if case.record_id is not None:
        record = read_record(session, case.record_id)
        found |= {record.recorded_by, record.decided_by, record.voided_by}
    if case.entry_id is not None:
        found.add(session.value(_BOOKED_BY, of_entry=case.entry_id))
        for asked in _TWO_BY:
            for row in session.rows(asked, of_entry=case.entry_id):
                found |= {row.proposed_by, row.decided_by}
    if case.sanction_id is not None:
        sanction = find_sanction(session, sanction_number(case.sanction_id))
        found |= {sanction.proposed_by, sanction.decided_by}
    return {actor for actor in found if actor is not None}
