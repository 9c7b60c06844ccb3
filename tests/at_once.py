"""Many callers at the very same moment, each in a thread of its own."""

from __future__ import annotations

import threading
from collections.abc import Callable, Sequence
from typing import TypeVar

T = TypeVar("T")
PATIENCE_SECONDS = 60.0


def at_once(calls: Sequence[Callable[[], T]]) -> list[T | Exception]:
    """Let all calls go at one word; what each gave back or raised, in their order."""
    gate = threading.Barrier(len(calls))
    outcomes: list[T | Exception] = [RuntimeError("never came back")] * len(calls)

    def run(place: int) -> None:
        gate.wait(PATIENCE_SECONDS)
        try:
            outcomes[place] = calls[place]()
        except Exception as refusal:
            outcomes[place] = refusal

    threads = [threading.Thread(target=run, args=(place,)) for place in range(len(calls))]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(PATIENCE_SECONDS)
    return outcomes
