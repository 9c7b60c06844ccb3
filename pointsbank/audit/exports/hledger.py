"""The books for hledger and ledger, in one file: `hledger check --strict`, `ledger --pedantic`.

The two tools differ in small things (ledger wants tags declared, hledger refuses an amount in a
`commodity` line); what is written here is what both take.
"""

from __future__ import annotations

from collections.abc import Iterator

from pointsbank.audit.exports.books import (
    TAGS,
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
from pointsbank.foundation import Session

_HEAD = """\
; 公益银行账册 The books of a points bank: every commodity, every entry.
; 负数是贷方 A minus is a credit: points that people hold are owed to them; goods are assets.
; 核对 To check: LC_ALL=C.UTF-8 hledger -f FILE check --strict
;           or: ledger -f FILE --pedantic balance
"""


def write_hledger(session: Session, out: Out) -> None:
    """Write the whole books as one journal that hledger and ledger both take."""
    accounts = read_accounts(session)
    out.write(_HEAD.encode())
    out.write("".join(_declarations(read_commodities(session), accounts)).encode())
    last_on = ""
    for entries in read_entries(session, accounts):
        out.write("".join(_transaction(entry) for entry in entries).encode())
        last_on = entries[-1].occurred_on
    out.write("".join(_assertions(accounts, last_on)).encode())


def _declarations(codes: list[str], accounts: dict[int, BookAccount]) -> Iterator[str]:
    yield "\n"
    for code in codes:
        yield f"commodity {_unit(commodity_symbol(code))}\n    ; code: {_plain(code)}\n"
    yield "\n"
    for tag in ("code", "holder", *TAGS):
        yield f"tag {tag}\n"
    yield "\n"
    for account in openings(accounts):
        yield f"account {account.name}\n    ; holder: {_plain(account.holder)}\n"


def _transaction(entry: BookEntry) -> str:
    lines = [f"\n{entry.occurred_on} * ({entry.number}) {_plain(entry.memo)}".rstrip()]
    lines += [f"    ; {name}: {_plain(value)}" for name, value in entry.tags()]
    lines += [
        f"    {one.account.name}  {_amount(one.amount, one.account)}" for one in entry.postings
    ]
    return "\n".join(lines) + "\n"


def _assertions(accounts: dict[int, BookAccount], last_on: str) -> Iterator[str]:
    if not accounts:
        return
    # ledger checks assertions in the file's order, hledger by date: the last day's last entry.
    yield f"\n{closing_day(accounts, last_on)} * 期末余额 Closing balances\n"
    for account in closings(accounts):
        nothing, closing = _amount(0, account), _amount(account.closing, account)
        yield f"    {account.name}  {nothing} = {closing}\n"


def _amount(amount: int, account: BookAccount) -> str:
    return f"{amount_text(amount, account.decimals)} {_unit(account.symbol)}"


def _unit(symbol: str) -> str:
    # Digits and hyphens would be read as part of the number.
    return symbol if symbol.isalpha() else f'"{symbol}"'


def _plain(text: str) -> str:
    # A semicolon would begin a comment in the middle of a memo.
    return one_line(text).replace(";", "；")
