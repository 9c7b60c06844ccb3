"""The front step: what a verb needs to be safe to ask twice, and to be answered for.

`@operation` gives a verb its transaction, its idempotency and its audit trail; `@query` gives a
question its read-only snapshot. Doors call the decorated function with a bank; the function itself
is handed an `Act` or a `Session` and never ends it.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import wraps
from typing import Any, Concatenate, Generic, ParamSpec, TypeVar, cast

from pointsbank.foundation.bank import Bank
from pointsbank.foundation.clock import business_day, to_instant
from pointsbank.foundation.errors import (
    KeyReused,
    KeyVoided,
    OutcomeUnconfirmed,
    OutcomeUnknown,
    ReceiptUnknown,
)
from pointsbank.foundation.ids import public_id, require_key
from pointsbank.foundation.keys import Keys
from pointsbank.foundation.receipts import (
    VOIDED,
    KeptReceipt,
    claim_receipt,
    find_receipt,
    is_same_request,
    record_outcome,
)
from pointsbank.foundation.session import Session

P = ParamSpec("P")
T = TypeVar("T")
Answer = dict[str, Any]


@dataclass(frozen=True)
class Caller:
    """Who asks: the actor (a person or `device:N`), the client whose keys these are, the device."""

    actor: str
    client: str
    device: str | None = None


@dataclass
class Act:
    """An operation under way: its hands, its instant, its receipt."""

    session: Session
    keys: Keys
    caller: Caller
    receipt_id: int
    now: str
    today: str
    for_whom: str | None = None


@dataclass(frozen=True)
class Outcome:
    """What an operation answered. `repeated` tells that the receipt had been there before."""

    answer: Answer
    receipt: str
    repeated: bool = False


class Operation(Generic[P]):
    """A verb of the house, as the doors call it.

    `operation(bank, by=caller, key=key, **plain_values)` runs it once for this client and key. The
    same key with the same values gives the same answer; with other values KeyReused. A refusal
    writes nothing, and the same key asked again is judged afresh.
    """

    def __init__(
        self,
        name: str,
        body: Callable[Concatenate[Act, P], Answer],
        whatever_the_time: bool = False,
    ) -> None:
        self.name = name
        self.body = body
        self.whatever_the_time = whatever_the_time
        self.__doc__ = body.__doc__
        self.__name__ = body.__name__
        self.__module__ = body.__module__

    def __call__(self, bank: Bank, *, by: Caller, key: str, **values: Any) -> Outcome:
        if bank.clock.doubt is not None and not self.whatever_the_time:
            bank.clock.refuse_doubt()
        run = self.work_for(bank, by=by, key=key, **values)
        try:
            return bank.database.write(run)
        except OutcomeUnconfirmed:
            # The receipt stands on the primary, which is just what may be lost: later, by key.
            raise
        except OutcomeUnknown:
            # The commit's fate was unclear. The receipt decides: it stands and is the answer, or it
            # does not and the same key may run again, once more.
            if not bank.database.read(lambda session: find_receipt(session, by.client, key)):
                return bank.database.write(run)
            return bank.database.read(run_again(self, bank, by, key, values))

    def work_for(
        self, bank: Bank, *, by: Caller, key: str, **values: Any
    ) -> Callable[[Session], Outcome]:
        """The same as one piece of work for a session; `Database.write` is what runs it."""
        require_key(key)
        return _Errand(self, bank, by, key, bank.keys.fingerprint_of(self.name, values), values)

    def __reduce__(self) -> str:
        # It travels to the writer's process by its name; the code is there already.
        return self.__name__


@dataclass(frozen=True, slots=True)
class _Errand:
    """An operation on its way to the writer, which may be another process."""

    verb: Operation[Any]
    bank: Bank
    by: Caller
    key: str
    fingerprint: bytes
    values: dict[str, Any]

    def __call__(self, session: Session) -> Outcome:
        bank, by, verb = self.bank, self.by, self.verb
        moment = bank.clock.moment()
        now = to_instant(moment)
        receipt_id = claim_receipt(
            session,
            client=by.client,
            key=self.key,
            operation=verb.name,
            actor=by.actor,
            device=by.device,
            at=now,
            fingerprint=self.fingerprint,
        )
        if receipt_id is None:
            return _answer_again(session, by, self.key, self.fingerprint)
        act = Act(session, bank.keys, by, receipt_id, now, business_day(moment))
        answer = verb.body(act, **self.values)
        record_outcome(session, receipt_id, act.for_whom, answer)
        return Outcome(answer, public_id("Q", receipt_id))


def run_again(
    verb: Operation[Any], bank: Bank, by: Caller, key: str, values: dict[str, Any]
) -> Callable[[Session], Outcome]:
    """Answer from the receipt that already stands under this key."""
    fingerprint = bank.keys.fingerprint_of(verb.name, values)
    return lambda session: _answer_again(session, by, key, fingerprint)


def _answer_again(session: Session, by: Caller, key: str, fingerprint: bytes) -> Outcome:
    kept = find_receipt(session, by.client, key)
    if kept is None:
        raise OutcomeUnknown()
    if kept.operation == VOIDED:
        raise KeyVoided(key=key)
    if not is_same_request(session, kept.id, fingerprint):
        raise KeyReused(key=key)
    return Outcome(kept.answer, kept.number, repeated=True)


def operation(
    name: str, *, whatever_the_time: bool = False
) -> Callable[[Callable[Concatenate[Act, P], Answer]], Operation[P]]:
    """Make a function a verb of the house; `name` is `room.verb` and never changes.

    While the clock is in doubt only a verb that runs `whatever_the_time` does: one that dates
    nothing, or that must not wait, as blocking a lost card.
    """

    def decorate(body: Callable[Concatenate[Act, P], Answer]) -> Operation[P]:
        return Operation(name, body, whatever_the_time)

    return decorate


def query(
    body: Callable[Concatenate[Session, P], T],
) -> Callable[Concatenate[Bank, P], T]:
    """Make a function a question for the doors: one read-only snapshot, plain data back."""

    @wraps(body)
    def ask(bank: Bank, /, *args: P.args, **kwargs: P.kwargs) -> T:
        return bank.database.read(lambda session: body(session, *args, **kwargs))

    return cast("Callable[Concatenate[Bank, P], T]", ask)


def void_key(bank: Bank, *, by: Caller, key: str) -> KeptReceipt | None:
    """Give up a key whose person has gone (作废幂等键): from now on it can never book.

    Returns the receipt that had already been booked under it, or None when it is now void.
    """
    try:
        _void(bank, by=by, key=key)
    except (KeyReused, KeyVoided):
        kept = get_receipt(bank, client=by.client, key=key)
        return None if kept.operation == VOIDED else kept
    return None


@operation(VOIDED, whatever_the_time=True)
def _void(act: Act) -> Answer:
    """Claim the key itself, so that nothing else ever can."""
    return {"state": "void", "at": act.now}


@query
def get_receipt(session: Session, *, client: str, key: str) -> KeptReceipt:
    """What became of a request. Raises ReceiptUnknown when nothing stands under the key."""
    kept = find_receipt(session, client, key)
    if kept is None:
        raise ReceiptUnknown()
    return kept
