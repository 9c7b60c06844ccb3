"""Verbs of the ledger's own tests, so that its steps run through the real front step."""

from __future__ import annotations

from pointsbank.foundation import Act, Answer, operation
from pointsbank.ledger import (
    AccountRef,
    EntryKind,
    declare_kind,
    expire_points,
    issue_points,
    list_kinds,
    reverse_entry,
    take_back_issue,
)
from tests.make import TEST_KIND

ISSUE = declare_kind(
    "tests.issue",
    [("issued", "wallet"), ("wallet", "owed"), ("issued", "owed"), ("wallet", "expired")],
)
EXPIRE = declare_kind("tests.expire", [("wallet", "expired"), ("family_wallet", "expired")])


@operation("tests.reverse")
def reverse_test_entry(act: Act, *, entry_id: int, kind: str = TEST_KIND.code) -> Answer:
    """Reverse an entry of any kind."""
    posted = reverse_entry(act, kind_of(kind), entry_id, memo="a test's reversal")
    return {"entry": posted.number, "id": posted.id}


@operation("tests.issue")
def issue_test_points(
    act: Act,
    *,
    issued: list[int | str],
    wallet: list[int | str],
    owed: list[int | str],
    amount: int,
    expires_on: str | None = None,
) -> Answer:
    """Issue points; what is owed is repaid from them."""
    posted = issue_points(
        act,
        ISSUE,
        issued=account(issued),
        wallet=account(wallet),
        owed=account(owed),
        amount=amount,
        memo="a test's issue",
        document=f"test:{act.receipt_id}",
        expires_on=expires_on,
    )
    return {"entry": posted.number, "id": posted.id}


@operation("tests.expire")
def expire_test_points(
    act: Act, *, wallets: list[int], expired: list[int | str], day: str
) -> Answer:
    """Take from these wallets what is over."""
    taken = expire_points(
        act, EXPIRE, wallets, expired=account(expired), day=day, memo="a test's night"
    )
    return {"taken": [[one.holder, one.points, one.number] for one in taken]}


@operation("tests.take_back")
def take_back_test_issue(act: Act, *, entry_id: int, owed: list[int | str]) -> Answer:
    """Take an issue back, however much of it has been spent."""
    posted = take_back_issue(
        act, ISSUE, entry_id, owed=account(owed), memo="a test's voiding", document="test:void"
    )
    return {"entry": posted.number, "id": posted.id}


def account(plain: list[int | str]) -> AccountRef:
    """An account that came as plain values."""
    number, type_code, commodity_id = plain
    return AccountRef(int(number), str(type_code), int(commodity_id))


def plain(ref: AccountRef) -> list[int | str]:
    """An account as plain values."""
    return [ref.id, ref.type, ref.commodity_id]


def kind_of(code: str) -> EntryKind:
    """A declared kind by its code."""
    return next(kind for kind in list_kinds() if kind.code == code)
