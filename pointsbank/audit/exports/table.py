"""The books as a table (CSV): one row for each posting, for spreadsheets.

UTF-8 with a mark and CRLF, as spreadsheets want it. No cell of text can become a formula, a date or
a rounded number: such cells carry the apostrophe that means "text" in every spreadsheet.
"""

from __future__ import annotations

import codecs
import csv
import re
from collections.abc import Iterable, Iterator
from io import StringIO

from pointsbank.audit.exports.books import (
    BookEntry,
    BookPosting,
    amount_text,
    one_line,
    read_accounts,
    read_entries,
)
from pointsbank.audit.exports.out import Out
from pointsbank.foundation import Session, guard

HEADINGS = (
    "凭证号 entry",
    "业务日期 date",
    "记账时间 posted_at",
    "凭证种类 kind",
    "摘要 memo",
    "单据 document",
    "规则 rule",
    "回执 receipt",
    "冲正 reverses",
    "行 line",
    "科目 account",
    "账户类型 type",
    "持有人 holder",
    "计量单位 commodity",
    "借方 debit",
    "贷方 credit",
    "持有人余额 holder_balance",
    "到期日 expires_on",
)
# Codes that a spreadsheet would take for a date, a time or a truth: 10-1, 3/4, MAR1, TRUE.
_MISTAKEN = re.compile(
    r"[+-]?\d[\d\s.,:/%-]*|\d+\s*(?:am?|pm?)|true|false"
    r"|(?:\d+[\s-]*)?(?:jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec)[a-z]*[\s./-]*\d*",
    re.IGNORECASE,
)


def write_table(session: Session, out: Out) -> None:
    """Write every posting of every entry as a row; what stays empty is no debit or no credit."""
    accounts = read_accounts(session)
    out.write(codecs.BOM_UTF8 + _as_csv([HEADINGS]))
    for entries in read_entries(session, accounts):
        out.write(_as_csv(row for entry in entries for row in _rows(entry)))


def _rows(entry: BookEntry) -> Iterator[tuple[str, ...]]:
    head = (
        entry.number,
        entry.occurred_on,
        entry.posted_at,
        as_text(entry.kind),
        as_text(entry.memo),
        as_text(entry.document or ""),
        as_text(entry.rule or ""),
        entry.receipt,
        entry.reverses or "",
    )
    if not entry.postings:
        yield (*head, *[""] * (len(HEADINGS) - len(head)))
    for one in entry.postings:
        yield (*head, *_posting_cells(one))


def _posting_cells(one: BookPosting) -> tuple[str, ...]:
    account = one.account
    amount = amount_text(abs(one.amount), account.decimals)
    left = one.holder_balance
    return (
        str(one.line),
        account.name,
        account.type,
        as_text(account.holder),
        as_text(account.code),
        amount if one.amount > 0 else "",
        amount if one.amount < 0 else "",
        "" if left is None else amount_text(left, account.decimals),
        one.expires_on or "",
    )


def as_text(text: str) -> str:
    """A cell that a spreadsheet shows as it is, on one line.

    >>> [as_text(one) for one in ("2000000000015", "10-1", "=1+1", "SOAP", "洗衣液 2kg")]
    ["'2000000000015", "'10-1", "'=1+1", 'SOAP', '洗衣液 2kg']
    """
    shown = one_line(text)
    guarded = guard(shown)
    return f"'{shown}" if guarded == shown and _MISTAKEN.fullmatch(shown) else guarded


def _as_csv(rows: Iterable[tuple[str, ...]]) -> bytes:
    text = StringIO(newline="")
    csv.writer(text, lineterminator="\r\n").writerows(rows)
    return text.getvalue().encode()
