"""The books as files for auditors (账册导出), one format a file. No export names a person.

A new format is a new file here and a line in `EXPORTS`.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from pointsbank.audit.exports.beancount import write_beancount
from pointsbank.audit.exports.hledger import write_hledger
from pointsbank.audit.exports.out import Out
from pointsbank.audit.exports.table import write_table
from pointsbank.foundation import Bank, Session, Unavailable


@dataclass(frozen=True)
class Export:
    """A format: who writes it, how its files end, what a browser is told of them."""

    write: Callable[[Session, Out], None]
    suffix: str
    media_type: str


EXPORTS: dict[str, Export] = {
    "beancount": Export(write_beancount, ".beancount", "text/plain; charset=utf-8"),
    "hledger": Export(write_hledger, ".journal", "text/plain; charset=utf-8"),
    "csv": Export(write_table, ".csv", "text/csv; charset=utf-8"),
}


def export_books(bank: Bank, code: str, out: Out) -> None:
    """Write the books in one of the `EXPORTS`, from one read-only snapshot.

    Raises Unavailable when the database went away half-way; what is in `out` is then worth nothing.
    """
    begun = False

    def write(session: Session) -> None:
        nonlocal begun
        # A read that fails is asked again, but what has been written cannot be taken back.
        if begun:
            raise Unavailable()
        begun = True
        EXPORTS[code].write(session, out)

    bank.database.read(write)


__all__ = [
    "EXPORTS",
    "Export",
    "Out",
    "export_books",
    "write_beancount",
    "write_hledger",
    "write_table",
]
