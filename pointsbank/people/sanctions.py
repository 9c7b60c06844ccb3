"""Sanctions (暂停): what a volunteer may not do for a while, from a day to a day, and why.

A sanction ends by itself; lifted early it ends at once. The words about it stand with all words
about the person. Rooms above ask `refuse_sanctioned`, or fold `sanctioned_until` into a statement.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from sqlalchemy import CheckConstraint, ForeignKey, Index, bindparam, func, insert, select, update
from sqlalchemy.orm import Mapped, mapped_column

from pointsbank.foundation import (
    Act,
    Base,
    Int,
    NotFound,
    PublicIdInvalid,
    RuleRefused,
    Session,
    Text,
    pack,
    packed_rows,
    public_id,
    read_public_id,
    statement,
    strict_table,
)

SCOPES = ("redeeming", "earning", "joining", "leading")


class Sanctioned(RuleRefused):
    """Somebody may not do this until a day is over (暂停期间不能办): fact until."""

    code = "people.sanctioned"


class AskAtDesk(RuleRefused):
    """The same where others look on: whoever it is shall ask at the desk (请到服务台问)."""

    code = "people.ask_at_desk"


class SanctionUnknown(NotFound):
    """No sanction has this number (没有这一条暂停): fact sanction."""

    code = "people.sanction_unknown"


class Sanction(Base):
    """One sanction of one volunteer, over one scope or several, both days included.

    One proposes, another confirms; it may be lifted once, before its end.
    """

    __tablename__ = "sanction"
    __table_args__ = strict_table(
        *(CheckConstraint(f"no_{scope} IN (0, 1)", name=scope) for scope in SCOPES),
        CheckConstraint(" + ".join(f"no_{scope}" for scope in SCOPES) + " > 0", name="scope"),
        CheckConstraint("ends_on >= starts_on", name="days"),
        CheckConstraint("decided_by <> proposed_by", name="two_people"),
        CheckConstraint(
            "(lifted_at IS NULL) = (lifted_by IS NULL)"
            " AND (lifted_at IS NULL) = (lifted_id IS NULL)",
            name="lifted",
        ),
        Index(None, "volunteer_id", "ends_on"),
    )

    id: Mapped[int] = mapped_column(Int, primary_key=True)
    receipt_id: Mapped[int] = mapped_column(Int, ForeignKey("receipt.id"))
    volunteer_id: Mapped[int] = mapped_column(Int, ForeignKey("volunteer.id"))
    no_redeeming: Mapped[int] = mapped_column(Int)
    no_earning: Mapped[int] = mapped_column(Int)
    no_joining: Mapped[int] = mapped_column(Int)
    no_leading: Mapped[int] = mapped_column(Int)
    starts_on: Mapped[str] = mapped_column(Text)
    ends_on: Mapped[str] = mapped_column(Text)
    reason_id: Mapped[int] = mapped_column(Int, ForeignKey("personal_text.id"))
    proposed_by: Mapped[str] = mapped_column(Text)
    decided_by: Mapped[str] = mapped_column(Text)
    decided_at: Mapped[str] = mapped_column(Text)
    lifted_by: Mapped[str | None] = mapped_column(Text)
    lifted_at: Mapped[str | None] = mapped_column(Text)
    lifted_id: Mapped[int | None] = mapped_column(Int, ForeignKey("personal_text.id"))


@dataclass(frozen=True)
class KeptSanction:
    """A sanction as its row says it."""

    id: int
    volunteer_id: int
    no_redeeming: int
    no_earning: int
    no_joining: int
    no_leading: int
    starts_on: str
    ends_on: str
    reason_id: int
    proposed_by: str
    decided_by: str
    decided_at: str
    lifted_by: str | None
    lifted_at: str | None
    lifted_id: int | None

    @property
    def number(self) -> str:
        return sanction_number(self.id)

    @property
    def scopes(self) -> list[str]:
        """What it is about, in the order of `SCOPES`."""
        return [scope for scope in SCOPES if getattr(self, f"no_{scope}")]

    def bars(self, scope: str, day: str) -> bool:
        """Whether it keeps its volunteer from something on a day."""
        in_its_days = self.starts_on <= day <= self.ends_on
        return in_its_days and self.lifted_at is None and bool(getattr(self, f"no_{scope}"))

    def state(self, today: str) -> str:
        """`ahead`, `running`, `over` or `lifted`."""
        if self.lifted_at is not None:
            return "lifted"
        if today < self.starts_on:
            return "ahead"
        return "running" if today <= self.ends_on else "over"


SANCTION_COLUMNS = tuple(getattr(Sanction, name) for name in KeptSanction.__dataclass_fields__)
[_ID] = packed_rows("ids", int)
_BY_ID = select(*SANCTION_COLUMNS).where(Sanction.id == bindparam("of_id"))
_FIND = statement(_BY_ID)
_LOCK = statement(_BY_ID.with_for_update())
_OF_VOLUNTEERS = statement(
    select(*SANCTION_COLUMNS)
    .where(Sanction.volunteer_id.in_(select(_ID)))
    .order_by(Sanction.id.desc())
)
_INSERT = statement(insert(Sanction).returning(Sanction.id))
_LIFT = statement(
    update(Sanction)
    .where(Sanction.id == bindparam("of_id"), Sanction.lifted_at.is_(None))
    .values(
        lifted_by=bindparam("new_by"),
        lifted_at=bindparam("new_at"),
        lifted_id=bindparam("new_words"),
    )
)


def sanction_number(sanction_id: int) -> str:
    """The public number of a sanction.

    >>> sanction_number(7)
    'L000007-6'
    """
    return public_id("L", sanction_id)


def find_sanction(session: Session, number: str, *, lock: bool = False) -> KeptSanction:
    """A sanction by its number; locked for whoever changes it. Raises SanctionUnknown."""
    try:
        row = session.row(_LOCK if lock else _FIND, of_id=read_public_id("L", number))
    except PublicIdInvalid:
        row = None
    if row is None:
        raise SanctionUnknown(sanction=number[:24])
    return KeptSanction(*row)


def sanctions_of(session: Session, volunteer_ids: Iterable[int]) -> list[KeptSanction]:
    """All sanctions of volunteers, the newest first; one statement."""
    wanted = set(volunteer_ids)
    if not wanted:
        return []
    packed = pack((one,) for one in wanted)
    return [KeptSanction(*row) for row in session.rows(_OF_VOLUNTEERS, ids=packed)]


def sanctioned_until(scope: str, volunteer: Any, day: Any) -> Any:
    """A statement's part: the last day of what keeps a volunteer from something on a day, or NULL.

    `volunteer` and `day` are columns or parameters of the statement that asks.
    """
    return (
        select(func.max(Sanction.ends_on))
        .where(
            Sanction.volunteer_id == volunteer,
            getattr(Sanction, f"no_{scope}") == 1,
            Sanction.starts_on <= day,
            Sanction.ends_on >= day,
            Sanction.lifted_at.is_(None),
        )
        .scalar_subquery()
    )


_UNTIL = {
    scope: statement(
        select(
            sanctioned_until(
                scope, bindparam("of_volunteer", type_=Int), bindparam("on_day", type_=Text)
            ).label("until")
        )
    )
    for scope in SCOPES
}


def find_sanctioned_until(session: Session, volunteer_id: int, scope: str, day: str) -> str | None:
    """The last day of what keeps somebody from something on a day, or None."""
    until: str | None = session.value(_UNTIL[scope], of_volunteer=volunteer_id, on_day=day)
    return until


def refuse_sanctioned(
    session: Session, volunteer_id: int, scope: str, day: str, *, others_look_on: bool = False
) -> None:
    """Refuse what somebody may not do on a day. Raises Sanctioned, or AskAtDesk in public."""
    until = find_sanctioned_until(session, volunteer_id, scope, day)
    if until is not None:
        raise AskAtDesk() if others_look_on else Sanctioned(until=until)


class SanctionsOf:
    """The sanctions of many people over one scope, read at once for many questions about days."""

    def __init__(self, session: Session, volunteer_ids: Iterable[int], scope: str) -> None:
        self._scope = scope
        self._of: dict[int, list[KeptSanction]] = {}
        for one in sanctions_of(session, volunteer_ids):
            self._of.setdefault(one.volunteer_id, []).append(one)

    def until(self, volunteer_id: int, day: str) -> str | None:
        """The last day of what keeps somebody from it on a day, or None."""
        found = self._of.get(volunteer_id, ())
        return max((one.ends_on for one in found if one.bars(self._scope, day)), default=None)

    def refuse(self, volunteer_id: int, day: str) -> None:
        """Refuse whom it keeps from it on a day. Raises Sanctioned."""
        until = self.until(volunteer_id, day)
        if until is not None:
            raise Sanctioned(until=until)


def insert_sanction(act: Act, **values: Any) -> int:
    """Write a sanction down; its id."""
    made: int = act.session.value(
        _INSERT,
        receipt_id=act.receipt_id,
        decided_by=act.caller.actor,
        decided_at=act.now,
        lifted_by=None,
        lifted_at=None,
        lifted_id=None,
        **values,
    )
    return made


def end_sanction(act: Act, sanction_id: int, words_id: int) -> None:
    """End a locked sanction now."""
    told = {"new_by": act.caller.actor, "new_at": act.now, "new_words": words_id}
    act.session.run(_LIFT, of_id=sanction_id, **told)
