"""Devices (设备): kiosks and stations of a shop, each with a token of its own that can be revoked.

A kiosk (自助机) stands in the shop; a station (签到台) is a tablet that signs people in and out.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from sqlalchemy import (
    CheckConstraint,
    ForeignKey,
    UniqueConstraint,
    bindparam,
    func,
    insert,
    select,
    update,
)
from sqlalchemy.orm import Mapped, mapped_column

from pointsbank.foundation import (
    Act,
    Base,
    Bytes,
    Int,
    Session,
    Text,
    statement,
    strict_table,
)
from pointsbank.people.errors import DeviceUnknown
from pointsbank.people.shops import Shop


class Device(Base):
    """A paired device. Its number is counted within the shop and stands on every slip."""

    __tablename__ = "device"
    __table_args__ = strict_table(
        UniqueConstraint("shop_id", "number"),
        CheckConstraint("length(token_hash) = 32", name="token_hash_length"),
        CheckConstraint("kind IN ('kiosk', 'station')", name="kind"),
    )

    id: Mapped[int] = mapped_column(Int, primary_key=True)
    shop_id: Mapped[int] = mapped_column(Int, ForeignKey("shop.id"))
    number: Mapped[int] = mapped_column(Int)
    name: Mapped[str] = mapped_column(Text)
    token_hash: Mapped[bytes] = mapped_column(Bytes, unique=True)
    paired_at: Mapped[str] = mapped_column(Text)
    revoked_at: Mapped[str | None] = mapped_column(Text)
    kind: Mapped[str] = mapped_column(Text)


@dataclass(frozen=True, slots=True)
class DeviceRow:
    """A device as others see it."""

    id: int
    shop_id: int
    number: int
    name: str
    paired_at: str
    revoked_at: str | None
    kind: str = "kiosk"


KINDS = ("kiosk", "station")
SELECT_DEVICES = select(*(getattr(Device, name) for name in DeviceRow.__dataclass_fields__))
_BY_TOKEN = statement(
    SELECT_DEVICES.where(Device.token_hash == bindparam("of_hash"), Device.revoked_at.is_(None))
)
_BY_ID = statement(
    SELECT_DEVICES.where(Device.id == bindparam("of_id"), Device.revoked_at.is_(None))
)
_LOCK_SHOP = statement(
    select(Shop.id).where(Shop.id == bindparam("of_shop")).with_for_update(key_share=True)
)
_LAST = statement(
    select(func.coalesce(func.max(Device.number), 0)).where(Device.shop_id == bindparam("of_shop"))
)
_INSERT = statement(insert(Device).returning(Device.id))
_REVOKE = statement(
    update(Device)
    .where(Device.id == bindparam("of_id"), Device.revoked_at.is_(None))
    .values(revoked_at=bindparam("new_revoked_at"))
)


def insert_device(act: Act, *, shop_id: int, name: str, token_hash: bytes, kind: str) -> DeviceRow:
    """The shop's next device."""
    session = act.session
    # Two devices paired in the same moment would take the same number.
    session.rows(_LOCK_SHOP, of_shop=shop_id)
    number = int(session.value(_LAST, of_shop=shop_id)) + 1
    device_id: int = session.value(
        _INSERT,
        shop_id=shop_id,
        number=number,
        name=name,
        token_hash=token_hash,
        paired_at=act.now,
        revoked_at=None,
        kind=kind,
    )
    return DeviceRow(device_id, shop_id, number, name, act.now, None, kind)


def find_device(session: Session, token_hash: bytes) -> DeviceRow | None:
    """The device that holds this token, or None when it is not known or was revoked."""
    row = session.row(_BY_TOKEN, of_hash=token_hash)
    return None if row is None else device_row(row)


def get_device(session: Session, actor: str) -> DeviceRow:
    """The device behind an actor's text (`device:3`). Raises DeviceUnknown."""
    number = actor.removeprefix("device:")
    row = session.row(_BY_ID, of_id=int(number)) if number.isdigit() else None
    if row is None:
        raise DeviceUnknown()
    return device_row(row)


def device_row(row: Any) -> DeviceRow:
    """A row of `SELECT_DEVICES` as plain data."""
    return DeviceRow(*row)


def revoke(act: Act, device_id: int) -> None:
    """End a device's token. Raises DeviceUnknown when there is no such device in use."""
    if act.session.run(_REVOKE, of_id=device_id, new_revoked_at=act.now) != 1:
        raise DeviceUnknown()
