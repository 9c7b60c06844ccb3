"""The rule of earning (积分规则): how many points an hour is, from which day, and what counts.

Rules are dated rows that are never changed. The one in force on the day of the service decides, and
what was earned keeps the version that made it.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from sqlalchemy import CheckConstraint, Index, bindparam, func, select
from sqlalchemy.orm import Mapped, mapped_column

from pointsbank.earning.errors import NoRule, RuleInPast, RuleNumberInvalid
from pointsbank.foundation import (
    Act,
    Base,
    Int,
    Session,
    Text,
    insert_ignoring,
    statement,
    strict_table,
)
from pointsbank.foundation.cells import day

SOURCES = ("sign_in", "app", "manual", "honorary")
# Who decided on the rule that a bank is founded with: nobody yet.
FOUNDING = "system"
# Recorded afterwards by hand: nothing but a person's word stands behind these.
BACK_FILLED = frozenset({"manual", "honorary"})


class EarningRule(Base):
    """A version of the rule. Of those that have started, the highest version is in force."""

    __tablename__ = "earning_rule"
    __table_args__ = strict_table(
        CheckConstraint("points_per_hour BETWEEN 0 AND 10000", name="points_per_hour"),
        CheckConstraint("minutes_unit BETWEEN 1 AND 480", name="minutes_unit"),
        CheckConstraint("counts_manual IN (0, 1)", name="counts_manual"),
        CheckConstraint("cap_minutes_per_activity BETWEEN 1 AND 1440", name="cap_minutes"),
        Index(None, "starts_on"),
    )

    id: Mapped[int] = mapped_column(Int, primary_key=True)
    version: Mapped[int] = mapped_column(Int, unique=True)
    starts_on: Mapped[str] = mapped_column(Text)
    points_per_hour: Mapped[int] = mapped_column(Int)
    minutes_unit: Mapped[int] = mapped_column(Int)
    counts_manual: Mapped[int] = mapped_column(Int)
    cap_minutes_per_activity: Mapped[int | None] = mapped_column(Int)
    decided_by: Mapped[str] = mapped_column(Text)


@dataclass(frozen=True)
class Rule:
    """One version of the rule.

    Minutes are counted in whole units of `minutes_unit`, rounded down; `counts_manual` says whether
    back-filled hours (补录, 荣誉时数) earn anything; one activity counts at most so long a day.
    """

    version: int
    starts_on: str
    points_per_hour: int
    minutes_unit: int
    counts_manual: bool
    cap_minutes_per_activity: int | None
    decided_by: str


@dataclass(frozen=True)
class Working:
    """How a record's points were worked out (算式): the numbers, and the same in words."""

    minutes: int
    counted_minutes: int
    points: int
    zh: str
    en: str


_SELECT = select(
    EarningRule.version,
    EarningRule.starts_on,
    EarningRule.points_per_hour,
    EarningRule.minutes_unit,
    EarningRule.counts_manual,
    EarningRule.cap_minutes_per_activity,
    EarningRule.decided_by,
)
_IN_FORCE = statement(
    _SELECT.where(EarningRule.starts_on <= bindparam("of_day"))
    .order_by(EarningRule.starts_on.desc(), EarningRule.version.desc())
    .limit(1)
)
_ALL = statement(_SELECT.order_by(EarningRule.version.desc()))
_LAST = statement(select(func.coalesce(func.max(EarningRule.version), 0)))
_BY_A_PERSON = statement(select(EarningRule.id).where(EarningRule.decided_by != FOUNDING).limit(1))
_INSERT = statement(insert_ignoring(EarningRule, "version").returning(EarningRule.version))


