"""The books for beancount: `bean-check` refuses the file as soon as one point has moved."""

from __future__ import annotations

from collections.abc import Iterator

from pointsbank.audit.exports.books import (
    BookAccount,
    BookEntry,
    amount_text,
    closing_day,
    closings,
    one_line,
    openings,
    read_accounts,
    read_commodities,
    read_entries,
)
from pointsbank.audit.exports.names import commodity_symbol
from pointsbank.audit.exports.out import Out
from pointsbank.foundation import Session, add_days

_HEAD = """\
;; 公益银行账册 The books of a points bank: every commodity, every entry.
;; 负数是贷方 A minus is a credit: points that people hold are owed to them; goods are assets.
;; 核对 To check: bean-check FILE
option "title" "公益银行账册 Books of the points bank"
option "operating_currency" "PTS"
;; Whole numbers are exact, and nothing may be nearly right.
option "tolerance_multiplier" "0"
"""


def write_beancount(session: Session, out: Out) -> None:
    """Write the whole books as a beancount file."""
    accounts = read_accounts(session)
    out.write(_HEAD.encode())
    out.write("".join(_declarations(read_commodities(session), accounts)).encode())
    last_on = ""
    for entries in read_entries(session, accounts):
        out.write("".join(_transaction(entry) for entry in entries).encode())
        last_on = entries[-1].occurred_on
    out.write("".join(_assertions(accounts, last_on)).encode())


def _declarations(codes: list[str], accounts: dict[int, BookAccount]) -> Iterator[str]:
    opened = openings(accounts)
    first_on = min((account.opened_on for account in opened), default="1970-01-01")
    for code in codes:
        yield f"\n{first_on} commodity {commodity_symbol(code)}\n  code: {_quoted(code)}\n"
    for account in opened:
        yield (
            f"\n{account.opened_on} open {account.name}  {','.join(account.symbols)}\n"
            f"  holder: {_quoted(account.holder)}\n"
        )


def _transaction(entry: BookEntry) -> str:
    lines = [f"\n{entry.occurred_on} * {_quoted(entry.memo)}"]
    lines += [f"  {name}: {_quoted(value)}" for name, value in entry.tags()]
    lines += [
        f"  {one.account.name}  {amount_text(one.amount, one.account.decimals)} "
        f"{one.account.symbol}"
        for one in entry.postings
    ]
    return "\n".join(lines) + "\n"


def _assertions(accounts: dict[int, BookAccount], last_on: str) -> Iterator[str]:
    if not accounts:
        return
    # A balance in beancount is that of the day's beginning.
    day = add_days(closing_day(accounts, last_on), 1)
    yield "\n;; 期末余额 What every account holds at the end.\n"
    for account in closings(accounts):
        closing = amount_text(account.closing, account.decimals)
        yield f"{day} balance {account.name}  {closing} {account.symbol}\n"


def _quoted(text: str) -> str:
    escaped = one_line(text).replace("\\", "\\\\").replace('"', '\\"')
    return f'"{escaped}"'
