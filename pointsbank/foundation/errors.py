"""The families of everything that can be refused (拒绝).

An error is a stable code and the facts a sentence needs; the sentence itself is made at the door,
in the reader's language. Nothing here knows HTTP.
"""

from __future__ import annotations

from typing import Any, ClassVar

Fact = int | str | bool | None


class PointsBankError(Exception):
    """Root of all refusals: `code` never changes once published, `facts` fill its sentence."""

    code: ClassVar[str] = "foundation.error"

    def __init__(self, **facts: Fact) -> None:
        super().__init__(self.code, facts)
        self.facts: dict[str, Fact] = facts

    def __reduce__(self) -> Any:
        # A refusal travels between the writer's process and the server's with all that it carries;
        # it is not made anew, because not every kind is made of keywords alone.
        return _again, (type(self), self.args), vars(self)

    def __str__(self) -> str:
        told = ", ".join(f"{name}={value!r}" for name, value in self.facts.items())
        return f"{self.code}({told})"


def _again(kind: type[PointsBankError], args: tuple[Any, ...]) -> PointsBankError:
    return kind.__new__(kind, *args)


class InvalidInput(PointsBankError):
    """A field cannot be understood (输入有误)."""

    code = "foundation.invalid_input"


class NotFound(PointsBankError):
    """What was asked for is not there (找不到)."""

    code = "foundation.not_found"


class NotPermitted(PointsBankError):
    """This caller may not do it (无权办理)."""

    code = "foundation.not_permitted"


class RuleRefused(PointsBankError):
    """The community's rules say no (按规则不予办理)."""

    code = "foundation.rule_refused"


class Conflict(PointsBankError):
    """Asked twice, or somebody was faster (重复或并发)."""

    code = "foundation.conflict"


class Unavailable(PointsBankError):
    """The bank cannot answer now; the request's key stays valid (暂时无法办理)."""

    code = "foundation.unavailable"


class InvariantBroken(PointsBankError):
    """The books contradict themselves (账目异常). Never caught: a person is called."""

    code = "foundation.invariant_broken"


class KeyInvalid(InvalidInput):
    """An idempotency key is missing or not 16 to 64 of `A-Z a-z 0-9 _ -`."""

    code = "foundation.key_invalid"


class KeyReused(Conflict):
    """The same key came with another request (幂等键已用于别的请求)."""

    code = "foundation.key_reused"


class KeyVoided(Conflict):
    """The key was given up; it can never book (该键已作废)."""

    code = "foundation.key_voided"


class ReceiptUnknown(NotFound):
    """No receipt stands under this key for this client (没有这张回执)."""

    code = "foundation.receipt_unknown"


class TooBusy(Unavailable):
    """The writer's queue is full or slow; nothing was booked under this key yet."""

    code = "foundation.too_busy"


class OutcomeUnknown(Unavailable):
    """The commit's fate is not known; ask for the receipt by the same key."""

    code = "foundation.outcome_unknown"


class OutcomeUnconfirmed(OutcomeUnknown):
    """The primary committed and its standby may not have: a look at the primary decides nothing."""


class ClockWrong(Unavailable):
    """The clock cannot be right; nothing is booked until somebody has looked at it (时钟不对)."""

    code = "foundation.clock_wrong"


class ClockMoved(Conflict):
    """The clock no longer shows the date that was called right (时钟又变了)."""

    code = "foundation.clock_moved"


class TimeInvalid(InvalidInput):
    """Not a time of the day (时间看不懂)."""

    code = "foundation.time_invalid"


class PublicIdInvalid(InvalidInput):
    """A public number fails its check digit (编号有误)."""

    code = "foundation.public_id_invalid"


class BankInUse(Unavailable):
    """Another process holds this bank's lock (账册正由另一个进程使用)."""

    code = "foundation.bank_in_use"


class DatabaseUnfit(InvariantBroken):
    """The database does not keep a promise that the books need."""

    code = "foundation.database_unfit"


class SchemaOther(DatabaseUnfit):
    """The books have the form of another version of the program (账册是另一个版本的)."""

    code = "foundation.schema_other"


class NoBank(DatabaseUnfit):
    """There is no bank in this folder yet (这里还没有账册): fact path."""

    code = "foundation.no_bank"


class DemonstrationOnly(NotPermitted):
    """A demonstration can never become a real bank, nor the other way round."""

    code = "foundation.demonstration_only"
