"""Who may redeem: a shop's kiosk, for whoever holds the card; or a worker at the desk."""

from __future__ import annotations

from pointsbank.foundation import Caller
from pointsbank.redemption.errors import CallerNotAllowed

DEVICE, STAFF = "device:", "staff:"


def find_device(caller: Caller) -> int | None:
    """The kiosk that asks, or None when it is somebody else.

    >>> find_device(Caller("device:12", "device:12")), find_device(Caller("staff:1", "staff:1"))
    (12, None)
    """
    number = caller.actor.removeprefix(DEVICE)
    return int(number) if number != caller.actor and number.isdigit() else None


def require_till(caller: Caller) -> int | None:
    """The kiosk that checks out, None for a worker. Raises CallerNotAllowed for anybody else."""
    device = find_device(caller)
    if device is None and not caller.actor.startswith(STAFF):
        raise CallerNotAllowed()
    return device


def require_kiosk(caller: Caller) -> int:
    """The kiosk that asks. Raises CallerNotAllowed for anybody else."""
    device = find_device(caller)
    if device is None:
        raise CallerNotAllowed()
    return device


def till_name(shop_id: int, device_number: int | None) -> str:
    """The first part of a slip's number: a letter for the shop, the kiosk's number, 0 for the desk.

    >>> till_name(1, 3), till_name(2, None)
    ('A3', 'B0')
    """
    return f"{chr(ord('A') + (shop_id - 1) % 26)}{device_number or 0}"
