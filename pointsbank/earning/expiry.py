"""Points whose day is over, or soon will be (过期与提醒): taken at night, and people told before.

Each chunk is an operation of its own whose key says the day and the wallets it goes over, so that
a night may be cut short, run twice or made up for weeks later: what is over by then goes, no more.
"""

from __future__ import annotations

import logging
from dataclasses import dataclass
from functools import partial
from typing import Any

from sqlalchemy import bindparam, exists, func, literal, or_, select

from pointsbank.earning.errors import NoRule, UndatedTooEarly
from pointsbank.earning.rulebooks import rulebook_on
from pointsbank.foundation import (
    Act,
    Answer,
    Bank,
    Caller,
    Int,
    Page,
    Paging,
    Session,
    Text,
    add_days,
    is_day_lived,
    keep_setting,
    new_key,
    operation,
    pack,
    packed_rows,
    query,
    statement,
)
from pointsbank.foundation.cells import day as read_day
from pointsbank.ledger import (
    GRACE_SETTING,
    UNDATED_SETTING,
    Account,
    Expiring,
    JournalEntry,
    Move,
    anything_expires,
    declare_kind,
    expire_points,
    find_due,
    latest_expiry,
    list_expiring,
    list_expiring_until,
    open_account,
    points_id,
    read_age_rules,
    read_losing,
)
from pointsbank.people import (
    SYSTEM_HOLDER,
    Contact,
    News,
    contacts_of,
    propose,
    require_person,
    require_second,
    take_proposal,
    tell_all,
)

EXPIRE = declare_kind("earning.expire", [("wallet", "expired"), ("family_wallet", "expired")])
SOON, GONE = "earning.points_expire_soon", "earning.points_expired"
MEMO = "积分到期"
ENDING = "earning.end_undated"
GRACE_MOST = 366
# So many wallets at once hold the writer for a few hundredths of a second.
EXPIRED_AT_ONCE, WARNED_AT_ONCE = 25, 200
WARN_DAYS_USUAL = 30

log = logging.getLogger("pointsbank.expiry")


@dataclass(frozen=True)
class NightOfExpiry:
    """What one night took."""

    day: str
    wallets: int
    points: int


# -------------------------------------------------------------------------- what is over is taken


@operation("earning.expire_points")
def expire_some(act: Act, *, day: str, after: int, last: int) -> Answer:
    """Take what is over on a day from the wallets between two numbers, an entry for each."""
    wallets = find_due(act.session, day, after=after, last=last, most=EXPIRED_AT_ONCE)
    expired = open_account(
        act.session, "expired", points_id(act.session), SYSTEM_HOLDER, now=act.now
    )
    taken = expire_points(act, EXPIRE, wallets, expired=expired, day=day, memo=MEMO)
    tell_all(
        act, GONE, [(one.holder, f"expired:{one.number}", {"points": one.points}) for one in taken]
    )
    return {"day": day, "wallets": len(taken), "points": sum(one.points for one in taken)}


def expire_all(bank: Bank, *, by: Caller) -> NightOfExpiry:
    """Take from everybody what is over today (每夜的过期); what was done already is passed over.

    Nothing is taken on a day that the bank has not come to by living: a wrong date would cost
    people their points, and a night later is early enough. Raises ClockWrong while it is doubted.
    """
    bank.clock.refuse_doubt()
    day, now = bank.clock.today(), bank.clock.instant()
    wallets = points = after = 0
    if not bank.database.read(lambda session: is_day_lived(session, now)):
        log.warning("nobody has seen the day before %s; points expire a night later", day)
        return NightOfExpiry(day, 0, 0)
    if not bank.database.read(lambda session: anything_expires(session, day)):
        return NightOfExpiry(day, 0, 0)
    while due := bank.database.read(partial(find_due, day=day, after=after, most=EXPIRED_AT_ONCE)):
        key = f"expire-{day}-{due[0]}-{due[-1]}"
        done = expire_some(bank, by=by, key=key, day=day, after=due[0] - 1, last=due[-1])
        wallets, points = wallets + done.answer["wallets"], points + done.answer["points"]
        after = due[-1]
    return NightOfExpiry(day, wallets, points)


# -------------------------------------------------------------------------- people are told before


def warn_days(session: Session, day: str) -> int:
    """How many days before their end people are told of points, by the rulebook of a day."""
    try:
        return rulebook_on(session, day).warn_days
    except NoRule:
        return WARN_DAYS_USUAL


def _not_told(day: Any) -> Any:
    about = literal("expiry:").concat(day)
    return ~exists().where(News.holder == Account.holder, News.about == about)


