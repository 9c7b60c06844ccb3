"""What the books refuse (账册的拒绝)."""

from __future__ import annotations

from pointsbank.foundation import (
    Conflict,
    Fact,
    InvalidInput,
    InvariantBroken,
    NotFound,
    RuleRefused,
)


class AccountNotFound(NotFound):
    """No such account (没有这个账户)."""

    code = "ledger.account_not_found"


class EntryNotFound(NotFound):
    """No such journal entry (没有这张凭证)."""

    code = "ledger.entry_not_found"


class AmountInvalid(InvalidInput):
    """An amount is not a whole number from 1 to a thousand million million."""

    code = "ledger.amount_invalid"


class MoveNotAllowed(InvariantBroken):
    """The entry's kind does not declare such a move. A mistake in the program, not of a person."""

    code = "ledger.move_not_allowed"


class BelowFloor(RuleRefused):
    """A balance would pass its floor or ceiling; `account_id` tells whose."""

    code = "ledger.below_floor"

    def __init__(self, account_id: int, **facts: Fact) -> None:
        super().__init__(**facts)
        self.account_id = account_id


class InsufficientBalance(BelowFloor):
    """Not enough points (积分不足): facts available, needed, short."""

    code = "ledger.insufficient_balance"


class InsufficientStock(BelowFloor):
    """Not enough pieces there (数量不足): facts available, needed, short."""

    code = "ledger.insufficient_stock"


class OwedFirst(RuleRefused):
    """Points are owed; earnings repay them before anything can be redeemed (先还欠分)."""

    code = "ledger.owed_first"


class AlreadyReversed(Conflict):
    """The entry has been reversed before; once is all (已经冲正)."""

    code = "ledger.already_reversed"


class ReversalNotReversible(RuleRefused):
    """A reversal cannot be reversed (冲正不能再冲正)."""

    code = "ledger.reversal_not_reversible"
