"""A limit reached (到了限度): so many no-shows, complaints or owed points as the rulebook names."""

from __future__ import annotations

from collections.abc import Iterator

from sqlalchemy import bindparam, func, select

from pointsbank.earning import COMPLAINT, NO_SHOW, Limit, NoRule, Rulebooks, ServiceMark
from pointsbank.findings.kinds.form import FindingKind, Found, Window
from pointsbank.foundation import Session, statement
from pointsbank.ledger import Account
from pointsbank.people import Volunteer

_MARK_OF = {"no_shows": NO_SHOW, "complaints": COMPLAINT}
_MARKS = func.count()
_MARKED = statement(
    select(ServiceMark.volunteer_id, _MARKS.label("count"))
    .where(ServiceMark.kind == bindparam("of_kind"), ServiceMark.lifted_at.is_(None))
    .group_by(ServiceMark.volunteer_id)
    .having(bindparam("reaches") <= _MARKS)
    .order_by(ServiceMark.volunteer_id)
)
_OWING = statement(
    select(Volunteer.id.label("volunteer_id"), (-Account.balance).label("count"))
    .join(Account, Account.id == Volunteer.owed_id)
    .where(Account.balance <= bindparam("floor"))
    .order_by(Volunteer.id)
)


def find(session: Session, window: Window) -> Iterator[Found]:
    """Everybody who has reached a limit of the rulebook in force, once for each time."""
    try:
        book = Rulebooks(session).on(window.until)
    except NoRule:
        return
    for limit in book.limits:
        yield from _reached(session, limit, window.until)


def _reached(session: Session, limit: Limit, today: str) -> Iterator[Found]:
    kind = _MARK_OF.get(limit.measure)
    if kind:
        rows = session.rows(_MARKED, of_kind=kind, reaches=limit.reaches)
    else:
        rows = session.rows(_OWING, floor=-limit.reaches)
    for row in rows:
        # Ten no-shows are five twice over; who goes on owing is found again each month.
        time = row.count // limit.reaches if kind else today[:7]
        yield Found(
            f"limit:{limit.measure}:{limit.reaches}:{row.volunteer_id}:{time}",
            row.volunteer_id,
            facts={
                "of": limit.measure,
                "reaches": limit.reaches,
                "count": row.count,
                "then": limit.then,
            },
        )


LIMIT_REACHED = FindingKind("limit_reached", find)
