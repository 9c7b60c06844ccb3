"""Rounds (轮次): what a few seconds of work gave, and how several of them are put together."""

from __future__ import annotations

from dataclasses import dataclass, field
from statistics import median


@dataclass(frozen=True)
class Round:
    """So many done in so many seconds, and how long each took, in seconds."""

    seconds: float
    times: list[float]
    refused: list[str] = field(default_factory=list)
    # Done outside the counted span as well: warming up, and what was under way at its end.
    done_in_all: int = 0
    cpu_seconds: float | None = None

    @property
    def per_second(self) -> float:
        return len(self.times) / self.seconds

    def within(self, share: float) -> float:
        """How long this share of them took at most, in milliseconds."""
        ordered = sorted(self.times)
        return ordered[min(len(ordered) - 1, int(len(ordered) * share))] * 1000

    @property
    def cpu_us(self) -> float | None:
        """Processor time for each, in microseconds."""
        return None if self.cpu_seconds is None else self.cpu_seconds / self.done_in_all * 1e6


@dataclass(frozen=True)
class Side:
    """The rounds of one side. Every figure is the median of the rounds' own."""

    rounds: list[Round]

    @property
    def per_second(self) -> float:
        return median(one.per_second for one in self.rounds)

    def within(self, share: float) -> float:
        return median(one.within(share) for one in self.rounds)

    @property
    def cpu_us(self) -> float | None:
        known = [one.cpu_us for one in self.rounds if one.cpu_us is not None]
        return median(known) if known else None

    @property
    def refused(self) -> list[str]:
        return [told for one in self.rounds for told in one.refused]
