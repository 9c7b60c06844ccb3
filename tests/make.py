"""Short sentences that build a world: `make.wallet(points=100)`, `make.shelf("SOAP", 20)`."""

from __future__ import annotations

from itertools import count

from pointsbank.foundation import Act, Answer, Bank, Caller, Operation, Outcome, new_key, operation
from pointsbank.ledger import (
    AccountRef,
    EntryKind,
    Transfer,
    declare_kind,
    kept_balances,
    open_account,
    open_commodity,
    points_id,
    post_entry,
)

TEST_KIND = declare_kind(
    "tests.any",
    [
        ("issued", "wallet"),
        ("wallet", "wallet"),
        ("wallet", "redeemed"),
        ("supply", "store_room"),
        ("store_room", "shelf"),
        ("shelf", "given_out"),
    ],
)
SOMEBODY = Caller(actor="staff:1", client="tests")


@operation("tests.open_account")
def open_test_account(act: Act, *, type_code: str, commodity: str, holder: str) -> Answer:
    """Open an account of any type."""
    number = (
        points_id(act.session)
        if commodity == "PTS"
        else open_commodity(act.session, commodity, "goods")
    )
    account = open_account(act.session, type_code, number, holder, now=act.now)
    return {"id": account.id, "type": account.type, "commodity_id": account.commodity_id}


@operation("tests.post")
def post_test_entry(act: Act, *, lines: list[tuple[list[int | str], list[int | str], int]]) -> Answer:
    """Post moves between any accounts that the test kind allows."""
    transfers = [
        Transfer(AccountRef(*source), AccountRef(*target), amount)  # type: ignore[arg-type]
        for source, target, amount in lines
    ]
    posted = post_entry(act, TEST_KIND, transfers, memo="a test's entry")
    return {"entry": posted.number, "id": posted.id}


class Make:
    """Builds what a test needs through the operations that people use."""

    def __init__(self, bank: Bank) -> None:
        self.bank = bank
        self._numbers = count(1)

    def do(self, verb: Operation[...], by: Caller = SOMEBODY, key: str = "", **values: object) -> Outcome:
        """Run an operation under a fresh key."""
        return verb(self.bank, by=by, key=key or new_key(), **values)

    def account(self, type_code: str, commodity: str = "PTS", holder: str = "") -> AccountRef:
        """An open account."""
        holder = holder or f"holder:{next(self._numbers)}"
        made = self.do(open_test_account, type_code=type_code, commodity=commodity, holder=holder)
        return AccountRef(**made.answer)

    def wallet(self, points: int = 0) -> AccountRef:
        """A wallet with so many points."""
        wallet = self.account("wallet")
        if points:
            self.move(self.account("issued", holder="bank"), wallet, points)
        return wallet

    def shelf(self, commodity: str, pieces: int = 0) -> AccountRef:
        """A shelf with so many pieces."""
        shelf = self.account("shelf", commodity)
        if pieces:
            room, supply = self.account("store_room", commodity), self.account("supply", commodity)
            self.move(supply, room, pieces)
            self.move(room, shelf, pieces)
        return shelf

    def move(self, source: AccountRef, target: AccountRef, amount: int, key: str = "") -> Outcome:
        """Post one move."""
        return self.do(post_test_entry, key=key, lines=[line(source, target, amount)])

    def balance(self, account: AccountRef) -> int:
        """What an account keeps now."""
        kept = self.bank.database.read(lambda session: kept_balances(session, account.id))
        return kept[account.id]


def line(source: AccountRef, target: AccountRef, amount: int) -> list[object]:
    """A move as plain values."""
    return [
        [source.id, source.type, source.commodity_id],
        [target.id, target.type, target.commodity_id],
        amount,
    ]


__all__ = ["SOMEBODY", "TEST_KIND", "EntryKind", "Make", "line", "open_test_account", "post_test_entry"]
