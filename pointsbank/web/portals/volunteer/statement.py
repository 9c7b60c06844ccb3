"""The statement (明细): every line with its why and the balance after it; the passbook on paper."""

from __future__ import annotations

from typing import Any

from pointsbank.cases import read_cases_of
from pointsbank.earning import find_notice_of, read_expiries
from pointsbank.foundation import Session, public_id, read_all
from pointsbank.ledger import read_statement, sum_passbook
from pointsbank.redemption import RedemptionPaper, get_redemption
from pointsbank.web.access import allows
from pointsbank.web.context import current_bank
from pointsbank.web.portals.addresses import asked_day, asked_of, asked_paging, pager_of
from pointsbank.web.portals.office.words import CASE_STATES, RECORD_SOURCES
from pointsbank.web.portals.volunteer.frame import OWN, me_blueprint, me_page, own_card, own_file
from pointsbank.web.portals.volunteer.told import Told, cases_about, name_of, own_lines, tell_lines

blueprint = me_blueprint("statement")

LINES_SHOWN = 20
PRINTED_MOST = 1000


@blueprint.get("/statement")
@allows(OWN)
def page() -> Any:
    """What came in and went out, the newest first."""
    wallet_id, own = own_card().wallet_id, own_file()
    only = asked_of("only", {"in", "out"})

    def read(session: Session) -> Any:
        lines = read_statement(session, wallet_id, only=only, paging=asked_paging(LINES_SHOWN))
        told = tell_lines(session, lines.items)
        return lines, told, cases_about(told, read_cases_of(session, own.id))

    lines, told, cases = current_bank().database.read(read)
    return me_page(
        "statement.html",
        "statement",
        own,
        told=told,
        lines=lines,
        cases=cases,
        pager=pager_of(lines),
    )


@blueprint.get("/statement/<number>")
@allows(OWN)
def entry(number: str) -> Any:
    """Why there is this line: the service and how it was worked out, or the slip."""
    wallet_id, bank, own = own_card().wallet_id, current_bank(), own_file()

    def read(session: Session) -> Any:
        told = own_lines(session, wallet_id, number)
        return told, cases_about(told, read_cases_of(session, own.id))

    told, cases = bank.database.read(read)
    record = next((one.record for one in told if one.record), None)
    return me_page(
        "entry.html",
        "statement",
        own,
        number=number,
        told=told,
        record=record,
        notice=record and find_notice_of(bank, notice_id=record.notice_id),
        case=next(iter(cases.values()), None),
        case_states=CASE_STATES,
        slip=_slip_of(told),
        goods_names=[name_of(one) for line in told for one in line.goods],
        sources=RECORD_SOURCES,
    )


def _slip_of(told: list[Told]) -> RedemptionPaper | None:
    """The slip of a purchase or of its undoing."""
    document = next((one.line.document for one in told if one.goods and one.line.document), None)
    if document is None:
        return None
    number = public_id("R", int(document.partition(":")[2]))
    return get_redemption(current_bank(), number=number)


@blueprint.get("/passbook")
@allows(OWN)
def passbook() -> Any:
    """The statement as a passbook, oldest first, for a sheet of paper."""
    wallet_id, bank, own = own_card().wallet_id, current_bank(), own_file()
    since, until = asked_day("from"), asked_day("to")

    def read(session: Session) -> Any:
        lines = read_all(
            lambda paging: read_statement(
                session, wallet_id, since=since, until=until, paging=paging
            ),
            most=PRINTED_MOST,
        )
        sums = sum_passbook(session, wallet_id, since=since, until=until)
        expiries = read_expiries(session, wallet_id, today=bank.clock.today())
        return tell_lines(session, lines), sums, expiries

    told, sums, expiries = bank.database.read(read)
    return me_page(
        "passbook.html",
        "statement",
        own,
        told=told[::-1],
        sums=sums,
        expiries=expiries,
        since=since or "",
        until=until or "",
        is_cut=len(told) >= PRINTED_MOST,
        today=bank.clock.today(),
    )
