"""What is alive again (又活了的): an older copy knows nothing of what was ended after it.

A card that was lost since, a colleague who has left, a kiosk that was stolen: in the restored books
they all are as they were. Nobody can tell from the books which, so somebody goes through them once,
ends what must end, and says of the rest that it is right.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from sqlalchemy import ForeignKey, UniqueConstraint, bindparam, select
from sqlalchemy.orm import Mapped, mapped_column

from pointsbank.foundation import (
    Act,
    Answer,
    Bank,
    Base,
    Int,
    Session,
    Text,
    find_setting,
    insert_ignoring,
    operation,
    statement,
    strict_table,
)
from pointsbank.people import (
    BadgeRow,
    DeviceRow,
    StaffRow,
    list_badges,
    list_devices,
    list_staff,
)
from pointsbank.safekeeping.errors import LookUnknown
from pointsbank.safekeeping.life import RESTORED_AT, find_life

# What is looked through as a whole: there are too many to tick one by one.
CARDS, VOLUNTEERS, PRICES = "cards", "volunteers", "prices"
WHOLES = (CARDS, VOLUNTEERS, PRICES)
_ONE = re.compile(r"(?:staff|badge|device):[1-9][0-9]{0,17}", re.ASCII)


class RestoredLook(Base):
    """That somebody has looked at one thing since the books were restored, and it is right."""

    __tablename__ = "restored_look"
    __table_args__ = strict_table(UniqueConstraint("life", "what"))

    id: Mapped[int] = mapped_column(Int, primary_key=True)
    receipt_id: Mapped[int] = mapped_column(Int, ForeignKey("receipt.id"), unique=True)
    life: Mapped[str] = mapped_column(Text)
    what: Mapped[str] = mapped_column(Text)
    at: Mapped[str] = mapped_column(Text)
    by: Mapped[str] = mapped_column(Text)


@dataclass(frozen=True)
class Looked:
    """Who has looked, and when."""

    at: str
    by: str


@dataclass(frozen=True)
class AliveAgain:
    """What a restored bank lets in, by its own word; `looks` says what was found right."""

    restored_at: str
    staff: Sequence[StaffRow]
    badges: Mapping[int, BadgeRow]
    devices: Sequence[DeviceRow]
    looks: Mapping[str, Looked]

    @property
    def open(self) -> int:
        """How many nobody has looked at."""
        return len([what for what in self.all_there_is() if what not in self.looks])

    def all_there_is(self) -> list[str]:
        """Everything that somebody has to look at, by the name under which it is ticked."""
        return [
            *(f"staff:{one.id}" for one in self.staff),
            *(f"badge:{staff_id}" for staff_id in self.badges),
            *(f"device:{one.id}" for one in self.devices),
            *WHOLES,
        ]


_INSERT = statement(insert_ignoring(RestoredLook, "life", "what").returning(RestoredLook.id))
_LOOKS = statement(
    select(RestoredLook.what, RestoredLook.at, RestoredLook.by).where(
        RestoredLook.life == bindparam("of_life")
    )
)


@operation("safekeeping.look_restored")
def look_restored(act: Act, *, what: str) -> Answer:
    """Say of one thing that it is right as the restored books have it (核对过). Raises LookUnknown.

    Twice is once. `what` is `staff:3`, `badge:3`, `device:2`, or one of `WHOLES`.
    """
    life = find_life(act.session)
    if not life or (what not in WHOLES and _ONE.fullmatch(what) is None):
        raise LookUnknown()
    act.session.run(
        _INSERT,
        receipt_id=act.receipt_id,
        life=life,
        what=what,
        at=act.now,
        by=act.caller.actor,
    )
    return {"what": what}


def read_alive_again(bank: Bank) -> AliveAgain | None:
    """What has to be looked at since the books were restored; None when they never were."""
    looks = bank.database.read(_read_looks)
    if looks is None:
        return None
    restored_at, looked = looks
    badges = list_badges(bank)
    return AliveAgain(
        restored_at=restored_at,
        staff=[one for one in list_staff(bank) if one.disabled_at is None],
        badges={
            staff_id: one
            for staff_id, one in badges.items()
            if one.status == "active" and one.issued_at < restored_at
        },
        devices=[
            one
            for one in list_devices(bank)
            if one.revoked_at is None and one.paired_at < restored_at
        ],
        looks=looked,
    )


def _read_looks(session: Session) -> tuple[str, dict[str, Looked]] | None:
    restored_at = find_setting(session, RESTORED_AT)
    if not restored_at:
        return None
    rows = session.rows(_LOOKS, of_life=find_life(session))
    return restored_at, {row.what: Looked(row.at, row.by) for row in rows}