def insert_rule(
    act: Act,
    *,
    starts_on: str,
    points_per_hour: int,
    minutes_unit: int,
    counts_manual: bool,
    cap_minutes_per_activity: int | None,
    anything_earned: bool,
) -> int:
    """The version of a new rule. Raises RuleInPast, RuleNumberInvalid.

    Only the first that a person decides on may start in the past, as long as nothing was earned
    under what the founding put there (建账时的默认标准).
    """
    starts_on = day(starts_on)
    _require("points_per_hour", points_per_hour, 0, 10_000)
    _require("minutes_unit", minutes_unit, 1, 480)
    if cap_minutes_per_activity is not None:
        _require("cap_minutes_per_activity", cap_minutes_per_activity, 1, 1440)
    last = int(act.session.value(_LAST))
    if starts_on < act.today and last and (anything_earned or is_decided(act.session)):
        raise RuleInPast(starts_on=starts_on, today=act.today)
    made = None
    while made is None:
        # Somebody else may be setting a rule the same moment; then the version after is ours.
        last += 1
        made = act.session.value(
            _INSERT,
            version=last,
            starts_on=starts_on,
            points_per_hour=points_per_hour,
            minutes_unit=minutes_unit,
            counts_manual=int(counts_manual),
            cap_minutes_per_activity=cap_minutes_per_activity,
            decided_by=act.caller.actor,
        )
    return last


def is_decided(session: Session) -> bool:
    """Whether a person has decided on a rule, and not the founding alone."""
    return session.value(_BY_A_PERSON) is not None


def _require(field: str, number: int, least: int, most: int) -> None:
    if not least <= number <= most:
        raise RuleNumberInvalid(field=field, least=least, most=most)


def rule_on(session: Session, on: str) -> Rule:
    """The rule in force on a day: the one that started last. Raises NoRule."""
    row = session.row(_IN_FORCE, of_day=on)
    if row is None:
        raise NoRule(day=on)
    return _rule(row)


def read_rules(session: Session) -> list[Rule]:
    """Every version, the newest first."""
    return [_rule(row) for row in session.rows(_ALL)]


def _rule(row: Any) -> Rule:
    return Rule(**(row._asdict() | {"counts_manual": bool(row.counts_manual)}))


def work_out(rule: Rule, *, minutes: int, source: str, counted_before: int = 0) -> Working:
    """The points of a service, and how they came about.

    `counted_before` is what the same activity on the same day has counted for this person already.

    >>> rule = Rule(1, "2026-01-01", 10, 1, False, None, "staff:1")
    >>> work_out(rule, minutes=120, source="sign_in").zh
    '2.0 小时 × 10 分 = 20 分'
    >>> work_out(rule, minutes=120, source="manual").points
    0
    """
    if source in BACK_FILLED and not rule.counts_manual:
        zh, en = in_hours(minutes)
        return Working(
            minutes, 0, 0, f"{zh}，补录的时长不计分", f"{en}, recorded afterwards: no points"
        )
    cap = rule.cap_minutes_per_activity
    room = minutes if cap is None else max(0, min(minutes, cap - counted_before))
    counted = room - room % rule.minutes_unit
    points = counted * rule.points_per_hour // 60
    (all_zh, all_en), (zh, en) = in_hours(minutes), in_hours(counted)
    rate = rule.points_per_hour
    sum_zh, sum_en = f"{zh} × {rate} 分 = {points} 分", f"{en} × {rate} = {points}"
    if counted < minutes:
        why_zh = "同一活动当天封顶" if room < minutes else f"满 {rule.minutes_unit} 分钟才计"
        why_en = (
            "daily limit of one activity"
            if room < minutes
            else (f"counted by {rule.minutes_unit} minutes")
        )
        sum_zh, sum_en = f"{all_zh}，{why_zh}：{sum_zh}", f"{all_en}, {why_en}: {sum_en}"
    elif counted * rate % 60:
        sum_zh, sum_en = f"{sum_zh}（不足 1 分舍去）", f"{sum_en} (rounded down)"
    return Working(minutes, counted, points, sum_zh, sum_en)


def in_hours(minutes: int) -> tuple[str, str]:
    """A duration in Chinese and English words.

    >>> in_hours(150), in_hours(50), in_hours(110)
    (('2.5 小时', '2.5 h'), ('50 分钟', '50 min'), ('1 小时 50 分钟', '1 h 50 min'))
    """
    hours, rest = divmod(minutes, 60)
    if minutes % 6 == 0 and (hours or not rest):
        tenths = minutes // 6
        return f"{tenths // 10}.{tenths % 10} 小时", f"{tenths // 10}.{tenths % 10} h"
    if not hours:
        return f"{rest} 分钟", f"{rest} min"
    return f"{hours} 小时 {rest} 分钟", f"{hours} h {rest} min"
