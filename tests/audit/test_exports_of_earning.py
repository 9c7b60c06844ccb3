"""What is earned, in an auditor's own tools: booklets, time credit, and points that expire."""

from __future__ import annotations

from datetime import datetime
from functools import partial
from pathlib import Path

import pytest

from pointsbank.earning import (
    approve_records,
    confirm_opening_balance,
    expire_all,
    propose_opening_balance,
    take_back_opening_balance,
    void_record,
)
from pointsbank.foundation import SHOP_ZONE, Bank, Caller, Clock
from pointsbank.ledger import trial_balance
from tests.audit.test_exports import (
    assert_accepted,
    beancount_balances,
    every_tool,
    exported,
    hledger_balances,
    trial_balance_of,
)
from tests.books import books_are_right
from tests.make import Make

NIGHTS = [datetime(*day, 3, tzinfo=SHOP_ZONE) for day in ((2026, 12, 31), (2027, 1, 1))]
NIGHT = Caller(actor="system", client="nightly")


@pytest.fixture
def bank_url(sqlite_url: str) -> str:
    """Every export reads by the same statements on both databases; here one is enough."""
    return sqlite_url


@pytest.fixture
def year(make: Make, bank: Bank, clock: Clock) -> Bank:
    """A year's points, booklets and time, of which some were taken back; then New Year."""
    make.rule(validity={"until": "calendar_year"}, time_credit={"kept": True, "percent": 150})
    one, other = make.volunteer(), make.volunteer()
    told = {"minutes": 60, "kept_until": "2026-10-31", "scan": "p1"}
    worker, second = make.staff("worker").caller, make.staff("witness").caller
    for booklet, person, points in (("1", one, 70), ("2", other, 30), ("3", other, 0)):
        values = {"number": person.number, "booklet": booklet, "points": points, **told}
        made = make.do(propose_opening_balance, by=worker, **values).answer["opening"]
        make.do(confirm_opening_balance, by=second, opening=made)
        if booklet == "2":
            back = {"opening": made, "reason": "抄错了"}
            make.do(take_back_opening_balance, **back, **make.by_two())
    records = [make.record(one, 120), make.record(other, 45), make.record(other, 60)]
    make.do(approve_records, by=second, records=records)
    make.do(void_record, record=records[2], reason="没有来", **make.by_two())
    make.move(one.wallet, make.account("redeemed", holder="bank"), 40)
    for night in NIGHTS:
        clock.set_now(partial(night.astimezone, SHOP_ZONE))
        # Points go only when somebody has written in the books on the day before.
        make.volunteer()
        expire_all(bank, by=NIGHT)
    books_are_right(bank)
    return bank


@every_tool
def test_the_tools_accept_and_add_up_a_whole_years_earning(
    year: Bank, code: str, tmp_path: Path
) -> None:
    assert_accepted(year, code, tmp_path)
    content = exported(year, code)
    theirs = (
        beancount_balances(content) if code == "beancount" else hledger_balances(content, tmp_path)
    )
    ours = {(row.type, row.commodity): row.balance for row in trial_balance(year) if row.balance}
    assert trial_balance_of(theirs) == ours
    assert ours == {
        ("issued", "PTS"): -97,
        ("redeemed", "PTS"): 40,
        ("expired", "PTS"): 57,
        ("time_issued", "TCM"): -247,
        ("time_wallet", "TCM"): 247,
    }
    shown = content.decode()
    assert "存折旧账：存折 1，扫描件 p1，记到 2026-10-31，70 分" in shown
    assert "时间储蓄：2.0 小时 × 1.5 = 3.0 小时" in shown
    assert "积分到期" in shown
