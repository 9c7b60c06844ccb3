"""How often somebody may ask (限流): counted by the minute, for each device, person or address.

The counters live in this process's memory. A bank on SQLite has one process, so there they are
exact; with several processes on PostgreSQL each counts for itself. They keep a broken or curious
client from crowding out the others; what protects cards and pairing codes is their length.
"""

from __future__ import annotations

import os
import time
from collections import OrderedDict
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from threading import Lock

from flask import Flask, current_app, request
from werkzeug.exceptions import TooManyRequests

from pointsbank.activities import CodeWrong
from pointsbank.foundation import PointsBankError
from pointsbank.people import (
    BadgeUnknown,
    CardLoginWrong,
    CardUnknown,
    EnrolmentUnknown,
    LoginLocked,
    LoginWrong,
    PairingUnknown,
    PinBlocked,
    PinLocked,
    PinWrong,
)
from pointsbank.web.context import NOBODY, current_visitor

MINUTE = 60.0
_REMEMBERED_MOST = 10_000
_LIMITER = "pointsbank.limiter"
# Requests of any kind, wrong card codes, pairing codes, passwords, files that are brought, looks at
# who is registered already while a name is being typed, PINs, checks of a certificate's number: so
# many in a minute.
DEFAULTS = {
    "LIMIT_REQUESTS": 300,
    "LIMIT_UNKNOWN_CARDS": 20,
    "LIMIT_WRONG_PAIRINGS": 10,
    "LIMIT_WRONG_LOGINS": 20,
    "LIMIT_UPLOADS": 10,
    "LIMIT_SIMILAR": 120,
    "LIMIT_WRONG_PINS": 20,
    "LIMIT_CERTIFICATES": 20,
    "LIMIT_WRONG_CODES": 10,
}


class Limiter:
    """Counts by name and minute, and forgets the oldest names when there are too many."""

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._lock = Lock()
        self._counts: OrderedDict[str, tuple[int, int]] = OrderedDict()

    def count(self, name: str, amount: int = 1) -> int:
        """How often the name was counted in this minute, with this time."""
        minute = int(self._clock() // MINUTE)
        with self._lock:
            counted_in, so_far = self._counts.pop(name, (minute, 0))
            total = amount + (so_far if counted_in == minute else 0)
            self._counts[name] = (minute, total)
            if len(self._counts) > _REMEMBERED_MOST:
                self._counts.popitem(last=False)
        return total

    @property
    def seconds_left(self) -> int:
        """How long this minute still lasts."""
        return int(MINUTE - self._clock() % MINUTE) + 1


def init_app(app: Flask) -> None:
    for name, number in DEFAULTS.items():
        # A load test asks more of each kiosk than a person could; nobody else sets these.
        app.config.setdefault(name, int(os.environ.get(f"POINTSBANK_{name}", number)))
    app.extensions[_LIMITER] = Limiter()
    app.before_request(_count_request)


def who_asks() -> str:
    """The name that this request is counted under."""
    visitor = current_visitor()
    return visitor.caller.client if visitor is not NOBODY else f"address:{request.remote_addr}"


def refuse_often(what: str, amount: int = 1) -> None:
    """Count this request, and refuse it with 429 when there have been too many."""
    limiter: Limiter = current_app.extensions[_LIMITER]
    if limiter.count(f"{what} {who_asks()}", amount) > current_app.config[what]:
        raise TooManyRequests(retry_after=limiter.seconds_left)


def counting_unknown_cards() -> AbstractContextManager[None]:
    """Let somebody try only so many codes that belong to no card."""
    return _counting("LIMIT_UNKNOWN_CARDS", CardUnknown)


def counting_wrong_pairings() -> AbstractContextManager[None]:
    """Let somebody try only so many codes that pair nothing."""
    return _counting("LIMIT_WRONG_PAIRINGS", PairingUnknown)


def counting_wrong_logins() -> AbstractContextManager[None]:
    """Let an address try only so many passwords and one-time codes, whosever they are."""
    return _counting("LIMIT_WRONG_LOGINS", LoginWrong, LoginLocked, EnrolmentUnknown)


def counting_wrong_pins() -> AbstractContextManager[None]:
    """Let somebody try only so many PINs, whosever they are; badges that nobody has count too."""
    return _counting(
        "LIMIT_WRONG_PINS", PinWrong, PinLocked, PinBlocked, BadgeUnknown, CardLoginWrong
    )


def counting_wrong_codes() -> AbstractContextManager[None]:
    """Let somebody try only so many sign-in codes: three of a million are right at a time."""
    return _counting("LIMIT_WRONG_CODES", CodeWrong)


@contextmanager
def _counting(what: str, *wrong: type[PointsBankError]) -> Iterator[None]:
    refuse_often(what, amount=0)
    try:
        yield
    except wrong:
        refuse_often(what)
        raise


def _count_request() -> None:
    if request.path.startswith("/api/v1/"):
        refuse_often("LIMIT_REQUESTS")
