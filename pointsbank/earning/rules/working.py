"""From a service to its points (算式): pure, in whole numbers, and told in words."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction

from pointsbank.earning.rules.caps import Cap
from pointsbank.earning.rules.kind import Words
from pointsbank.earning.rules.multipliers import Factor
from pointsbank.earning.rules.periods import in_hours
from pointsbank.earning.rules.rate import decimal
from pointsbank.earning.rules.rulebook import Rulebook
from pointsbank.earning.rules.served import NOTHING_SO_FAR, Served, SoFar


@dataclass(frozen=True)
class Working:
    """How a service's points were worked out: the numbers, and the same in words."""

    minutes: int
    counted_minutes: int
    points: int
    zh: str
    en: str


def work_out(book: Rulebook, served: Served, so_far: SoFar = NOTHING_SO_FAR) -> Working:
    """The points of a service, and how they came about.

    More time never gives less, what counted before never gives more, and no cap is ever passed.
    Raises NoCalendar where the rulebook asks for holidays and the service does not say its day's.
    """
    rate = book.rate_for(served)
    if not book.earns(served.source):
        return _nothing(served, "补录的时长不计分", "recorded afterwards: no points")
    if rate is None:
        what = served.category or "—"
        return _nothing(served, f"“{what}”没有积分标准", f"no rate for {what}")
    caps = [cap for cap in book.caps if cap.fits(served)]
    tight = _tightest(caps, "sessions", served, so_far)
    if tight and tight[1] == 0:
        why = tight[0].named(tight[0].used(served, so_far))
        return _nothing(served, f"{why.zh}，已满", f"{why.en}, used up")
    room, cut = served.minutes, None
    tight = _tightest(caps, "minutes", served, so_far)
    if tight and tight[1] < room:
        cut, room = tight
    counted = book.rounding.down(room)
    worth = rate.worth(served, counted)
    factors = book.multipliers.fitting(served)
    exact = worth.points * _product(factors)
    points = full = int(exact)
    words = _times(worth.words, factors)
    words = Words(f"{words.zh} = {full} 分", f"{words.en} = {full}")
    if exact != full:
        words = Words(f"{words.zh}（不足 1 分舍去）", f"{words.en} (rounded down)")
    if rate.by_minutes and counted < served.minutes:
        words = _shorter(book, served, cut.named(cut.used(served, so_far)) if cut else None, words)
    tight = _tightest(caps, "points", served, so_far)
    if tight and tight[1] < points:
        cap, points = tight
        why = cap.named(cap.used(served, so_far))
        words = Words(f"{words.zh}，{why.zh}，计 {points} 分", f"{words.en}, {why.en}: {points}")
    return Working(served.minutes, counted, points, words.zh, words.en)


def _nothing(served: Served, zh: str, en: str) -> Working:
    long = in_hours(served.minutes)
    return Working(served.minutes, 0, 0, f"{long.zh}，{zh}", f"{long.en}, {en}")


def _tightest(
    caps: list[Cap], measure: str, served: Served, so_far: SoFar
) -> tuple[Cap, int] | None:
    """The cap of a measure that leaves the least room, and how much that is."""
    left = [(cap, cap.left(served, so_far)) for cap in caps if cap.measure == measure]
    return min(left, key=lambda one: one[1], default=None)


def _product(factors: list[Factor]) -> Fraction:
    product = Fraction(1)
    for factor in factors:
        product *= Fraction(factor.percent, 100)
    return product


def _times(words: Words, factors: list[Factor]) -> Words:
    zh, en = words
    if factors and " + " in zh:
        zh, en = f"（{zh}）", f"({en})"
    for factor in factors:
        times = decimal(Fraction(factor.percent, 100))
        zh, en = f"{zh} × {times}（{factor.name}）", f"{en} × {times} ({factor.name})"
    return Words(zh, en)


def _shorter(book: Rulebook, served: Served, cut: Words | None, words: Words) -> Words:
    """Say first how long it was and why not all of it counts."""
    long = in_hours(served.minutes)
    unit = book.rounding.minutes
    why = Words(f"满 {unit} 分钟才计", f"counted by {unit} minutes")
    if cut is not None:
        why = cut
    return Words(f"{long.zh}，{why.zh}：{words.zh}", f"{long.en}, {why.en}: {words.en}")