# Whoever holds points, and had some whose day is near, and was not told of that day yet.
_TO_WARN = statement(
    select(Account.id, Account.holder)
    .where(
        Account.id > bindparam("after", type_=Int),
        or_(Account.type == "wallet", Account.type == "family_wallet"),
        Account.balance > 0,
        exists()
        .where(Move.target_id == Account.id, Move.entry_id == JournalEntry.id)
        .where(
            or_(
                Move.expires_on.between(
                    bindparam("today", type_=Text), bindparam("until", type_=Text)
                )
                & _not_told(Move.expires_on),
                Move.expires_on.is_(None)
                & (JournalEntry.occurred_on < bindparam("undated_before", type_=Text))
                & _not_told(bindparam("undated_day", type_=Text)),
            )
        ),
    )
    .order_by(Account.id)
    .limit(bindparam("most", type_=Int))
)


# A holder, the last day of some points, and how many.
ToTell = tuple[str, str, int]


@operation("earning.warn_of_expiry")
def warn_some(act: Act, *, told: list[ToTell]) -> Answer:
    """Have holders told how many points expire on which day, each day once."""
    facts: list[dict[str, int | str]] = [{"day": day, "points": points} for _, day, points in told]
    rows = zip(told, facts, strict=True)
    tell_all(act, SOON, [(holder, f"expiry:{day}", fact) for (holder, day, _), fact in rows])
    return {"told": len(told)}


def warn_all(bank: Bank, *, by: Caller) -> None:
    """Tell everybody whose points expire within the days of the rulebook (每夜的提醒)."""
    bank.clock.refuse_doubt()
    day = bank.clock.today()
    after: int | None = 0
    while after is not None:
        after, told = bank.database.read(partial(_to_warn, day=day, after=after))
        if told:
            warn_some(bank, by=by, key=new_key(), told=told)


def _to_warn(
    session: Session, *, day: str, after: int
) -> tuple[int | None, list[tuple[str, str, int]]]:
    """Whom of the wallets after one to tell what; and the last one looked at, if there are more."""
    until = add_days(day, warn_days(session, day))
    near = [one for one in read_age_rules(session, day).undated if day <= one[1] <= until]
    before, undated_day = near[0] if near else ("", "")
    rows = session.rows(
        _TO_WARN,
        after=after,
        today=day,
        until=until,
        undated_before=before,
        undated_day=undated_day,
        most=WARNED_AT_ONCE,
    )
    expiring = list_expiring(session, [row.id for row in rows], today=day)
    told = [
        (row.holder, one.day, one.points)
        for row in rows
        for one in expiring[row.id]
        if one.day is not None and day <= one.day <= until
    ]
    return (rows[-1].id if len(rows) == WARNED_AT_ONCE else None), told


# ------------------------------------------------------------------ points that were given no day


@operation(ENDING)
def end_undated(
    act: Act, *, expires_on: str, proposed_by: str, proposal: str | None = None
) -> Answer:
    """Give all points that have no day one (给长期有效的积分定到期日), so that validity can begin.

    It holds for what is in the wallets by the end of today; nothing in the books is rewritten. One
    proposes, another confirms; people have as long as the rulebook's warning to hear of it. Raises
    UndatedTooEarly, and what `require_second` and `take_proposal` raise.
    """
    require_second(act, ENDING, first=proposed_by)
    until = _undated_until(act, expires_on)
    take_proposal(act, proposal, ENDING, proposed_by=proposed_by, told={"expires_on": until})
    before = add_days(act.today, 1)
    keep_setting(act.session, UNDATED_SETTING, until, starts_on=before)
    return {"before": before, "expires_on": until, "proposed_by": proposed_by}


@operation("earning.propose_end_undated")
def propose_end_undated(act: Act, *, expires_on: str) -> Answer:
    """Have it wait for a second person (提出给长期有效的积分定到期日).

    Raises UndatedTooEarly, and what `propose` raises.
    """
    until = _undated_until(act, expires_on)
    waits = propose(act, ENDING, about="undated", told={"expires_on": until})
    return {"proposal": waits, "expires_on": until}


@operation("earning.set_expiry_grace")
def set_expiry_grace(act: Act, *, days: int) -> Answer:
    """Decide for how many days points live on that come back after their day (退回的过期分留几天).

    From tomorrow on. Raises RoleMissing for anybody but an admin, SecondPersonNeeded for a command.
    """
    require_person(act, "admin")
    days = min(max(days, 0), GRACE_MOST)
    starts_on = add_days(act.today, 1)
    keep_setting(act.session, GRACE_SETTING, str(days), starts_on=starts_on)
    return {"days": days, "starts_on": starts_on}


