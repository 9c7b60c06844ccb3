"""Rulebooks in their versions (积分办法的版本): dated rows that are never changed, and setting one.

The one in force on the day of the service decides, and what was earned keeps the version that made
it. What a rulebook can say is in `rules/`.
"""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from sqlalchemy import CheckConstraint, Index, bindparam, func, select
from sqlalchemy.orm import Mapped, mapped_column

from pointsbank.earning.categories import read_categories
from pointsbank.earning.errors import NoRule, RuleInPast, TagUnknown
from pointsbank.earning.rules import Rulebook, canonical_text, kept_rulebook, read_rulebook
from pointsbank.earning.service_records import anything_earned
from pointsbank.foundation import (
    Act,
    Answer,
    Base,
    Int,
    Session,
    Text,
    insert_ignoring,
    operation,
    query,
    statement,
    strict_table,
)
from pointsbank.foundation.cells import day
from pointsbank.people import propose, require_second, take_proposal

# Who decided on the rulebook that a bank is founded with: nobody yet.
FOUNDING = "system"
SETTING = "earning.set_rulebook"


class EarningRule(Base):
    """A version of the rulebook. Of those that have started, the highest version is in force.

    `document` is the whole of it. The four numbers beside it were all a rule was before there were
    rulebooks; nothing reads them any more, and new rows leave them empty. The last four repeat of
    the document what a checkout must know before it has read it: periods and what to count.
    """

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
    points_per_hour: Mapped[int | None] = mapped_column(Int)
    minutes_unit: Mapped[int | None] = mapped_column(Int)
    counts_manual: Mapped[int | None] = mapped_column(Int)
    cap_minutes_per_activity: Mapped[int | None] = mapped_column(Int)
    decided_by: Mapped[str] = mapped_column(Text)
    proposed_by: Mapped[str | None] = mapped_column(Text)
    decided_at: Mapped[str | None] = mapped_column(Text)
    document: Mapped[str] = mapped_column(Text)
    times_per: Mapped[str | None] = mapped_column(Text)
    item_per: Mapped[str | None] = mapped_column(Text)
    item_whose: Mapped[str | None] = mapped_column(Text)
    min_minutes: Mapped[int | None] = mapped_column(Int)


_SELECT = select(
    EarningRule.document,
    EarningRule.version,
    EarningRule.starts_on,
    EarningRule.decided_by,
    EarningRule.proposed_by,
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


@operation(SETTING)
def set_rulebook(
    act: Act,
    *,
    document: dict[str, Any],
    starts_on: str,
    proposed_by: str | None = None,
    proposal: str | None = None,
) -> Answer:
    """Set the next version of the rulebook, from a day on (定积分办法).

    Once anything has been earned, one proposes it and a second person confirms. Only the first that
    a person decides on may start in the past, as long as nothing was earned under what the founding
    put there (建账时的默认标准). Raises RuleInPast, what is wrong with the document, and what
    `require_second` and `take_proposal` raise.
    """
    starts_on = day(starts_on)
    book = read_rulebook(document)
    times, per_item = book.redeeming.times, book.redeeming.per_item
    earned = anything_earned(act.session)
    if earned:
        require_second(act, SETTING, first=proposed_by or "")
    last = int(act.session.value(_LAST))
    if starts_on < act.today and last and (earned or is_decided(act.session)):
        raise RuleInPast(starts_on=starts_on, today=act.today)
    told = _told(book, starts_on)
    take_proposal(act, proposal, SETTING, proposed_by=proposed_by or "", told=told)
    made = None
    while made is None:
        # Somebody else may be setting one the same moment; then the version after is ours.
        last += 1
        made = act.session.value(
            _INSERT,
            version=last,
            starts_on=starts_on,
            points_per_hour=None,
            minutes_unit=None,
            counts_manual=None,
            cap_minutes_per_activity=None,
            decided_by=act.caller.actor,
            proposed_by=proposed_by,
            decided_at=act.now,
            document=canonical_text(book),
            times_per=times.per if times else None,
            item_per=per_item.per if per_item else None,
            item_whose=per_item.whose if per_item else None,
            min_minutes=book.redeeming.min_minutes,
        )
    return {"version": last, "starts_on": starts_on, "proposed_by": proposed_by}


def _told(book: Rulebook, starts_on: str) -> dict[str, Any]:
    return {"document": json.loads(canonical_text(book)), "starts_on": starts_on}


@operation("earning.propose_rulebook")
def propose_rulebook(act: Act, *, document: dict[str, Any], starts_on: str) -> Answer:
    """Have a rulebook wait for a second person (提出积分办法); at most one waits.

    Confirmed after its first day it is refused, and proposed anew. Raises RuleInPast, what is wrong
    with the document, and what `propose` raises.
    """
    starts_on = day(starts_on)
    book = read_rulebook(document)
    if starts_on < act.today:
        raise RuleInPast(starts_on=starts_on, today=act.today)
    waits = propose(act, SETTING, about="rulebook", told=_told(book, starts_on))
    return {"proposal": waits, "starts_on": starts_on}


def is_decided(session: Session) -> bool:
    """Whether a person has decided on a rulebook, and not the founding alone."""
    return session.value(_BY_A_PERSON) is not None


def rulebook_on(session: Session, day: str) -> Rulebook:
    """The rulebook in force on a day: the one that started last. Raises NoRule."""
    row = session.row(_IN_FORCE, of_day=day)
    if row is None:
        raise NoRule(day=day)
    return kept_rulebook(**row._asdict())


def refuse_unknown_tags(session: Session, day: str, tags: Iterable[str]) -> None:
    """Refuse what the rulebook of a day does not speak of; it would count for nothing, unseen.

    Raises TagUnknown, NoRule.
    """
    if not tags:
        return
    known = rulebook_on(session, day).tags
    for tag in tags:
        if tag not in known:
            raise TagUnknown(tag=tag[:40], known="、".join(known) or "–")


@dataclass(frozen=True)
class ServiceWords:
    """What may be said of a service of some day: its category, and what else was true of it."""

    categories: tuple[str, ...]
    tags: tuple[str, ...]


def service_words_on(session: Session, day: str) -> ServiceWords:
    """The categories and tags that the rulebook of a day speaks of, then the place's own list."""
    own = read_categories(session)
    try:
        book = rulebook_on(session, day)
    except NoRule:
        return ServiceWords(own, ())
    return ServiceWords(tuple(dict.fromkeys((*book.categories, *own))), tuple(book.tags))


@query
def list_service_words(session: Session, *, day: str) -> ServiceWords:
    """The same for the doors."""
    return service_words_on(session, day)


def read_rulebooks(session: Session) -> list[Rulebook]:
    """Every version, the newest first."""
    return [kept_rulebook(**row._asdict()) for row in session.rows(_ALL)]
