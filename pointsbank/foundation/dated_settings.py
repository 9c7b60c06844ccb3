"""Numbers that people may change, as dated rows of `setting` (按日生效的数).

`limit_points_daily` holds from the beginning, `limit_points_daily@2026-12-01` from that day on.
What was decided under yesterday's number keeps it, because yesterday's row still stands.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from sqlalchemy import and_, bindparam, func, literal, or_, select, update

from pointsbank.foundation.receipts import Setting, insert_ignoring
from pointsbank.foundation.session import Session, statement
from pointsbank.foundation.types import Text

MARK = "@"

_ADD = statement(insert_ignoring(Setting, "name").returning(Setting.name))
_CHANGE = statement(
    update(Setting)
    .where(Setting.name == bindparam("of_name"), Setting.value != bindparam("new_value"))
    .values(value=bindparam("new_value"))
)
# The length tells a dated row from the one without a day, whatever the database sorts first.
_NEWEST_FIRST = (func.length(Setting.name).desc(), Setting.name.desc())
_OF_NAME = or_(
    Setting.name == bindparam("of_name"),
    Setting.name.startswith(bindparam("of_name_and_mark"), autoescape=False),
)
_ROWS = statement(select(Setting.name, Setting.value).where(_OF_NAME).order_by(*_NEWEST_FIRST))


def setting_in_force(name: str) -> Any:
    """The value in force on `today`, for a statement that binds that day.

    A checkout asks for several, so it is found by the index and not by looking through all rows.
    """
    dated = f"{name}{MARK}"
    begun = and_(
        Setting.name > dated,
        Setting.name <= literal(dated).concat(bindparam("today", type_=Text)),
        # Some databases' alphabets pass over signs; these rows are ours whatever they sort between.
        func.substr(Setting.name, 1, len(dated)) == dated,
    )
    return (
        select(Setting.value)
        .where(or_(Setting.name == name, begun))
        .order_by(*_NEWEST_FIRST)
        .limit(1)
        .scalar_subquery()
    )


def numbers_in_force(usual: Mapping[str, int]) -> Callable[[Session, str], dict[str, int]]:
    """A question after several numbers on one day, in one statement.

    Where nobody has decided yet, what is `usual` holds.
    """
    asked = statement(select(*(setting_in_force(name).label(name) for name in usual)))

    def ask(session: Session, day: str) -> dict[str, int]:
        row = session.row(asked, today=day)
        pairs = zip(usual.items(), row, strict=True)
        return {name: int(value) if value else most for (name, most), value in pairs}

    return ask


def list_dated(session: Session, name: str) -> list[tuple[str | None, str]]:
    """Every row of a number, the newest first: the day it starts on, None for the first one."""
    rows = session.rows(_ROWS, of_name=name, of_name_and_mark=f"{name}{MARK}")
    return [(row.name.partition(MARK)[2] or None, row.value) for row in rows]


def find_setting_on(session: Session, name: str, day: str) -> str | None:
    """The value in force on a day, or None when there is none."""
    rows = list_dated(session, name)
    return next((value for start, value in rows if start is None or start <= day), None)


def keep_setting(session: Session, name: str, value: str, *, starts_on: str | None = None) -> bool:
    """Write a setting, from a day on if one is named; whether anything was new."""
    row = f"{name}{MARK}{starts_on}" if starts_on else name
    if session.value(_ADD, name=row, value=value) is not None:
        return True
    return session.run(_CHANGE, of_name=row, new_value=value) == 1