def _undated_until(act: Act, expires_on: str) -> str:
    """A day that points without one may be given. Raises UndatedTooEarly."""
    until = read_day(expires_on)
    warned = add_days(act.today, max(warn_days(act.session, act.today), 1))
    least = max(warned, latest_expiry(act.session, act.today))
    if until < least:
        raise UndatedTooEarly(least=least)
    return until


# ------------------------------------------------------------------------------ what doors may ask


@dataclass(frozen=True)
class Expiries:
    """What of a wallet expires when, the next first; what never does stands last.

    `soon` is the last day that is so near that people are told of it; a day that is over stands for
    points that the next night takes.
    """

    found: list[Expiring]
    soon: str

    @property
    def dated(self) -> bool:
        """Whether anything has a day at all."""
        return any(one.day is not None for one in self.found)

    @property
    def points_soon(self) -> int:
        """How many points have a day that is near."""
        return sum(one.points for one in self.found if one.day is not None and one.day <= self.soon)

    def first(self, most: int) -> list[Expiring]:
        """So many of them; what comes later is one sum with its first day."""
        if len(self.found) <= most:
            return self.found
        shown, rest = self.found[: most - 1], self.found[most - 1 :]
        return [*shown, Expiring(rest[0].day, sum(one.points for one in rest))]


def read_expiries(session: Session, wallet_id: int, *, today: str) -> Expiries:
    """What of a wallet expires when."""
    found = list_expiring(session, [wallet_id], today=today)[wallet_id]
    return Expiries(found, add_days(today, warn_days(session, today)))


@query
def list_expiries(session: Session, *, wallet_id: int, today: str) -> Expiries:
    """The same as a question."""
    return read_expiries(session, wallet_id, today=today)


@dataclass(frozen=True)
class LosingRow:
    """Somebody who loses points by a day, unless they are used."""

    holder: str
    contact: Contact
    points: int
    expiring: list[Expiring]
    told_at: str | None


[_HOLDER] = packed_rows("holders", str)
_TOLD = statement(
    select(News.holder, func.max(News.told_at).label("told_at"))
    .where(News.holder.in_(select(_HOLDER)), News.code == SOON)
    .group_by(News.holder)
)
_WAITING = statement(
    select(func.count(News.holder.distinct())).where(News.told_at.is_(None), News.code == SOON)
)


@query
def list_losing(
    session: Session, *, today: str, until: str, paging: Paging | None = None
) -> Page[LosingRow]:
    """Who loses points by the end of a day (谁的积分快到期), whoever loses most first."""
    found = read_losing(session, until, paging or Paging())
    holders = [one.holder for one in found.items]
    contacts = contacts_of(session, holders)
    told = session.rows(_TOLD, holders=pack((one,) for one in holders))
    told_at = {row.holder: row.told_at for row in told}
    expiring = list_expiring(session, [one.wallet_id for one in found.items], today=today)
    rows = [
        LosingRow(
            one.holder,
            contacts[one.holder],
            one.points,
            [day for day in expiring[one.wallet_id] if day.day is not None and day.day <= until],
            told_at.get(one.holder),
        )
        for one in found.items
        if one.holder in contacts
    ]
    return Page(rows, found.total, found.page, found.per_page)


@query
def count_unaware(session: Session) -> int:
    """How many people have not been told yet that points of theirs expire soon."""
    return int(session.value(_WAITING))


def read_expiring_soon(session: Session, wallet_id: int, *, today: str) -> list[Expiring]:
    """What of a wallet expires so soon that its holder should hear of it, the next first."""
    until = add_days(today, warn_days(session, today))
    return list_expiring_until(session, wallet_id, today=today, until=until)


@dataclass(frozen=True)
class EndsOfPoints:
    """What is decided about points without a day, and about those that come back after theirs."""

    undated: tuple[tuple[str, str], ...]
    grace_days: int
    least: str


@query
def get_ends_of_points(session: Session, *, today: str) -> EndsOfPoints:
    """Which day points without one were given, and the earliest that can be given now."""
    rules = read_age_rules(session, add_days(today, 1))
    warned = add_days(today, max(warn_days(session, today), 1))
    return EndsOfPoints(rules.undated, rules.grace_days, max(warned, latest_expiry(session, today)))


@query
def may_expire(session: Session, *, day: str) -> bool:
    """Whether any points of this bank have a day at all."""
    return anything_expires(session, day)
