"""Trying a rulebook out (试算): what usual services would give, and how two books differ.

Where a year's list of holidays is missing and a rule asks for it, the trial says so.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from typing import NamedTuple

from pointsbank.earning.errors import NoCalendar
from pointsbank.earning.rules.kind import Words
from pointsbank.earning.rules.multipliers import DAYS, NIGHT, Factor
from pointsbank.earning.rules.periods import in_hours
from pointsbank.earning.rules.rulebook import Rulebook
from pointsbank.earning.rules.served import HOLIDAY, NOTHING_SO_FAR, Counted, Served, SoFar
from pointsbank.earning.rules.working import Working, work_out
from pointsbank.foundation import SHOP_ZONE, from_instant, to_instant

TRIED_MOST = 20
PATROL = Words("巡逻", "patrol")
# The usual category of a patrol, where the place or the book has it.
PATROL_CATEGORY = "平安综治"
LONG = (120, 60, 45, 300)
YEAR_DAYS = 366

# What a day is by its year's list of holidays, None where there is none.
KindOf = Callable[[str], str | None]


class Tried(NamedTuple):
    """One service in words, and its working; `is_open` where holidays are not known yet."""

    words: Words
    working: Working
    is_open: bool = False


class Changed(NamedTuple):
    """Under a title: the sentences that are not there any more, and the new ones."""

    title: Words
    gone: list[Words]
    new: list[Words]


def try_out(book: Rulebook, day: str, kind_of: KindOf, known: Collection[str] = ()) -> list[Tried]:
    """What some services on a day would give: plain ones, and one for all that the book names.

    `kind_of` says what a day is by the bank's own lists of holidays. `known` are the place's own
    categories: a patrol is tried as what it is recorded as there.
    """
    return list(_tried(book, day, kind_of, known))[:TRIED_MOST]


@dataclass(frozen=True)
class CategoryGaps:
    """Where a book and a place's categories do not meet; either may be a slip of the pen."""

    unknown: tuple[str, ...]
    unpaid: tuple[str, ...]

    @classmethod
    def between(cls, book: Rulebook, known: Collection[str]) -> CategoryGaps:
        """What the book names and the list has not, and what the list has and no rate pays."""
        served = Served(0, "sign_in", "")
        return cls(
            tuple(one for one in book.categories if one not in known),
            tuple(one for one in known if book.rate_for(_other(served, category=one)) is None),
        )


def _tried(book: Rulebook, day: str, kind_of: KindOf, known: Collection[str]) -> Iterator[Tried]:
    named = PATROL_CATEGORY in known or PATROL_CATEGORY in book.categories
    category = PATROL_CATEGORY if named else None
    started_at, kind = _at(day, "09:00"), kind_of(day)
    plain = Served(0, "sign_in", day, "巡逻", category, started_at=started_at, day_kind=kind)
    general = book.rate_for(plain) is not None
    if general:
        for minutes in LONG:
            yield _one(book, plain, minutes, _on(day), PATROL)
    for rate in book.rates:
        for case in rate.cases():
            tags = frozenset([case.tag] if case.tag else [])
            served = _other(plain, category=case.category, tags=tags)
            yield _one(book, served, 60, _on(day), Words(case.name, case.name))
    for factor in book.multipliers.factors:
        yield _with(book, factor, plain, kind_of)
    if book.caps and general:
        working = work_out(book, _other(plain, minutes=120))
        before = SoFar((Counted(day, "巡逻", category, working.counted_minutes, working.points),))
        again = Words("同一天第二次巡逻", "second patrol")
        yield _one(book, plain, 120, Words("", " the same day"), again, before)
    manual = Words("事后补录的巡逻", "back-filled patrol")
    yield _one(book, _other(plain, source="manual"), 120, _on(day), manual)


def _one(
    book: Rulebook,
    served: Served,
    minutes: int,
    when: Words,
    what: Words,
    so_far: SoFar = NOTHING_SO_FAR,
) -> Tried:
    served, long = _other(served, minutes=minutes), in_hours(minutes)
    words = Words(f"{when.zh}{what.zh} {long.zh}", f"{what.en} of {long.en}{when.en}")
    try:
        return Tried(words, work_out(book, served, so_far))
    except NoCalendar as refusal:
        year = refusal.facts["year"]
        zh = f"还没有 {year} 年的放假安排，现在算不出来"
        return Tried(words, Working(minutes, 0, 0, zh, f"no calendar for {year} yet"), True)


def _with(book: Rulebook, factor: Factor, plain: Served, kind_of: KindOf) -> Tried:
    """A service of two hours that the factor is about."""
    day, clock, tags = plain.served_on, "09:00", frozenset[str]()
    if factor.when == DAYS:
        day = factor.days[0] if factor.days else _next(day, factor.weekdays)
    elif factor.when == NIGHT:
        clock = factor.begins or clock
    elif factor.when == HOLIDAY:
        day = _next_holiday(day, kind_of)
    else:
        tags = frozenset([factor.name])
    category = plain.category
    if book.rate_for(plain) is None:
        category = next(one for rate in book.rates for one in rate.categories)
    served = _other(plain, served_on=day, started_at=_at(day, clock), tags=tags, category=category)
    served = _other(served, day_kind=kind_of(day))
    what = Words(f"{factor.name}{PATROL.zh}", f"{PATROL.en} ({factor.name})")
    return _one(book, served, 120, _on(day), what)


def _other(served: Served, **changes: object) -> Served:
    return Served(**(vars(served) | changes))


def _at(day: str, clock: str) -> str:
    hour, minute = map(int, clock.split(":"))
    midnight = date.fromisoformat(day)
    local = from_instant(f"{midnight.isoformat()}T{hour:02d}:{minute:02d}:00+08:00")
    return to_instant(local.astimezone(SHOP_ZONE))


def _next(day: str, weekdays: tuple[int, ...]) -> str:
    on = date.fromisoformat(day)
    while on.isoweekday() not in weekdays:
        on += timedelta(days=1)
    return on.isoformat()


def _next_holiday(day: str, kind_of: KindOf) -> str:
    """The next day off by the calendar, or the first of which nobody can say."""
    on = date.fromisoformat(day)
    for _ in range(YEAR_DAYS):
        if kind_of(on.isoformat()) in (HOLIDAY, None):
            break
        on += timedelta(days=1)
    return on.isoformat()


def _on(day: str) -> Words:
    on = date.fromisoformat(day)
    return Words(f"{on.month} 月 {on.day} 日 ", f" on {on:%-d %B}")


def compare(old: Rulebook, new: Rulebook) -> list[Changed]:
    """What a new rulebook says otherwise than an old one, title by title."""
    before, after = dict(old.tell()), dict(new.tell())
    changed = []
    for title in dict.fromkeys([*before, *after]):
        was, now = before.get(title, []), after.get(title, [])
        gone = [one for one in was if one not in now]
        come = [one for one in now if one not in was]
        if gone or come:
            changed.append(Changed(title, gone, come))
    return changed
