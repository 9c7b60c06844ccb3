"""Shops without staff (无人超市): where things stand on the shelf and a kiosk waits."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Any

from sqlalchemy import ForeignKey, bindparam, select
from sqlalchemy.orm import Mapped, mapped_column

from pointsbank.foundation import (
    Base,
    Int,
    InvalidInput,
    Session,
    Text,
    insert_ignoring,
    statement,
    strict_table,
)
from pointsbank.foundation.cells import clean_text
from pointsbank.people.errors import CodeTaken, ShopUnknown

_CLOCK = re.compile(r"([01][0-9]|2[0-3]):[0-5][0-9]|24:00", re.ASCII)


class HoursUnreadable(InvalidInput):
    """An opening hour is not of the form 07:00, or the shop closes before it opens."""

    code = "people.opening_hours_unreadable"


class Shop(Base):
    """A shop. It is open from `opens` until before `closes`, in the shop's own time."""

    __tablename__ = "shop"
    __table_args__ = strict_table()

    id: Mapped[int] = mapped_column(Int, primary_key=True)
    organisation_id: Mapped[int] = mapped_column(Int, ForeignKey("organisation.id"))
    code: Mapped[str] = mapped_column(Text, unique=True)
    name: Mapped[str] = mapped_column(Text)
    tagline: Mapped[str] = mapped_column(Text)
    opens: Mapped[str] = mapped_column(Text)
    closes: Mapped[str] = mapped_column(Text)
    help_phone: Mapped[str] = mapped_column(Text)


@dataclass(frozen=True)
class ShopRow:
    """A shop as others see it."""

    id: int
    organisation_id: int
    code: str
    name: str
    tagline: str
    opens: str
    closes: str
    help_phone: str


_INSERT = statement(insert_ignoring(Shop, "code").returning(Shop.id))
SELECT_SHOPS = select(
    Shop.id,
    Shop.organisation_id,
    Shop.code,
    Shop.name,
    Shop.tagline,
    Shop.opens,
    Shop.closes,
    Shop.help_phone,
)
_BY_CODE = statement(SELECT_SHOPS.where(Shop.code == bindparam("of_code")))
_BY_ID = statement(SELECT_SHOPS.where(Shop.id == bindparam("of_id")))


def refuse_hours(opens: str, closes: str) -> None:
    """Raise HoursUnreadable unless a shop could be open from one hour to the other."""
    for hour in (opens, closes):
        if not _CLOCK.fullmatch(hour):
            raise HoursUnreadable(value=hour[:24])
    if opens >= closes:
        raise HoursUnreadable(value=f"{opens}–{closes}")


def insert_shop(
    session: Session,
    *,
    organisation_id: int,
    code: str,
    name: str,
    tagline: str,
    opens: str,
    closes: str,
    help_phone: str,
) -> int:
    """A new shop's id. Raises CodeTaken, HoursUnreadable."""
    refuse_hours(opens, closes)
    made: int | None = session.value(
        _INSERT,
        organisation_id=organisation_id,
        code=clean_text(code, 40),
        name=clean_text(name, 40),
        tagline=clean_text(tagline, 60),
        opens=opens,
        closes=closes,
        help_phone=clean_text(help_phone, 30),
    )
    if made is None:
        raise CodeTaken(code=code)
    return made


def _row(row: Any) -> ShopRow:
    return ShopRow(**row._asdict())


def get_shop(session: Session, code: str) -> ShopRow:
    """The shop with this code. Raises ShopUnknown."""
    row = session.row(_BY_CODE, of_code=code)
    if row is None:
        raise ShopUnknown(code=code[:40])
    return _row(row)


def get_shop_by_id(session: Session, shop_id: int) -> ShopRow:
    """The shop with this id. Raises ShopUnknown."""
    row = session.row(_BY_ID, of_id=shop_id)
    if row is None:
        raise ShopUnknown(code=str(shop_id))
    return _row(row)


def read_shops(session: Session) -> list[ShopRow]:
    """Every shop, in the order in which they were opened."""
    return [_row(row) for row in session.rows(SELECT_SHOPS.order_by(Shop.id))]
