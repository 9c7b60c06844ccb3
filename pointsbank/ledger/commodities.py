"""Commodities (计量单位): points, each kind of goods, time credit. Counted in whole units."""

from __future__ import annotations

from sqlalchemy import CheckConstraint, bindparam, select
from sqlalchemy.orm import Mapped, mapped_column

from pointsbank.foundation import Base, Int, Session, Text, insert_ignoring, statement, strict_table

POINTS = "PTS"
RENMINBI = "CNY"
TIME_CREDIT = "TCM"


class Commodity(Base):
    """A unit of account. Append-only; `decimals` is how people write it (fen: 2)."""

    __tablename__ = "commodity"
    __table_args__ = strict_table(
        CheckConstraint("kind IN ('points', 'goods', 'currency', 'time')", name="kind"),
        CheckConstraint("decimals BETWEEN 0 AND 2", name="decimals"),
    )

    id: Mapped[int] = mapped_column(Int, primary_key=True)
    code: Mapped[str] = mapped_column(Text, unique=True)
    kind: Mapped[str] = mapped_column(Text)
    decimals: Mapped[int] = mapped_column(Int)


_INSERT = statement(insert_ignoring(Commodity, "code").returning(Commodity.id))
_ID = statement(select(Commodity.id).where(Commodity.code == bindparam("code")))


def open_commodity(session: Session, code: str, kind: str, decimals: int = 0) -> int:
    """The id of a commodity, made when it is new."""
    made = session.value(_INSERT, code=code, kind=kind, decimals=decimals)
    found: int = made if made is not None else session.value(_ID, code=code)
    return found


def find_commodity(session: Session, code: str) -> int | None:
    """The id of a commodity, or None where nobody has used it yet."""
    found: int | None = session.value(_ID, code=code)
    return found


def time_credit_id(session: Session) -> int:
    """The id of time credit (时间储蓄), which is counted in minutes."""
    return open_commodity(session, TIME_CREDIT, "time")


def points_id(session: Session) -> int:
    """The id of the points themselves."""
    return open_commodity(session, POINTS, "points")
