"""What a check of the books found (核验报告), as plain data for whoever prints it."""

from __future__ import annotations

from dataclasses import dataclass, field

from stdnum import damm

Fact = int | str | None


@dataclass(frozen=True)
class Finding:
    """Something is wrong: which check says so, in which entry if one can be named, and what."""

    check: str
    invariant: str
    entry: str | None
    facts: dict[str, Fact]

    def __str__(self) -> str:
        told = ", ".join(f"{name}={value!r}" for name, value in self.facts.items())
        return f"{self.invariant} {self.check} {self.entry or '-'}: {told}"


@dataclass(frozen=True)
class Checked:
    """How one check went: `right`, `wrong`, `not applicable: …` or `could not run: …`."""

    name: str
    invariant: str
    sentence: str
    outcome: str
    findings: int
    seconds: float


@dataclass(frozen=True)
class TrialBalanceLine:
    """All accounts of one type in one commodity, added up from the moves alone (试算平衡)."""

    type: str
    commodity: str
    accounts: int
    received: int
    sent: int
    balance: int


@dataclass
class CheckReport:
    """The whole check: what was asked, what was counted, what was found."""

    checked_at: str
    findings: list[Finding] = field(default_factory=list)
    counts: dict[str, int] = field(default_factory=dict)
    trial_balance: list[TrialBalanceLine] = field(default_factory=list)
    checks: list[Checked] = field(default_factory=list)

    @property
    def is_right(self) -> bool:
        return not self.findings


def entry_number(entry_id: int) -> str:
    """An entry's public number, made here anew.

    >>> entry_number(123)
    'J000123-4'
    """
    digits = f"{entry_id:06d}"
    return f"J{digits}-{damm.calc_check_digit(digits)}"
