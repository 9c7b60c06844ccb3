"""What a bank is called and how it is set (设置), changed by an admin, with a receipt each time.

Names change at once; a number changes from a day on. What an admin has looked at and left as it was
is settled too (`settled_hours`), so that the set-up can be left and gone on with.
"""

from __future__ import annotations

import re
from typing import Any

from sqlalchemy import bindparam, update

from pointsbank.foundation import Act, Answer, keep_setting, operation, statement
from pointsbank.foundation.cells import clean_text, day
from pointsbank.people.errors import (
    AddressUnreadable,
    RoleMissing,
    SettingEmpty,
    SettingInPast,
    SettingOutOfBounds,
    SettingUnknown,
)
from pointsbank.people.founding import COMMUNITY_CODE
from pointsbank.people.organisations import Organisation
from pointsbank.people.shops import Shop, get_shop, refuse_hours
from pointsbank.people.staff import StaffRow, find_actor

# What may be settled by somebody who has looked at it.
SETTLED = ("community", "shop", "hours", "phone", "currency", "limits", "address", "finished")
# What of the equipment may be tried, and how it went.
TRIED = ("camera", "scanner", "printer", "sound")
OUTCOMES = ("works", "fails", "absent")

_TEXTS = {
    "community_name": 60,
    "responsible_name": 30,
    "currency_name": 10,
    "currency_unit": 4,
    "currency_name_en": 16,
}
_NUMBERS = {
    "limit_points_daily": (1, 100_000),
    "unbooked_pieces_daily": (0, 99),
    "pin_from_points": (0, 100_000),
    "activity_early_minutes": (0, 240),
    "activity_grace_minutes": (0, 240),
    "activity_cap_minutes": (30, 1440),
    "activity_late_minutes": (1, 60),
    "case_days": (1, 60),
    "finding_day_minutes": (60, 1440),
    "finding_soon_minutes": (1, 1440),
    "finding_manual_percent": (1, 100),
    "finding_manual_least": (1, 10_000),
    "finding_pair_least": (1, 10_000),
}
_SHOP_TEXTS = {"name": 40, "tagline": 60, "help_phone": 30}
_MAY_BE_EMPTY = {"tagline", "currency_name_en", "responsible_name"}
_ADDRESS = re.compile(
    r"https://[a-z0-9](?:[a-z0-9-]*[a-z0-9])?(?:\.[a-z0-9](?:[a-z0-9-]*[a-z0-9])?)+"
    r"(?::[0-9]{2,5})?(?:/[A-Za-z0-9._~-]+)*/?",
    re.ASCII,
)
_ADDRESS_MOST = 120

_RENAME_COMMUNITY = statement(
    update(Organisation)
    .where(Organisation.code == bindparam("of_code"))
    .values(name=bindparam("new_name"))
)


@operation("people.change_settings")
def change_settings(
    act: Act,
    *,
    changes: dict[str, Any],
    starts_on: str | None = None,
    settles: str | None = None,
) -> Answer:
    """Change names at once and numbers from a day on, today when none is named (改设置).

    Names to change: community_name, responsible_name (who answers for it, 负责人), currency_name,
    currency_unit, currency_name_en, public_address, limit_points_daily, unbooked_pieces_daily,
    pin_from_points (0 is never), the minutes of activities (early, grace, cap, late), case_days,
    and what is a finding. Only an admin may:
    raises RoleMissing, SettingUnknown, SettingEmpty, SettingOutOfBounds, SettingInPast,
    AddressUnreadable.
    """
    require_admin(act)
    begins = day(starts_on) if starts_on else act.today
    if begins < act.today:
        raise SettingInPast(starts_on=begins, today=act.today)
    read = {name: _read(name, value) for name, value in sorted(changes.items())}
    changed = []
    for name, value in read.items():
        from_day = begins if name in _NUMBERS else None
        if keep_setting(act.session, name, value, starts_on=from_day):
            changed.append(name)
    if "community_name" in read:
        act.session.run(_RENAME_COMMUNITY, of_code=COMMUNITY_CODE, new_name=read["community_name"])
    _settle(act, settles)
    numbers = {name: int(read[name]) for name in changed if name in _NUMBERS}
    return {"changed": changed, "numbers": numbers, "starts_on": begins}


@operation("people.change_shop")
def change_shop(
    act: Act, *, code: str, changes: dict[str, str], settles: str | None = None
) -> Answer:
    """Change how a shop is called, when it is open, whom to call; what is not named stays.

    Names to change: name, tagline, opens, closes, help_phone. Only an admin may: raises
    RoleMissing, and ShopUnknown, SettingUnknown, SettingEmpty, HoursUnreadable.
    """
    require_admin(act)
    shop = get_shop(act.session, code)
    values = {name: _read_of_shop(name, text) for name, text in sorted(changes.items())}
    refuse_hours(values.get("opens", shop.opens), values.get("closes", shop.closes))
    changed = [name for name, value in values.items() if getattr(shop, name) != value]
    if changed:
        act.session.run(update(Shop).where(Shop.id == shop.id).values(**values))
    _settle(act, settles)
    return {"shop": code, "changed": changed}


@operation("people.settle_step")
def settle_step(act: Act, *, what: str) -> Answer:
    """Say that something is right as it is, or is not needed (确认这一步). Only an admin may."""
    require_admin(act)
    _settle(act, what)
    return {"settled": what}


@operation("people.note_tried")
def note_tried(act: Act, *, outcomes: dict[str, str]) -> Answer:
    """Note how the equipment did when somebody tried it (试设备): works, fails or absent."""
    for what, outcome in outcomes.items():
        if what not in TRIED or outcome not in OUTCOMES:
            raise SettingUnknown(name=what[:24])
        keep_setting(act.session, f"tried_{what}", f"{outcome} {act.now}")
    return {"tried": dict(sorted(outcomes.items()))}


def require_admin(act: Act) -> StaffRow:
    """The admin who asks, at a page or by a command. Raises RoleMissing for anybody else."""
    staff = find_actor(act.session, act.caller.actor)
    if staff is None or staff.disabled_at or "admin" not in staff.roles:
        raise RoleMissing(needed="admin")
    return staff


def _settle(act: Act, what: str | None) -> None:
    if what is None:
        return
    if what not in SETTLED:
        raise SettingUnknown(name=what[:24])
    keep_setting(act.session, f"settled_{what}", act.today)


def _read(name: str, value: Any) -> str:
    """A setting's value in the one form that the bank keeps."""
    if name in _NUMBERS:
        least, most = _NUMBERS[name]
        if type(value) is not int or not least <= value <= most:
            raise SettingOutOfBounds(name=name, least=least, most=most)
        return str(value)
    if name == "public_address":
        return _read_address(str(value))
    if name not in _TEXTS:
        raise SettingUnknown(name=name[:24])
    text = clean_text(str(value), _TEXTS[name])
    if not text and name not in _MAY_BE_EMPTY:
        raise SettingEmpty(name=name)
    return text


def _read_address(text: str) -> str:
    """An address that a telephone can open, without its last slash; empty for none."""
    address = clean_text(text, _ADDRESS_MOST)
    if address and not _ADDRESS.fullmatch(address):
        raise AddressUnreadable()
    return address.rstrip("/")


def _read_of_shop(name: str, text: str) -> str:
    if name in {"opens", "closes"}:
        return text
    if name not in _SHOP_TEXTS:
        raise SettingUnknown(name=name[:24])
    read = clean_text(text, _SHOP_TEXTS[name])
    if not read and name not in _MAY_BE_EMPTY:
        raise SettingEmpty(name=name)
    return read
