"""How old the points in a wallet are (积分的先后): they stand in a line, the oldest first.

There are no lots. Points that arrive go to the end of the line, whatever leaves is taken from its
head, and what comes back by a reversal or a release stands where it stood, as if it had never left.
So the sums of what the books say are enough, and an undone purchase needs nobody to remember it.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field, replace

from pointsbank.foundation import add_days

NEVER = "9999-12-31"


@dataclass(frozen=True, slots=True)
class Flow:
    """One move of a wallet: `amount` is signed in its view, `other` the type of the other side."""

    entry_id: int
    on: str
    reverses_id: int | None
    amount: int
    other: str
    expires_on: str | None = None


@dataclass(frozen=True, slots=True)
class AgeRules:
    """What is decided about ages: days that points live on, and a day for those that have none.

    `grace_days` is how long points stay that come back after their day. `undated` says which day
    points have that were issued without one: before a day, until a day, the earliest first.
    """

    grace_days: int
    undated: tuple[tuple[str, str], ...] = ()

    def day_of(self, expires_on: str | None, issued_on: str) -> str:
        """The last day of points that were issued with this one, or without any."""
        if expires_on is not None:
            return expires_on
        return next((until for before, until in self.undated if issued_on < before), NEVER)


@dataclass(frozen=True)
class Expiring:
    """So many points of a wallet can be spent until the end of this day; None is for ever."""

    day: str | None
    points: int


@dataclass(slots=True)
class _Arrival:
    """Points that arrived in one entry, less those that were taken back."""

    day: str
    points: int


@dataclass(slots=True)
class Line:
    """A wallet's points in a line, as its moves so far have left it.

    `left` is what has left and not come back, spent or held alike; `expired` is what was taken
    because its day was over.
    """

    rules: AgeRules
    left: int = 0
    expired: int = 0
    _arrivals: dict[int, _Arrival] = field(default_factory=dict)
    _expiries: set[int] = field(default_factory=set)
    _spared: list[tuple[str, int]] = field(default_factory=list)

    def add(self, flow: Flow) -> None:
        """Let one move of the wallet happen; moves come in the order of the books."""
        incoming, reversing = flow.amount > 0, flow.reverses_id is not None
        if flow.other == "expired":
            self.expired -= flow.amount
            if not incoming:
                self._expiries.add(flow.entry_id)
            elif flow.reverses_id in self._expiries:
                self._spare(flow.on, self._past(flow.on) - self.expired)
        elif flow.other == "hold" or incoming == reversing:
            before, self.left = self.left, self.left - flow.amount
            if incoming:
                self._spare(flow.on, min(before, self._past(flow.on) - self.expired))
        elif incoming:
            day = self.rules.day_of(flow.expires_on, flow.on)
            arrival = self._arrivals.setdefault(flow.entry_id, _Arrival(day, 0))
            arrival.points += flow.amount
        elif flow.reverses_id in self._arrivals:
            self._arrivals[flow.reverses_id].points += flow.amount

    def _spare(self, on: str, place: int) -> None:
        """Remember that points up to this place of the line came back after their day."""
        if place > self.left:
            self._spared.append((on, place))

    def _past(self, day: str) -> int:
        """How many points ever had a day that is over on this one."""
        return sum(one.points for one in self._arrivals.values() if one.day < day)

    def due(self, day: str) -> int:
        """How many points have to go because their day is over on this one.

        What came back after its day counts as still away for some days more.
        """
        spared = [place for on, place in self._spared if add_days(on, self.rules.grace_days) >= day]
        return max(0, self._past(day) - self.expired - max(self.left, *spared, 0))

    def expiring(self) -> list[Expiring]:
        """What expires when, if nothing else happens; what never does stands last."""
        days = {one.day for one in self._arrivals.values() if one.day != NEVER}
        days |= {add_days(on, self.rules.grace_days) for on, _ in self._spared}
        found, gone = [], 0
        for day in sorted(days):
            due = self.due(add_days(day, 1))
            if due > gone:
                found.append(Expiring(day, due - gone))
                gone = due
        rest = sum(one.points for one in self._arrivals.values()) - self.left - self.expired - gone
        return [*found, Expiring(None, rest)] if rest else found


def line_up(flows: Iterable[Flow], rules: AgeRules) -> Line:
    """The line of a wallet after all of its moves.

    >>> bought = Flow(3, "2026-05-01", None, -12, "redeemed")
    >>> flows = [
    ...     Flow(1, "2025-11-02", None, 10, "issued", "2025-12-31"),
    ...     Flow(2, "2026-02-02", None, 30, "issued", "2026-12-31"),
    ...     bought,
    ... ]
    >>> line_up(flows, AgeRules(grace_days=30)).expiring()
    [Expiring(day='2026-12-31', points=28)]
    """
    line = Line(rules)
    for flow in flows:
        line.add(flow)
    return line


def spared_by_taking_back(flows: Iterable[Flow], rules: AgeRules, entry_id: int) -> int:
    """How many points would not have expired if this entry had never been.

    They were taken because it had put others before them; when it is taken back, so are they.
    """
    really, without = Line(rules), Line(rules)
    kept: dict[int, int] = {}
    for flow in flows:
        really.add(flow)
        if flow.entry_id == entry_id:
            continue
        if flow.other != "expired":
            without.add(flow)
            continue
        if flow.amount < 0:
            amount = kept[flow.entry_id] = min(-flow.amount, without.due(flow.on))
            without.add(replace(flow, amount=-amount))
        else:
            amount = min(flow.amount, kept.get(flow.reverses_id or 0, flow.amount))
            without.add(replace(flow, amount=amount))
    return max(0, really.expired - without.expired)
