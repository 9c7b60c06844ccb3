"""Planning duty (排班的算法): who takes which leg; nothing here knows a database.

People stand in a queue. Each leg takes the first who are free and rested, and they go to the end of
it: so groups stay together as long as nothing keeps them apart, and nobody comes twice before
everybody came once.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import timedelta

from pointsbank.foundation import from_instant, to_instant

_EPOCH = from_instant("1970-01-01T00:00:00.000000Z")


@dataclass(frozen=True, slots=True)
class Leg:
    """A leg of duty (班次): which slot, from when to when, in minutes of any one count."""

    key: tuple[int, str]
    begins: int
    ends: int


Span = tuple[int, int]


def assign(
    legs: Iterable[Leg],
    people: Iterable[int],
    busy: Mapping[int, Iterable[Span]],
    *,
    each: int,
    rest: int,
) -> tuple[dict[tuple[int, str], list[int]], Leg | None]:
    """Who takes each leg; and the first leg for which too few are free, or None.

    `busy` is what people do otherwise; `rest` minutes lie between two legs of one person.

    >>> days = [Leg((1, "a"), 0, 60), Leg((1, "b"), 60, 120)]
    >>> assign(days, [7, 8, 9], {}, each=1, rest=0)
    ({(1, 'a'): [7], (1, 'b'): [8]}, None)
    >>> assign(days, [7, 8], {8: [(0, 600)]}, each=1, rest=60)[1]
    Leg(key=(1, 'b'), begins=60, ends=120)
    """
    queue = list(people)
    taken = {one: [*busy.get(one, ())] for one in queue}
    duties: dict[int, list[Span]] = {one: [] for one in queue}
    found: dict[tuple[int, str], list[int]] = {}
    for leg in sorted(legs, key=lambda one: (one.begins, one.key)):
        free = [one for one in queue if is_free(leg, taken[one], duties[one], rest)]
        if len(free) < each:
            return found, leg
        chosen = free[:each]
        found[leg.key] = chosen
        for one in chosen:
            duties[one].append((leg.begins, leg.ends))
        queue = [one for one in queue if one not in chosen] + chosen
    return found, None


def is_free(leg: Leg, busy: Iterable[Span], duties: Iterable[Span], rest: int) -> bool:
    """Whether somebody can take a leg beside what they do, rested from other duty."""
    return not any(overlap(leg, span, 0) for span in busy) and not any(
        overlap(leg, span, rest) for span in duties
    )


def overlap(leg: Leg, span: Span, rest: int) -> bool:
    """Whether a leg lies within so many minutes of a span of time."""
    return leg.begins < span[1] + rest and span[0] < leg.ends + rest


def minute_of(instant: str) -> int:
    """An instant as minutes of one count."""
    return int(from_instant(instant).timestamp() // 60)


def instant_of(minute: int) -> str:
    """The instant at which a minute of that count begins.

    >>> instant_of(minute_of("2026-11-20T01:00:59.000000Z"))
    '2026-11-20T01:00:00.000000Z'
    """
    return to_instant(_EPOCH + timedelta(minutes=minute))
