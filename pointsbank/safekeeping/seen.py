"""What others have seen (见过的小票): receipts that kiosks or people hold and these books do not.

After an older copy was restored, a kiosk shows what it had been told since, and people bring their
slips. Nothing is booked by this list: a worker looks at each line and says what was done about it.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial
from typing import Any

from sqlalchemy import CheckConstraint, ForeignKey, Index, and_, bindparam, or_, select, update
from sqlalchemy.orm import Mapped, mapped_column

from pointsbank.foundation import (
    Act,
    Base,
    Int,
    PublicIdInvalid,
    Receipt,
    Session,
    Text,
    business_day,
    from_instant,
    insert_ignoring,
    read_public_id,
    statement,
    strict_table,
)
from pointsbank.redemption import late_entry, was_taken_back
from pointsbank.safekeeping.errors import SeenUnknown

ENTERED = "entered"


class SeenElsewhere(Base):
    """One purchase that somebody was told of and that is not in the books. `key` is its own.

    What was entered from its line names the redemption; what was entered without it, by any door
    and also before the line came, is found by slip, day and points. Once such an entry is taken
    back the line is open again. Neither needs anybody to tell it.
    """

    __tablename__ = "seen_elsewhere"
    __table_args__ = strict_table(
        CheckConstraint("source IN ('kiosk', 'slip')", name="source"),
        CheckConstraint("points > 0", name="points"),
        CheckConstraint("undone IN (0, 1)", name="undone"),
        CheckConstraint("(settled_at IS NULL) = (settled_by IS NULL)", name="settled"),
        Index(None, "settled_at"),
    )

    id: Mapped[int] = mapped_column(Int, primary_key=True)
    receipt_id: Mapped[int] = mapped_column(Int, ForeignKey("receipt.id"))
    source: Mapped[str] = mapped_column(Text)
    key: Mapped[str] = mapped_column(Text, unique=True)
    device_id: Mapped[int | None] = mapped_column(Int, ForeignKey("device.id"))
    number: Mapped[str | None] = mapped_column(Text)
    slip: Mapped[str] = mapped_column(Text)
    points: Mapped[int] = mapped_column(Int)
    card: Mapped[str | None] = mapped_column(Text)
    happened_at: Mapped[str | None] = mapped_column(Text)
    undone: Mapped[int] = mapped_column(Int)
    noted_at: Mapped[str] = mapped_column(Text)
    noted_by: Mapped[str] = mapped_column(Text)
    settled_at: Mapped[str | None] = mapped_column(Text)
    settled_by: Mapped[str | None] = mapped_column(Text)
    settled_how: Mapped[str | None] = mapped_column(Text)
    redemption_id: Mapped[int | None] = mapped_column(Int, ForeignKey("redemption.id"))
    happened_on: Mapped[str | None] = mapped_column(Text)


@dataclass(frozen=True)
class SeenRow:
    """One line of the list."""

    id: int
    source: str
    number: str | None
    slip: str
    points: int
    card: str | None
    happened_at: str | None
    day: str | None
    undone: bool
    noted_at: str
    noted_by: str
    settled_at: str | None
    settled_by: str | None
    settled_how: str | None
    was_taken_back: bool

    @property
    def card_tail(self) -> str:
        """The last digits of the card, or nothing where only a slip was brought."""
        return (self.card or "")[-4:]


_TAKEN_BACK = was_taken_back(SeenElsewhere.redemption_id)
_late_entry = partial(
    late_entry,
    slip=SeenElsewhere.slip,
    points=SeenElsewhere.points,
    day=SeenElsewhere.happened_on,
    since=SeenElsewhere.receipt_id,
)
_ENTRY = _late_entry()
_UNSETTLED = or_(SeenElsewhere.settled_at.is_(None), _TAKEN_BACK)
IS_OPEN = and_(_UNSETTLED, _ENTRY.is_(None))
SELECT_SEEN = select(
    SeenElsewhere.id,
    SeenElsewhere.source,
    SeenElsewhere.number,
    SeenElsewhere.slip,
    SeenElsewhere.points,
    SeenElsewhere.card,
    SeenElsewhere.happened_at,
    SeenElsewhere.happened_on.label("day"),
    SeenElsewhere.undone,
    SeenElsewhere.noted_at,
    SeenElsewhere.noted_by,
    SeenElsewhere.settled_at,
    SeenElsewhere.settled_by,
    SeenElsewhere.settled_how,
    or_(_TAKEN_BACK, _late_entry(taken_back=True).is_not(None)).label("was_taken_back"),
    _UNSETTLED.label("unsettled"),
    Receipt.at.label("entered_at"),
    Receipt.actor.label("entered_by"),
).outerjoin(Receipt, Receipt.id == _ENTRY)
_INSERT = statement(insert_ignoring(SeenElsewhere, "key").returning(SeenElsewhere.id))
_KEY_OF = statement(select(Receipt.key).where(Receipt.id == bindparam("of_id")))
_SETTLE = update(SeenElsewhere).values(
    settled_at=bindparam("new_at"),
    settled_by=bindparam("new_by"),
    settled_how=bindparam("new_how"),
    redemption_id=bindparam("new_redemption"),
)
_OF_ID = SeenElsewhere.id == bindparam("of_id")
_SETTLE_OPEN = statement(_SETTLE.where(_OF_ID, IS_OPEN))
# The entry that was just made for it stands already.
_SETTLE_ENTERED = statement(_SETTLE.where(_OF_ID, _UNSETTLED))
_OPEN = statement(select(SeenElsewhere.id).where(_OF_ID, IS_OPEN))


def is_in_the_books(session: Session, number: str, key: str) -> bool:
    """Whether the redemption of this number is the one that was booked under this key.

    Numbers alone would not do: after an older copy was restored they might name something else.
    """
    try:
        receipt_id = read_public_id("R", number)
    except PublicIdInvalid:
        return False
    return bool(session.value(_KEY_OF, of_id=receipt_id) == key)


def note(act: Act, **facts: Any) -> bool:
    """Put a line on the list, once for each key; whether it is new."""
    made = act.session.value(
        _INSERT,
        receipt_id=act.receipt_id,
        noted_at=act.now,
        noted_by=act.caller.actor,
        settled_at=None,
        settled_by=None,
        settled_how=None,
        redemption_id=None,
        happened_on=_day_of(facts["happened_at"]),
        **facts,
    )
    return made is not None


def settle(act: Act, seen_id: int, how: str, redemption_id: int | None = None) -> None:
    """Mark a line as dealt with. Raises SeenUnknown when it is not there or was settled before."""
    done = act.session.run(
        _SETTLE_OPEN if redemption_id is None else _SETTLE_ENTERED,
        of_id=seen_id,
        new_at=act.now,
        new_by=act.caller.actor,
        new_how=how,
        new_redemption=redemption_id,
    )
    if done != 1:
        raise SeenUnknown()


def require_open(session: Session, seen_id: int) -> None:
    """Refuse a line that is not there or was settled. Raises SeenUnknown."""
    if session.row(_OPEN, of_id=seen_id) is None:
        raise SeenUnknown()


def _day_of(told: str | None) -> str | None:
    """The day in the shop of an instant, or a day as it was told."""
    if told is None or len(told) == len("2026-11-20"):
        return told
    return business_day(from_instant(told))


def seen_row(row: Any) -> SeenRow:
    """A row of `SELECT_SEEN` as plain data; who settled what is open again no longer counts."""
    told = row._asdict()
    at, by, is_open = told.pop("entered_at"), told.pop("entered_by"), told.pop("unsettled")
    if is_open:
        how = ENTERED if at else None
        told |= {"settled_at": at, "settled_by": by, "settled_how": how}
    told["undone"] = bool(told["undone"])
    told["was_taken_back"] = bool(told["was_taken_back"]) and told["settled_at"] is None
    return SeenRow(**told)
