"""A wallet in a bank, and what one does with it from day to day."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, datetime

from pointsbank.foundation import SHOP_ZONE, Clock, Session
from pointsbank.ledger import AccountRef, Expiring, find_due, list_expiring
from tests.ledger.fifo import FifoWallet
from tests.ledger.test_ages import GRACE
from tests.ledger.verbs import (
    expire_test_points,
    issue_test_points,
    plain,
    reverse_test_entry,
    take_back_test_issue,
)
from tests.make import Make


@dataclass
class Purse:
    """A wallet in a bank, and what one does with it."""

    make: Make
    clock: Clock
    wallet: AccountRef
    owed: AccountRef
    issued: AccountRef
    redeemed: AccountRef
    expired: AccountRef
    hold: AccountRef
    oracle: FifoWallet = field(default_factory=lambda: FifoWallet(GRACE))

    def at(self, moment: datetime | date) -> None:
        if not isinstance(moment, datetime):
            moment = datetime(moment.year, moment.month, moment.day, 12, tzinfo=SHOP_ZONE)
        self.clock.set_now(lambda: moment)

    def issue(self, amount: int, expires_on: date | str | None) -> int:
        accounts = {name: plain(getattr(self, name)) for name in ("issued", "wallet", "owed")}
        day = None if expires_on is None else str(expires_on)
        made = self.make.do(issue_test_points, **accounts, amount=amount, expires_on=day)
        return int(made.answer["id"])

    def spend(self, amount: int) -> int:
        return int(self.make.move(self.wallet, self.redeemed, amount).answer["id"])

    def undo(self, entry_id: int) -> None:
        self.make.do(reverse_test_entry, entry_id=entry_id)

    def void(self, entry_id: int) -> None:
        self.make.do(take_back_test_issue, entry_id=entry_id, owed=plain(self.owed))

    def expire(self, day: date | str | None = None) -> int:
        """A night, as the duty does it: who is concerned, and then what each has to give."""
        told = str(day or self.clock.today())
        due = self.make.bank.database.read(lambda session: find_due(session, told, most=1000))
        mine = [self.wallet.id] if self.wallet.id in due else []
        done = self.make.do(expire_test_points, wallets=mine, expired=plain(self.expired), day=told)
        return sum(points for _, points, _ in done.answer["taken"])

    def expiring(self) -> list[tuple[str | None, int]]:
        def ask(session: Session) -> list[Expiring]:
            return list_expiring(session, [self.wallet.id], today=self.clock.today())[
                self.wallet.id
            ]

        return [(one.day, one.points) for one in self.make.bank.database.read(ask)]


def open_purse(make: Make, clock: Clock) -> Purse:
    holder = f"volunteer:{make.next_number()}"
    types = ("wallet", "owed", "issued", "redeemed", "expired", "hold")
    held = {"wallet", "owed", "hold"}
    accounts = {one: make.account(one, holder=holder if one in held else "bank") for one in types}
    return Purse(make, clock, **accounts)
