"""Clearing away (清理): logins, pairing codes and failed tries that mean nothing any more.

Who logged in, and when, stays in the receipts; here goes only what a door looked at.
"""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from sqlalchemy import bindparam, delete, or_, select

from pointsbank.foundation import (
    Act,
    Answer,
    Bank,
    Caller,
    from_instant,
    new_key,
    operation,
    statement,
    to_instant,
)
from pointsbank.people.card_logins import CardLogin
from pointsbank.people.logins import DELAYED_FROM, FailedLogin, StaffLogin
from pointsbank.people.pairings import Pairing

CHUNK_MOST = 200
# A login or a pairing code that ended so long ago is of no use to anybody.
KEPT = timedelta(days=30)
# A login that was locked may be tried with a clean slate after this time.
LOCKED_KEPT = timedelta(days=1)

_BEFORE: Any = bindparam("before")


def _first(table: Any, over: Any) -> Any:
    """Delete the first rows of a table of which it is so, at most a chunk."""
    chosen = select(table.id).where(over).order_by(table.id).limit(CHUNK_MOST)
    return statement(delete(table).where(table.id.in_(chosen)))


_LOGINS = _first(StaffLogin, StaffLogin.opened_at < _BEFORE)
_CARD_LOGINS = _first(CardLogin, CardLogin.opened_at < _BEFORE)
_PAIRINGS = _first(Pairing, Pairing.expires_at < _BEFORE)
# A few failures of one night are forgotten by the next: nobody guesses a password in four tries.
_FAILURES = _first(
    FailedLogin,
    or_(
        (FailedLogin.failures < DELAYED_FROM) & FailedLogin.locked_until.is_(None),
        FailedLogin.locked_until < _BEFORE,
    ),
)


@operation("people.clear_expired")
def _clear_expired(act: Act) -> Answer:
    """Clear away one chunk of each; how many rows went."""
    moment = from_instant(act.now)
    long_ago, yesterday = to_instant(moment - KEPT), to_instant(moment - LOCKED_KEPT)
    return {
        "logins": act.session.run(_LOGINS, before=long_ago),
        "card_logins": act.session.run(_CARD_LOGINS, before=long_ago),
        "pairings": act.session.run(_PAIRINGS, before=long_ago),
        "failures": act.session.run(_FAILURES, before=yesterday),
    }


def clear_expired(bank: Bank, *, by: Caller) -> Answer:
    """Clear away everything that is over, chunk by chunk; how many rows of each went."""
    gone = {"logins": 0, "card_logins": 0, "pairings": 0, "failures": 0}
    while True:
        done = _clear_expired(bank, by=by, key=new_key()).answer
        gone = {what: gone[what] + done[what] for what in gone}
        if max(done.values()) < CHUNK_MOST:
            return gone
